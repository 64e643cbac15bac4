/* The connection guard over plain TCP connections: what is counted, and who is cut. */

#include "guard_pairs.h"

static void a_stranger_may_send_its_handshake_and_no_more(void)
{
    start();
    const struct pair p = pair_open();
    carry(&p, STRANGER_BYTES_MAX);
    look();
    CHECK(!is_cut(&p));
    CHECK_INT(guard.strangers, 1);
    carry(&p, 1);
    look();
    CHECK(is_cut(&p));
    CHECK_INT(guard.cuts[NET_CUT_BYTES], 1);
    pair_close(&p);
    stop();
}

static void bytes_that_wait_in_the_kernel_are_not_held(void)
{
    static uint8_t bytes[2 * STRANGER_BYTES_MAX];

    start();
    const struct pair p = pair_open();
    CHECK(send(p.theirs, bytes, sizeof bytes, 0) == sizeof bytes);
    look();
    CHECK(!is_cut(&p));
    CHECK_INT(guard.held, 0);
    pair_close(&p);
    stop();
}

static void a_member_may_fill_its_queue_and_no_more(void)
{
    start();
    const struct pair p = pair_open();
    net_guard_known(&guard, p.ours, member);
    carry(&p, MEMBER_BYTES_MAX);
    look();
    CHECK(!is_cut(&p));
    CHECK_INT(guard.held, MEMBER_BYTES_MAX);
    const struct pair other = pair_open();
    net_guard_known(&guard, other.ours, member);
    carry(&p, 1);
    look();
    look();
    CHECK(is_cut(&p) && is_cut(&other));
    CHECK_INT(guard.held, 0);
    /* For a minute nothing of it is let in. */
    CHECK(net_peer_is_barred(&peers.at[0], NET_GUARD_BAR_MS - 1));
    CHECK(!net_peer_is_barred(&peers.at[0], NET_GUARD_BAR_MS));
    pair_close(&p);
    pair_close(&other);
    stop();
}

/* As many bytes as ever, if they are taken. */
static void what_is_taken_is_held_no_longer(void)
{
    enum { SIZE = 1000, FRAME = SIZE + 33 + 9 };

    start();
    const struct pair p = pair_open();
    net_guard_known(&guard, p.ours, member);
    for (size_t i = 0; i < 2 * MEMBER_BYTES_MAX / FRAME; i++) {
        carry(&p, FRAME);
        net_guard_taken(&guard, p.ours, SIZE);
    }
    look();
    CHECK(!is_cut(&p));
    CHECK_INT(guard.held, 0);
    pair_close(&p);
    stop();
}

/* A ping is read and never handed out: years of them are no budget spent. */
static void pings_do_not_add_up(void)
{
    enum { PINGS = 400000 };

    start();
    const struct pair p = pair_open();
    net_guard_known(&guard, p.ours, member);
    for (size_t i = 0; i < 4 * MEMBER_BYTES_MAX / PINGS; i++) {
        carry(&p, PINGS);
        look();
        net_guard_drained(&guard);
        carry(&p, 100);
        net_guard_taken(&guard, p.ours, 100 - 33 - 2);
    }
    look();
    CHECK(!is_cut(&p));
    /* But without a message that comes after them they count. */
    for (size_t i = 0; i < 4 * MEMBER_BYTES_MAX / PINGS; i++) {
        carry(&p, PINGS);
        look();
        net_guard_drained(&guard);
        if (is_cut(&p))
            break;
    }
    CHECK(is_cut(&p));
    pair_close(&p);
    stop();
}

static void who_says_nothing_is_cut_in_time(void)
{
    start();
    const struct pair quiet = pair_open();
    const struct pair good = pair_open();
    for (size_t i = 0; i < 120; i++)
        look();
    CHECK(!is_cut(&quiet));
    net_guard_known(&guard, good.ours, member);
    look();
    CHECK(is_cut(&quiet) && !is_cut(&good));
    CHECK_INT(guard.cuts[NET_CUT_SLOW], 1);
    for (size_t i = 0; i < 500; i++)
        look();
    CHECK(!is_cut(&good));
    pair_close(&quiet);
    pair_close(&good);
    stop();
}

static void of_one_address_the_youngest_stay(void)
{
    static struct pair pairs[STRANGERS_OF_ADDRESS + 2];
    size_t left = 0;

    start();
    const struct pair other = pair_from(INADDR_LOOPBACK + 1);
    const struct pair said = pair_open();
    net_guard_known(&guard, said.ours, member);
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        pairs[i] = pair_open();
        look();
    }
    CHECK(is_cut(&pairs[0]) && is_cut(&pairs[1]));
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        left += !is_cut(&pairs[i]);
        pair_close(&pairs[i]);
    }
    CHECK_INT(left, STRANGERS_OF_ADDRESS);
    CHECK_INT(guard.cuts[NET_CUT_CROWD], 2);
    CHECK(!is_cut(&other) && !is_cut(&said));
    pair_close(&other);
    pair_close(&said);
    stop();
}

static void of_one_member_the_youngest_stay(void)
{
    struct pair pairs[CONNECTIONS_OF_MEMBER + 1];

    start();
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        pairs[i] = pair_open();
        net_guard_known(&guard, pairs[i].ours, member);
        look();
    }
    CHECK(is_cut(&pairs[0]));
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        CHECK(i == 0 || !is_cut(&pairs[i]));
        pair_close(&pairs[i]);
    }
    stop();
}

static void a_crowd_from_everywhere_is_thinned(void)
{
    static struct pair pairs[STRANGERS_MAX + 3];
    size_t left = 0;

    start();
    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        pairs[i] = pair_from(INADDR_LOOPBACK + (uint32_t)(i / 8));
    look();
    CHECK_INT(guard.strangers, STRANGERS_MAX);
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        left += !is_cut(&pairs[i]);
        pair_close(&pairs[i]);
    }
    CHECK_INT(left, STRANGERS_MAX);
    stop();
}

/* Each within its own budget, and together over the budget of all. */
static void of_all_bytes_who_holds_most_is_cut(void)
{
    enum { EACH = 4 * 1024 * 1024, CROWD = PEERS_BYTES_MAX / EACH };
    struct pair pairs[CROWD];

    start();
    for (size_t i = 0; i < CROWD; i++) {
        pairs[i] = pair_open();
        peers.at[i].curve_key[0] = (uint8_t)(i + 1);
        peers.count = CROWD;
        net_guard_known(&guard, pairs[i].ours, peers.at[i].curve_key);
        carry(&pairs[i], EACH);
    }
    look();
    CHECK_INT(guard.held, PEERS_BYTES_MAX);
    CHECK_INT(guard.cuts[NET_CUT_BYTES], 0);
    carry(&pairs[3], 1);
    look();
    for (size_t i = 0; i < CROWD; i++) {
        CHECK(is_cut(&pairs[i]) == (i == 3));
        pair_close(&pairs[i]);
    }
    stop();
}

static void who_leaves_the_roster_is_cut(void)
{
    start();
    const struct pair gone = pair_open();
    const struct pair stays = pair_open();
    peers.count = 2;
    memset(peers.at[1].curve_key, 7, CURVE_KEY_SIZE);
    net_guard_known(&guard, gone.ours, member);
    net_guard_known(&guard, stays.ours, peers.at[1].curve_key);
    look();
    CHECK(!is_cut(&gone));
    memset(peers.at[0].curve_key, 9, CURVE_KEY_SIZE);
    look();
    CHECK(is_cut(&gone) && !is_cut(&stays));
    CHECK_INT(guard.cuts[NET_CUT_REVOKED], 1);
    /* What has said nothing yet may be of who has left. */
    const struct pair silent = pair_open();
    look();
    CHECK(!is_cut(&silent));
    peers.drops++;
    look();
    CHECK(is_cut(&silent) && !is_cut(&stays));
    pair_close(&gone);
    pair_close(&stays);
    pair_close(&silent);
    stop();
}

/* The same number is another connection, which has all of it before it. */
static void a_descriptor_that_is_used_again_starts_anew(void)
{
    start();
    struct pair p = pair_open();
    const int fd = p.ours;
    net_guard_known(&guard, p.ours, member);
    carry(&p, STRANGER_BYTES_MAX + 1);
    look();
    pair_close(&p);
    p = pair_open();
    /* The lowest numbers are given first, to the client and then to us. */
    if (p.ours != fd) {
        CHECK(dup2(p.ours, fd) == fd && close(p.ours) == 0);
        p.ours = fd;
    }
    look();
    CHECK_INT(guard.strangers, 1);
    CHECK_INT(guard.held, 0);
    pair_close(&p);
    stop();
}

static void other_files_and_sockets_are_let_be(void)
{
    int ends[2];

    start();
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    for (size_t i = 0; i < 200; i++)
        look();
    CHECK_INT(guard.connections, 0);
    CHECK(send(ends[0], "x", 1, 0) == 1);
    net_guard_taken(&guard, ends[0], 100);
    net_guard_taken(&guard, -1, 100);
    net_guard_known(&guard, 1 << 20, member);
    CHECK(close(ends[0]) == 0 && close(ends[1]) == 0);
    stop();
}

static void too_few_descriptors_are_refused(void)
{
    struct rlimit r = {0};

    CHECK(getrlimit(RLIMIT_NOFILE, &r) == 0);
    r.rlim_cur = NET_FDS_MIN_OPEN - 1;
    r.rlim_max = NET_FDS_MIN_OPEN - 1;
    CHECK(setrlimit(RLIMIT_NOFILE, &r) == 0);
    CHECK_STATUS(net_guard_init(&guard, &peers, "tcp://127.0.0.1:1", -1), E_LIMIT);
    CHECK_STATUS(net_guard_init(&guard, &peers, "tcp://127.0.0.1", -1), E_CONFIG);
}

CASES(CASE(a_stranger_may_send_its_handshake_and_no_more),
      CASE(bytes_that_wait_in_the_kernel_are_not_held),
      CASE(a_member_may_fill_its_queue_and_no_more), CASE(what_is_taken_is_held_no_longer),
      CASE(pings_do_not_add_up), CASE(who_says_nothing_is_cut_in_time),
      CASE(of_one_address_the_youngest_stay), CASE(of_one_member_the_youngest_stay),
      CASE(a_crowd_from_everywhere_is_thinned), CASE(of_all_bytes_who_holds_most_is_cut),
      CASE(who_leaves_the_roster_is_cut), CASE(a_descriptor_that_is_used_again_starts_anew),
      CASE(other_files_and_sockets_are_let_be), CASE(too_few_descriptors_are_refused))

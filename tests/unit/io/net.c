/* Nodes that are in each other's roster, or are not any more. */

#include "net_pair.h"

#include <zmq.h>

static struct roster roster;
static struct node nodes[2];
static struct node *const a = &nodes[0];
static struct node *const b = &nodes[1];

static void start(void)
{
    memset(&roster, 0, sizeof roster);
    roster.version = 1;
    node_init(a, "F50");
    node_init(b, "F55");
    roster_add(&roster, a);
    roster_add(&roster, b);
    CHECK_OK(net_apply(a->net, &roster, 1));
    CHECK_OK(net_apply(b->net, &roster, 1));
}

static void stop(void)
{
    node_done(a);
    node_done(b);
}

static void roster_revoke(const struct node *n)
{
    roster.version++;
    roster.revocations[roster.revocation_count++] = (struct revocation){.agency = n->id};
}

static void messages_go_both_ways_under_the_right_names(void)
{
    start();
    check_exchange(nodes, 2, a, b, LANE_IMMEDIATE);
    check_exchange(nodes, 2, b, a, LANE_IMMEDIATE);
    stop();
}

static void each_lane_has_a_connection_of_its_own(void)
{
    start();
    for (size_t i = 0; i < LANES; i++)
        check_exchange(nodes, 2, a, b, lane_of_rank(i));
    stop();
}

static void a_frame_of_the_full_size_passes(void)
{
    static uint8_t frame[FRAME_BYTES_MAX];
    struct net_message m;

    start();
    entropy_fill(frame, sizeof frame);
    frame[0] = WIRE_VERSION;
    frame[1] = LANE_ROUTINE;
    CHECK(sends(nodes, 2, a, b, bytes_of(frame, sizeof frame)));
    CHECK(receives(nodes, 2, b, &m));
    check_message(&m, a, NET_PUBLISHING, bytes_of(frame, sizeof frame));
    stop();
}

static void what_cannot_go_now_is_busy(void)
{
    const uint8_t bytes[] = {WIRE_VERSION, LANE_ROUTINE, 0};
    const struct bytes frame = bytes_of(bytes, sizeof bytes);
    const struct agency_id unknown = {"F99"};

    start();
    b->net = net_free(b->net);
    turn(nodes, 2);
    CHECK_STATUS(net_send(a->net, &b->id, NET_FOLLOWING, LANE_ROUTINE, frame), E_BUSY);
    CHECK_STATUS(net_send(a->net, &b->id, NET_PUBLISHING, LANE_ROUTINE, frame), E_BUSY);
    CHECK_STATUS(net_send(a->net, &unknown, NET_PUBLISHING, LANE_ROUTINE, frame), E_BUSY);
    CHECK_STATUS(net_send(a->net, &unknown, NET_FOLLOWING, LANE_ROUTINE, frame), E_BUSY);
    CHECK_STATUS(net_send(a->net, &a->id, NET_FOLLOWING, LANE_ROUTINE, frame), E_BUSY);
    stop();
}

/* A follower that does not read fills its queue and no more. */
static void a_full_queue_is_busy_and_nothing_of_it_is_lost(void)
{
    uint8_t frame[60000] = {WIRE_VERSION, LANE_ROUTINE};
    const struct bytes bytes = bytes_of(frame, sizeof frame);
    struct net_message m;
    uint32_t sent = 0;
    uint32_t received = 0;

    start();
    check_exchange(nodes, 2, a, b, LANE_ROUTINE);
    while (net_send(b->net, &a->id, NET_PUBLISHING, LANE_ROUTINE, bytes) == OK) {
        sent++;
        CHECK(sent < 100000);
        frame[2] = (uint8_t)sent;
    }
    while (received < sent && receives(nodes, 2, a, &m)) {
        CHECK_INT(m.frame.at[2], (uint8_t)received);
        received++;
    }
    CHECK_INT(received, sent);
    stop();
}

/* The follower's live connection is cut: libzmq itself would let it stay. */
static void wait_cut(const struct node *n, uint64_t wanted)
{
    const millis began = clock_steady();
    struct net_message m;

    while (net_counts(n->net).connections > 0 && clock_steady() - began < 1000) {
        turn(nodes, 2);
        CHECK_STATUS(net_receive(n->net, &m), E_BUSY);
    }
    CHECK(net_counts(n->net).cut_revoked >= wanted);
}

static void a_revoked_peer_is_neither_heard_nor_told(void)
{
    const uint8_t bytes[] = {WIRE_VERSION, LANE_ROUTINE, 'x'};
    const struct bytes frame = bytes_of(bytes, sizeof bytes);
    struct net_message m;

    start();
    check_exchange(nodes, 2, a, b, LANE_ROUTINE);
    check_exchange(nodes, 2, b, a, LANE_ROUTINE);
    roster_revoke(a);
    CHECK_OK(net_apply(b->net, &roster, 1));
    CHECK_STATUS(net_send(b->net, &a->id, NET_PUBLISHING, LANE_ROUTINE, frame), E_BUSY);
    CHECK_STATUS(net_send(b->net, &a->id, NET_FOLLOWING, LANE_ROUTINE, frame), E_BUSY);
    wait_cut(b, LANES);
    CHECK_STATUS(net_receive(a->net, &m), E_BUSY);
    stop();
}

static void validity_that_ends_takes_effect(void)
{
    const uint8_t bytes[] = {WIRE_VERSION, LANE_ROUTINE, 'x'};
    const struct bytes frame = bytes_of(bytes, sizeof bytes);

    start();
    check_exchange(nodes, 2, a, b, LANE_ROUTINE);
    roster.agencies[0].valid_until = 5;
    CHECK_OK(net_apply(b->net, &roster, 4));
    CHECK_OK(net_send(b->net, &a->id, NET_PUBLISHING, LANE_ROUTINE, frame));
    CHECK_OK(net_apply(b->net, &roster, 5));
    CHECK_STATUS(net_send(b->net, &a->id, NET_PUBLISHING, LANE_ROUTINE, frame), E_BUSY);
    stop();
}

/* The name is still in the roster, but the key that made the connection is not. */
static void a_replaced_key_ends_what_it_had_opened(void)
{
    start();
    check_exchange(nodes, 2, a, b, LANE_ROUTINE);
    roster.version++;
    roster.agencies[0].curve_key[5] ^= 1;
    CHECK_OK(net_apply(b->net, &roster, 1));
    wait_cut(b, LANES);
    stop();
}

static void check_both_ways(void)
{
    for (size_t i = 0; i < LANES; i++) {
        check_exchange(nodes, 2, a, b, lane_of_rank(i));
        check_exchange(nodes, 2, b, a, lane_of_rank(i));
    }
}

static void apply(struct node *n, const struct roster *r, millis now)
{
    CHECK_OK(net_apply(n->net, r, now));
}

/* a's next key is listed, and what it has goes out at that time. */
static struct roster *rekeyed(millis until)
{
    static struct roster next;
    uint8_t secret[CURVE_KEY_SIZE];
    struct keyring_secrets secrets;
    struct keyring *ring = NULL;

    entropy_fill(secret, sizeof secret);
    CHECK_OK(keyring_add(a->keyring, KEYRING_CURVE, secret));
    memcpy(secrets.curve_secret, secret, sizeof secret);
    CHECK_OK(keyring_open(&secrets, &ring));
    next = roster;
    next.version++;
    struct roster_agency *const g = &next.agencies[0];
    g->curve_out.until = until;
    memcpy(g->curve_out.key, g->curve_key, sizeof g->curve_key);
    memcpy(g->curve_key, keyring_curve_public(ring), sizeof g->curve_key);
    (void)keyring_free(ring);
    return &next;
}

static void use(const uint8_t key[CURVE_KEY_SIZE])
{
    CHECK_OK(keyring_choose(a->keyring, KEYRING_CURVE, key));
    CHECK(!net_is_keyed(a->net));
}

static void restart_b(const struct roster *r, millis now)
{
    b->net = net_free(b->net);
    turn(nodes, 2);
    node_listen(b);
    apply(b, r, now);
}

enum { HOUR = 3600000, BEFORE = HOUR, UNTIL = 2 * HOUR };

/* Who has the new roster, who dials, which key is in use and whose clock is ahead: in each
 * combination both ends exchange, on every lane. */
static void every_mix_of_an_old_and_a_new_key_exchanges(void)
{
    start();
    const struct roster *const next = rekeyed(UNTIL);
    check_both_ways();
    apply(a, next, BEFORE);
    check_both_ways();
    restart_b(&roster, BEFORE);
    check_both_ways();
    apply(b, next, BEFORE);
    check_both_ways();
    restart_b(next, BEFORE);
    check_both_ways();
    CHECK_INT(net_counts(b->net).refused_keys, 0);
    /* It changes over, and b's clock says that it has not yet. */
    use(next->agencies[0].curve_key);
    apply(a, next, UNTIL);
    CHECK(net_is_keyed(a->net));
    restart_b(next, BEFORE);
    check_both_ways();
    apply(b, next, UNTIL);
    check_both_ways();
    /* The other way about. */
    use(next->agencies[0].curve_out.key);
    apply(a, next, BEFORE);
    restart_b(next, UNTIL);
    check_both_ways();
    stop();
}

static void a_key_that_has_gone_out_is_refused(void)
{
    const uint8_t bytes[] = {WIRE_VERSION, LANE_ROUTINE, 'x'};
    const struct bytes frame = bytes_of(bytes, sizeof bytes);
    struct net_message m;

    start();
    const struct roster *const next = rekeyed(UNTIL);
    apply(b, next, UNTIL + OUTGOING_GRACE_MS - HOUR / 2);
    check_both_ways();
    /* It has connections by the old key, and stays with it. */
    apply(b, next, UNTIL + OUTGOING_GRACE_MS);
    wait_cut(b, LANES);
    const millis began = clock_steady();
    while (net_counts(b->net).refused_keys < LANES && clock_steady() - began < DEADLINE_MS)
        turn(nodes, 2);
    CHECK(net_counts(b->net).refused_keys >= LANES);
    status_ignore(net_send(a->net, &b->id, NET_FOLLOWING, LANE_ROUTINE, frame));
    turn(nodes, 2);
    CHECK_STATUS(net_receive(b->net, &m), E_BUSY);
    use(next->agencies[0].curve_key);
    apply(a, next, UNTIL);
    check_both_ways();
    stop();
}

/* libzmq never tries again after a refusal: we do. */
static void who_was_refused_is_heard_once_admitted(void)
{
    static struct roster without;
    const millis began = clock_steady();
    struct net_message m;

    start();
    without = roster;
    without.version = 2;
    without.agency_count = 1;
    without.agencies[0] = roster.agencies[1];
    b->net = net_free(b->net);
    node_listen(b);
    CHECK_OK(net_apply(b->net, &without, 1));
    /* All of a's lanes have been refused. */
    while (net_counts(b->net).refused_keys < LANES && clock_steady() - began < DEADLINE_MS)
        turn(nodes, 2);
    CHECK(net_counts(b->net).refused_keys >= LANES);
    CHECK_STATUS(net_receive(b->net, &m), E_BUSY);
    roster.version = 3;
    CHECK_OK(net_apply(b->net, &roster, 1));
    check_exchange(nodes, 2, a, b, LANE_ROUTINE);
    CHECK(clock_steady() - began < 10000);
    stop();
}

static void finds_a_peer_that_was_started_again(void)
{
    start();
    check_exchange(nodes, 2, a, b, LANE_ROUTINE);
    b->net = net_free(b->net);
    turn(nodes, 2);
    node_listen(b);
    CHECK_OK(net_apply(b->net, &roster, 1));
    check_exchange(nodes, 2, a, b, LANE_ROUTINE);
    stop();
}

static void an_address_that_is_none_stops_nobody_else(void)
{
    static struct node third;

    start();
    node_init(&third, "F99");
    roster_add(&roster, &third);
    CHECK(snprintf(roster.agencies[2].endpoint, ENDPOINT_MAX, "tcp://nowhere") > 0);
    CHECK_STATUS(net_apply(a->net, &roster, 1), E_IO);
    check_exchange(nodes, 2, a, b, LANE_ROUTINE);
    node_done(&third);
    stop();
}

static void waiting_ends_for_a_descriptor_too(void)
{
    int ends[2];
    int quiet[2];
    bool ready[2] = {true, true};

    start();
    CHECK(pipe(ends) == 0 && pipe(quiet) == 0);
    CHECK(write(ends[1], "x", 1) == 1);
    const int fds[] = {quiet[0], ends[0]};
    const millis began = clock_steady();
    size_t count = 0;
    while (count == 0 && clock_steady() - began < DEADLINE_MS)
        count = net_wait(a->net, fds, 2, ready, 5000);
    CHECK_INT(count, 1);
    CHECK(!ready[0] && ready[1]);
    for (size_t i = 0; i < 2; i++)
        CHECK(close(ends[i]) == 0 && close(quiet[i]) == 0);
    stop();
}

static void the_feed_tells_local_programs(void)
{
    char folder[] = "/tmp/flagpost_XXXXXX";
    char feed[64];
    char path[64];
    char text[32] = "";
    const millis began = clock_steady();

    start();
    CHECK(mkdtemp(folder) != NULL);
    CHECK(snprintf(feed, sizeof feed, "ipc://%s/feed", folder) > 0);
    CHECK(snprintf(path, sizeof path, "%s/feed", folder) > 0);
    a->net = net_free(a->net);
    const struct net_setup setup = {
        .self = a->id, .keyring = a->keyring, .endpoint = a->endpoint, .feed = feed};
    CHECK_OK(net_open(&setup, &a->net));
    void *const context = zmq_ctx_new();
    void *const sub = zmq_socket(context, ZMQ_SUB);
    CHECK(zmq_setsockopt(sub, ZMQ_SUBSCRIBE, "", 0) == 0 && zmq_connect(sub, feed) == 0);
    /* A subscriber that has only just come may miss a hint: as many as it takes. */
    while (text[0] == '\0' && clock_steady() - began < DEADLINE_MS) {
        net_feed(a->net, "immediate 7 alert");
        turn(nodes, 2);
        (void)zmq_recv(sub, text, sizeof text - 1, ZMQ_DONTWAIT);
    }
    CHECK_TEXT(text, "immediate 7 alert");
    CHECK(zmq_close(sub) == 0 && zmq_ctx_term(context) == 0);
    stop();
    (void)unlink(path); /* libzmq does so too */
    CHECK(rmdir(folder) == 0);
}

CASES(CASE(messages_go_both_ways_under_the_right_names),
      CASE(each_lane_has_a_connection_of_its_own), CASE(a_frame_of_the_full_size_passes),
      CASE(what_cannot_go_now_is_busy),
      CASE(a_full_queue_is_busy_and_nothing_of_it_is_lost),
      CASE(a_revoked_peer_is_neither_heard_nor_told), CASE(validity_that_ends_takes_effect),
      CASE(a_replaced_key_ends_what_it_had_opened),
      CASE(every_mix_of_an_old_and_a_new_key_exchanges),
      CASE(a_key_that_has_gone_out_is_refused),
      CASE(who_was_refused_is_heard_once_admitted),
      CASE(finds_a_peer_that_was_started_again),
      CASE(an_address_that_is_none_stops_nobody_else),
      CASE(waiting_ends_for_a_descriptor_too), CASE(the_feed_tells_local_programs))

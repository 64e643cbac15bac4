#include "nodes.h"

/* KX keys: a new one each week, and the old ones end. */

enum { A, B };

#define DAYS(n) ((millis)(n)*86400000)

static const struct peer *peer_of(const struct nodes *n, size_t at, size_t of)
{
    return exchange_peer(n->at[at].exchange, &n->cast.actors[of].id);
}

static bool has_key(const struct nodes *n, size_t i, uint32_t number)
{
    return keyring_has_kx(n->cast.actors[i].keyring, number);
}

/* Idle time, and then enough for what it brings about. */
static void pass(struct nodes *n, millis ms)
{
    nodes_run(n, 1000);
    n->now += ms;
    nodes_run(n, 3000);
}

/* What B has of A's entry: its disposition and the number of the key it was sealed for. */
static enum disposition taken(struct nodes *n, sequence index, uint32_t *ret_number)
{
    struct entry_row row = {0};
    struct header h;
    struct arena a;

    arena_init(&a, arena_take(&n->paper, 65536), 65536);
    CHECK_OK(node_entry(n, B, A, index, &row));
    CHECK_OK(header_decode(row.header, &a, &h));
    const int rank = header_recipient_rank(&h, &n->cast.actors[B].id);
    CHECK(rank >= 0);
    *ret_number = h.recipients[rank].kx_id;
    return row.disposition;
}

static void announces_a_new_key_each_week(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    uint32_t number = 0;

    pass(n, DAYS(6));
    CHECK_INT(peer_of(n, A, B)->kx_id, 1);
    pass(n, DAYS(2));
    CHECK_INT(peer_of(n, A, B)->kx_id, 2);
    CHECK_INT(peer_of(n, B, A)->kx_id, 2);
    node_publish(n, A, 1u << B);
    nodes_run(n, 3000);
    CHECK_INT(taken(n, 0, &number), DISPOSITION_HELD);
    CHECK_INT(number, 2);
    pass(n, DAYS(8));
    CHECK_INT(peer_of(n, A, B)->kx_id, 3);
}

static bool drop_kx(struct nodes *n, struct mail *m)
{
    (void)n;
    return m->frame.kind == FRAME_KX;
}

static void opens_what_comes_under_a_key_that_was_replaced(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    uint32_t number = 0;

    n->drop = drop_kx;
    pass(n, DAYS(8));
    pass(n, DAYS(20));
    CHECK_INT(peer_of(n, A, B)->kx_id, 1);
    node_publish(n, A, 1u << B);
    nodes_run(n, 3000);
    CHECK_INT(taken(n, 0, &number), DISPOSITION_HELD);
    CHECK_INT(number, 1);
}

static void destroys_a_key_thirty_days_after_it_was_replaced(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);

    pass(n, DAYS(8));
    pass(n, DAYS(29));
    CHECK(has_key(n, A, 1));
    pass(n, DAYS(2));
    CHECK(!has_key(n, A, 1));
    CHECK(has_key(n, A, 2));
    node_start(n, A); /* and not on the disk either */
    CHECK(!has_key(n, A, 1));
    CHECK(has_key(n, A, 2));
}

/* It was down for longer than a key is kept: what waited for it comes in first. */
static void opens_what_waited_while_it_was_down(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    uint32_t number = 0;

    pass(n, DAYS(8));
    node_publish(n, A, 1u << B);
    n->count = 1; /* B is down */
    n->mail_count = 0;
    pass(n, DAYS(60));
    n->count = 2;
    node_start(n, B);
    nodes_run(n, 4000);
    CHECK_INT(taken(n, 0, &number), DISPOSITION_HELD);
    pass(n, KX_SETTLE_MS);
    pass(n, DAYS(31));
    CHECK(!has_key(n, B, number));
}

static void leaves_all_keys_alone_while_the_clock_is_wrong(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);

    pass(n, DAYS(8));
    n->steady = n->now;
    n->now += DAYS(200);
    for (unsigned hour = 0; hour < 4; hour++) {
        n->steady += KX_SETTLE_MS;
        pass(n, KX_SETTLE_MS);
    }
    CHECK(has_key(n, A, 1) && has_key(n, A, 2));
    CHECK_INT(peer_of(n, A, A)->kx_id, 2);
    n->now -= DAYS(3850);
    pass(n, KX_SETTLE_MS);
    CHECK(has_key(n, A, 1) && has_key(n, A, 2));
    CHECK_INT(peer_of(n, A, A)->kx_id, 2);
}

static void go_back(struct nodes *n, size_t i)
{
    n->at[i].backing.ops->restore(n->at[i].backing.self);
    node_start(n, i);
    n->mail_count = 0; /* its connections are gone */
}

/* The private half of what it announced is lost, and its number is never used again. */
static void replaces_a_key_that_a_restore_has_lost(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    uint32_t number = 0;

    nodes_run(n, 2000);
    n->at[B].backing.ops->backup(n->at[B].backing.self);
    pass(n, DAYS(8));
    go_back(n, B);
    CHECK(!has_key(n, B, 2));
    nodes_run(n, 4000);
    CHECK_INT(peer_of(n, A, B)->kx_id, 3);
    node_publish(n, A, 1u << B);
    nodes_run(n, 3000);
    CHECK_INT(taken(n, 0, &number), DISPOSITION_HELD);
    CHECK_INT(number, 3);
}

static bool drop_all(struct nodes *n, struct mail *m)
{
    (void)n;
    (void)m;
    return true;
}

/* Two keys of one number: it shows when something does not open. */
static void replaces_a_key_whose_number_was_used_before(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    uint32_t number = 0;

    nodes_run(n, 2000);
    n->at[B].backing.ops->backup(n->at[B].backing.self);
    pass(n, DAYS(8));
    go_back(n, B);
    n->drop = drop_all;
    pass(n, DAYS(1));
    CHECK_INT(peer_of(n, B, B)->kx_id, 2);
    n->drop = NULL;
    node_publish(n, A, 1u << B);
    nodes_run(n, 4000);
    CHECK_INT(taken(n, 0, &number), DISPOSITION_UNOPENABLE);
    CHECK_INT(number, 2);
    CHECK_INT(peer_of(n, A, B)->kx_id, 3);
    node_publish(n, A, 1u << B);
    nodes_run(n, 4000);
    CHECK_INT(taken(n, 1, &number), DISPOSITION_HELD);
}

CASES(CASE(announces_a_new_key_each_week),
      CASE(opens_what_comes_under_a_key_that_was_replaced),
      CASE(destroys_a_key_thirty_days_after_it_was_replaced),
      CASE(opens_what_waited_while_it_was_down),
      CASE(leaves_all_keys_alone_while_the_clock_is_wrong),
      CASE(replaces_a_key_that_a_restore_has_lost),
      CASE(replaces_a_key_whose_number_was_used_before))

#include "mended.h"

/* Rows of a node's own stream, in the epoch that goes on, which another hand has changed:
 * each is had again from what is left of it and from its recipients. */

static void check_mended(sequence index, enum damage what)
{
    damage(index, what);
    mend();
    CHECK_STATUS(told_of(index).why, OK);
    for (sequence k = 0; k < SIZE; k++)
        check_as_before(k);
    CHECK(opens(index));
}

static void each_damage_of_what_others_hold_is_mended_byte_for_byte(void)
{
    static const sequence places[] = {TO_B, TO_C, TO_BOTH, LAST};

    for (enum damage what = MISSING; what < DAMAGES; what++) {
        DEFER(nodes_done) struct nodes *const n = published();
        for (size_t i = 0; i < COUNT_OF(places); i++)
            check_mended(places[i], what);
        mend();
        CHECK_INT(mending()->count, 0); /* nothing is left to do */
        node_publish(n, A, 1u << B);
        nodes_run(n, 6000);
        CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.complete, SIZE + 1);
    }
}

/* Of what goes to nobody, the part that can be had from the rest of the row is. */
static void what_the_rest_of_a_row_has_is_mended_without_anybody(void)
{
    static const enum damage derived[] = {KEPT, LEAF, ORDINAL, KIND, ID};
    DEFER(nodes_done) struct nodes *const n = published();

    (void)n;
    for (size_t i = 0; i < COUNT_OF(derived); i++)
        check_mended(TO_NOBODY, derived[i]);
}

static void check_left(enum damage what, status why)
{
    DEFER(nodes_done) struct nodes *const n = published();
    struct entry_row left = {0};
    struct entry_row now = {0};

    (void)n;
    damage(TO_NOBODY, what);
    const status there = row_of(TO_NOBODY, &left);
    mend();
    CHECK_STATUS(told_of(TO_NOBODY).why, why);
    CHECK_STATUS(row_of(TO_NOBODY, &now), there);
    CHECK_BYTES(now.ciphertext, left.ciphertext);
}

static void what_cannot_be_had_is_told_and_what_is_left_stays(void)
{
    static const enum damage lost[] = {MISSING, HEADER,      CIPHERTEXT,
                                       SHORT,   SAID_ERASED, NOTHING_LEFT};

    for (size_t i = 0; i < COUNT_OF(lost); i++)
        check_left(lost[i], E_UNKNOWN);
    check_left(WRAPS, E_ADDRESS);
    check_left(NO_WRAPS, E_ADDRESS);
}

static void what_was_erased_does_not_come_back(void)
{
    for (int k = 0; k < 2; k++) {
        DEFER(nodes_done) struct nodes *const n = published();
        struct entry_row row = {0};

        (void)n;
        damage(ERASED, k == 0 ? MISSING : LEAF);
        mend();
        CHECK_STATUS(told_of(ERASED).why, E_KEY);
        CHECK(row_of(ERASED, &row) != OK || row.ciphertext.size == 0);
    }
}

static bool from_c(struct nodes *n, struct mail *m)
{
    (void)n;
    return m->from == C;
}

/* B gives what it has; C's wrap comes when C is there. */
static void an_entry_for_two_waits_for_both(void)
{
    DEFER(nodes_done) struct nodes *const n = published();
    struct entry_row row = {0};

    damage(TO_BOTH, MISSING);
    n->drop = from_c;
    mend();
    CHECK_STATUS(told_of(TO_BOTH).why, E_ADDRESS);
    const struct mend told = told_of(TO_BOTH);
    CHECK(agency_id_equal(&told.lacks, &n->cast.actors[C].id));
    CHECK_OK(row_of(TO_BOTH, &row));
    CHECK_BYTES(row.ciphertext, before[TO_BOTH].ciphertext);
    CHECK(opens(TO_BOTH));
    n->drop = NULL;
    mend();
    CHECK_STATUS(told_of(TO_BOTH).why, OK);
    check_as_before(TO_BOTH);
}

/* The KX key that our wrap was made to is gone by then: the ciphertext alone is no record.
 */
static void without_a_key_nothing_is_put(void)
{
    DEFER(nodes_done) struct nodes *const n = published();
    struct keyring *const ring = n->cast.actors[A].keyring;
    const struct store s = node_store(n, A);
    struct entry_row row = {0};

    damage(TO_B, MISSING);
    damage(TO_B, NOTHING_LEFT);
    keyring_kx_destroy(ring, 1);
    mend();
    CHECK_OK(s.ops->kx_secrets_load(s.self, ring));
    CHECK_STATUS(told_of(TO_B).why, E_OPEN);
    CHECK_OK(row_of(TO_B, &row));
    CHECK(!bytes_equal(row.ciphertext, before[TO_B].ciphertext));
    mend();
    CHECK_STATUS(told_of(TO_B).why, OK);
    check_as_before(TO_B);
}

/* Leaf hashes that our signature does not cover prove nothing of what is behind them. */
static void a_group_that_was_changed_is_told(void)
{
    DEFER(nodes_done) struct nodes *const n = published();
    const struct store s = node_store(n, A);
    struct group_row g = {0};

    CHECK_OK(s.ops->group_find(s.self, &stream, TO_BOTH, &n->paper, &g));
    damage(TO_B, CIPHERTEXT);
    damage(LAST, CIPHERTEXT);
    node_begin(n, A);
    CHECK_OK(s.ops->groups_drop(s.self, &stream, TO_BOTH));
    g.leaves = flipped(g.leaves);
    CHECK_OK(s.ops->group_put(s.self, &g));
    node_end(n, A);
    mend();
    CHECK_INT(mending()->count, 1);
    CHECK_STATUS(mending()->at[0].why, OK);
    CHECK_STATUS(mending()->stopped, E_HASH);
    CHECK_INT(mending()->looked, TO_BOTH);
    check_as_before(TO_B);
}

/* In a later epoch the numbers are others, and index 0 is a statement. */
static void mends_a_statement_and_what_is_behind_it(void)
{
    DEFER(nodes_done) struct nodes *const n = published();

    node_begin(n, A);
    CHECK_OK(exchange_new_epoch(n->at[A].exchange, EPOCH_RESTORED));
    node_end(n, A);
    node_publish(n, A, 1u << B);
    nodes_run(n, 6000);
    stream = n->at[A].exchange->own[lane_rank(LANE_ROUTINE)].row.id;
    for (sequence i = 0; i < 2; i++) {
        CHECK_OK(row_of(i, &before[i]));
        damage(i, MISSING);
        mend();
        CHECK_STATUS(told_of(i).why, OK);
        check_as_before(i);
    }
    damage(1, ORDINAL);
    mend();
    check_as_before(1);
}

/* More than are remembered at once: again, and it goes on. */
static void what_is_more_comes_with_the_next(void)
{
    enum { MORE = MENDS_MAX + 10 };
    DEFER(nodes_done) struct nodes *const n = published();
    const struct store s = node_store(n, A);
    struct entry_row row = {0};

    for (size_t sent = 0; sent < MORE; sent += MORE / 2) {
        node_begin(n, A);
        for (size_t i = 0; i < MORE / 2; i++)
            CHECK_OK(node_submit(n, A, 1u << B, "", MARKING_OFFICIAL));
        node_end(n, A);
    }
    nodes_run(n, 6000);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.complete, SIZE + MORE);
    node_begin(n, A);
    for (sequence i = SIZE; i < SIZE + MORE; i++) {
        uint8_t key[32];
        CHECK_OK(s.ops->key_find(s.self, &stream, i, key));
        CHECK_OK(s.ops->entry_drop(s.self, &stream, i));
        CHECK_OK(s.ops->key_put(s.self, &stream, i, key));
    }
    node_end(n, A);
    mend();
    CHECK_INT(mending()->count, MENDS_MAX);
    CHECK(mending()->more);
    CHECK_STATUS(row_of(SIZE + MENDS_MAX - 1, &row), OK);
    CHECK_STATUS(row_of(SIZE + MENDS_MAX, &row), E_UNKNOWN);
    mend();
    CHECK_INT(mending()->count, MORE - MENDS_MAX);
    CHECK(!mending()->more);
    CHECK_STATUS(row_of(SIZE + MORE - 1, &row), OK);
}

CASES(CASE(each_damage_of_what_others_hold_is_mended_byte_for_byte),
      CASE(what_the_rest_of_a_row_has_is_mended_without_anybody),
      CASE(what_cannot_be_had_is_told_and_what_is_left_stays),
      CASE(what_was_erased_does_not_come_back), CASE(an_entry_for_two_waits_for_both),
      CASE(without_a_key_nothing_is_put), CASE(a_group_that_was_changed_is_told),
      CASE(what_is_more_comes_with_the_next), CASE(mends_a_statement_and_what_is_behind_it))

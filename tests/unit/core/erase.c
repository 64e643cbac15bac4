#include "nodes.h"

/* Erasing at one node: here gone and still provable, elsewhere as it was (P9). */

enum { A, B };

/* What a publisher has at an index of its own routine lane. */
static status own_entry(struct nodes *n, size_t i, sequence index, struct entry_row *ret)
{
    const struct store store = node_store(n, i);
    const struct own_lane *const own = &n->at[i].exchange->own[lane_rank(LANE_ROUTINE)];

    return store.ops->entry_find(store.self, &own->row.id, index, &n->paper, ret);
}

static status erase(struct nodes *n, size_t at, size_t author, const record_id *id)
{
    const struct item_audit row = {.at = n->now,
                                   .actor = bytes_of_text("a person"),
                                   .justification = bytes_of_text("clear period over")};

    node_begin(n, at);
    const status s =
        exchange_erase(n->at[at].exchange, &n->cast.actors[author].id, id, &row);
    node_end(n, at);
    return s;
}

static void erases_at_a_recipient_alone(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    struct entry_row mine = {0};
    struct entry_row theirs = {0};

    node_publish(n, A, 1u << B);
    nodes_run(n, 4000);
    CHECK_OK(node_entry(n, B, A, 0, &theirs));
    const record_id id = theirs.id;
    const struct hash leaf = theirs.leaf;
    CHECK_OK(erase(n, B, A, &id));
    CHECK_OK(node_entry(n, B, A, 0, &theirs));
    CHECK_INT(theirs.disposition, DISPOSITION_ERASED);
    CHECK_INT(theirs.ciphertext.size + theirs.wraps.size + theirs.kept.size, 0);
    const struct hash still = merkle_leaf(theirs.header);
    CHECK(hash_equal(&still, &leaf));
    CHECK_OK(own_entry(n, A, 0, &mine));
    CHECK_INT(mine.disposition, DISPOSITION_HELD);
    /* Counted as erased from now on, and nothing is asked for again. */
    const struct stream_row *const row = &node_follow(n, B, A, LANE_ROUTINE)->row;
    CHECK_INT(row->tally[DISPOSITION_HELD], 0);
    CHECK_INT(row->tally[DISPOSITION_ERASED], 1);
    node_publish(n, A, 1u << B);
    nodes_run(n, 4000);
    CHECK_INT(row->complete, 2);
    CHECK_INT(row->tally[DISPOSITION_HELD], 1);
    CHECK_STATUS(erase(n, B, A, &id), E_DUPLICATE);
}

/* The publisher erases what a follower has yet to fetch: it is told that this is withheld.
 */
static void what_the_publisher_erased_is_not_sent(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    struct entry_row row = {0};

    nodes_run(n, 1000); /* the epochs begin; then B is away */
    node_publish(n, A, 1u << B);
    CHECK_OK(own_entry(n, A, 0, &row));
    n->mail_count = 0;
    CHECK_OK(erase(n, A, A, &row.id));
    n->mail_count = 0;
    nodes_run(n, STALL_MS + 4000);
    CHECK_OK(node_entry(n, B, A, 0, &row));
    CHECK_INT(row.disposition, DISPOSITION_WITHHELD);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.complete, 1);
}

static void what_is_attached_goes_with_its_record(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    struct entry_row row = {0};

    node_publish(n, A, 1u << B);
    node_publish(n, A, 1u << B); /* another record, which keeps its part */
    nodes_run(n, 4000);
    CHECK_OK(node_entry(n, B, A, 0, &row));
    const record_id first = row.id;
    CHECK_OK(node_entry(n, B, A, 1, &row));
    const record_id second = row.id;
    node_attach(n, A, 1u << B, &first, 0);
    node_attach(n, A, 1u << B, &second, 0);
    node_attach(n, A, 1u << B, &first, 1);
    nodes_run(n, 4000);
    for (sequence i = 2; i < 5; i++) {
        CHECK_OK(node_entry(n, B, A, i, &row));
        CHECK_INT(row.kind, KIND_ATTACHMENT);
        CHECK_INT(row.disposition, DISPOSITION_HELD);
    }
    CHECK_OK(erase(n, B, A, &first));
    for (sequence i = 0; i < 5; i++) {
        const bool gone = i == 0 || i == 2 || i == 4;
        CHECK_OK(node_entry(n, B, A, i, &row));
        CHECK_INT(row.disposition, gone ? DISPOSITION_ERASED : DISPOSITION_HELD);
        CHECK_INT(row.ciphertext.size == 0, gone);
        CHECK_OK(own_entry(n, A, i, &row));
        CHECK_INT(row.disposition, DISPOSITION_HELD);
    }
    const struct stream_row *const stream = &node_follow(n, B, A, LANE_ROUTINE)->row;
    CHECK_INT(stream->tally[DISPOSITION_ERASED], 3);
    CHECK_INT(stream->tally[DISPOSITION_HELD], 2);
    /* What was still on its way comes too late; the log goes on. */
    node_attach(n, A, 1u << B, &first, 2);
    node_attach(n, A, 1u << B, &second, 1);
    nodes_run(n, 4000);
    CHECK_OK(node_entry(n, B, A, 5, &row));
    CHECK_INT(row.disposition, DISPOSITION_ERASED);
    CHECK_INT(row.ciphertext.size + row.wraps.size + row.kept.size, 0);
    CHECK_OK(node_entry(n, B, A, 6, &row));
    CHECK_INT(row.disposition, DISPOSITION_HELD);
    CHECK_INT(stream->complete, 7);
}

static void refuses_what_is_not_held(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    const record_id nothing = {.bytes = {1, 2, 3}};

    nodes_run(n, 1000);
    CHECK_STATUS(erase(n, B, A, &nothing), E_UNKNOWN);
}

/* A fenced node can put no row into its log, so it erases nothing. */
static void erases_nothing_without_a_row(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    struct entry_row row = {0};

    node_publish(n, A, 1u << B);
    nodes_run(n, 4000);
    CHECK_OK(node_entry(n, B, A, 0, &row));
    exchange_fence(n->at[B].exchange, E_FENCED);
    CHECK_STATUS(erase(n, B, A, &row.id), E_FENCED);
    CHECK_OK(node_entry(n, B, A, 0, &row));
    CHECK_INT(row.disposition, DISPOSITION_HELD);
    CHECK(row.ciphertext.size > 0);
}

/* --- a record at two places --- */

static struct store_ops worn, sound;

static status worn_entry(void *self, const struct stream_id *id, sequence index,
                         struct arena *a, struct entry_row *ret)
{
    return id->lane == LANE_ROUTINE && id->epoch.counter == 1
               ? E_UNKNOWN
               : sound.entry_find(self, id, index, a, ret);
}

static bool drop_receipts(struct nodes *n, struct mail *m)
{
    (void)n;
    return m->frame.kind == FRAME_RECEIPT;
}

/* Issued again in a new epoch, and held at B twice. */
static struct nodes *held_twice(struct entry_row *ret)
{
    struct nodes *const n = nodes_make(2);

    n->drop = drop_receipts;
    node_publish(n, A, 1u << B);
    nodes_run(n, 4000);
    node_begin(n, A);
    CHECK_OK(exchange_new_epoch(n->at[A].exchange, EPOCH_RESTORED));
    node_end(n, A);
    nodes_run(n, 4000);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.id.epoch.counter, 2);
    CHECK_OK(node_entry(n, B, A, 1, ret));
    CHECK(ret->duplicate && ret->disposition == DISPOSITION_HELD);
    return n;
}

static void check_second_is_gone(struct nodes *n)
{
    struct entry_row row = {0};

    CHECK_OK(node_entry(n, B, A, 1, &row));
    CHECK_INT(row.disposition, DISPOSITION_ERASED);
    CHECK_INT(row.ciphertext.size + row.wraps.size + row.kept.size, 0);
}

static void what_is_at_two_places_is_erased_at_both(void)
{
    struct entry_row row = {0};
    DEFER(nodes_done) struct nodes *const n = held_twice(&row);
    const struct store s = node_store(n, B);
    struct place first = {0};

    CHECK_OK(s.ops->record_after(s.self, &n->cast.actors[A].id, &row.id, NULL, &first));
    CHECK_INT(first.stream.epoch.counter, 1);
    CHECK_OK(erase(n, B, A, &row.id));
    check_second_is_gone(n);
    CHECK_OK(s.ops->entry_find(s.self, &first.stream, first.index, &n->paper, &row));
    CHECK_INT(row.disposition, DISPOSITION_ERASED);
    CHECK_INT(row.ciphertext.size + row.wraps.size + row.kept.size, 0);
}

/* The first of them was taken out of the journal by hand: what is at the other goes. */
static void what_is_gone_at_one_place_is_erased_at_the_next(void)
{
    struct entry_row row = {0};
    DEFER(nodes_done) struct nodes *const n = held_twice(&row);
    struct exchange *const x = n->at[B].exchange;

    sound = *x->store.ops;
    worn = sound;
    worn.entry_find = worn_entry;
    x->store.ops = &worn;
    CHECK_OK(erase(n, B, A, &row.id));
    check_second_is_gone(n);
    CHECK_STATUS(erase(n, B, A, &row.id), E_DUPLICATE);
    x->store.ops = &sound;
}

CASES(CASE(erases_at_a_recipient_alone), CASE(what_the_publisher_erased_is_not_sent),
      CASE(what_is_attached_goes_with_its_record), CASE(refuses_what_is_not_held),
      CASE(erases_nothing_without_a_row), CASE(what_is_at_two_places_is_erased_at_both),
      CASE(what_is_gone_at_one_place_is_erased_at_the_next))

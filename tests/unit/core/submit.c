#include "nodes.h"

enum { A, B, C };

static bool has_answer(const struct nodes *n, size_t i)
{
    const struct effects *const fx = n->at[i].effects;

    for (size_t k = 0; k < fx->count; k++) {
        if (fx->at[k].kind == EFFECT_ANSWER)
            return true;
    }
    return false;
}

/* The turn's answer, which must be there. */
static const struct effect *answer_of(const struct nodes *n, size_t i)
{
    const struct effects *const fx = n->at[i].effects;
    size_t k = 0;

    CHECK(has_answer(n, i));
    while (fx->at[k].kind != EFFECT_ANSWER)
        k++;
    return &fx->at[k];
}

static void answers_with_the_place_in_the_log(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    struct entry_row row = {0};

    node_begin(n, A);
    CHECK_OK(node_submit(n, A, 1u << B, "", MARKING_OFFICIAL));
    CHECK(!has_answer(n, A));
    node_end(n, A);
    const struct effect *const e = answer_of(n, A);
    CHECK(!e->answer.again);
    CHECK_INT(e->answer.place.index, 0);
    const struct store store = node_store(n, A);
    CHECK_OK(
        store.ops->entry_find(store.self, &e->answer.place.stream, 0, &n->paper, &row));
    CHECK(record_id_equal(&row.id, &e->answer.id));
}

static void gives_a_key_the_answer_it_gave_before(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);

    node_begin(n, A);
    CHECK_OK(node_submit(n, A, 1u << B, "once", MARKING_OFFICIAL));
    node_end(n, A);
    const record_id first = answer_of(n, A)->answer.id;
    node_start(n, A);
    node_begin(n, A);
    CHECK_OK(node_submit(n, A, 1u << B, "once", MARKING_OFFICIAL));
    node_end(n, A);
    CHECK(answer_of(n, A)->answer.again);
    CHECK(record_id_equal(&answer_of(n, A)->answer.id, &first));
    CHECK_INT(n->at[A].exchange->own[lane_rank(LANE_ROUTINE)].row.frontier.size, 1);
}

static void takes_one_key_once_in_a_turn(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);

    node_begin(n, A);
    CHECK_OK(node_submit(n, A, 1u << B, "twin", MARKING_OFFICIAL));
    CHECK_STATUS(node_submit(n, A, 1u << B, "twin", MARKING_OFFICIAL), E_BUSY);
    CHECK_OK(node_submit(n, A, 1u << B, "other", MARKING_OFFICIAL));
    node_end(n, A);
    CHECK_INT(n->at[A].exchange->own[lane_rank(LANE_ROUTINE)].row.frontier.size, 2);
}

static void lists_the_publisher_and_each_recipient_once(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(3);
    struct entry_row row = {0};
    struct header h;

    node_publish(n, B, 1u << A | 1u << B | 1u << C);
    const struct store store = node_store(n, B);
    CHECK_OK(store.ops->entry_find(store.self,
                                   &n->at[B].exchange->own[lane_rank(LANE_ROUTINE)].row.id,
                                   0, &n->paper, &row));
    CHECK_OK(header_decode(row.header, &n->paper, &h));
    CHECK_INT(h.recipient_count, 3);
    CHECK_INT(header_recipient_rank(&h, &n->cast.actors[B].id), 1);
}

static void revoke_c(struct nodes *n, struct roster *r)
{
    r->revocations[r->revocation_count++] =
        (struct revocation){.agency = n->cast.actors[C].id, .at = WORLD_BEGINS};
}

static void refuses_a_recipient_that_is_gone(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(3);

    nodes_new_roster(n, A, revoke_c);
    node_begin(n, A);
    CHECK_STATUS(node_submit(n, A, 1u << B | 1u << C, "", MARKING_OFFICIAL), E_REVOKED);
    CHECK_OK(node_submit(n, A, 1u << B, "", MARKING_OFFICIAL));
    node_end(n, A);
}

/* What it did before, it still owes the record of: its own log goes on. */
static void keeps_its_own_log_when_it_is_revoked(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(3);

    nodes_new_roster(n, C, revoke_c);
    CHECK_INT(n->at[C].exchange->own[lane_rank(LANE_LOCAL)].row.frontier.size, 1);
    node_begin(n, C);
    CHECK_STATUS(node_submit(n, C, 1u << B, "", MARKING_OFFICIAL), E_REVOKED);
    node_end(n, C);
}

static void publishes_nothing_while_fenced(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);

    node_begin(n, A);
    exchange_fence(n->at[A].exchange, E_FENCED);
    CHECK_STATUS(node_submit(n, A, 1u << B, "", MARKING_OFFICIAL), E_FENCED);
    node_end(n, A);
}

/* An audit row that was taken is sealed, whatever the turn brings after it (P12). */
static void seals_the_rows_of_a_turn_that_ends_fenced(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    const struct item_audit row = {
        .at = n->now, .operation = AUDIT_CONSULT, .actor = bytes_of_text("unit")};

    node_begin(n, A);
    CHECK_OK(exchange_audit(n->at[A].exchange, &row));
    exchange_fence(n->at[A].exchange, E_FENCED);
    node_end(n, A);
    CHECK_INT(n->at[A].exchange->own[lane_rank(LANE_LOCAL)].row.frontier.size, 1);
}

static void goes_on_from_the_same_index_after_a_restart(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);

    node_publish(n, A, 1u << B);
    node_publish(n, A, 1u << B);
    node_start(n, A);
    node_publish(n, A, 1u << B);
    nodes_run(n, 3000);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.complete, 3);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.mine.count, 3);
}

/* A turn whose commit never came has not been. */
static void forgets_what_was_not_committed(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);

    node_begin(n, A);
    CHECK_OK(node_submit(n, A, 1u << B, "lost", MARKING_OFFICIAL));
    CHECK_OK(exchange_close(n->at[A].exchange));
    n->at[A].backing.ops->crash(n->at[A].backing.self);
    node_start(n, A);
    CHECK_INT(n->at[A].exchange->own[lane_rank(LANE_ROUTINE)].row.frontier.size, 0);
    node_begin(n, A);
    CHECK_OK(node_submit(n, A, 1u << B, "lost", MARKING_OFFICIAL));
    node_end(n, A);
    CHECK(!answer_of(n, A)->answer.again);
}

CASES(CASE(answers_with_the_place_in_the_log), CASE(gives_a_key_the_answer_it_gave_before),
      CASE(takes_one_key_once_in_a_turn), CASE(lists_the_publisher_and_each_recipient_once),
      CASE(refuses_a_recipient_that_is_gone), CASE(keeps_its_own_log_when_it_is_revoked),
      CASE(publishes_nothing_while_fenced), CASE(seals_the_rows_of_a_turn_that_ends_fenced),
      CASE(goes_on_from_the_same_index_after_a_restart),
      CASE(forgets_what_was_not_committed))

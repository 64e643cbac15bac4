#include "nodes.h"

/* A disk that went back to an earlier day. */

enum { A, B };

static bool drop_to_b(struct nodes *n, struct mail *m)
{
    (void)n;
    return m->to == B;
}

static void declare(struct nodes *n, size_t i)
{
    node_begin(n, i);
    CHECK_OK(exchange_new_epoch(n->at[i].exchange, EPOCH_RESTORED));
    node_end(n, i);
}

static void go_back(struct nodes *n, size_t i)
{
    n->at[i].backing.ops->restore(n->at[i].backing.self);
    node_start(n, i);
    n->mail_count = 0; /* its connections are gone */
}

static void fences_itself_when_a_peer_holds_more(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);

    node_publish(n, A, 1u << B);
    nodes_run(n, 3000);
    n->at[A].backing.ops->backup(n->at[A].backing.self);
    node_publish(n, A, 1u << B);
    nodes_run(n, 3000);
    go_back(n, A);
    nodes_run(n, 3000);
    CHECK_STATUS(n->at[A].exchange->fence, E_FENCED);
    node_begin(n, A);
    CHECK_STATUS(node_submit(n, A, 1u << B, "", MARKING_OFFICIAL), E_FENCED);
    node_end(n, A);
}

/* Even what it sealed before it was told does not reach those who hold more. */
static void sends_nothing_under_an_index_that_was_used(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    struct entry_row before = {0};
    struct entry_row after = {0};

    nodes_run(n, 2000);
    n->at[A].backing.ops->backup(n->at[A].backing.self);
    node_publish(n, A, 1u << B);
    nodes_run(n, 3000);
    CHECK_OK(node_entry(n, B, A, 0, &before));
    go_back(n, A);
    node_publish(n, A, 1u << B);
    node_publish(n, A, 1u << B);
    nodes_run(n, 5000);
    CHECK_STATUS(n->at[A].exchange->fence, E_FENCED);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.frontier.size, 1);
    CHECK_STATUS(node_follow(n, B, A, LANE_ROUTINE)->row.quarantine, OK);
    CHECK_OK(node_entry(n, B, A, 0, &after));
    CHECK(record_id_equal(&after.id, &before.id));
}

static void issues_again_what_others_may_lack_and_it_is_shown_once(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);
    struct entry_row first = {0};
    struct entry_row again = {0};
    struct entry_row late = {0};

    node_publish(n, A, 1u << B);
    /* Backed up before B's receipt came. */
    n->at[A].backing.ops->backup(n->at[A].backing.self);
    nodes_run(n, 3000);
    CHECK_OK(node_entry(n, B, A, 0, &first));
    go_back(n, A);
    n->drop = drop_to_b;
    node_publish(n, A, 1u << B); /* which nobody sees in the old epoch */
    n->drop = NULL;
    declare(n, A);
    nodes_run(n, (millis)2 * STALL_MS);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.id.epoch.counter, 2);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.complete, 3);
    CHECK_OK(node_entry(n, B, A, 1, &again));
    CHECK(record_id_equal(&again.id, &first.id));
    CHECK(again.duplicate && !first.duplicate);
    CHECK_OK(node_entry(n, B, A, 2, &late));
    CHECK(!late.duplicate);
    CHECK_INT(late.disposition, DISPOSITION_HELD);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.receipted, 3);
}

static void does_not_issue_again_what_has_a_receipt(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);

    node_publish(n, A, 1u << B);
    nodes_run(n, 3000);
    declare(n, A);
    nodes_run(n, (millis)2 * STALL_MS);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.id.epoch.counter, 2);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.complete, 1);
}

static bool drop_statements(struct nodes *n, struct mail *m)
{
    (void)n;
    return m->frame.kind == FRAME_ENTRIES;
}

static void waits_for_the_statement_of_a_new_epoch(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);

    node_publish(n, A, 1u << B);
    nodes_run(n, 3000);
    declare(n, A);
    n->drop = drop_statements;
    nodes_run(n, (millis)2 * STALL_MS);
    CHECK(node_follow(n, B, A, LANE_ROUTINE)->awaits_statement);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.receipted, 0);
    node_start(n, B);
    CHECK(node_follow(n, B, A, LANE_ROUTINE)->awaits_statement);
    n->drop = NULL;
    nodes_run(n, (millis)2 * STALL_MS);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.complete, 1);
    CHECK_INT(node_follow(n, B, A, LANE_ROUTINE)->row.receipted, 1);
}

/* More than one group holds, and the power fails in between. */
static void goes_on_issuing_again_after_a_restart(void)
{
    enum { RECORDS = GROUP_ENTRIES_MAX + 20 };
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);

    n->drop = drop_to_b;
    for (int sent = 0; sent < RECORDS; sent += 133) {
        node_begin(n, A);
        for (int i = 0; i < 133; i++)
            CHECK_OK(node_submit(n, A, 1u << B, "", MARKING_OFFICIAL));
        node_end(n, A);
    }
    declare(n, A);
    node_start(n, A);
    n->drop = NULL;
    nodes_run(n, (millis)5 * STALL_MS);
    const struct follow *const f = node_follow(n, B, A, LANE_ROUTINE);
    CHECK_INT(f->row.id.epoch.counter, 2);
    CHECK_INT(f->row.tally[DISPOSITION_HELD], RECORDS);
}

/* The same backup a second time: the second epoch is not started twice. */
static void starts_a_third_epoch_when_it_is_shown_a_second(void)
{
    DEFER(nodes_done) struct nodes *const n = nodes_make(2);

    node_publish(n, A, 1u << B);
    nodes_run(n, 3000);
    n->at[A].backing.ops->backup(n->at[A].backing.self);
    declare(n, A);
    nodes_run(n, (millis)2 * STALL_MS);
    go_back(n, A);
    nodes_run(n, 3000);
    CHECK_STATUS(n->at[A].exchange->fence, E_FENCED);
    declare(n, A);
    nodes_run(n, (millis)2 * STALL_MS);
    for (size_t l = 0; l < LANES; l++) {
        const struct follow *const f = node_follow(n, B, A, lane_of_rank(l));
        CHECK_INT(f->row.id.epoch.counter, 3);
        CHECK_STATUS(f->row.quarantine, OK);
    }
    CHECK_STATUS(n->at[A].exchange->fence, OK);
}

CASES(CASE(fences_itself_when_a_peer_holds_more),
      CASE(sends_nothing_under_an_index_that_was_used),
      CASE(issues_again_what_others_may_lack_and_it_is_shown_once),
      CASE(does_not_issue_again_what_has_a_receipt),
      CASE(waits_for_the_statement_of_a_new_epoch),
      CASE(goes_on_issuing_again_after_a_restart),
      CASE(starts_a_third_epoch_when_it_is_shown_a_second))

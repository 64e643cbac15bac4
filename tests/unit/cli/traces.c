#include "recalled.h"

/* What is looked for in the files after an erasure is all of it, however many parts there
 * were. */

enum { PARTS = 150, BATCH = 50, KEYS = 1 + PARTS };

/* A record with a large file beside it. */
static struct parent publish_with_parts(struct world *w)
{
    const struct parent record = publish(w, ALFA, 1u << BRAVO, NULL);
    struct trio_batch b;

    for (size_t sent = 0; sent < PARTS; sent += BATCH) {
        w->t->now += 300;
        trio_batch_begin(w->t, &b, ALFA, LANE_ROUTINE, 1u << BRAVO);
        b.submission.kind = KIND_ATTACHMENT;
        b.submission.has_previous = true;
        b.submission.previous = record.id;
        for (size_t i = 0; i < BATCH; i++)
            CHECK_OK(exchange_submit(w->t->nodes[ALFA].exchange, &b.submission));
        trio_end(w->t, ALFA);
    }
    settle(w);
    return record;
}

static status add_size(void *context, const struct shelf_row *row)
{
    size_t *const sum = context;

    *sum += row->body.size;
    return OK;
}

static size_t looked_for(struct world *w)
{
    size_t sum = 0;

    arena_reset(&w->scratch);
    CHECK_OK(journal_shelf_walk(w->t->nodes[BRAVO].journal, SHELF_TRACE,
                                (struct shelf_filter){.state = TRACE_LOOKED_FOR},
                                &w->scratch, add_size, &sum));
    return sum / TRACE_SIZE;
}

static enum trace_state state_of(struct world *w, const struct parent *record)
{
    enum trace_state state = TRACE_FOUND;

    arena_reset(&w->scratch);
    CHECK_OK(traces_state(&w->desks[BRAVO], record, &state));
    return state;
}

static sequence logged(const struct world *w)
{
    return w->t->nodes[BRAVO].exchange->own[lane_rank(LANE_LOCAL)].row.frontier.size;
}

static void every_key_of_a_large_record_is_looked_for(void)
{
    struct world *const w = make();
    const struct item_audit why = {.at = w->t->now, .actor = bytes_of_text("test")};
    size_t rounds = 0;

    settle(w);
    const struct parent record = publish_with_parts(w);
    trio_begin(w->t, BRAVO);
    CHECK_OK(recall_erase(&w->desks[BRAVO], &record, &why));
    CHECK_INT(looked_for(w), KEYS);
    trio_end(w->t, BRAVO);
    const sequence before = logged(w);
    for (size_t left = KEYS; left > 0; left = looked_for(w)) {
        CHECK_INT(state_of(w, &record), TRACE_LOOKED_FOR);
        CHECK_INT(logged(w), before);
        CHECK(rounds++ < 100);
        turn(w, BRAVO);
    }
    CHECK_INT(state_of(w, &record), TRACE_NONE);
    CHECK_INT(logged(w), before + 1); /* once of the record, and not of each part */
    done(w);
}

/* It would be found, and said to be in a file although nobody erased it. */
static void what_has_no_room_in_the_log_is_not_looked_for(void)
{
    struct world *const w = make();
    struct exchange *const x = w->t->nodes[BRAVO].exchange;
    const struct item_audit why = {.at = w->t->now, .actor = bytes_of_text("test")};

    settle(w);
    const struct parent record = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    trio_begin(w->t, BRAVO);
    x->audit_count = AUDIT_ROWS_MAX;
    CHECK_STATUS(recall_erase(&w->desks[BRAVO], &record, &why), E_BUSY);
    CHECK_INT(looked_for(w), 0);
    x->audit_count = 0;
    trio_end(w->t, BRAVO);
    CHECK_INT(place_of(w, BRAVO, &record), DISPOSITION_HELD);
    done(w);
}

/* --- what is still in a file --- */

static status add_disposal(void *context, const struct shelf_row *row)
{
    size_t *const count = context;

    *count += row->state == TODO_DISPOSAL;
    return OK;
}

static size_t disposals(struct world *w)
{
    size_t count = 0;

    arena_reset(&w->scratch);
    CHECK_OK(journal_shelf_walk(w->t->nodes[BRAVO].journal, SHELF_TODO,
                                (struct shelf_filter){0}, &w->scratch, add_disposal,
                                &count));
    return count;
}

static status take_trace(void *context, const struct shelf_row *row)
{
    MUST(row->body.size >= TRACE_SIZE);
    memcpy(context, row->body.at, TRACE_PART);
    return OK;
}

/* An id is on the disk as it is, so a row can stand there that has part of a key in it. */
static record_id leave_a_copy(struct world *w)
{
    struct journal *const j = w->t->nodes[BRAVO].journal;
    struct shelf_row row = {.kind = SHELF_WAITING, .state = WAITING_HERE};

    CHECK_OK(journal_shelf_walk(j, SHELF_TRACE, (struct shelf_filter){0}, &w->scratch,
                                take_trace, row.id.bytes));
    CHECK_OK(journal_shelf_put(j, &row));
    return row.id;
}

static void search(struct world *w)
{
    for (size_t i = 0; i < 20; i++) {
        w->t->now += 300;
        turn(w, BRAVO);
    }
}

/* BRAVO said that it has erased the record, and its file has a part of the key still. */
static record_id found_in_a_file(struct world *w, const struct parent *record)
{
    const struct item_audit why = {.at = w->t->now, .actor = bytes_of_text("officer")};

    recall(w, record);
    settle(w);
    trio_begin(w->t, BRAVO);
    CHECK_OK(recall_erase(&w->desks[BRAVO], record, &why));
    const struct recall_row row = {
        .record = *record, .state = RECALL_ERASED, .since = w->t->now};
    CHECK_OK(recall_row_put(&w->desks[BRAVO], &row));
    w->desks[BRAVO].recalls.all_said = false;
    const record_id copy = leave_a_copy(w);
    trio_end(w->t, BRAVO);
    search(w);
    CHECK_INT(state_of(w, record), TRACE_FOUND);
    CHECK_INT(disposals(w), 1);
    return copy;
}

static void make_the_file_anew(struct world *w, const record_id *copy)
{
    trio_begin(w->t, BRAVO);
    CHECK_OK(journal_shelf_drop(w->t->nodes[BRAVO].journal, SHELF_WAITING, copy));
    trio_end(w->t, BRAVO);
    CHECK(journal_checkpoint(w->t->nodes[BRAVO].journal, true));
}

static void check_found_no_more(bool restarts)
{
    struct world *const w = make();

    settle(w);
    const struct parent record = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    const record_id copy = found_in_a_file(w, &record);
    search(w);
    CHECK_TEXT(says(w, ALFA, &record, BRAVO, NULL), "blocked; not stated");
    make_the_file_anew(w, &copy);
    search(w);
    CHECK_INT(disposals(w), 1); /* not looked for all the time */
    if (restarts)
        restart(w, BRAVO);
    else
        w->t->now += UINT64_C(86400000);
    settle(w);
    CHECK_INT(state_of(w, &record), TRACE_NONE);
    CHECK_INT(disposals(w), 0);
    CHECK_TEXT(says(w, ALFA, &record, BRAVO, NULL), "erased");
    done(w);
}

static void what_was_found_is_looked_for_again_after_a_day(void)
{
    check_found_no_more(false);
}

static void and_at_the_next_start(void)
{
    check_found_no_more(true);
}

static void while_it_is_found_the_to_do_stays(void)
{
    struct world *const w = make();

    settle(w);
    const struct parent record = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    (void)found_in_a_file(w, &record);
    const sequence before = logged(w);
    restart(w, BRAVO);
    search(w);
    CHECK_INT(state_of(w, &record), TRACE_FOUND);
    CHECK_INT(disposals(w), 1);
    CHECK_INT(logged(w), before + 1); /* once at the start */
    done(w);
}

CASES(CASE(every_key_of_a_large_record_is_looked_for),
      CASE(what_has_no_room_in_the_log_is_not_looked_for),
      CASE(what_was_found_is_looked_for_again_after_a_day), CASE(and_at_the_next_start),
      CASE(while_it_is_found_the_to_do_stays))

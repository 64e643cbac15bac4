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

CASES(CASE(every_key_of_a_large_record_is_looked_for))

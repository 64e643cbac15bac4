#include "traces.h"

#include "journal_tokens.h"
#include "recall.h"
#include "todo.h"

#include <string.h>

/* Rows of the shelf for each record that was erased: their bodies are the traces, until
 * they were looked for; as many rows as it takes, each of what one search has room for. */

_Static_assert((int)TOKEN_PAIR == (int)TRACE_PART, "a pair is looked for as it stands");

struct gathering {
    struct desk *desk;
    const struct parent *record;
    uint32_t rows;
    size_t count;
    bool is_half; /* of the last trace the second part is still the first */
    struct journal_trace at[SCAN_TRACES_MAX];
};

typedef status (*place_after)(void *self, const struct agency_id *agency,
                              const record_id *id, const struct place *after,
                              struct place *ret);

static record_id id_of_row(struct desk *d, const struct parent *record, uint32_t number)
{
    record_id id = recall_row_id(d, "trace", record);

    for (size_t i = 0; i < sizeof number; i++)
        id.bytes[sizeof id.bytes - 1 - i] ^= (uint8_t)(number >> (8 * i));
    return id;
}

static status put_row(struct gathering *g)
{
    struct desk *const d = g->desk;
    const struct shelf_row row = {.kind = SHELF_TRACE,
                                  .id = id_of_row(d, g->record, g->rows),
                                  .about = g->record->id,
                                  .state = TRACE_LOOKED_FOR,
                                  .changed = d->exchange->now,
                                  .body =
                                      bytes_of(g->at[0].bytes, g->count * sizeof g->at[0])};

    if (g->count == 0)
        return OK;
    g->rows++;
    g->count = 0;
    d->traces.settled = false;
    return journal_shelf_put(d->journal, &row);
}

/* What the index has of the record goes with it: two pairs make a trace. */
static status each_pair(void *context, const uint8_t pair[TOKEN_PAIR])
{
    struct gathering *const g = context;

    if (g->is_half) {
        memcpy(g->at[g->count - 1].bytes + TRACE_PART, pair, TOKEN_PAIR);
        g->is_half = false;
        return OK;
    }
    if (g->count == COUNT_OF(g->at))
        TRY(put_row(g));
    memcpy(g->at[g->count].bytes, pair, TOKEN_PAIR);
    memcpy(g->at[g->count].bytes + TRACE_PART, pair, TOKEN_PAIR);
    g->count++;
    g->is_half = true;
    return OK;
}

static status gather_tokens(struct gathering *g)
{
    struct place place = {0};
    status found = recall_next_place(g->desk, g->record, &place);

    for (; found == OK; found = recall_next_place(g->desk, g->record, &place))
        TRY(journal_token_pairs(g->desk->journal, &place, each_pair, g));
    return found == E_UNKNOWN ? OK : found;
}

static status gather(struct gathering *g, place_after next)
{
    const struct store *const s = &g->desk->exchange->store;
    struct place place = {0};
    status found = next(s->self, &g->record->agency, &g->record->id, NULL, &place);

    while (found == OK) {
        const struct place last = place;
        const status got = journal_trace(g->desk->journal, &place, &g->at[g->count]);
        ENSURE(got == OK || got == E_UNKNOWN, got);
        g->count += got == OK;
        if (g->count == COUNT_OF(g->at))
            TRY(put_row(g));
        found = next(s->self, &g->record->agency, &g->record->id, &last, &place);
    }
    return found == E_UNKNOWN ? OK : found;
}

static status note(struct desk *d, const struct parent *record)
{
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    struct gathering *const g = arena_take(a, sizeof *g);

    ENSURE(g != NULL, E_MEMORY);
    g->desk = d;
    g->record = record;
    g->rows = 0;
    g->count = 0;
    g->is_half = false;
    /* Each leg, then each part of what is attached. */
    TRY(gather(g, d->exchange->store.ops->record_after));
    TRY(gather(g, d->exchange->store.ops->part_after));
    TRY(gather_tokens(g));
    TRY(put_row(g));
    arena_rewind(a, mark); /* a record may have thousands of copies */
    return OK;
}

status traces_erase(struct desk *d, const struct parent *record,
                    const struct item_audit *why)
{
    struct exchange *const x = d->exchange;

    /* What is looked for and was not erased would be found. */
    ENSURE(x->audit_count < AUDIT_ROWS_MAX, E_BUSY);
    TRY(note(d, record));
    return exchange_erase(x, &record->agency, &record->id, why);
}

/* What was found stands above what is still looked for. */
static status each_state(void *context, const struct shelf_row *row)
{
    enum trace_state *const state = context;

    *state = (enum trace_state)row->state > *state ? (enum trace_state)row->state : *state;
    return OK;
}

static status state_about(struct desk *d, const record_id *id, enum trace_state *ret)
{
    *ret = TRACE_NONE;
    return journal_shelf_about(d->journal, SHELF_TRACE, id, d->scratch, each_state, ret);
}

/* Of all that have the id: copies of it may be other agencies', and then this one waits for
 * them. */
status traces_state(struct desk *d, const struct parent *record, enum trace_state *ret)
{
    return state_about(d, &record->id, ret);
}

bool traces_are_settled(const struct desk *d)
{
    return d->traces.settled;
}

/* --- a search --- */

static status each_row(void *context, const struct shelf_row *row)
{
    struct trace_watch *const w = context;
    struct reader r = {.rest = row->body};
    const size_t count = row->body.size / TRACE_SIZE;

    ENSURE(w->row_count < COUNT_OF(w->rows) && w->trace_count + count <= SCAN_TRACES_MAX,
           E_LIMIT);
    for (size_t i = 0; i < count; i++)
        read_copy(&r, w->traces[w->trace_count++].bytes, TRACE_SIZE);
    w->rows[w->row_count++] = row->id;
    return OK;
}

static status gather_rows(struct desk *d, struct shelf_filter filter)
{
    struct trace_watch *const w = &d->traces;
    const status s =
        journal_shelf_walk(d->journal, SHELF_TRACE, filter, d->scratch, each_row, w);

    return s == E_LIMIT ? OK : s;
}

/* The file in which it was may have been made anew.  A row that is met again is due a day
 * later, so of one round each is looked for once. */
static status begin_again(struct desk *d)
{
    struct trace_watch *const w = &d->traces;
    const millis now = d->exchange->now;

    if (w->again == 0 || now >= w->again + DESK_DAY_MS) {
        w->again = now;
        w->again_done = false;
    }
    if (w->again_done)
        return OK;
    TRY(gather_rows(d, (struct shelf_filter){.state = TRACE_FOUND,
                                             .due_before = w->again + DESK_DAY_MS}));
    w->again_done = w->row_count == 0;
    return OK;
}

static status begin(struct desk *d)
{
    struct trace_watch *const w = &d->traces;

    w->scan = (struct journal_scan){0};
    w->trace_count = 0;
    w->row_count = 0;
    if (!w->settled)
        TRY(gather_rows(d, (struct shelf_filter){.state = TRACE_LOOKED_FOR}));
    w->settled = w->row_count == 0;
    return w->settled ? begin_again(d) : OK;
}

static status tell(struct desk *d, const record_id *record, const char *outcome)
{
    const struct item_audit audit = {.at = d->exchange->now,
                                     .operation = AUDIT_ERASE,
                                     .actor = bytes_of_text("node"),
                                     .object = *record,
                                     .outcome = bytes_of_text(outcome)};

    return exchange_audit(d->exchange, &audit);
}

/* It is in none of the files: said once, when that is known of all its parts. */
static status settle_gone(struct desk *d, const struct shelf_row *row)
{
    enum trace_state left = TRACE_NONE;

    TRY(journal_shelf_drop(d->journal, SHELF_TRACE, &row->id));
    TRY(state_about(d, &row->about, &left));
    if (row->state == TRACE_FOUND && left != TRACE_FOUND) {
        d->recalls.all_said = false; /* what waited for it */
        TRY(desk_todo_close(d, TODO_DISPOSAL, &row->about));
    }
    return left == TRACE_NONE ? tell(d, &row->about, "its keys were looked for: in no file")
                              : OK;
}

static status settle_found(struct desk *d, struct shelf_row *row, const char *file)
{
    TRY(tell(d, &row->about, "its keys were looked for: still there"));
    row->state = TRACE_FOUND;
    row->changed = d->exchange->now;
    row->due = d->exchange->now + DESK_DAY_MS;
    TRY(journal_shelf_put(d->journal, row));
    return desk_todo_open(d, TODO_DISPOSAL, &row->about,
                          desk_text(d->exchange->arena,
                                    "a key that was erased is still in ", file,
                                    ": tell who keeps the node; the file has to be made "
                                    "anew or destroyed",
                                    NULL));
}

static status settle(struct desk *d, const record_id *id, const char *file)
{
    struct shelf_row row = {0};

    TRY(journal_shelf_find(d->journal, SHELF_TRACE, id, d->exchange->arena, &row));
    return file == NULL ? settle_gone(d, &row) : settle_found(d, &row, file);
}

status traces_look(struct desk *d)
{
    struct trace_watch *const w = &d->traces;
    const char *file = NULL;
    bool done = false;

    if (d->exchange->fence != OK || journal_is_dirty(d->journal) ||
        !journal_erased_is_gone(d->journal))
        return OK;
    if (w->row_count == 0)
        TRY(begin(d));
    if (w->row_count == 0)
        return OK;
    TRY(journal_scan_step(d->journal, &w->scan, w->traces, w->trace_count, &done, &file));
    if (!done && file == NULL)
        return OK;
    for (size_t i = 0; i < w->row_count; i++)
        TRY(settle(d, &w->rows[i], file));
    w->row_count = 0;
    return OK;
}

#include "traces.h"

#include "recall.h"
#include "todo.h"

/* A row of the shelf for each record that was erased: its body is the traces, until they
 * were looked for. */

struct gathering {
    struct desk *desk;
    const struct parent *record;
    size_t count;
    struct journal_trace at[SCAN_TRACES_MAX];
};

typedef status (*place_after)(void *self, const struct agency_id *agency,
                              const record_id *id, const struct place *after,
                              struct place *ret);

static status gather(struct gathering *g, place_after next)
{
    const struct store *const s = &g->desk->exchange->store;
    struct place place = {0};
    status found = next(s->self, &g->record->agency, &g->record->id, NULL, &place);

    while (found == OK && g->count < COUNT_OF(g->at)) {
        const struct place last = place;
        const status got = journal_trace(g->desk->journal, &place, &g->at[g->count]);
        ENSURE(got == OK || got == E_UNKNOWN, got);
        g->count += got == OK;
        found = next(s->self, &g->record->agency, &g->record->id, &last, &place);
    }
    return found == OK || found == E_UNKNOWN ? OK : found;
}

status traces_note(struct desk *d, const struct parent *record)
{
    struct gathering *const g = arena_take(d->exchange->arena, sizeof *g);

    ENSURE(g != NULL, E_MEMORY);
    g->desk = d;
    g->record = record;
    g->count = 0;
    /* Each leg, then parts of what is attached, as far as there is room. */
    TRY(gather(g, d->exchange->store.ops->record_after));
    TRY(gather(g, d->exchange->store.ops->part_after));
    if (g->count == 0)
        return OK;
    const struct shelf_row row = {.kind = SHELF_TRACE,
                                  .id = recall_row_id(d, "trace", record),
                                  .about = record->id,
                                  .state = TRACE_LOOKED_FOR,
                                  .changed = d->exchange->now,
                                  .body =
                                      bytes_of(g->at[0].bytes, g->count * sizeof g->at[0])};
    d->traces.settled = false;
    return journal_shelf_put(d->journal, &row);
}

status traces_state(struct desk *d, const struct parent *record, enum trace_state *ret)
{
    const record_id id = recall_row_id(d, "trace", record);
    const size_t mark = arena_mark(d->scratch);
    struct shelf_row row = {0};

    const status s = journal_shelf_find(d->journal, SHELF_TRACE, &id, d->scratch, &row);
    arena_rewind(d->scratch, mark);
    *ret = s == OK ? (enum trace_state)row.state : TRACE_NONE;
    return s == E_UNKNOWN ? OK : s;
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

static status begin(struct desk *d)
{
    struct trace_watch *const w = &d->traces;

    w->scan = (struct journal_scan){0};
    w->trace_count = 0;
    w->row_count = 0;
    const status s = journal_shelf_walk(d->journal, SHELF_TRACE,
                                        (struct shelf_filter){.state = TRACE_LOOKED_FOR},
                                        d->scratch, each_row, w);
    ENSURE(s == OK || s == E_LIMIT, s);
    w->settled = w->row_count == 0;
    return OK;
}

static status settle(struct desk *d, const record_id *id, const char *file)
{
    struct arena *const a = d->exchange->arena;
    struct shelf_row row = {0};

    TRY(journal_shelf_find(d->journal, SHELF_TRACE, id, a, &row));
    const struct item_audit audit = {
        .at = d->exchange->now,
        .operation = AUDIT_ERASE,
        .actor = bytes_of_text("node"),
        .object = row.about,
        .outcome = bytes_of_text(file == NULL ? "its keys were looked for: in no file"
                                              : "its keys were looked for: still there")};
    TRY(exchange_audit(d->exchange, &audit));
    if (file == NULL)
        return journal_shelf_drop(d->journal, SHELF_TRACE, id);
    row.state = TRACE_FOUND;
    row.changed = d->exchange->now;
    row.body = (struct bytes){0};
    TRY(journal_shelf_put(d->journal, &row));
    return desk_todo_open(d, TODO_DISPOSAL, &row.about,
                          desk_text(a, "a key that was erased is still in ", file,
                                    ": tell who keeps the node; the file has to be made "
                                    "anew or destroyed",
                                    NULL));
}

status traces_look(struct desk *d)
{
    struct trace_watch *const w = &d->traces;
    const char *file = NULL;
    bool done = false;

    if (w->settled || d->exchange->fence != OK || journal_is_dirty(d->journal) ||
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

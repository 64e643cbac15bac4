#include "todo.h"
#include "watching.h"

/* Watches that are over: by their last day, or because who set them may not read any more.
 */

enum { ENDED_OF_A_TURN = 16 };
#define ENDED_KEPT_MS (UINT64_C(30) * 86400000) /* for `watch list --all` */

bool watch_is_over(const struct desk *d, const struct watch *w)
{
    return w->state == WATCH_ENDED || (w->until != 0 && w->until <= d->exchange->now);
}

/* --- by its last day --- */

struct ending {
    struct desk *desk;
    size_t count;
    record_id ids[ENDED_OF_A_TURN];
};

static status each_over(void *context, const struct shelf_row *row)
{
    struct ending *const all = context;

    ENSURE(all->count < COUNT_OF(all->ids), E_LIMIT);
    all->ids[all->count++] = row->id;
    return OK;
}

static status log_end(struct desk *d, const struct watch *w)
{
    struct exchange *const x = d->exchange;
    const struct item_audit row = {
        .at = x->now,
        .operation = AUDIT_CONSULT,
        .actor = bytes_of_text("node"),
        .justification = w->reason,
        .outcome = bytes_of_text(desk_text(x->arena, "watch ended by its last day: ",
                                           desk_id_text(x->arena, &w->id), NULL))};

    return exchange_audit(x, &row);
}

static status end_one(struct desk *d, const record_id *id)
{
    struct watch w = {.until = 0};
    const status s = watch_find(d, id, d->exchange->arena, &w);

    if (s == E_DAMAGED)
        return OK; /* its operator is told */
    TRY(s);
    TRY(log_end(d, &w));
    w.state = WATCH_ENDED;
    TRY(watch_put(d, &w));
    TRY(watching_drop_seen(d, w.uid, &w.id));
    return watching_tell(d, w.uid);
}

/* Rows that say what was looked for are not kept for good. */
static status each_ended(void *context, const struct shelf_row *row)
{
    struct desk *const d = context;

    return row->due + ENDED_KEPT_MS <= d->exchange->now
               ? journal_shelf_drop(d->journal, SHELF_WATCH, &row->id)
               : OK;
}

status watching_end_due(struct desk *d)
{
    struct ending all = {.desk = d};
    const struct shelf_filter due = {.state = WATCH_ON, .due_before = d->exchange->now + 1};
    const struct shelf_filter ended = {.state = WATCH_ENDED,
                                       .due_before = d->exchange->now + 1};

    const status s =
        journal_shelf_walk(d->journal, SHELF_WATCH, due, d->scratch, each_over, &all);
    ENSURE(s == OK || s == E_LIMIT, s);
    for (size_t i = 0; i < all.count; i++)
        TRY(end_one(d, &all.ids[i]));
    return journal_shelf_walk(d->journal, SHELF_WATCH, ended, d->scratch, each_ended, d);
}

/* --- because of whose they are --- */

static status each_dropped(void *context, const struct shelf_row *row)
{
    struct desk *const d = context;

    return journal_shelf_drop(d->journal, row->kind, &row->id);
}

status watching_end_of(struct desk *d, uint32_t uid)
{
    const record_id about = watching_about(d, uid);
    uint8_t tag[32];

    watch_tag(d, uid, tag);
    TRY(alerts_walk(d, uid, true, each_dropped, d));
    TRY(journal_shelf_tagged(d->journal, SHELF_WATCH, tag, d->scratch, each_dropped, d));
    watching_changed(d);
    return desk_todo_close(d, TODO_WATCH, &about);
}

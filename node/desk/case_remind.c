#include "case_desk.h"
#include "text.h"
#include "todo.h"

/*
 * Reminders, each once in a run of a clock: the event that says so is in the stream, so it
 * is not given again after a restart, and what it has called overdue stays so.
 *
 * They are judged by the wall clock, so they wait while it has just jumped (P11): a
 * reminder of a wrong hour would stand for ever.
 */

enum {
    EVERY_MS = 10 * 1000,
    JUMP_MS = 5 * 60 * 1000,
    HOLD_MS = 10 * 60 * 1000,
    REMINDERS_MAX = 64, /* of one turn; the others have the next */
};

bool case_clocks_agree(struct case_watch *w, millis now, millis steady)
{
    const millis by_wall = now > w->wall ? now - w->wall : w->wall - now;
    const millis by_steady = steady - w->steady;
    const bool back = now < w->wall;
    const bool ahead = by_wall > by_steady + JUMP_MS;

    if (w->wall != 0 && (ahead || (back && by_wall > JUMP_MS)))
        w->hold_until = steady + HOLD_MS;
    w->wall = now;
    w->steady = steady;
    return steady >= w->hold_until;
}

struct reminding {
    struct desk *desk;
    struct case_reminders *told;
    size_t left;
};

static const char *sentence(struct desk *d, const struct obligation *o, bool overdue)
{
    struct arena *const a = d->exchange->arena;
    const char *const station = arena_text(a, o->station);
    char due[TIME_TEXT_ROOM];

    time_write(obligation_due(o), due);
    return desk_text(a, "R18: a call from station ", station == NULL ? "" : station,
                     o->officer.running ? " has no document; it "
                                        : " has a document that awaits the bureau; it ",
                     overdue ? "is overdue since " : "falls due at ", due, NULL);
}

status case_put_todo(struct desk *d, const record_id *id, const struct case_events *events)
{
    const struct obligation_allowance allowance = case_allowance(d);
    struct obligation o;

    obligation_of(events, &allowance, d->exchange->now, &o);
    if (obligation_running(&o) == NULL || !(o.reminded || o.told))
        return desk_todo_close(d, TODO_CASE, id);
    return desk_todo_open(d, TODO_CASE, id, sentence(d, &o, o.told));
}

static status remind(struct reminding *r, const struct shelf_row *row,
                     const struct case_events *events, const struct obligation *o)
{
    struct desk *const d = r->desk;
    const millis due = obligation_due(o);
    const millis now = d->exchange->now;
    const struct case_event e = {.is = {.reference = events->at[0].is.reference,
                                        .what = o->overdue ? CASE_OVERDUE : CASE_DUE,
                                        .at = o->overdue && now <= due ? due + 1 : now}};
    const status s = case_record(d, &e);

    if (s == E_LIMIT || s == E_DUPLICATE)
        return OK;
    /* What stops it now does not stop it for ever. */
    ENSURE(s != E_BUSY && s != E_REVOKED && s != E_EXPIRED, E_LIMIT);
    TRY(s);
    r->told->overdue += o->overdue;
    r->told->due += !o->overdue;
    return desk_todo_open(d, TODO_CASE, &row->id, sentence(d, o, o->overdue));
}

/* The row says when; whether it is so, the events say. */
static status each(void *context, const struct shelf_row *row)
{
    struct reminding *const r = context;
    struct arena *const a = r->desk->exchange->arena;
    const struct obligation_allowance allowance = case_allowance(r->desk);
    struct case_events *const events = arena_take(a, sizeof *events);
    struct obligation o;

    ENSURE(r->left > 0 && desk_case_has_room(r->desk), E_LIMIT);
    ENSURE(events != NULL, E_MEMORY);
    r->left--;
    TRY(case_read(row, a, events, NULL));
    obligation_of(events, &allowance, r->desk->exchange->now, &o);
    if (o.overdue ? !o.told : !o.reminded && obligation_running(&o) != NULL)
        return remind(r, row, events, &o);
    return OK;
}

static status each_stale(void *context, const struct shelf_row *row)
{
    bool changed = false;

    return case_refresh(context, row, &changed);
}

/* After a start the configuration may be another one: the rows are brought up to it.  An
 * index that cannot be read is made again, so that it never keeps a node from starting. */
static status refresh(struct desk *d)
{
    struct case_rebuilt rebuilt;
    const status s = journal_shelf_walk(
        d->journal, SHELF_OBLIGATION, (struct shelf_filter){0}, d->scratch, each_stale, d);

    return s == E_DAMAGED ? case_rebuild(d, &rebuilt) : s;
}

static status remind_due(struct desk *d, millis steady, struct case_reminders *ret)
{
    struct case_watch *const w = &d->cases;
    struct reminding r = {.desk = d, .told = ret, .left = REMINDERS_MAX};
    const millis now = d->exchange->now;

    if (w->wall != 0 && steady - w->steady < EVERY_MS)
        return OK;
    const bool agree = case_clocks_agree(w, now, steady);
    if (d->exchange->fence != OK || roster_age(&d->exchange->roster, now) == ROSTER_FROZEN)
        return OK;
    if (!w->refreshed)
        TRY(refresh(d));
    w->refreshed = true;
    if (!agree)
        return OK;
    return journal_shelf_walk(d->journal, SHELF_OBLIGATION,
                              (struct shelf_filter){.due_before = now + 1}, d->scratch,
                              each, &r);
}

status desk_case_tick(struct desk *d, millis steady, struct case_reminders *ret)
{
    const size_t mark = arena_mark(d->scratch);

    *ret = (struct case_reminders){0};
    return desk_part_ends(d, mark, remind_due(d, steady, ret));
}

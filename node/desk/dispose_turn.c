#include "dispose.h"

#include "recall.h"
#include "todo.h"

/* What the node does by itself: it asks for reviews, and erases what two persons have
 * disposed of once the undo window has passed. */

enum {
    EVERY_MS = 1000,
    REMIND_MS = 3600 * 1000,
    SETS_EACH = 4,
    RECORDS_EACH = 8, /* in one turn */
    ROWS_LEFT = 64,   /* of the turn's log, so that what a record needs has room */
};

#define STATEMENT_MS UINT64_C(1209600000) /* two weeks for a holder's statement */
#define ARENA_LEFT   ((size_t)CLOSE_RESERVE + (8 << 20))

struct due {
    size_t count;
    record_id ids[SETS_EACH];
};

static status each_due(void *context, const struct shelf_row *row)
{
    struct due *const due = context;

    ENSURE(due->count < COUNT_OF(due->ids), E_LIMIT);
    due->ids[due->count++] = row->id;
    return OK;
}

static status due_of(struct desk *d, enum retention_state state, struct due *due)
{
    const struct shelf_filter filter = {.state = (uint32_t)state,
                                        .due_before = d->exchange->now + 1};
    const status s =
        journal_shelf_walk(d->journal, SHELF_NOMINAL, filter, d->scratch, each_due, due);

    return s == E_LIMIT ? OK : s;
}

/* --- erasing --- */

bool dispose_has_room(const struct exchange *x)
{
    return AUDIT_ROWS_MAX - x->audit_count >= ROWS_LEFT &&
           x->arena->room - x->arena->used > ARENA_LEFT;
}

/* Whoever had it is to erase it too, or to say why not: as after a recall, which is also
 * what stops its delivery. */
static status tell_holders(struct desk *d, const struct parent *record)
{
    struct exchange *const x = d->exchange;
    const struct item item = {
        .kind = ITEM_RECALL,
        .recall = {.id = record->id,
                   .cause = RECALL_DISPOSED,
                   .reason = bytes_of_text("disposed of by its owner after review"),
                   .person = bytes_of_text("node"),
                   .answer_by = x->now + STATEMENT_MS}};
    const struct recall_notice notice = {.kind = KIND_RECALL, .item = &item};
    struct recall_told *const told = arena_take(x->arena, sizeof *told);
    bool before = false;

    ENSURE(told != NULL, E_MEMORY);
    told->count = 0;
    TRY(x->store.ops->recalled(x->store.self, &x->self, &record->id, &before));
    if (before)
        return OK;
    TRY(recall_publish(d, record, &notice, told));
    const struct recall_row row = {.record = *record,
                                   .state = RECALL_OWN,
                                   .due = item.recall.answer_by,
                                   .since = x->now};
    return recall_row_put(d, &row);
}

static const char *why_erased(struct desk *d, const struct nominal *n)
{
    struct arena *const a = d->exchange->arena;
    const char *const approver = arena_text(a, n->is.approver);
    char *const set = arena_take(a, RECORD_ID_TEXT_ROOM);

    if (set == NULL || approver == NULL)
        return "";
    record_id_write(&n->id, set);
    return desk_text(a, "disposal of the set ", set, ", approved by ", approver, NULL);
}

static status erase_record(struct desk *d, struct nominal *n, const record_id *id)
{
    const struct parent record = {.agency = d->exchange->self, .id = *id};
    const struct item_retention e = {.set = n->id,
                                     .what = RETENTION_ERASED,
                                     .at = d->exchange->now,
                                     .person = n->is.approver,
                                     .has_record = true,
                                     .record = *id};
    const struct item_audit why = {.at = d->exchange->now,
                                   .actor = bytes_of_text("node"),
                                   .justification = bytes_of_text(why_erased(d, n)),
                                   .outcome = bytes_of_text("disposed of after review")};
    const char *refusal = NULL;

    TRY(tell_holders(d, &record));
    /* Not said before it is true; what stops the event is tried again with the erasure. */
    TRY(recall_erase(d, &record, &why));
    return nominal_event(d, n, &e, &refusal);
}

static status erase_records(struct desk *d, struct nominal *n, size_t *erased)
{
    record_id records[RETENTION_RECORDS_MAX];
    const size_t count = retention_records(&n->events, records);

    for (size_t i = 0; i < count && *erased < RECORDS_EACH; i++) {
        if (retention_has_erased(&n->events, &records[i]))
            continue;
        ENSURE(dispose_has_room(d->exchange), E_BUSY);
        TRY(erase_record(d, n, &records[i]));
        (*erased)++;
    }
    return OK;
}

/* What stops it now does not stop it for ever. */
static bool is_for_later(status s)
{
    return s == E_BUSY || s == E_MEMORY || s == E_FENCED || s == E_EXPIRED ||
           s == E_REVOKED || s == E_LIMIT;
}

static status dispose_set(struct desk *d, const record_id *id, size_t *erased)
{
    struct arena *const a = d->exchange->arena;
    struct nominal *const n = arena_take(a, sizeof *n);
    const char *obstacle = doubt_sentence(d);
    struct shelf_row row = {0};

    ENSURE(n != NULL, E_MEMORY);
    TRY(journal_shelf_find(d->journal, SHELF_NOMINAL, id, a, &row));
    TRY(nominal_read(d, &row, a, n));
    /* The configuration may give more hours today than when it was approved. */
    if (n->is.state == RETENTION_IS_APPROVED && dispose_undo_until(d, n) > d->exchange->now)
        return OK;
    if (obstacle == NULL)
        TRY(dispose_obstacle(d, n, &obstacle));
    if (obstacle != NULL)
        return desk_todo_open(d, TODO_DISPOSAL, id, obstacle);
    const status s = erase_records(d, n, erased);
    ENSURE(s == OK || is_for_later(s), s);
    return n->is.state == RETENTION_DISPOSED ? desk_todo_close(d, TODO_DISPOSAL, id) : OK;
}

static status dispose_due(struct desk *d, enum retention_state state, size_t *erased)
{
    struct due due = {0};

    TRY(due_of(d, state, &due));
    for (size_t i = 0; i < due.count && dispose_has_room(d->exchange); i++)
        TRY(dispose_set(d, &due.ids[i], erased));
    return OK;
}

/* --- reviews --- */

static status each_review(void *context, const struct shelf_row *row)
{
    struct desk *const d = context;

    return desk_todo_open(d, TODO_REVIEW, &row->id,
                          "the records of a nominal are due for review");
}

static status each_set(void *context, const struct shelf_row *row)
{
    return nominal_refresh(context, row);
}

/* At the start, and when another list is in force: a set's times are computed. */
static status refresh(struct desk *d)
{
    struct dispose_watch *const w = &d->disposals;

    if (w->refreshed && w->lists_version == d->lists->version)
        return OK;
    w->refreshed = true;
    w->lists_version = d->lists->version;
    w->reminded_at = 0;
    return journal_shelf_walk(d->journal, SHELF_NOMINAL, (struct shelf_filter){0},
                              d->scratch, each_set, d);
}

static status remind(struct desk *d, millis steady)
{
    struct dispose_watch *const w = &d->disposals;
    const struct shelf_filter filter = {.state = RETENTION_STANDING,
                                        .due_before = d->exchange->now + 1};

    if (w->reminded_at != 0 && steady < w->reminded_at + REMIND_MS)
        return OK;
    w->reminded_at = steady;
    return journal_shelf_walk(d->journal, SHELF_NOMINAL, filter, d->scratch, each_review,
                              d);
}

static status work_off(struct desk *d, millis steady)
{
    struct exchange *const x = d->exchange;
    struct dispose_watch *const w = &d->disposals;
    size_t erased = 0; /* of this turn */

    if (steady < w->at + EVERY_MS)
        return OK;
    w->at = steady;
    TRY(doubt_look(d));
    if (w->seen == 0 || x->fence != OK || !x->peers[x->self_number].current ||
        roster_age(&x->roster, x->now) == ROSTER_FROZEN)
        return OK;
    TRY(refresh(d));
    TRY(dispose_due(d, RETENTION_ERASING, &erased));
    TRY(dispose_due(d, RETENTION_IS_APPROVED, &erased));
    return doubt_sentence(d) == NULL ? remind(d, steady) : OK;
}

status dispose_tick(struct desk *d, millis steady)
{
    const size_t mark = arena_mark(d->scratch);

    return desk_part_ends(d, mark, work_off(d, steady));
}

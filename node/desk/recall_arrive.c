#include "recall.h"

#include "ingest.h"
#include "link_desk.h"
#include "reconcile.h"
#include "request_desk.h"
#include "todo.h"
#include "unopened.h"
#include "urgent.h"

/* What this turn has stored that concerns a recall: rows of the shelf, to be worked off. */

static status note_recall(struct desk *d, const struct parent *record)
{
    struct recall_row row = {0};
    const status s = recall_row_find(d, record, &row);

    if (s != E_UNKNOWN)
        TRY(s);
    /* Stated already: a second recall, for a graver cause, asks nothing new. */
    if (s == OK && (row.state == RECALL_STATED || row.state == RECALL_ERASED))
        return OK;
    TRY(asked_recalled(d, record));
    row = (struct recall_row){
        .record = *record, .state = RECALL_NEW, .since = d->exchange->now};
    return recall_row_put(d, &row);
}

/* Came after its recall, and was never here before.  What a person may have read, stated
 * or put under legal hold is not the node's to erase, however often it is sent again. */
static status note_late(struct desk *d, const struct entry_row *e)
{
    struct exchange *const x = d->exchange;
    const struct parent record = {.agency = e->stream.agency, .id = e->id};
    struct recall_row row = {.record = record};
    bool recalled = false;

    if (e->duplicate)
        return OK;
    TRY(x->store.ops->recalled(x->store.self, &record.agency, &record.id, &recalled));
    if (!recalled)
        return OK;
    const status s = recall_row_find(d, &record, &row);
    if (s != E_UNKNOWN)
        TRY(s);
    if (s == OK && row.state != RECALL_NEW && row.state != RECALL_NOT_HERE)
        return OK;
    d->recalls.work = true;
    row.state = RECALL_CAME_AFTER;
    row.since = row.since == 0 ? x->now : row.since;
    return recall_row_put(d, &row);
}

/* An answer to a recall of ours: the last one ends the waiting. */
static status note_outcome(struct desk *d, const record_id *about)
{
    const struct parent record = {.agency = d->exchange->self, .id = *about};
    struct recall_row row = {0};
    const status found = recall_row_find(d, &record, &row);
    size_t missing = 0;

    if (found == E_UNKNOWN || (found == OK && row.state != RECALL_OWN))
        return OK;
    TRY(found);
    /* A peer chooses how many of these one turn brings. */
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    const status s = recall_missing(d, &record, NULL, &missing);
    arena_rewind(a, mark);
    TRY(s);
    if (missing > 0)
        return OK;
    row.state = RECALL_DONE;
    TRY(recall_row_put(d, &row));
    return desk_todo_close(d, TODO_STATEMENT, about);
}

static status note_entry(struct desk *d, const struct entry_row *e)
{
    struct header h;

    if (e->disposition != DISPOSITION_HELD && e->disposition != DISPOSITION_UNOPENABLE)
        return OK;
    if (header_decode(e->header, d->scratch, &h) != OK)
        return OK;
    TRY(unopened_arrived(d, e, &h));
    TRY(ingested_arrived(d, e, &h));
    TRY(reconcile_arrived(d, e));
    TRY(asked_arrived(d, e, &h));
    TRY(linked_arrived(d, e, &h));
    if (e->kind == KIND_RECALL || (h.has_previous && e->kind != KIND_OUTCOME))
        links_may_fall(d);
    if (e->kind == KIND_RECALL) {
        const struct parent record = {.agency = e->stream.agency, .id = h.previous};
        d->recalls.work = true;
        return note_recall(d, &record);
    }
    if (e->kind == KIND_INTELLIGENCE) {
        const struct parent record = {.agency = e->stream.agency, .id = e->id};
        if (h.label.priority == PRIORITY_HIGH)
            TRY(urgent_arrived(d, &record));
        return note_late(d, e);
    }
    return e->kind == KIND_OUTCOME && h.has_previous ? note_outcome(d, &h.previous) : OK;
}

/* --- what was stored without a notice --- */

/* Stored and without a row, or said to be not here and then it came. */
static status each_received(void *context, const struct entry_row *e)
{
    struct desk *const d = context;
    struct exchange *const x = d->exchange;
    struct recall_row row = {0};
    struct place place = {0};
    struct header h;

    if ((e->disposition != DISPOSITION_HELD && e->disposition != DISPOSITION_UNOPENABLE) ||
        header_decode(e->header, d->scratch, &h) != OK)
        return OK;
    const struct parent record = {.agency = e->stream.agency, .id = h.previous};
    status s = recall_row_find(d, &record, &row);
    if (s == E_UNKNOWN) {
        d->recalls.work = true;
        return note_recall(d, &record);
    }
    if (s != OK || row.state != RECALL_NOT_HERE)
        return s;
    s = x->store.ops->record_find(x->store.self, &record.agency, &record.id, &place);
    if (s != OK)
        return s == E_UNKNOWN ? OK : s;
    d->recalls.work = true;
    row.state = RECALL_CAME_AFTER;
    return recall_row_put(d, &row);
}

/* A turn that has much to tell drops notices, and a row is made of nothing else. */
static bool may_have_dropped(const struct exchange *x)
{
    return x->effects->count >= EFFECTS_MAX - ANSWERS_MAX;
}

static status look_again(struct desk *d)
{
    enum { RECALLS_MAX = 1000000 };

    if (d->recalls.all_noted)
        return OK;
    d->recalls.all_noted = true;
    TRY(unopened_look_again(d));
    TRY(ingested_look_again(d));
    TRY(reconcile_look_again(d));
    TRY(asked_look_again(d));
    TRY(linked_look_again(d));
    const status s = journal_inbox(
        d->journal, (struct inbox_range){.kind = KIND_RECALL, .limit = RECALLS_MAX},
        d->scratch, each_received, d);
    return s == E_STORAGE || s == E_DAMAGED ? s : OK;
}

status recall_arrivals(struct desk *d)
{
    struct exchange *const x = d->exchange;

    for (size_t i = 0; i < x->effects->count; i++) {
        const struct effect *const f = &x->effects->at[i];
        if (f->kind != EFFECT_NOTICE || f->notice.what != NOTICE_ENTRY)
            continue;
        const struct peer *const p = exchange_peer(x, &f->notice.peer);
        if (p == NULL)
            continue;
        const size_t mark = arena_mark(d->scratch);
        struct entry_row e = {0};
        const struct stream_id *const stream =
            &p->follows[lane_rank(f->notice.lane)].row.id;
        status s = x->store.ops->entry_find(x->store.self, stream, f->notice.index,
                                            d->scratch, &e);
        if (s == OK)
            s = note_entry(d, &e);
        arena_rewind(d->scratch, mark);
        /* Whatever a peer sends, one entry of it ends neither the others nor the node. */
        ENSURE(s != E_STORAGE && s != E_DAMAGED, s);
    }
    if (!may_have_dropped(x))
        return look_again(d);
    d->recalls.all_noted = false;
    return OK;
}

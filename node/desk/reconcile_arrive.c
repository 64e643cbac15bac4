#include "reconcile.h"

#include <string.h>

/* What the other side of a comparison says, as its entries arrive (reconcile_turn.c). */

/* From the other of the session, or from national ingestion; anything else has no effect.
 */
static status take(struct desk *d, const struct agency_id *from,
                   const struct item_ranges *said, const struct salted_item *items,
                   size_t count)
{
    struct reconcile *const r = d->reconciling.session;
    const struct roster_agency *const a = roster_find(&d->exchange->roster, from);

    if (r != NULL && r->asks) {
        /* Another session's answer came too late: that one has ended. */
        if (!agency_id_equal(&r->other, from) ||
            !record_id_equal(&r->session, &said->session))
            return OK;
        return said->what == RANGES_STOPS
                   ? reconcile_stop(d, r, arena_text(d->exchange->arena, said->reason),
                                    false)
                   : reconcile_take_answer(d, r, said);
    }
    if (a == NULL || a->kind != AGENCY_INGEST)
        return OK;
    switch (said->what) {
    case RANGES_ASKS:
        return reconcile_take_question(d, from, said);
    case RANGES_ENDS:
    case RANGES_STOPS:
        return reconcile_take_end(d, from, said, items, count);
    case RANGES_ANSWERS:
        return OK;
    }
    return OK;
}

/* A turn that dropped notices looks again at what it has: nothing is taken in twice. */
static bool was_taken(const struct reconcile *r, const struct entry_row *e)
{
    return r != NULL && stream_id_equal(&r->stream, &e->stream) && e->index < r->next;
}

static void note_taken(struct reconcile *r, const struct entry_row *e)
{
    if (r == NULL || !agency_id_equal(&r->other, &e->stream.agency))
        return;
    r->stream = e->stream;
    r->next = e->index + 1;
}

status reconcile_arrived(struct desk *d, const struct entry_row *e)
{
    enum { TAKEN_A_TURN = 8 };
    const struct salted_item *items = NULL;
    size_t count = 0;
    struct item item;

    if (e->kind != KIND_RECONCILIATION || e->disposition != DISPOSITION_HELD ||
        was_taken(d->reconciling.session, e))
        return OK;
    /* A peer chooses how many of these one turn brings. */
    if (d->reconciling.taken == TAKEN_A_TURN) {
        d->recalls.all_noted = false;
        return OK;
    }
    d->reconciling.taken++;
    const size_t mark = arena_mark(d->scratch);
    status s = desk_open(d, e, d->scratch, &items, &count);
    if (s == OK)
        s = item_decode(items[0].item, d->scratch, &item);
    if (s == OK && item.kind == ITEM_RANGES)
        s = take(d, &e->stream.agency, &item.ranges, items, count);
    note_taken(d->reconciling.session, e);
    arena_rewind(d->scratch, mark);
    /* No asker ends this node: a row that is damaged here is told by `verify`. */
    if (s == E_DAMAGED && d->reconciling.session != NULL)
        s = reconcile_stop(d, d->reconciling.session,
                           "a row is damaged there: `flagpost verify` tells which", true);
    return s == E_STORAGE ? s : OK;
}

struct newest {
    struct desk *desk;
    size_t count;
    struct agency_id seen[AGENCIES_MAX];
};

static status each_newest(void *context, const struct entry_row *e)
{
    struct newest *const n = context;

    for (size_t i = 0; i < n->count; i++) {
        if (agency_id_equal(&n->seen[i], &e->stream.agency))
            return OK;
    }
    ENSURE(n->count < COUNT_OF(n->seen), E_LIMIT);
    n->seen[n->count++] = e->stream.agency;
    /* A question that nobody waits for any more is not answered. */
    if (n->desk->exchange->now - e->at > RECONCILE_ANSWER_MS)
        return OK;
    return reconcile_arrived(n->desk, e);
}

status reconcile_look_again(struct desk *d)
{
    enum { LOOKED_AT_MAX = 1024 };
    struct newest *const n = arena_take(d->exchange->arena, sizeof *n);

    ENSURE(n != NULL, E_MEMORY);
    n->desk = d;
    n->count = 0;
    const status s = journal_inbox(
        d->journal,
        (struct inbox_range){.kind = KIND_RECONCILIATION, .limit = LOOKED_AT_MAX},
        d->scratch, each_newest, n);
    return s == E_STORAGE ? s : OK;
}

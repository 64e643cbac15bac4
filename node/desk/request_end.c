#include "request_desk.h"

#include "todo.h"

/* When nobody can answer a question any more.  The to-do of the owner's desk goes then, and
 * the asker's is told that nothing is coming. */

/* --- whether it has ended --- */

static bool has_left(const struct exchange *x, const struct agency_id *agency)
{
    return roster_find(&x->roster, agency) == NULL || roster_is_revoked(&x->roster, agency);
}

/* NULL: it stands as it did. */
static status record_end(struct desk *d, const struct parent *record, const char **ret)
{
    struct exchange *const x = d->exchange;
    struct place place = {0};
    struct entry_row e = {0};
    struct header h;

    *ret = "the record is not here any more";
    const status s =
        x->store.ops->record_find(x->store.self, &record->agency, &record->id, &place);
    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    TRY(x->store.ops->entry_find(x->store.self, &place.stream, place.index, x->arena, &e));
    if (e.disposition != DISPOSITION_HELD)
        return OK;
    TRY(header_decode(e.header, x->arena, &h));
    *ret = h.label.expires_at != 0 && h.label.expires_at <= x->now
               ? "the record has expired"
               : NULL;
    return OK;
}

static status is_recalled(struct desk *d, const struct parent *record, bool *ret)
{
    struct exchange *const x = d->exchange;

    TRY(x->store.ops->recalled(x->store.self, &record->agency, &record->id, ret));
    return *ret ? OK : recall_blocks(d, record, ret);
}

/* NULL: it may be answered still. */
static status why_ended(struct desk *d, const struct asked *q, const char **ret)
{
    if (has_left(d->exchange, asked_other(d, q))) {
        *ret = "that agency has left the exchange";
        return OK;
    }
    return record_end(d, &q->record, ret);
}

/* --- its to-dos --- */

struct sharing {
    struct desk *desk;
    const struct parent *record;
    bool of_it, of_another;
};

static status each_sharing(void *context, const struct shelf_row *row)
{
    struct sharing *const n = context;
    struct asked a;

    TRY(asked_read(row, &a));
    if (!agency_id_equal(&a.from, &n->desk->exchange->self))
        return OK;
    if (agency_id_equal(&a.record.agency, &n->record->agency))
        n->of_it = true;
    else
        n->of_another = true;
    return OK;
}

status asked_close(struct desk *d, const struct parent *record)
{
    struct sharing n = {.desk = d, .record = record};

    if (agency_id_equal(&record->agency, &d->exchange->self))
        return desk_todo_close(d, TODO_QUESTION, &record->id);
    TRY(journal_shelf_about(d->journal, SHELF_ASKED, &record->id, d->scratch, each_sharing,
                            &n));
    return n.of_it && !n.of_another ? desk_todo_close(d, TODO_ANSWER, &record->id) : OK;
}

/* --- ending it --- */

/* The to-do is about the record: it stays while another question is open. */
status asked_settle(struct desk *d, const struct asked *q)
{
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    struct asked_list all = {0};
    bool open = false;

    TRY(asked_put(d, q));
    TRY(asked_about(d, &q->record, &all));
    for (size_t i = 0; i < all.count; i++)
        open = open || asked_is_open(&all.at[i]);
    arena_rewind(a, mark);
    return open ? OK : asked_close(d, &q->record);
}

status asked_end_where_over(struct desk *d, struct asked *q)
{
    struct arena *const a = d->exchange->arena;
    const char *why = NULL;
    bool recalled = false;

    TRY(is_recalled(d, &q->record, &recalled));
    if (recalled)
        return asked_recalled(d, &q->record);
    TRY(why_ended(d, q, &why));
    if (why == NULL)
        return E_UNKNOWN;
    q->state = ASKED_ENDED;
    if (!agency_id_equal(&q->from, &d->exchange->self))
        return asked_settle(d, q);
    TRY(asked_put(d, q));
    return desk_todo_open(d, TODO_ANSWER, &q->record.id,
                          desk_text(a, q->record.agency.text, " answers no more (",
                                    asking_word(q->wants), "): ", why, NULL));
}

status asked_recalled(struct desk *d, const struct parent *record)
{
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    struct asked_list all = {0};

    TRY(asked_about(d, record, &all));
    for (size_t i = 0; i < all.count; i++) {
        if (!asked_is_open(&all.at[i]))
            continue;
        all.at[i].state = ASKED_ENDED;
        TRY(asked_put(d, &all.at[i]));
    }
    arena_rewind(a, mark);
    return asked_close(d, record);
}

#include "recall.h"

/* Looking recalls up: in the journal's entries alone. */

static bool parent_equal(const struct parent *a, const struct parent *b)
{
    return agency_id_equal(&a->agency, &b->agency) && record_id_equal(&a->id, &b->id);
}

/* --- one record --- */

struct finding_recall {
    struct desk *desk;
    struct arena *arena;
    struct recall_found *found;
};

static status read_recall(struct finding_recall *f, const struct entry_row *e)
{
    struct arena *const scratch = f->desk->scratch;
    const struct salted_item *items = NULL;
    size_t count = 0;
    struct item item;

    const status s = desk_open(f->desk, e, scratch, &items, &count);
    if (s == E_STORAGE || s == E_DAMAGED)
        return s;
    if (s != OK || count != 1 || item_decode(items[0].item, scratch, &item) != OK ||
        item.kind != ITEM_RECALL)
        return OK;
    f->found->readable = true;
    f->found->cause = item.recall.cause;
    f->found->answer_by = item.recall.answer_by;
    return arena_copy(f->arena, item.recall.reason, &f->found->reason);
}

/* What cannot be read was recalled at the latest when it came. */
static millis sealed_at(struct desk *d, const struct entry_row *e)
{
    const size_t mark = arena_mark(d->scratch);
    struct header h;

    const status s = header_decode(e->header, d->scratch, &h);
    arena_rewind(d->scratch, mark);
    return s == OK ? h.sealed_at : e->at;
}

/* The newest stands: a recall may be followed by one for a graver cause.  One that does
 * not open here blocks all the same. */
static status each_recall(void *context, const struct entry_row *e)
{
    struct finding_recall *const f = context;

    if (!agency_id_equal(&e->stream.agency, &f->found->record.agency) ||
        (e->disposition != DISPOSITION_HELD && e->disposition != DISPOSITION_UNOPENABLE))
        return OK;
    f->found->recalled = true;
    f->found->at = sealed_at(f->desk, e);
    f->found->arrived = e->at;
    return e->disposition == DISPOSITION_HELD ? read_recall(f, e) : OK;
}

status recall_of(struct desk *d, const struct parent *record, struct arena *a,
                 struct recall_found *ret)
{
    struct recall_found found = {.record = *record};
    struct finding_recall f = {.desk = d, .arena = a, .found = &found};
    struct exchange *const x = d->exchange;
    bool recalled = false;

    /* An index look-up settles what is nearly always so. */
    TRY(x->store.ops->recalled(x->store.self, &record->agency, &record->id, &recalled));
    if (recalled)
        TRY(journal_naming(d->journal, &record->id, KIND_RECALL, d->scratch, each_recall,
                           &f));
    *ret = found;
    return OK;
}

/* --- up: what it was made of --- */

struct reach {
    size_t count, room;
    bool more; /* than there was room for */
    struct parent *at;
};

static struct reach *reach_from(struct arena *a, const struct parent *record, size_t room)
{
    struct reach *const r = arena_take(a, sizeof *r);
    struct parent *const at = arena_array(a, room, sizeof *at);

    if (r == NULL || at == NULL)
        return NULL;
    *r = (struct reach){.count = 1, .room = room, .at = at};
    at[0] = *record;
    return r;
}

static void reach_add(struct reach *r, const struct parent *p)
{
    for (size_t i = 0; i < r->count; i++) {
        if (parent_equal(&r->at[i], p))
            return;
    }
    if (r->count < r->room)
        r->at[r->count++] = *p;
    else
        r->more = true;
}

static status add_parents(struct desk *d, const struct parent *of, struct reach *r)
{
    struct exchange *const x = d->exchange;
    struct arena *const scratch = d->scratch;
    const size_t mark = arena_mark(scratch);
    struct place place = {0};
    struct entry_row e = {0};
    struct header h;

    const status s = x->store.ops->record_find(x->store.self, &of->agency, &of->id, &place);
    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    TRY(x->store.ops->entry_find(x->store.self, &place.stream, place.index, scratch, &e));
    if (header_decode(e.header, scratch, &h) == OK) {
        for (size_t i = 0; i < h.parent_count; i++)
            reach_add(r, &h.parents[i]);
    }
    arena_rewind(scratch, mark);
    return OK;
}

status recall_reaching(struct desk *d, const struct parent *record, struct arena *a,
                       struct recall_found *ret)
{
    const size_t mark = arena_mark(d->scratch);
    struct reach *const r = reach_from(d->scratch, record, RECALL_REACH_MAX);
    struct recall_found found = {0};

    MUST(a != d->scratch);
    ENSURE(r != NULL, E_MEMORY);
    for (size_t i = 0; i < r->count && !found.recalled; i++) {
        TRY(recall_of(d, &r->at[i], a, &found));
        TRY(add_parents(d, &r->at[i], r));
    }
    arena_rewind(d->scratch, mark);
    *ret = found;
    return OK;
}

status recall_blocks(struct desk *d, const struct parent *record, bool *ret)
{
    struct exchange *const x = d->exchange;
    const size_t mark = arena_mark(d->scratch);
    struct reach *const r = reach_from(d->scratch, record, RECALL_REACH_MAX);
    bool blocks = false;

    ENSURE(r != NULL, E_MEMORY);
    for (size_t i = 0; i < r->count && !blocks; i++) {
        /* The owner reads what it has recalled itself: it must answer for it. */
        if (!agency_id_equal(&r->at[i].agency, &x->self))
            TRY(x->store.ops->recalled(x->store.self, &r->at[i].agency, &r->at[i].id,
                                       &blocks));
        TRY(add_parents(d, &r->at[i], r));
    }
    *ret = blocks || r->more;
    arena_rewind(d->scratch, mark);
    return OK;
}

static status all_above(struct desk *d, const struct parent *record, struct reach **ret)
{
    struct reach *const r = reach_from(d->scratch, record, RECALL_REACH_MAX);

    ENSURE(r != NULL, E_MEMORY);
    for (size_t i = 0; i < r->count; i++) {
        const struct parent of = r->at[i];
        TRY(add_parents(d, &of, r));
    }
    *ret = r;
    return OK;
}

static bool meet(const struct reach *a, const struct reach *b)
{
    bool found = a->more || b->more;

    for (size_t i = 0; i < a->count && !found; i++) {
        for (size_t k = 0; k < b->count; k++)
            found = found || parent_equal(&a->at[i], &b->at[k]);
    }
    return found;
}

status recall_related(struct desk *d, const struct parent *a, const struct parent *b,
                      bool *ret)
{
    const size_t mark = arena_mark(d->scratch);
    struct reach *one = NULL;
    struct reach *other = NULL;

    TRY(all_above(d, a, &one));
    TRY(all_above(d, b, &other));
    *ret = meet(one, other);
    arena_rewind(d->scratch, mark);
    return OK;
}

/* --- down: what was made of it --- */

static status each_child(void *context, const struct entry_row *e)
{
    const struct parent child = {.agency = e->stream.agency, .id = e->id};

    reach_add(context, &child);
    return OK;
}

status recall_copies(struct desk *d, const struct parent *record, struct recall_copies *ret)
{
    struct reach *const r = reach_from(d->exchange->arena, record, 1 + RECALL_DOWN_MAX);

    ENSURE(r != NULL, E_MEMORY);
    for (size_t i = 0; i < r->count; i++) {
        const struct parent of = r->at[i];
        TRY(journal_children(d->journal, &of.agency, &of.id, d->scratch, each_child, r));
    }
    *ret = (struct recall_copies){.count = r->count - 1, .at = &r->at[1], .more = r->more};
    return OK;
}

status recall_next_place(struct desk *d, const struct parent *record, struct place *p)
{
    const struct store *const s = &d->exchange->store;
    const struct place last = *p;
    const bool none = last.stream.agency.text[0] == '\0';

    return s->ops->record_after(s->self, &record->agency, &record->id, none ? NULL : &last,
                                p);
}

status recall_place_count(struct desk *d, const struct parent *record, size_t *ret)
{
    struct place place = {0};
    size_t count = 0;
    status s = recall_next_place(d, record, &place);

    for (; s == OK; s = recall_next_place(d, record, &place))
        count++;
    ENSURE(s == E_UNKNOWN, s);
    *ret = count;
    return OK;
}

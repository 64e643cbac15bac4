#include "link_desk.h"

#include "todo.h"
#include "traces.h"

#include <string.h>

/*
 * At the owner of a record: a fusion cell says that it is linked with another agency's, or
 * that it is not after all.  The word stands in the cell's signed stream; here is a row for
 * each, so that it is a to-do once, until somebody has looked (`trace`).
 */

enum told_state { TOLD_NEW = 1, TOLD_SEEN = 2, TOLD_BACK = 3 };
enum { LOOKED_AT_MAX = 4096, ERASED_OF_A_WALK = 32 };

static record_id row_id(struct desk *d, const struct agency_id *from,
                        const struct item_outcome *o)
{
    uint8_t room[640];
    struct writer w = writer_over(room, sizeof room);
    record_id id;

    write_text(&w, "flagpost/told/v1");
    write_u8(&w, (uint8_t)strlen(from->text));
    write_text(&w, from->text);
    write_bytes(&w, bytes_of(o->id.bytes, sizeof o->id.bytes));
    write_bytes(&w, o->reference);
    MUST(!w.bad); /* a short text */
    const struct hash h = keyring_mac(d->keyring, KEYRING_DIGEST, writer_bytes(&w));
    memcpy(id.bytes, h.bytes, sizeof id.bytes);
    return id;
}

bool link_is_fusion(const struct desk *d, const struct agency_id *id)
{
    const struct roster_agency *const a = roster_find(&d->exchange->roster, id);

    return a != NULL && a->kind == AGENCY_FUSION;
}

/* OK with `what` 0: it says nothing of this kind, or does not open. */
static status read_word(struct desk *d, const struct entry_row *e, struct arena *a,
                        struct item_outcome *ret)
{
    const struct salted_item *items = NULL;
    size_t count = 0;
    struct item item;

    *ret = (struct item_outcome){0};
    if (e->disposition != DISPOSITION_HELD)
        return OK;
    const status s = desk_open(d, e, a, &items, &count);
    if (s == E_STORAGE || s == E_DAMAGED)
        return s;
    if (s == OK && count == 1 && item_decode(items[0].item, a, &item) == OK &&
        item.kind == ITEM_OUTCOME &&
        (item.outcome.what == OUTCOME_LINKED || item.outcome.what == OUTCOME_UNLINKED) &&
        agency_id_equal(&item.outcome.agency, &d->exchange->self))
        *ret = item.outcome;
    return OK;
}

/* The same, of a fusion cell alone. */
static status read_outcome(struct desk *d, const struct entry_row *e, struct arena *a,
                           struct item_outcome *ret)
{
    *ret = (struct item_outcome){0};
    return link_is_fusion(d, &e->stream.agency) ? read_word(d, e, a, ret) : OK;
}

/* --- the to-do --- */

struct counting {
    size_t count;
    char from[AGENCY_ID_MAX + 1];
};

static status each_new(void *context, const struct shelf_row *row)
{
    struct counting *const n = context;
    struct reader r = {.rest = row->body};
    struct agency_id from;

    if (row->state != TOLD_NEW)
        return OK;
    TRY(agency_id_read(read_bytes(&r, read_u8(&r)), &from));
    memcpy(n->from, from.text, sizeof n->from);
    n->count++;
    return OK;
}

/* Whose the other record is stands in what is read for a purpose, and not here. */
static status settle(struct desk *d, const record_id *record)
{
    struct counting n = {.count = 0};

    TRY(journal_shelf_about(d->journal, SHELF_TOLD, record, d->scratch, each_new, &n));
    if (n.count == 0)
        return desk_todo_close(d, TODO_TOLD, record);
    return desk_todo_open(d, TODO_TOLD, record,
                          desk_text(d->exchange->arena, n.from,
                                    " says that another agency has a record about the same",
                                    NULL));
}

static status put(struct desk *d, const struct agency_id *from,
                  const struct item_outcome *o, const record_id *id)
{
    uint8_t room[AGENCY_ID_MAX + 1];
    struct writer w = writer_over(room, sizeof room);

    write_u8(&w, (uint8_t)strlen(from->text));
    write_text(&w, from->text);
    MUST(!w.bad);
    const struct shelf_row row = {.kind = SHELF_TOLD,
                                  .id = *id,
                                  .about = o->id,
                                  .state = o->what == OUTCOME_LINKED ? TOLD_NEW : TOLD_BACK,
                                  .changed = o->at,
                                  .body = writer_bytes(&w)};
    TRY(journal_shelf_put(d->journal, &row));
    return settle(d, &o->id);
}

/* Of a record of ours; the newest word counts, and one that was here before says nothing
 * new. */
static status take(struct desk *d, const struct agency_id *from,
                   const struct item_outcome *o)
{
    const struct store *const store = &d->exchange->store;
    const record_id id = row_id(d, from, o);
    struct shelf_row there = {0};
    struct place place = {0};
    struct entry_row ours = {0};

    status s = store->ops->record_find(store->self, &d->exchange->self, &o->id, &place);
    if (s == OK)
        s = store->ops->entry_find(store->self, &place.stream, place.index, d->scratch,
                                   &ours);
    ENSURE(s == OK, s == E_UNKNOWN ? OK : s);
    if (ours.disposition == DISPOSITION_ERASED)
        return OK; /* too late */
    s = journal_shelf_find(d->journal, SHELF_TOLD, &id, d->scratch, &there);
    ENSURE(s == OK || s == E_UNKNOWN, s);
    return s == OK && there.changed >= o->at ? OK : put(d, from, o, &id);
}

status linked_arrived(struct desk *d, const struct entry_row *e, const struct header *h)
{
    const size_t scratch = arena_mark(d->scratch);
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    struct item_outcome o;

    if (e->kind != KIND_OUTCOME || !h->has_previous)
        return OK;
    status s = read_outcome(d, e, d->scratch, &o);
    if (s == OK && o.what != 0)
        s = take(d, &e->stream.agency, &o);
    arena_rewind(d->scratch, scratch);
    arena_rewind(a, mark);
    return s == E_STORAGE || s == E_DAMAGED ? s : OK;
}

static status each_received(void *context, const struct entry_row *e)
{
    struct desk *const d = context;
    struct header h;

    if (!link_is_fusion(d, &e->stream.agency) ||
        header_decode(e->header, d->scratch, &h) != OK)
        return OK;
    return linked_arrived(d, e, &h);
}

status linked_look_again(struct desk *d)
{
    return journal_inbox(d->journal,
                         (struct inbox_range){.kind = KIND_OUTCOME, .limit = LOOKED_AT_MAX},
                         d->scratch, each_received, d);
}

/* --- whoever looks --- */

struct seeing {
    struct desk *desk;
    bool any;
};

static status each_seen(void *context, const struct shelf_row *row)
{
    struct seeing *const s = context;
    struct shelf_row seen = *row;

    if (row->state != TOLD_NEW)
        return OK;
    s->any = true;
    seen.state = TOLD_SEEN;
    return journal_shelf_put(s->desk->journal, &seen);
}

status linked_seen(struct desk *d, const record_id *record)
{
    struct seeing s = {.desk = d};

    TRY(journal_shelf_about(d->journal, SHELF_TOLD, record, d->scratch, each_seen, &s));
    return s.any ? settle(d, record) : OK;
}

static status each_any(void *context, const struct shelf_row *row)
{
    bool *const any = context;

    (void)row;
    *any = true;
    return OK;
}

status linked_any(struct desk *d, const record_id *record, bool *ret)
{
    *ret = false;
    return journal_shelf_about(d->journal, SHELF_TOLD, record, d->scratch, each_any, ret);
}

static status each_forgotten(void *context, const struct shelf_row *row)
{
    struct desk *const d = context;

    return journal_shelf_drop(d->journal, SHELF_TOLD, &row->id);
}

struct erasing {
    struct desk *desk;
    const struct parent *record;
    size_t count;
    bool more;
    struct parent at[ERASED_OF_A_WALK]; /* entries */
};

/* Whose word it was, whatever that agency is by now. */
static status each_said(void *context, const struct entry_row *e)
{
    struct erasing *const x = context;
    struct item_outcome o;

    TRY(read_word(x->desk, e, x->desk->scratch, &o));
    if (o.what == 0 || !record_id_equal(&o.id, &x->record->id))
        return OK;
    x->more = x->count == COUNT_OF(x->at);
    ENSURE(!x->more, E_LIMIT);
    x->at[x->count++] = (struct parent){.agency = e->stream.agency, .id = e->id};
    return OK;
}

/* What is erased drops out of the next walk; the turn's log bounds it. */
static status erase_said(struct erasing *x, const struct item_audit *why)
{
    size_t erased = 0;

    do {
        x->more = false;
        x->count = 0;
        erased = 0;
        const status s = journal_outcomes(x->desk->journal, &x->record->id,
                                          x->desk->scratch, each_said, x);
        ENSURE(s == OK || x->more, s);
        for (size_t i = 0; i < x->count; i++) {
            const status one = traces_erase(x->desk, &x->at[i], why);
            ENSURE(one == OK || one == E_DUPLICATE || one == E_UNKNOWN, one);
            erased += one == OK;
        }
    } while (x->more && erased > 0);
    return OK;
}

status linked_forget(struct desk *d, const struct parent *record,
                     const struct item_audit *why)
{
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    struct erasing *const x = arena_take(a, sizeof *x);

    ENSURE(x != NULL, E_MEMORY);
    if (!agency_id_equal(&record->agency, &d->exchange->self))
        return OK;
    x->desk = d;
    x->record = record;
    TRY(erase_said(x, why));
    arena_rewind(a, mark);
    TRY(journal_shelf_about(d->journal, SHELF_TOLD, &record->id, d->scratch, each_forgotten,
                            d));
    return desk_todo_close(d, TODO_TOLD, &record->id);
}

/* --- trace --- */

struct tracing {
    struct desk *desk;
    const struct parent *record;
    struct rows *rows;
    size_t count;
};

static status each_word(void *context, const struct entry_row *e)
{
    struct tracing *const t = context;
    struct arena *const a = t->rows->arena;
    struct item_outcome o;
    struct bytes other = {0};
    struct bytes by = {0};

    TRY(read_outcome(t->desk, e, t->desk->scratch, &o));
    if (o.what == 0 || !record_id_equal(&o.id, &t->record->id) ||
        t->count == LINKED_TOLD_MAX)
        return OK;
    TRY(arena_copy(a, o.reference, &other));
    TRY(arena_copy(a, o.reason, &by));
    t->count++;
    rows_next(t->rows, 6);
    rows_text(t->rows, "row", "linked");
    rows_agency(t->rows, "agency", &e->stream.agency);
    rows_text(t->rows, "says", o.what == OUTCOME_LINKED ? "the same as" : "no longer");
    rows_bytes(t->rows, "other", other);
    rows_bytes(t->rows, "by", by);
    rows_time(t->rows, "at", o.at);
    return OK;
}

status linked_trace(struct desk *d, const struct parent *record, struct rows *r)
{
    struct tracing t = {.desk = d, .record = record, .rows = r};

    return journal_outcomes(d->journal, &record->id, d->scratch, each_word, &t);
}

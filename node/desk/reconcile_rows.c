#include "reconcile.h"

#include "shelf.h"
#include "todo.h"

#include <string.h>

/*
 * Two kinds of rows: for each agency what the last session with it came to, and for each
 * record about which the two sides differ what both have of it.  A difference is closed by
 * a decision, which stands as long as both still say the same, or by not being found again.
 */

static const record_id nobody;

static void write_sized(struct writer *w, struct bytes b)
{
    write_u16(w, (uint16_t)b.size);
    write_bytes(w, b);
}

static void write_recall_text(struct writer *w, const struct recall_text *t)
{
    write_sized(w, bytes_of(t->at, t->size));
}

static struct recall_text read_recall_text(struct reader *r)
{
    return recall_text(read_bytes(r, read_u16(r)));
}

static void write_agency(struct writer *w, const struct agency_id *id)
{
    write_sized(w, bytes_of_text(id->text));
}

static status read_agency(struct reader *r, struct agency_id *ret)
{
    return agency_id_read(read_bytes(r, read_u16(r)), ret);
}

/* --- sessions --- */

static record_id result_id(struct desk *d, const struct agency_id *other)
{
    const struct parent key = {.agency = *other, .id = nobody};

    return recall_row_id(d, "reconciled", &key);
}

status reconcile_result_put(struct desk *d, const struct reconcile_result *x)
{
    uint8_t room[72 + AGENCY_ID_MAX + sizeof(record_id) + SHORT_TEXT_MAX];
    struct writer w = writer_over(room, sizeof room);

    write_agency(&w, &x->other);
    write_bytes(&w, bytes_of(x->session.bytes, sizeof x->session.bytes));
    write_u64(&w, x->count);
    write_u64(&w, x->other_count);
    write_u32(&w, x->differences);
    write_u32(&w, x->steps);
    write_u64(&w, x->bytes);
    write_u8(&w, x->more);
    write_recall_text(&w, &x->sentence);
    write_u64(&w, x->hashes);
    MUST(!w.bad);
    const struct shelf_row row = {.kind = SHELF_RECONCILED,
                                  .id = result_id(d, &x->other),
                                  .state = (uint32_t)x->state,
                                  .due = x->due,
                                  .changed = x->at,
                                  .body = writer_bytes(&w)};
    return journal_shelf_put(d->journal, &row);
}

status reconcile_result_read(const struct shelf_row *row, struct reconcile_result *ret)
{
    struct reader r = {.rest = row->body};
    struct reconcile_result x = {
        .state = (enum reconcile_state)row->state, .due = row->due, .at = row->changed};

    TRY(read_agency(&r, &x.other));
    read_copy(&r, x.session.bytes, sizeof x.session.bytes);
    x.count = read_u64(&r);
    x.other_count = read_u64(&r);
    x.differences = read_u32(&r);
    x.steps = read_u32(&r);
    x.bytes = read_u64(&r);
    x.more = read_u8(&r) != 0;
    x.sentence = read_recall_text(&r);
    /* A row of an older release ends here. */
    if (r.rest.size > 0)
        x.hashes = read_u64(&r);
    ENSURE(reader_is_done(&r), E_DAMAGED);
    *ret = x;
    return OK;
}

status reconcile_result_find(struct desk *d, const struct agency_id *other,
                             struct reconcile_result *ret)
{
    const size_t mark = arena_mark(d->scratch);
    const record_id id = result_id(d, other);
    struct shelf_row row = {0};
    status s = journal_shelf_find(d->journal, SHELF_RECONCILED, &id, d->scratch, &row);

    if (s == OK)
        s = reconcile_result_read(&row, ret);
    arena_rewind(d->scratch, mark);
    return s;
}

/* Rows come the earliest due first; those of an agency, where the other asks, have none. */
static status first_row(void *context, const struct shelf_row *row)
{
    struct reconcile_result *const first = context;

    TRY(reconcile_result_read(row, first));
    return E_LIMIT;
}

status reconcile_next(struct desk *d, const char **ret)
{
    struct arena *const a = d->exchange->arena;
    struct reconcile_result first = {.state = RECONCILE_NEVER};
    char at[TIME_TEXT_ROOM];

    const status s =
        journal_shelf_walk(d->journal, SHELF_RECONCILED, (struct shelf_filter){0},
                           d->scratch, first_row, &first);
    if (s == OK) {
        *ret = "nothing was compared yet: national ingestion does, once a day";
        return OK;
    }
    ENSURE(s == E_LIMIT, s);
    if (first.due == 0) {
        time_write(first.at + RECONCILE_DAY_MS, at);
        *ret = desk_text(a, first.other.text,
                         " compares once a day: the next is to be expected at ", at, NULL);
        return OK;
    }
    time_write(first.due, at);
    *ret = first.due > d->exchange->now
               ? desk_text(a, "the next comparison is that with ", first.other.text,
                           ", at ", at, NULL)
               : desk_text(a, "the comparison with ", first.other.text, " is due since ",
                           at, ": it begins as soon as that agency is heard of", NULL);
    return OK;
}

const char *reconcile_state_word(enum reconcile_state state)
{
    switch (state) {
    case RECONCILE_NEVER:
        return "not yet";
    case RECONCILE_AGREES:
        return "both agree";
    case RECONCILE_DIFFERS:
        return "they differ";
    case RECONCILE_STOPPED:
        return "stopped";
    }
    return "?";
}

const char *reconcile_says_word(enum difference_says says)
{
    switch (says) {
    case DIFFERENCE_NOT_HELD:
        return "no such record";
    case DIFFERENCE_WAITING:
        return "waiting";
    case DIFFERENCE_ACCEPTED:
        return "accepted";
    case DIFFERENCE_REFUSED:
        return "refused";
    case DIFFERENCE_DELETED:
        return "deleted";
    }
    return "?";
}

/* --- differences --- */

/* One id may be of a record of either side. */
static record_id difference_id(struct desk *d, const struct reconcile_difference *x)
{
    const struct parent key = {.agency = x->other, .id = x->record.id};

    return recall_row_id(d, "difference", &key);
}

static void write_says(struct writer *w, const struct reconcile_says *s)
{
    write_u8(w, (uint8_t)s->says);
    write_sized(w, bytes_of(s->reference, s->size));
}

static status read_says(struct reader *r, struct reconcile_says *ret)
{
    struct reconcile_says s = {.says = (enum difference_says)read_u8(r)};
    const struct bytes reference = read_bytes(r, read_u16(r));

    ENSURE(s.says >= DIFFERENCE_NOT_HELD && s.says <= DIFFERENCE_DELETED, E_DAMAGED);
    ENSURE(reference.size <= sizeof s.reference, E_DAMAGED);
    s.size = (uint8_t)reference.size;
    if (s.size > 0)
        memcpy(s.reference, reference.at, s.size);
    *ret = s;
    return OK;
}

status reconcile_difference_put(struct desk *d, const struct reconcile_difference *x)
{
    uint8_t room[64 + 2 * sizeof(struct agency_id) + 2 * sizeof(struct reconcile_says) +
                 sizeof(record_id) + 2 * sizeof(struct recall_text)];
    struct writer w = writer_over(room, sizeof room);

    write_agency(&w, &x->other);
    write_agency(&w, &x->record.agency);
    write_says(&w, &x->here);
    write_says(&w, &x->there);
    write_bytes(&w, bytes_of(x->session.bytes, sizeof x->session.bytes));
    write_recall_text(&w, &x->person);
    write_recall_text(&w, &x->reason);
    MUST(!w.bad);
    const struct shelf_row row = {.kind = SHELF_DIFFERENCE,
                                  .id = difference_id(d, x),
                                  .about = x->record.id,
                                  .state = (uint32_t)x->state,
                                  .changed = x->since,
                                  .body = writer_bytes(&w)};
    return journal_shelf_put(d->journal, &row);
}

status reconcile_difference_read(const struct shelf_row *row,
                                 struct reconcile_difference *ret)
{
    struct reader r = {.rest = row->body};
    struct reconcile_difference x = {.record = {.id = row->about},
                                     .state = (enum difference_state)row->state,
                                     .since = row->changed};

    TRY(read_agency(&r, &x.other));
    TRY(read_agency(&r, &x.record.agency));
    TRY(read_says(&r, &x.here));
    TRY(read_says(&r, &x.there));
    read_copy(&r, x.session.bytes, sizeof x.session.bytes);
    x.person = read_recall_text(&r);
    x.reason = read_recall_text(&r);
    ENSURE(reader_is_done(&r), E_DAMAGED);
    *ret = x;
    return OK;
}

static bool says_alike(const struct reconcile_says *a, const struct reconcile_says *b)
{
    return a->says == b->says &&
           bytes_equal(bytes_of(a->reference, a->size), bytes_of(b->reference, b->size));
}

static status find(struct desk *d, const struct reconcile_difference *x,
                   struct reconcile_difference *ret)
{
    const size_t mark = arena_mark(d->scratch);
    const record_id id = difference_id(d, x);
    struct shelf_row row = {0};
    status s = journal_shelf_find(d->journal, SHELF_DIFFERENCE, &id, d->scratch, &row);

    if (s == OK)
        s = reconcile_difference_read(&row, ret);
    arena_rewind(d->scratch, mark);
    return s;
}

status reconcile_difference_found(struct desk *d, struct reconcile_difference *x)
{
    struct reconcile_difference before = {.since = 0};
    const status s = find(d, x, &before);

    if (s != E_UNKNOWN)
        TRY(s);
    const bool same = s == OK && says_alike(&before.here, &x->here) &&
                      says_alike(&before.there, &x->there);
    x->since = s == OK ? before.since : d->exchange->now;
    x->state = DIFFERENCE_OPEN;
    if (same && before.state == DIFFERENCE_SETTLED) {
        x->state = DIFFERENCE_SETTLED;
        x->person = before.person;
        x->reason = before.reason;
    }
    TRY(reconcile_difference_put(d, x));
    if (x->state == DIFFERENCE_SETTLED)
        return OK;
    return desk_todo_open(
        d, TODO_DIFFERENCE, &x->record.id,
        desk_text(d->exchange->arena, "here ", reconcile_says_word(x->here.says), ", at ",
                  x->other.text, " ", reconcile_says_word(x->there.says), NULL));
}

struct sweep {
    struct desk *desk;
    const struct agency_id *other;
    const record_id *session;
};

static status each_old(void *context, const struct shelf_row *row)
{
    const struct sweep *const w = context;
    struct reconcile_difference x;

    TRY(reconcile_difference_read(row, &x));
    if (!agency_id_equal(&x.other, w->other) || record_id_equal(&x.session, w->session))
        return OK;
    TRY(desk_todo_close(w->desk, TODO_DIFFERENCE, &x.record.id));
    return journal_shelf_drop(w->desk->journal, SHELF_DIFFERENCE, &row->id);
}

status reconcile_differences_sweep(struct desk *d, const struct agency_id *other,
                                   const record_id *session)
{
    struct sweep w = {.desk = d, .other = other, .session = session};

    return journal_shelf_walk(d->journal, SHELF_DIFFERENCE, (struct shelf_filter){0},
                              d->scratch, each_old, &w);
}

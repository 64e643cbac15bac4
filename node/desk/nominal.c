#include "nominal.h"

#include "text.h"

#include <string.h>

/*
 * A row of the shelf.  Its body is
 *
 *     u8 version = 1, u16 size and name, u32 year, month and day of birth
 *     u16 count, then for each event u16 size and item
 *
 * with the very items that the stream has.  Which record is in which set is a row of its
 * own, so that a record's sets are found without reading them all.
 */

enum { VERSION = 1 };

static const struct retention_rule *rules_of(const struct desk *d)
{
    return d->lists->retention;
}

/* --- the row --- */

static status write_events(const struct nominal *n, struct arena *a, struct writer *w)
{
    write_u16(w, (uint16_t)n->events.count);
    for (size_t i = 0; i < n->events.count; i++) {
        const size_t mark = arena_mark(a);
        const struct item item = {.kind = ITEM_RETENTION, .retention = n->events.at[i]};
        struct bytes encoded = {0};
        TRY(item_encode(&item, a, &encoded));
        write_u16(w, (uint16_t)encoded.size);
        write_bytes(w, encoded);
        arena_rewind(a, mark);
    }
    return w->bad ? E_LIMIT : OK;
}

static status put_row(struct desk *d, const struct nominal *n)
{
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    void *const room = arena_take(a, SHELF_BODY_MAX);
    struct writer w = writer_over(room, SHELF_BODY_MAX);

    ENSURE(room != NULL, E_MEMORY);
    write_u8(&w, VERSION);
    write_u16(&w, (uint16_t)n->name.size);
    write_bytes(&w, n->name);
    write_u32(&w, n->born.year);
    write_u32(&w, n->born.month);
    write_u32(&w, n->born.day);
    TRY(write_events(n, a, &w));
    const struct shelf_row row = {.kind = SHELF_NOMINAL,
                                  .id = n->id,
                                  .state = (uint32_t)n->is.state,
                                  .due = n->is.due >= INT64_MAX ? 0 : n->is.due,
                                  .changed = d->exchange->now,
                                  .body = writer_bytes(&w)};
    const status s = journal_shelf_put(d->journal, &row);
    arena_rewind(a, mark);
    return s;
}

static status read_event(struct reader *r, struct arena *a, struct item_retention *ret)
{
    struct item item;

    const status s = item_decode(read_bytes(r, read_u16(r)), a, &item);
    ENSURE(s != E_MEMORY, s);
    ENSURE(s == OK && item.kind == ITEM_RETENTION, E_DAMAGED);
    *ret = item.retention;
    return OK;
}

status nominal_read(struct desk *d, const struct shelf_row *row, struct arena *a,
                    struct nominal *ret)
{
    struct bytes body = {0};

    TRY(arena_copy(a, row->body, &body));
    struct reader r = {.rest = body};
    ENSURE(read_u8(&r) == VERSION, E_DAMAGED);
    ret->id = row->id;
    ret->name = read_bytes(&r, read_u16(&r));
    ret->born.year = read_u32(&r);
    ret->born.month = read_u32(&r);
    ret->born.day = read_u32(&r);
    ret->events.count = read_u16(&r);
    ENSURE(!r.bad && ret->events.count <= RETENTION_EVENTS_MAX, E_DAMAGED);
    for (size_t i = 0; i < ret->events.count; i++)
        TRY(read_event(&r, a, &ret->events.at[i]));
    ENSURE(reader_is_done(&r), E_DAMAGED);
    retention_of(&ret->events, rules_of(d), &ret->is);
    return OK;
}

status nominal_find(struct desk *d, struct call *c, struct nominal *ret)
{
    const struct bytes wanted = control_argument(&c->parsed, "set");
    struct shelf_row row = {0};
    record_id ids[2];
    size_t count = 0;

    const status s = wanted.size < 4 ? E_FORM
                                     : journal_shelf_search(d->journal, SHELF_NOMINAL,
                                                            wanted, ids, 2, &count);
    ENSURE(s == OK || s == E_FORM, s);
    if (s == E_FORM || count != 1) {
        c->sentence = "give the id of one set, or its first digits, four at least: see "
                      "`flagpost review list`";
        return count > 1 ? E_USAGE : E_UNKNOWN;
    }
    TRY(journal_shelf_find(d->journal, SHELF_NOMINAL, &ids[0], d->exchange->arena, &row));
    return nominal_read(d, &row, d->exchange->arena, ret);
}

/* --- which record is in which set --- */

static record_id member_id(struct desk *d, const record_id *set, const record_id *record)
{
    uint8_t room[48];
    struct writer w = writer_over(room, sizeof room);
    record_id id;

    write_text(&w, "nominal");
    write_bytes(&w, bytes_of(set->bytes, sizeof set->bytes));
    write_bytes(&w, bytes_of(record->bytes, sizeof record->bytes));
    MUST(!w.bad);
    const struct hash h = keyring_mac(d->keyring, KEYRING_DIGEST, writer_bytes(&w));
    memcpy(id.bytes, h.bytes, sizeof id.bytes);
    return id;
}

static status put_member(struct desk *d, const struct item_retention *e)
{
    const struct shelf_row row = {.kind = SHELF_MEMBER,
                                  .id = member_id(d, &e->set, &e->record),
                                  .about = e->record,
                                  .changed = e->at,
                                  .body = bytes_of(e->set.bytes, sizeof e->set.bytes)};

    if (e->what == RETENTION_ADDED)
        return journal_shelf_put(d->journal, &row);
    return e->what == RETENTION_REMOVED
               ? journal_shelf_drop(d->journal, SHELF_MEMBER, &row.id)
               : OK;
}

struct membership {
    nominal_each each;
    void *context;
};

static status each_member(void *context, const struct shelf_row *row)
{
    const struct membership *const m = context;
    record_id set;

    ENSURE(row->body.size == sizeof set.bytes, E_DAMAGED);
    memcpy(set.bytes, row->body.at, sizeof set.bytes);
    return m->each(m->context, &set);
}

status nominal_sets_of(struct desk *d, const record_id *record, nominal_each each,
                       void *context)
{
    struct membership m = {each, context};

    return journal_shelf_about(d->journal, SHELF_MEMBER, record, d->scratch, each_member,
                               &m);
}

struct holding_set {
    struct desk *desk;
    bool held;
    record_id set;
};

static status each_set(void *context, const record_id *set)
{
    struct holding_set *const h = context;
    struct arena *const a = h->desk->exchange->arena;
    const size_t mark = arena_mark(a);
    struct nominal *const n = arena_take(a, sizeof *n);
    struct shelf_row row = {0};

    ENSURE(n != NULL, E_MEMORY);
    TRY(journal_shelf_find(h->desk->journal, SHELF_NOMINAL, set, a, &row));
    TRY(nominal_read(h->desk, &row, a, n));
    if (n->is.holds > 0) {
        h->held = true;
        h->set = *set;
    }
    arena_rewind(a, mark);
    return OK;
}

status nominal_holds(struct desk *d, const record_id *record, bool *ret_held,
                     record_id *ret_set)
{
    struct holding_set h = {.desk = d};

    TRY(nominal_sets_of(d, record, each_set, &h));
    *ret_held = h.held;
    *ret_set = h.set;
    return OK;
}

/* --- events --- */

static status submit(struct desk *d, const struct item_retention *e)
{
    struct exchange *const x = d->exchange;
    struct bytes *const encoded = arena_take(x->arena, sizeof *encoded);
    const struct item item = {.kind = ITEM_RETENTION, .retention = *e};

    ENSURE(encoded != NULL, E_MEMORY);
    /* Half of the turn's group is left to its audit rows. */
    ENSURE(x->own[lane_rank(LANE_LOCAL)].pending_count < GROUP_ENTRIES_MAX / 2, E_BUSY);
    TRY(item_encode(&item, x->arena, encoded));
    struct submission s = {.kind = KIND_RETENTION,
                           .lane = LANE_LOCAL,
                           .label = {.marking = MARKING_OFFICIAL_SENSITIVE,
                                     .handling = HANDLING_P,
                                     .priority = PRIORITY_LOW},
                           .has_previous = e->what == RETENTION_ERASED,
                           .item_count = 1,
                           .items = encoded};
    if (s.has_previous)
        s.previous = e->record;
    return exchange_submit(x, &s);
}

status nominal_event(struct desk *d, struct nominal *n, const struct item_retention *e,
                     const char **ret_why)
{
    const struct retention_asked asked = {
        .rules = rules_of(d), .born = n->born, .now = d->exchange->now};

    *ret_why = retention_refusal(&n->events, e, &asked);
    ENSURE(*ret_why == NULL, E_VALUE);
    /* Nothing is put before the stream has taken it: there is no way back from a put. */
    TRY(submit(d, e));
    n->events.at[n->events.count++] = *e;
    retention_of(&n->events, rules_of(d), &n->is);
    if (n->is.state == RETENTION_DISPOSED) {
        n->name = (struct bytes){0};
        n->born = (struct partial_date){0};
    }
    TRY(put_member(d, e));
    return put_row(d, n);
}

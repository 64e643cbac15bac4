#include "dispose.h"

#include "text.h"
#include "todo.h"

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

/* When the node has something to do about it by itself: a period ends. */
static millis next_look(const struct desk *d, const struct nominal *n)
{
    if (n->is.state == RETENTION_IS_APPROVED)
        return dispose_undo_until(d, n);
    if (n->is.state == RETENTION_ERASING)
        return n->is.approved_at;
    return n->is.state == RETENTION_STANDING && n->is.due < INT64_MAX ? n->is.due : 0;
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
                                  .due = next_look(d, n),
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

status nominal_refresh(struct desk *d, const struct shelf_row *row)
{
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    struct nominal *const n = arena_take(a, sizeof *n);

    ENSURE(n != NULL, E_MEMORY);
    TRY(nominal_read(d, row, a, n));
    const bool same = next_look(d, n) == row->due;
    status s = same ? OK : put_row(d, n);
    if (s == OK && !same) /* asked for again when it is due by the new list */
        s = desk_todo_close(d, TODO_REVIEW, &row->id);
    arena_rewind(a, mark);
    return s;
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

struct finding_set {
    struct desk *desk;
    const record_id *but;
    struct nominal_found *found;
};

static status look_at(struct desk *d, const record_id *set, struct nominal_found *found)
{
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    struct nominal *const n = arena_take(a, sizeof *n);
    struct shelf_row row = {0};

    ENSURE(n != NULL, E_MEMORY);
    TRY(journal_shelf_find(d->journal, SHELF_NOMINAL, set, a, &row));
    TRY(nominal_read(d, &row, a, n));
    if (n->is.state != RETENTION_DISPOSED && (!found->any || n->is.holds > 0))
        *found = (struct nominal_found){.any = true, .held = n->is.holds > 0, .set = *set};
    arena_rewind(a, mark);
    return OK;
}

static status each_member(void *context, const struct shelf_row *row)
{
    struct finding_set *const f = context;
    record_id set;

    ENSURE(row->body.size == sizeof set.bytes, E_DAMAGED);
    memcpy(set.bytes, row->body.at, sizeof set.bytes);
    if (f->found->held || (f->but != NULL && record_id_equal(&set, f->but)))
        return OK;
    return look_at(f->desk, &set, f->found);
}

status nominal_other(struct desk *d, const record_id *record, const record_id *but,
                     struct nominal_found *ret)
{
    struct finding_set f = {.desk = d, .but = but, .found = ret};

    *ret = (struct nominal_found){0};
    return journal_shelf_about(d->journal, SHELF_MEMBER, record, d->scratch, each_member,
                               &f);
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

static status add_event(struct desk *d, struct nominal *n, const struct item_retention *e)
{
    n->events.at[n->events.count++] = *e;
    retention_of(&n->events, rules_of(d), &n->is);
    if (n->is.state == RETENTION_DISPOSED) {
        n->name = (struct bytes){0};
        n->born = (struct partial_date){0};
    }
    TRY(put_member(d, e));
    return put_row(d, n);
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
    return add_event(d, n, e);
}

static bool has_event(const struct nominal *n, const struct item_retention *e)
{
    bool found = false;

    for (size_t i = 0; i < n->events.count; i++) {
        const struct item_retention *const one = &n->events.at[i];
        found = found || (one->what == e->what && one->at == e->at &&
                          record_id_equal(&one->record, &e->record));
    }
    return found;
}

status nominal_event_again(struct desk *d, const struct item_retention *e)
{
    struct arena *const a = d->exchange->arena;
    struct nominal *const n = arena_take(a, sizeof *n);
    struct shelf_row row = {0};

    ENSURE(n != NULL, E_MEMORY);
    const status s = journal_shelf_find(d->journal, SHELF_NOMINAL, &e->set, a, &row);
    ENSURE(s == OK, s == E_UNKNOWN ? OK : s);
    TRY(nominal_read(d, &row, a, n));
    if (has_event(n, e) || n->events.count == RETENTION_EVENTS_MAX)
        return OK;
    TRY(add_event(d, n, e));
    return n->is.state == RETENTION_DISPOSED ? desk_todo_close(d, TODO_DISPOSAL, &n->id)
                                             : OK;
}

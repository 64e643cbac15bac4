#include "case_desk.h"
#include "todo.h"

#include <string.h>

/*
 * A row of the index.  Its body is
 *
 *     u16 count, then for each event  u16 size, event item  u16 size, decision item or none
 *
 * with the very items that the stream has.  State and due stand beside it in the clear: due
 * is when the next reminder is to be given.
 */

struct obligation_allowance case_allowance(const struct desk *d)
{
    const millis hour = 3600000;

    return (struct obligation_allowance){.officer = d->config->case_officer_hours * hour,
                                         .bureau = d->config->case_bureau_hours * hour,
                                         .remind = d->config->case_remind_hours * hour};
}

static struct hash digest_of(struct desk *d, struct bytes reference)
{
    uint8_t room[8 + CASE_REFERENCE_MAX];
    struct writer w = writer_over(room, sizeof room);

    write_text(&w, "case");
    write_bytes(&w, reference);
    MUST(!w.bad);
    return keyring_mac(d->keyring, KEYRING_DIGEST, writer_bytes(&w));
}

record_id case_id(struct desk *d, struct bytes reference)
{
    const struct hash h = digest_of(d, reference);
    record_id id;

    memcpy(id.bytes, h.bytes, sizeof id.bytes);
    return id;
}

/* --- items --- */

static status event_item(const struct case_event *e, struct arena *a, struct bytes *ret)
{
    const struct item item = {.kind = ITEM_CASE_EVENT, .case_event = e->is};

    return item_encode(&item, a, ret);
}

/* Nothing where nobody decided. */
static status decision_item(const struct case_event *e, struct arena *a, struct bytes *ret)
{
    const struct item item = {.kind = ITEM_CASE_DECISION, .case_decision = e->why};

    return e->why.person.size == 0 ? OK : item_encode(&item, a, ret);
}

/* --- the stream --- */

bool case_has_room(const struct desk *d, size_t events)
{
    const struct exchange *const x = d->exchange;
    const struct own_lane *const own = &x->own[lane_rank(LANE_LOCAL)];
    const size_t entries = events * 2 / ITEMS_MAX + 1;

    /* The other half is for the turn's audit rows, which must always find room. */
    return own->pending_count + entries <= GROUP_ENTRIES_MAX / 2 &&
           own->pending_bytes <= GROUP_BYTES_MAX / 4 &&
           x->submitted + entries < ANSWERS_MAX / 2;
}

bool desk_case_has_room(const struct desk *d)
{
    enum { EVENTS_OF_A_CALL = 8 };

    return case_has_room(d, EVENTS_OF_A_CALL);
}

static status submit_items(struct desk *d, const struct bytes *items, size_t count)
{
    const struct submission s = {.kind = KIND_OBLIGATION,
                                 .lane = LANE_LOCAL,
                                 .label = {.marking = MARKING_OFFICIAL_SENSITIVE,
                                           .handling = HANDLING_P,
                                           .priority = PRIORITY_LOW},
                                 .item_count = count,
                                 .items = items};

    return count == 0 ? OK : exchange_submit(d->exchange, &s);
}

status case_submit(struct desk *d, const struct case_event *events, size_t count)
{
    struct arena *const a = d->exchange->arena;
    struct bytes *const items = arena_array(a, 2 * count, sizeof *items);
    size_t made = 0;
    size_t first = 0;

    ENSURE(items != NULL, E_MEMORY);
    for (size_t i = 0; i < count; i++) {
        /* An event and its decision stand in one entry. */
        if (made - first > ITEMS_MAX - 2) {
            TRY(submit_items(d, items + first, made - first));
            first = made;
        }
        TRY(event_item(&events[i], a, &items[made++]));
        items[made] = (struct bytes){0};
        TRY(decision_item(&events[i], a, &items[made]));
        made += items[made].size > 0;
    }
    return submit_items(d, items + first, made - first);
}

/* --- the row --- */

static status pack(const struct case_events *events, struct arena *a, struct bytes *ret)
{
    enum { EVENT_ROOM = 1024 };
    const size_t room = 2 + events->count * EVENT_ROOM;
    struct writer w = writer_over(arena_take(a, room), room);

    ENSURE(w.at != NULL, E_MEMORY);
    write_u16(&w, (uint16_t)events->count);
    for (size_t i = 0; i < events->count; i++) {
        struct bytes event = {0};
        struct bytes decision = {0};
        TRY(event_item(&events->at[i], a, &event));
        TRY(decision_item(&events->at[i], a, &decision));
        write_u16(&w, (uint16_t)event.size);
        write_bytes(&w, event);
        write_u16(&w, (uint16_t)decision.size);
        write_bytes(&w, decision);
    }
    MUST(!w.bad);
    *ret = writer_bytes(&w);
    return OK;
}

static status read_event(struct reader *r, struct arena *a, struct case_event *ret)
{
    struct item item;

    TRY(item_decode(read_bytes(r, read_u16(r)), a, &item));
    ENSURE(item.kind == ITEM_CASE_EVENT, E_DAMAGED);
    ret->is = item.case_event;
    ret->why = (struct item_case_decision){0};
    const struct bytes decision = read_bytes(r, read_u16(r));
    if (decision.size == 0)
        return OK;
    TRY(item_decode(decision, a, &item));
    ENSURE(item.kind == ITEM_CASE_DECISION, E_DAMAGED);
    ret->why = item.case_decision;
    return OK;
}

status case_read(const struct shelf_row *row, struct arena *a, struct case_events *ret,
                 struct bytes *ret_reference)
{
    struct bytes body = {0};

    TRY(arena_copy(a, row->body, &body));
    struct reader r = {.rest = body};
    const uint16_t count = read_u16(&r);
    ret->count = 0;
    ENSURE(count >= 1 && count <= OBLIGATION_EVENTS_MAX, E_DAMAGED);
    for (size_t i = 0; i < count; i++) {
        struct case_event e;
        const status s = read_event(&r, a, &e);
        ENSURE(s == OK || s == E_MEMORY, E_DAMAGED);
        TRY(s);
        ENSURE(case_events_add(ret, &e) == OK, E_DAMAGED);
    }
    ENSURE(reader_is_done(&r), E_DAMAGED);
    if (ret_reference != NULL)
        *ret_reference = ret->at[0].is.reference;
    return OK;
}

status case_find(struct desk *d, struct bytes reference, struct arena *a,
                 struct case_events *ret)
{
    const record_id id = case_id(d, reference);
    struct shelf_row row = {.state = 0};

    TRY(journal_shelf_find(d->journal, SHELF_OBLIGATION, &id, a, &row));
    return case_read(&row, a, ret, NULL);
}

/* By the key of its row, which the to-do list shows in the place of a reference. */
static status find_by_key(struct desk *d, struct bytes key, struct arena *a,
                          struct case_events *ret)
{
    struct shelf_row row = {.state = 0};
    record_id ids[2];
    size_t count = 0;

    ENSURE(key.size >= CASE_KEY_DIGITS, E_UNKNOWN);
    const status s =
        journal_shelf_search(d->journal, SHELF_OBLIGATION, key, ids, COUNT_OF(ids), &count);
    ENSURE(s != E_FORM, E_UNKNOWN);
    TRY(s);
    ENSURE(count == 1, E_UNKNOWN);
    TRY(journal_shelf_find(d->journal, SHELF_OBLIGATION, &ids[0], a, &row));
    return case_read(&row, a, ret, NULL);
}

status case_named(struct desk *d, struct call *c, struct case_events *ret,
                  struct bytes *ret_reference)
{
    struct arena *const a = d->exchange->arena;
    const struct bytes given = control_argument(&c->parsed, "reference");
    struct bytes reference = {0};

    ret->count = 0;
    if (case_reference_read(given, a, &reference) != OK) {
        c->sentence = "that cannot be a case reference: give 4 to 32 letters, digits, - "
                      "and /";
        return E_VALUE;
    }
    *ret_reference = reference;
    status s = case_find(d, reference, a, ret);
    if (s == E_UNKNOWN)
        s = find_by_key(d, given, a, ret);
    if (s == OK)
        *ret_reference = ret->at[0].is.reference;
    if (s == E_UNKNOWN)
        c->sentence = "no call with this reference is recorded here: `flagpost case list`";
    return s;
}

struct walk {
    struct desk *desk;
    case_each each;
    void *context;
};

static status walk_row(void *context, const struct shelf_row *row)
{
    struct walk *const w = context;
    struct arena *const a = w->desk->scratch;
    const struct obligation_allowance allowance = case_allowance(w->desk);
    struct case_events *const events = arena_take(a, sizeof *events);
    struct case_seen seen = {.events = events};

    ENSURE(events != NULL, E_MEMORY);
    TRY(case_read(row, a, events, &seen.reference));
    obligation_of(events, &allowance, w->desk->exchange->now, &seen.o);
    return w->each(w->context, &seen);
}

status case_walk(struct desk *d, case_each each, void *context)
{
    struct walk w = {d, each, context};

    return journal_shelf_walk(d->journal, SHELF_OBLIGATION, (struct shelf_filter){0},
                              d->scratch, walk_row, &w);
}

/* Before its due, then at it, then never: each reminder is given once in a run. */
static millis next_reminder(const struct obligation *o,
                            const struct obligation_allowance *a)
{
    const millis due = obligation_due(o);

    if (due == 0 || o->told)
        return 0;
    if (o->reminded || a->remind == 0)
        return due;
    return due > a->remind ? due - a->remind : 1;
}

static status put_row(struct desk *d, const struct case_events *events, struct arena *a,
                      struct obligation *ret)
{
    const struct obligation_allowance allowance = case_allowance(d);
    const struct hash h = digest_of(d, events->at[0].is.reference);
    struct shelf_row row = {.kind = SHELF_OBLIGATION};

    obligation_of(events, &allowance, 0, ret);
    memcpy(row.id.bytes, h.bytes, sizeof row.id.bytes);
    memcpy(row.tag, h.bytes, sizeof row.tag);
    row.about = ret->document;
    row.state = (uint32_t)ret->state;
    row.due = next_reminder(ret, &allowance);
    row.changed = ret->changed;
    TRY(pack(events, a, &row.body));
    return journal_shelf_put(d->journal, &row);
}

static status put(struct desk *d, const struct case_events *events, struct arena *a)
{
    const record_id id = case_id(d, events->at[0].is.reference);
    struct obligation o;

    TRY(put_row(d, events, a, &o));
    /* What it was on the to-do list for has passed with the run of its clock. */
    return o.reminded || o.told ? OK : desk_todo_close(d, TODO_CASE, &id);
}

/* Nothing is put before the stream has taken the event: there is no way back from a put. */
enum adding { ADD_AND_SUBMIT, ADD_TO_INDEX, ADD_AGAIN };

static status add(struct desk *d, const struct case_event *e, enum adding how)
{
    struct arena *const a = d->exchange->arena;
    struct case_events *const events = arena_take(a, sizeof *events);
    struct obligation o;

    ENSURE(events != NULL, E_MEMORY);
    events->count = 0;
    const status found = case_find(d, e->is.reference, a, events);
    ENSURE(found == OK || found == E_UNKNOWN, found);
    TRY(case_events_add(events, e));
    if (how == ADD_AND_SUBMIT)
        TRY(case_submit(d, e, 1));
    /* Half of a call's events say nothing of what waits for a person (case_rebuild.c). */
    return how == ADD_AGAIN ? put_row(d, events, a, &o) : put(d, events, a);
}

static status add_and_rewind(struct desk *d, const struct case_event *e, enum adding how)
{
    const size_t mark = arena_mark(d->exchange->arena);
    const status s = add(d, e, how);

    arena_rewind(d->exchange->arena, mark);
    return s;
}

status case_index(struct desk *d, const struct case_event *e)
{
    return add_and_rewind(d, e, ADD_TO_INDEX);
}

status case_index_again(struct desk *d, const struct case_event *e)
{
    return add_and_rewind(d, e, ADD_AGAIN);
}

status case_record(struct desk *d, const struct case_event *e)
{
    /* What is submitted stays in the arena until the turn is closed. */
    return add(d, e, ADD_AND_SUBMIT);
}

status case_refresh(struct desk *d, const struct shelf_row *row, bool *ret)
{
    const struct obligation_allowance allowance = case_allowance(d);
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    struct case_events *const events = arena_take(a, sizeof *events);
    struct obligation o;

    ENSURE(events != NULL, E_MEMORY);
    status s = case_read(row, a, events, NULL);
    if (s == OK) {
        obligation_of(events, &allowance, 0, &o);
        *ret = row->state != (uint32_t)o.state || row->changed != o.changed ||
               row->due != next_reminder(&o, &allowance);
        s = *ret ? put(d, events, a) : OK;
    }
    arena_rewind(a, mark);
    return s;
}

status case_log(struct desk *d, struct call *c, enum audit_operation o,
                struct bytes reference, const char *outcome)
{
    struct item_audit row = {.operation = o,
                             .justification = control_argument(&c->parsed, "purpose"),
                             .outcome = bytes_of_text(outcome)};

    if (reference.size > 0) {
        const struct hash h = digest_of(d, reference);
        TRY(arena_copy(d->exchange->arena, bytes_of(h.bytes, sizeof h.bytes), &row.digest));
    }
    return desk_audit(d, c, &row);
}

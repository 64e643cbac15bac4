#include "link_desk.h"

#include "todo.h"

#include <string.h>

/*
 * A row of the shelf for each link.  Its key is made of both records, `about` is the first
 * and `tag` stands for the second, so that it is found from either.  Its body is
 *
 *     u8 version = 2, u8 strength, u8 size and agency of either, second record's id
 *     u8 count of types, u8 each
 *     u64 each: when its owner was told of the other
 *     u16 count of events; u8 state, u64 at, u16 size and person, u16 size and reason each
 */

enum { VERSION = 2, BODY_MAX = 24 * 1024 };

static void write_parent(struct writer *w, const struct parent *p)
{
    write_u8(w, (uint8_t)strlen(p->agency.text));
    write_text(w, p->agency.text);
    write_bytes(w, bytes_of(p->id.bytes, sizeof p->id.bytes));
}

static struct hash digest(struct desk *d, const char *what, const struct parent *a,
                          const struct parent *b)
{
    uint8_t room[160];
    struct writer w = writer_over(room, sizeof room);

    write_text(&w, what);
    write_parent(&w, a);
    if (b != NULL)
        write_parent(&w, b);
    MUST(!w.bad);
    return keyring_mac(d->keyring, KEYRING_DIGEST, writer_bytes(&w));
}

static record_id row_id(const struct hash *h)
{
    record_id id;

    memcpy(id.bytes, h->bytes, sizeof id.bytes);
    return id;
}

static int parent_compare(const struct parent *a, const struct parent *b)
{
    const int by_agency = strcmp(a->agency.text, b->agency.text);

    return by_agency != 0 ? by_agency
                          : memcmp(a->id.bytes, b->id.bytes, sizeof a->id.bytes);
}

record_id link_id(struct desk *d, const struct parent *a, const struct parent *b)
{
    const bool turned = parent_compare(a, b) > 0;
    const struct hash h = digest(d, "flagpost/link/v1", turned ? b : a, turned ? a : b);

    return row_id(&h);
}

const char *link_state_word(enum link_state state)
{
    switch (state) {
    case LINK_PROPOSED:
        return "proposed";
    case LINK_SAME:
    case LINK_TOLD:
        return "same";
    case LINK_NOT_SAME:
        return "not-the-same";
    }
    return "?";
}

const char *link_types_text(struct arena *a, const struct link *l)
{
    const char *text = "";

    for (size_t i = 0; i < l->type_count; i++)
        text = desk_text(a, text, i > 0 ? ", " : "", identifier_label(l->types[i]), NULL);
    return text;
}

/* --- writing and reading --- */

static void write_event(struct writer *w, const struct link_event *e)
{
    write_u8(w, (uint8_t)e->state);
    write_u64(w, e->at);
    write_u16(w, e->person.size);
    write_bytes(w, bytes_of(e->person.at, e->person.size));
    write_u16(w, e->reason.size);
    write_bytes(w, bytes_of(e->reason.at, e->reason.size));
}

status link_put(struct desk *d, const struct link *l)
{
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    struct writer w = writer_over(arena_take(a, BODY_MAX), BODY_MAX);

    ENSURE(w.at != NULL, E_MEMORY);
    write_u8(&w, VERSION);
    write_u8(&w, (uint8_t)l->strength);
    write_u8(&w, (uint8_t)strlen(l->records[0].agency.text));
    write_text(&w, l->records[0].agency.text);
    write_parent(&w, &l->records[1]);
    write_u8(&w, (uint8_t)l->type_count);
    for (size_t i = 0; i < l->type_count; i++)
        write_u8(&w, (uint8_t)l->types[i]);
    for (size_t i = 0; i < COUNT_OF(l->told); i++)
        write_u64(&w, l->told[i]);
    write_u16(&w, (uint16_t)l->event_count);
    for (size_t i = 0; i < l->event_count; i++)
        write_event(&w, &l->events[i]);
    MUST(!w.bad);
    const struct hash second = digest(d, "flagpost/linked/v1", &l->records[1], NULL);
    struct shelf_row row = {
        .kind = SHELF_LINK,
        .id = l->id,
        .about = l->records[0].id,
        .state = (uint32_t)(l->told[0] + l->told[1] != 0 ? LINK_TOLD : l->state),
        .due = l->at, /* the oldest comes first */
        .changed = d->exchange->now,
        .body = writer_bytes(&w)};
    memcpy(row.tag, second.bytes, sizeof row.tag);
    const status s = journal_shelf_put(d->journal, &row);
    arena_rewind(a, mark);
    return s;
}

static status read_event(struct reader *r, struct link_event *ret)
{
    ret->state = (enum link_state)read_u8(r);
    ret->at = read_u64(r);
    ret->person = recall_text(read_bytes(r, read_u16(r)));
    ret->reason = recall_text(read_bytes(r, read_u16(r)));
    return r->bad ? E_DAMAGED : OK;
}

status link_read(const struct shelf_row *row, struct link *ret)
{
    struct reader r = {.rest = row->body};

    memset(ret, 0, sizeof *ret);
    ret->id = row->id;
    ret->records[0].id = row->about;
    ret->state = row->state == LINK_TOLD ? LINK_SAME : (enum link_state)row->state;
    ret->at = row->due;
    ENSURE(read_u8(&r) == VERSION, E_DAMAGED);
    ret->strength = (enum linkage_strength)read_u8(&r);
    for (size_t i = 0; i < COUNT_OF(ret->records); i++)
        ENSURE(desk_read_agency(&r, &ret->records[i].agency) == OK, E_DAMAGED);
    read_copy(&r, ret->records[1].id.bytes, sizeof ret->records[1].id.bytes);
    ret->type_count = read_u8(&r);
    ENSURE(!r.bad && ret->type_count <= LINK_TYPES_MAX, E_DAMAGED);
    for (size_t i = 0; i < ret->type_count; i++)
        ret->types[i] = (enum identifier_type)read_u8(&r);
    for (size_t i = 0; i < COUNT_OF(ret->told); i++)
        ret->told[i] = read_u64(&r);
    ret->event_count = read_u16(&r);
    ENSURE(!r.bad && ret->event_count <= LINK_EVENTS_MAX, E_DAMAGED);
    for (size_t i = 0; i < ret->event_count; i++)
        TRY(read_event(&r, &ret->events[i]));
    return reader_is_done(&r) ? OK : E_DAMAGED;
}

status link_find(struct desk *d, const record_id *id, struct link *ret)
{
    const size_t mark = arena_mark(d->scratch);
    struct shelf_row row = {0};
    status s = journal_shelf_find(d->journal, SHELF_LINK, id, d->scratch, &row);

    if (s == OK)
        s = link_read(&row, ret);
    arena_rewind(d->scratch, mark);
    return s;
}

status link_named(struct desk *d, struct call *c, struct link *ret)
{
    const struct bytes wanted = control_argument(&c->parsed, "link");
    record_id ids[2];
    size_t count = 0;

    const status s = wanted.size < 4 ? E_FORM
                                     : journal_shelf_search(d->journal, SHELF_LINK, wanted,
                                                            ids, 2, &count);
    ENSURE(s == OK || s == E_FORM, s);
    if (s == E_FORM || count != 1) {
        c->sentence = "give the id of one link, or its first digits, four at least: see "
                      "`flagpost links`";
        return s == E_FORM || count > 1 ? E_USAGE : E_UNKNOWN;
    }
    return link_find(d, &ids[0], ret);
}

/* --- whether it stands --- */

static status is_held(struct desk *d, const struct parent *record, bool *ret)
{
    const struct store *const store = &d->exchange->store;
    const size_t mark = arena_mark(d->scratch);
    struct place place = {0};
    struct entry_row e = {0};

    status s = store->ops->record_find(store->self, &record->agency, &record->id, &place);
    if (s == OK)
        s = store->ops->entry_find(store->self, &place.stream, place.index, d->scratch, &e);
    *ret = s == OK && e.disposition == DISPOSITION_HELD;
    arena_rewind(d->scratch, mark);
    return s == E_UNKNOWN ? OK : s;
}

status link_record_stands(struct desk *d, const struct parent *record, bool *ret)
{
    const struct store *const store = &d->exchange->store;
    struct recall_versions versions = {0};
    bool recalled = false;
    bool blocked = false;
    bool held = false;

    TRY(is_held(d, record, &held));
    TRY(store->ops->recalled(store->self, &record->agency, &record->id, &recalled));
    TRY(recall_blocks(d, record, &blocked));
    TRY(recall_versions(d, record, &versions));
    const bool expired =
        versions.expires_at != 0 && versions.expires_at <= d->exchange->now;
    *ret = held && !recalled && !blocked && !expired && !versions.has_newer;
    return OK;
}

status link_stands(struct desk *d, const struct link *l, bool *ret)
{
    bool first = false;
    bool second = false;

    TRY(link_record_stands(d, &l->records[0], &first));
    if (first)
        TRY(link_record_stands(d, &l->records[1], &second));
    *ret = first && second;
    return OK;
}

status link_id_stands(struct desk *d, const record_id *id, bool *ret)
{
    struct link *const l = arena_take(d->scratch, sizeof *l);

    ENSURE(l != NULL, E_MEMORY);
    *ret = false;
    const status s = link_find(d, id, l);
    if (s == OK)
        return link_stands(d, l, ret);
    return s == E_UNKNOWN || s == E_DAMAGED ? OK : s; /* a row alone is damaged */
}

/* --- erasure --- */

struct forgetting {
    struct desk *desk;
    const struct parent *record;
    size_t which; /* of the two */
};

/* Ids of records are unique to their agency only. */
static status each_link(void *context, const struct shelf_row *row)
{
    const struct forgetting *const f = context;
    struct link *const l = arena_take(f->desk->scratch, sizeof *l);

    ENSURE(l != NULL, E_MEMORY);
    status s = link_read(row, l);
    ENSURE(s == OK || s == E_DAMAGED, s); /* what cannot be read is of no use, and goes */
    if (s == OK && parent_compare(&l->records[f->which], f->record) != 0)
        return OK;
    TRY(desk_todo_close(f->desk, TODO_LINK, &row->id));
    s = s == OK ? link_take_back(f->desk, NULL, l) : OK;
    if (s == E_REVOKED || s == E_EXPIRED) {
        l->event_count = 0; /* the two ids alone wait until the owners can be told */
        return link_put(f->desk, l);
    }
    TRY(s);
    return journal_shelf_drop(f->desk->journal, SHELF_LINK, &row->id);
}

static status each_often(void *context, const struct shelf_row *row)
{
    const struct forgetting *const f = context;
    struct link_often o = {0};

    TRY(link_often_read(row, &o));
    return parent_compare(&o.newest, f->record) != 0
               ? OK
               : journal_shelf_drop(f->desk->journal, SHELF_OFTEN, &row->id);
}

status links_forget(struct desk *d, const struct parent *record)
{
    struct forgetting f = {.desk = d, .record = record};
    const struct hash second = digest(d, "flagpost/linked/v1", record, NULL);

    TRY(journal_shelf_about(d->journal, SHELF_LINK, &record->id, d->scratch, each_link,
                            &f));
    f.which = 1;
    TRY(journal_shelf_tagged(d->journal, SHELF_LINK, second.bytes, d->scratch, each_link,
                             &f));
    return journal_shelf_about(d->journal, SHELF_OFTEN, &record->id, d->scratch, each_often,
                               &f);
}

/* --- seen too often --- */

static record_id often_id(struct desk *d, uint64_t key)
{
    uint8_t room[32];
    struct writer w = writer_over(room, sizeof room);

    write_text(&w, "flagpost/often/v1");
    write_u64(&w, key);
    MUST(!w.bad);
    const struct hash h = keyring_mac(d->keyring, KEYRING_DIGEST, writer_bytes(&w));
    return row_id(&h);
}

status link_often_put(struct desk *d, uint64_t key, const struct link_often *o)
{
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    uint8_t room[64];
    struct writer w = writer_over(room, sizeof room);
    struct shelf_row there = {0};
    struct shelf_row row = {.kind = SHELF_OFTEN,
                            .id = often_id(d, key),
                            .about = o->newest.id,
                            .state = 1,
                            .due = o->changed, /* since when */
                            .changed = o->changed};

    const status s = journal_shelf_find(d->journal, SHELF_OFTEN, &row.id, a, &there);
    if (s == OK)
        row.due = there.due;
    arena_rewind(a, mark);
    ENSURE(s == OK || s == E_UNKNOWN, s);
    write_u8(&w, VERSION);
    write_u8(&w, (uint8_t)o->type);
    write_u32(&w, o->count);
    write_u8(&w, o->is_least);
    write_u8(&w, (uint8_t)strlen(o->newest.agency.text));
    write_text(&w, o->newest.agency.text);
    MUST(!w.bad);
    row.body = writer_bytes(&w);
    return journal_shelf_put(d->journal, &row);
}

status link_often_drop(struct desk *d, uint64_t key)
{
    const record_id id = often_id(d, key);

    return journal_shelf_drop(d->journal, SHELF_OFTEN, &id);
}

status link_often_read(const struct shelf_row *row, struct link_often *ret)
{
    struct reader r = {.rest = row->body};
    struct link_often o = {
        .newest.id = row->about, .since = row->due, .changed = row->changed};

    ENSURE(read_u8(&r) == VERSION, E_DAMAGED);
    o.type = (enum identifier_type)read_u8(&r);
    o.count = read_u32(&r);
    o.is_least = read_u8(&r) != 0;
    TRY(desk_read_agency(&r, &o.newest.agency));
    ENSURE(reader_is_done(&r), E_DAMAGED);
    *ret = o;
    return OK;
}

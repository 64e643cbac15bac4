#include "record.h"

#include "text.h"

/*
 * The control socket carries a record as it was typed, right or wrong: the daemon is where
 * a wrong one is refused and the refusal logged.  So the layout is the struct's own, field
 * by field, and not the items, which cannot hold a wrong record.
 *
 *     u16 version = 1
 *     label    u8 marking, handling, action, sanitisation, priority
 *              u32 retention class, u64 expires_at
 *     facts, report, provenance, texts, persons, vehicles, phones, vessels, addresses,
 *     documents in the order of struct record; lists and arrays begin with their count as
 * u8 text     u32 size, bytes        bool, enum  u8        date  u32 year, u8 month, u8 day
 *
 * One walk over the struct measures, writes and reads, so the three cannot disagree.
 */

enum { PACK_VERSION = 1 };

enum pack_mode { PACK_MEASURE, PACK_WRITE, PACK_READ };

struct pack {
    enum pack_mode mode;
    size_t size; /* measured */
    struct writer writer;
    struct reader reader;
    bool bad; /* a value its layout has no place for */
};

static void pack_u8(struct pack *p, uint8_t *v)
{
    switch (p->mode) {
    case PACK_MEASURE:
        p->size += 1;
        return;
    case PACK_WRITE:
        write_u8(&p->writer, *v);
        return;
    case PACK_READ:
        *v = read_u8(&p->reader);
        return;
    }
}

static void pack_u32(struct pack *p, uint32_t *v)
{
    switch (p->mode) {
    case PACK_MEASURE:
        p->size += 4;
        return;
    case PACK_WRITE:
        write_u32(&p->writer, *v);
        return;
    case PACK_READ:
        *v = read_u32(&p->reader);
        return;
    }
}

static void pack_millis(struct pack *p, millis *v)
{
    uint32_t high = (uint32_t)(*v >> 32);
    uint32_t low = (uint32_t)*v;

    pack_u32(p, &high);
    pack_u32(p, &low);
    *v = (millis)high << 32 | low;
}

/* A number of at most `max`, which fits a byte. */
static uint32_t pack_small(struct pack *p, uint32_t v, uint32_t max)
{
    uint8_t byte = (uint8_t)v;

    p->bad = p->bad || v > max;
    pack_u8(p, &byte);
    p->bad = p->bad || byte > max;
    return p->bad ? 0 : byte;
}

#define PACK_ENUM(p, e, last) (e) = (__typeof__(e))pack_small(p, (uint32_t)(e), last)

static void pack_bool(struct pack *p, bool *v)
{
    *v = pack_small(p, *v, 1) == 1;
}

static void pack_count(struct pack *p, size_t *v, size_t max)
{
    p->bad = p->bad || *v > max;
    *v = pack_small(p, p->bad ? 0 : (uint32_t)*v, (uint32_t)max);
}

static void pack_text(struct pack *p, struct bytes *v)
{
    uint32_t size = (uint32_t)v->size;

    p->bad = p->bad || v->size > CONTENT_BYTES_MAX;
    pack_u32(p, &size);
    switch (p->mode) {
    case PACK_MEASURE:
        p->size += v->size;
        return;
    case PACK_WRITE:
        write_bytes(&p->writer, *v);
        return;
    case PACK_READ:
        *v = read_bytes(&p->reader, size);
        p->bad = p->bad || v->size > CONTENT_BYTES_MAX || !utf8_is_valid(*v);
        return;
    }
}

static void pack_list(struct pack *p, struct text_list *l)
{
    pack_count(p, &l->count, LIST_MAX);
    for (size_t i = 0; i < l->count; i++)
        pack_text(p, &l->at[i]);
}

static void pack_date(struct pack *p, struct partial_date *d)
{
    pack_u32(p, &d->year);
    d->month = pack_small(p, d->month, UINT8_MAX);
    d->day = pack_small(p, d->day, UINT8_MAX);
}

static void pack_label(struct pack *p, struct label *l)
{
    PACK_ENUM(p, l->marking, MARKING_TOP_SECRET);
    PACK_ENUM(p, l->handling, HANDLING_C);
    PACK_ENUM(p, l->action, ACTION_A3);
    PACK_ENUM(p, l->sanitisation, SANITISATION_S2);
    PACK_ENUM(p, l->priority, PRIORITY_LOW);
    pack_u32(p, &l->retention_class);
    pack_millis(p, &l->expires_at);
}

static void pack_facts(struct pack *p, struct item_facts *f)
{
    pack_list(p, &f->flags_submitted);
    pack_list(p, &f->flags);
    pack_text(p, &f->crime_code);
    pack_list(p, &f->offence_codes);
    pack_u32(p, &f->list_version);
    pack_text(p, &f->station);
    pack_text(p, &f->case_reference);
    pack_text(p, &f->urn);
    pack_date(p, &f->date_of_intelligence);
    pack_date(p, &f->date_created);
}

static void pack_report(struct pack *p, struct item_report *r)
{
    pack_text(p, &r->title);
    pack_text(p, &r->caveat);
    pack_text(p, &r->contact);
    PACK_ENUM(p, r->purpose, PURPOSE_DUTY);
    pack_text(p, &r->conditions);
    pack_text(p, &r->condition_reason);
    pack_text(p, &r->a3_usage);
    pack_text(p, &r->risk);
    pack_text(p, &r->pii_decision);
    pack_bool(p, &r->no_intercept);
}

static void pack_graded(struct pack *p, struct graded_text *t)
{
    pack_text(p, &t->text);
    PACK_ENUM(p, t->basis, BASIS_OPINION);
    pack_u32(p, &t->grade.source);
    pack_u32(p, &t->grade.assessment);
    pack_text(p, &t->grade.reason);
}

static void pack_person(struct pack *p, struct item_person *x)
{
    pack_text(p, &x->surname);
    pack_list(p, &x->given);
    pack_list(p, &x->aliases);
    pack_date(p, &x->born);
    pack_text(p, &x->gender);
    pack_count(p, &x->role_count, ROLES_MAX);
    for (size_t i = 0; i < x->role_count; i++)
        PACK_ENUM(p, x->roles[i], ROLE_UNKNOWN);
    pack_text(p, &x->pnc_id);
    pack_bool(p, &x->pnc_id_valid);
}

static void pack_vehicle(struct pack *p, struct item_vehicle *x)
{
    pack_text(p, &x->vrm_raw);
    pack_text(p, &x->vrm);
    pack_bool(p, &x->vrm_valid);
    pack_text(p, &x->description);
}

static void pack_phone(struct pack *p, struct item_phone *x)
{
    pack_text(p, &x->raw);
    pack_text(p, &x->e164);
    pack_bool(p, &x->valid);
}

static void pack_vessel(struct pack *p, struct item_vessel *x)
{
    pack_text(p, &x->name);
    pack_text(p, &x->hull_id);
    pack_text(p, &x->mmsi);
    pack_text(p, &x->description);
}

static void pack_things(struct pack *p, struct record *r)
{
    pack_count(p, &r->person_count, RECORD_PERSONS_MAX);
    for (size_t i = 0; i < r->person_count; i++)
        pack_person(p, &r->persons[i]);
    pack_count(p, &r->vehicle_count, RECORD_THINGS_MAX);
    for (size_t i = 0; i < r->vehicle_count; i++)
        pack_vehicle(p, &r->vehicles[i]);
    pack_count(p, &r->phone_count, RECORD_THINGS_MAX);
    for (size_t i = 0; i < r->phone_count; i++)
        pack_phone(p, &r->phones[i]);
    pack_count(p, &r->vessel_count, RECORD_THINGS_MAX);
    for (size_t i = 0; i < r->vessel_count; i++)
        pack_vessel(p, &r->vessels[i]);
    pack_count(p, &r->address_count, RECORD_THINGS_MAX);
    for (size_t i = 0; i < r->address_count; i++) {
        pack_text(p, &r->addresses[i].text);
        pack_text(p, &r->addresses[i].postcode);
    }
    pack_count(p, &r->document_count, RECORD_THINGS_MAX);
    for (size_t i = 0; i < r->document_count; i++) {
        pack_text(p, &r->documents[i].type);
        pack_text(p, &r->documents[i].number);
        pack_text(p, &r->documents[i].country);
    }
}

static void pack_record(struct pack *p, struct record *r)
{
    pack_label(p, &r->label);
    pack_facts(p, &r->facts);
    pack_report(p, &r->report);
    pack_graded(p, &r->provenance);
    pack_count(p, &r->text_count, RECORD_TEXTS_MAX);
    for (size_t i = 0; i < r->text_count; i++)
        pack_graded(p, &r->texts[i]);
    pack_things(p, r);
}

status record_pack(const struct record *r, struct arena *a, struct bytes *ret)
{
    struct record *const copy = arena_take(a, sizeof *copy); /* the walk takes no const */
    struct pack p = {.mode = PACK_MEASURE};

    ENSURE(copy != NULL, E_MEMORY);
    *copy = *r;
    pack_record(&p, copy);
    ENSURE(!p.bad, E_VALUE);

    const size_t room = p.size + 2;
    uint8_t *const out = arena_take(a, room);
    ENSURE(out != NULL, E_MEMORY);
    p = (struct pack){.mode = PACK_WRITE, .writer = writer_over(out, room)};
    write_u16(&p.writer, PACK_VERSION);
    pack_record(&p, copy);
    MUST(!p.bad && !p.writer.bad && p.writer.size == room);
    *ret = writer_bytes(&p.writer);
    return OK;
}

status record_unpack(struct bytes b, struct arena *a, struct record *ret)
{
    struct record *const r = arena_take(a, sizeof *r);
    struct pack p = {.mode = PACK_READ, .reader = {.rest = b}};

    ENSURE(r != NULL, E_MEMORY);
    const uint16_t version = read_u16(&p.reader);
    ENSURE(!p.reader.bad, E_FORM);
    ENSURE(version == PACK_VERSION, E_VERSION);
    pack_record(&p, r);
    ENSURE(!p.bad && reader_is_done(&p.reader), E_FORM);
    *ret = *r;
    return OK;
}

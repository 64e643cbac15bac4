#include "pack.h"
#include "record.h"

#include <string.h>

/*
 * The control socket carries a record as it was typed, right or wrong: the daemon is where
 * a wrong one is refused and the refusal logged.  So the layout is the struct's own, field
 * by field, and not the items, which cannot hold a wrong record.
 *
 *     u16 version = 2
 *     label    u8 marking, handling, action, sanitisation, priority
 *              u32 retention class, u64 expires_at
 *     facts, report, provenance, texts, the parts by their rows in record_parts.c,
 *     identifiers, links; lists and arrays begin with their count as u8
 *
 *     text         u32 size, bytes
 *     bool, enum   u8
 *     date         u32 year, u8 month, u8 day
 */

enum { PACK_VERSION = 2 };

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
    pack_list(p, &r->information_types);
    pack_list(p, &r->handling_instructions);
    pack_list(p, &r->descriptors);
    pack_u32(p, &r->sensitive);
    PACK_ENUM(p, r->schedule_8, SCHEDULE_8_ARCHIVING);
    pack_bool(p, &r->restricted);
    pack_text(p, &r->recommendations);
    PACK_ENUM(p, r->original_scheme, SCHEME_3X5X2);
    pack_text(p, &r->original_handling);
    pack_text(p, &r->original_marking);
}

static void pack_graded(struct pack *p, struct graded_text *t)
{
    pack_text(p, &t->text);
    PACK_ENUM(p, t->basis, BASIS_OPINION);
    pack_u32(p, &t->grade.source);
    pack_u32(p, &t->grade.assessment);
    pack_text(p, &t->grade.reason);
    PACK_ENUM(p, t->grade.original_scheme, SCHEME_3X5X2);
    pack_text(p, &t->grade.original_grade);
}

static void pack_threat(struct pack *p, void *thing)
{
    struct item_threat *const x = thing;

    pack_text(p, &x->family);
    pack_text(p, &x->sub_type);
    pack_u32(p, &x->band);
}

static void pack_reference(struct pack *p, void *thing)
{
    struct item_reference *const x = thing;

    PACK_ENUM(p, x->type, REFERENCE_REQUIREMENT);
    pack_text(p, &x->reference);
    pack_text(p, &x->force);
}

static void pack_person(struct pack *p, void *thing)
{
    struct item_person *const x = thing;

    pack_text(p, &x->surname);
    pack_list(p, &x->given);
    pack_list(p, &x->aliases);
    pack_date(p, &x->born);
    PACK_ENUM(p, x->born_basis, BORN_DOCUMENTED);
    pack_date(p, &x->born_assessed);
    pack_text(p, &x->gender);
    pack_text(p, &x->ethnicity);
    pack_text(p, &x->biometric_reference);
    pack_count(p, &x->role_count, ROLES_MAX);
    for (size_t i = 0; i < x->role_count; i++)
        PACK_ENUM(p, x->roles[i], ROLE_UNKNOWN);
    pack_text(p, &x->pnc_id);
    pack_text(p, &x->pnc_id_canonical);
    pack_bool(p, &x->pnc_id_valid);
}

static void pack_vehicle(struct pack *p, void *thing)
{
    struct item_vehicle *const x = thing;

    pack_text(p, &x->vrm_raw);
    pack_text(p, &x->vrm);
    pack_bool(p, &x->vrm_valid);
    pack_text(p, &x->description);
}

static void pack_phone(struct pack *p, void *thing)
{
    struct item_phone *const x = thing;

    pack_text(p, &x->raw);
    pack_text(p, &x->e164);
    pack_bool(p, &x->valid);
}

static void pack_vessel(struct pack *p, void *thing)
{
    struct item_vessel *const x = thing;

    pack_text(p, &x->name);
    pack_text(p, &x->hull_id);
    pack_text(p, &x->hull_id_canonical);
    pack_bool(p, &x->hull_id_valid);
    pack_text(p, &x->mmsi);
    pack_text(p, &x->mmsi_canonical);
    pack_bool(p, &x->mmsi_valid);
    pack_text(p, &x->description);
}

static void pack_address(struct pack *p, void *thing)
{
    struct item_address *const x = thing;

    pack_text(p, &x->text);
    pack_text(p, &x->country);
    pack_text(p, &x->postcode);
    pack_text(p, &x->postcode_canonical);
    pack_bool(p, &x->postcode_valid);
    pack_text(p, &x->position);
    pack_text(p, &x->position_canonical);
    pack_bool(p, &x->position_valid);
}

static void pack_document(struct pack *p, void *thing)
{
    struct item_document *const x = thing;

    pack_text(p, &x->type);
    pack_text(p, &x->number);
    pack_text(p, &x->country);
    pack_text(p, &x->canonical);
    pack_bool(p, &x->valid);
}

static void pack_account(struct pack *p, void *thing)
{
    struct item_account *const x = thing;

    pack_text(p, &x->type);
    pack_text(p, &x->raw);
    pack_text(p, &x->canonical);
    pack_bool(p, &x->valid);
    pack_text(p, &x->institution);
    pack_text(p, &x->country);
    pack_text(p, &x->description);
}

static void pack_email(struct pack *p, void *thing)
{
    struct item_email *const x = thing;

    pack_text(p, &x->raw);
    pack_text(p, &x->canonical);
    pack_bool(p, &x->valid);
}

static void pack_social(struct pack *p, void *thing)
{
    struct item_social *const x = thing;

    pack_text(p, &x->platform);
    pack_text(p, &x->raw);
    pack_text(p, &x->canonical);
    pack_bool(p, &x->valid);
}

static void pack_container(struct pack *p, void *thing)
{
    struct item_container *const x = thing;

    pack_text(p, &x->raw);
    pack_text(p, &x->canonical);
    pack_bool(p, &x->valid);
    pack_text(p, &x->description);
}

static void pack_organisation(struct pack *p, void *thing)
{
    struct item_organisation *const x = thing;

    pack_text(p, &x->name);
    pack_text(p, &x->description);
}

static void pack_event(struct pack *p, void *thing)
{
    struct item_event *const x = thing;

    pack_text(p, &x->type);
    pack_date(p, &x->date);
    pack_text(p, &x->description);
}

static void pack_attachment(struct pack *p, void *thing)
{
    struct item_attachment *const x = thing;

    pack_text(p, &x->name);
    pack_text(p, &x->media_type);
    pack_u32(p, &x->size);
    pack_bytes(p, &x->digest);
    pack_bytes(p, &x->root);
    pack_u32(p, &x->part_bytes);
    pack_text(p, &x->description);
}

typedef void pack_one(struct pack *p, void *thing);

static pack_one *const packers[] = {
    [ITEM_THREAT] = pack_threat,
    [ITEM_REFERENCE] = pack_reference,
    [ITEM_PERSON] = pack_person,
    [ITEM_VEHICLE] = pack_vehicle,
    [ITEM_PHONE] = pack_phone,
    [ITEM_VESSEL] = pack_vessel,
    [ITEM_ADDRESS] = pack_address,
    [ITEM_DOCUMENT] = pack_document,
    [ITEM_ACCOUNT] = pack_account,
    [ITEM_EMAIL] = pack_email,
    [ITEM_SOCIAL] = pack_social,
    [ITEM_CONTAINER] = pack_container,
    [ITEM_ORGANISATION] = pack_organisation,
    [ITEM_EVENT] = pack_event,
    [ITEM_ATTACHMENT] = pack_attachment,
};

static void pack_part(struct pack *p, const struct record_part *part, struct record *r)
{
    uint8_t *const base = (uint8_t *)r;
    size_t count = record_part_count(part, r);

    MUST((size_t)part->kind < COUNT_OF(packers) && packers[part->kind] != NULL);
    pack_count(p, &count, part->max);
    memcpy(base + part->count_offset, &count, sizeof count);
    for (size_t i = 0; i < count; i++)
        packers[part->kind](p, base + part->offset + i * part->size);
}

static void pack_ref(struct pack *p, struct entity_ref *ref)
{
    ref->kind = pack_small(p, ref->kind, UINT8_MAX);
    ref->index = pack_small(p, ref->index, UINT8_MAX);
}

static void pack_joins(struct pack *p, struct record *r)
{
    pack_count(p, &r->identifier_count, RECORD_IDENTIFIERS_MAX);
    for (size_t i = 0; i < r->identifier_count; i++) {
        struct record_identifier *const x = &r->identifiers[i];
        pack_ref(p, &x->of);
        pack_text(p, &x->type);
        pack_text(p, &x->country);
        pack_text(p, &x->raw);
        pack_text(p, &x->canonical);
        pack_bool(p, &x->valid);
    }
    pack_count(p, &r->link_count, RECORD_LINKS_MAX);
    for (size_t i = 0; i < r->link_count; i++) {
        pack_ref(p, &r->links[i].from);
        pack_ref(p, &r->links[i].to);
        pack_text(p, &r->links[i].relation);
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
    for (size_t i = 0; record_part_at(i) != NULL; i++)
        pack_part(p, record_part_at(i), r);
    pack_joins(p, r);
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

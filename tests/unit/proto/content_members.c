/* In the frozen items each field holds its own name, so that a member that came from the
 * wrong field shows. */

#include "case_members.h"
#include "content_fields.h"
#include "vector_file.h"

static void check_facts(const struct item *i)
{
    const struct item_facts *const f = &i->facts;

    CHECK_INT(f->flags_submitted.count, 2);
    CHECK_IS(f->flags_submitted.at[0], "#flag one");
    CHECK_IS(f->flags_submitted.at[1], "#flag two");
    CHECK_INT(f->flags.count, 2);
    CHECK_IS(f->flags.at[1], "flag two");
    CHECK_IS(f->crime_code, "crime_code");
    CHECK_INT(f->offence_codes.count, 1);
    CHECK_IS(f->offence_codes.at[0], "offence_codes");
    CHECK_INT(f->list_version, 7);
    CHECK_IS(f->station, "station");
    CHECK_IS(f->case_reference, "case_reference");
    CHECK_IS(f->urn, "urn");
    CHECK_INT(f->date_of_intelligence.year, 2026);
    CHECK_INT(f->date_of_intelligence.month, 11);
    CHECK_INT(f->date_of_intelligence.day, 23);
    CHECK_INT(f->date_created.month, 11);
    CHECK_INT(f->date_created.day, 0);
}

static void check_report(const struct item *i)
{
    const struct item_report *const r = &i->report;

    CHECK_IS(r->title, "title");
    CHECK_IS(r->caveat, "caveat");
    CHECK_IS(r->contact, "contact");
    CHECK_INT(r->purpose, PURPOSE_PREVENT);
    CHECK_IS(r->conditions, "conditions");
    CHECK_IS(r->condition_reason, "condition_reason");
    CHECK_IS(r->a3_usage, "a3_usage");
    CHECK_IS(r->risk, "risk");
    CHECK_IS(r->pii_decision, "pii_decision");
    CHECK(r->no_intercept);
    CHECK_INT(r->information_types.count, 2);
    CHECK_IS(r->information_types.at[1], "type two");
    CHECK_IS(r->handling_instructions.at[0], "handling_instructions");
    CHECK_IS(r->descriptors.at[0], "descriptors");
    CHECK_INT(r->sensitive, SENSITIVE_ALL);
    CHECK_INT(r->schedule_8, SCHEDULE_8_ARCHIVING);
    CHECK(r->restricted);
    CHECK_IS(r->recommendations, "recommendations");
    CHECK_INT(r->original_scheme, SCHEME_4X4);
    CHECK_IS(r->original_handling, "original_handling");
    CHECK_IS(r->original_marking, "original_marking");
}

static void check_person(const struct item *i)
{
    const struct item_person *const p = &i->person;

    CHECK_IS(p->surname, "surname");
    CHECK_INT(p->given.count, 2);
    CHECK_IS(p->given.at[0], "given one");
    CHECK_INT(p->aliases.count, 1);
    CHECK_IS(p->aliases.at[0], "aliases");
    CHECK_INT(p->born.year, 1970);
    CHECK_INT(p->born.month, 0);
    CHECK_IS(p->gender, "gender");
    CHECK_INT(p->role_count, 2);
    CHECK_INT(p->roles[0], ROLE_SUSPECT);
    CHECK_INT(p->roles[1], ROLE_UNKNOWN);
    CHECK_IS(p->pnc_id, "pnc_id");
    CHECK(p->pnc_id_valid);
    CHECK_IS(p->pnc_id_canonical, "pnc_id_canonical");
    CHECK_IS(p->ethnicity, "ethnicity");
    CHECK_IS(p->biometric_reference, "biometric_reference");
    CHECK_INT(p->born_basis, BORN_DOCUMENTED);
    CHECK_INT(p->born_assessed.year, 2010);
    CHECK_INT(p->born_assessed.month, 5);
    CHECK_INT(p->born_assessed.day, 0);
}

static void check_outcome(const struct item *i)
{
    const struct item_outcome *const o = &i->outcome;
    const record_id none = {{0}};

    CHECK_TEXT(o->agency.text, "F055");
    CHECK(!record_id_equal(&o->id, &none));
    CHECK_INT(o->what, OUTCOME_UNOPENABLE);
    CHECK_INT(o->at, 1795471200000);
    CHECK_IS(o->person, "person");
    CHECK_IS(o->reference, "reference");
    CHECK_IS(o->reason, "reason");
}

static void check_audit(const struct item *i)
{
    const struct item_audit *const r = &i->audit;
    const record_id none = {{0}};

    CHECK_INT(r->at, 1795471200000);
    CHECK_INT(r->operation, AUDIT_INSTALL);
    CHECK_IS(r->actor, "actor");
    CHECK_IS(r->channel, "channel");
    CHECK(r->has_object);
    CHECK_TEXT(r->object_stream.agency.text, "F055");
    CHECK_INT(r->object_stream.lane, LANE_IMMEDIATE);
    CHECK_INT(r->object_stream.epoch.counter, 1);
    CHECK_INT(r->object_index, 99);
    CHECK(!record_id_equal(&r->object, &none));
    CHECK_IS(r->justification, "justification");
    CHECK_INT(r->recipients.count, 1);
    CHECK_IS(r->recipients.at[0], "recipients");
    CHECK_INT(r->rules.count, 2);
    CHECK_IS(r->rules.at[1], "R4");
    CHECK_IS(r->station, "station");
    CHECK_INT(r->digest.size, 32);
    CHECK_IS(r->outcome, "outcome");
}

static void check_things(const struct item *i)
{
    if (i->kind == ITEM_VEHICLE) {
        CHECK_IS(i->vehicle.vrm_raw, "vrm_raw");
        CHECK_IS(i->vehicle.vrm, "vrm");
        CHECK(i->vehicle.vrm_valid);
        CHECK_IS(i->vehicle.description, "description");
    } else if (i->kind == ITEM_PHONE) {
        CHECK_IS(i->phone.raw, "raw");
        CHECK_IS(i->phone.e164, "e164");
        CHECK(i->phone.valid);
    } else if (i->kind == ITEM_VESSEL) {
        CHECK_IS(i->vessel.name, "name");
        CHECK_IS(i->vessel.hull_id, "hull_id");
        CHECK_IS(i->vessel.mmsi, "mmsi");
        CHECK_IS(i->vessel.description, "description");
        CHECK_IS(i->vessel.hull_id_canonical, "hull_id_canonical");
        CHECK(i->vessel.hull_id_valid && i->vessel.mmsi_valid);
        CHECK_IS(i->vessel.mmsi_canonical, "mmsi_canonical");
    } else if (i->kind == ITEM_ADDRESS) {
        CHECK_IS(i->address.text, "text");
        CHECK_IS(i->address.postcode, "postcode");
        CHECK_IS(i->address.position, "position");
        CHECK_IS(i->address.position_canonical, "position_canonical");
        CHECK(i->address.position_valid && i->address.postcode_valid);
        CHECK_IS(i->address.postcode_canonical, "postcode_canonical");
        CHECK_IS(i->address.country, "country");
    } else {
        CHECK_INT(i->kind, ITEM_DOCUMENT);
        CHECK_IS(i->document.type, "type");
        CHECK_IS(i->document.number, "number");
        CHECK_IS(i->document.country, "country");
        CHECK_IS(i->document.canonical, "canonical");
        CHECK(i->document.valid);
    }
}

static void check_references(const struct item *i)
{
    if (i->kind == ITEM_FLAG) {
        CHECK_IS(i->flag.flag, "flag");
        CHECK_INT(i->flag.list_version, 7);
    } else if (i->kind == ITEM_DATES) {
        CHECK_INT(i->dates.intelligence.month, 10);
        CHECK_INT(i->dates.created.day, 23);
    } else if (i->kind == ITEM_THREAT) {
        CHECK_IS(i->threat.family, "family");
        CHECK_IS(i->threat.sub_type, "sub_type");
        CHECK_INT(i->threat.band, THREAT_BAND_MAX);
    } else if (i->kind == ITEM_REFERENCE) {
        CHECK_INT(i->reference.type, REFERENCE_REQUIREMENT);
        CHECK_IS(i->reference.reference, "reference");
        CHECK_IS(i->reference.force, "force");
    } else {
        CHECK_INT(i->kind, ITEM_IDENTIFIER);
        CHECK_INT(i->identifier.of_item, 255);
        CHECK_IS(i->identifier.type, "type");
        CHECK_IS(i->identifier.country, "country");
        CHECK_IS(i->identifier.raw, "raw");
        CHECK_IS(i->identifier.canonical, "canonical");
        CHECK(i->identifier.valid);
    }
}

static void check_more_things(const struct item *i)
{
    if (i->kind == ITEM_ACCOUNT) {
        CHECK_IS(i->account.type, "type");
        CHECK_IS(i->account.raw, "raw");
        CHECK_IS(i->account.canonical, "canonical");
        CHECK(i->account.valid);
        CHECK_IS(i->account.institution, "institution");
        CHECK_IS(i->account.country, "country");
        CHECK_IS(i->account.description, "description");
    } else if (i->kind == ITEM_EMAIL) {
        CHECK_IS(i->email.raw, "raw");
        CHECK_IS(i->email.canonical, "canonical");
        CHECK(i->email.valid);
    } else if (i->kind == ITEM_SOCIAL) {
        CHECK_IS(i->social.platform, "platform");
        CHECK_IS(i->social.raw, "raw");
        CHECK_IS(i->social.canonical, "canonical");
        CHECK(i->social.valid);
    } else if (i->kind == ITEM_CONTAINER) {
        CHECK_IS(i->container.raw, "raw");
        CHECK_IS(i->container.canonical, "canonical");
        CHECK(i->container.valid);
        CHECK_IS(i->container.description, "description");
    } else if (i->kind == ITEM_ORGANISATION) {
        CHECK_IS(i->organisation.name, "name");
        CHECK_IS(i->organisation.description, "description");
    } else {
        CHECK_INT(i->kind, ITEM_EVENT);
        CHECK_IS(i->event.type, "type");
        CHECK_INT(i->event.date.day, 9);
        CHECK_IS(i->event.description, "description");
    }
}

static void check_history(const struct item *i)
{
    const record_id none = {{0}};

    if (i->kind == ITEM_SUPERSEDES) {
        CHECK(!record_id_equal(&i->supersedes.id, &none));
        CHECK_INT(i->supersedes.version, 2);
        CHECK_IS(i->supersedes.reason, "reason");
        CHECK_IS(i->supersedes.person, "person");
    } else if (i->kind == ITEM_LINEAGE) {
        CHECK_TEXT(i->lineage.agency.text, "F055");
        CHECK_INT(i->lineage.item_count, 256);
        CHECK_BYTES(i->lineage.positions, bytes_of("\0\3\4\xff", 4));
        CHECK_IS(i->lineage.person, "person");
        CHECK_IS(i->lineage.reason, "reason");
    } else if (i->kind == ITEM_PROOF) {
        CHECK_IS(i->proof.text, "flagpost/proof/v1");
    } else if (i->kind == ITEM_RECALL) {
        CHECK_INT(i->recall.cause, RECALL_DERIVED);
        CHECK_IS(i->recall.reason, "reason");
        CHECK_IS(i->recall.person, "person");
        CHECK_INT(i->recall.answer_by, 1795471200000);
    } else {
        CHECK(!record_id_equal(&i->replaced.id, &none));
        CHECK(!record_id_equal(&i->replaced.by, &i->replaced.id));
    }
}

static void check_attachment(const struct item *i)
{
    if (i->kind == ITEM_ATTACHMENT) {
        CHECK_IS(i->attachment.name, "name");
        CHECK_IS(i->attachment.media_type, "media_type");
        CHECK_INT(i->attachment.size, ATTACHMENT_BYTES_MAX);
        CHECK_INT(i->attachment.digest.size, HASH_SIZE);
        CHECK_INT(i->attachment.root.size, HASH_SIZE);
        CHECK(!bytes_equal(i->attachment.digest, i->attachment.root));
        CHECK_INT(i->attachment.part_bytes, PART_BYTES_MAX);
        CHECK_IS(i->attachment.description, "description");
    } else {
        CHECK_INT(i->kind, ITEM_PART);
        CHECK_INT(i->part.attachment, ATTACHMENTS_MAX - 1);
        CHECK_INT(i->part.number, ATTACHMENT_PARTS_MAX - 1);
        CHECK_IS(i->part.bytes, "bytes");
        CHECK_INT(i->part.path.size, PART_PATH_MAX);
    }
}

static void check_texts(const struct item *i)
{
    if (i->kind == ITEM_PROVENANCE) {
        CHECK_IS(i->provenance.text, "text");
    } else if (i->kind == ITEM_TEXT) {
        CHECK_IS(i->text.text, "text");
        CHECK_INT(i->text.basis, BASIS_OPINION);
    } else if (i->kind == ITEM_GRADE) {
        CHECK_INT(i->grade.of_item, 255);
        CHECK_INT(i->grade.source, 3);
        CHECK_INT(i->grade.assessment, 5);
        CHECK_IS(i->grade.reason, "reason");
        CHECK_INT(i->grade.original_scheme, SCHEME_5X5X5);
        CHECK_IS(i->grade.original_grade, "original_grade");
    } else if (i->kind == ITEM_CODE) {
        CHECK_IS(i->code.code, "code");
        CHECK_INT(i->code.list_version, 7);
    } else if (i->kind == ITEM_CASE) {
        CHECK_IS(i->case_reference.reference, "reference");
    } else {
        CHECK_INT(i->kind, ITEM_LINK);
        CHECK_INT(i->link.from_item, 8);
        CHECK_INT(i->link.to_item, 255);
        CHECK_IS(i->link.relation, "relation");
    }
}

static void check_item(const struct item *i)
{
    static void (*const checks[64])(const struct item *i) = {
        [ITEM_FACTS] = check_facts,
        [ITEM_REPORT] = check_report,
        [ITEM_PROVENANCE] = check_texts,
        [ITEM_TEXT] = check_texts,
        [ITEM_GRADE] = check_texts,
        [ITEM_CODE] = check_texts,
        [ITEM_CASE] = check_texts,
        [ITEM_LINK] = check_texts,
        [ITEM_PERSON] = check_person,
        [ITEM_VEHICLE] = check_things,
        [ITEM_PHONE] = check_things,
        [ITEM_VESSEL] = check_things,
        [ITEM_ADDRESS] = check_things,
        [ITEM_DOCUMENT] = check_things,
        [ITEM_OUTCOME] = check_outcome,
        [ITEM_AUDIT] = check_audit,
        [ITEM_FLAG] = check_references,
        [ITEM_DATES] = check_references,
        [ITEM_THREAT] = check_references,
        [ITEM_REFERENCE] = check_references,
        [ITEM_IDENTIFIER] = check_references,
        [ITEM_ACCOUNT] = check_more_things,
        [ITEM_EMAIL] = check_more_things,
        [ITEM_SOCIAL] = check_more_things,
        [ITEM_CONTAINER] = check_more_things,
        [ITEM_ORGANISATION] = check_more_things,
        [ITEM_EVENT] = check_more_things,
        [ITEM_ATTACHMENT] = check_attachment,
        [ITEM_PART] = check_attachment,
        [ITEM_CASE_EVENT] = check_cases,
        [ITEM_CASE_DECISION] = check_cases,
        [ITEM_CASE_CALL] = check_cases,
        [ITEM_CASE_PERIOD] = check_cases,
        [ITEM_DECISION] = check_cases,
        [ITEM_RETENTION] = check_cases,
        [ITEM_RANGES] = check_cases,
        [ITEM_DIFFERENCE] = check_cases,
        [ITEM_REQUEST] = check_cases,
        [ITEM_SUPERSEDES] = check_history,
        [ITEM_LINEAGE] = check_history,
        [ITEM_PROOF] = check_history,
        [ITEM_RECALL] = check_history,
        [ITEM_REPLACED] = check_history,
    };

    CHECK(i->kind < COUNT_OF(checks) && checks[i->kind] != NULL);
    checks[i->kind](i);
}

static void look_at_items(const struct vector *v, struct arena *a, void *data)
{
    uint64_t *const seen = data;
    struct item item;

    if (!v->good || strcmp(v->kind, "item") != 0 || strstr(v->sentence, "every") == NULL)
        return;
    CHECK_OK(item_decode(v->bytes, a, &item));
    check_item(&item);
    *seen |= UINT64_C(1) << item.kind;
}

static void every_member_comes_from_the_field_of_its_name(void)
{
    uint64_t seen = 0;
    uint64_t known = 0;

    vectors_each(look_at_items, &seen);
    for (unsigned kind = 1; kind < 64; kind++)
        known |= (uint64_t)(item_layout((enum item_kind)kind) != NULL) << kind;
    CHECK(seen == known);
}

CASES(CASE(every_member_comes_from_the_field_of_its_name))

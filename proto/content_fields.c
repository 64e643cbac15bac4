#include "content_fields.h"

#include "content.pb-c.h"

enum {
    LONG = TEXT_BYTES_MAX,
    SHORT = SHORT_TEXT_MAX,
    POSITION_MAX = ITEMS_MAX - 1, /* of an item in its record */
    DIGEST_MAX = 64,
};

static const struct field facts_fields[] = {
    FIELD(struct item_facts, 1, FIELD_TEXTS, flags_submitted, 1, SHORT),
    FIELD(struct item_facts, 2, FIELD_TEXTS, flags, 1, SHORT),
    FIELD(struct item_facts, 3, FIELD_TEXT, crime_code, 0, SHORT),
    FIELD(struct item_facts, 4, FIELD_TEXTS, offence_codes, 1, SHORT),
    FIELD(struct item_facts, 5, FIELD_U32, list_version, 0, UINT32_MAX),
    FIELD(struct item_facts, 6, FIELD_TEXT, station, 0, SHORT),
    FIELD(struct item_facts, 7, FIELD_TEXT, case_reference, 0, SHORT),
    FIELD(struct item_facts, 8, FIELD_TEXT, urn, 0, SHORT),
    FIELD(struct item_facts, 9, FIELD_DATE, date_of_intelligence, 0, UINT32_MAX),
    FIELD(struct item_facts, 10, FIELD_DATE, date_created, 0, UINT32_MAX),
};

static const struct field report_fields[] = {
    FIELD(struct item_report, 1, FIELD_TEXT, title, 0, SHORT),
    FIELD(struct item_report, 2, FIELD_TEXT, caveat, 0, LONG),
    FIELD(struct item_report, 3, FIELD_TEXT, contact, 0, SHORT),
    FIELD(struct item_report, 4, FIELD_U32, purpose, 0, PURPOSE_DUTY),
    FIELD(struct item_report, 5, FIELD_TEXT, conditions, 0, LONG),
    FIELD(struct item_report, 6, FIELD_TEXT, condition_reason, 0, LONG),
    FIELD(struct item_report, 7, FIELD_TEXT, a3_usage, 0, LONG),
    FIELD(struct item_report, 8, FIELD_TEXT, risk, 0, LONG),
    FIELD(struct item_report, 9, FIELD_TEXT, pii_decision, 0, LONG),
    FIELD(struct item_report, 10, FIELD_BOOL, no_intercept, 0, 1),
};

static const struct field provenance_fields[] = {
    FIELD(struct item_provenance, 1, FIELD_TEXT, text, 1, LONG),
};

static const struct field text_fields[] = {
    FIELD(struct item_text, 1, FIELD_TEXT, text, 1, LONG),
    FIELD(struct item_text, 2, FIELD_U32, basis, 0, BASIS_OPINION),
};

static const struct field grade_fields[] = {
    FIELD(struct item_grade, 1, FIELD_U32, of_item, 0, POSITION_MAX),
    FIELD(struct item_grade, 2, FIELD_U32, source, 1, 3),
    FIELD(struct item_grade, 3, FIELD_U32, assessment, 1, 5),
    FIELD(struct item_grade, 4, FIELD_TEXT, reason, 0, LONG),
};

static const struct field code_fields[] = {
    FIELD(struct item_code, 1, FIELD_TEXT, code, 1, SHORT),
    FIELD(struct item_code, 2, FIELD_U32, list_version, 0, UINT32_MAX),
};

static const struct field case_fields[] = {
    FIELD(struct item_case, 1, FIELD_TEXT, reference, 1, SHORT),
};

static const struct field person_fields[] = {
    FIELD(struct item_person, 1, FIELD_TEXT, surname, 0, SHORT),
    FIELD(struct item_person, 2, FIELD_TEXTS, given, 1, SHORT),
    FIELD(struct item_person, 3, FIELD_TEXTS, aliases, 1, SHORT),
    FIELD(struct item_person, 4, FIELD_DATE, born, 0, UINT32_MAX),
    FIELD(struct item_person, 5, FIELD_TEXT, gender, 0, SHORT),
    {6, FIELD_ROLES, 0, ROLE_SUSPECT, ROLE_UNKNOWN},
    FIELD(struct item_person, 7, FIELD_TEXT, pnc_id, 0, SHORT),
    FIELD(struct item_person, 8, FIELD_BOOL, pnc_id_valid, 0, 1),
};

static const struct field vehicle_fields[] = {
    FIELD(struct item_vehicle, 1, FIELD_TEXT, vrm_raw, 0, SHORT),
    FIELD(struct item_vehicle, 2, FIELD_TEXT, vrm, 0, SHORT),
    FIELD(struct item_vehicle, 3, FIELD_BOOL, vrm_valid, 0, 1),
    FIELD(struct item_vehicle, 4, FIELD_TEXT, description, 0, LONG),
};

static const struct field phone_fields[] = {
    FIELD(struct item_phone, 1, FIELD_TEXT, raw, 0, SHORT),
    FIELD(struct item_phone, 2, FIELD_TEXT, e164, 0, SHORT),
    FIELD(struct item_phone, 3, FIELD_BOOL, valid, 0, 1),
};

static const struct field vessel_fields[] = {
    FIELD(struct item_vessel, 1, FIELD_TEXT, name, 0, SHORT),
    FIELD(struct item_vessel, 2, FIELD_TEXT, hull_id, 0, SHORT),
    FIELD(struct item_vessel, 3, FIELD_TEXT, mmsi, 0, SHORT),
    FIELD(struct item_vessel, 4, FIELD_TEXT, description, 0, LONG),
};

static const struct field address_fields[] = {
    FIELD(struct item_address, 1, FIELD_TEXT, text, 0, LONG),
    FIELD(struct item_address, 2, FIELD_TEXT, postcode, 0, SHORT),
};

static const struct field document_fields[] = {
    FIELD(struct item_document, 1, FIELD_TEXT, type, 0, SHORT),
    FIELD(struct item_document, 2, FIELD_TEXT, number, 0, SHORT),
    FIELD(struct item_document, 3, FIELD_TEXT, country, 0, SHORT),
};

static const struct field link_fields[] = {
    FIELD(struct item_link, 1, FIELD_U32, from_item, 0, POSITION_MAX),
    FIELD(struct item_link, 2, FIELD_U32, to_item, 0, POSITION_MAX),
    FIELD(struct item_link, 3, FIELD_TEXT, relation, 1, SHORT),
};

static const struct field outcome_fields[] = {
    FIELD(struct item_outcome, 1, FIELD_AGENCY, agency, 1, 0),
    FIELD(struct item_outcome, 2, FIELD_FIXED, id, 1, sizeof(record_id)),
    FIELD(struct item_outcome, 3, FIELD_U32, what, OUTCOME_OPENED, OUTCOME_UNOPENABLE),
    FIELD(struct item_outcome, 4, FIELD_U64, at, 0, UINT64_MAX),
    FIELD(struct item_outcome, 5, FIELD_TEXT, person, 0, SHORT),
    FIELD(struct item_outcome, 6, FIELD_TEXT, reference, 0, SHORT),
    FIELD(struct item_outcome, 7, FIELD_TEXT, reason, 0, LONG),
};

static const struct field audit_fields[] = {
    FIELD(struct item_audit, 1, FIELD_U64, at, 0, UINT64_MAX),
    FIELD(struct item_audit, 2, FIELD_U32, operation, AUDIT_COLLECT, AUDIT_INSTALL),
    FIELD(struct item_audit, 3, FIELD_TEXT, actor, 1, SHORT),
    FIELD(struct item_audit, 4, FIELD_TEXT, channel, 0, SHORT),
    FIELD(struct item_audit, 5, FIELD_AGENCY, object_stream.agency, 0, 0),
    FIELD(struct item_audit, 5, FIELD_HAS, has_object, 0, 0),
    FIELD(struct item_audit, 6, FIELD_U32, object_stream.lane, 0, LANE_LOCAL),
    FIELD(struct item_audit, 7, FIELD_EPOCH, object_stream.epoch, 0, 0),
    FIELD(struct item_audit, 8, FIELD_U64, object_index, 0, UINT64_MAX),
    FIELD(struct item_audit, 9, FIELD_FIXED, object, 0, sizeof(record_id)),
    FIELD(struct item_audit, 10, FIELD_TEXT, justification, 0, LONG),
    FIELD(struct item_audit, 11, FIELD_TEXTS, recipients, 1, SHORT),
    FIELD(struct item_audit, 12, FIELD_TEXTS, rules, 1, SHORT),
    FIELD(struct item_audit, 13, FIELD_TEXT, station, 0, SHORT),
    FIELD(struct item_audit, 14, FIELD_BYTES, digest, 0, DIGEST_MAX),
    FIELD(struct item_audit, 15, FIELD_TEXT, outcome, 0, SHORT),
};

static const struct layout layouts[] = {
    [ITEM_FACTS] = LAYOUT(flagpost__facts__descriptor, facts_fields, struct item_facts),
    [ITEM_REPORT] = LAYOUT(flagpost__report__descriptor, report_fields, struct item_report),
    [ITEM_PROVENANCE] =
        LAYOUT(flagpost__provenance__descriptor, provenance_fields, struct item_provenance),
    [ITEM_TEXT] = LAYOUT(flagpost__text__descriptor, text_fields, struct item_text),
    [ITEM_GRADE] = LAYOUT(flagpost__grade__descriptor, grade_fields, struct item_grade),
    [ITEM_CODE] = LAYOUT(flagpost__code__descriptor, code_fields, struct item_code),
    [ITEM_CASE] =
        LAYOUT(flagpost__case_reference__descriptor, case_fields, struct item_case),
    [ITEM_PERSON] = LAYOUT(flagpost__person__descriptor, person_fields, struct item_person),
    [ITEM_VEHICLE] =
        LAYOUT(flagpost__vehicle__descriptor, vehicle_fields, struct item_vehicle),
    [ITEM_PHONE] = LAYOUT(flagpost__phone__descriptor, phone_fields, struct item_phone),
    [ITEM_VESSEL] = LAYOUT(flagpost__vessel__descriptor, vessel_fields, struct item_vessel),
    [ITEM_ADDRESS] =
        LAYOUT(flagpost__address__descriptor, address_fields, struct item_address),
    [ITEM_DOCUMENT] =
        LAYOUT(flagpost__document__descriptor, document_fields, struct item_document),
    [ITEM_LINK] = LAYOUT(flagpost__link__descriptor, link_fields, struct item_link),
    [ITEM_OUTCOME] =
        LAYOUT(flagpost__outcome__descriptor, outcome_fields, struct item_outcome),
    [ITEM_AUDIT] = LAYOUT(flagpost__audit__descriptor, audit_fields, struct item_audit),
};

const struct layout *item_layout(enum item_kind kind)
{
    const size_t row = (size_t)kind;

    return row >= ITEM_FACTS && row < COUNT_OF(layouts) ? &layouts[row] : NULL;
}

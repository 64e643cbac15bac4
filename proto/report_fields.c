#include "content_fields.h"

#include "report.pb-c.h"

enum {
    LONG = TEXT_BYTES_MAX,
    SHORT = SHORT_TEXT_MAX,
    POSITION_MAX = ITEMS_MAX - 1, /* of an item in its record */
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
    FIELD(struct item_report, 11, FIELD_TEXTS, information_types, 1, SHORT),
    FIELD(struct item_report, 12, FIELD_TEXTS, handling_instructions, 1, SHORT),
    FIELD(struct item_report, 13, FIELD_TEXTS, descriptors, 1, SHORT),
    FIELD(struct item_report, 14, FIELD_U32, sensitive, 0, SENSITIVE_ALL),
    FIELD(struct item_report, 15, FIELD_U32, schedule_8, 0, SCHEDULE_8_ARCHIVING),
    FIELD(struct item_report, 16, FIELD_BOOL, restricted, 0, 1),
    FIELD(struct item_report, 17, FIELD_TEXT, recommendations, 0, LONG),
    FIELD(struct item_report, 18, FIELD_U32, original_scheme, 0, SCHEME_3X5X2),
    FIELD(struct item_report, 19, FIELD_TEXT, original_handling, 0, SHORT),
    FIELD(struct item_report, 20, FIELD_TEXT, original_marking, 0, SHORT),
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
    FIELD(struct item_grade, 5, FIELD_U32, original_scheme, 0, SCHEME_3X5X2),
    FIELD(struct item_grade, 6, FIELD_TEXT, original_grade, 0, SHORT),
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
    FIELD(struct item_person, 9, FIELD_TEXT, pnc_id_canonical, 0, SHORT),
    FIELD(struct item_person, 10, FIELD_TEXT, ethnicity, 0, SHORT),
    FIELD(struct item_person, 11, FIELD_TEXT, biometric_reference, 0, SHORT),
    FIELD(struct item_person, 12, FIELD_U32, born_basis, 0, BORN_DOCUMENTED),
    FIELD(struct item_person, 13, FIELD_DATE, born_assessed, 0, UINT32_MAX),
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
    FIELD(struct item_vessel, 5, FIELD_TEXT, hull_id_canonical, 0, SHORT),
    FIELD(struct item_vessel, 6, FIELD_BOOL, hull_id_valid, 0, 1),
    FIELD(struct item_vessel, 7, FIELD_TEXT, mmsi_canonical, 0, SHORT),
    FIELD(struct item_vessel, 8, FIELD_BOOL, mmsi_valid, 0, 1),
};

static const struct field address_fields[] = {
    FIELD(struct item_address, 1, FIELD_TEXT, text, 0, LONG),
    FIELD(struct item_address, 2, FIELD_TEXT, postcode, 0, SHORT),
    FIELD(struct item_address, 3, FIELD_TEXT, position, 0, SHORT),
    FIELD(struct item_address, 4, FIELD_TEXT, position_canonical, 0, SHORT),
    FIELD(struct item_address, 5, FIELD_BOOL, position_valid, 0, 1),
    FIELD(struct item_address, 6, FIELD_TEXT, postcode_canonical, 0, SHORT),
    FIELD(struct item_address, 7, FIELD_BOOL, postcode_valid, 0, 1),
    FIELD(struct item_address, 8, FIELD_TEXT, country, 0, SHORT),
};

static const struct field document_fields[] = {
    FIELD(struct item_document, 1, FIELD_TEXT, type, 0, SHORT),
    FIELD(struct item_document, 2, FIELD_TEXT, number, 0, SHORT),
    FIELD(struct item_document, 3, FIELD_TEXT, country, 0, SHORT),
    FIELD(struct item_document, 4, FIELD_TEXT, canonical, 0, SHORT),
    FIELD(struct item_document, 5, FIELD_BOOL, valid, 0, 1),
};

static const struct field link_fields[] = {
    FIELD(struct item_link, 1, FIELD_U32, from_item, 0, POSITION_MAX),
    FIELD(struct item_link, 2, FIELD_U32, to_item, 0, POSITION_MAX),
    FIELD(struct item_link, 3, FIELD_TEXT, relation, 1, SHORT),
};

static const struct field flag_fields[] = {
    FIELD(struct item_flag, 1, FIELD_TEXT, flag, 1, SHORT),
    FIELD(struct item_flag, 2, FIELD_U32, list_version, 0, UINT32_MAX),
};

static const struct field dates_fields[] = {
    FIELD(struct item_dates, 1, FIELD_DATE, intelligence, 0, UINT32_MAX),
    FIELD(struct item_dates, 2, FIELD_DATE, created, 0, UINT32_MAX),
};

static const struct field threat_fields[] = {
    FIELD(struct item_threat, 1, FIELD_TEXT, family, 1, SHORT),
    FIELD(struct item_threat, 2, FIELD_TEXT, sub_type, 0, SHORT),
    FIELD(struct item_threat, 3, FIELD_U32, band, 0, THREAT_BAND_MAX),
};

static const struct field reference_fields[] = {
    FIELD(struct item_reference, 1, FIELD_U32, type, REFERENCE_OCG, REFERENCE_REQUIREMENT),
    FIELD(struct item_reference, 2, FIELD_TEXT, reference, 1, SHORT),
    FIELD(struct item_reference, 3, FIELD_TEXT, force, 0, SHORT),
};

static const struct field identifier_fields[] = {
    FIELD(struct item_identifier, 1, FIELD_U32, of_item, 0, POSITION_MAX),
    FIELD(struct item_identifier, 2, FIELD_TEXT, type, 1, SHORT),
    FIELD(struct item_identifier, 3, FIELD_TEXT, country, 0, SHORT),
    FIELD(struct item_identifier, 4, FIELD_TEXT, raw, 1, SHORT),
    FIELD(struct item_identifier, 5, FIELD_TEXT, canonical, 0, SHORT),
    FIELD(struct item_identifier, 6, FIELD_BOOL, valid, 0, 1),
};

static const struct field account_fields[] = {
    FIELD(struct item_account, 1, FIELD_TEXT, type, 0, SHORT),
    FIELD(struct item_account, 2, FIELD_TEXT, raw, 0, SHORT),
    FIELD(struct item_account, 3, FIELD_TEXT, canonical, 0, SHORT),
    FIELD(struct item_account, 4, FIELD_BOOL, valid, 0, 1),
    FIELD(struct item_account, 5, FIELD_TEXT, institution, 0, SHORT),
    FIELD(struct item_account, 6, FIELD_TEXT, country, 0, SHORT),
    FIELD(struct item_account, 7, FIELD_TEXT, description, 0, LONG),
};

static const struct field email_fields[] = {
    FIELD(struct item_email, 1, FIELD_TEXT, raw, 0, SHORT),
    FIELD(struct item_email, 2, FIELD_TEXT, canonical, 0, SHORT),
    FIELD(struct item_email, 3, FIELD_BOOL, valid, 0, 1),
};

static const struct field social_fields[] = {
    FIELD(struct item_social, 1, FIELD_TEXT, platform, 0, SHORT),
    FIELD(struct item_social, 2, FIELD_TEXT, raw, 0, SHORT),
    FIELD(struct item_social, 3, FIELD_TEXT, canonical, 0, SHORT),
    FIELD(struct item_social, 4, FIELD_BOOL, valid, 0, 1),
};

static const struct field container_fields[] = {
    FIELD(struct item_container, 1, FIELD_TEXT, raw, 0, SHORT),
    FIELD(struct item_container, 2, FIELD_TEXT, canonical, 0, SHORT),
    FIELD(struct item_container, 3, FIELD_BOOL, valid, 0, 1),
    FIELD(struct item_container, 4, FIELD_TEXT, description, 0, LONG),
};

static const struct field organisation_fields[] = {
    FIELD(struct item_organisation, 1, FIELD_TEXT, name, 0, SHORT),
    FIELD(struct item_organisation, 2, FIELD_TEXT, description, 0, LONG),
};

static const struct field event_fields[] = {
    FIELD(struct item_event, 1, FIELD_TEXT, type, 0, SHORT),
    FIELD(struct item_event, 2, FIELD_DATE, date, 0, UINT32_MAX),
    FIELD(struct item_event, 3, FIELD_TEXT, description, 0, LONG),
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
    [ITEM_FLAG] = LAYOUT(flagpost__flag__descriptor, flag_fields, struct item_flag),
    [ITEM_DATES] = LAYOUT(flagpost__dates__descriptor, dates_fields, struct item_dates),
    [ITEM_THREAT] = LAYOUT(flagpost__threat__descriptor, threat_fields, struct item_threat),
    [ITEM_REFERENCE] =
        LAYOUT(flagpost__reference__descriptor, reference_fields, struct item_reference),
    [ITEM_IDENTIFIER] =
        LAYOUT(flagpost__identifier__descriptor, identifier_fields, struct item_identifier),
    [ITEM_ACCOUNT] =
        LAYOUT(flagpost__account__descriptor, account_fields, struct item_account),
    [ITEM_EMAIL] = LAYOUT(flagpost__email__descriptor, email_fields, struct item_email),
    [ITEM_SOCIAL] = LAYOUT(flagpost__social__descriptor, social_fields, struct item_social),
    [ITEM_CONTAINER] =
        LAYOUT(flagpost__container__descriptor, container_fields, struct item_container),
    [ITEM_ORGANISATION] = LAYOUT(flagpost__organisation__descriptor, organisation_fields,
                                 struct item_organisation),
    [ITEM_EVENT] = LAYOUT(flagpost__event__descriptor, event_fields, struct item_event),
};

const struct layout *report_layout(enum item_kind kind)
{
    const size_t row = (size_t)kind;

    return row < COUNT_OF(layouts) && layouts[row].type != NULL ? &layouts[row] : NULL;
}

#include "json_fields.h"

/* AS_WORD moves an enum as an uint32_t. */
_Static_assert(sizeof(enum marking) == sizeof(uint32_t), "enums are 32 bits wide");
_Static_assert(sizeof(enum subject_role) == sizeof(uint32_t), "enums are 32 bits wide");

static const char *const markings[] = {"OFFICIAL", "OFFICIAL-SENSITIVE", "SECRET",
                                       "TOP SECRET"};
static const char *const handlings[] = {"P", "C"};
static const char *const actions[] = {"A1", "A2", "A3"};
static const char *const sanitisations[] = {"S1", "S2"};
static const char *const priorities[] = {"high", "medium", "low"};
static const char *const purposes[] = {"protect-life", "preserve-order", "prevent",
                                       "justice", "duty"};
static const char *const bases[] = {"fact", "opinion"};
static const char *const roles[] = {"suspect", "convicted", "victim",
                                    "witness", "other",     "unknown"};
static const char *const schemes[] = {"5x5x5", "4x4", "3x5x2"};
static const char *const sensitive[] = {"ethnicity", "politics",  "belief", "union",
                                        "genetic",   "biometric", "health", "sex-life"};
static const char *const schedule_8[] = {
    "statutory-purposes", "justice",       "vital-interests",
    "safeguarding",       "public-domain", "legal-claims",
    "judicial-acts",      "fraud",         "archiving"};
static const char *const born_bases[] = {"declared", "documented"};
static const char *const reference_types[] = {"ocg", "urn", "crime", "requirement"};

#define TEXT(key, type, at)                                                                \
    {                                                                                      \
        .name = (key), .shape = AS_TEXT, .offset = offsetof(type, at)                      \
    }
#define FIELD(key, as, type, at)                                                           \
    {                                                                                      \
        .name = (key), .shape = (as), .offset = offsetof(type, at)                         \
    }
#define NUMBER(key, type, at, most)                                                        \
    {                                                                                      \
        .name = (key), .shape = AS_NUMBER, .offset = offsetof(type, at), .max = (most)     \
    }
#define WORD(key, type, at, list)                                                          \
    {                                                                                      \
        .name = (key), .shape = AS_WORD, .offset = offsetof(type, at), .words = (list),    \
        .max = COUNT_OF(list)                                                              \
    }
#define ARRAY(key, at, counted, layout)                                                    \
    {                                                                                      \
        .name = (key), .shape = AS_ARRAY, .offset = offsetof(struct record, at),           \
        .count_offset = offsetof(struct record, counted),                                  \
        .stride = sizeof(((struct record *)NULL)->at[0]),                                  \
        .max = COUNT_OF(((struct record *)NULL)->at), .of = &(layout)                      \
    }
/* An element may also be its first field alone. */
#define BARE(key, at, counted, layout)                                                     \
    {                                                                                      \
        .name = (key), .shape = AS_ARRAY, .offset = offsetof(struct record, at),           \
        .count_offset = offsetof(struct record, counted),                                  \
        .stride = sizeof(((struct record *)NULL)->at[0]),                                  \
        .max = COUNT_OF(((struct record *)NULL)->at), .of = &(layout), .bare = true        \
    }
#define LAYOUT(fields)                                                                     \
    {                                                                                      \
        (fields), COUNT_OF(fields)                                                         \
    }

static const struct json_field provenance_fields[] = {
    TEXT("text", struct graded_text, text),
    FIELD("grade", AS_GRADE, struct graded_text, grade),
    TEXT("grade_reason", struct graded_text, grade.reason),
    WORD("original_scheme", struct graded_text, grade.original_scheme, schemes),
    TEXT("original_grade", struct graded_text, grade.original_grade),
};

static const struct json_field text_fields[] = {
    TEXT("text", struct graded_text, text),
    WORD("basis", struct graded_text, basis, bases),
    FIELD("grade", AS_GRADE, struct graded_text, grade),
    TEXT("grade_reason", struct graded_text, grade.reason),
    WORD("original_scheme", struct graded_text, grade.original_scheme, schemes),
    TEXT("original_grade", struct graded_text, grade.original_grade),
};

static const struct json_field person_fields[] = {
    TEXT("surname", struct item_person, surname),
    FIELD("given", AS_LIST, struct item_person, given),
    FIELD("aliases", AS_LIST, struct item_person, aliases),
    FIELD("born", AS_DATE, struct item_person, born),
    WORD("born_basis", struct item_person, born_basis, born_bases),
    FIELD("born_assessed", AS_DATE, struct item_person, born_assessed),
    TEXT("gender", struct item_person, gender),
    TEXT("ethnicity", struct item_person, ethnicity),
    TEXT("biometric_reference", struct item_person, biometric_reference),
    {.name = "roles", .shape = AS_ROLES, .words = roles, .max = COUNT_OF(roles)},
    TEXT("pnc_id", struct item_person, pnc_id),
    TEXT("pnc_id_canonical", struct item_person, pnc_id_canonical),
    FIELD("pnc_id_valid", AS_BOOL, struct item_person, pnc_id_valid),
};

static const struct json_field vehicle_fields[] = {
    TEXT("vrm", struct item_vehicle, vrm_raw),
    TEXT("vrm_canonical", struct item_vehicle, vrm),
    FIELD("vrm_valid", AS_BOOL, struct item_vehicle, vrm_valid),
    TEXT("description", struct item_vehicle, description),
};

static const struct json_field phone_fields[] = {
    TEXT("number", struct item_phone, raw),
    TEXT("e164", struct item_phone, e164),
    FIELD("valid", AS_BOOL, struct item_phone, valid),
};

static const struct json_field vessel_fields[] = {
    TEXT("name", struct item_vessel, name),
    TEXT("hull_id", struct item_vessel, hull_id),
    TEXT("hull_id_canonical", struct item_vessel, hull_id_canonical),
    FIELD("hull_id_valid", AS_BOOL, struct item_vessel, hull_id_valid),
    TEXT("mmsi", struct item_vessel, mmsi),
    TEXT("mmsi_canonical", struct item_vessel, mmsi_canonical),
    FIELD("mmsi_valid", AS_BOOL, struct item_vessel, mmsi_valid),
    TEXT("description", struct item_vessel, description),
};

static const struct json_field address_fields[] = {
    TEXT("text", struct item_address, text),
    TEXT("country", struct item_address, country),
    TEXT("postcode", struct item_address, postcode),
    TEXT("postcode_canonical", struct item_address, postcode_canonical),
    FIELD("postcode_valid", AS_BOOL, struct item_address, postcode_valid),
    TEXT("position", struct item_address, position),
    TEXT("position_canonical", struct item_address, position_canonical),
    FIELD("position_valid", AS_BOOL, struct item_address, position_valid),
};

static const struct json_field document_fields[] = {
    TEXT("type", struct item_document, type),
    TEXT("number", struct item_document, number),
    TEXT("country", struct item_document, country),
    TEXT("canonical", struct item_document, canonical),
    FIELD("valid", AS_BOOL, struct item_document, valid),
};

static const struct json_field account_fields[] = {
    TEXT("type", struct item_account, type),
    TEXT("number", struct item_account, raw),
    TEXT("canonical", struct item_account, canonical),
    FIELD("valid", AS_BOOL, struct item_account, valid),
    TEXT("institution", struct item_account, institution),
    TEXT("country", struct item_account, country),
    TEXT("description", struct item_account, description),
};

static const struct json_field email_fields[] = {
    TEXT("address", struct item_email, raw),
    TEXT("canonical", struct item_email, canonical),
    FIELD("valid", AS_BOOL, struct item_email, valid),
};

static const struct json_field social_fields[] = {
    TEXT("platform", struct item_social, platform),
    TEXT("tag", struct item_social, raw),
    TEXT("canonical", struct item_social, canonical),
    FIELD("valid", AS_BOOL, struct item_social, valid),
};

static const struct json_field container_fields[] = {
    TEXT("number", struct item_container, raw),
    TEXT("canonical", struct item_container, canonical),
    FIELD("valid", AS_BOOL, struct item_container, valid),
    TEXT("description", struct item_container, description),
};

static const struct json_field organisation_fields[] = {
    TEXT("name", struct item_organisation, name),
    TEXT("description", struct item_organisation, description),
};

static const struct json_field event_fields[] = {
    TEXT("type", struct item_event, type),
    FIELD("date", AS_DATE, struct item_event, date),
    TEXT("description", struct item_event, description),
};

static const struct json_field threat_fields[] = {
    TEXT("family", struct item_threat, family),
    TEXT("sub_type", struct item_threat, sub_type),
    NUMBER("band", struct item_threat, band, UINT32_MAX),
};

static const struct json_field reference_fields[] = {
    WORD("type", struct item_reference, type, reference_types),
    TEXT("reference", struct item_reference, reference),
    TEXT("force", struct item_reference, force),
};

static const struct json_field identifier_fields[] = {
    FIELD("of", AS_REF, struct record_identifier, of),
    TEXT("type", struct record_identifier, type),
    TEXT("country", struct record_identifier, country),
    TEXT("raw", struct record_identifier, raw),
    TEXT("canonical", struct record_identifier, canonical),
    FIELD("valid", AS_BOOL, struct record_identifier, valid),
};

static const struct json_field link_fields[] = {
    FIELD("from", AS_REF, struct record_link, from),
    FIELD("to", AS_REF, struct record_link, to),
    TEXT("relation", struct record_link, relation),
};

static const struct json_field attachment_fields[] = {
    TEXT("name", struct item_attachment, name),
    TEXT("media_type", struct item_attachment, media_type),
    NUMBER("size", struct item_attachment, size, UINT32_MAX),
    FIELD("digest", AS_HASH, struct item_attachment, digest),
    FIELD("root", AS_HASH, struct item_attachment, root),
    NUMBER("part_bytes", struct item_attachment, part_bytes, UINT32_MAX),
    TEXT("description", struct item_attachment, description),
};

static const struct json_layout provenance = LAYOUT(provenance_fields);
static const struct json_layout text = LAYOUT(text_fields);
static const struct json_layout person = LAYOUT(person_fields);
static const struct json_layout vehicle = LAYOUT(vehicle_fields);
static const struct json_layout phone = LAYOUT(phone_fields);
static const struct json_layout vessel = LAYOUT(vessel_fields);
static const struct json_layout address = LAYOUT(address_fields);
static const struct json_layout document = LAYOUT(document_fields);
static const struct json_layout account = LAYOUT(account_fields);
static const struct json_layout email = LAYOUT(email_fields);
static const struct json_layout social = LAYOUT(social_fields);
static const struct json_layout container = LAYOUT(container_fields);
static const struct json_layout organisation = LAYOUT(organisation_fields);
static const struct json_layout event = LAYOUT(event_fields);
static const struct json_layout attachment = LAYOUT(attachment_fields);
static const struct json_layout threat = LAYOUT(threat_fields);
static const struct json_layout reference = LAYOUT(reference_fields);
static const struct json_layout identifier = LAYOUT(identifier_fields);
static const struct json_layout link = LAYOUT(link_fields);

static const struct json_field record_fields[] = {
    TEXT("urn", struct record, facts.urn),
    TEXT("title", struct record, report.title),
    WORD("marking", struct record, label.marking, markings),
    FIELD("handling_instructions", AS_LIST, struct record, report.handling_instructions),
    FIELD("descriptors", AS_LIST, struct record, report.descriptors),
    TEXT("original_marking", struct record, report.original_marking),
    WORD("handling", struct record, label.handling, handlings),
    WORD("action", struct record, label.action, actions),
    WORD("sanitisation", struct record, label.sanitisation, sanitisations),
    TEXT("conditions", struct record, report.conditions),
    TEXT("condition_reason", struct record, report.condition_reason),
    TEXT("a3_usage", struct record, report.a3_usage),
    WORD("original_scheme", struct record, report.original_scheme, schemes),
    TEXT("original_handling", struct record, report.original_handling),
    TEXT("recommendations", struct record, report.recommendations),
    FIELD("restricted", AS_BOOL, struct record, report.restricted),
    WORD("priority", struct record, label.priority, priorities),
    NUMBER("retention_class", struct record, label.retention_class, UINT32_MAX),
    FIELD("expires_at", AS_TIME, struct record, label.expires_at),
    FIELD("flags", AS_LIST, struct record, facts.flags_submitted),
    FIELD("flags_normalised", AS_LIST, struct record, facts.flags),
    FIELD("information_types", AS_LIST, struct record, report.information_types),
    TEXT("crime_code", struct record, facts.crime_code),
    FIELD("offence_codes", AS_LIST, struct record, facts.offence_codes),
    NUMBER("list_version", struct record, facts.list_version, UINT32_MAX),
    TEXT("station", struct record, facts.station),
    TEXT("case_reference", struct record, facts.case_reference),
    FIELD("date_of_intelligence", AS_DATE, struct record, facts.date_of_intelligence),
    FIELD("date_created", AS_DATE, struct record, facts.date_created),
    TEXT("contact", struct record, report.contact),
    TEXT("caveat", struct record, report.caveat),
    WORD("purpose", struct record, report.purpose, purposes),
    {.name = "sensitive",
     .shape = AS_SET,
     .offset = offsetof(struct record, report.sensitive),
     .words = sensitive,
     .max = COUNT_OF(sensitive)},
    WORD("schedule_8", struct record, report.schedule_8, schedule_8),
    TEXT("risk", struct record, report.risk),
    TEXT("pii_decision", struct record, report.pii_decision),
    FIELD("no_intercept", AS_BOOL, struct record, report.no_intercept),
    {.name = "provenance",
     .shape = AS_OBJECT,
     .offset = offsetof(struct record, provenance),
     .of = &provenance},
    ARRAY("texts", texts, text_count, text),
    ARRAY("persons", persons, person_count, person),
    ARRAY("vehicles", vehicles, vehicle_count, vehicle),
    BARE("phones", phones, phone_count, phone),
    ARRAY("vessels", vessels, vessel_count, vessel),
    ARRAY("addresses", addresses, address_count, address),
    ARRAY("documents", documents, document_count, document),
    ARRAY("accounts", accounts, account_count, account),
    BARE("emails", emails, email_count, email),
    ARRAY("social_tags", socials, social_count, social),
    ARRAY("containers", containers, container_count, container),
    ARRAY("organisations", organisations, organisation_count, organisation),
    ARRAY("events", events, event_count, event),
    BARE("attachments", attachments, attachment_count, attachment),
    ARRAY("threats", threats, threat_count, threat),
    ARRAY("references", references, reference_count, reference),
    ARRAY("identifiers", identifiers, identifier_count, identifier),
    ARRAY("links", links, link_count, link),
};

const struct json_layout json_record = LAYOUT(record_fields);

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
#define LAYOUT(fields)                                                                     \
    {                                                                                      \
        (fields), COUNT_OF(fields)                                                         \
    }

static const struct json_field provenance_fields[] = {
    TEXT("text", struct graded_text, text),
    FIELD("grade", AS_GRADE, struct graded_text, grade),
    TEXT("grade_reason", struct graded_text, grade.reason),
};

static const struct json_field text_fields[] = {
    TEXT("text", struct graded_text, text),
    WORD("basis", struct graded_text, basis, bases),
    FIELD("grade", AS_GRADE, struct graded_text, grade),
    TEXT("grade_reason", struct graded_text, grade.reason),
};

static const struct json_field person_fields[] = {
    TEXT("surname", struct item_person, surname),
    FIELD("given", AS_LIST, struct item_person, given),
    FIELD("aliases", AS_LIST, struct item_person, aliases),
    FIELD("born", AS_DATE, struct item_person, born),
    TEXT("gender", struct item_person, gender),
    {.name = "roles", .shape = AS_ROLES, .words = roles, .max = COUNT_OF(roles)},
    TEXT("pnc_id", struct item_person, pnc_id),
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
    TEXT("mmsi", struct item_vessel, mmsi),
    TEXT("description", struct item_vessel, description),
};

static const struct json_field address_fields[] = {
    TEXT("text", struct item_address, text),
    TEXT("postcode", struct item_address, postcode),
};

static const struct json_field document_fields[] = {
    TEXT("type", struct item_document, type),
    TEXT("number", struct item_document, number),
    TEXT("country", struct item_document, country),
};

static const struct json_layout provenance = LAYOUT(provenance_fields);
static const struct json_layout text = LAYOUT(text_fields);
static const struct json_layout person = LAYOUT(person_fields);
static const struct json_layout vehicle = LAYOUT(vehicle_fields);
static const struct json_layout phone = LAYOUT(phone_fields);
static const struct json_layout vessel = LAYOUT(vessel_fields);
static const struct json_layout address = LAYOUT(address_fields);
static const struct json_layout document = LAYOUT(document_fields);

static const struct json_field record_fields[] = {
    TEXT("urn", struct record, facts.urn),
    TEXT("title", struct record, report.title),
    WORD("marking", struct record, label.marking, markings),
    WORD("handling", struct record, label.handling, handlings),
    WORD("action", struct record, label.action, actions),
    WORD("sanitisation", struct record, label.sanitisation, sanitisations),
    TEXT("conditions", struct record, report.conditions),
    TEXT("condition_reason", struct record, report.condition_reason),
    TEXT("a3_usage", struct record, report.a3_usage),
    WORD("priority", struct record, label.priority, priorities),
    NUMBER("retention_class", struct record, label.retention_class, UINT32_MAX),
    FIELD("expires_at", AS_TIME, struct record, label.expires_at),
    FIELD("flags", AS_LIST, struct record, facts.flags_submitted),
    FIELD("flags_normalised", AS_LIST, struct record, facts.flags),
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
    {.name = "phones",
     .shape = AS_ARRAY,
     .offset = offsetof(struct record, phones),
     .count_offset = offsetof(struct record, phone_count),
     .stride = sizeof(struct item_phone),
     .max = RECORD_THINGS_MAX,
     .of = &phone,
     .bare = true},
    ARRAY("vessels", vessels, vessel_count, vessel),
    ARRAY("addresses", addresses, address_count, address),
    ARRAY("documents", documents, document_count, document),
};

const struct json_layout json_record = LAYOUT(record_fields);

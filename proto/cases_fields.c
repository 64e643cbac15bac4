#include "content_fields.h"

#include "cases.pb-c.h"

static const struct field event_fields[] = {
    FIELD(struct item_case_event, 1, FIELD_TEXT, reference, 1, CASE_REFERENCE_MAX),
    FIELD(struct item_case_event, 2, FIELD_U32, what, CASE_REPORTED, CASE_CORRECTED),
    FIELD(struct item_case_event, 3, FIELD_U64, at, 1, INT64_MAX),
    FIELD(struct item_case_event, 4, FIELD_TEXT, station, 0, CASE_STATION_MAX),
    FIELD(struct item_case_event, 5, FIELD_TEXT, role, 0, CASE_ROLE_MAX),
    FIELD(struct item_case_event, 6, FIELD_FIXED, document, 0, sizeof(record_id)),
    FIELD(struct item_case_event, 6, FIELD_HAS, has_document, 0, 0),
    FIELD(struct item_case_event, 7, FIELD_U64, reported_at, 0, INT64_MAX),
};

static const struct field decision_fields[] = {
    FIELD(struct item_case_decision, 1, FIELD_TEXT, person, 1, CASE_PERSON_MAX),
    FIELD(struct item_case_decision, 2, FIELD_TEXT, reason, 1, CASE_REASON_MAX),
};

static const struct field call_fields[] = {
    FIELD(struct item_case_call, 1, FIELD_TEXT, reference, 1, CASE_REFERENCE_MAX),
    FIELD(struct item_case_call, 2, FIELD_U64, at, 1, INT64_MAX),
    FIELD(struct item_case_call, 3, FIELD_TEXT, station, 1, CASE_STATION_MAX),
};

static const struct field period_fields[] = {
    FIELD(struct item_case_period, 1, FIELD_U64, from, 1, INT64_MAX),
    FIELD(struct item_case_period, 2, FIELD_U64, until, 1, INT64_MAX),
};

static const struct layout layouts[] = {
    LAYOUT(flagpost__case_event__descriptor, event_fields, struct item_case_event),
    LAYOUT(flagpost__case_decision__descriptor, decision_fields, struct item_case_decision),
    LAYOUT(flagpost__case_call__descriptor, call_fields, struct item_case_call),
    LAYOUT(flagpost__case_period__descriptor, period_fields, struct item_case_period),
};

const struct layout *cases_layout(enum item_kind kind)
{
    return kind >= ITEM_CASE_EVENT && kind <= ITEM_CASE_PERIOD
               ? &layouts[kind - ITEM_CASE_EVENT]
               : NULL;
}

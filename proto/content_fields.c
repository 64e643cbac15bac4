#include "content_fields.h"

#include "content.pb-c.h"

enum {
    LONG = TEXT_BYTES_MAX,
    SHORT = SHORT_TEXT_MAX,
    DIGEST_MAX = 64,
};

static const struct field outcome_fields[] = {
    FIELD(struct item_outcome, 1, FIELD_AGENCY, agency, 1, 0),
    FIELD(struct item_outcome, 2, FIELD_FIXED, id, 1, sizeof(record_id)),
    FIELD(struct item_outcome, 3, FIELD_U32, what, OUTCOME_OPENED, OUTCOME_UNLINKED),
    FIELD(struct item_outcome, 4, FIELD_U64, at, 0, UINT64_MAX),
    FIELD(struct item_outcome, 5, FIELD_TEXT, person, 0, SHORT),
    FIELD(struct item_outcome, 6, FIELD_TEXT, reference, 0, SHORT),
    FIELD(struct item_outcome, 7, FIELD_TEXT, reason, 0, LONG),
};

static const struct field audit_fields[] = {
    FIELD(struct item_audit, 1, FIELD_U64, at, 0, UINT64_MAX),
    FIELD(struct item_audit, 2, FIELD_U32, operation, AUDIT_COLLECT, AUDIT_DENY),
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
    [ITEM_OUTCOME] =
        LAYOUT(flagpost__outcome__descriptor, outcome_fields, struct item_outcome),
    [ITEM_AUDIT] = LAYOUT(flagpost__audit__descriptor, audit_fields, struct item_audit),
};

const struct layout *item_layout(enum item_kind kind)
{
    static const struct layout *(*const parts[])(enum item_kind) = {
        report_layout,   lifecycle_layout, attachment_layout,     cases_layout,
        decision_layout, retention_layout, reconciliation_layout, requests_layout};
    const size_t row = (size_t)kind;

    if (row < COUNT_OF(layouts) && layouts[row].type != NULL)
        return &layouts[row];
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        const struct layout *const l = parts[i](kind);
        if (l != NULL)
            return l;
    }
    return NULL;
}

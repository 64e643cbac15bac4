#include "content_fields.h"

#include "decision.pb-c.h"

static const struct field decision_fields[] = {
    FIELD(struct item_decision, 1, FIELD_FIXED, id, 1, sizeof(record_id)),
    FIELD(struct item_decision, 2, FIELD_AGENCY, to, 1, 0),
    FIELD(struct item_decision, 3, FIELD_U64, at, 1, INT64_MAX),
    FIELD(struct item_decision, 4, FIELD_TEXT, person, 1, DECISION_TEXT_MAX),
    FIELD(struct item_decision, 5, FIELD_TEXT, reason, 1, DECISION_TEXT_MAX),
    FIELD(struct item_decision, 6, FIELD_TEXT, override_person, 0, DECISION_TEXT_MAX),
    FIELD(struct item_decision, 7, FIELD_TEXT, override_reason, 0, DECISION_TEXT_MAX),
    FIELD(struct item_decision, 8, FIELD_U32, basis, 0, TRANSFER_SPECIAL),
    FIELD(struct item_decision, 9, FIELD_TEXT, description, 0, DECISION_TEXT_MAX),
};

static const struct layout decision_layout_row =
    LAYOUT(flagpost__decision__descriptor, decision_fields, struct item_decision);

const struct layout *decision_layout(enum item_kind kind)
{
    return kind == ITEM_DECISION ? &decision_layout_row : NULL;
}

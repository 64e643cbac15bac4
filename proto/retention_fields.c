#include "content_fields.h"

#include "retention.pb-c.h"

static const struct field retention_fields[] = {
    FIELD(struct item_retention, 1, FIELD_FIXED, set, 1, sizeof(record_id)),
    FIELD(struct item_retention, 2, FIELD_U32, what, RETENTION_OPENED, RETENTION_ERASED),
    FIELD(struct item_retention, 3, FIELD_U64, at, 1, INT64_MAX),
    FIELD(struct item_retention, 4, FIELD_TEXT, person, 1, RETENTION_TEXT_MAX),
    FIELD(struct item_retention, 5, FIELD_TEXT, reason, 0, RETENTION_TEXT_MAX),
    FIELD(struct item_retention, 6, FIELD_FIXED, record, 0, sizeof(record_id)),
    FIELD(struct item_retention, 6, FIELD_HAS, has_record, 0, 0),
    FIELD(struct item_retention, 7, FIELD_U64, notice, 0, INT64_MAX),
    FIELD(struct item_retention, 8, FIELD_U32, group, 0, RETENTION_GROUPS),
    FIELD(struct item_retention, 9, FIELD_TEXT, reference, 0, RETENTION_REFERENCE_MAX),
    FIELD(struct item_retention, 10, FIELD_TEXT, answers, 0, RETENTION_QUESTIONS),
};

static const struct layout retention_layout_row =
    LAYOUT(flagpost__retention__descriptor, retention_fields, struct item_retention);

const struct layout *retention_layout(enum item_kind kind)
{
    return kind == ITEM_RETENTION ? &retention_layout_row : NULL;
}

#include "content_fields.h"

#include "reconciliation.pb-c.h"

#define COVER_FIELDS(number, cover)                                                        \
    FIELD(struct item_ranges, number, FIELD_EPOCH, covers[cover].epoch, 0, 0),             \
        FIELD(struct item_ranges, (number) + 1, FIELD_U64, covers[cover].size, 0,          \
              UINT64_MAX)

static const struct field ranges_fields[] = {
    FIELD(struct item_ranges, 1, FIELD_FIXED, session, 1, sizeof(record_id)),
    FIELD(struct item_ranges, 2, FIELD_U32, step, 1, UINT32_MAX),
    FIELD(struct item_ranges, 3, FIELD_U32, what, RANGES_ASKS, RANGES_STOPS),
    COVER_FIELDS(4, COVER_RECORDS_IMMEDIATE),
    COVER_FIELDS(6, COVER_RECORDS_ROUTINE),
    COVER_FIELDS(8, COVER_OUTCOMES_IMMEDIATE),
    COVER_FIELDS(10, COVER_OUTCOMES_ROUTINE),
    FIELD(struct item_ranges, 12, FIELD_U64, count, 0, UINT64_MAX),
    FIELD(struct item_ranges, 13, FIELD_FIXED, root, 0, HASH_SIZE),
    FIELD(struct item_ranges, 14, FIELD_BYTES, ranges, 0, RECONCILIATION_RANGES_MAX),
    FIELD(struct item_ranges, 15, FIELD_U64, other_count, 0, UINT64_MAX),
    FIELD(struct item_ranges, 16, FIELD_FIXED, other_root, 0, HASH_SIZE),
    FIELD(struct item_ranges, 17, FIELD_U32, differences, 0, UINT32_MAX),
    FIELD(struct item_ranges, 18, FIELD_BOOL, more, 0, 1),
    FIELD(struct item_ranges, 19, FIELD_TEXT, reason, 0, SHORT_TEXT_MAX),
};

static const struct field difference_fields[] = {
    FIELD(struct item_difference, 1, FIELD_AGENCY, agency, 1, 0),
    FIELD(struct item_difference, 2, FIELD_FIXED, id, 1, sizeof(record_id)),
    FIELD(struct item_difference, 3, FIELD_U32, says, DIFFERENCE_NOT_HELD,
          DIFFERENCE_DELETED),
    FIELD(struct item_difference, 4, FIELD_TEXT, reference, 0,
          RECONCILIATION_REFERENCE_MAX),
};

static const struct layout ranges_layout =
    LAYOUT(flagpost__ranges__descriptor, ranges_fields, struct item_ranges);
static const struct layout difference_layout =
    LAYOUT(flagpost__difference__descriptor, difference_fields, struct item_difference);

const struct layout *reconciliation_layout(enum item_kind kind)
{
    return kind == ITEM_RANGES       ? &ranges_layout
           : kind == ITEM_DIFFERENCE ? &difference_layout
                                     : NULL;
}

#include "content_fields.h"

#include "lifecycle.pb-c.h"

enum {
    LONG = TEXT_BYTES_MAX,
    SHORT = SHORT_TEXT_MAX,
};

static const struct field supersedes_fields[] = {
    FIELD(struct item_supersedes, 1, FIELD_FIXED, id, 1, sizeof(record_id)),
    FIELD(struct item_supersedes, 2, FIELD_U32, version, 2, UINT32_MAX),
    FIELD(struct item_supersedes, 3, FIELD_TEXT, reason, 1, LONG),
    FIELD(struct item_supersedes, 4, FIELD_TEXT, person, 0, SHORT),
};

static const struct field lineage_fields[] = {
    FIELD(struct item_lineage, 1, FIELD_AGENCY, agency, 1, 0),
    FIELD(struct item_lineage, 2, FIELD_FIXED, id, 1, sizeof(record_id)),
    FIELD(struct item_lineage, 3, FIELD_FIXED, leaf, 1, HASH_SIZE),
    FIELD(struct item_lineage, 4, FIELD_U32, item_count, 1, ITEMS_MAX),
    FIELD(struct item_lineage, 5, FIELD_BYTES, positions, 1, ITEMS_MAX),
    FIELD(struct item_lineage, 6, FIELD_TEXT, person, 1, SHORT),
    FIELD(struct item_lineage, 7, FIELD_TEXT, reason, 1, LONG),
};

static const struct field proof_fields[] = {
    FIELD(struct item_proof, 1, FIELD_BYTES, text, 1, PROOF_CARRIED_MAX),
};

static const struct field recall_fields[] = {
    FIELD(struct item_recall, 1, FIELD_FIXED, id, 1, sizeof(record_id)),
    FIELD(struct item_recall, 2, FIELD_U32, cause, RECALL_WITHDRAWN, RECALL_DISPOSED),
    FIELD(struct item_recall, 3, FIELD_TEXT, reason, 1, SHORT),
    FIELD(struct item_recall, 4, FIELD_TEXT, person, 0, SHORT),
    FIELD(struct item_recall, 5, FIELD_U64, answer_by, 0, UINT64_MAX),
};

static const struct field replaced_fields[] = {
    FIELD(struct item_replaced, 1, FIELD_FIXED, id, 1, sizeof(record_id)),
    FIELD(struct item_replaced, 2, FIELD_FIXED, by, 1, sizeof(record_id)),
};

static const struct layout layouts[] = {
    [0] =
        LAYOUT(flagpost__supersedes__descriptor, supersedes_fields, struct item_supersedes),
    [ITEM_LINEAGE - ITEM_SUPERSEDES] =
        LAYOUT(flagpost__lineage__descriptor, lineage_fields, struct item_lineage),
    [ITEM_PROOF - ITEM_SUPERSEDES] =
        LAYOUT(flagpost__proof__descriptor, proof_fields, struct item_proof),
    [ITEM_RECALL - ITEM_SUPERSEDES] =
        LAYOUT(flagpost__recall__descriptor, recall_fields, struct item_recall),
    [ITEM_REPLACED - ITEM_SUPERSEDES] =
        LAYOUT(flagpost__replaced__descriptor, replaced_fields, struct item_replaced),
};

const struct layout *lifecycle_layout(enum item_kind kind)
{
    return kind >= ITEM_SUPERSEDES && kind <= ITEM_REPLACED
               ? &layouts[kind - ITEM_SUPERSEDES]
               : NULL;
}

#include "content_fields.h"

#include "attachment.pb-c.h"

static const struct field attachment_fields[] = {
    FIELD(struct item_attachment, 1, FIELD_TEXT, name, 1, ATTACHMENT_NAME_MAX),
    FIELD(struct item_attachment, 2, FIELD_TEXT, media_type, 1, SHORT_TEXT_MAX),
    FIELD(struct item_attachment, 3, FIELD_U32, size, 1, ATTACHMENT_BYTES_MAX),
    FIELD(struct item_attachment, 4, FIELD_BYTES, digest, HASH_SIZE, HASH_SIZE),
    FIELD(struct item_attachment, 5, FIELD_BYTES, root, HASH_SIZE, HASH_SIZE),
    /* One size only, so that no two lists of parts have the same bytes. */
    FIELD(struct item_attachment, 6, FIELD_U32, part_bytes, PART_BYTES_MAX, PART_BYTES_MAX),
    FIELD(struct item_attachment, 7, FIELD_TEXT, description, 0,
          ATTACHMENT_DESCRIPTION_MAX),
};

static const struct field part_fields[] = {
    FIELD(struct item_part, 1, FIELD_U32, attachment, 0, ATTACHMENTS_MAX - 1),
    FIELD(struct item_part, 2, FIELD_U32, number, 0, ATTACHMENT_PARTS_MAX - 1),
    FIELD(struct item_part, 3, FIELD_BYTES, bytes, 1, PART_BYTES_MAX),
    FIELD(struct item_part, 4, FIELD_BYTES, path, 0, PART_PATH_MAX),
};

static const struct layout attachment =
    LAYOUT(flagpost__attachment__descriptor, attachment_fields, struct item_attachment);
static const struct layout part =
    LAYOUT(flagpost__part__descriptor, part_fields, struct item_part);

const struct layout *attachment_layout(enum item_kind kind)
{
    return kind == ITEM_ATTACHMENT ? &attachment : kind == ITEM_PART ? &part : NULL;
}

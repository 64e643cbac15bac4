#include "content_fields.h"

#include "requests.pb-c.h"

static const struct field request_fields[] = {
    FIELD(struct item_request, 1, FIELD_U32, what, REQUEST_ASKED, REQUEST_REFUSED),
    FIELD(struct item_request, 2, FIELD_U32, wants, REQUEST_MORE, REQUEST_SANITISE),
    FIELD(struct item_request, 3, FIELD_U64, at, 1, INT64_MAX),
    FIELD(struct item_request, 4, FIELD_U64, by, 0, INT64_MAX),
    FIELD(struct item_request, 5, FIELD_FIXED, question, 0, sizeof(record_id)),
    FIELD(struct item_request, 5, FIELD_HAS, has_question, 0, 0),
    FIELD(struct item_request, 6, FIELD_TEXT, person, 0, REQUEST_PERSON_MAX),
    FIELD(struct item_request, 7, FIELD_TEXT, text, 1, REQUEST_TEXT_MAX),
};

static const struct layout request_layout =
    LAYOUT(flagpost__request__descriptor, request_fields, struct item_request);

const struct layout *requests_layout(enum item_kind kind)
{
    return kind == ITEM_REQUEST ? &request_layout : NULL;
}

#include "content_fields.h"
#include "message.h"

#include "content.pb-c.h"

#include <string.h>

static const struct wire item_wire = {
    .type = &flagpost__item__descriptor,
    .bytes_max = CONTENT_BYTES_MAX,
    .fields_max = WIRE_FIELDS_MAX,
    .repeated_max = LIST_MAX,
};

static const struct wire content_wire = {
    .type = &flagpost__content__descriptor,
    .bytes_max = CONTENT_BYTES_MAX,
    .fields_max = WIRE_FIELDS_MAX,
    .repeated_max = ITEMS_MAX,
};

static const struct field salted_fields[] = {
    FIELD(struct salted_item, 1, FIELD_FIXED, salt, 1, SALT_SIZE),
    FIELD(struct salted_item, 2, FIELD_BYTES, item, 1, CONTENT_BYTES_MAX),
};

static const struct layout salted_layout =
    LAYOUT(flagpost__salted_item__descriptor, salted_fields, struct salted_item);

/* An audit row names a place in a stream wholly or not at all.  An id alone is of something
 * that stands in no stream: a draft on the agency's own desk. */
static status check_audit(const struct item_audit *r)
{
    if (r->has_object)
        return r->object_stream.lane != 0 && !epoch_is_none(&r->object_stream.epoch)
                   ? OK
                   : E_VALUE;
    const bool empty = r->object_stream.lane == 0 &&
                       epoch_is_none(&r->object_stream.epoch) && r->object_index == 0;
    return empty ? OK : E_VALUE;
}

/* All questions are answered, or none. */
static status check_retention(const struct item_retention *r)
{
    static const uint8_t words[] = {'y', 'n', 'u'};

    for (size_t i = 0; i < r->answers.size; i++)
        ENSURE(memchr(words, r->answers.at[i], sizeof words) != NULL, E_VALUE);
    ENSURE(r->answers.size == 0 || r->answers.size == RETENTION_QUESTIONS, E_VALUE);
    return OK;
}

/* Ranges are in questions and answers alone, and who stops says why. */
static status check_ranges(const struct item_ranges *r)
{
    const bool talks = r->what == RANGES_ASKS || r->what == RANGES_ANSWERS;

    ENSURE(talks == (r->ranges.size > 0), E_VALUE);
    return (r->what == RANGES_STOPS) == (r->reason.size > 0) ? OK : E_VALUE;
}

/* Who asks says until when; who answers which question it is, and in whose name. */
static status check_request(const struct item_request *r)
{
    const bool asks = r->what == REQUEST_ASKED;

    ENSURE(asks == (r->by != 0) && asks == !r->has_question, E_VALUE);
    return asks == (r->person.size == 0) ? OK : E_VALUE;
}

/* The rules between an item's fields. */
static status check_members(const struct item *item)
{
    if (item->kind == ITEM_AUDIT)
        return check_audit(&item->audit);
    if (item->kind == ITEM_DECISION)
        ENSURE((item->decision.basis == 0) == (item->decision.description.size == 0),
               E_VALUE);
    if (item->kind == ITEM_RETENTION)
        return check_retention(&item->retention);
    if (item->kind == ITEM_RANGES)
        return check_ranges(&item->ranges);
    if (item->kind == ITEM_REQUEST)
        return check_request(&item->request);
    if (item->kind == ITEM_REPLACED) /* nothing stands in its own place */
        ENSURE(!record_id_equal(&item->replaced.id, &item->replaced.by), E_VALUE);
    return OK;
}

status item_encode(const struct item *item, struct arena *a, struct bytes *ret)
{
    const struct layout *const layout = item_layout(item->kind);
    Flagpost__Item pb = FLAGPOST__ITEM__INIT;
    ProtobufCMessage *body = NULL;

    ENSURE(layout != NULL, E_VALUE);
    TRY(layout_fill(layout, (const uint8_t *)item + ITEM_BODY, a, &body));
    TRY(check_members(item));
    /* An item that says nothing has no form on the wire. */
    ENSURE(protobuf_c_message_get_packed_size(body) > 0, E_VALUE);
    layout_set_member(&pb.base, (uint32_t)item->kind, body);
    return message_pack(&item_wire, &pb.base, (struct bytes){0}, a, ret);
}

static bool find_excess(const struct field *f, const uint8_t *from, struct item_excess *ret)
{
    struct text_list list = {0};
    struct bytes one = {0};

    if (f->shape == FIELD_TEXT || f->shape == FIELD_BYTES) {
        memcpy(&one, from, sizeof one);
        *ret = (struct item_excess){.size = one.size, .max = f->max};
        return one.size > f->max;
    }
    if (f->shape == FIELD_TEXTS)
        memcpy(&list, from, sizeof list);
    for (size_t i = 0; i < list.count; i++) {
        *ret = (struct item_excess){
            .is_list = true, .entry = i, .size = list.at[i].size, .max = f->max};
        if (list.at[i].size > f->max)
            return true;
    }
    return false;
}

bool item_next_excess(const struct item *item, size_t *at, struct item_excess *ret)
{
    const struct layout *const l = item_layout(item->kind);
    const uint8_t *const plain = (const uint8_t *)item + ITEM_BODY;

    MUST(l != NULL);
    while (*at < l->count) {
        const struct field *const f = &l->fields[(*at)++];
        if (!find_excess(f, plain + f->offset, ret))
            continue;
        ret->field = protobuf_c_message_descriptor_get_field(l->type, f->number)->name;
        return true;
    }
    return false;
}

status item_decode(struct bytes bytes, struct arena *a, struct item *ret)
{
    const ProtobufCMessage *m = NULL;
    const ProtobufCMessage *body = NULL;
    struct item item;
    uint32_t number = 0;

    memset(&item, 0, sizeof item);
    TRY(message_unpack(&item_wire, bytes, a, &m));
    TRY(layout_only_member(m, &number, &body));
    item.kind = (enum item_kind)number;
    const struct layout *const layout = item_layout(item.kind);
    MUST(layout != NULL);
    TRY(layout_read(layout, body, (uint8_t *)&item + ITEM_BODY));
    TRY(check_members(&item));
    *ret = item;
    return OK;
}

status content_encode(const struct salted_item *items, size_t count, struct arena *a,
                      struct bytes *ret)
{
    Flagpost__Content pb = FLAGPOST__CONTENT__INIT;
    ProtobufCMessage **list = NULL;

    ENSURE(count >= 1, E_VALUE);
    ENSURE(count <= ITEMS_MAX, E_LIMIT);
    TRY(layout_fill_list(&salted_layout, items, count, a, &list));
    pb.n_items = count;
    pb.items = (void *)list;
    return message_pack(&content_wire, &pb.base, (struct bytes){0}, a, ret);
}

status content_decode(struct bytes bytes, struct arena *a,
                      const struct salted_item **ret_items, size_t *ret_count)
{
    const ProtobufCMessage *m = NULL;
    const void *items = NULL;

    TRY(message_unpack(&content_wire, bytes, a, &m));
    const Flagpost__Content *const pb = (const Flagpost__Content *)m;
    ENSURE(pb->n_items >= 1, E_VALUE);
    TRY(layout_read_list(&salted_layout, (void *)pb->items, pb->n_items, a, &items));
    *ret_items = items;
    *ret_count = pb->n_items;
    return OK;
}

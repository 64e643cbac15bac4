#include "slot.h"

#include <string.h>

static struct slot slot_of(const struct layout *l, const struct field *f)
{
    const struct slot s = {
        .field = f,
        .known = protobuf_c_message_descriptor_get_field(l->type, f->number),
    };

    MUST(s.known != NULL);
    return s;
}

static status fill_field(struct slot s, const void *from, struct arena *a,
                         ProtobufCMessage *m)
{
    switch (s.field->shape) {
    case FIELD_U32:
    case FIELD_U64:
    case FIELD_BOOL:
    case FIELD_DATE:
        return slot_fill_number(s, from, m);
    case FIELD_TEXT:
    case FIELD_AGENCY:
        return slot_fill_text(s, from, a, m);
    case FIELD_BYTES:
    case FIELD_FIXED:
    case FIELD_EPOCH:
        return slot_fill_bytes(s, from, a, m);
    case FIELD_TEXTS:
        return slot_fill_texts(s, from, a, m);
    case FIELD_ROLES:
        return slot_fill_roles(s, from, a, m);
    case FIELD_HAS:
        return *(const bool *)from == slot_is_present(s, m) ? OK : E_VALUE;
    }
    MUST(false);
}

static status read_field(struct slot s, const ProtobufCMessage *m, void *to)
{
    switch (s.field->shape) {
    case FIELD_U32:
    case FIELD_U64:
    case FIELD_BOOL:
    case FIELD_DATE:
        return slot_read_number(s, m, to);
    case FIELD_TEXT:
    case FIELD_AGENCY:
        return slot_read_text(s, m, to);
    case FIELD_BYTES:
    case FIELD_FIXED:
    case FIELD_EPOCH:
        return slot_read_bytes(s, m, to);
    case FIELD_TEXTS:
        return slot_read_texts(s, m, to);
    case FIELD_ROLES:
        return slot_read_roles(s, m, to);
    case FIELD_HAS:
        *(bool *)to = slot_is_present(s, m);
        return OK;
    }
    MUST(false);
}

status layout_fill(const struct layout *l, const void *plain, struct arena *a,
                   ProtobufCMessage **ret)
{
    ProtobufCMessage *const m = arena_take(a, l->type->sizeof_message);

    ENSURE(m != NULL, E_MEMORY);
    protobuf_c_message_init(l->type, m);
    for (size_t i = 0; i < l->count; i++) {
        const struct field *const f = &l->fields[i];
        TRY(fill_field(slot_of(l, f), (const uint8_t *)plain + f->offset, a, m));
    }
    *ret = m;
    return OK;
}

status layout_fill_list(const struct layout *l, const void *plain, size_t count,
                        struct arena *a, ProtobufCMessage ***ret)
{
    ProtobufCMessage **const list = arena_array(a, count, sizeof(ProtobufCMessage *));

    ENSURE(list != NULL, E_MEMORY);
    for (size_t i = 0; i < count; i++)
        TRY(layout_fill(l, (const uint8_t *)plain + i * l->size, a, &list[i]));
    *ret = list;
    return OK;
}

status layout_read(const struct layout *l, const ProtobufCMessage *m, void *plain)
{
    MUST(m->descriptor == l->type);
    for (size_t i = 0; i < l->count; i++) {
        const struct field *const f = &l->fields[i];
        TRY(read_field(slot_of(l, f), m, (uint8_t *)plain + f->offset));
    }
    return OK;
}

status layout_read_list(const struct layout *l, ProtobufCMessage *const *m, size_t count,
                        struct arena *a, const void **ret)
{
    uint8_t *const plain = arena_array(a, count, l->size);

    ENSURE(plain != NULL, E_MEMORY);
    for (size_t i = 0; i < count; i++)
        TRY(layout_read(l, m[i], plain + i * l->size));
    *ret = plain;
    return OK;
}

status layout_only_member(const ProtobufCMessage *m, uint32_t *ret_number,
                          const ProtobufCMessage **ret)
{
    const ProtobufCMessageDescriptor *const type = m->descriptor;
    const ProtobufCMessage *only = NULL;
    uint32_t number = 0;

    for (unsigned i = 0; i < type->n_fields; i++) {
        const struct slot s = {.known = &type->fields[i]};
        const void *member = NULL;
        memcpy(&member, slot_value(s, m), sizeof(void *));
        if (member == NULL)
            continue;
        ENSURE(only == NULL, E_FORM);
        only = member;
        number = s.known->id;
    }
    ENSURE(only != NULL, E_FORM);
    *ret_number = number;
    *ret = only;
    return OK;
}

void layout_set_member(ProtobufCMessage *m, uint32_t number, ProtobufCMessage *member)
{
    const struct slot s = {
        .known = protobuf_c_message_descriptor_get_field(m->descriptor, number),
    };

    MUST(s.known != NULL && s.known->descriptor == member->descriptor);
    memcpy(slot_place(s, m), &member, sizeof(void *));
}

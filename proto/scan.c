#include "scan.h"

#include "text.h"
#include "varint.h"

#include <protobuf-c/protobuf-c.h>

/* One message that is being walked. */
struct level {
    const ProtobufCMessageDescriptor *type;
    size_t end; /* offset behind its last byte */
    uint32_t last_number;
    size_t repeats; /* of last_number */
};

/* An explicit stack in place of recursion: its size is the limit of nesting. */
struct scanner {
    const struct wire *wire;
    struct bytes bytes;
    size_t at;
    size_t fields;
    size_t depth;
    struct level levels[NESTING_MAX];
};

static status push(struct scanner *s, const ProtobufCMessageDescriptor *type, size_t size)
{
    ENSURE(s->depth < NESTING_MAX, E_LIMIT);
    s->levels[s->depth++] = (struct level){.type = type, .end = s->at + size};
    return OK;
}

/* A varint that ends within the innermost message. */
static status take_varint(struct scanner *s, uint64_t *ret)
{
    const size_t left = s->levels[s->depth - 1].end - s->at;
    struct reader r = {.rest = bytes_of(s->bytes.at + s->at, left)};
    const uint64_t v = varint_read(&r);

    ENSURE(!r.bad, E_FORM);
    s->at += left - r.rest.size;
    *ret = v;
    return OK;
}

/* Known, not before the one before it, and repeated only where the schema says so. */
static status check_place(const struct scanner *s, struct level *level,
                          const ProtobufCFieldDescriptor *field)
{
    ENSURE(field->id >= level->last_number, E_FORM);
    if (field->id > level->last_number) {
        level->last_number = field->id;
        level->repeats = 0;
    }
    ENSURE(level->repeats == 0 || field->label == PROTOBUF_C_LABEL_REPEATED, E_FORM);
    ENSURE(level->repeats < s->wire->repeated_max, E_LIMIT);
    level->repeats++;
    return OK;
}

static status scan_number(struct scanner *s, const ProtobufCFieldDescriptor *field)
{
    uint64_t v = 0;

    TRY(take_varint(s, &v));
    ENSURE(v != 0, E_FORM);
    if (field->type == PROTOBUF_C_TYPE_UINT64)
        return OK;
    if (field->type == PROTOBUF_C_TYPE_BOOL)
        return v == 1 ? OK : E_FORM;
    if (field->type == PROTOBUF_C_TYPE_UINT32)
        return v <= UINT32_MAX ? OK : E_FORM;
    ENSURE(v <= INT32_MAX, E_FORM);
    return protobuf_c_enum_descriptor_get_value(field->descriptor, (int)v) != NULL ? OK
                                                                                   : E_FORM;
}

static status scan_sized(struct scanner *s, const ProtobufCFieldDescriptor *field)
{
    uint64_t size = 0;

    TRY(take_varint(s, &size));
    ENSURE(size > 0, E_FORM);
    ENSURE(size <= s->levels[s->depth - 1].end - s->at, E_FORM);
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return push(s, field->descriptor, (size_t)size);

    const struct bytes value = bytes_of(s->bytes.at + s->at, (size_t)size);
    ENSURE(field->type != PROTOBUF_C_TYPE_STRING || utf8_is_valid(value), E_FORM);
    s->at += value.size;
    return OK;
}

/* The kinds of field that our schemas use; a tag of any other wire type is refused. */
static bool is_number(const ProtobufCFieldDescriptor *field)
{
    return field->type == PROTOBUF_C_TYPE_UINT32 || field->type == PROTOBUF_C_TYPE_UINT64 ||
           field->type == PROTOBUF_C_TYPE_BOOL || field->type == PROTOBUF_C_TYPE_ENUM;
}

static bool is_sized(const ProtobufCFieldDescriptor *field)
{
    return field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_BYTES ||
           field->type == PROTOBUF_C_TYPE_MESSAGE;
}

static status scan_field(struct scanner *s)
{
    struct level *const level = &s->levels[s->depth - 1];
    uint64_t tag = 0;

    ENSURE(s->fields < s->wire->fields_max, E_LIMIT);
    s->fields++;
    TRY(take_varint(s, &tag));
    ENSURE(tag <= UINT32_MAX, E_FORM);
    const ProtobufCFieldDescriptor *const field =
        protobuf_c_message_descriptor_get_field(level->type, (unsigned)(tag >> 3));
    ENSURE(field != NULL, E_FORM);
    TRY(check_place(s, level, field));
    if ((tag & 7) == PROTOBUF_C_WIRE_TYPE_VARINT && is_number(field))
        return scan_number(s, field);
    if ((tag & 7) == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED && is_sized(field))
        return scan_sized(s, field);
    return E_FORM;
}

status scan(const struct wire *wire, struct bytes bytes)
{
    struct scanner s = {.wire = wire, .bytes = bytes};

    ENSURE(bytes.size <= wire->bytes_max, E_LIMIT);
    TRY(push(&s, wire->type, bytes.size));
    while (s.depth > 0) {
        const size_t end = s.levels[s.depth - 1].end;
        MUST(s.at <= end);
        if (s.at == end)
            s.depth--;
        else
            TRY(scan_field(&s));
    }
    return OK;
}

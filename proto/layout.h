#ifndef FLAGPOST_LAYOUT_H
#define FLAGPOST_LAYOUT_H

/*
 * How the fields of one plain struct stand in one message, and the rule of each: a table
 * that both directions read, so that what is refused on arrival is refused before sending.
 * A field's zero (0, false, empty; all zeros for an optional one of fixed size) is absent
 * on the wire and an absent field is its zero.
 *
 * Internal to proto/.
 */

#include "arena.h"

struct ProtobufCMessage;
struct ProtobufCMessageDescriptor;

/* In the plain struct / on the wire; what min and max mean. */
enum field_shape {
    FIELD_U32,    /* uint32_t or an enum / uint32 or enum; value */
    FIELD_U64,    /* uint64_t / uint64; value */
    FIELD_BOOL,   /* bool / bool */
    FIELD_DATE,   /* struct partial_date / uint32, decimal yyyymmdd */
    FIELD_TEXT,   /* struct bytes / string; size in bytes */
    FIELD_BYTES,  /* struct bytes / bytes; size */
    FIELD_FIXED,  /* uint8_t[max] / bytes of that size; see `min` */
    FIELD_EPOCH,  /* struct epoch / 12 bytes */
    FIELD_AGENCY, /* struct agency_id / string */
    FIELD_TEXTS,  /* struct text_list / repeated string; size of each */
    FIELD_ROLES,  /* struct item_person (offset 0) / repeated enum; value of each */
    FIELD_HAS, /* bool: whether the field of that number, earlier in the table, is there */
};

struct field {
    uint32_t number;
    enum field_shape shape;
    size_t offset; /* in the plain struct */
    uint64_t min;  /* above zero: the field is required */
    uint64_t max;
};

/* A row: FIELD(struct x, wire number, FIELD_SHAPE, member, min, max). */
#define FIELD(type, number, shape, member, min, max)                                       \
    {                                                                                      \
        number, shape, offsetof(type, member), min, max                                    \
    }

struct layout {
    const struct ProtobufCMessageDescriptor *type;
    const struct field *fields; /* all of the message but messages within it */
    size_t count;
    size_t size; /* of the plain struct */
};

#define LAYOUT(descriptor, table, plain)                                                   \
    {                                                                                      \
        &(descriptor), table, COUNT_OF(table), sizeof(plain)                               \
    }

/*
 * A message that carries `plain`, in the arena; it borrows the plain struct's bytes.
 * E_VALUE: a field breaks its rule.  E_LIMIT: too long.  E_MEMORY.
 */
NODISCARD status layout_fill(const struct layout *l, const void *plain, struct arena *a,
                             struct ProtobufCMessage **ret);

/* `count` of them, as the array of pointers that a repeated field wants. */
NODISCARD status layout_fill_list(const struct layout *l, const void *plain, size_t count,
                                  struct arena *a, struct ProtobufCMessage ***ret);

/*
 * The plain struct from a message that was scanned; writes to `plain` also on failure.
 * Borrows from the message.  E_FORM: an optional fixed field that says zero.
 */
NODISCARD status layout_read(const struct layout *l, const struct ProtobufCMessage *m,
                             void *plain);

/* An array of `count` plain structs in the arena. */
NODISCARD status layout_read_list(const struct layout *l, struct ProtobufCMessage *const *m,
                                  size_t count, struct arena *a, const void **ret);

/*
 * A message of which exactly one member, itself a message, is there, and its number is the
 * kind: the one that is there (E_FORM when none or more are), and the setting of one.
 */
NODISCARD status layout_only_member(const struct ProtobufCMessage *m, uint32_t *ret_number,
                                    const struct ProtobufCMessage **ret);
void layout_set_member(struct ProtobufCMessage *m, uint32_t number,
                       struct ProtobufCMessage *member);

#endif

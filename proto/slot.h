#ifndef FLAGPOST_SLOT_H
#define FLAGPOST_SLOT_H

/*
 * One field of a plain struct and of a message: the two directions of each shape stand
 * beside each other in slot_*.c.  Only this header and layout.c know how protobuf-c lays
 * out its structs; values move by memcpy, because they are found by offset.
 *
 * Internal to layout.c and slot_*.c, and so the one header that may show protobuf-c's
 * types.
 */

#include "content.h"
#include "layout.h"

#include <protobuf-c/protobuf-c.h>

struct slot {
    const struct field *field;
    const ProtobufCFieldDescriptor *known;
};

static inline const void *slot_value(struct slot s, const ProtobufCMessage *m)
{
    return (const uint8_t *)m + s.known->offset;
}

static inline void *slot_place(struct slot s, ProtobufCMessage *m)
{
    return (uint8_t *)m + s.known->offset;
}

/* protobuf-c's has_x of a single field, n_x of a repeated one. */
static inline const void *slot_quantifier(struct slot s, const ProtobufCMessage *m)
{
    return (const uint8_t *)m + s.known->quantifier_offset;
}

static inline void *slot_quantifier_place(struct slot s, ProtobufCMessage *m)
{
    return (uint8_t *)m + s.known->quantifier_offset;
}

bool slot_is_present(struct slot s, const ProtobufCMessage *m);
void slot_set_present(struct slot s, ProtobufCMessage *m);

/* E_LIMIT above the field's max, E_VALUE below its min. */
NODISCARD status slot_check_size(struct slot s, size_t size);

/* FIELD_U32, U64, BOOL, DATE */
NODISCARD status slot_fill_number(struct slot s, const void *from, ProtobufCMessage *m);
NODISCARD status slot_read_number(struct slot s, const ProtobufCMessage *m, void *to);

/* FIELD_TEXT, AGENCY */
NODISCARD status slot_fill_text(struct slot s, const void *from, struct arena *a,
                                ProtobufCMessage *m);
NODISCARD status slot_read_text(struct slot s, const ProtobufCMessage *m, void *to);

/* FIELD_BYTES, FIXED, EPOCH */
NODISCARD status slot_fill_bytes(struct slot s, const void *from, struct arena *a,
                                 ProtobufCMessage *m);
NODISCARD status slot_read_bytes(struct slot s, const ProtobufCMessage *m, void *to);

/* FIELD_TEXTS, ROLES */
NODISCARD status slot_fill_texts(struct slot s, const struct text_list *list,
                                 struct arena *a, ProtobufCMessage *m);
NODISCARD status slot_read_texts(struct slot s, const ProtobufCMessage *m,
                                 struct text_list *to);
NODISCARD status slot_fill_roles(struct slot s, const struct item_person *p,
                                 struct arena *a, ProtobufCMessage *m);
NODISCARD status slot_read_roles(struct slot s, const ProtobufCMessage *m,
                                 struct item_person *to);

#endif

#ifndef FLAGPOST_SCAN_H
#define FLAGPOST_SCAN_H

/*
 * The strict scanner that stands before protobuf-c.  protobuf-c has no limit of depth,
 * blows 1 MiB of input up to 80, and takes over-long varints, repeated fields, bad UTF-8
 * and embedded NULs; and bytes that are signed and hashed must have one form only.  The
 * scanner walks the wire by the generated descriptors, so the schema is its only truth, and
 * allocates nothing.
 *
 * Internal to proto/: the generated types never leave this folder.
 */

#include "bytes.h"

struct ProtobufCMessageDescriptor;

/* A message that travels by itself, and what it may cost. */
struct wire {
    const struct ProtobufCMessageDescriptor *type;
    size_t bytes_max;
    size_t fields_max;   /* of the message and all within it */
    size_t repeated_max; /* of any one field in any one message */
};

/*
 * OK when `bytes` is the one canonical form of a message of this type: known fields alone,
 * in ascending order, each with its wire type; shortest varints that fit the field's type;
 * no zero, false or empty value; UTF-8 without NUL in strings; nothing left over.  E_LIMIT
 * when too large, too many or too deep; otherwise E_FORM.
 */
NODISCARD status scan(const struct wire *wire, struct bytes bytes);

#endif

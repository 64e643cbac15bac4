#ifndef FLAGPOST_MESSAGE_H
#define FLAGPOST_MESSAGE_H

/*
 * The only calls of protobuf-c's parser and packer.  Unpacking cannot be had without the
 * scan, and what it allocates comes out of the caller's arena, whose size is the budget.
 *
 * Internal to proto/.
 */

#include "arena.h"
#include "scan.h"

struct ProtobufCMessage;

/* Scans, then unpacks.  The message and all its values live in `a`.  E_FORM, E_LIMIT,
 * E_MEMORY. */
NODISCARD status message_unpack(const struct wire *wire, struct bytes bytes,
                                struct arena *a, const struct ProtobufCMessage **ret);

/*
 * `prefix` and behind it the packed message, which is scanned in its turn: nothing leaves
 * that we would refuse ourselves.  Limits of `wire` hold for the message alone.
 */
NODISCARD status message_pack(const struct wire *wire, const struct ProtobufCMessage *m,
                              struct bytes prefix, struct arena *a, struct bytes *ret);

#endif

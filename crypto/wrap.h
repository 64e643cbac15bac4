#ifndef FLAGPOST_WRAP_H
#define FLAGPOST_WRAP_H

/*
 * What a wrap is bound to, the same bytes for who seals and who opens.  Between them,
 * HPKE's info and the additional data hold everything that names the record, the recipient
 * and the place in the log, so that a wrap opens nowhere else.
 */

#include "entry.h"

enum {
    WRAP_INFO_MAX = 16 + HASH_SIZE + 2 * (1 + AGENCY_ID_MAX) + 4 + 1 + 4 + 8 + 8,
    WRAP_AAD_MAX = HEADER_BYTES_MAX + HASH_SIZE,
};

/* What an HPKE context belongs to. */
struct wrap_binding {
    const struct hash *realm;
    const struct stream_id *stream; /* the sender's */
    const struct agency_id *recipient;
    uint32_t kx_id;
    sequence group_first;
};

/*
 * HPKE's info, in `room`: "flagpost/wrap/v1" || realm || u8 length || sender ||
 * u8 length || recipient || u32 KX key number || u8 lane || u32 epoch counter ||
 * epoch random(8) || u64 group first.
 */
struct bytes wrap_info(const struct wrap_binding *b, uint8_t room[WRAP_INFO_MAX]);

/* The additional data of every wrap of an entry, in `room`: core || ciphertext hash.  The
 * core is at most HEADER_BYTES_MAX. */
struct bytes wrap_aad(struct bytes core, const struct hash *ciphertext_hash,
                      uint8_t room[WRAP_AAD_MAX]);

#endif

#ifndef FLAGPOST_KEEP_H
#define FLAGPOST_KEEP_H

/*
 * How a node keeps a content key: under a storage key of the record's own, which lives in
 * another database, so that erasing that key erases the record (P9).
 */

#include "draw.h"

enum { CONTENT_KEY_SIZE = 32 };

/* A content key under a record's storage key: 24 + 32 + 16 bytes, record id as data. */
enum { KEPT_KEY_SIZE = 24 + CONTENT_KEY_SIZE + 16 };
void keep_key(const uint8_t storage_key[32], const record_id *id,
              const uint8_t content_key[CONTENT_KEY_SIZE], struct draw *d,
              uint8_t ret[KEPT_KEY_SIZE]);
NODISCARD status open_kept_key(const uint8_t storage_key[32], const record_id *id,
                               struct bytes kept, uint8_t ret_key[CONTENT_KEY_SIZE]);

#endif

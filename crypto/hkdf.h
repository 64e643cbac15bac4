#ifndef FLAGPOST_HKDF_H
#define FLAGPOST_HKDF_H

/* HMAC-SHA256 (RFC 2104, FIPS 198-1) and HKDF on it (RFC 5869): libsodium 1.0.18 has no
 * HKDF. */

#include "bytes.h"

enum {
    HMAC_SIZE = 32,
    HKDF_SIZE_MAX = 255 * HMAC_SIZE, /* RFC 5869 section 2.3: the counter is one byte */
};

/* Over the parts, end to end. */
void hmac_sha256(struct bytes key, const struct bytes *parts, size_t count,
                 uint8_t ret[HMAC_SIZE]);

void hkdf_extract(struct bytes salt, struct bytes ikm, uint8_t ret[HMAC_SIZE]);
/* size <= HKDF_SIZE_MAX. */
void hkdf_expand(const uint8_t prk[HMAC_SIZE], struct bytes info, uint8_t *ret,
                 size_t size);

#endif

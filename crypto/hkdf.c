#include "hkdf.h"

#include <sodium.h>

_Static_assert(HMAC_SIZE == crypto_auth_hmacsha256_BYTES, "SHA-256");

struct block {
    uint8_t bytes[HMAC_SIZE];
};

static void block_done(struct block *b)
{
    sodium_memzero(b, sizeof *b);
}

void hmac_sha256(struct bytes key, const struct bytes *parts, size_t count,
                 uint8_t ret[HMAC_SIZE])
{
    static const uint8_t no_key[1]; /* libsodium takes no NULL, not even of no bytes */
    crypto_auth_hmacsha256_state state;

    MUST(crypto_auth_hmacsha256_init(&state, key.size > 0 ? key.at : no_key, key.size) ==
         0);
    for (size_t i = 0; i < count; i++)
        MUST(crypto_auth_hmacsha256_update(&state, parts[i].at, parts[i].size) == 0);
    MUST(crypto_auth_hmacsha256_final(&state, ret) == 0);
    sodium_memzero(&state, sizeof state);
}

void hkdf_extract(struct bytes salt, struct bytes ikm, uint8_t ret[HMAC_SIZE])
{
    /* An absent salt is HashLen zeros, which HMAC's padding makes of an empty key. */
    hmac_sha256(salt, &ikm, 1, ret);
}

void hkdf_expand(const uint8_t prk[HMAC_SIZE], struct bytes info, uint8_t *ret, size_t size)
{
    struct block block DEFER(block_done) = {0};
    struct writer w = writer_over(ret, size);

    MUST(size <= HKDF_SIZE_MAX);
    for (uint8_t i = 1; w.size < size; i++) {
        const size_t left = size - w.size;
        const struct bytes parts[] = {bytes_of(block.bytes, i == 1 ? 0 : HMAC_SIZE), info,
                                      bytes_of(&i, 1)};
        hmac_sha256(bytes_of(prk, HMAC_SIZE), parts, COUNT_OF(parts), block.bytes);
        write_bytes(&w, bytes_of(block.bytes, left < HMAC_SIZE ? left : HMAC_SIZE));
    }
}

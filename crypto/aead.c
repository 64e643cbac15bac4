#include "aead.h"

#include <sodium.h>

_Static_assert(AEAD_KEY_SIZE == crypto_aead_chacha20poly1305_ietf_KEYBYTES, "key");
_Static_assert(AEAD_TAG_SIZE == crypto_aead_chacha20poly1305_ietf_ABYTES, "tag");
_Static_assert(CHACHA_NONCE_SIZE == crypto_aead_chacha20poly1305_ietf_NPUBBYTES, "nonce");
_Static_assert(AEAD_KEY_SIZE == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key");
_Static_assert(AEAD_TAG_SIZE == crypto_aead_xchacha20poly1305_ietf_ABYTES, "tag");
_Static_assert(XCHACHA_NONCE_SIZE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");

void chacha_seal(const uint8_t key[AEAD_KEY_SIZE], const uint8_t nonce[CHACHA_NONCE_SIZE],
                 struct bytes aad, struct bytes plain, uint8_t *ret)
{
    MUST(crypto_aead_chacha20poly1305_ietf_encrypt(ret, NULL, plain.at, plain.size, aad.at,
                                                   aad.size, NULL, nonce, key) == 0);
}

status chacha_open(const uint8_t key[AEAD_KEY_SIZE], const uint8_t nonce[CHACHA_NONCE_SIZE],
                   struct bytes aad, struct bytes sealed, uint8_t *ret)
{
    ENSURE(sealed.size >= AEAD_TAG_SIZE, E_OPEN);
    ENSURE(crypto_aead_chacha20poly1305_ietf_decrypt(
               ret, NULL, NULL, sealed.at, sealed.size, aad.at, aad.size, nonce, key) == 0,
           E_OPEN);
    return OK;
}

void xchacha_seal(const uint8_t key[AEAD_KEY_SIZE], const uint8_t nonce[XCHACHA_NONCE_SIZE],
                  struct bytes aad, struct bytes plain, uint8_t *ret)
{
    MUST(crypto_aead_xchacha20poly1305_ietf_encrypt(ret, NULL, plain.at, plain.size, aad.at,
                                                    aad.size, NULL, nonce, key) == 0);
}

status xchacha_open(const uint8_t key[AEAD_KEY_SIZE],
                    const uint8_t nonce[XCHACHA_NONCE_SIZE], struct bytes aad,
                    struct bytes sealed, uint8_t *ret)
{
    ENSURE(sealed.size >= AEAD_TAG_SIZE, E_OPEN);
    ENSURE(crypto_aead_xchacha20poly1305_ietf_decrypt(
               ret, NULL, NULL, sealed.at, sealed.size, aad.at, aad.size, nonce, key) == 0,
           E_OPEN);
    return OK;
}

#ifndef FLAGPOST_AEAD_H
#define FLAGPOST_AEAD_H

/*
 * The two ciphers that everything here is sealed with: ChaCha20-Poly1305 (RFC 8439) inside
 * HPKE, XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) wherever a nonce is random.
 *
 * Sealing writes ciphertext and tag to `ret`, which has room for plain.size +
 * AEAD_TAG_SIZE. Opening writes sealed.size - AEAD_TAG_SIZE bytes; E_OPEN when the tag is
 * wrong, with `ret` zeroed, or when there is no room for a tag.
 */

#include "bytes.h"

enum {
    AEAD_KEY_SIZE = 32,
    AEAD_TAG_SIZE = 16,
    CHACHA_NONCE_SIZE = 12,
    XCHACHA_NONCE_SIZE = 24,
};

void chacha_seal(const uint8_t key[AEAD_KEY_SIZE], const uint8_t nonce[CHACHA_NONCE_SIZE],
                 struct bytes aad, struct bytes plain, uint8_t *ret);
NODISCARD status chacha_open(const uint8_t key[AEAD_KEY_SIZE],
                             const uint8_t nonce[CHACHA_NONCE_SIZE], struct bytes aad,
                             struct bytes sealed, uint8_t *ret);

void xchacha_seal(const uint8_t key[AEAD_KEY_SIZE], const uint8_t nonce[XCHACHA_NONCE_SIZE],
                  struct bytes aad, struct bytes plain, uint8_t *ret);
NODISCARD status xchacha_open(const uint8_t key[AEAD_KEY_SIZE],
                              const uint8_t nonce[XCHACHA_NONCE_SIZE], struct bytes aad,
                              struct bytes sealed, uint8_t *ret);

#endif

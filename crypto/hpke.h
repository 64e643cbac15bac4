#ifndef FLAGPOST_HPKE_H
#define FLAGPOST_HPKE_H

/*
 * HPKE (RFC 9180) base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305,
 * that is KEM 0x0020, KDF 0x0001, AEAD 0x0003.  The sequence number is given by the caller,
 * because a group's contexts number their messages by log index (page "wrap" of
 * proto/README.md); a context is never stored or resumed.
 */

#include "arena.h"
#include "types.h"

enum { HPKE_KEY_SIZE = 32, HPKE_TAG_SIZE = 16 };

struct hpke_key_pair {
    uint8_t secret[HPKE_KEY_SIZE];
    uint8_t public[HPKE_KEY_SIZE];
};

/* Holds secrets: call hpke_done. */
struct hpke_context {
    uint8_t key[32];
    uint8_t base_nonce[12];
};

/* RFC 7748 section 5.  False for a point of small order, whose product is all zeros
 * (section 6.1). */
NODISCARD bool x25519(const uint8_t secret[HPKE_KEY_SIZE],
                      const uint8_t other[HPKE_KEY_SIZE], uint8_t ret[HPKE_KEY_SIZE]);

/* DeriveKeyPair of RFC 9180 section 7.1.3 from 32 or more random bytes; E_VALUE for fewer.
 */
NODISCARD status hpke_derive(struct bytes ikm, struct hpke_key_pair *ret);

/*
 * Sender's context to `recipient` with the ephemeral pair given (a group draws one pair for
 * all recipients, which this KEM allows: each context binds the recipient's key).  E_KEY
 * when the recipient's point is of small order.
 */
NODISCARD status hpke_sender(const struct hpke_key_pair *ephemeral,
                             const uint8_t recipient[HPKE_KEY_SIZE], struct bytes info,
                             struct hpke_context *ret);

/* Recipient's context for the sender's encapsulated key.  E_OPEN when that is of small
 * order. */
NODISCARD status hpke_recipient(const struct hpke_key_pair *own,
                                const uint8_t encapsulated[HPKE_KEY_SIZE],
                                struct bytes info, struct hpke_context *ret);

/* Ciphertext and tag into `ret`, which has room for plain.size + HPKE_TAG_SIZE. */
void hpke_seal(const struct hpke_context *c, uint64_t seq, struct bytes aad,
               struct bytes plain, uint8_t *ret);

/* Plaintext into `ret`, sealed.size - HPKE_TAG_SIZE bytes; E_OPEN, with `ret` zeroed. */
NODISCARD status hpke_open(const struct hpke_context *c, uint64_t seq, struct bytes aad,
                           struct bytes sealed, uint8_t *ret);

/* Export interface (RFC 9180 section 5.3) is not provided. */

void hpke_done(struct hpke_context *c);
void hpke_key_pair_done(struct hpke_key_pair *k);

#endif

#ifndef FLAGPOST_KEYRING_H
#define FLAGPOST_KEYRING_H

/*
 * The one place where long-lived secrets are: a single guarded block (sodium_malloc),
 * without access except inside the functions here.  Public halves are plain.
 *
 * From the master secret are derived, with BLAKE2b under fixed context words, the keys for
 * the head guard's MAC, for digests of refused content, for the tokens by which records are
 * found, and for wrapping what keys.db holds.
 */

#include "hpke.h"

enum {
    SIGN_PUBLIC_SIZE = 32,
    SIGN_SEED_SIZE = 32,
    SIGNATURE_SIZE = 64,
    CURVE_KEY_SIZE = 32,
    MASTER_SIZE = 32,
    KEYRING_KEYS_MAX =
        4,           /* of each of the two pairs: one in use, others before and after */
    KX_KEPT_MAX = 8, /* private KX keys alive at once: 30 days of weekly keys and some */
};

/* What a node key file holds, in this order: 96 bytes. */
struct keyring_secrets {
    uint8_t sign_seed[SIGN_SEED_SIZE];
    uint8_t curve_secret[CURVE_KEY_SIZE];
    uint8_t master[MASTER_SIZE];
};

struct keyring; /* opaque, guarded */

/* Takes over the secrets and wipes the caller's copy, also on failure.  E_MEMORY.  Calls
 * sodium_init. */
NODISCARD status keyring_open(struct keyring_secrets *secrets, struct keyring **ret);
struct keyring *keyring_free(struct keyring *k); /* NULL */

/* Of the pairs in use: those that the ring was opened with, until others are chosen. */
const uint8_t *keyring_sign_public(const struct keyring *k);
const uint8_t *keyring_curve_public(const struct keyring *k);

/*
 * An agency's keys change while its node runs (README.md, "When a key changes"): the ring
 * holds the pairs before and after as well, and one of each kind is in use.
 */
enum keyring_pair { KEYRING_SIGN = 1, KEYRING_CURVE = 2 };
/* One more pair, from its seed or secret of 32 bytes; not in use.  One that is there
 * already is no failure.  E_LIMIT: the ring holds KEYRING_KEYS_MAX of that kind. */
NODISCARD status keyring_add(struct keyring *k, enum keyring_pair pair,
                             const uint8_t secret[32]);
bool keyring_has(const struct keyring *k, enum keyring_pair pair, const uint8_t public[32]);
/* E_KEY: the ring does not have it. */
NODISCARD status keyring_choose(struct keyring *k, enum keyring_pair pair,
                                const uint8_t public[32]);
/* Wiped; the one in use stays.  One that is not there is no failure. */
void keyring_destroy(struct keyring *k, enum keyring_pair pair, const uint8_t public[32]);

/* Ed25519 over the message itself. */
void keyring_sign(struct keyring *k, struct bytes message, uint8_t ret[SIGNATURE_SIZE]);

/* Copies the CURVE secret for the transport; wipe it after use. */
void keyring_curve_secret(struct keyring *k, uint8_t ret[CURVE_KEY_SIZE]);

/* BLAKE2b-256 under the subkey for `use`. */
enum keyring_use { KEYRING_GUARD = 1, KEYRING_DIGEST = 2 };
struct hash keyring_mac(struct keyring *k, enum keyring_use use, struct bytes message);

/* The first 64 bits of BLAKE2b-128 of each message under the subkey for tokens: what two
 * records share has one token, and without the key a token tells nothing of what it stands
 * for. */
void keyring_tokens(struct keyring *k, const struct bytes *messages, size_t count,
                    uint64_t *ret);

/* XChaCha20-Poly1305 under the wrapping key, random nonce from `nonce`; `ret` has room for
 * 24 + plain.size + 16.  Opening gives E_OPEN, with `ret` zeroed. */
enum { KEYRING_WRAP_EXTRA = 24 + 16 };
void keyring_wrap(struct keyring *k, const uint8_t nonce[24], struct bytes aad,
                  struct bytes plain, uint8_t *ret);
NODISCARD status keyring_unwrap(struct keyring *k, struct bytes aad, struct bytes wrapped,
                                uint8_t *ret);

/* A short-lived KX private key that the ring holds: its number, and since when it has been
 * announced. */
struct keyring_kx {
    uint32_t id; /* 0: this place is free */
    millis from;
};
/* E_LIMIT: the ring holds KX_KEPT_MAX.  E_VALUE: number 0.  E_DUPLICATE: there is a key of
 * that number. */
NODISCARD status keyring_kx_add(struct keyring *k, const struct keyring_kx *kx,
                                const uint8_t secret[32]);
void keyring_kx_destroy(struct keyring *k, uint32_t id);
bool keyring_has_kx(const struct keyring *k, uint32_t id);
/* All KX_KEPT_MAX places, in no order. */
const struct keyring_kx *keyring_kx_all(const struct keyring *k);
/* Recipient's HPKE context under KX key `id`; E_OPEN when that key is gone. */
NODISCARD status keyring_hpke(struct keyring *k, uint32_t id,
                              const uint8_t encapsulated[HPKE_KEY_SIZE], struct bytes info,
                              struct hpke_context *ret);

/* One-shot verification; refuses small-order keys and non-canonical signatures. */
bool signature_is_good(const uint8_t key[SIGN_PUBLIC_SIZE], struct bytes message,
                       const uint8_t signature[SIGNATURE_SIZE]);

/* False for points of small or mixed order and for what is not a point: no such key may
 * enter a roster. */
bool sign_public_is_sound(const uint8_t key[SIGN_PUBLIC_SIZE]);
/* False for X25519 public keys of small order. */
bool kx_public_is_sound(const uint8_t key[32]);

/* In constant time. */
bool secret_equal(const void *a, const void *b, size_t size);

#endif

#include "hpke.h"

#include "aead.h"
#include "hkdf.h"

#include <sodium.h>

enum {
    CONTEXT_SIZE = 1 + 2 * HMAC_SIZE,
    LABELED_MAX = 128, /* length, version, suite, label and the largest info we give */
};

_Static_assert((int)HPKE_TAG_SIZE == (int)AEAD_TAG_SIZE, "Nt");

/* "KEM" || 0x0020, and "HPKE" || KEM 0x0020 || KDF 0x0001 || AEAD 0x0003. */
static const uint8_t kem_suite[] = {'K', 'E', 'M', 0x00, 0x20};
static const uint8_t hpke_suite[] = {'H',  'P',  'K',  'E',  0x00,
                                     0x20, 0x00, 0x01, 0x00, 0x03};

/* A secret on its way from one function to the next. */
struct secret {
    uint8_t bytes[HMAC_SIZE];
};

static void secret_done(struct secret *s)
{
    sodium_memzero(s, sizeof *s);
}

/* LabeledExtract of section 4; every salt in base mode with this KEM is empty but one. */
static void labeled_extract(struct bytes suite, struct bytes salt, const char *label,
                            struct bytes ikm, uint8_t ret[HMAC_SIZE])
{
    const struct bytes parts[] = {bytes_of_text("HPKE-v1"), suite, bytes_of_text(label),
                                  ikm};

    hmac_sha256(salt, parts, COUNT_OF(parts), ret);
}

/* LabeledExpand of section 4. */
static void labeled_expand(struct bytes suite, const struct secret *prk, const char *label,
                           struct bytes info, struct writer *ret)
{
    uint8_t labeled[LABELED_MAX];
    struct writer w = writer_over(labeled, sizeof labeled);

    write_u16(&w, (uint16_t)ret->room);
    write_text(&w, "HPKE-v1");
    write_bytes(&w, suite);
    write_text(&w, label);
    write_bytes(&w, info);
    MUST(!w.bad);
    hkdf_expand(prk->bytes, writer_bytes(&w), ret->at, ret->room);
}

bool x25519(const uint8_t secret[HPKE_KEY_SIZE], const uint8_t other[HPKE_KEY_SIZE],
            uint8_t ret[HPKE_KEY_SIZE])
{
    return crypto_scalarmult_curve25519(ret, secret, other) == 0;
}

status hpke_derive(struct bytes ikm, struct hpke_key_pair *ret)
{
    const struct bytes suite = bytes_of(kem_suite, sizeof kem_suite);
    const struct bytes none = {0};
    struct secret prk DEFER(secret_done) = {0};

    ENSURE(ikm.size >= HPKE_KEY_SIZE, E_VALUE);
    labeled_extract(suite, none, "dkp_prk", ikm, prk.bytes);
    struct writer secret = writer_over(ret->secret, sizeof ret->secret);
    labeled_expand(suite, &prk, "sk", none, &secret);
    MUST(crypto_scalarmult_curve25519_base(ret->public, ret->secret) == 0);
    return OK;
}

/*
 * ExtractAndExpand of section 4.1 over DH(secret, other); kem_context = enc || pkRm.  A
 * point of small order gives the all-zero secret, which section 7.1.4 has both sides
 * refuse.
 */
static bool shared_secret(const uint8_t secret[HPKE_KEY_SIZE],
                          const uint8_t other[HPKE_KEY_SIZE], struct bytes kem_context,
                          struct secret *ret)
{
    const struct bytes suite = bytes_of(kem_suite, sizeof kem_suite);
    const struct bytes none = {0};
    struct secret dh DEFER(secret_done) = {0};
    struct secret prk DEFER(secret_done) = {0};

    if (!x25519(secret, other, dh.bytes))
        return false;
    labeled_extract(suite, none, "eae_prk", bytes_of(dh.bytes, sizeof dh.bytes), prk.bytes);
    struct writer w = writer_over(ret->bytes, sizeof ret->bytes);
    labeled_expand(suite, &prk, "shared_secret", kem_context, &w);
    return true;
}

/* KeySchedule of section 5.1 in base mode: psk and psk_id are empty. */
static void key_schedule(const struct secret *shared, struct bytes info,
                         struct hpke_context *ret)
{
    const struct bytes suite = bytes_of(hpke_suite, sizeof hpke_suite);
    const struct bytes none = {0};
    uint8_t context[CONTEXT_SIZE] = {0x00}; /* mode_base || psk_id_hash || info_hash */
    struct secret secret DEFER(secret_done) = {0};

    labeled_extract(suite, none, "psk_id_hash", none, context + 1);
    labeled_extract(suite, none, "info_hash", info, context + 1 + HMAC_SIZE);
    labeled_extract(suite, bytes_of(shared->bytes, sizeof shared->bytes), "secret", none,
                    secret.bytes);

    struct writer key = writer_over(ret->key, sizeof ret->key);
    struct writer nonce = writer_over(ret->base_nonce, sizeof ret->base_nonce);
    labeled_expand(suite, &secret, "key", bytes_of(context, sizeof context), &key);
    labeled_expand(suite, &secret, "base_nonce", bytes_of(context, sizeof context), &nonce);
}

/* enc || pkRm. */
struct kem_context {
    uint8_t bytes[2 * HPKE_KEY_SIZE];
};

static struct kem_context kem_context_of(const uint8_t enc[HPKE_KEY_SIZE],
                                         const uint8_t recipient[HPKE_KEY_SIZE])
{
    struct kem_context c;
    struct writer w = writer_over(c.bytes, sizeof c.bytes);

    write_bytes(&w, bytes_of(enc, HPKE_KEY_SIZE));
    write_bytes(&w, bytes_of(recipient, HPKE_KEY_SIZE));
    MUST(!w.bad);
    return c;
}

status hpke_sender(const struct hpke_key_pair *ephemeral,
                   const uint8_t recipient[HPKE_KEY_SIZE], struct bytes info,
                   struct hpke_context *ret)
{
    const struct kem_context c = kem_context_of(ephemeral->public, recipient);
    struct secret shared DEFER(secret_done) = {0};

    ENSURE(shared_secret(ephemeral->secret, recipient, bytes_of(c.bytes, sizeof c.bytes),
                         &shared),
           E_KEY);
    key_schedule(&shared, info, ret);
    return OK;
}

status hpke_recipient(const struct hpke_key_pair *own,
                      const uint8_t encapsulated[HPKE_KEY_SIZE], struct bytes info,
                      struct hpke_context *ret)
{
    const struct kem_context c = kem_context_of(encapsulated, own->public);
    struct secret shared DEFER(secret_done) = {0};

    ENSURE(shared_secret(own->secret, encapsulated, bytes_of(c.bytes, sizeof c.bytes),
                         &shared),
           E_OPEN);
    key_schedule(&shared, info, ret);
    return OK;
}

/* ComputeNonce of section 5.2: base_nonce XOR I2OSP(seq, Nn). */
static void compute_nonce(const struct hpke_context *c, uint64_t seq,
                          uint8_t ret[CHACHA_NONCE_SIZE])
{
    for (size_t i = 0; i < CHACHA_NONCE_SIZE; i++) {
        const size_t from_end = CHACHA_NONCE_SIZE - 1 - i;
        const uint8_t digit = from_end < 8 ? (uint8_t)(seq >> (8 * from_end)) : 0;
        ret[i] = c->base_nonce[i] ^ digit;
    }
}

void hpke_seal(const struct hpke_context *c, uint64_t seq, struct bytes aad,
               struct bytes plain, uint8_t *ret)
{
    uint8_t nonce[CHACHA_NONCE_SIZE];

    compute_nonce(c, seq, nonce);
    chacha_seal(c->key, nonce, aad, plain, ret);
}

status hpke_open(const struct hpke_context *c, uint64_t seq, struct bytes aad,
                 struct bytes sealed, uint8_t *ret)
{
    uint8_t nonce[CHACHA_NONCE_SIZE];

    compute_nonce(c, seq, nonce);
    return chacha_open(c->key, nonce, aad, sealed, ret);
}

void hpke_done(struct hpke_context *c)
{
    sodium_memzero(c, sizeof *c);
}

void hpke_key_pair_done(struct hpke_key_pair *k)
{
    sodium_memzero(k, sizeof *k);
}

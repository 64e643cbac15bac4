#include "aead.h"
#include "hkdf.h"
#include "keyring.h"
#include "selftest.h"

#include <string.h>

/* The algorithms of Wycheproof's that this node uses, each through the function that the
 * node itself calls. */

static enum verdict same(struct bytes found, struct bytes wanted)
{
    return bytes_equal(found, wanted) ? VERDICT_ACCEPTED : VERDICT_OTHER;
}

enum { ED_KEY, ED_MESSAGE, ED_SIGNATURE };

static enum verdict run_ed25519(const struct vector *v, struct arena *a)
{
    (void)a;
    if (v->fields[ED_KEY].size != SIGN_PUBLIC_SIZE ||
        v->fields[ED_SIGNATURE].size != SIGNATURE_SIZE)
        return VERDICT_SIZE;
    return signature_is_good(v->fields[ED_KEY].at, v->fields[ED_MESSAGE],
                             v->fields[ED_SIGNATURE].at)
               ? VERDICT_ACCEPTED
               : VERDICT_REFUSED;
}

enum { X_PUBLIC, X_PRIVATE, X_SHARED };

static enum verdict run_x25519(const struct vector *v, struct arena *a)
{
    uint8_t shared[HPKE_KEY_SIZE];

    (void)a;
    if (v->fields[X_PUBLIC].size != HPKE_KEY_SIZE ||
        v->fields[X_PRIVATE].size != HPKE_KEY_SIZE)
        return VERDICT_SIZE;
    /* An all-zero product is "acceptable" to Wycheproof and refused here (RFC 9180 section
     * 7.1.4). */
    if (!x25519(v->fields[X_PRIVATE].at, v->fields[X_PUBLIC].at, shared))
        return VERDICT_REFUSED;
    return same(bytes_of(shared, sizeof shared), v->fields[X_SHARED]);
}

enum { AEAD_KEY, AEAD_NONCE, AEAD_AAD, AEAD_MESSAGE, AEAD_CIPHERTEXT, AEAD_TAG };

struct cipher {
    size_t nonce_size;
    void (*seal)(const uint8_t *key, const uint8_t *nonce, struct bytes aad,
                 struct bytes plain, uint8_t *ret);
    status (*open)(const uint8_t *key, const uint8_t *nonce, struct bytes aad,
                   struct bytes sealed, uint8_t *ret);
};

/* Opens what the vector gives; what opens must be the message and be sealed so again. */
static enum verdict run_aead(const struct cipher *cipher, const struct vector *v,
                             struct arena *a)
{
    const struct bytes *const f = v->fields;
    const struct bytes message = f[AEAD_MESSAGE];

    if (f[AEAD_KEY].size != AEAD_KEY_SIZE || f[AEAD_NONCE].size != cipher->nonce_size ||
        f[AEAD_TAG].size != AEAD_TAG_SIZE)
        return VERDICT_SIZE;
    const size_t size = f[AEAD_CIPHERTEXT].size + AEAD_TAG_SIZE;
    uint8_t *const plain = arena_take(a, f[AEAD_CIPHERTEXT].size);
    uint8_t *const again = arena_take(a, message.size + AEAD_TAG_SIZE);
    struct writer w = writer_over(arena_take(a, size), size);

    MUST(plain != NULL && again != NULL && w.at != NULL); /* a file has its limit */
    write_bytes(&w, f[AEAD_CIPHERTEXT]);
    write_bytes(&w, f[AEAD_TAG]);
    if (cipher->open(f[AEAD_KEY].at, f[AEAD_NONCE].at, f[AEAD_AAD], writer_bytes(&w),
                     plain) != OK)
        return VERDICT_REFUSED;
    if (!bytes_equal(bytes_of(plain, f[AEAD_CIPHERTEXT].size), message))
        return VERDICT_OTHER;
    cipher->seal(f[AEAD_KEY].at, f[AEAD_NONCE].at, f[AEAD_AAD], message, again);
    return same(bytes_of(again, message.size + AEAD_TAG_SIZE), writer_bytes(&w));
}

static enum verdict run_chacha(const struct vector *v, struct arena *a)
{
    static const struct cipher chacha = {CHACHA_NONCE_SIZE, chacha_seal, chacha_open};

    return run_aead(&chacha, v, a);
}

static enum verdict run_xchacha(const struct vector *v, struct arena *a)
{
    static const struct cipher xchacha = {XCHACHA_NONCE_SIZE, xchacha_seal, xchacha_open};

    return run_aead(&xchacha, v, a);
}

enum { HKDF_IKM, HKDF_SALT, HKDF_INFO, HKDF_OUTPUT };

static enum verdict run_hkdf(const struct vector *v, struct arena *a)
{
    uint8_t prk[HMAC_SIZE];

    if (v->numbers[0] > HKDF_SIZE_MAX)
        return VERDICT_SIZE;
    const size_t size = (size_t)v->numbers[0];
    uint8_t *const output = arena_take(a, size);
    MUST(output != NULL);
    hkdf_extract(v->fields[HKDF_SALT], v->fields[HKDF_IKM], prk);
    hkdf_expand(prk, v->fields[HKDF_INFO], output, size);
    return same(bytes_of(output, size), v->fields[HKDF_OUTPUT]);
}

enum { MAC_KEY, MAC_MESSAGE, MAC_TAG };

/* A shorter tag is the beginning of the whole one (RFC 2104 section 5). */
static enum verdict run_hmac(const struct vector *v, struct arena *a)
{
    const struct bytes tag = v->fields[MAC_TAG];
    uint8_t whole[HMAC_SIZE];

    (void)a;
    if (tag.size == 0 || tag.size > HMAC_SIZE)
        return VERDICT_SIZE;
    hmac_sha256(v->fields[MAC_KEY], &v->fields[MAC_MESSAGE], 1, whole);
    return bytes_equal(bytes_of(whole, tag.size), tag) ? VERDICT_ACCEPTED : VERDICT_REFUSED;
}

static const struct vector_kind rows[] = {
    {.algorithm = "EDDSA",
     .group = "EddsaVerify",
     .curve = "edwards25519",
     .public_key = true,
     .fields = {"pk", "msg", "sig"},
     .run = run_ed25519},
    {.algorithm = "XDH",
     .group = "XdhComp",
     .curve = "curve25519",
     .fields = {"public", "private", "shared"},
     .run = run_x25519},
    {.algorithm = "CHACHA20-POLY1305",
     .group = "AeadTest",
     .fields = {"key", "iv", "aad", "msg", "ct", "tag"},
     .run = run_chacha},
    {.algorithm = "XCHACHA20-POLY1305",
     .group = "AeadTest",
     .fields = {"key", "iv", "aad", "msg", "ct", "tag"},
     .run = run_xchacha},
    {.algorithm = "HKDF-SHA-256",
     .group = "HkdfTest",
     .fields = {"ikm", "salt", "info", "okm"},
     .numbers = {"size"},
     .run = run_hkdf},
    {.algorithm = "HMACSHA256",
     .group = "MacTest",
     .fields = {"key", "msg", "tag"},
     .run = run_hmac},
};

const struct vector_kinds selftest_crypto_kinds = {rows, COUNT_OF(rows)};

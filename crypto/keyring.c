#include "keyring.h"

#include "aead.h"
#include "draw.h"

#include <sodium.h>
#include <string.h>

_Static_assert(SIGN_PUBLIC_SIZE == crypto_sign_PUBLICKEYBYTES, "public key");
_Static_assert(SIGN_SEED_SIZE == crypto_sign_SEEDBYTES, "seed");
_Static_assert(SIGNATURE_SIZE == crypto_sign_BYTES, "signature");
_Static_assert((int)KEYRING_WRAP_EXTRA == XCHACHA_NONCE_SIZE + AEAD_TAG_SIZE,
               "nonce and tag");

enum { PAIR_KINDS = 2 };

/* The guarded block.  The master secret itself is not kept: all it is for is derived. */
struct vault {
    /* Of the pairs of each kind, at the same places; of CURVE the first half is used. */
    uint8_t pairs[PAIR_KINDS][KEYRING_KEYS_MAX][crypto_sign_SECRETKEYBYTES];
    uint8_t guard_key[32];
    uint8_t digest_key[32];
    uint8_t token_key[32];
    uint8_t wrap_key[32];
    struct hpke_key_pair kx[KX_KEPT_MAX];
};

/* The public halves of vault->pairs of one kind. */
struct pair_set {
    size_t count, chosen;
    uint8_t public[KEYRING_KEYS_MAX][32];
};

struct keyring {
    struct vault *vault;
    struct pair_set pairs[PAIR_KINDS];
    struct keyring_kx kx[KX_KEPT_MAX]; /* of vault->kx at the same place */
};

/* A call that cannot be refused access to its own pages is a bug in the sandbox. */
static const struct vault *vault_read(const struct keyring *k)
{
    MUST(sodium_mprotect_readonly(k->vault) == 0);
    return k->vault;
}

static struct vault *vault_write(const struct keyring *k)
{
    MUST(sodium_mprotect_readwrite(k->vault) == 0);
    return k->vault;
}

static void vault_close(const struct keyring *k)
{
    MUST(sodium_mprotect_noaccess(k->vault) == 0);
}

static void derive_subkey(const uint8_t master[MASTER_SIZE], const char *context,
                          uint8_t ret[32])
{
    blake_keyed(bytes_of(master, MASTER_SIZE), bytes_of_text(context), ret, 32);
}

static size_t kind_of(enum keyring_pair pair)
{
    return (size_t)pair - KEYRING_SIGN;
}

/* Both halves at a free or new place. */
static void pair_fill(struct keyring *k, enum keyring_pair pair, size_t place,
                      const uint8_t secret[32])
{
    uint8_t *const public = k->pairs[kind_of(pair)].public[place];
    uint8_t *const held = k->vault->pairs[kind_of(pair)][place];

    switch (pair) {
    case KEYRING_SIGN:
        MUST(crypto_sign_seed_keypair(public, held, secret) == 0);
        break;
    case KEYRING_CURVE:
        memcpy(held, secret, CURVE_KEY_SIZE);
        MUST(crypto_scalarmult_curve25519_base(public, secret) == 0);
        break;
    }
}

static void vault_fill(struct keyring *k, const struct keyring_secrets *s)
{
    struct vault *const v = k->vault;

    memset(v, 0, sizeof *v);
    pair_fill(k, KEYRING_SIGN, 0, s->sign_seed);
    pair_fill(k, KEYRING_CURVE, 0, s->curve_secret);
    for (size_t i = 0; i < PAIR_KINDS; i++)
        k->pairs[i].count = 1;
    derive_subkey(s->master, "flagpost/keyring/guard/v1", v->guard_key);
    derive_subkey(s->master, "flagpost/keyring/digest/v1", v->digest_key);
    derive_subkey(s->master, "flagpost/keyring/token/v1", v->token_key);
    derive_subkey(s->master, "flagpost/keyring/wrap/v1", v->wrap_key);
}

status keyring_open(struct keyring_secrets *secrets, struct keyring **ret)
{
    struct keyring *k = NULL;
    status s = E_MEMORY;

    if (sodium_init() < 0)
        goto done;
    /* The handle holds nothing secret, but there is no other allocator in this layer. */
    k = sodium_malloc(sizeof *k);
    if (k == NULL)
        goto done;
    memset(k, 0, sizeof *k);
    k->vault = sodium_malloc(sizeof *k->vault);
    if (k->vault == NULL)
        goto done;
    vault_fill(k, secrets);
    vault_close(k);
    *ret = k;
    k = NULL;
    s = OK;
done:
    sodium_memzero(secrets, sizeof *secrets);
    (void)keyring_free(k); /* NULL by design */
    return s;
}

struct keyring *keyring_free(struct keyring *k)
{
    if (k != NULL) {
        sodium_free(k->vault); /* gives itself access, and wipes */
        sodium_free(k);
    }
    return NULL;
}

static const uint8_t *chosen_public(const struct keyring *k, enum keyring_pair pair)
{
    const struct pair_set *const s = &k->pairs[kind_of(pair)];

    return s->public[s->chosen];
}

/* In the opened vault. */
static const uint8_t *chosen_secret(const struct keyring *k, const struct vault *v,
                                    enum keyring_pair pair)
{
    return v->pairs[kind_of(pair)][k->pairs[kind_of(pair)].chosen];
}

const uint8_t *keyring_sign_public(const struct keyring *k)
{
    return chosen_public(k, KEYRING_SIGN);
}

const uint8_t *keyring_curve_public(const struct keyring *k)
{
    return chosen_public(k, KEYRING_CURVE);
}

/* KEYRING_KEYS_MAX: it is not there. */
static size_t pair_place(const struct keyring *k, enum keyring_pair pair,
                         const uint8_t public[32])
{
    const struct pair_set *const s = &k->pairs[kind_of(pair)];

    for (size_t i = 0; i < s->count; i++) {
        if (memcmp(s->public[i], public, sizeof s->public[i]) == 0)
            return i;
    }
    return KEYRING_KEYS_MAX;
}

status keyring_add(struct keyring *k, enum keyring_pair pair, const uint8_t secret[32])
{
    struct pair_set *const s = &k->pairs[kind_of(pair)];

    ENSURE(s->count < KEYRING_KEYS_MAX, E_LIMIT);
    (void)vault_write(k);
    pair_fill(k, pair, s->count, secret);
    if (pair_place(k, pair, s->public[s->count]) == KEYRING_KEYS_MAX)
        s->count++;
    vault_close(k);
    return OK;
}

bool keyring_has(const struct keyring *k, enum keyring_pair pair, const uint8_t public[32])
{
    return pair_place(k, pair, public) != KEYRING_KEYS_MAX;
}

status keyring_choose(struct keyring *k, enum keyring_pair pair, const uint8_t public[32])
{
    const size_t place = pair_place(k, pair, public);

    ENSURE(place != KEYRING_KEYS_MAX, E_KEY);
    k->pairs[kind_of(pair)].chosen = place;
    return OK;
}

void keyring_destroy(struct keyring *k, enum keyring_pair pair, const uint8_t public[32])
{
    struct pair_set *const s = &k->pairs[kind_of(pair)];
    const size_t place = pair_place(k, pair, public);

    if (place == KEYRING_KEYS_MAX || place == s->chosen)
        return;
    const size_t last = s->count - 1;
    uint8_t(*const held)[crypto_sign_SECRETKEYBYTES] = vault_write(k)->pairs[kind_of(pair)];
    memcpy(held[place], held[last], sizeof held[place]);
    sodium_memzero(held[last], sizeof held[last]);
    vault_close(k);
    memcpy(s->public[place], s -> public[last], sizeof s->public[place]);
    s->count = last;
    if (s->chosen == last)
        s->chosen = place;
}

void keyring_sign(struct keyring *k, struct bytes message, uint8_t ret[SIGNATURE_SIZE])
{
    const struct vault *const v = vault_read(k);

    MUST(crypto_sign_detached(ret, NULL, message.at, message.size,
                              chosen_secret(k, v, KEYRING_SIGN)) == 0);
    vault_close(k);
}

void keyring_curve_secret(struct keyring *k, uint8_t ret[CURVE_KEY_SIZE])
{
    const struct vault *const v = vault_read(k);

    memcpy(ret, chosen_secret(k, v, KEYRING_CURVE), CURVE_KEY_SIZE);
    vault_close(k);
}

static const uint8_t *use_key(const struct vault *v, enum keyring_use use)
{
    switch (use) {
    case KEYRING_GUARD:
        return v->guard_key;
    case KEYRING_DIGEST:
        return v->digest_key;
    }
    return NULL;
}

struct hash keyring_mac(struct keyring *k, enum keyring_use use, struct bytes message)
{
    const uint8_t *const key = use_key(vault_read(k), use);
    struct hash h;

    MUST(key != NULL);
    blake_keyed(bytes_of(key, 32), message, h.bytes, sizeof h.bytes);
    vault_close(k);
    return h;
}

void keyring_tokens(struct keyring *k, const struct bytes *messages, size_t count,
                    uint64_t *ret)
{
    const struct vault *const v = vault_read(k);

    for (size_t i = 0; i < count; i++) {
        uint8_t short_hash[16];
        struct reader r = {.rest = bytes_of(short_hash, sizeof short_hash)};
        blake_keyed(bytes_of(v->token_key, sizeof v->token_key), messages[i], short_hash,
                    sizeof short_hash);
        ret[i] = read_u64(&r);
    }
    vault_close(k);
}

void keyring_wrap(struct keyring *k, const uint8_t nonce[24], struct bytes aad,
                  struct bytes plain, uint8_t *ret)
{
    const struct vault *const v = vault_read(k);

    memcpy(ret, nonce, XCHACHA_NONCE_SIZE);
    xchacha_seal(v->wrap_key, nonce, aad, plain, ret + XCHACHA_NONCE_SIZE);
    vault_close(k);
}

status keyring_unwrap(struct keyring *k, struct bytes aad, struct bytes wrapped,
                      uint8_t *ret)
{
    ENSURE(wrapped.size >= KEYRING_WRAP_EXTRA, E_OPEN);
    const struct bytes sealed = bytes_from(wrapped, XCHACHA_NONCE_SIZE);
    const status s = xchacha_open(vault_read(k)->wrap_key, wrapped.at, aad, sealed, ret);

    vault_close(k);
    return s;
}

/* Place of the KX key `id`, or KX_KEPT_MAX; id 0 finds a free place. */
static size_t kx_place(const struct keyring *k, uint32_t id)
{
    size_t i = 0;

    while (i < KX_KEPT_MAX && k->kx[i].id != id)
        i++;
    return i;
}

status keyring_kx_add(struct keyring *k, const struct keyring_kx *kx,
                      const uint8_t secret[32])
{
    ENSURE(kx->id != 0, E_VALUE);
    ENSURE(!keyring_has_kx(k, kx->id), E_DUPLICATE);
    const size_t place = kx_place(k, 0);
    ENSURE(place < KX_KEPT_MAX, E_LIMIT);

    struct hpke_key_pair *const pair = &vault_write(k)->kx[place];
    memcpy(pair->secret, secret, sizeof pair->secret);
    MUST(crypto_scalarmult_curve25519_base(pair->public, pair->secret) == 0);
    vault_close(k);
    k->kx[place] = *kx;
    return OK;
}

void keyring_kx_destroy(struct keyring *k, uint32_t id)
{
    const size_t place = id == 0 ? KX_KEPT_MAX : kx_place(k, id);

    if (place == KX_KEPT_MAX)
        return;
    hpke_key_pair_done(&vault_write(k)->kx[place]);
    vault_close(k);
    k->kx[place] = (struct keyring_kx){0};
}

bool keyring_has_kx(const struct keyring *k, uint32_t id)
{
    return id != 0 && kx_place(k, id) < KX_KEPT_MAX;
}

const struct keyring_kx *keyring_kx_all(const struct keyring *k)
{
    return k->kx;
}

status keyring_hpke(struct keyring *k, uint32_t id,
                    const uint8_t encapsulated[HPKE_KEY_SIZE], struct bytes info,
                    struct hpke_context *ret)
{
    ENSURE(keyring_has_kx(k, id), E_OPEN);
    const struct hpke_key_pair *const own = &vault_read(k)->kx[kx_place(k, id)];
    const status s = hpke_recipient(own, encapsulated, info, ret);

    vault_close(k);
    return s;
}

bool signature_is_good(const uint8_t key[SIGN_PUBLIC_SIZE], struct bytes message,
                       const uint8_t signature[SIGNATURE_SIZE])
{
    return crypto_sign_verify_detached(signature, message.at, message.size, key) == 0;
}

bool sign_public_is_sound(const uint8_t key[SIGN_PUBLIC_SIZE])
{
    /* Canonical, on the curve, not of small order, in the main subgroup.  Before the fix of
     * CVE-2025-69277 (Debian: 1.0.18-1+deb12u1) libsodium let points with a part of order
     * two pass: a test holds one up to it. */
    return crypto_core_ed25519_is_valid_point(key) == 1;
}

bool kx_public_is_sound(const uint8_t key[32])
{
    static const uint8_t any_scalar[32] = {1};
    uint8_t product[32];

    /* X25519 clears the cofactor, so exactly the points of small order give zero, whatever
     * the scalar (RFC 7748 section 6.1). */
    return x25519(any_scalar, key, product);
}

bool secret_equal(const void *a, const void *b, size_t size)
{
    return sodium_memcmp(a, b, size) == 0;
}

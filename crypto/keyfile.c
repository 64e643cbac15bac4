#include "keyfile.h"

#include "aead.h"
#include "draw.h"

#include <sodium.h>
#include <string.h>

/*
 * The layout is fixed, so offsets are constants; README.md has it as a table.  The first
 * BEFORE_SIZE bytes are what commitment and AEAD cover; the commitment ends the header.
 */
enum {
    KEYFILE_VERSION = 1,
    MAGIC_SIZE = 6,
    KDF_SALT_SIZE = crypto_pwhash_SALTBYTES,
    BEFORE_SIZE = MAGIC_SIZE + 1 + 1 + 1 + 1 + 4 + 4 + KDF_SALT_SIZE + XCHACHA_NONCE_SIZE,
    HEADER_SIZE = BEFORE_SIZE + HASH_SIZE,
};

static const uint8_t magic[MAGIC_SIZE] = {'F', 'P', 'K', 'E', 'Y', 0};

_Static_assert(BEFORE_SIZE == 58 && HEADER_SIZE == 90, "as README.md says");
_Static_assert(HEADER_SIZE + KEYFILE_SECRET_MAX + AEAD_TAG_SIZE <= KEYFILE_BYTES_MAX,
               "fits");
_Static_assert(KEYFILE_OPS_MIN >= (int)crypto_pwhash_argon2id_OPSLIMIT_MODERATE, "floor");
_Static_assert(KEYFILE_MEMORY_MIN_MIB >= crypto_pwhash_argon2id_MEMLIMIT_MODERATE >> 20,
               "floor");

struct parameters {
    enum keyfile_kind kind;
    enum keyfile_method method;
    uint32_t ops, memory_mib; /* 0 with a credential */
    uint8_t salt[KDF_SALT_SIZE];
    uint8_t nonce[XCHACHA_NONCE_SIZE];
};

/* What the lock and the salt give, and what is made of it; all secret but `commitment`. */
struct keys {
    uint8_t root[AEAD_KEY_SIZE];
    uint8_t encryption[AEAD_KEY_SIZE];
    uint8_t commitment[HASH_SIZE];
};

static void keys_done(struct keys *k)
{
    sodium_memzero(k, sizeof *k);
}

/* Opened, on its way to the caller, who gets it whole or not at all. */
struct plain {
    uint8_t bytes[KEYFILE_SECRET_MAX];
};

static void plain_done(struct plain *p)
{
    sodium_memzero(p, sizeof *p);
}

/* Exactly one of the two, a credential of its one length. */
static status lock_method(const struct keyfile_lock *lock, enum keyfile_method *ret)
{
    const bool by_credential = lock->credential.size > 0;

    ENSURE(by_credential != (lock->passphrase.size > 0), E_KEY);
    ENSURE(!by_credential || lock->credential.size == CREDENTIAL_SIZE, E_KEY);
    *ret = by_credential ? KEYFILE_CREDENTIAL : KEYFILE_PASSPHRASE;
    return OK;
}

static void write_before(const struct parameters *p, struct writer *w)
{
    write_bytes(w, bytes_of(magic, sizeof magic));
    write_u8(w, KEYFILE_VERSION);
    write_u8(w, (uint8_t)p->kind);
    write_u8(w, (uint8_t)p->method);
    write_u8(w, 0);
    write_u32(w, p->ops);
    write_u32(w, p->memory_mib);
    write_bytes(w, bytes_of(p->salt, sizeof p->salt));
    write_bytes(w, bytes_of(p->nonce, sizeof p->nonce));
    MUST(!w->bad && w->size == BEFORE_SIZE);
}

/* Floor against a file that an attacker made cheap to guess, ceiling against one that takes
 * all memory: both before any of it is taken. */
static status check_cost(const struct parameters *p)
{
    if (p->method == KEYFILE_CREDENTIAL) {
        ENSURE(p->ops == 0 && p->memory_mib == 0, E_FORM);
        return OK;
    }
    ENSURE(p->ops >= KEYFILE_OPS_MIN && p->ops <= KEYFILE_OPS_MAX, E_LIMIT);
    ENSURE(p->memory_mib >= KEYFILE_MEMORY_MIN_MIB, E_LIMIT);
    ENSURE(p->memory_mib <= KEYFILE_MEMORY_MAX_MIB, E_LIMIT);
    return OK;
}

static status read_before(struct bytes file, enum keyfile_kind kind, struct parameters *ret)
{
    struct reader r = {.rest = file};
    struct parameters p = {.kind = kind};

    ENSURE(file.size > HEADER_SIZE + AEAD_TAG_SIZE, E_FORM);
    ENSURE(file.size <= HEADER_SIZE + KEYFILE_SECRET_MAX + AEAD_TAG_SIZE, E_FORM);
    ENSURE(bytes_equal(read_bytes(&r, MAGIC_SIZE), bytes_of(magic, sizeof magic)), E_FORM);
    ENSURE(read_u8(&r) == KEYFILE_VERSION, E_VERSION);
    ENSURE(read_u8(&r) == (uint8_t)kind, E_VALUE);
    const uint8_t method = read_u8(&r);
    ENSURE(method == KEYFILE_PASSPHRASE || method == KEYFILE_CREDENTIAL, E_FORM);
    ENSURE(read_u8(&r) == 0, E_FORM);
    p.method = (enum keyfile_method)method;
    p.ops = read_u32(&r);
    p.memory_mib = read_u32(&r);
    read_copy(&r, p.salt, sizeof p.salt);
    read_copy(&r, p.nonce, sizeof p.nonce);
    TRY(check_cost(&p));
    *ret = p;
    return OK;
}

static status derive_root(const struct parameters *p, const struct keyfile_lock *lock,
                          uint8_t ret[AEAD_KEY_SIZE])
{
    switch (p->method) {
    case KEYFILE_PASSPHRASE:
        ENSURE(crypto_pwhash(ret, AEAD_KEY_SIZE, (const char *)lock->passphrase.at,
                             lock->passphrase.size, p->salt, p->ops,
                             (size_t)p->memory_mib << 20,
                             crypto_pwhash_ALG_ARGON2ID13) == 0,
               E_MEMORY);
        return OK;
    case KEYFILE_CREDENTIAL:
        /* It has all the entropy there is: stretching would add nothing. */
        blake_keyed(lock->credential, bytes_of(p->salt, sizeof p->salt), ret,
                    AEAD_KEY_SIZE);
        return OK;
    }
    return E_FORM;
}

/* `before` is the first BEFORE_SIZE bytes of the file. */
static status derive_keys(const struct parameters *p, const struct keyfile_lock *lock,
                          const uint8_t *before, struct keys *ret)
{
    static const char commit_word[] = "flagpost/keyfile/commit/v1";
    uint8_t committed[sizeof commit_word - 1 + BEFORE_SIZE];
    struct writer w = writer_over(committed, sizeof committed);

    write_text(&w, commit_word);
    write_bytes(&w, bytes_of(before, BEFORE_SIZE));
    MUST(!w.bad);
    TRY(derive_root(p, lock, ret->root));
    const struct bytes root = bytes_of(ret->root, sizeof ret->root);
    blake_keyed(root, bytes_of_text("flagpost/keyfile/encrypt/v1"), ret->encryption,
                AEAD_KEY_SIZE);
    blake_keyed(root, writer_bytes(&w), ret->commitment, HASH_SIZE);
    return OK;
}

status keyfile_encode(enum keyfile_kind kind, const struct keyfile_lock *lock,
                      struct bytes secret, struct arena *a, struct bytes *ret)
{
    struct parameters p = {.kind = kind};
    struct keys keys DEFER(keys_done) = {0};

    TRY(lock_method(lock, &p.method));
    ENSURE(secret.size > 0 && secret.size <= KEYFILE_SECRET_MAX, E_LIMIT);
    ENSURE(sodium_init() >= 0, E_MEMORY);
    if (p.method == KEYFILE_PASSPHRASE) {
        p.ops = KEYFILE_OPS_MIN;
        p.memory_mib = KEYFILE_MEMORY_MIN_MIB;
    }
    randombytes_buf(p.salt, sizeof p.salt);
    randombytes_buf(p.nonce, sizeof p.nonce);

    const size_t size = HEADER_SIZE + secret.size + AEAD_TAG_SIZE;
    uint8_t *const file = arena_take(a, size);
    ENSURE(file != NULL, E_MEMORY);
    struct writer w = writer_over(file, HEADER_SIZE);
    write_before(&p, &w);
    TRY(derive_keys(&p, lock, file, &keys));
    write_bytes(&w, bytes_of(keys.commitment, sizeof keys.commitment));
    MUST(!w.bad && w.size == HEADER_SIZE);
    xchacha_seal(keys.encryption, p.nonce, bytes_of(file, BEFORE_SIZE), secret,
                 file + HEADER_SIZE);
    *ret = bytes_of(file, size);
    return OK;
}

status keyfile_method(struct bytes file, enum keyfile_kind kind, enum keyfile_method *ret)
{
    struct parameters p = {.kind = kind};

    TRY(read_before(file, kind, &p));
    *ret = p.method;
    return OK;
}

status keyfile_decode(struct bytes file, enum keyfile_kind kind,
                      const struct keyfile_lock *lock, uint8_t *ret, size_t size)
{
    struct parameters p = {.kind = kind};
    enum keyfile_method method = KEYFILE_PASSPHRASE;
    struct keys keys DEFER(keys_done) = {0};
    struct plain plain DEFER(plain_done) = {0};

    TRY(read_before(file, kind, &p));
    ENSURE(file.size == HEADER_SIZE + size + AEAD_TAG_SIZE, E_FORM);
    TRY(lock_method(lock, &method));
    ENSURE(method == p.method, E_KEY);
    ENSURE(sodium_init() >= 0, E_MEMORY);
    TRY(derive_keys(&p, lock, file.at, &keys));
    ENSURE(sodium_memcmp(keys.commitment, file.at + BEFORE_SIZE, HASH_SIZE) == 0, E_KEY);
    ENSURE(xchacha_open(keys.encryption, p.nonce, bytes_of(file.at, BEFORE_SIZE),
                        bytes_from(file, HEADER_SIZE), plain.bytes) == OK,
           E_KEY);
    memcpy(ret, plain.bytes, size);
    return OK;
}

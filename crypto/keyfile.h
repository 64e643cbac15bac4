#ifndef FLAGPOST_KEYFILE_H
#define FLAGPOST_KEYFILE_H

/*
 * A key file's bytes: secrets under a passphrase (Argon2id) or under a random 32-byte
 * credential.  Layout in crypto/README.md: magic, version, kind, method, parameters, salt,
 * nonce, ciphertext, and a commitment to the key, because XChaCha20-Poly1305 does not
 * commit to its own.  Reading and writing the file is the caller's: this is bytes to bytes.
 */

#include "arena.h"
#include "types.h"

enum {
    KEYFILE_SECRET_MAX = 128,
    KEYFILE_BYTES_MAX = 512,
    CREDENTIAL_SIZE = 32,
    /* Floor and ceiling, enforced on load before any memory is taken. */
    KEYFILE_OPS_MIN = 3,
    KEYFILE_OPS_MAX = 10,
    KEYFILE_MEMORY_MIN_MIB = 256,
    KEYFILE_MEMORY_MAX_MIB = 1024,
};

enum keyfile_kind { KEYFILE_NODE = 1, KEYFILE_ROOT = 2, KEYFILE_RECOVERY = 3 };
enum keyfile_method { KEYFILE_PASSPHRASE = 1, KEYFILE_CREDENTIAL = 2 };

/* What opens it: exactly one of the two is not empty. */
struct keyfile_lock {
    struct bytes passphrase;
    struct bytes credential; /* CREDENTIAL_SIZE bytes */
};

/* Salt and nonce come from libsodium's generator.  E_LIMIT: a secret of no bytes or over
 * KEYFILE_SECRET_MAX.  E_KEY: the lock is none.  E_MEMORY, also when Argon2id gets none. */
NODISCARD status keyfile_encode(enum keyfile_kind kind, const struct keyfile_lock *lock,
                                struct bytes secret, struct arena *a, struct bytes *ret);

/* What is needed to open it, so that a person is asked for the right thing.  E_FORM,
 * E_VERSION, E_VALUE (another kind of key file), E_LIMIT (parameters out of floor and
 * ceiling). */
NODISCARD status keyfile_method(struct bytes file, enum keyfile_kind kind,
                                enum keyfile_method *ret);

/* Exactly `size` secret bytes into `ret`; E_KEY when the lock does not open it, else as
 * keyfile_method.  The caller wipes them. */
NODISCARD status keyfile_decode(struct bytes file, enum keyfile_kind kind,
                                const struct keyfile_lock *lock, uint8_t *ret, size_t size);

#endif

#include "password.h"

#include <sodium.h>
#include <string.h>

_Static_assert(PASSWORD_KEPT_ROOM == crypto_pwhash_STRBYTES, "libsodium's text form");

enum {
    OPS = crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE,
    MEMORY = crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE,
};

status password_keep(struct bytes password, char ret[PASSWORD_KEPT_ROOM])
{
    char kept[PASSWORD_KEPT_ROOM];

    ENSURE(password.size >= PASSWORD_BYTES_MIN && password.size <= PASSWORD_BYTES_MAX,
           E_LIMIT);
    ENSURE(crypto_pwhash_str(kept, (const char *)password.at, password.size, OPS, MEMORY) ==
               0,
           E_MEMORY);
    memcpy(ret, kept, sizeof kept);
    return OK;
}

status password_check(struct bytes password, const char kept[PASSWORD_KEPT_ROOM])
{
    ENSURE(memchr(kept, '\0', PASSWORD_KEPT_ROOM) != NULL, E_DENIED);
    ENSURE(password.size <= PASSWORD_BYTES_MAX, E_DENIED);
    return crypto_pwhash_str_verify(kept, (const char *)password.at, password.size) == 0
               ? OK
               : E_DENIED;
}

status password_spend(struct bytes password)
{
    static const uint8_t salt[crypto_pwhash_SALTBYTES] = {0};
    uint8_t out[32];

    ENSURE(password.size <= PASSWORD_BYTES_MAX, OK);
    ENSURE(crypto_pwhash(out, sizeof out, (const char *)password.at, password.size, salt,
                         OPS, MEMORY, crypto_pwhash_ALG_ARGON2ID13) == 0,
           E_MEMORY);
    sodium_memzero(out, sizeof out);
    return OK;
}

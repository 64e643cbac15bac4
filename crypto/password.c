#include "password.h"

#include "text.h"

#include <sodium.h>
#include <string.h>

_Static_assert(PASSWORD_KEPT_ROOM == crypto_pwhash_STRBYTES, "libsodium's text form");

enum {
    OPS = crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE,
    MEMORY = crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE,
    HEAD_SIZE = 31,
    SALT_DIGITS = 22, /* base64 of 16 bytes and of 32, without padding */
    HASH_DIGITS = 43,
    HASH_BYTES = 32,
    KEPT_SIZE = HEAD_SIZE + SALT_DIGITS + 1 + HASH_DIGITS,
};

static const char head[] = "$argon2id$v=19$m=65536,t=2,p=1$";
_Static_assert(sizeof head == HEAD_SIZE + 1 && crypto_pwhash_SALTBYTES == 16 && OPS == 2 &&
                   MEMORY == 65536 * 1024,
               "what password_keep writes");

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

/* The salt of a kept text that password_keep has made; else E_DENIED. */
static status salt_of(const char kept[PASSWORD_KEPT_ROOM],
                      uint8_t ret[crypto_pwhash_SALTBYTES])
{
    uint8_t room[64];
    uint8_t padded[SALT_DIGITS + 2];
    struct writer w = writer_over(padded, sizeof padded);
    struct arena a;
    struct bytes salt = {0};

    ENSURE(strnlen(kept, PASSWORD_KEPT_ROOM) == KEPT_SIZE, E_DENIED);
    ENSURE(memcmp(kept, head, HEAD_SIZE) == 0, E_DENIED);
    write_bytes(&w, bytes_of(kept + HEAD_SIZE, SALT_DIGITS));
    write_text(&w, "==");
    arena_init(&a, room, sizeof room);
    ENSURE(base64_decode(&a, writer_bytes(&w), &salt) == OK, E_DENIED);
    MUST(salt.size == crypto_pwhash_SALTBYTES);
    memcpy(ret, salt.at, salt.size);
    return OK;
}

/* What would be kept of the password under that salt, its NUL left out. */
static status kept_of(struct bytes password, const char kept[PASSWORD_KEPT_ROOM],
                      char ret[KEPT_SIZE + 1])
{
    uint8_t salt[crypto_pwhash_SALTBYTES];
    uint8_t hash[HASH_BYTES];
    struct writer w = writer_over(ret, KEPT_SIZE + 1); /* the padding is one more */

    TRY(salt_of(kept, salt));
    const int made =
        crypto_pwhash(hash, sizeof hash, (const char *)password.at, password.size, salt,
                      OPS, MEMORY, crypto_pwhash_ALG_ARGON2ID13);
    ENSURE(made == 0, E_MEMORY);
    write_bytes(&w, bytes_of(kept, HEAD_SIZE + SALT_DIGITS));
    write_u8(&w, '$');
    base64_write(&w, bytes_of(hash, sizeof hash));
    sodium_memzero(hash, sizeof hash);
    MUST(!w.bad);
    return OK;
}

/* Derived anew and compared, because crypto_pwhash_str_verify does not tell a wrong
 * password from want of memory. */
status password_check(struct bytes password, const char kept[PASSWORD_KEPT_ROOM])
{
    char made[KEPT_SIZE + 1];

    ENSURE(password.size <= PASSWORD_BYTES_MAX, E_DENIED);
    TRY(kept_of(password, kept, made));
    const bool same = sodium_memcmp(made, kept, KEPT_SIZE) == 0;
    sodium_memzero(made, sizeof made);
    return same ? OK : E_DENIED;
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

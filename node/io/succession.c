#include "succession.h"

#include "entropy.h"
#include "file.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum {
    KEY_SIZE = 1 + 32 + 32, /* kind, public half, secret */
    PLAIN_MAX = SUCCESSION_KEYS_MAX * KEY_SIZE,
    FILE_MAX = PLAIN_MAX + KEYRING_WRAP_EXTRA,
    PATH_ROOM = 4096,
};

static const char context[] = "flagpost/succession/v1";

void succession_done(struct succession *s)
{
    explicit_bzero(s, sizeof *s);
}

static status decode(struct bytes plain, struct succession *ret)
{
    struct reader r = {.rest = plain};

    ENSURE(plain.size % KEY_SIZE == 0, E_FORM);
    ret->count = plain.size / KEY_SIZE;
    for (size_t i = 0; i < ret->count; i++) {
        struct succession_key *const key = &ret->keys[i];
        const uint8_t pair = read_u8(&r);
        ENSURE(pair == KEYRING_SIGN || pair == KEYRING_CURVE, E_FORM);
        key->pair = (enum keyring_pair)pair;
        read_copy(&r, key->public, sizeof key->public);
        read_copy(&r, key->secret, sizeof key->secret);
    }
    return OK;
}

status succession_read(const char *home, struct keyring *k, struct succession *ret)
{
    _Alignas(16) uint8_t room[FILE_MAX + 16];
    uint8_t plain[PLAIN_MAX];
    char path[PATH_ROOM];
    struct bytes file = {0};
    struct arena a;

    arena_init(&a, room, sizeof room);
    memset(ret, 0, sizeof *ret);
    TRY(file_path(home, "succession", path, sizeof path));
    TRY(file_read_secret(path, FILE_MAX, &a, &file));
    TRY(keyring_unwrap(k, bytes_of_text(context), file, plain));
    const status s = decode(bytes_of(plain, file.size - KEYRING_WRAP_EXTRA), ret);
    explicit_bzero(plain, sizeof plain);
    if (s != OK)
        succession_done(ret);
    return s;
}

status succession_write(const char *home, struct keyring *k, const struct succession *s)
{
    uint8_t plain[PLAIN_MAX];
    uint8_t wrapped[FILE_MAX];
    uint8_t nonce[24];
    char path[PATH_ROOM];
    struct writer w = writer_over(plain, sizeof plain);

    TRY(file_path(home, "succession", path, sizeof path));
    for (size_t i = 0; i < s->count; i++) {
        write_u8(&w, (uint8_t)s->keys[i].pair);
        write_bytes(&w, bytes_of(s->keys[i].public, sizeof s->keys[i].public));
        write_bytes(&w, bytes_of(s->keys[i].secret, sizeof s->keys[i].secret));
    }
    MUST(!w.bad);
    entropy_fill(nonce, sizeof nonce);
    keyring_wrap(k, nonce, bytes_of_text(context), writer_bytes(&w), wrapped);
    explicit_bzero(plain, sizeof plain);
    return file_write(path, bytes_of(wrapped, w.size + KEYRING_WRAP_EXTRA), 0600);
}

static bool has_key(const struct succession *s, const struct succession_key *key)
{
    for (size_t i = 0; i < s->count; i++) {
        if (s->keys[i].pair == key->pair &&
            memcmp(s->keys[i].public, key->public, sizeof key->public) == 0)
            return true;
    }
    return false;
}

status succession_add(struct succession *s, const struct succession_key *key)
{
    if (has_key(s, key))
        return OK;
    ENSURE(s->count < SUCCESSION_KEYS_MAX, E_LIMIT);
    s->keys[s->count++] = *key;
    return OK;
}

const struct succession_key *succession_newest(const struct succession *s,
                                               enum keyring_pair pair)
{
    for (size_t i = s->count; i > 0; i--) {
        if (s->keys[i - 1].pair == pair)
            return &s->keys[i - 1];
    }
    return NULL;
}

static status load(struct keyring *k, const struct succession *s)
{
    for (size_t i = 0; i < s->count; i++) {
        const struct succession_key *const key = &s->keys[i];
        if (keyring_has(k, key->pair, key->public))
            continue;
        TRY(keyring_add(k, key->pair, key->secret));
        ENSURE(keyring_has(k, key->pair, key->public), E_FORM);
    }
    return OK;
}

status succession_load(const char *home, struct keyring *k)
{
    struct succession s DEFER(succession_done) = {0};
    const status found = succession_read(home, k, &s);

    ENSURE(found == OK, found == E_UNKNOWN ? OK : found);
    return load(k, &s);
}

/* The place of the key in use among the file's; 0 when it is not there, so that nothing
 * counts as older. */
static size_t listed_place(const struct succession *s, enum keyring_pair pair,
                           const uint8_t key[32])
{
    for (size_t i = s->count; i > 0; i--) {
        if (s->keys[i - 1].pair == pair && memcmp(s->keys[i - 1].public, key, 32) == 0)
            return i - 1;
    }
    return 0;
}

struct listed {
    const uint8_t *key;
    const struct outgoing_key *outgoing;
};

static bool is_over(const struct succession *s, size_t i, const struct listed *l,
                    millis now)
{
    const struct succession_key *const key = &s->keys[i];
    const bool goes_out = outgoing_is_taken(l->outgoing, now) &&
                          memcmp(l->outgoing->key, key->public, sizeof key->public) == 0;

    return i < listed_place(s, key->pair, l->key) && !goes_out;
}

status succession_prune(const char *home, struct keyring *k,
                        const struct roster_agency *self, millis now, size_t *ret_count)
{
    struct succession s DEFER(succession_done) = {0};
    struct succession left DEFER(succession_done) = {0};
    const status found = succession_read(home, k, &s);

    *ret_count = 0;
    ENSURE(found == OK, found == E_UNKNOWN ? OK : found);
    for (size_t i = 0; i < s.count; i++) {
        const bool signs = s.keys[i].pair == KEYRING_SIGN;
        const struct listed listed = {signs ? self->sign_key : self->curve_key,
                                      signs ? &self->sign_out : &self->curve_out};
        if (is_over(&s, i, &listed, now))
            continue;
        left.keys[left.count++] = s.keys[i];
    }
    if (left.count == s.count)
        return OK;
    TRY(succession_write(home, k, &left));
    for (size_t i = 0; i < s.count; i++) {
        if (!has_key(&left, &s.keys[i]))
            keyring_destroy(k, s.keys[i].pair, s.keys[i].public);
    }
    *ret_count = s.count - left.count;
    return OK;
}

bool succession_is_new(const char *home, struct succession_mark *m)
{
    char path[PATH_ROOM];
    struct stat st = {0};

    if (file_path(home, "succession", path, sizeof path) != OK || stat(path, &st) != 0)
        return false;
    const struct succession_mark now = {.file = (uint64_t)st.st_ino,
                                        .size = (uint64_t)st.st_size,
                                        .seconds = st.st_mtim.tv_sec,
                                        .nanoseconds = st.st_mtim.tv_nsec};
    const bool is_new = memcmp(&now, m, sizeof now) != 0;
    *m = now;
    return is_new;
}

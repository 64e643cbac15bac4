#ifndef FLAGPOST_SUCCESSION_H
#define FLAGPOST_SUCCESSION_H

/*
 * The keys of a home that has changed them: file `succession`, from the oldest to the
 * newest, wrapped under the key ring's wrapping key.  `node.key` has the newest ones and
 * can be written only by who has its passphrase or credential; the ones before live here,
 * where a running node can destroy them, and so can the newest be had by it.  A home whose
 * keys were never changed has no such file.
 */

#include "roster.h"

enum { SUCCESSION_KEYS_MAX = 2 * KEYRING_KEYS_MAX };

struct succession_key {
    enum keyring_pair pair;
    uint8_t public[32];
    uint8_t secret[32];
};

/* Holds secrets: wipe it. */
struct succession {
    size_t count;
    struct succession_key keys[SUCCESSION_KEYS_MAX];
};
void succession_done(struct succession *s);

/* E_UNKNOWN: there is none.  E_OPEN: of another home, or changed.  E_DENIED: others may
 * read it.  E_FORM, E_IO. */
NODISCARD status succession_read(const char *home, struct keyring *k,
                                 struct succession *ret);
/* Complete and durable, or not there. */
NODISCARD status succession_write(const char *home, struct keyring *k,
                                  const struct succession *s);
/* The newest of its kind; one that is there already stays in its place.  E_LIMIT. */
NODISCARD status succession_add(struct succession *s, const struct succession_key *key);
/* The newest of a kind, or NULL. */
const struct succession_key *succession_newest(const struct succession *s,
                                               enum keyring_pair pair);

/* Adds what the ring lacks; OK where there is no file. */
NODISCARD status succession_load(const char *home, struct keyring *k);

/*
 * Destroys, in the file and in the ring, the keys older than those that `self`, the home's
 * own lines in the roster in force, lists as in use; not one that goes out and may still be
 * taken, and none that came after.  `ret_count` of them went.
 */
NODISCARD status succession_prune(const char *home, struct keyring *k,
                                  const struct roster_agency *self, millis now,
                                  size_t *ret_count);

/* Whether the file is another one than at the last call. */
struct succession_mark {
    uint64_t file, size;
    int64_t seconds, nanoseconds;
};
bool succession_is_new(const char *home, struct succession_mark *m);

#endif

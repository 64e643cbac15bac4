#ifndef FLAGPOST_KEYS_H
#define FLAGPOST_KEYS_H

/*
 * keys.db: the storage key of each entry that can be opened, and the private halves of KX
 * keys, each wrapped under the keyring.  It is a file of its own so that erasing a key
 * needs no page of the journal, and is flushed before the journal's commit that needs it.
 */

#include "draw.h"
#include "journal_db.h"
#include "keyring.h"

enum { STORAGE_KEY_SIZE = 32 };

struct keys {
    struct database database;
    struct keyring *keyring;
    struct draw draw; /* of nonces */
};

/* `s` is filled but for the schema.  As database_open. */
NODISCARD status keys_open(struct keys *k, struct database_setup s, struct keyring *ring);
void keys_done(struct keys *k);

/* Into the turn.  A key that is there already belongs to an entry that a crash took back
 * before the journal's commit: it is replaced. */
NODISCARD status keys_put(struct keys *k, const struct stream_id *stream, sequence index,
                          const uint8_t key[STORAGE_KEY_SIZE]);
/* With the next commit; one that is not there is no failure. */
NODISCARD status keys_delete(struct keys *k, const struct stream_id *stream,
                             sequence index);
/* E_UNKNOWN: none, or erased.  E_DAMAGED: does not open under this keyring. */
NODISCARD status keys_find(struct keys *k, const struct stream_id *stream, sequence index,
                           uint8_t ret[STORAGE_KEY_SIZE]);

/* The last `size` bytes of the key as it stands wrapped on the disk.  E_UNKNOWN. */
NODISCARD status keys_trace(struct keys *k, const struct stream_id *stream, sequence index,
                            size_t size, uint8_t *ret);

NODISCARD status keys_secret_put(struct keys *k, const struct keyring_kx *kx,
                                 const uint8_t secret[KX_KEY_SIZE]);
NODISCARD status keys_secret_destroy(struct keys *k, uint32_t number);
/* The newest KX_KEPT_MAX into the ring, in place of those that it has. */
NODISCARD status keys_secrets_load(struct keys *k, struct keyring *ring);

#endif

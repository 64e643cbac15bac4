#ifndef FLAGPOST_BACKUP_H
#define FLAGPOST_BACKUP_H

/*
 * A backup's bytes: a header, then the files of a node's home in chunks, all under one HPKE
 * context to an offline recovery key.  The header says how long each file is, so the length
 * of the whole is known before anything is opened.  Layout in crypto/README.md.  Reading
 * and writing is the caller's: this is bytes to bytes.
 *
 * A backup has two parts in files of their own, because they are kept for different times:
 * the journal, and the storage keys, without which what was erased stays closed.  A third
 * is what the node has sealed since, its tail.
 */

#include "hpke.h"

enum {
    BACKUP_FILES = 8, /* places of one part; a file of no bytes was not there */
    BACKUP_HEADER_SIZE = 234,
    BACKUP_CHUNK_SIZE = 64 * 1024,
    BACKUP_SEALED_MAX = BACKUP_CHUNK_SIZE + HPKE_TAG_SIZE,
    BACKUP_SET_SIZE = 16,
    RECOVERY_SEED_SIZE = 32, /* what a recovery key file holds: hpke_derive's input */
    RECOVERY_TEXT_ROOM = 96,
};

enum backup_part { BACKUP_JOURNAL = 1, BACKUP_KEYS = 2, BACKUP_TAIL = 3 };

struct backup_header {
    enum backup_part part;
    struct agency_id agency;
    struct hash realm;
    uint8_t set[BACKUP_SET_SIZE]; /* drawn; the same in both parts of one backup */
    millis made;
    millis expires; /* of the keys: not opened after it; of the others: 0 */
    uint8_t recovery[HPKE_KEY_SIZE];
    uint8_t encapsulated[HPKE_KEY_SIZE];
    uint64_t sizes[BACKUP_FILES];
};

/* The name of file `i` of a part, in the order in which they follow; NULL: no such place.
 */
const char *backup_file_name(enum backup_part part, size_t i);
/* How many bytes it may have. */
uint64_t backup_file_max(enum backup_part part, size_t i);

/* The whole file's length. */
uint64_t backup_size(const struct backup_header *h);

/*
 * Begins a part for the recovery key in `h`, with an ephemeral pair that is used for
 * nothing else; fills `h->encapsulated`.  E_KEY: the recovery key is of small order.  Call
 * hpke_done.
 */
NODISCARD status backup_seal(struct backup_header *h, const struct hpke_key_pair *ephemeral,
                             uint8_t ret[BACKUP_HEADER_SIZE], struct hpke_context *ret_c);

/* What a header says, before anybody vouches for it.  E_FORM: not a backup.  E_VERSION.
 * E_VALUE, E_LIMIT: a field holds what none has. */
NODISCARD status backup_header_read(struct bytes header, struct backup_header *ret);

/* The same, opened: E_KEY when it is for another recovery key, E_OPEN when the header was
 * changed.  Call hpke_done. */
NODISCARD status backup_open(struct bytes header, const struct hpke_key_pair *recovery,
                             struct backup_header *ret, struct hpke_context *ret_c);

/* Chunk `number`, counted from 0 over all files of the part, each of which begins a chunk:
 * at most BACKUP_CHUNK_SIZE bytes, and HPKE_TAG_SIZE more sealed. */
void backup_chunk_seal(const struct hpke_context *c, uint64_t number, struct bytes plain,
                       uint8_t *ret);
NODISCARD status backup_chunk_open(const struct hpke_context *c, uint64_t number,
                                   struct bytes sealed, uint8_t *ret);

/* The public half as a text, for the node: "flagpost/recovery/v1\nkey <base64>\n". */
struct bytes recovery_text_write(const uint8_t key[HPKE_KEY_SIZE],
                                 char room[RECOVERY_TEXT_ROOM]);
/* E_FORM; E_VALUE for a point of small order. */
NODISCARD status recovery_text_read(struct bytes text, uint8_t ret[HPKE_KEY_SIZE]);

#endif

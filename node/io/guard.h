#ifndef FLAGPOST_GUARD_H
#define FLAGPOST_GUARD_H

/*
 * The head guard: a file `head` beside the journal that says how far each own stream, and
 * each of the two databases, had come at the last commit.  A WAL that is deleted, cut or
 * has one bit flipped makes SQLite drop committed rows without an error; the guard is what
 * notices, before an index is used twice.
 *
 * Two slots of 512 bytes are written in turn, so a write that tears leaves the other:
 *
 *     0   "flagpost/head/v1"
 *     16  counter, u64: the higher of two good slots counts
 *     24  BLAKE2b-256 of machine id and folder: a copied home is another node's
 *     56  for each lane: epoch (u32, 8 bytes), size u64, root (32 bytes)
 *         for journal.db and keys.db: number of commits u64, MAC of its rows' sum (32
 * bytes) 480 MAC of the bytes before it
 */

#include "keyring.h"

struct guard_lane {
    struct epoch epoch; /* none: nothing of this lane was ever committed */
    sequence size;
    struct hash root;
};

enum guard_file { GUARD_JOURNAL, GUARD_KEYS };
enum { GUARD_FILES = 2 };

/* Of a file's sum of rows (rowsum.h). */
struct guard_rows {
    uint64_t commits;
    struct hash mac;
};

struct guard_head {
    struct guard_lane lanes[LANES];
    struct guard_rows files[GUARD_FILES];
};

struct guard {
    struct keyring *keyring;
    struct hash machine;
    uint64_t counter; /* highest one seen in the file */
    int folder_fd;
    int fd; /* -1: no file yet */
};

/* The folder's real path.  E_IO. */
NODISCARD status guard_open(struct guard *g, const char *folder, struct keyring *k);
void guard_done(struct guard *g);

/* What the newer good slot says.  E_UNKNOWN: no file, or nothing was ever written to it.
 * E_SIGNATURE: no slot has a right MAC, or the newer is of another machine or folder. E_IO.
 */
NODISCARD status guard_read(struct guard *g, struct guard_head *ret);

/* To the older slot, and down to the disk; after guard_read, whose counter it exceeds. What
 * the file held of another place counts no more.  E_IO. */
NODISCARD status guard_write(struct guard *g, const struct guard_head *head);

#endif

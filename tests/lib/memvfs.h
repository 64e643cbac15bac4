#ifndef FLAGPOST_MEMVFS_H
#define FLAGPOST_MEMVFS_H

/*
 * A disk in memory, as a SQLite VFS, whose power can be cut.  It keeps what each file had
 * at its last sync and, in order, every write and truncation since.  After a cut each file
 * is as of its last sync, with a random part of the later changes: writes torn at sectors
 * of 512 bytes, changes kept or lost independently of their order.  So a commit survives
 * only if its bytes were synced before it was said to be done
 * (sqlite.org/atomiccommit.html, section 2).
 *
 * One instance is one machine; its file names are keys in it.  No shared memory: use
 * locking_mode=EXCLUSIVE before WAL, as the journal does when it is given a VFS.
 */

#include "bytes.h"

#include <stdbool.h>
#include <stdint.h>

struct memvfs;

/* Registers the VFS under `name`, which must be no other's.  E_MEMORY. */
NODISCARD status memvfs_open(const char *name, uint64_t seed, struct memvfs **ret);
/* After every connection to it is closed. */
void memvfs_free(struct memvfs *v);

/* Cuts the power, chooses what the disk still has, and gives the power back.  Descriptors
 * from before give I/O errors until they are closed. */
void memvfs_crash(struct memvfs *v);

/* The power goes at the `calls`th write, sync or truncation from now (1: the next): what
 * that call writes may or may not arrive, and everything fails until memvfs_crash. */
void memvfs_cut_after(struct memvfs *v, uint64_t calls);
bool memvfs_is_cut(const struct memvfs *v);

/* That call fails, and with `forever` each one after it; 0: none does.  Descriptors stay
 * good, and what the disk has stays, but of what a sync that fails was to bring part is
 * lost when the power goes, whatever is synced later. */
struct memvfs_failure {
    bool full; /* "disk full"; else an I/O error */
    bool forever;
    bool part; /* of what a write had to write is there */
};
void memvfs_fail(struct memvfs *v, uint64_t calls, const struct memvfs_failure *how);

/* Writes, syncs and truncations so far. */
uint64_t memvfs_calls(const struct memvfs *v);

/* A disk that lies: syncs of WALs do nothing from now on.  For control runs. */
void memvfs_ignore_wal_syncs(struct memvfs *v);

/* What a file has; borrowed until it changes.  E_UNKNOWN. */
NODISCARD status memvfs_read(struct memvfs *v, const char *name, struct bytes *ret);

/* Damage: flips a bit of a file; E_UNKNOWN: no such file or no such byte. */
NODISCARD status memvfs_flip(struct memvfs *v, const char *name, uint64_t offset,
                             unsigned bit);

#endif

#ifndef FLAGPOST_MEMVFS_PARTS_H
#define FLAGPOST_MEMVFS_PARTS_H

/* What the two faces of the disk in memory share: SQLite's and the system's calls. */

#include "memvfs.h"
#include "memvfs_disk.h"

#include <sqlite3.h>

struct memvfs {
    sqlite3_vfs base;
    char name[DISK_NAME_ROOM];
    struct disk disk;
    uint64_t generation; /* of descriptors: one for each time the power was on */
    uint64_t calls;
    uint64_t cut_at, fail_at; /* of `calls`; 0: never */
    struct memvfs_failure failure;
    bool cut;
    bool lies;
};

/* Counts a call that changes the disk: 0, or SQLite's code for why it fails. */
int memvfs_count(struct memvfs *v);

#endif

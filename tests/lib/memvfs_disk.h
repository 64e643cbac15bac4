#ifndef FLAGPOST_MEMVFS_DISK_H
#define FLAGPOST_MEMVFS_DISK_H

/* The disk of memvfs: what files have, what of it would outlive a cut, and the cut. */

#include "status.h"

#include <stdbool.h>
#include <stdint.h>

enum { DISK_FILES_MAX = 16, DISK_NAME_ROOM = 256, DISK_SECTOR = 512 };

struct buffer {
    uint8_t *at;
    size_t size, room;
};

/* A write, or a truncation when it has no bytes. */
struct change {
    uint64_t offset; /* or the new size */
    size_t size;
    uint8_t *bytes;
};

struct disk_file {
    char name[DISK_NAME_ROOM];
    bool linked;                /* has its name */
    bool rooted;                /* and would have it after a cut: the folder was flushed */
    unsigned open;              /* descriptors */
    struct disk_file *replaced; /* had the name before a rename that is not flushed */
    struct buffer live, durable;
    struct change *changes; /* since the last sync */
    size_t change_count, change_room;
};

struct disk {
    uint64_t random;
    unsigned keep_percent; /* of what was not synced, at this cut */
    struct disk_file files[DISK_FILES_MAX];
};

uint64_t disk_draw(struct disk *d);

struct disk_file *disk_find(struct disk *d, const char *name);
struct disk_file *disk_make(struct disk *d, const char *name); /* NULL: too many files */
void disk_rename(struct disk *d, const char *from, const char *to);
void disk_sync_folder(struct disk *d);

void disk_write(struct disk_file *f, uint64_t offset, const void *bytes, size_t size);
void disk_truncate(struct disk_file *f, uint64_t size);
void disk_sync(struct disk_file *f);
/* As Linux has it: part of it arrived, and the rest counts as written, so that no later
 * sync brings it, though it is still read (Rebello et al., "Can Applications Recover from
 * fsync Failures?", USENIX ATC 2020). */
void disk_sync_failed(struct disk *d, struct disk_file *f);

void disk_cut(struct disk *d);
void disk_done(struct disk *d);

#endif

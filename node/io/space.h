#ifndef FLAGPOST_SPACE_H
#define FLAGPOST_SPACE_H

/*
 * Room on the disk that holds a node's home.  Under a watermark the node begins no
 * transaction, so that a full disk is met before one and not within it: it takes nothing,
 * sends nothing, and goes on by itself once there is half as much again.  Beside the
 * journal lies a ballast, a file that says nothing: it is given up when space runs out, so
 * that the journal can be opened and its write-ahead logs emptied, and made again right
 * afterwards.  Files that can still be made count like bytes, since a commit makes one.
 * Work of many records stops at twice the watermark, so that single ones still go out.
 */

#include "journal.h"

enum { SPACE_FILES_LOW = 64 }; /* some times what a turn makes, and a restart */

struct space {
    int folder_fd;  /* -1: not open */
    uint64_t low;   /* bytes: the watermark */
    uint64_t free;  /* bytes that were free to this user at the last look */
    uint64_t files; /* that could be made then; UINT64_MAX: the file system has no limit */
    bool is_low;    /* as of the last look */
    bool is_tight;  /* so too, for work of many records; also whenever it is low */
};

struct space_found {
    uint64_t bytes, files;
};

/* `low_mib` is the watermark in MiB; the ballast has a quarter of it.  Looks once.  E_IO.
 */
NODISCARD status space_open(struct space *s, const char *home, uint32_t low_mib);
void space_done(struct space *s); /* also when zeroed; the ballast stays */

/* Looks how much is free; true when `is_low` or `is_tight` is another than before.  What
 * the system does not tell changes nothing. */
bool space_look(struct space *s);
/* What it does with what it finds. */
bool space_judge(struct space *s, const struct space_found *found);

/* Whether files are what is missing, and not bytes. */
bool space_lacks_files(const struct space *s);
/* Bytes that have to be free, or else files that can be made, before a node without room,
 * or without room for many records, takes it again. */
uint64_t space_enough(const struct space *s);

/* Before the journal is opened: gives the ballast up if there is no room. */
void space_prepare(struct space *s);
/* Puts the ballast in its place; what cannot be had is left for the next time.  Without
 * room the write-ahead logs are emptied first, with what the ballast had. */
void space_settle(struct space *s, struct journal *j);

#endif

#ifndef FLAGPOST_BACKUP_KEEP_H
#define FLAGPOST_BACKUP_KEEP_H

/* The names of backups in a folder, and how long they are kept there. */

#include "backup_steps.h"

enum { BACKUP_NAME_ROOM = 80 };

/* "F55-20261128T003000Z-9f31c0aa-keys.backup" */
void backup_name(const struct backup_header *h, char ret[BACKUP_NAME_ROOM]);

/* Into the set of a tail: which epoch of the local stream it is of. */
void backup_set_epoch(struct backup_header *tail, const struct epoch *epoch);

struct backup_kept {
    uint64_t removed; /* keys whose time was over, and what killed makers left */
    millis until;     /* the last of the other keys of this agency expires; 0: none */
};

struct backup_keeping {
    const struct backup_header *newest; /* stands in the folder */
    const struct epoch *epoch;          /* of the local stream, whose end is in it */
    millis tails_ms;
};

/*
 * Removes from the folder the keys of this agency that are past their time, unfinished
 * files, and tails whose entries are all in what is newer; call it only when a newer backup
 * stands there, so that a clock that is wrong cannot leave none, and with the folder of the
 * copy held (staged.h), so that nobody is making one.  A tail of another epoch is kept for
 * `tails_ms`: a home that was restored without it has nothing of it.  What of the folder
 * cannot be read is left.
 */
struct backup_kept backup_keep(const char *folder, const struct backup_keeping *keeping);

#endif

#ifndef FLAGPOST_STAGED_H
#define FLAGPOST_STAGED_H

/*
 * A folder with a copy of a home, while a backup is made, checked or restored.  Whoever
 * works in it holds its lock; what a killed one left is removed by the next who comes, and
 * in a home by the running node, because the copy has keys that may be erased any moment.
 */

#include "status.h"

#include <limits.h>

#define STAGED_IN_HOME "backup" /* the folder's name in the home of a node */

struct staged {
    int lock_fd; /* -1: not open */
    char folder[PATH_MAX];
};

/* Made, or emptied of what another left.  E_BUSY: somebody works in it.  E_DENIED: there is
 * something of that name that is no folder of ours, or has other things in it.  E_IO. */
NODISCARD status staged_open(struct staged *s, const char *folder);
/* Down to the disk, and from now on `home`, where nothing or an empty folder is. The
 * journal's passing files are gone then.  E_DUPLICATE: something is there.  E_IO. */
NODISCARD status staged_keep(struct staged *s, const char *home);
/* All of it goes now, and nobody else begins to work here before staged_done. */
void staged_empty(struct staged *s);
void staged_done(struct staged *s); /* removes all of it; also after keep, and at -1 */

/* The running node: removes what a killed backup left in its home. */
void staged_tidy(const char *home);

#endif

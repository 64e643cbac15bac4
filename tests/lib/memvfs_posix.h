#ifndef FLAGPOST_MEMVFS_POSIX_H
#define FLAGPOST_MEMVFS_POSIX_H

/*
 * The head guard and the files that are replaced by rename(2) do not go through SQLite's
 * VFS.  In a program that links `test_vfs_posix` their system calls go to the disk in
 * memory as well, count as its calls and lose at a cut what was not synced: the folder
 * itself is
 * "", and a file in it "/NAME".  A rename that was not flushed has happened or has not, as
 * a whole.  Everything else goes to the system.
 */

#include "memvfs.h"

/* From now on; NULL: to none. */
void memvfs_take_files(struct memvfs *v);

#endif

#ifndef FLAGPOST_JOURNAL_HOME_H
#define FLAGPOST_JOURNAL_HOME_H

/*
 * The folder that the journal is in: who may be there, the lock that keeps a second writer
 * out, and the files' modes.
 */

#include "status.h"

#include <limits.h>

/* The folder's real path.  E_IO: not there; E_DENIED: not ours, or others may write in it.
 */
NODISCARD status home_find(const char *folder, char ret[PATH_MAX]);

/* Takes `lock`; it is held until the descriptor is closed.  E_BUSY: another process has it.
 */
NODISCARD status home_lock(const char *folder, int *ret_fd);

/* A database file that will be written: made, mode 0600, when it is not there.  E_DENIED
 * when it is no plain file, has a second name, or others may read it. */
NODISCARD status home_prepare(const char *path);
/* Before it is opened to be written: its write-ahead log is put on the disk as it is read.
 *
 * A process that ended because a sync had failed may have left pages in it that are read
 * and are not on the disk, and that no later sync brings, since the system takes them for
 * written (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC
 * 2020).  What is committed behind them, or moved into the database from there, would be
 * lost with them. E_STORAGE: it could not be, and nothing may be read of it. */
NODISCARD status home_renew_log(const char *path);
/* The same for one that will be read; E_UNKNOWN when it is not there. */
NODISCARD status home_inspect(const char *path);

#endif

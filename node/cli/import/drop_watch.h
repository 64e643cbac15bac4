#ifndef FLAGPOST_DROP_WATCH_H
#define FLAGPOST_DROP_WATCH_H

/*
 * Which files of a folder are complete.  One that was renamed in is; one that was written
 * in place is when it has not changed for a while.  Neither is while anyone has it open for
 * writing, where the system can tell (a lease, fcntl(2)).
 */

#include "types.h"

enum { DROP_NAME_MAX = 200, DROP_FILES_MAX = 512 };

struct drop_file {
    char name[DROP_NAME_MAX + 1];
    bool seen; /* in this scan */
    bool moved;
    uint64_t size, changed_ns, inode;
    millis since; /* when it was first seen like this; monotonic */
};

struct drop_watch {
    const char *folder;
    int notify; /* inotify; -1: scans alone */
    millis settle_ms;
    size_t count;
    struct drop_file files[DROP_FILES_MAX];
};

/* E_IO: the folder cannot be watched or listed. */
NODISCARD status drop_watch_open(struct drop_watch *w, const char *folder,
                                 millis settle_ms);
void drop_watch_done(struct drop_watch *w);

/* Lists the folder; then the first complete file's name, or NULL. Borrowed until the next
 * call. */
NODISCARD status drop_watch_next(struct drop_watch *w, millis now, const char **ret_name);

/* Sleeps until something happens in the folder, `stop_fd` is readable (true), or it is time
 * to look again. */
bool drop_watch_wait(struct drop_watch *w, int stop_fd);

/* Not a name that uploads and results have while they are not complete. */
bool drop_name_is_taken(const char *name);

#endif

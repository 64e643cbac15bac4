#ifndef FLAGPOST_OOM_SQLITE_H
#define FLAGPOST_OOM_SQLITE_H

/* SQLite's allocations among those that run out, and its COMMIT, which makes none of its
 * own: so it counts as one, and is rolled back when it is the one that fails. */

#include "check.h"
#include "oom.h"

#include <sqlite3.h>

static sqlite3_mem_methods sqlite_memory;

static inline void *sqlite_take(int size)
{
    return oom_now() ? NULL : sqlite_memory.xMalloc(size);
}

static inline void *sqlite_retake(void *at, int size)
{
    return oom_now() ? NULL : sqlite_memory.xRealloc(at, size);
}

static inline int sqlite_commits(void *unused)
{
    (void)unused;
    return oom_now();
}

/* Of every connection that is opened. */
static inline int sqlite_watch(sqlite3 *db, char **ret_error,
                               const struct sqlite3_api_routines *api)
{
    (void)ret_error;
    (void)api;
    (void)sqlite3_commit_hook(db, sqlite_commits, NULL);
    return SQLITE_OK;
}

/* Before SQLite is first used.  Without lookaside each allocation is one that can fail. */
static inline void oom_take_sqlite(void)
{
    CHECK_INT(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &sqlite_memory), SQLITE_OK);
    sqlite3_mem_methods ours = sqlite_memory;
    ours.xMalloc = sqlite_take;
    ours.xRealloc = sqlite_retake;
    CHECK_INT(sqlite3_config(SQLITE_CONFIG_MALLOC, &ours), SQLITE_OK);
    CHECK_INT(sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0), SQLITE_OK);
    CHECK_INT(sqlite3_auto_extension((void (*)(void))sqlite_watch), SQLITE_OK);
}

#endif

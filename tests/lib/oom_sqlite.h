#ifndef FLAGPOST_OOM_SQLITE_H
#define FLAGPOST_OOM_SQLITE_H

/* SQLite's allocations among those that run out. */

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

/* Before SQLite is first used.  Without lookaside each allocation is one that can fail. */
static inline void oom_take_sqlite(void)
{
    CHECK_INT(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &sqlite_memory), SQLITE_OK);
    sqlite3_mem_methods ours = sqlite_memory;
    ours.xMalloc = sqlite_take;
    ours.xRealloc = sqlite_retake;
    CHECK_INT(sqlite3_config(SQLITE_CONFIG_MALLOC, &ours), SQLITE_OK);
    CHECK_INT(sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0), SQLITE_OK);
}

#endif

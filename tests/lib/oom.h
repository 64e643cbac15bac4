#ifndef FLAGPOST_OOM_H
#define FLAGPOST_OOM_H

/*
 * Memory that runs out: the n-th allocation from now fails, and with `forever` each one
 * after it.  Counted are those of the project, in programs linked with --wrap=malloc and
 * --wrap=calloc, and those of libraries that are given oom_malloc and oom_realloc.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

struct oom {
    uint64_t left; /* 0: none fails */
    bool forever;
    bool met;
};

static struct oom oom;

static inline void oom_fail(uint64_t call, bool forever)
{
    oom = (struct oom){.left = call, .forever = forever};
}

/* Whether an allocation failed since.  From now on none does. */
static inline bool oom_end(void)
{
    const bool met = oom.met;

    oom = (struct oom){.left = 0};
    return met;
}

static inline bool oom_now(void)
{
    if (oom.left == 0)
        return false;
    if (oom.left > 1) {
        oom.left--;
        return false;
    }
    oom.met = true;
    oom.left = oom.forever ? 1 : 0;
    return true;
}

/* The linker's names. */
void *__real_malloc(size_t size);               /* NOLINT */
void *__real_calloc(size_t count, size_t size); /* NOLINT */
void *__wrap_malloc(size_t size);               /* NOLINT */
void *__wrap_calloc(size_t count, size_t size); /* NOLINT */

void *__wrap_malloc(size_t size) /* NOLINT */
{
    return oom_now() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) /* NOLINT */
{
    return oom_now() ? NULL : __real_calloc(count, size);
}

#endif

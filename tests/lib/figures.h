#ifndef FLAGPOST_FIGURES_H
#define FLAGPOST_FIGURES_H

/*
 * Long variants and what they counted.  A test prints one line for each thing it counts;
 * `deploy/test --faults` makes the README's table of them:
 *
 *     figure crash_images=50000 lost=0 duplicated=0 undetected=0
 */

#include "check.h"

/* `quick` in the suite, `full` with FLAGPOST_LONG. */
static inline unsigned figures_share(unsigned quick, unsigned full)
{
    const char *const asked = getenv("FLAGPOST_LONG");

    return asked != NULL && asked[0] != '\0' ? full : quick;
}

/* What a test only comes to print when it found none of these. */
static inline void figures_print(const char *what, uint64_t count)
{
    (void)printf("figure %s=%" PRIu64 " lost=0 duplicated=0 undetected=0\n", what, count);
}

#endif

#ifndef FLAGPOST_WATCH_H
#define FLAGPOST_WATCH_H

/*
 * Whether the wall clock can be believed: it must have gone with a clock that never jumps
 * since the process began.  What cannot be taken back waits while it has not (P11).  A
 * clock that was wrong from the start is not noticed.
 */

#include "types.h"

struct clock_watch {
    millis wall, steady; /* at the first look; zeroed: there was none */
};

/* Whether both have gone alike, to 24 hours, since the first call. */
bool clock_agrees(struct clock_watch *w, millis wall, millis steady);

#endif

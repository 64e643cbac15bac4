#include "clock.h"

#include <time.h>

static millis clock_read(clockid_t id)
{
    struct timespec t = {0};

    /* The two clocks used here exist on every Linux. */
    MUST(clock_gettime(id, &t) == 0);
    return (millis)t.tv_sec * 1000 + (millis)t.tv_nsec / 1000000;
}

millis clock_wall(void)
{
    return clock_read(CLOCK_REALTIME);
}

millis clock_steady(void)
{
    return clock_read(CLOCK_MONOTONIC);
}

#include "watch.h"

#define DAY_MS UINT64_C(86400000)

bool clock_agrees(struct clock_watch *w, millis wall, millis steady)
{
    if (w->wall == 0)
        *w = (struct clock_watch){.wall = wall, .steady = steady};
    const millis expected = w->wall + (steady - w->steady);
    return wall > expected ? wall - expected <= DAY_MS : expected - wall <= DAY_MS;
}

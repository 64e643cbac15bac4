#ifndef FLAGPOST_CLOCK_H
#define FLAGPOST_CLOCK_H

/* The only place that reads a clock. */

#include "types.h"

/* Wall clock, for what people read and for validity; never for order. */
millis clock_wall(void);
/* Monotonic, for timers. */
millis clock_steady(void);

#endif

#ifndef FLAGPOST_ENTROPY_H
#define FLAGPOST_ENTROPY_H

/* The only source of randomness for the pure layers' draws: getrandom(2). */

#include "types.h"

/* Fills all of it or ends the process: there is no safe way on without randomness. */
void entropy_fill(void *to, size_t size);

#endif

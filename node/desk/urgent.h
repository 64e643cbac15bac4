#ifndef FLAGPOST_URGENT_H
#define FLAGPOST_URGENT_H

/*
 * An urgent record (high priority: threat to life, serious harm, imminent) is not done when
 * it is stored: a named person at each recipient must have it in hand.  Where nobody has
 * said so after acknowledge_minutes, the publisher is told to telephone, and by a later
 * look that it need not any more.  National ingestion is a system and acknowledges nothing.
 */

#include "desk.h"

/* The record waits from now on for its acknowledgements; in the turn's transaction. */
NODISCARD status urgent_watch(struct desk *d, const record_id *id);

/* Looks at what is due, at most every few seconds; `steady` is a clock that never jumps.
 * Gives how many records a telephone is wanted for that were not on the list. */
NODISCARD status urgent_tick(struct desk *d, millis steady, size_t *ret_new);

#endif

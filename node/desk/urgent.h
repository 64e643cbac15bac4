#ifndef FLAGPOST_URGENT_H
#define FLAGPOST_URGENT_H

/*
 * An urgent record (high priority: threat to life, serious harm, imminent) is not done when
 * it is stored: a named person at each recipient must have it in hand.  Where nobody has
 * said so after acknowledge_minutes, the publisher is told to telephone, and by a later
 * look that it need not any more; and the recipient is told whom else to reach.  National
 * ingestion is a system and acknowledges nothing.
 */

#include "desk.h"

/* The record waits from now on for its acknowledgements; in the turn's transaction. */
NODISCARD status urgent_watch(struct desk *d, const record_id *id);

/* A received one waits for a named person here; in the turn that stores it. */
NODISCARD status urgent_arrived(struct desk *d, const struct parent *record);

/* Records that came upon the list: what a telephone is wanted for, and what arrived here.
 */
struct urgent_told {
    size_t ours, arrived;
};

/* Looks at what is due, at most every few seconds; `steady` is a clock that never jumps.
 * Gives what was not on the list before. */
NODISCARD status urgent_tick(struct desk *d, millis steady, struct urgent_told *ret);

/* How many received records are on the list; counts to URGENT_COUNT_MAX. */
enum { URGENT_COUNT_MAX = 1000 };
NODISCARD status urgent_count(struct desk *d, size_t *ret);

#endif

#ifndef FLAGPOST_DESK_HANDLING_H
#define FLAGPOST_DESK_HANDLING_H

/*
 * Owner-visible reading: what was first done here with another agency's record is told its
 * owner in a signed outcome, with the class of purpose and never a person.  It stands apart
 * from the log of DPA 2018 s.62, which stays at home.
 *
 * Told late and in batches, at multiples of the configuration's handling_minutes, so that
 * nobody's shift is read off it; what `handling_told` leaves out is not told, and that it
 * was not is a row of our own log.
 */

#include "desk.h"

/* What a record is used for: the call's argument "class", "intelligence" when it is empty.
 * E_USAGE with the sentence set. */
NODISCARD status handling_class(struct desk *d, struct call *c, struct bytes *ret);

/* `what` was done: OUTCOME_OPENED, OUTCOME_COPIED or OUTCOME_SHARED.  The first time
 * counts; of a record of our own nothing is told.  In the turn's transaction. */
NODISCARD status handling_note(struct desk *d, struct call *c, const struct parent *record,
                               enum outcome_what what, struct bytes class);

/* Once a second; `steady` is the monotonic clock. */
NODISCARD status handling_tick(struct desk *d, millis steady);

/* "opened", "copied" or "shared". */
const char *handling_word(enum outcome_what what);

#endif

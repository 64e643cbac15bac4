#ifndef FLAGPOST_DISPOSE_H
#define FLAGPOST_DISPOSE_H

/*
 * Disposing of a nominal's set (R17).  One person proposes, another approves; for the hours
 * of `dispose_undo_hours` either may undo it, and a legal hold ends it.  Then the node
 * erases each record: key, wraps and ciphertext, with what the bureau kept of it; every
 * header stays, and so does every proof.  Holders elsewhere are asked for a signed
 * statement as after a recall.  Last, the files are read for the erased keys.
 *
 * None of it happens while the clock is in doubt: it cannot be taken back, and a clock that
 * jumped would end every period at once.
 */

#include "nominal.h"

/* Why the wall clock is not believed, and what to do; NULL: it is. */
const char *doubt_sentence(const struct desk *d);
/* Looks at the clock; some seconds apart at most. */
NODISCARD status doubt_look(struct desk *d);
/* A set is opened: from the first on, the time is kept. */
NODISCARD status doubt_begin(struct desk *d);

/* What of the set may not be erased: a record of it, or what was made of it, is in another
 * set that stays.  In the turn's arena; `ret` NULL: nothing. */
NODISCARD status dispose_obstacle(struct desk *d, const struct nominal *n,
                                  const char **ret);
millis dispose_undo_until(const struct desk *d, const struct nominal *n);

/* Whether the turn has rows of the log and memory left for erasing one record more. */
bool dispose_has_room(const struct exchange *x);

/* Erases what is due, and asks for reviews; at most every second. */
NODISCARD status dispose_tick(struct desk *d, millis steady);

/* The verbs. */
status dispose_preview_prepare(struct desk *d, struct call *c);
status dispose_preview_answer(struct desk *d, struct call *c, struct control_answer *ret);
status dispose_list_prepare(struct desk *d, struct call *c);
status dispose_list_answer(struct desk *d, struct call *c, struct control_answer *ret);
status dispose_clock_prepare(struct desk *d, struct call *c);

#endif

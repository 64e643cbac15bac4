#ifndef FLAGPOST_ASKED_H
#define FLAGPOST_ASKED_H

/* What lists are narrowed by.  A word that means nothing is told, with those that do: a
 * filter that silently matches nothing would look like an empty list. */

#include "desk.h"

struct asked_period {
    millis since, until; /* from, and before; 0: open */
};

/* The arguments "since" and "until": a day or a time, in UTC; "until" takes the whole of
 * its day.  E_USAGE with the call's sentence set. */
NODISCARD status asked_period(struct call *c, struct asked_period *ret);
bool asked_is_in(const struct asked_period *p, millis at);

/* The argument, when it is one of `words` ("a, b, c") or empty; else E_USAGE with a
 * sentence that lists them. */
NODISCARD status asked_word(struct desk *d, struct call *c, const char *name,
                            const char *words, struct bytes *ret);

/* What is told beside the answer about a flag that the list in force does not have, with
 * the one that may be meant: a record may still have it, from an older list or a newer one.
 * NULL: nothing.  In the turn's arena. */
const char *asked_flag(struct desk *d, struct bytes flag);

/* The argument as a number; 0 when it is empty.  E_USAGE with a sentence. */
NODISCARD status asked_number(struct desk *d, struct call *c, const char *name,
                              uint64_t *ret);

#endif

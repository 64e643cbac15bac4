#ifndef FLAGPOST_UNOPENED_H
#define FLAGPOST_UNOPENED_H

/*
 * Entries that do not open here: the key they were sealed for is gone, as after a month
 * without a network (crypto/README.md).  Whoever got one says so, signed, to its publisher,
 * and the publisher issues the record again to that agency alone, for its newest key, if
 * today's policy lets it go there.
 *
 * Again is as a person's later decision sends it: under the same id and content root, in an
 * entry of its own (exchange_content_again).  The wire has a rewrap for it as well, which
 * would save a second ciphertext and cost a second way to a text that erasing, recalling
 * and proving would each have to follow.  Private to this folder.
 */

#include "desk.h"

/* An entry that this turn has stored; `h` is its header. */
NODISCARD status unopened_arrived(struct desk *d, const struct entry_row *e,
                                  const struct header *h);
/* What was stored without being told of: after a start, or a turn that dropped notices. */
NODISCARD status unopened_look_again(struct desk *d);
/* Asks and issues again what is due, as much as a turn has room for.  What cannot be said
 * now is said in another turn.  E_STORAGE, E_DAMAGED. */
NODISCARD status unopened_turn(struct desk *d);
/* Issues an own record again to an agency that it was sent to, in this turn.  `ret` false:
 * it cannot be opened here any more, is recalled, or is not for that agency today. */
NODISCARD status unopened_send_again(struct desk *d, const struct parent *record,
                                     const struct agency_id *to, bool *ret);
/* When its publisher was asked for a record that does not open here; 0: it was not. */
NODISCARD status unopened_asked(struct desk *d, const struct parent *record, millis *ret);

#endif

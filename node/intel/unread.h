#ifndef FLAGPOST_UNREAD_H
#define FLAGPOST_UNREAD_H

/*
 * A record of which some values could not be read and are left empty: what else is wrong
 * with it, so that a person mends all of it at once.  Pure.
 */

#include "rules.h"

/*
 * `unread`, and behind them what rules_check says of the rest: nothing of those values, nor
 * of what is judged by them.  It is refused in any case, and nothing of it may be sent.
 */
void unread_check(struct record *r, const struct lists *lists, millis now, struct arena *a,
                  const struct findings *unread, struct findings *ret);

#endif

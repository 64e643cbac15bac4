#ifndef FLAGPOST_SCHEDULE_H
#define FLAGPOST_SCHEDULE_H

/*
 * Routing rules in a lawyer's words: the schedule of a sharing agreement says who gives
 * what to whom and when, and is made from the signed rules so that it cannot say anything
 * else.
 */

#include "lists.h"

/* "a force intelligence bureau", "the regional unit that serves the publisher's force". */
void schedule_recipient(const struct list_routes *r, const struct route_recipient *to,
                        struct writer *w);
/* All conditions of the rule as one sentence's end; "always" without any. */
void schedule_when(const struct list_route *route, struct writer *w);

/*
 * Whether the rule can bring anything from `owner` to `to`: the recipient is named, and
 * what the rule asks of the publisher holds.  What it asks of a record is left open.
 */
bool schedule_joins(const struct roster *roster, const struct list_routes *routes,
                    const struct list_route *route, const struct roster_agency *owner,
                    const struct roster_agency *to);

#endif

#ifndef FLAGPOST_DESK_LOWERED_H
#define FLAGPOST_DESK_LOWERED_H

/*
 * R12 in the bureau's own hands: a marking falls only by a named person with a reason. What
 * falls between versions and copies is judged by routing_may_republish; here it is what
 * falls on the way from the force's system to the log: below the older marking that stands
 * beside it, or below what the draft was marked before the step.
 */

#include "draft.h"

/* Refuses what is marked lower than its original, unless it is a draft, of which each step
 * has asked, a copy, or a correction or a record made of others (`--made-of`) with person
 * and reason. */
void lowered_publish(struct desk *d, const struct publish_work *work);

/* After a step of a draft has been checked: a finding unless the call has `person` and
 * `reason`.  `ret` tells whether the marking has fallen.  Fails where the draft cannot be
 * read as it was before, with the sentence set: nothing is taken to be as high as it was.
 */
NODISCARD status lowered_draft(struct desk *d, struct call *c,
                               const struct draft_work *work, bool *ret);

#endif

#ifndef FLAGPOST_UNGRADED_H
#define FLAGPOST_UNGRADED_H

/*
 * Records of a force's own system that rule R22 alone stops: what they were graded in
 * another scheme has no equivalent in 3x5x2, and nobody at that system can give one.  Each
 * is kept as a draft, with a to-do until a person has graded and released it or
 * discarded it.  It is known by the key that it came under: the same record again is the
 * same draft, and the record that the draft became.
 */

#include "publish.h"

/* Of what publish_judge found: R22 alone stops it, and it came under a key. */
bool ungraded_is(const struct publish_work *work);

/* What waits under the record's key.  E_UNKNOWN: nothing.  With the draft's id in the work
 * and the sentence set: E_HELD, this record; E_DUPLICATE, another one. */
NODISCARD status ungraded_find(struct desk *d, struct call *c, struct publish_work *work);

/* publish_known for such a record: with OK the draft was released, id and place are of what
 * it became, and there is no finding any more. */
NODISCARD status ungraded_known(struct desk *d, struct call *c, struct publish_work *work);

/* Keeps it, unless it is known: E_HELD, with the draft's id in the work and the sentence
 * set.  Otherwise as ungraded_known and drafts fail. */
NODISCARD status ungraded_keep(struct desk *d, struct call *c, struct publish_work *work);

#endif

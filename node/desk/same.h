#ifndef FLAGPOST_DESK_SAME_H
#define FLAGPOST_DESK_SAME_H

/*
 * A record that was published here already, word for word, whatever its key: nobody means
 * to publish it twice, and whoever has both cannot tell which one is to be corrected.  One
 * that was recalled or erased since does not count: right again, it is published anew.  But
 * words that were corrected before their correction was recalled were wrong: they are told.
 * Found by a keyed digest of the record as the rules have put it in order, so that what
 * went its way as a draft is the same; the digest goes with the record when it is erased.
 */

#include "publish.h"

/* The newest of those that stand, into `work->same`; looked for once in a turn.  E_UNKNOWN:
 * there is none; also for a copy of another's, which names what it was made of. */
NODISCARD status same_find(struct desk *d, struct publish_work *work);

/* E_DUPLICATE, with the sentence and a finding, when it is not to be published: a record
 * that stands, was corrected or is held until its date, unless it was asked for once more;
 * a correction that corrects nothing. */
NODISCARD status same_refuse(struct desk *d, struct call *c, struct publish_work *work);

/* It was published as `work->id`; after same_refuse, in the turn's transaction. */
NODISCARD status same_note(struct desk *d, const struct publish_work *work);
/* Nothing of an erased record of ours is left to know its words by. */
NODISCARD status same_forget(struct desk *d, const record_id *record);

#endif

#ifndef FLAGPOST_DESK_URN_H
#define FLAGPOST_DESK_URN_H

/*
 * Which URN was published as which records: an index by keyed digest, so that the second
 * record under one URN is told while it can still be made a correction of the first.  It is
 * advice: forces' systems give a number twice, and no form stops intelligence.  A row is a
 * record's newest version; what was published is in it, not what is held or in a draft.
 */

#include "publish.h"

/* Adds to the findings when another record than the one it supersedes has its URN. */
NODISCARD status urn_advise(struct desk *d, const struct publish_work *work);
/* Refuses a correction that has another URN than what it corrects: it may be the wrong
 * file, and would take that one's place everywhere. */
NODISCARD status urn_refuse_other(struct desk *d, const struct publish_work *work);
/* Refuses a sanitised record that has another URN than the draft in whose place it is put.
 */
NODISCARD status urn_refuse_another(struct desk *d, const struct publish_work *work,
                                    const struct record *draft);
/* It was published, and stands for what it corrects.  In the turn's transaction. */
NODISCARD status urn_note(struct desk *d, const struct publish_work *work);
/* Nothing of an erased record is left to look it up by. */
NODISCARD status urn_forget(struct desk *d, const record_id *record);

#endif

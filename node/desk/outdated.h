#ifndef FLAGPOST_OUTDATED_H
#define FLAGPOST_OUTDATED_H

/*
 * A version of an own record that is at an agency which a named person's decision alone
 * reaches (immigration enforcement, one abroad: R10, R20), while the version that stands in
 * its place is not: a correction does not go there by itself, since what was decided on has
 * changed, and may now protect somebody.  The agency learns that there is another version
 * and no more, and the bureau has to take the older one back or to decide again.  Private
 * to this folder.
 */

#include "publish.h"

/* A finding for a correction that leaves such an agency with the version before; `work->to`
 * is filled. */
NODISCARD status outdated_advise(struct desk *d, const struct publish_work *work);

/* The same as a to-do about the version before, once the correction has its id. */
NODISCARD status outdated_note(struct desk *d, const struct publish_work *work);

/* A person has sent this newest version to that agency: the to-dos about the ones before
 * name who is left, and close where nobody is. */
NODISCARD status outdated_decided(struct desk *d, const struct header *newest,
                                  const struct agency_id *to);

#endif

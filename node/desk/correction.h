#ifndef FLAGPOST_CORRECTION_H
#define FLAGPOST_CORRECTION_H

/*
 * A correction is a new version of an own record, in its place.  It goes to whom routing
 * names today and to every agency that was ever wrapped for the version before; who may no
 * longer have it is told the fact alone (KIND_STATEMENT).  Private to this folder.
 */

#include "publish.h"
#include "recall.h"

struct correction {
    struct parent older;
    struct label was; /* the older version's */
    uint32_t version; /* of the new one */
    size_t holder_count;
    struct {
        struct agency_id agency;
        bool alone; /* the others did not see it among the recipients */
    } holders[AGENCIES_MAX];
};

/* What `work->previous` is, and whether it may be corrected: an own record, neither
 * recalled nor superseded before.  The sentence is set when not. */
NODISCARD status correction_begin(struct desk *d, struct call *c,
                                  struct publish_work *work);

/* Whether no newer version stands in the record's place: an older one goes to nobody any
 * more, since who is new to it would never learn what was wrong with it.  Else E_DENIED,
 * and the sentence names the newer one; E_BUSY while one is being published. */
NODISCARD status correction_none_of(struct desk *d, struct call *c,
                                    const struct parent *record);

/* Adds the agencies that have the version before to what routing has decided, where today's
 * policy lets them have this one; a lower marking without a person and reason is a finding.
 */
void correction_route(struct desk *d, struct publish_work *work);

/* The record's items and one that says what it stands in place of. */
NODISCARD status correction_items(struct desk *d, const struct publish_work *work,
                                  const struct bytes **ret, size_t *ret_count);

/* Tells who had the version before and does not get this one. */
NODISCARD status correction_tell(struct desk *d, const struct publish_work *work);

#endif

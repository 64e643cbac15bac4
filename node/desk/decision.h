#ifndef FLAGPOST_DESK_DECISION_H
#define FLAGPOST_DESK_DECISION_H

/*
 * A named person's decision that a record goes to an agency with immigration enforcement
 * access, or outside the United Kingdom.  It is one record's and one agency's; it is logged
 * in the local stream before anything leaves, and never made by a rule (page 1; R10, R20).
 */

#include "desk.h"
#include "routing.h"

struct desk_decision {
    bool given;
    struct routing_decided decided;
    struct item_decision item; /* its record and time come with desk_decision_log */
};

/* From the call's arguments to, person, reason, override_person, override_reason, basis,
 * description; without `to` nothing is given.  E_USAGE or E_VALUE with the sentence set. */
NODISCARD status desk_decision_read(struct desk *d, struct call *c,
                                    struct desk_decision *ret);

/* The entry of the local stream and the row of the audit log.  E_BUSY leaves nothing. */
NODISCARD status desk_decision_log(struct desk *d, struct call *c,
                                   const struct desk_decision *decision,
                                   const struct place *place, const record_id *id);

#endif

#ifndef FLAGPOST_DECISION_H
#define FLAGPOST_DECISION_H

/*
 * A named person's decision that a record goes to an agency with immigration enforcement
 * access (page 1, "Lines that are not crossed"; rule R10).  It stands in the publisher's
 * own local stream, where nobody else opens it and nobody rewrites it.
 */

#include "types.h"

enum { DECISION_TEXT_MAX = 200 };

struct item_decision {
    record_id id; /* of the agency's own record */
    struct agency_id to;
    millis at;
    struct bytes person, reason;
    /* Over a block: who overrode it and why; both or neither. */
    struct bytes override_person, override_reason;
};

#endif

#ifndef FLAGPOST_DECISION_H
#define FLAGPOST_DECISION_H

/*
 * A named person's decision that a record goes to an agency with immigration enforcement
 * access (page 1, "Lines that are not crossed"; rule R10), or outside the United Kingdom
 * (R20).  It stands in the publisher's own local stream, where nobody else opens it and
 * nobody rewrites it.
 */

#include "types.h"

enum { DECISION_TEXT_MAX = 200 };

/* What a transfer abroad rests on: DPA 2018 s.74A, s.75, s.76. */
enum transfer_basis {
    TRANSFER_ADEQUACY = 1,
    TRANSFER_SAFEGUARDS = 2,
    TRANSFER_SPECIAL = 3, /* special circumstances */
};

struct item_decision {
    record_id id; /* of the agency's own record */
    struct agency_id to;
    millis at;
    struct bytes person, reason;
    /* Over a block: who overrode it and why; both or neither. */
    struct bytes override_person, override_reason;
    /* Of a transfer abroad, whose record has date, recipient, justification and a
     * description of the data (DPA 2018 s.76(3)): both or neither. */
    uint32_t basis;
    struct bytes description;
};

#endif

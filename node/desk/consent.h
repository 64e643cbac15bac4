#ifndef FLAGPOST_CONSENT_H
#define FLAGPOST_CONSENT_H

/* The owner lets another agency make sanitised copies of its record (S2): by `consent`, or
 * as the answer to a question.  Private to this folder. */

#include "desk.h"

struct consent_given {
    struct parent record;
    struct agency_id to;
    struct bytes person, reason; /* short texts, which that agency sees */
};

/* Submits it and logs it.  As exchange_submit. */
NODISCARD status consent_give(struct desk *d, struct call *c,
                              const struct consent_given *given);

#endif

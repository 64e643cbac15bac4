#ifndef FLAGPOST_ENROL_H
#define FLAGPOST_ENROL_H

/* By which keys a request may take the place of what a roster lists already. */

#include "roster.h"

struct enrolment {
    const struct roster_agency *listed;
    bool anew;         /* whoever keeps the roots vouches for it, and not the listed key */
    millis now, until; /* keys that go out, do so at `until` */
};

/* Makes `asked` the agency's next lines: the moment of what goes out, and what went out
 * before.  NULL; or why not, a sentence for whoever keeps the roots. */
const char *enrol_keys(const struct enrolment *e, struct roster_agency *asked);

#endif

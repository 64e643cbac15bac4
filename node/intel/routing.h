#ifndef FLAGPOST_ROUTING_H
#define FLAGPOST_ROUTING_H

/*
 * Who may have a record.  Pure, and called twice: when a record is accepted and again for
 * each entry when it is sent (P7).  Deny wins; a roster ceiling always applies.
 */

#include "rules.h"

struct route_decision {
    struct agency_id agency;
    bool yes;
    const char *reason; /* the rule that decided; static storage */
};

struct routing {
    size_t count; /* one for each agency of the roster, in its order, the owner left out */
    struct route_decision at[AGENCIES_MAX];
    size_t recipient_count; /* of those with yes */
};

/*
 * `code_is_right` is what rules_check found.  The owner itself is always a recipient of its
 * own record and is not listed.
 */
void routing_decide(const struct record *r, const struct agency_id *owner,
                    const struct roster *roster, const struct lists *lists,
                    bool code_is_right, millis now, struct routing *ret);

/*
 * What may be sent now, judged from the header's label and today's roster alone: recipient
 * still current, not revoked, ceiling at or above the marking, not expired.  OK, E_REVOKED,
 * E_POLICY or E_EXPIRED.
 */
NODISCARD status routing_may_send(const struct header *h, const struct agency_id *recipient,
                                  const struct roster *roster, millis now);

/* Lane by priority: high goes by the immediate lane. */
enum lane routing_lane(const struct label *label);

#endif

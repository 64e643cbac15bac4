#ifndef FLAGPOST_ROUTING_RULE_H
#define FLAGPOST_ROUTING_RULE_H

/* What one rule says of one record and one agency.  Private to routing. */

#include "routing.h"

struct route_case {
    const struct routing_question *q;
    const struct roster_agency *owner;
    const struct list_routes *routes;
};

/* All conditions hold. */
bool route_applies(const struct route_case *c, const struct list_route *route);
/* Those that look at the publisher hold; the record's label is not looked at. */
bool route_asks_owner(const struct route_case *c, const struct list_route *route);
/* The recipient that names the agency, or NULL. */
const struct route_recipient *route_names(const struct route_case *c,
                                          const struct list_route *route,
                                          const struct roster_agency *a);
/* Why this recipient of an applying rule reaches no agency; NULL when it reaches one. */
const char *route_gap_reason(const struct route_case *c, const struct route_recipient *to);

#endif

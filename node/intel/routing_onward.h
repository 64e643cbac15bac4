#ifndef FLAGPOST_ROUTING_ONWARD_H
#define FLAGPOST_ROUTING_ONWARD_H

/*
 * Whether a record may be published again: a correction, a sanitised copy, a product.
 * R12: S1 and S2 are kept, the marking never falls without a named person and a reason,
 * handling never widens.  R13: neither do the action codes A1 to A3.  R10: what is blocked
 * from immigration enforcement stays so.  Pure.
 */

#include "rules.h"

struct republication {
    const struct label *was; /* as its owner sealed it */
    const struct label *now; /* as it is to be sealed */
    bool by_owner;           /* the agency that sealed it; else one that received it */
    bool owner_consents;     /* the owner's consent to this publication is recorded */
    struct bytes person; /* who takes marking or handling down, and why; empty: nobody */
    struct bytes reason;
};

/* NULL: it may.  Else what stands against it, as a finding with its mend; static. */
const struct finding *routing_may_republish(const struct republication *p);

/*
 * The label that a copy of `source` starts from: everything as it was, without a decision
 * for immigration enforcement, which is one record's alone; the block stays.
 */
struct label routing_inherit(const struct label *source);

/* Of two sources, the strictest of each part: what a product of both must carry. */
struct label routing_strictest(const struct label *a, const struct label *b);

#endif

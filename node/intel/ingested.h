#ifndef FLAGPOST_INGESTED_H
#define FLAGPOST_INGESTED_H

/*
 * What national ingestion has answered about one version of a record: accepted, with the
 * national reference, or refused, with the rule and what is to be mended.  The first answer
 * stands: a version has one, and so never two references.  Pure.
 *
 *     waiting -> accepted | refused
 *     accepted -> deleted | not deleted, not deleted -> deleted
 *
 * What its owner has taken back is to be deleted there.  When that is refused a person sees
 * to it, and then it is deleted all the same; what is deleted stays so.
 *
 * On the wire `reference` is the national reference or the rule.  `reason` is the mend; or,
 * when a version was accepted in the place of an older one, the reference that the older
 * one had until then.
 */

#include "content.h"

enum { INGESTED_REFERENCE_MAX = 64, INGESTED_RULE_MAX = 24, INGESTED_MEND_MAX = 600 };

/* In the place of a batch's name: the force loads by itself. */
#define INGESTED_GATE "gate"

/* Of what was accepted. */
struct ingested_deletion {
    millis at;
    enum outcome_what what;  /* OUTCOME_DELETED or OUTCOME_NOT_DELETED; 0: neither */
    struct bytes rule, mend; /* of OUTCOME_NOT_DELETED; borrowed */
};

struct ingested {
    millis at;               /* by the clock of who answered */
    enum outcome_what what;  /* OUTCOME_INGESTED or OUTCOME_REFUSED; 0: no answer yet */
    uint32_t contradictions; /* later answers that say something else */
    struct bytes reference;  /* borrowed */
    struct bytes reason;     /* borrowed */
    struct ingested_deletion deletion;
};

/* One of the four, right or wrong; other outcomes are about something else. */
bool ingested_is_answer(const struct item_outcome *o);

/* 1 to INGESTED_RULE_MAX letters, digits, '-', '.' and '_'. */
bool ingested_is_rule(struct bytes b);

/* NULL when the answer can be taken; else what is wrong and how it is to be; static. */
const char *ingested_fault(const struct item_outcome *o);

/* The same was said already, whenever that was. */
bool ingested_same(const struct ingested *i, const struct item_outcome *o);

/* The next answer, which has no fault, of one agency in log order.  True: it counts. */
bool ingested_take(struct ingested *i, const struct item_outcome *o);

/* "accepted", "refused", "deleted", "not deleted" or "waiting"; static. */
const char *ingested_word(enum outcome_what what);

#endif

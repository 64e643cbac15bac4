#ifndef FLAGPOST_ROUTING_H
#define FLAGPOST_ROUTING_H

/*
 * Who may have a record.  Pure, and asked twice: when a record is accepted and again for
 * each entry when it is sent (P7).  Both look at the label alone, which stands in the
 * header.  Deny wins; a roster ceiling always applies; immigration enforcement and agencies
 * outside the United Kingdom are never reached by a rule alone (page 1, "Lines that are not
 * crossed"; R10; R20, DPA 2018 s.73).
 */

#include "rules.h"

/* A named person's reasoned decision that this record goes to an agency that no rule
 * reaches; the desk has logged it. */
struct routing_decided {
    struct agency_id agency;
    bool overridden; /* with another reason, over the block */
};

struct routing_question {
    const struct label *label; /* routing_label has been over it */
    struct agency_id owner;    /* who publishes */
    const struct roster *roster;
    const struct lists *lists; /* NULL: no rules */
    millis now;
    size_t decided_count;
    const struct routing_decided *decided;
    size_t confidential_count; /* recipients that the publisher keeps from the others */
    const struct agency_id *confidential;
};

struct route_decision {
    struct agency_id agency;
    bool yes;
    bool alone;           /* an entry of its own: the others do not see this recipient */
    bool withheld;        /* no, and only because the crime identifier code is not right */
    uint32_t immigration; /* IMMIGRATION_ bits that its entry needs beside the record's */
    struct bytes rule;    /* name of the rule that decided; empty: none did */
    const char *reason;   /* static storage */
};

enum { ROUTE_GAPS_MAX = 16 };

/* A rule that applies and reaches nobody: a finding, never silence. */
struct route_gap {
    struct bytes rule;
    const char *reason;
};

struct routing {
    size_t count; /* one for each agency of the roster, in its order, the owner left out */
    struct route_decision at[AGENCIES_MAX];
    size_t recipient_count; /* of those with yes */
    size_t gap_count;
    struct route_gap gaps[ROUTE_GAPS_MAX];
};

/* Fills in `r->label.route` from the record and from what rules_check found; a block that
 * is there already stays (a copy keeps it, whatever was taken out). */
void routing_label(struct record *r, bool code_is_right, millis now);

/* The owner itself is always a recipient of its own record and is not listed. */
void routing_decide(const struct routing_question *q, struct routing *ret);

/* One entry to seal: recipients `first` to `first + count` of the list beside it. */
struct routing_leg {
    uint32_t immigration; /* to be set in its label */
    size_t first, count;
};

/* The entries that a decision makes: one for all who may see each other, and one for each
 * who stands alone.  Room for AGENCIES_MAX each; returns how many there are. */
size_t routing_legs(const struct routing *r, struct agency_id *ret_to,
                    struct routing_leg *ret);

/*
 * What may be sent now, judged from the header, today's roster and today's rules:
 * recipient current, not revoked, ceiling at or above the marking, its flags, not expired,
 * no rule that denies it, the code where a rule needs it, a decision for those whom no rule
 * reaches.  A rule that no longer sends takes nothing back: what was decided when the
 * record was accepted stands until something denies it.  A person's decision was on the
 * record as it was: it sends no version that another one has taken the place of.  OK,
 * E_REVOKED, E_POLICY or E_EXPIRED.
 */
struct routing_today {
    const struct roster *roster;
    const struct lists *lists; /* NULL: no rules */
    millis now;
    bool superseded; /* another version stands in the record's place */
};
NODISCARD status routing_may_send(const struct header *h, const struct agency_id *recipient,
                                  const struct routing_today *today);

/* Lane by priority: high goes by the immediate lane. */
enum lane routing_lane(const struct label *label);

/* An agency of that kind, or whose staff have that access. */
bool routing_is_immigration(const struct roster_agency *a);

/* Reached by a named person's decision alone: that, or one outside the United Kingdom. */
bool routing_needs_person(const struct roster_agency *a);

#endif

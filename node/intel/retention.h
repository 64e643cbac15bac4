#ifndef FLAGPOST_RETENTION_RULE_H
#define FLAGPOST_RETENTION_RULE_H

/*
 * Review, retention and disposal (rules R16 and R17).  The unit is the nominal: the set of
 * an agency's own records that a person has put together as being about one person, and
 * that is reviewed as a whole (College of Policing, Authorised Professional Practice on
 * retention, review and disposal).  What is to happen to it when is computed from its
 * events in the order in which they were made, and from the intervals on the signed list:
 * nowhere stands a date of deletion.  A legal hold beats everything.
 *
 * Pure.  Periods are of whole calendar years and end with the day of the same number, or
 * with the last day of that month (the corresponding date rule, Dodds v Walker [1981] 1 WLR
 * 1027); what is due is due the day after, by UTC.
 */

#include "content.h"

enum { RETENTION_EVENTS_MAX = 384, RETENTION_RECORDS_MAX = 128 };

/*
 *     retention <group> <clear years> <review years> <kept to the age of | -> <title ...>
 *
 * of the signed list (lists.h).  The clear period runs from the last time the nominal came
 * to notice; reviewed and kept, the set is reviewed again after the review years.
 */
struct retention_rule {
    uint32_t clear_years; /* 0: the list has no line for this group */
    uint32_t review_years;
    uint32_t age; /* until the subject would be of this age; 0: no such bound */
    struct bytes title;
};

/* In the order in which they were made. */
struct retention_events {
    size_t count;
    struct item_retention at[RETENTION_EVENTS_MAX];
};

/*
 *                condemned            proposed            approved             erased
 *     STANDING ------------> CONDEMNED --------> PROPOSED --------> APPROVED ----+
 *        ^                    ^     ^    hold       |       hold,       |        v
 *        |                    |     +---- undone ---+------ undone -----+     ERASING
 *        |                    |                                                  |
 *        +-- added, removed, noticed, grouped, kept: from each of these      DISPOSED
 *
 * New facts void what was decided without them.  ERASING ends with the last record.
 */
enum retention_state {
    RETENTION_STANDING = 1,
    RETENTION_TO_DISPOSE = 2, /* a review has said so */
    RETENTION_IS_PROPOSED = 3,
    RETENTION_IS_APPROVED = 4, /* may be undone until the window has passed */
    RETENTION_ERASING = 5,
    RETENTION_DISPOSED = 6,
};

struct retention {
    enum retention_state state;
    uint32_t group;
    size_t records; /* in the set, erased ones too */
    size_t erased;
    size_t holds;       /* references under which it is held */
    struct bytes hold;  /* one of them */
    millis last_notice; /* 0: never */
    millis reviewed_at; /* last review that kept it; 0: none */
    millis due; /* for review; 0: not known, for want of notice or of a line of the list */
    struct bytes proposer, approver;
    millis approved_at;
};

/* `rules`: RETENTION_GROUPS of them, group 1 first. */
void retention_of(const struct retention_events *events, const struct retention_rule *rules,
                  struct retention *ret);

/* What the next event rests on beside the set. */
struct retention_asked {
    const struct retention_rule *rules;
    struct partial_date born; /* of the subject; as far as it is known */
    millis now;
};
/* Why this event may not follow, for a person; NULL: it may. */
const char *retention_refusal(const struct retention_events *events,
                              const struct item_retention *next,
                              const struct retention_asked *asked);

/* Whether a record is in the set, and not taken out again. */
bool retention_has(const struct retention_events *events, const record_id *record);
/* The records in the set, in the order in which they were added; at most
 * RETENTION_RECORDS_MAX. */
size_t retention_records(const struct retention_events *events, record_id *ret);
bool retention_has_erased(const struct retention_events *events, const record_id *record);

/* The first moment after a period of years from that day; INT64_MAX past year 9999. */
millis retention_after(struct partial_date from, uint32_t years);

/* "uid:1000 jsmith" and "uid:1000" are one person. */
bool retention_same_person(struct bytes a, struct bytes b);

const char *retention_state_word(enum retention_state s);
const char *retention_what_word(enum retention_what w);
/* The national retention assessment criteria, in the order of the answers. */
extern const char *const retention_questions[RETENTION_QUESTIONS];

#endif

#ifndef FLAGPOST_OBLIGATION_H
#define FLAGPOST_OBLIGATION_H

/*
 * A call to Immigration Enforcement's National Command and Control Unit obliges the force
 * to follow it with an intelligence document (HMICFRS recommendation 2; rule R18).  What is
 * owed, by whom and since when is computed from the set of events of one reference, however
 * and in whatever order they became known.  Two clocks: the officer's, until a document
 * reaches the bureau, and the bureau's, until it has accepted, returned or discharged.
 *
 * Pure.  Times are those of the events; `now` can add to them and never takes away, so a
 * clock that jumped back makes nothing that was overdue timely again.
 */

#include "content.h"

/*
 * A correction does not move the table: what the newest one says of the call's time, its
 * station and the caller's role stands in the place of what the report said, for every
 * clock from its start.  A reminder that was given before it was about another time, and
 * counts no more.
 */
enum { OBLIGATION_EVENTS_MAX = 64 }; /* of one reference; who makes events stops there */

/*
 *                    reported                 submitted
 *     UNREPORTED ------------> REPORTED ------------------> SUBMITTED
 *                              officer  <--- RETURNED <----- bureau
 *                               |  |          officer  returned  |
 *                     discharged|  |accepted    ^ |              |
 *                               v  v            | v              v
 *                           DISCHARGED <------ discharged    ACCEPTED
 *                               |  accepted ------------------>  |
 *                               |               +---- returned --+
 *                               +--- reopened -> REOPENED <------+
 *                                                officer
 *
 * REOPENED goes on as REPORTED does.  A document that was accepted and is then given back
 * closes nothing any more.  An open one that is accepted was submitted at that
 * moment.  What the table in obligation.c does not name leaves the state as it is.
 */
enum obligation_state {
    OBLIGATION_UNREPORTED = 1, /* spoken of, but the force never recorded the call */
    OBLIGATION_REPORTED = 2,
    OBLIGATION_SUBMITTED = 3,
    OBLIGATION_RETURNED = 4,
    OBLIGATION_ACCEPTED = 5,   /* closed; release is not required */
    OBLIGATION_DISCHARGED = 6, /* closed, by a named person with a reason */
    OBLIGATION_REOPENED = 7,
};

/* An event and, where a person decided, who and why; of a report, who recorded it and when.
 */
struct case_event {
    struct item_case_event is;
    struct item_case_decision why;
};

/* The set of events of one reference, always in one order. */
struct case_events {
    size_t count;
    struct case_event at[OBLIGATION_EVENTS_MAX];
};

/* Into its place; borrows.  E_DUPLICATE: it is there already.  E_LIMIT. */
NODISCARD status case_events_add(struct case_events *set, const struct case_event *e);

/* How long each may take, and how long before its end a reminder is given (config.h). */
struct obligation_allowance {
    millis officer, bureau, remind;
};

struct obligation_clock {
    bool running;
    millis since;  /* the run that stands, or the last; 0: it never ran */
    millis due;    /* of that run */
    millis spent;  /* in all runs */
    bool breached; /* a run ended after its due, or stands past it */
};

struct obligation {
    enum obligation_state state;
    millis reported_at; /* 0: never */
    struct bytes station, role;
    struct obligation_clock officer, bureau;
    bool overdue;   /* the clock that runs is past its due */
    millis changed; /* when it came into this state */
    millis age;     /* since the call, until it was closed or until now */
    bool has_document;
    record_id document;     /* that it rests on: the one with the bureau, or accepted */
    size_t documents;       /* different ones that cite it */
    size_t reports;         /* different reports of it: more than one is a finding */
    bool submitted_in_time; /* the first document came within the officer's allowance */
    bool settled;           /* a person explained its difference to the other side's list */
    bool reminded, told;    /* of the clock that runs: falls due soon; is overdue */
};

void obligation_of(const struct case_events *events, const struct obligation_allowance *a,
                   millis now, struct obligation *ret);

/* A document is owed, or the bureau owes an answer. */
bool obligation_is_open(const struct obligation *o);
/* The clock that runs, or NULL. */
const struct obligation_clock *obligation_running(const struct obligation *o);
/* When the clock that runs falls due; 0: none runs. */
millis obligation_due(const struct obligation *o);

/* The time to give the next decision: now, but after every decision already there, so that
 * a clock that jumped back does not put it before them. */
millis obligation_moment(const struct case_events *events, millis now);

const char *obligation_word(enum obligation_state s);
const char *case_what_word(enum case_what w);

#endif

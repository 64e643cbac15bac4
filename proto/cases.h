#ifndef FLAGPOST_CASES_H
#define FLAGPOST_CASES_H

/*
 * The calls that a force makes to Immigration Enforcement's National Command and Control
 * Unit, and what became of each (rule R18).  An event is an item of its own and holds no
 * free text, so that a measure can be proved by disclosing events alone; who decided and
 * why stands in an item beside it.
 */

#include "bounds.h"
#include "types.h"

enum {
    CASE_REFERENCE_MAX = 32,
    CASE_STATION_MAX = 4,
    CASE_ROLE_MAX = 40,
    CASE_PERSON_MAX = 64,
    CASE_REASON_MAX = 500,
};

enum case_what {
    CASE_REPORTED = 1,   /* the call was made; `at` is the call's time */
    CASE_SUBMITTED = 2,  /* a document that cites it reached the bureau */
    CASE_RETURNED = 3,   /* the bureau gave that document back */
    CASE_ACCEPTED = 4,   /* the bureau accepted a document that cites it */
    CASE_DISCHARGED = 5, /* a person decided that none is owed */
    CASE_REOPENED = 6,   /* a person decided that one is owed after all */
    CASE_SETTLED = 7,    /* a person explained a difference between the two sides' lists */
    CASE_DUE = 8,        /* a reminder was given that it soon falls due */
    CASE_OVERDUE = 9,    /* and that it is overdue */
    CASE_CORRECTED = 10, /* a person corrected what the report says */
};

struct item_case_event {
    struct bytes reference; /* canonical: obligation.h */
    enum case_what what;
    millis at;
    struct bytes station; /* of a report or a correction */
    struct bytes role;    /* of the officer who called; never a name */
    bool has_document;
    record_id document;
    millis reported_at; /* of a correction: the call's time; else 0 */
};

/* Belongs to the event before it: who decided and why; of a report, who recorded it and
 * when. */
struct item_case_decision {
    struct bytes person;
    struct bytes reason;
};

/* What the other side says: a call that it took. */
struct item_case_call {
    struct bytes reference;
    millis at;
    struct bytes station;
};

/* The calls that follow are all that it took from this force in [from, until). */
struct item_case_period {
    millis from, until;
};

#endif

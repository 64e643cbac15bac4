#ifndef FLAGPOST_RULES_H
#define FLAGPOST_RULES_H

/*
 * Whether a record is right, and how to mend it (page "rules" R1-R15 of the domain).  Pure:
 * the same answer at the desk, at publish and again at ingestion.
 */

#include "lists.h"
#include "record.h"

enum severity {
    SEVERITY_REFUSE = 1,   /* the record may not leave */
    SEVERITY_WITHHOLD = 2, /* one leg is withheld (R7: the PND leg), the rest goes */
    SEVERITY_ADVISE = 3,
};

/* What would put a record right, for a program: one field gets one value. */
enum edit_what {
    EDIT_NONE,
    EDIT_FLAG,      /* flags[index] */
    EDIT_FLAG_MORE, /* one more in flags, of several that flags[index] ran together */
    EDIT_FLAG_ADD,  /* one more in flags, that the record speaks of */
    EDIT_CODE,      /* crime_code */
    EDIT_OFFENCE,   /* offence_codes[index] */
};

struct edit {
    enum edit_what what;
    size_t index;
    struct bytes value; /* from the signed list, never from the record */
    bool sure;          /* nothing else can have been meant; else a person decides */
};

/* Text is static or in the arena given to rules_check. */
struct finding {
    const char *rule;  /* "R3" */
    const char *field; /* path: "texts[1].grade" */
    enum severity severity;
    const char *sentence; /* what is wrong */
    const char *mend;     /* what to do */
    struct edit edit; /* the same for a program; EDIT_NONE when a person must write it */
};

enum { FINDINGS_MAX = 64 };

struct findings {
    size_t count;
    struct finding at[FINDINGS_MAX];
    bool refused;  /* at least one SEVERITY_REFUSE */
    bool ungraded; /* and all of them wait for a person's grade or handling code (R22) */
    bool code_is_right;
};

/*
 * Checks every rule and normalises what has one normal form, in place: flags (case, "#",
 * order, duplicates; facts.flags from facts.flags_submitted), identifiers (canonical form
 * and validity beside the raw value), list_version when it is 0, and grades, handling code
 * and marking that are not given but have an original in another scheme (regrade.h).  Never
 * changes what an officer wrote.  A record without a refusal can be sealed: record_items
 * takes it.
 */
void rules_check(struct record *r, const struct lists *lists, millis now, struct arena *a,
                 struct findings *ret);

const char *severity_word(enum severity s);

#endif

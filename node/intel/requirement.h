#ifndef FLAGPOST_REQUIREMENT_H
#define FLAGPOST_REQUIREMENT_H

/*
 * What national ingestion wants of a record before it is loaded, as a file that can be
 * replaced.  The shipped one (deploy/ingest/) says that it is a stand-in: the schema of the
 * national database is restricted.
 *
 *     flagpost/requirements/v1
 *     version <n>
 *     title <text>
 *     force <code | *> load | gate     load: we write its batches; gate: it loads by itself
 *     rule <RULE>                      of rules.h: what refuses or withholds by it refuses
 *     field <RULE> <field> <mend>      must be there; RULE is the file's own name for that
 *
 * Lines that begin with "#" and empty ones say nothing.  Pure.
 */

#include "rules.h"

enum {
    REQUIREMENTS_FILE_MAX = 64 * 1024,
    REQUIREMENT_RULES_MAX = 16,
    REQUIREMENT_FIELDS_MAX = 64,
    REQUIREMENT_FORCES_MAX = 64,
};

struct requirement_field {
    struct bytes rule, mend;
    size_t number; /* of the field, in the table of requirement.c */
};

/* Borrows from the file's text. */
struct requirements {
    uint32_t version;
    struct bytes title;
    size_t rule_count, field_count, force_count;
    struct bytes rules[REQUIREMENT_RULES_MAX];
    struct requirement_field fields[REQUIREMENT_FIELDS_MAX];
    struct {
        struct bytes code; /* "*": every other */
        bool gate;
    } forces[REQUIREMENT_FORCES_MAX];
};

/* Where and why a file was not taken; the sentence is static. */
struct requirements_fault {
    uint32_t line;
    const char *sentence;
};
/* E_FORM with the fault. */
NODISCARD status requirements_read(struct bytes text, struct requirements *ret,
                                   struct requirements_fault *ret_fault);

/* Whether this force's records are only checked here, and loaded by itself. */
bool requirements_gate(const struct requirements *q, struct bytes force);

/* The first rule that the record breaks, and how all that is wrong is mended, in the form
 * of an answer (ingested.h); `rule` NULL: nothing is wrong.  In the arena. */
struct requirement_refusal {
    const char *rule;
    const char *mend;
};
/* As rules_check it puts the record's normal forms in place.  E_MEMORY. */
NODISCARD status requirements_check(const struct requirements *q, struct record *r,
                                    const struct lists *lists, millis now, struct arena *a,
                                    struct requirement_refusal *ret);

#endif

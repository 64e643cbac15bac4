#ifndef FLAGPOST_STAGE_H
#define FLAGPOST_STAGE_H

/*
 * The way of a report through its bureau (domain pages 2.6 and 2.7, rule R11): it is
 * submitted, assessed, sanitised, and then released by a person.  Only what is released
 * leaves the node.
 */

#include "status.h"

#include <stdbool.h>

/* The numbers are on the disk. */
enum stage {
    STAGE_DRAFT = 1, /* as it was submitted, or sent back */
    STAGE_ASSESSED,  /* graded, its handling decided, its risks assessed */
    STAGE_SANITISED, /* rewritten so that it gives no hint of its source */
    STAGE_RELEASED,  /* published; the end of the draft */
};

enum stage_step {
    STEP_DRAFT = 1, /* what begins a draft; no move of its own */
    STEP_ASSESS,
    STEP_SANITISE,
    STEP_REWORK,
    STEP_RELEASE,
};

/* Where the step leads from `from`; E_ORDER when it is not the time for it. */
NODISCARD status stage_next(enum stage from, enum stage_step step, enum stage *ret);

/* "draft", "assessed", "sanitised", "released". */
const char *stage_word(enum stage s);
/* What is done with it next, in the words of the command line. */
const char *stage_todo(enum stage s);
/* "drafted", "assessed", "sanitised", "sent back", "released". */
const char *step_word(enum stage_step s);

#endif

#include "stage.h"

#include <stddef.h>

/*
 *                 assess                sanitise               release
 *     [draft] --------------> [assessed] ------> [sanitised] ---------> [released]
 *        ^                     |      ^ |             |
 *        |                     |      +-+ assess      |
 *        +------ rework -------+                      |
 *        +------ rework ------------------------------+
 *
 * Rework leads to the beginning, whatever was wrong: what was rewritten has to be assessed
 * again, because grade and handling are about the very words.
 */
static const struct move {
    enum stage from;
    enum stage_step step;
    enum stage to;
} moves[] = {
    {STAGE_DRAFT, STEP_ASSESS, STAGE_ASSESSED},
    {STAGE_ASSESSED, STEP_ASSESS, STAGE_ASSESSED},
    {STAGE_ASSESSED, STEP_SANITISE, STAGE_SANITISED},
    {STAGE_ASSESSED, STEP_REWORK, STAGE_DRAFT},
    {STAGE_SANITISED, STEP_REWORK, STAGE_DRAFT},
    {STAGE_SANITISED, STEP_RELEASE, STAGE_RELEASED},
};

status stage_next(enum stage from, enum stage_step step, enum stage *ret)
{
    for (size_t i = 0; i < COUNT_OF(moves); i++) {
        if (moves[i].from != from || moves[i].step != step)
            continue;
        *ret = moves[i].to;
        return OK;
    }
    return E_ORDER;
}

const char *stage_word(enum stage s)
{
    switch (s) {
    case STAGE_DRAFT:
        return "draft";
    case STAGE_ASSESSED:
        return "assessed";
    case STAGE_SANITISED:
        return "sanitised";
    case STAGE_RELEASED:
        return "released";
    }
    return "";
}

const char *stage_todo(enum stage s)
{
    switch (s) {
    case STAGE_DRAFT:
        return "assess it: flagpost assess";
    case STAGE_ASSESSED:
        return "sanitise it: flagpost sanitise";
    case STAGE_SANITISED:
        return "release it, or send it back: flagpost release, flagpost rework";
    case STAGE_RELEASED:
        return "correct it, if it is wrong: flagpost supersede";
    }
    return "";
}

const char *step_word(enum stage_step s)
{
    switch (s) {
    case STEP_DRAFT:
        return "drafted";
    case STEP_ASSESS:
        return "assessed";
    case STEP_SANITISE:
        return "sanitised";
    case STEP_REWORK:
        return "sent back";
    case STEP_RELEASE:
        return "released";
    }
    return "";
}

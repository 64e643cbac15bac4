#include "asking.h"

#include "fixture.h"

#include <string.h>

/* R13, page 4, 2.2: who has to ask the owner, code by code. */

static const struct row {
    struct label label;
    enum request_for wants;
    const char *told; /* NULL: the owner is asked; else a word of what is told instead */
} rows[] = {
#define UNDER(a, s)                                                                        \
    {                                                                                      \
        .handling = HANDLING_C, .action = (a), .sanitisation = (s)                         \
    }
#define UNDER_P                                                                            \
    {                                                                                      \
        .handling = HANDLING_P                                                             \
    }
    {UNDER_P, REQUEST_MORE, NULL},
    {UNDER_P, REQUEST_ACT, "no condition on action"},
    {UNDER_P, REQUEST_SANITISE, "without asking"},
    {UNDER(ACTION_A1, SANITISATION_S1), REQUEST_MORE, NULL},
    {UNDER(ACTION_A1, SANITISATION_S1), REQUEST_ACT, NULL},
    {UNDER(ACTION_A1, SANITISATION_S1), REQUEST_SANITISE, "S1 permits"},
    {UNDER(ACTION_A1, SANITISATION_S2), REQUEST_ACT, NULL},
    {UNDER(ACTION_A1, SANITISATION_S2), REQUEST_SANITISE, NULL},
    {UNDER(ACTION_A2, SANITISATION_S2), REQUEST_MORE, NULL},
    {UNDER(ACTION_A2, SANITISATION_S2), REQUEST_ACT, "no overt action may be taken"},
    {UNDER(ACTION_A2, SANITISATION_S1), REQUEST_ACT, "sole basis"},
    {UNDER(ACTION_A2, SANITISATION_S2), REQUEST_SANITISE, NULL},
    {UNDER(ACTION_A3, SANITISATION_S1), REQUEST_MORE, NULL},
    {UNDER(ACTION_A3, SANITISATION_S1), REQUEST_ACT, "as the owner specifies"},
    {UNDER(ACTION_A3, SANITISATION_S2), REQUEST_SANITISE, NULL},
    {UNDER(ACTION_A3, SANITISATION_S1), REQUEST_SANITISE, "S1 permits"},
};

static void r13_the_owner_is_asked_where_its_codes_say_so(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *const told = asking_needless(&rows[i].label, rows[i].wants);
        (void)fprintf(stderr, "row %zu: %s\n", i, told == NULL ? "is asked" : told);
        CHECK((told == NULL) == (rows[i].told == NULL));
        CHECK(told == NULL || strstr(told, rows[i].told) != NULL);
    }
}

CASES(CASE(r13_the_owner_is_asked_where_its_codes_say_so))

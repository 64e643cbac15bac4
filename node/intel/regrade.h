#ifndef FLAGPOST_REGRADE_H
#define FLAGPOST_REGRADE_H

/*
 * Grades, handling codes and markings of older or other schemes, read as 3x5x2 and GSC
 * (rule R22; tables in regrade.c).  The original stays beside what was read from it, a
 * grade is never raised, and what has no equivalent is left empty: rules_check refuses the
 * record until a person has graded it.  Never the other way round.
 */

#include "record.h"

/*
 * "B2" or "B24" of 5x5x5 (the last digit is the handling code and not looked at here),
 * "B2" of 4x4, "2B" or "2BP" of 3x5x2; blanks, "/" and "-" between them do not matter.
 * Gives a reason where rule R4 needs one and the original holds it.  E_VALUE, and `ret` as
 * it was, when there is no equivalent.
 */
NODISCARD status regrade_grade(enum original_scheme scheme, struct bytes original,
                               struct grade *ret);

/* Whether that reading wants a second look by a person: the original is between two grades.
 */
bool regrade_is_doubtful(enum original_scheme scheme, struct bytes original);

/* Whether `g` thinks better of source or text than what `original` reads as. */
bool regrade_is_raised(const struct grade *g);

struct regraded_handling {
    struct bytes conditions; /* in the arena; empty under P */
    struct bytes reason;
    enum handling handling;
    enum action_code action;
    enum sanitisation_code sanitisation;
};

/*
 * One or more codes: "1" to "5" of 5x5x5, "H0" to "H3" of 4x4, "P" or "C" of 3x5x2.  All
 * but the freest become C with the most restrictive codes that fit (A1 and S2, or A2 and S2
 * for H1 alone).  E_VALUE when one of them has no equivalent; E_MEMORY.
 */
NODISCARD status regrade_handling(enum original_scheme scheme, struct bytes original,
                                  struct arena *a, struct regraded_handling *ret);

/* "RESTRICTED" and "PROTECT" are OFFICIAL-SENSITIVE; "CONFIDENTIAL" and above have no
 * equivalent (E_VALUE). */
NODISCARD status regrade_marking(struct bytes original, enum marking *ret);

/*
 * Fills, from their originals, the grades, the handling code and the marking that are not
 * given; never changes one that is.  A handling digit behind a 5x5x5 grade counts as the
 * report's when that has none of its own.  E_MEMORY.
 */
NODISCARD status regrade_record(struct record *r, struct arena *a);

#endif

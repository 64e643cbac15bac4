#ifndef FLAGPOST_ASKING_H
#define FLAGPOST_ASKING_H

/*
 * R13: what a recipient of a record has to ask its owner for, by the handling codes that
 * the owner gave it (page 4, 2.2), and what it may do without asking.  Pure.
 *
 *     wants to     P          A1      A2            A3           S1          S2
 *     know more    ask        ask     ask           ask          ask         ask
 *     act          need not   ask     covert alone  as it says   -           -
 *     sanitise     need not   -       -             -            need not    ask
 */

#include "entry.h"
#include "requests.h"

/* NULL: the owner is asked.  Else why it is not, and what may be done instead; static. */
const char *asking_needless(const struct label *l, enum request_for wants);

/* "more", "act", "sanitise"; static. */
const char *asking_word(enum request_for wants);

#endif

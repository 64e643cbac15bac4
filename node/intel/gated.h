#ifndef FLAGPOST_GATED_H
#define FLAGPOST_GATED_H

/*
 * A force that loads the national database by itself: in what its own extract says of a
 * record otherwise than the record that came through the exchange.  Pure.
 *
 * Compared is what a wrong load is known by, and no text: flags and crime identifier code,
 * every grade (item by item, R2) and the handling code, the two dates.
 */

#include "record.h"

/* name, bit, word */
#define GATED_MAP(X)                                                                       \
    X(GATED_FLAGS, 1, "flags")                                                             \
    X(GATED_CODE, 2, "code")                                                               \
    X(GATED_GRADE, 4, "grade")                                                             \
    X(GATED_HANDLING, 8, "handling")                                                       \
    X(GATED_DATES, 16, "dates")

enum gated_difference {
#define GATED_ENUM(name, bit, word) name = (bit),
    GATED_MAP(GATED_ENUM)
#undef GATED_ENUM
};

enum { GATED_WORDS_ROOM = 40 };

/* Bits of enum gated_difference; 0: none.  Both in the normal forms of their rules. */
uint32_t gated_compare(const struct record *came, const struct record *extract);

/* "flags, grade": in the order of the map; "" for 0. */
void gated_words(uint32_t differences, char ret[GATED_WORDS_ROOM]);
/* The bits of such words.  E_FORM: it is none. */
NODISCARD status gated_read(struct bytes words, uint32_t *ret);

#endif

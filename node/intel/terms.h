#ifndef FLAGPOST_TERMS_H
#define FLAGPOST_TERMS_H

/*
 * Which flag a report should carry, by the words in it and the `term` lines of the signed
 * list (lists_terms.h).  It only proposes: a person decides.
 */

#include "lists.h"

/* Of each group the heaviest term found; 0: none.  Index + 1 into the list's terms. */
struct term_search {
    const struct lists *lists;
    uint16_t first[36]; /* by first letter or digit of a term's last word; index + 1 */
    uint16_t next[LISTS_TERMS_MAX];
    uint16_t heaviest[LISTS_FLAGS_MAX][LISTS_GROUPS_MAX];
};

/* Borrows `lists`. */
void terms_init(struct term_search *t, const struct lists *lists);

/* Adds what stands in a text.  Texts are read one after the other; a term does not reach
 * from one into the next.  Linear in the text. */
void terms_read(struct term_search *t, struct bytes text);

/* Weight found for a flag, by its place on the list. */
uint32_t terms_weight(const struct term_search *t, size_t flag);

/* Names what was found for a flag, heaviest groups in the list's order: `"small boat" and
 * "migrants"`, at most three. */
void terms_write(const struct term_search *t, size_t flag, struct writer *w);

#endif

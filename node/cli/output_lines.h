#ifndef FLAGPOST_OUTPUT_LINES_H
#define FLAGPOST_OUTPUT_LINES_H

/* The lines that a shown record is made of.  Private to output.c and output_things.c. */

#include "output.h"

void output_put(struct bytes b);
/* Nothing when the value is empty. */
void output_line(const char *name, struct bytes value);
void output_list(const char *name, const struct text_list *l);
void output_date(const char *name, const struct partial_date *d);

/* References, threats, persons, things, identifiers and links. */
void output_things(const struct record *r);

#endif

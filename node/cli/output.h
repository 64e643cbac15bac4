#ifndef FLAGPOST_OUTPUT_H
#define FLAGPOST_OUTPUT_H

/* Records on the screen. */

#include "cli.h"
#include "record.h"

/* As a person reads a report: marking above and below, grades beside what they grade. */
void output_record(const struct record *r);

/* One item of a sanitised copy, with its position. */
void output_item(uint32_t position, const struct item *i);
/* What it says, in one line, as text in the arena.  E_MEMORY. */
NODISCARD status output_item_text(struct arena *a, const struct item *i, struct bytes *ret);

/* One JSON object on a line; false when this build has no JSON or it does not fit. */
bool output_record_json(struct cli *c, const struct record *r);
/* The same into the arena, without the newline. */
bool output_record_text(struct cli *c, const struct record *r, struct bytes *ret);

#endif

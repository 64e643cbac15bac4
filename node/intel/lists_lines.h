#ifndef FLAGPOST_LISTS_LINES_H
#define FLAGPOST_LISTS_LINES_H

/* Readers of single kinds of line, for lists_read alone.  Private to this layer. */

#include "lines.h"
#include "lists.h"

NODISCARD status lists_read_successor(struct lines *in, struct lists *l);
NODISCARD status lists_read_require(struct lines *in, struct lists *l);
NODISCARD status lists_read_exclude(struct lines *in, struct lists *l);
NODISCARD status lists_read_suggest(struct lines *in, struct lists *l);
NODISCARD status lists_read_term(struct lines *in, struct lists *l);
NODISCARD status lists_read_retention(struct lines *in, struct lists *l);

#endif

#ifndef FLAGPOST_ENTRY_RULES_H
#define FLAGPOST_ENTRY_RULES_H

/* Internal to entry.c. */

#include "entry.h"

/* The rules between fields of a header's core; those of each field stand in the tables.
 * E_VALUE. */
NODISCARD status header_check(const struct header *h);

#endif

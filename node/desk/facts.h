#ifndef FLAGPOST_FACTS_H
#define FLAGPOST_FACTS_H

/* What is known of a record without opening it.  Private to this folder. */

#include "desk.h"

/* One row "facts" of the record at a place: who published it and when, marking, handling
 * codes, recipients as its header names them, the digest of its content, and whether it is
 * held, erased or recalled here. */
NODISCARD status facts_give(struct desk *d, const struct place *place, const record_id *id,
                            struct rows *r);

#endif

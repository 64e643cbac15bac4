#ifndef FLAGPOST_ACKNOWLEDGE_H
#define FLAGPOST_ACKNOWLEDGE_H

#include "desk.h"

/* Whether somebody of this agency has acknowledged a received record.  E_STORAGE or
 * E_DAMAGED. */
NODISCARD status acknowledged_here(struct desk *d, const struct parent *record, bool *ret);

#endif

#ifndef FLAGPOST_AUDIT_H
#define FLAGPOST_AUDIT_H

/* The log of DPA 2018 s.62: what it may be used for, and a row as people see it. */

#include "desk.h"

/* The lawful use that the call's argument `use` names, with its paragraph.  E_DENIED with
 * the sentence set. */
NODISCARD status audit_use(struct desk *d, struct call *c, const char **ret);

/* "consult"; static. */
const char *audit_operation_word(enum audit_operation o);

/* A row of the log as a row of an answer, copied. */
NODISCARD status audit_give_row(struct rows *r, const struct item_audit *row,
                                sequence index);

#endif

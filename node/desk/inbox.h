#ifndef FLAGPOST_INBOX_H
#define FLAGPOST_INBOX_H

/* A record as it is listed without being shown: by its header alone. */

#include "desk.h"

struct inbox_entry {
    const struct entry_row *entry;
    const struct header *header; /* NULL: it does not decode */
    const char *marks;           /* recall_marks */
};

enum { INBOX_FIELDS = 21 };
/* Begins a row, with room for six fields more of the caller's.  E_STORAGE, E_DAMAGED. */
NODISCARD status inbox_row(struct desk *d, struct rows *r, const struct inbox_entry *i);

#endif

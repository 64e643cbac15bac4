#ifndef FLAGPOST_DESK_PARTS_H
#define FLAGPOST_DESK_PARTS_H

/* The parts of an attachment in this node's journal.  Private to this folder. */

#include "attached.h"
#include "desk.h"

struct attached_here {
    uint32_t count; /* parts that are here */
    uint32_t next;  /* the first that is not */
};

/* By ids alone; nothing is opened.  `index` counts the record's attachments from 0. */
struct attached_here attached_here(struct desk *d, const struct agency_id *agency,
                                   const record_id *record, uint32_t index,
                                   const struct item_attachment *x);

/* The items of an opened record that are attachments, in order; at most ATTACHMENTS_MAX,
 * borrowed from `a`. */
NODISCARD status attached_items(const struct salted_item *items, size_t count,
                                struct arena *a, struct item_attachment *ret,
                                size_t *ret_count);

/* A decimal argument below `limit`; else E_USAGE. */
NODISCARD status attached_number(const struct call *c, const char *name, uint32_t limit,
                                 uint32_t *ret);

#endif

#ifndef FLAGPOST_LIFECYCLE_H
#define FLAGPOST_LIFECYCLE_H

/*
 * Items that tell what became of a record: that it stands in place of an older one, that it
 * was made of another agency's, that it is recalled.  Part of content.h.
 */

#include "entry.h"

/* The record stands in place of an earlier one of the same agency (header.previous). */
struct item_supersedes {
    record_id id;
    uint32_t version; /* of this record: 2 for the first correction */
    struct bytes reason;
    struct bytes person;
};

/* The record is made of chosen items of another one; its proof is the item after it. */
struct item_lineage {
    struct agency_id agency; /* the originator */
    record_id id;
    struct hash leaf; /* of the originator's header */
    uint32_t item_count;
    struct bytes positions; /* of the items taken, a byte each, ascending */
    struct bytes person;    /* who decided to publish it onward */
    struct bytes reason;
};

enum { PROOF_CARRIED_MAX = 96 * 1024 }; /* beside a record of the usual size */

struct item_proof {
    struct bytes text; /* flagpost/proof/v1, with the items */
};

enum recall_cause {
    RECALL_WITHDRAWN = 1,
    RECALL_COMPROMISE = 2, /* a source is exposed, or it was marked too low */
    RECALL_DERIVED = 3,    /* what it was made of has been recalled */
    RECALL_DISPOSED = 4,   /* its owner has disposed of it after review */
};

/* All who ever had the record read this: its reason is a sentence written for them. */
struct item_recall {
    record_id id;
    enum recall_cause cause;
    struct bytes reason;
    struct bytes person;
    millis answer_by;
};

/* For who had a record and may not have what stands in its place: the fact alone. */
struct item_replaced {
    record_id id;
    record_id by;
};

#endif

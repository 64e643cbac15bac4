#ifndef FLAGPOST_RETENTION_H
#define FLAGPOST_RETENTION_H

/*
 * What happened to the set of records that an agency keeps about one nominal: rules R16 and
 * R17.  An entry of the agency's own local stream for each, which nobody rewrites.  None
 * of it says who the nominal is.
 */

#include "types.h"

enum {
    RETENTION_TEXT_MAX = 200,
    RETENTION_REFERENCE_MAX = 64,
    RETENTION_QUESTIONS = 6, /* the national retention assessment criteria */
    RETENTION_GROUPS = 4,
};

enum retention_what {
    RETENTION_OPENED = 1,    /* a set, in `group` */
    RETENTION_ADDED = 2,     /* `record`; by it the nominal came to notice at `notice` */
    RETENTION_REMOVED = 3,   /* `record` is of somebody else after all */
    RETENTION_NOTICED = 4,   /* came to notice at `notice`, by no record of this exchange */
    RETENTION_GROUPED = 5,   /* is in `group` from now on */
    RETENTION_HELD = 6,      /* legal hold for `reference` */
    RETENTION_RELEASED = 7,  /* the hold for `reference` has ended */
    RETENTION_KEPT = 8,      /* reviewed with `answers`: it stays */
    RETENTION_CONDEMNED = 9, /* reviewed with `answers`: it is to be disposed of */
    RETENTION_PROPOSED = 10,
    RETENTION_APPROVED = 11, /* by a second person */
    RETENTION_UNDONE = 12,
    RETENTION_ERASED = 13, /* `record`; the header names it as `previous` too */
};

struct item_retention {
    record_id set;
    enum retention_what what;
    millis at;
    struct bytes person; /* as the kernel names him */
    struct bytes reason;
    bool has_record;
    record_id record;
    millis notice;
    uint32_t group; /* 1 to RETENTION_GROUPS */
    struct bytes reference;
    struct bytes answers; /* to each question, in order: y, n or u for not known */
};

#endif

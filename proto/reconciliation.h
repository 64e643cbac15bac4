#ifndef FLAGPOST_RECONCILIATION_H
#define FLAGPOST_RECONCILIATION_H

/*
 * What national ingestion and an agency say to each other so that both find where their
 * records and outcomes differ (crypto/ranges.h is the comparison).  Each turn of it is an
 * entry of the speaker's routine stream for the other alone, and so signed and kept.  It
 * tells ids and what was answered, and nothing that a record says.
 */

#include "types.h"

enum {
    RECONCILIATION_RANGES_MAX = 32832, /* the longest answer to the longest question */
    RECONCILIATION_REFERENCE_MAX = 64,
};

enum ranges_what {
    RANGES_ASKS = 1,    /* `ranges` is a question */
    RANGES_ANSWERS = 2, /* `ranges` is the answer to the question of that step */
    RANGES_ENDS = 3,    /* compared to the end; the differences follow as items */
    RANGES_STOPS = 4,   /* not compared to the end: `reason` says why */
};

/* All epochs of a lane before this one, and of this one so many entries. */
struct lane_cover {
    struct epoch epoch; /* none: nothing of the lane */
    sequence size;
};

/* The agency's lanes, then those of national ingestion. */
enum cover {
    COVER_RECORDS_IMMEDIATE,
    COVER_RECORDS_ROUTINE,
    COVER_OUTCOMES_IMMEDIATE,
    COVER_OUTCOMES_ROUTINE,
    COVERS,
};

struct item_ranges {
    record_id session;
    uint32_t step; /* from 1 */
    enum ranges_what what;
    struct lane_cover covers[COVERS]; /* what is compared: the same in a whole session */
    uint64_t count;                   /* of the speaker's set */
    struct hash root;                 /* of everything in it */
    struct bytes ranges;
    uint64_t other_count; /* of the other's, as it said */
    struct hash other_root;
    uint32_t differences;
    bool more; /* than follow: closed first, they are found by the next session */
    struct bytes reason;
};

enum difference_says {
    DIFFERENCE_NOT_HELD = 1,
    DIFFERENCE_WAITING = 2,
    DIFFERENCE_ACCEPTED = 3, /* `reference` is the national one */
    DIFFERENCE_REFUSED = 4,  /* `reference` is the rule */
    DIFFERENCE_DELETED = 5,  /* `reference` is the national one that it had */
};

/* A record about which the two differ, and what the speaker has of it. */
struct item_difference {
    struct agency_id agency; /* whose record */
    record_id id;
    enum difference_says says;
    struct bytes reference;
};

#endif

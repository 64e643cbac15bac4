#ifndef FLAGPOST_RECOVERY_H
#define FLAGPOST_RECOVERY_H

/* The account of an own lane that is fetched back (recovering.c). */

#include "store.h"

/* An epoch that was given up, and that others hold longer than we do. */
struct recovery {
    bool is_on;
    bool heard;            /* followers have given what they have */
    bool given;            /* and so has the driver */
    struct stream_row row; /* as far as it is here by now */
    sequence from;         /* what was fetched back, and what may be, begins here */
    sequence stated_size;  /* by the statement of the epoch after it: proved to be ours */
    struct hash stated_root;
};

/* What a follower has still to give back of an own stream. */
struct return_cursor {
    sequence next; /* first index of the next group */
    millis asked_at;
    uint32_t tries;
    bool done;
};

#endif

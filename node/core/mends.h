#ifndef FLAGPOST_MENDS_H
#define FLAGPOST_MENDS_H

/* The account of an own lane whose damaged rows are mended (mending.c). */

#include "entry.h"

enum { MENDS_MAX = 256 }; /* rows of a lane, found and fetched at once */

/* A row of an own stream that is not what its log says. */
struct mend {
    sequence index;
    sequence first; /* of its group */
    /* OK: it is whole again.  E_UNKNOWN: not enough of it is here, and nobody gave it yet.
     * E_ADDRESS: it can be read, and the wrap of `lacks` is not there.  E_KEY: its storage
     * key is gone, as of what was erased.  E_OPEN: no key here opens it any more. */
    status why;
    struct agency_id lacks;
};

/* Rows that are mended (mending.c). */
struct mending {
    bool is_on;      /* followers are being asked */
    bool more;       /* there are others behind the last one */
    sequence looked; /* the group at which looking ended */
    status stopped;  /* OK, or why that group proves nothing */
    uint32_t count;
    struct mend at[MENDS_MAX];
};

#endif

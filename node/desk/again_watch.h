#ifndef FLAGPOST_AGAIN_WATCH_H
#define FLAGPOST_AGAIN_WATCH_H

/* What a node that was put back to an earlier day keeps in mind between turns. */

#include "types.h"

/* What is erased again after a restore (again.h). */
struct again_watch {
    uint32_t state; /* enum again_state; 0: nothing is */
    bool asked;     /* the peers, since the start */
    bool walks;     /* through what they gave, from here to there: */
    size_t lane;
    struct stream_id stream;
    sequence next, end;
    uint64_t erased;
    bool calls; /* their index is to be made again */
};

/* The file that is taken in (tail.h). */
struct tail_watch {
    bool open, ended;
    bool failed; /* to be read */
    bool looked; /* whether one was left that is taken in already */
    bool remove; /* what was taken in is durable with this turn */
    int fd;
    uint64_t at;             /* in the file: what is before it was given */
    uint64_t taken, refused; /* frames */
};

#endif

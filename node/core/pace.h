#ifndef FLAGPOST_CORE_PACE_H
#define FLAGPOST_CORE_PACE_H

/*
 * How many bytes of one stream are under way to one follower: about what its line takes in
 * a second, as measured by how long what was sent took to be taken.  So a slow line does
 * not carry minutes of routine records when an urgent one comes, and followers who share
 * one get a share each, because each sees the line as slow as it is for all of them.  The
 * window begins small, doubles while what fills it is taken within a second, and shrinks to
 * a second's worth when that takes longer than two.  Times are of any clock: one that jumps
 * makes a stream slow for a while, and no more.
 */

#include "types.h"

enum {
    PACE_FIRST_BYTES = 16 * 1024,
    PACE_LEAST_BYTES = 4 * 1024, /* one entry goes, whatever its size */
    PACE_MOST_BYTES = CREDIT_GROUPS_MAX * GROUP_BYTES_MAX,
    PACE_MS = 1000,
    PACE_LONG_MS = 2 * PACE_MS,
    PACE_IDLE_MS = 10000, /* then it may be another line: a large window begins anew */
    PACE_MARKS = 8,
};

/* Zeroed: nothing is under way, nothing is known. */
struct pace {
    size_t window; /* bytes; 0: not measured yet */
    bool filled;   /* there was more to send */
    millis used_at, shrunk_at;
    sequence again; /* what is below was sent before: its arrival measures nothing */
    size_t count;
    struct pace_mark {
        sequence end; /* whoever has taken what is below it has taken this */
        size_t bytes;
        size_t under_way; /* with what was sent before and not yet taken then */
        millis at;
    } marks[PACE_MARKS]; /* sent and not taken yet; ascending */
};

/* Bytes that may be sent now; asked when there is something to send.  None until half of
 * the window is free, or small frames would go one by one. */
size_t pace_room(struct pace *p, millis now);
void pace_sent(struct pace *p, sequence end, size_t bytes, millis now);
/* The follower has everything below `size`. */
void pace_taken(struct pace *p, sequence size, millis now);
/* It asks anew: what was under way is so no longer. */
void pace_again(struct pace *p, millis now);

#endif

#ifndef FLAGPOST_CORE_EFFECTS_H
#define FLAGPOST_CORE_EFFECTS_H

/* What a turn of the exchange leaves to be done, once what it put is durable and no sooner.
 */

#include "frame.h"
#include "store.h"

enum {
    EFFECTS_MAX = 8192,
    ANSWERS_MAX = LANES * GROUP_ENTRIES_MAX, /* room that only answers may use */
};

/* Which end of a connection we are: we publish to the peer, or follow it. */
enum end { END_PUBLISHING, END_FOLLOWING };

enum notice {
    NOTICE_REJECTED,  /* a peer's frame was refused; no effect */
    NOTICE_ENTRY,     /* an entry for us has its disposition */
    NOTICE_RECEIPT,   /* a peer holds everything up to a size */
    NOTICE_FORK,      /* a second history: evidence is kept */
    NOTICE_FENCED,    /* a peer holds more of our log than we do */
    NOTICE_ROSTER,    /* a newer roster is in force */
    NOTICE_PUBLISHED, /* an own entry is in the log */
    NOTICE_EPOCH,     /* a publisher began a new epoch */
    NOTICE_DAMAGED,   /* a row that a peer wants is not as it was put: it gets none */
};

struct effect {
    enum effect_kind { EFFECT_SEND, EFFECT_ANSWER, EFFECT_NOTICE } kind;
    union {
        struct {
            struct agency_id peer;
            enum end end;
            enum lane lane;
            struct bytes frame; /* in the turn's arena */
        } send;
        struct {
            uint64_t ticket;
            record_id id;
            struct place place;
            bool again; /* an idempotency key that was answered before */
        } answer;
        struct {
            enum notice what;
            struct agency_id peer;
            enum lane lane;
            sequence index;
            status why;
        } notice;
    };
};

struct effects {
    size_t count;
    struct effect at[EFFECTS_MAX];
};

#endif

#ifndef FLAGPOST_HOLDING_H
#define FLAGPOST_HOLDING_H

/*
 * What a holder has said about a recalled record.  The node answers by itself that opening
 * is blocked, or that the record is not there; a named person then says what became of it:
 * erased, under legal hold, adopted as controller, exported.  Pure.
 *
 *     asked -> blocked -> on hold | adopted -> erased
 *           -> not held (-> erased, if it still arrives)
 *
 * "Exported" may be said beside any of them: it is about a copy elsewhere.
 */

#include "content.h"

struct holding {
    uint32_t said;      /* 1 << enum outcome_what */
    millis answered_at; /* the node's own answer */
    millis opened_at;   /* first opening there; 0: never, as far as was said */
    millis stated_at;   /* the newest statement */
    enum outcome_what last;
    struct bytes person; /* of the newest statement; borrowed */
    struct bytes where;  /* exported to; borrowed */
};

/* The next answer of one holder, in log order. */
void holding_take(struct holding *h, const struct item_outcome *o);

bool holding_has(const struct holding *h, enum outcome_what what);
/* Nothing more is awaited of it. */
bool holding_is_settled(const struct holding *h);
/* "erased", "blocked: no statement yet" ...; static. */
const char *holding_word(const struct holding *h);

/* NULL when `next` may be said after what was said; else why not; static. */
const char *holding_refusal(const struct holding *h, enum outcome_what next);

#endif

#ifndef FLAGPOST_AGAIN_H
#define FLAGPOST_AGAIN_H

/*
 * A journal that was put back, or lost its end, has again what this node erased since. What
 * its peers know of that comes back with its own entries (recovering.c): recalls that went
 * out after a review, and statements that a record was erased here.  Each is carried out
 * again.  What was asked and answered here has its rows again.  From the new epoch on until
 * that is done nothing is opened for a person, and nothing of before is issued again; what
 * is new is published meanwhile. Private to this folder.
 */

#include "desk.h"

/* States of the one row of SHELF_AGAIN, so that it goes on after a restart. */
enum again_state {
    AGAIN_WAITING = 1,     /* after a new epoch: people wait for it */
    AGAIN_LOOKING = 2,     /* asked again by a person, later: nobody waits */
    AGAIN_WAITING_ALL = 3, /* after another one before that was done: for all before it */
};

NODISCARD status again_load(struct desk *d);
/* In the turn of the new epoch (AGAIN_WAITING), or when a person asks (AGAIN_LOOKING); what
 * is waited for already is begun anew.  In the turn's transaction. */
NODISCARD status again_begin(struct desk *d, enum again_state asked);
/* Asks, looks through what has come, erases: some of it in each turn.  E_STORAGE,
 * E_DAMAGED.
 */
NODISCARD status again_turn(struct desk *d);

/* An own entry that came back.  E_BUSY, E_MEMORY: again in another turn. */
NODISCARD status again_take(struct desk *d, const struct entry_row *e);

/* E_FENCED, with the sentence, for what would show or send something of before. */
NODISCARD status again_admit(const struct desk *d, struct call *c);

#endif

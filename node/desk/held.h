#ifndef FLAGPOST_HELD_H
#define FLAGPOST_HELD_H

/*
 * Records that are held until a date: checked and routed when they are handed in, kept
 * sealed on the shelf, and published by the node when the time has come, by the rules and
 * routing of that moment.  What is refused then is a to-do with the reasons and stays until
 * it is cancelled.  A record leaves the shelf in the turn that publishes it, so it is
 * published once.
 *
 * What went out cannot be taken back, so a clock that jumped delays and never hastens.
 */

#include "publish.h"

/* Holds what publish_judge did not refuse until the call's argument `hold_until`; sets id
 * and held_until of the work.  E_VALUE: refused, with a finding; E_DUPLICATE, E_LIMIT and
 * E_DENIED with the sentence set. */
NODISCARD status held_put(struct desk *d, struct call *c, struct publish_work *work);

/* What is held with these words (same.h).  E_UNKNOWN: nothing. */
NODISCARD status held_find(struct desk *d, const struct hash *words, record_id *ret,
                           millis *ret_until);

/* Records published, refused at last, or due while the clock is in doubt. */
struct held_told {
    size_t published, refused, delayed;
};
/* Publishes what is due, at most every second; `steady` is a clock that never jumps. */
NODISCARD status held_tick(struct desk *d, millis steady, struct held_told *ret);

#define HELD_CANCELLED "held record cancelled" /* in the log */
/* It is not published, and nothing of it is kept; OK also when it is not here. */
NODISCARD status held_drop(struct desk *d, const record_id *id);
/* After a restore: what is due may have been published since the backup, so a person looks.
 */
NODISCARD status held_doubt(struct desk *d);

/* The verbs `held` and `held-cancel`. */
status held_prepare(struct desk *d, struct call *c);
status held_answer(struct desk *d, struct call *c, struct control_answer *ret);
status held_cancel_prepare(struct desk *d, struct call *c);

#endif

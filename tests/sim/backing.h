#ifndef FLAGPOST_SIM_BACKING_H
#define FLAGPOST_SIM_BACKING_H

/*
 * What keeps a simulated node's state through a crash: the exchange's store, and what a
 * simulator does to a disk.  Operations abort when the backing itself fails: a simulated
 * disk has no excuse.
 */

#include "keyring.h"
#include "store.h"

/* Whose disk it is, and what decides how it fails. */
struct backing_owner {
    struct agency_id self;
    struct keyring *keyring;
    uint64_t seed;
};

struct backing_ops {
    /* Empty, as on the day of delivery. */
    void (*reset)(void *self, const struct backing_owner *owner);
    /* The exchange's view, until the next crash. */
    struct store (*store)(void *self);
    void (*commit)(void *self);
    /* Power fails: what was not committed is gone. */
    void (*crash)(void *self);

    void (*free)(void *self);

    /* The rest may be NULL. */

    /* Power fails at the `calls`th write of a commit. */
    void (*tear)(void *self, unsigned calls);
    /* Remembers the committed state; restore goes back to it. */
    void (*backup)(void *self);
    void (*restore)(void *self);
    /* Becomes what `other`, of the same kind, has committed. */
    void (*copy)(void *self, const void *other);
    /* While true, finds see committed rows alone. */
    void (*view_committed)(void *self, bool on);
};

struct backing {
    void *self;
    const struct backing_ops *ops;
};

#endif

#ifndef FLAGPOST_GIVEN_H
#define FLAGPOST_GIVEN_H

/*
 * Own entries that come back from a file, and from no follower: what entries of the local
 * stream have no other way for.  The file is made of the frames in which a follower would
 * give them (recovering.c), and they are checked as its are.
 */

#include "exchange.h"

typedef status (*given_each)(void *context, struct bytes frame);

/*
 * The frames of the group that begins at `first`: the group, then such of its entries as
 * have content here.  Reads the store alone, which may be that of a running node.  In `a`,
 * which is rewound in any case.  E_UNKNOWN: the stream ends there; E_DAMAGED: it goes on,
 * and its group is not there or cannot be read; E_STORAGE, E_MEMORY, or what `each`
 * returned, which must not be E_UNKNOWN.
 */
struct given_place {
    const struct store *store;
    const struct agency_id *self;
    struct stream_id stream;
    sequence first;
};
struct given_made {
    sequence next;  /* the group after it begins there */
    uint32_t lacks; /* entries that are left out: of a group that was sealed here those that
                       are not there, of any group those that are there and cannot be
                       read, or are not what the log has.  Of one that was fetched back
                       what is not there may never have come, and is not counted */
};
NODISCARD status given_make(const struct given_place *p, struct arena *a, given_each each,
                            void *context, struct given_made *ret);

/* All of the file has been given that is of the epochs being fetched back now: they end.
 * Those before them may follow, and then it is given again. */
void exchange_given_all(struct exchange *x);

/*
 * Takes such a frame while its epoch is being fetched back (`gives` of the exchange keeps
 * that from ending).  Groups come in order; one that is here already is compared.  What is
 * refused changes nothing, and what this node has not signed is: E_ORDER when a group
 * before it is missing, E_UNKNOWN when it is of no epoch that is fetched back.
 */
NODISCARD status exchange_given(struct exchange *x, struct bytes frame);

#endif

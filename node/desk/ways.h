#ifndef FLAGPOST_WAYS_H
#define FLAGPOST_WAYS_H

/*
 * Where an own record went, so that what belongs to it goes there as well: its attachments.
 * A record has one way for each of its entries with recipients of its own; one that was
 * issued again in a later epoch has those of an earlier one.  Private to this folder.
 */

#include "desk.h"

enum { WAYS_MAX = 64 };

struct way {
    struct label label;
    size_t count;
    struct agency_id to[AGENCIES_MAX];
};

struct ways {
    size_t count;
    struct way *at[WAYS_MAX];
};

/*
 * The record's ways, each without those who have the part already or are not of the network
 * any more.  With `known`, for a part that is here, those alone that still have somebody.
 * Borrowed from the turn's arena.
 */
NODISCARD status ways_find(struct desk *d, const record_id *record, const record_id *part,
                           bool known, struct ways *ret);

#endif

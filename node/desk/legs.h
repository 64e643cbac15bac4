#ifndef FLAGPOST_LEGS_H
#define FLAGPOST_LEGS_H

/*
 * A record's way out: who gets it, and the entries that carry it.  One record has one id,
 * one content and one content root, in as many entries as routing makes legs of it: one for
 * all who may see each other, and one for each who stands alone.
 */

#include "desk.h"
#include "routing.h"

struct legs {
    record_id id;
    struct label label; /* routing_label has been over it */
    bool has_previous;
    record_id previous;
    size_t parent_count;
    const struct parent *parents; /* the records that it was made of; ascending */
    size_t item_count;
    const struct bytes *items;            /* encoded; or */
    const struct sealed_content *content; /* of a record published before */
    struct bytes key;                     /* idempotency, of the first entry; empty: none */
    uint64_t ticket;                      /* of the first entry */
};

enum { LEGS_MAX = 20 }; /* entries of one record that are sealed in one turn */

/*
 * Submits all of them or none, into this turn.  E_BUSY: in the next turn.  E_LIMIT: more
 * legs than LEGS_MAX.  E_VALUE: no recipient.  Otherwise as exchange_submit.
 */
NODISCARD status desk_legs_submit(struct desk *d, const struct legs *l,
                                  const struct routing *r);

/*
 * Calls `each` for every entry that carries a record of this agency: one for each recipient
 * that stands alone and one for all others, more where it was published to someone later or
 * issued again.  One may come twice.  E_UNKNOWN: no such record.
 */
typedef status (*desk_each_leg)(void *context, const struct entry_row *e,
                                const struct header *h);
NODISCARD status desk_legs_walk(struct desk *d, const record_id *id, desk_each_leg each,
                                void *context);

/* The findings that routing itself makes (M2): no recipient at all refuses; a rule that
 * applies and reaches nobody is told, and so is a decision or a wish that had no effect. */
NODISCARD status desk_legs_check(struct arena *a, const struct routing_question *q,
                                 const struct routing *r, struct findings *f);

#endif

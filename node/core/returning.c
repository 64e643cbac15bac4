#include "internal.h"

#include <string.h>

/*
 * The follower's side of a recovery.  A publisher that has lost the end of its log asks for
 * it on the connection on which we follow it, and gets what we hold: each group as it was
 * signed, and of its entries those that were addressed to us, with the publisher's own
 * wrap. The stream is that of the asker, so nobody can ask for another's.  What cannot be
 * read here is not there for it: no asker ends this node.
 */

status follower_fetch(struct peer *p, enum lane lane, const struct frame_fetch *fetch)
{
    struct follow *const f = &p->follows[lane_rank(lane)];

    ENSURE(!epoch_is_none(&fetch->epoch) && fetch->list.size == 0, E_VALUE);
    f->wanted = true;
    f->wanted_epoch = fetch->epoch;
    f->wanted_from = fetch->from;
    return OK;
}

/* What was refused, withheld or erased has no content here. */
static status add_entry(struct exchange *x, const struct peer *p, const struct entry_row *e,
                        struct parcel *parcel)
{
    struct entry_copy *const copy = &parcel->copies[parcel->copy_count];

    if (e->kind == KIND_EPOCH) {
        *copy = (struct entry_copy){.index = e->index, .header = e->header};
        parcel->copy_count++;
        return OK;
    }
    if (e->ciphertext.size == 0 || e->wraps.size != (size_t)2 * WRAP_SIZE)
        return OK;
    *copy = (struct entry_copy){
        .index = e->index,
        .header = e->header,
        .ciphertext = e->ciphertext,
        .wrap = bytes_of(e->wraps.at, WRAP_SIZE),
        .publisher_wrap = bytes_of(e->wraps.at + WRAP_SIZE, WRAP_SIZE),
        .ordinal = e->ordinal,
    };
    parcel->copy_count++;
    return audit_disclosure(x, p, e);
}

static status fill(struct exchange *x, const struct peer *p, const struct group_row *g,
                   struct parcel *ret)
{
    struct reader counts = {.rest = g->counts};

    ret->copies = arena_array(x->arena, g->count, sizeof *ret->copies);
    ENSURE(ret->copies != NULL, E_MEMORY);
    ret->group = (struct frame_group){.epoch = g->stream.epoch,
                                      .first = g->first,
                                      .leaves = g->leaves,
                                      .checkpoint = g->checkpoint};
    ret->group.count = read_u64(&counts);
    ret->group.count_last = read_u64(&counts);
    ret->group.count_path = counts.rest;
    memcpy(ret->group.count_salt, g->salt, sizeof ret->group.count_salt);
    for (uint32_t i = 0; i < g->count; i++) {
        struct entry_row e = {0};
        const status s =
            x->store.ops->entry_find(x->store.self, &g->stream, g->first + i, x->arena, &e);
        if (s == E_DAMAGED)
            notice(x, NOTICE_DAMAGED, &p->id, g->stream.lane, g->first + i, s);
        if (s == E_UNKNOWN || s == E_DAMAGED)
            continue;
        TRY(s);
        TRY(add_entry(x, p, &e, ret));
    }
    return OK;
}

/* So that the publisher knows again who has stored what. */
static status give_receipt(struct exchange *x, const struct peer *p,
                           const struct group_row *g)
{
    struct receipt_row row = {0};
    struct frame r = {.lane = g->stream.lane, .kind = FRAME_RECEIPT};

    const status s =
        x->store.ops->own_receipt_find(x->store.self, &g->stream, x->arena, &row);
    if (s == E_UNKNOWN || s == E_DAMAGED)
        return OK;
    TRY(s);
    if (row.size <= g->first || row.size - g->first > g->count)
        return OK;
    r.receipt = (struct frame_receipt){
        .epoch = g->stream.epoch, .cosignature = row.cosignature, .receipt = row.receipt};
    (void)send_frame(x, p, END_FOLLOWING, &r); /* there was room for a whole parcel */
    return OK;
}

static void give_nothing(struct exchange *x, const struct peer *p, enum lane lane)
{
    const struct follow *const f = &p->follows[lane_rank(lane)];
    struct frame none = {.lane = lane, .kind = FRAME_ERROR};

    none.error = (struct frame_error){.reject = status_reject(E_UNKNOWN),
                                      .epoch = f->wanted_epoch,
                                      .index = f->wanted_from};
    (void)send_frame(x, p, END_FOLLOWING, &none); /* it asks again */
}

status give_back(struct exchange *x, struct peer *p, enum lane lane)
{
    struct follow *const f = &p->follows[lane_rank(lane)];
    const struct stream_id id = {.agency = p->id, .lane = lane, .epoch = f->wanted_epoch};
    struct group_row g = {0};
    struct parcel parcel = {0};

    /* Each disclosure has a row of the log, which a fenced node may not write. */
    if (!f->wanted || !p->current || x->fence != OK)
        return OK;
    if (!turn_has_room(x)) {
        x->more = true;
        return OK;
    }
    f->wanted = false;
    const status s =
        x->store.ops->group_find(x->store.self, &id, f->wanted_from, x->arena, &g);
    if (s == E_DAMAGED)
        notice(x, NOTICE_DAMAGED, &p->id, lane, f->wanted_from, s);
    if (s == E_UNKNOWN || s == E_DAMAGED || (s == OK && g.first != f->wanted_from)) {
        give_nothing(x, p, lane);
        return OK;
    }
    TRY(s);
    TRY(fill(x, p, &g, &parcel));
    parcel_send(x, p, END_FOLLOWING, lane, &parcel);
    return give_receipt(x, p, &g);
}

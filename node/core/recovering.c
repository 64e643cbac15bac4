#include "internal.h"

#include <string.h>

/*
 * Fetching back what a restored node has lost.  Its old epoch is longer at others than
 * here, and a new epoch goes on from it.  Every follower is asked for the old one's groups,
 * which bear our own signature, and for the entries of them that it has; each is checked by
 * its leaf hash, so whoever gives something else gives nothing.  Nothing is published in
 * the old epoch any more: no index is used twice.
 */

enum { TRIES = 4 }; /* of a follower that does not answer; STALL_MS apart */

/* Groups that were fetched back have no counts of other agencies: those are known only to
 * who sealed the group.  They are the last ones, from here on. */
static status returned_from(struct exchange *x, const struct stream_row *row, sequence *ret)
{
    sequence from = row->frontier.size;

    while (from > 0) {
        const size_t mark = arena_mark(x->arena);
        struct group_row g = {0};
        TRY(x->store.ops->group_find(x->store.self, &row->id, from - 1, x->arena, &g));
        arena_rewind(x->arena, mark);
        if (g.counts.size > 0)
            break;
        from = g.first;
    }
    *ret = from;
    return OK;
}

status exchange_before(struct exchange *x, const struct stream_id *id, struct recovery *ret)
{
    struct entry_row first = {0};
    struct stream_id before = *id;
    struct header h;

    ENSURE(id->epoch.counter > 1, E_UNKNOWN);
    TRY(x->store.ops->entry_find(x->store.self, id, 0, x->arena, &first));
    TRY(header_decode(first.header, x->arena, &h));
    ENSURE(h.has_statement && !epoch_is_none(&h.statement.old_epoch), E_UNKNOWN);
    before.epoch = h.statement.old_epoch;
    *ret = (struct recovery){.stated_size = h.statement.old_size,
                             .stated_root = h.statement.old_root};
    const status s = x->store.ops->stream_get(x->store.self, &before, &ret->row);
    if (s == E_UNKNOWN)
        ret->row = (struct stream_row){.id = before, .own = true};
    else
        TRY(s);
    return returned_from(x, &ret->row, &ret->from);
}

status exchange_recovery(struct exchange *x, enum lane lane, struct recovery *ret)
{
    const struct own_lane *const own = &x->own[lane_rank(lane)];

    *ret = own->back;
    if (own->back.is_on)
        return OK;
    ENSURE(own->row.frontier.size > 0, E_UNKNOWN);
    return exchange_before(x, &own->row.id, ret);
}

/* Who was away, or has said that it has no more, may be there now. */
static void ask_all_again(struct exchange *x, size_t l)
{
    for (size_t i = 0; i < x->peer_count; i++) {
        struct return_cursor *const c = &x->peers[i].deliveries[l].back;
        c->done = false;
        c->tries = 0;
    }
}

static void begin(struct exchange *x, size_t l, const struct recovery *r)
{
    x->own[l].back = *r;
    x->own[l].back.is_on = true;
    for (size_t i = 0; i < x->peer_count; i++)
        x->peers[i].deliveries[l].back = (struct return_cursor){.next = r->from};
}

status exchange_recover(struct exchange *x)
{
    bool any = false;

    ENSURE(x->fence == OK, E_FENCED);
    for (size_t l = 0; l < LANES; l++) {
        struct recovery r = {0};
        const status s = exchange_recovery(x, lane_of_rank(l), &r);
        if (s == E_UNKNOWN)
            continue;
        TRY(s);
        any = true;
        if (r.is_on)
            ask_all_again(x, l);
        else
            begin(x, l, &r);
    }
    return any ? OK : E_UNKNOWN;
}

static void ask_back(struct exchange *x, struct peer *p, enum lane lane)
{
    const struct recovery *const r = &x->own[lane_rank(lane)].back;
    struct return_cursor *const c = &p->deliveries[lane_rank(lane)].back;
    struct frame fetch = {.lane = lane, .kind = FRAME_FETCH};

    fetch.fetch =
        (struct frame_fetch){.epoch = r->row.id.epoch, .from = c->next, .credit = 1};
    c->asked_at = x->now;
    (void)send_frame(x, p, END_PUBLISHING, &fetch); /* it is asked again when due */
}

/* False when nothing more is to be had of this follower. */
static bool ask_when_due(struct exchange *x, struct peer *p, enum lane lane)
{
    struct return_cursor *const c = &p->deliveries[lane_rank(lane)].back;

    if (c->done || !p->current || agency_id_equal(&p->id, &x->self))
        return false;
    if (c->asked_at != 0 && x->now - c->asked_at < STALL_MS)
        return true;
    c->done = c->tries++ == TRIES;
    if (!c->done)
        ask_back(x, p, lane);
    return !c->done;
}

/* What has come back is issued again to those of its recipients who have not shown that
 * they hold it (epochs.c).  An epoch of which nothing was sealed in this journal came after
 * the backup: then the one before it has its end there, too; so it may have where fetching
 * it back was not done when the next one began. */
static status finish(struct exchange *x, size_t l)
{
    struct own_lane *const own = &x->own[l];
    struct recovery before = {0};

    own->back.is_on = false;
    reissue_begin(own);
    ENSURE(own->back.from == 0 || x->fetches_all, OK);
    const status s = exchange_before(x, &own->back.row.id, &before);
    ENSURE(s == OK, s == E_UNKNOWN || s == E_DAMAGED ? OK : s);
    begin(x, l, &before);
    return OK;
}

status recover_tick(struct exchange *x)
{
    for (size_t l = 0; l < LANES; l++) {
        struct recovery *const r = &x->own[l].back;
        bool waits = false;
        if (!r->is_on)
            continue;
        for (size_t i = 0; i < x->peer_count; i++)
            waits = ask_when_due(x, &x->peers[i], lane_of_rank(l)) || waits;
        r->heard = !waits;
        if (!waits && (!x->gives || r->given))
            TRY(finish(x, l));
    }
    return OK;
}

/* --- a group --- */

/* Our signature alone could be that of another history, which a copy of this node made: so
 * the root that the new epoch states has to lie on the way. */
static status check_stated(const struct recovery *r, sequence before,
                           const struct checkpoint *c)
{
    if (r->stated_size <= before || r->stated_size > c->size)
        return OK;
    ENSURE(r->stated_size == c->size && hash_equal(&r->stated_root, &c->root), E_FORK);
    return OK;
}

/* As far as the new epoch vouches for the old one, under the key of now, it may be under a
 * key that was given up; what goes on from there may not, for that key may be in other
 * hands. */
static status verify_within(struct exchange *x, const struct recovery *r,
                            const struct frame_group *g, struct checkpoint *ret)
{
    const sequence size = g->first + g->leaves.size / HASH_SIZE;
    bool given_up = false;

    return size <= r->stated_size
               ? own_checkpoint_verify(x, g->checkpoint, ret, &given_up)
               : peer_checkpoint_verify(x, &x->peers[x->self_number], g->checkpoint, ret);
}

static status extend(struct exchange *x, struct recovery *r, const struct frame_group *g)
{
    struct frontier *const after = arena_take(x->arena, sizeof *after);
    struct checkpoint c;

    ENSURE(after != NULL, E_MEMORY);
    TRY(verify_within(x, r, g, &c));
    ENSURE(hash_equal(&c.realm, &x->realm), E_REALM);
    ENSURE(stream_id_equal(&c.stream, &r->row.id), E_VALUE);
    ENSURE(c.size == g->first + g->leaves.size / HASH_SIZE, E_VALUE);
    ENSURE(c.roster_version <= x->roster.version, E_NEWER);
    *after = r->row.frontier;
    struct reader leaves = {.rest = g->leaves};
    while (leaves.rest.size > 0) {
        struct hash leaf;
        read_copy(&leaves, leaf.bytes, sizeof leaf.bytes);
        frontier_append(after, &leaf);
    }
    const struct hash root = frontier_root(after);
    ENSURE(hash_equal(&root, &c.root), E_HASH);
    TRY(check_stated(r, g->first, &c));
    const struct group_row row = {.stream = r->row.id,
                                  .first = g->first,
                                  .count = (uint32_t)(c.size - g->first),
                                  .roster_version = c.roster_version,
                                  .leaves = g->leaves,
                                  .checkpoint = g->checkpoint,
                                  .at = x->now};
    TRY(x->store.ops->group_put(x->store.self, &row));
    r->row.frontier = *after;
    r->row.complete = c.size;
    return x->store.ops->stream_put(x->store.self, &r->row);
}

/* One follower after the other gives the same group. */
static status compare(struct exchange *x, const struct recovery *r,
                      const struct frame_group *g)
{
    struct group_row here = {0};

    TRY(x->store.ops->group_find(x->store.self, &r->row.id, g->first, x->arena, &here));
    ENSURE(here.first == g->first && bytes_equal(here.leaves, g->leaves), E_HASH);
    return OK;
}

status recover_group(struct exchange *x, struct peer *p, enum lane lane,
                     const struct frame_group *g)
{
    struct recovery *const r = &x->own[lane_rank(lane)].back;
    struct return_cursor *const c = &p->deliveries[lane_rank(lane)].back;

    if (mend_awaits(x, lane, &g->epoch))
        return mend_group(x, p, lane, g);
    ENSURE(r->is_on && !c->done && epoch_equal(&g->epoch, &r->row.id.epoch), E_VALUE);
    ENSURE(g->first == c->next, E_ORDER);
    const status s = g->first == r->row.frontier.size ? extend(x, r, g) : compare(x, r, g);
    c->done = s != OK && s != E_NEWER; /* nothing more is asked of who gives this */
    TRY(s);
    c->next = g->first + g->leaves.size / HASH_SIZE;
    c->tries = 0;
    if (!agency_id_equal(&p->id, &x->self)) /* from a file: what follows comes unasked */
        ask_back(x, p, lane);
    return OK;
}

void recover_ended(const struct exchange *x, struct peer *p, enum lane lane,
                   const struct frame_error *e)
{
    const struct recovery *const r = &x->own[lane_rank(lane)].back;

    /* Other complaints name no epoch. */
    if (r->is_on && epoch_equal(&e->epoch, &r->row.id.epoch))
        p->deliveries[lane_rank(lane)].back.done = true;
    if (mend_awaits(x, lane, &e->epoch))
        p->deliveries[lane_rank(lane)].mend.done = true;
}

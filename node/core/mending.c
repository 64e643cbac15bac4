#include "mending.h"

#include <string.h>

/*
 * Rows of an own stream, of the epoch that goes on, which the disk or another hand has
 * changed.  What the signed log vouches for is had from the row itself where it is still
 * there (mending_row.c), and else from a follower to whom the entry was addressed.  A
 * follower has its own wrap and ours, so an entry for several is whole again once each of
 * them has answered.  Until then what there is stands in the row, and nothing is taken away
 * that was here.
 */

enum { TRIES = 4 }; /* of a follower that does not answer; STALL_MS apart */

/* No group begins there: who is asked for it says that this was all, behind what it sent
 * before. */
#define BEYOND UINT64_MAX

/* --- looking --- */

static bool wraps_are_good(const struct entry_row *e, const struct header *h)
{
    if (e->wraps.size != (size_t)h->recipient_count * WRAP_SIZE)
        return false;
    for (size_t i = 0; i < h->recipient_count; i++) {
        if (!mend_is_wrap(h, i, bytes_of(e->wraps.at + i * WRAP_SIZE, WRAP_SIZE)))
            return false;
    }
    return true;
}

/* A row that says it was erased and has its storage key was not erased by this node. */
static bool content_is_good(struct exchange *x, const struct entry_row *e,
                            const struct header *h)
{
    const bool empty = e->ciphertext.size == 0 && e->wraps.size == 0;
    uint8_t key[32];

    if (e->kind == KIND_EPOCH)
        return e->disposition == DISPOSITION_HELD && empty;
    if (e->disposition == DISPOSITION_HELD)
        return mend_is_ciphertext(h, e->ciphertext) && wraps_are_good(e, h) &&
               key_opens(x, e);
    const status s = x->store.ops->key_find(x->store.self, &e->stream, e->index, key);
    explicit_bzero(key, sizeof key);
    return e->disposition == DISPOSITION_ERASED && empty && s == E_UNKNOWN;
}

static bool own_row_is_good(struct exchange *x, const struct group_row *g,
                            const struct entry_row *e)
{
    struct header h;

    return has_leaf(g, e) && header_decode(e->header, x->arena, &h) == OK &&
           h.kind == e->kind && record_id_equal(&h.id, &e->id) &&
           e->ordinal == (h.kind == KIND_EPOCH ? 0 : mend_ordinal(&e->stream, e->index)) &&
           content_is_good(x, e, &h);
}

/* Our signature, where something is to be put under it. */
static status check_signed(struct exchange *x, const struct group_row *g)
{
    const size_t mark = arena_mark(x->arena);
    struct checkpoint c;
    const status s =
        peer_checkpoint_verify(x, &x->peers[x->self_number], g->checkpoint, &c);

    arena_rewind(x->arena, mark);
    return s;
}

static status look_at_entry(struct exchange *x, struct mending *m,
                            const struct group_row *g, sequence index)
{
    const size_t mark = arena_mark(x->arena);
    struct mend one = {.index = index, .first = g->first, .why = E_UNKNOWN};
    struct entry_row e = {0};
    bool is_here = false;

    TRY(mend_find(x, &g->stream, index, &e, &is_here));
    const bool good = is_here && own_row_is_good(x, g, &e);
    arena_rewind(x->arena, mark);
    if (good)
        return OK;
    m->more = m->count == MENDS_MAX;
    if (m->more)
        return OK;
    m->stopped = check_signed(x, g);
    ENSURE(m->stopped == OK, OK);
    TRY(mend_row(x, g, NULL, &one, &is_here));
    m->at[m->count++] = one;
    return OK;
}

/* The leaf hashes of a group are proved by the root over all up to its end. */
static status check_group(struct exchange *x, const struct group_row *g,
                          struct frontier *before)
{
    struct note *const n = arena_take(x->arena, sizeof *n);
    struct reader leaves = {.rest = g->leaves};
    struct checkpoint c;

    ENSURE(n != NULL, E_MEMORY);
    ENSURE(g->first == before->size, E_ORDER);
    while (leaves.rest.size > 0) {
        struct hash leaf;
        read_copy(&leaves, leaf.bytes, sizeof leaf.bytes);
        frontier_append(before, &leaf);
    }
    TRY(note_parse(g->checkpoint, x->arena, n));
    TRY(checkpoint_read(n, &c));
    const struct hash root = frontier_root(before);
    ENSURE(stream_id_equal(&c.stream, &g->stream) && c.size == before->size, E_VALUE);
    ENSURE(hash_equal(&root, &c.root), E_HASH);
    return OK;
}

static status look_at_group(struct exchange *x, const struct stream_row *row,
                            struct frontier *proved, struct mending *m)
{
    struct group_row g = {0};

    m->looked = proved->size;
    m->stopped = x->store.ops->group_find(x->store.self, &row->id, m->looked, x->arena, &g);
    if (m->stopped == OK)
        m->stopped = check_group(x, &g, proved);
    ENSURE(m->stopped != E_MEMORY && m->stopped != E_STORAGE, m->stopped);
    for (uint32_t i = 0; m->stopped == OK && !m->more && i < g.count; i++)
        TRY(look_at_entry(x, m, &g, g.first + i));
    return OK;
}

/* A group that is not as it was signed has counts and a salt that nobody else has: what is
 * behind it is not looked at. */
static status look_at_lane(struct exchange *x, const struct stream_row *row,
                           struct mending *m)
{
    struct frontier *const proved = arena_take(x->arena, sizeof *proved);

    ENSURE(proved != NULL, E_MEMORY);
    *proved = (struct frontier){0};
    while (proved->size < row->frontier.size && m->stopped == OK && !m->more) {
        const size_t mark = arena_mark(x->arena);
        const status s = look_at_group(x, row, proved, m);
        arena_rewind(x->arena, mark);
        TRY(s);
    }
    return OK;
}

/* --- asking --- */

/* Entries of the local stream go to nobody, but for a new epoch's statement. */
static bool is_askable(const struct own_lane *own, const struct mend *m)
{
    const bool told =
        own->row.id.lane != LANE_LOCAL || (m->index == 0 && own->row.id.epoch.counter > 1);

    return told && (m->why == E_UNKNOWN || m->why == E_ADDRESS);
}

/* Where the next group begins of which something is wanted. */
static sequence next_wanted(const struct own_lane *own, sequence from)
{
    for (uint32_t i = 0; i < own->mend.count; i++) {
        const struct mend *const m = &own->mend.at[i];
        if (m->first >= from && is_askable(own, m))
            return m->first;
    }
    return BEYOND;
}

status exchange_mend(struct exchange *x)
{
    ENSURE(x->fence == OK, E_FENCED);
    for (size_t l = 0; l < LANES; l++) {
        struct own_lane *const own = &x->own[l];
        own->mend = (struct mending){0};
        TRY(look_at_lane(x, &own->row, &own->mend));
        own->mend.is_on = next_wanted(own, 0) != BEYOND;
        for (size_t i = 0; i < x->peer_count; i++)
            x->peers[i].deliveries[l].mend =
                (struct return_cursor){.next = next_wanted(own, 0)};
    }
    return OK;
}

static void ask_mend(struct exchange *x, struct peer *p, enum lane lane)
{
    struct return_cursor *const c = &p->deliveries[lane_rank(lane)].mend;
    struct frame fetch = {.lane = lane, .kind = FRAME_FETCH};

    fetch.fetch = (struct frame_fetch){
        .epoch = x->own[lane_rank(lane)].row.id.epoch, .from = c->next, .credit = 1};
    c->asked_at = x->now;
    (void)send_frame(x, p, END_PUBLISHING, &fetch); /* it is asked again when due */
}

static bool ask_when_due(struct exchange *x, struct peer *p, enum lane lane)
{
    struct return_cursor *const c = &p->deliveries[lane_rank(lane)].mend;

    if (c->done || !p->current || agency_id_equal(&p->id, &x->self))
        return false;
    if (c->asked_at != 0 && x->now - c->asked_at < STALL_MS)
        return true;
    c->done = c->tries++ == TRIES;
    if (!c->done)
        ask_mend(x, p, lane);
    return !c->done;
}

void mend_tick(struct exchange *x)
{
    for (size_t l = 0; l < LANES; l++) {
        struct own_lane *const own = &x->own[l];
        bool waits = false;
        if (!own->mend.is_on)
            continue;
        for (size_t i = 0; i < x->peer_count; i++)
            waits = ask_when_due(x, &x->peers[i], lane_of_rank(l)) || waits;
        own->mend.is_on = waits && next_wanted(own, 0) != BEYOND;
    }
}

/* --- what comes --- */

bool mend_awaits(const struct exchange *x, enum lane lane, const struct epoch *epoch)
{
    const struct own_lane *const own = &x->own[lane_rank(lane)];

    return own->mend.is_on && epoch_equal(epoch, &own->row.id.epoch);
}

status mend_group(struct exchange *x, struct peer *p, enum lane lane,
                  const struct frame_group *g)
{
    const struct own_lane *const own = &x->own[lane_rank(lane)];
    struct return_cursor *const c = &p->deliveries[lane_rank(lane)].mend;

    ENSURE(!c->done && g->first == c->next, E_ORDER);
    c->next = next_wanted(own, g->first + 1);
    c->tries = 0;
    ask_mend(x, p, lane);
    return OK;
}

static status take_one(struct exchange *x, const struct peer *p, struct own_lane *own,
                       const struct entry_copy *copy, bool *ret_taken)
{
    for (uint32_t i = 0; i < own->mend.count; i++) {
        struct mend *const m = &own->mend.at[i];
        struct group_row g = {0};
        if (m->index != copy->index || !is_askable(own, m))
            continue;
        TRY(x->store.ops->group_find(x->store.self, &own->row.id, m->index, x->arena, &g));
        const struct mend_gift gift = {.copy = copy, .from = p};
        TRY(mend_row(x, &g, &gift, m, ret_taken));
        if (*ret_taken)
            notice(x, NOTICE_ENTRY, &x->self, own->row.id.lane, m->index, OK);
    }
    return OK;
}

status mend_entries(struct exchange *x, const struct peer *p, enum lane lane,
                    const struct frame_entries *e)
{
    struct own_lane *const own = &x->own[lane_rank(lane)];
    uint32_t taken = 0;
    sequence first = 0;
    status s = OK;

    for (uint32_t i = 0; i < e->entry_count && s == OK; i++) {
        bool is_taken = false;
        s = take_one(x, p, own, &e->entries[i], &is_taken);
        if (is_taken && taken++ == 0)
            first = e->entries[i].index;
    }
    if (taken > 0)
        TRY(audit_return(x, p, &own->row.id, first));
    return s;
}

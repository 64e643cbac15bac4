#include "internal.h"

#include <string.h>

/*
 * Checkpoints as any two peers tell each other, so that two histories meet (P8).  Forks are
 * judged by roots alone: both notes are kept, the stream is quarantined, every peer is
 * told.
 */

/* Root in the middle of a group or of a stream, from the leaves; rare, and bounded by them.
 */
static status root_from_leaves(struct exchange *x, const struct stream_id *stream,
                               sequence size, struct hash *ret)
{
    struct frontier f = {0};

    while (f.size < size) {
        const size_t mark = arena_mark(x->arena);
        struct group_row g = {0};
        TRY(x->store.ops->group_find(x->store.self, stream, f.size, x->arena, &g));
        ENSURE(g.first == f.size && g.leaves.size == (size_t)g.count * HASH_SIZE,
               E_DAMAGED);
        for (uint32_t i = 0; i < g.count && f.size < size; i++) {
            struct hash leaf;
            memcpy(leaf.bytes, g.leaves.at + (size_t)i * HASH_SIZE, HASH_SIZE);
            frontier_append(&f, &leaf);
        }
        arena_rewind(x->arena, mark);
    }
    *ret = frontier_root(&f);
    return OK;
}

status is_head(struct exchange *x, const struct stream_row *row, sequence size, bool *ret)
{
    const size_t mark = arena_mark(x->arena);
    struct group_row g = {0};

    *ret = size == 0 || size == row->frontier.size;
    if (*ret || size > row->frontier.size)
        return OK;
    TRY(x->store.ops->group_find(x->store.self, &row->id, size - 1, x->arena, &g));
    *ret = g.first + g.count == size;
    arena_rewind(x->arena, mark);
    return OK;
}

status root_at(struct exchange *x, const struct stream_row *row, sequence size,
               struct hash *ret)
{
    const size_t mark = arena_mark(x->arena);
    struct group_row g = {0};
    struct checkpoint c;

    MUST(size <= row->frontier.size);
    if (size == row->frontier.size || size == 0) {
        const struct frontier empty = {0};
        *ret = frontier_root(size == 0 ? &empty : &row->frontier);
        return OK;
    }
    TRY(x->store.ops->group_find(x->store.self, &row->id, size - 1, x->arena, &g));
    if (g.first + g.count != size) {
        arena_rewind(x->arena, mark);
        return root_from_leaves(x, &row->id, size, ret);
    }
    struct note *const n = arena_take(x->arena, sizeof *n);
    ENSURE(n != NULL, E_MEMORY);
    TRY(note_parse(g.checkpoint, x->arena, n));
    TRY(checkpoint_read(n, &c));
    *ret = c.root;
    arena_rewind(x->arena, mark);
    return OK;
}

static struct frame evidence_of(struct bytes first, struct bytes second)
{
    struct frame f = {.lane = LANE_ROUTINE, .kind = FRAME_EVIDENCE};

    f.evidence = (struct frame_evidence){.first = first, .second = second};
    return f;
}

/* A message about a fork may be lost: what this process has found it tells again. */
static void remember_fork(struct exchange *x, struct bytes first, struct bytes second)
{
    struct fork *const f = &x->forks[x->fork_count % FORKS_TOLD];

    if (first.size > sizeof f->first || second.size > sizeof f->second)
        return;
    f->first_size = first.size;
    f->second_size = second.size;
    memcpy(f->first, first.at, first.size);
    memcpy(f->second, second.at, second.size);
    x->fork_count++;
}

static void tell_forks(struct exchange *x)
{
    for (size_t i = 0; i < FORKS_TOLD && i < x->fork_count; i++) {
        const struct fork *const f = &x->forks[i];
        const struct frame e = evidence_of(bytes_of(f->first, f->first_size),
                                           bytes_of(f->second, f->second_size));
        (void)send_to_ready(x, &e); /* it is told again in any case */
    }
}

status found_fork(struct exchange *x, struct follow *f, struct bytes first,
                  struct bytes second)
{
    const struct evidence_row row = {
        .stream = f->row.id, .why = E_FORK, .first = first, .second = second, .at = x->now};

    TRY(x->store.ops->evidence_put(x->store.self, &row));
    f->row.quarantine = E_FORK;
    f->dirty = true;
    notice(x, NOTICE_FORK, &f->row.id.agency, f->row.id.lane, f->row.frontier.size, E_FORK);
    remember_fork(x, first, second);
    const struct frame e = evidence_of(first, second);
    send_to_all(x, &e);
    return OK;
}

/* Someone shows a checkpoint under our own key that our log did not make: a clone of this
 * node, or this journal is not the one that published. */
static status own_gossip(struct exchange *x, const struct checkpoint *c, bool given_up)
{
    struct own_lane *const own = &x->own[lane_rank(c->stream.lane)];
    struct hash root;

    if (c->stream.epoch.counter < own->row.id.epoch.counter)
        return OK; /* of an epoch that was given up */
    bool agrees = epoch_equal(&c->stream.epoch, &own->row.id.epoch) &&
                  c->size <= own->row.frontier.size;
    if (agrees) {
        TRY(root_at(x, &own->row, c->size, &root));
        agrees = hash_equal(&root, &c->root);
    }
    if (agrees)
        return OK;
    const bool newer = c->stream.epoch.counter > own->shown.stream.epoch.counter;
    if (newer || (epoch_equal(&c->stream.epoch, &own->shown.stream.epoch) &&
                  c->size > own->shown.size)) {
        own->shown = *c;
        own->shown_given_up = given_up;
    }
    notice(x, NOTICE_FENCED, &x->self, c->stream.lane, c->size, E_FENCED);
    exchange_fence(x, E_FENCED);
    return OK;
}

static void remember_claim(struct follow *f, const struct checkpoint *c, struct bytes note)
{
    const bool newer = c->stream.epoch.counter > f->claim.epoch.counter;

    if ((!newer && c->size <= f->claim.size) || note.size > sizeof f->claim.note)
        return;
    f->claim.epoch = c->stream.epoch;
    f->claim.size = c->size;
    f->claim.root = c->root;
    f->claim.note_size = note.size;
    memcpy(f->claim.note, note.at, note.size);
}

static status foreign_gossip(struct exchange *x, struct follow *f,
                             const struct checkpoint *c, struct bytes note)
{
    struct hash root;
    struct group_row g = {0};

    const uint32_t epoch = f->known ? f->row.id.epoch.counter : 0;

    if (f->row.quarantine != OK || c->stream.epoch.counter < epoch)
        return OK;
    if (c->stream.epoch.counter > epoch ||
        (epoch_equal(&c->stream.epoch, &f->row.id.epoch) &&
         c->size > f->row.frontier.size)) {
        remember_claim(f, c, note);
        return OK;
    }
    ENSURE(c->size >= 1, E_VALUE);
    /* Two successors of one epoch are two histories, whatever stands in them. */
    if (!epoch_equal(&c->stream.epoch, &f->row.id.epoch)) {
        TRY(x->store.ops->group_find(x->store.self, &f->row.id, 0, x->arena, &g));
        return found_fork(x, f, g.checkpoint, note);
    }
    TRY(root_at(x, &f->row, c->size, &root));
    if (hash_equal(&root, &c->root))
        return OK;
    TRY(x->store.ops->group_find(x->store.self, &f->row.id, c->size - 1, x->arena, &g));
    return found_fork(x, f, g.checkpoint, note);
}

/* Most gossip tells of a history that is already held here: then there is nothing to act
 * on, and a signature is not worth its time. */
static status is_known(struct exchange *x, const struct checkpoint *c, bool *ret)
{
    const bool own = agency_id_equal(&c->stream.agency, &x->self);
    const size_t lane = lane_rank(c->stream.lane);
    const struct follow *const f =
        &x->peers[peer_number(x, &c->stream.agency)].follows[lane];
    const struct stream_row *const row = own ? &x->own[lane].row : &f->row;
    struct hash root;

    *ret = !own && epoch_equal(&c->stream.epoch, &f->claim.epoch) &&
           c->size == f->claim.size && hash_equal(&c->root, &f->claim.root);
    *ret = *ret || (!own && f->row.quarantine != OK);
    if (*ret || !epoch_equal(&row->id.epoch, &c->stream.epoch) ||
        c->size > row->frontier.size)
        return OK;
    bool head = false;
    TRY(is_head(x, row, c->size, &head));
    if (!head)
        return OK; /* costly to compare: only for a note whose signature is good */
    TRY(root_at(x, row, c->size, &root));
    *ret = hash_equal(&root, &c->root);
    return OK;
}

status take_gossip(struct exchange *x, struct peer *from, struct bytes note)
{
    struct note *const n = arena_take(x->arena, sizeof *n);
    struct checkpoint c;
    bool known = false;
    bool given_up = false;

    (void)from;
    ENSURE(n != NULL, E_MEMORY);
    ENSURE(note.size <= CHECKPOINT_NOTE_MAX, E_LIMIT);
    TRY(note_parse(note, x->arena, n));
    TRY(checkpoint_read(n, &c));
    ENSURE(hash_equal(&c.realm, &x->realm), E_REALM);
    ENSURE(roster_find(&x->roster, &c.stream.agency) != NULL, E_SIGNATURE);
    TRY(is_known(x, &c, &known));
    if (known)
        return OK;
    struct peer *const p = &x->peers[peer_number(x, &c.stream.agency)];
    if (agency_id_equal(&c.stream.agency, &x->self)) {
        TRY(own_checkpoint_verify(x, note, &c, &given_up));
        return own_gossip(x, &c, given_up);
    }
    TRY(peer_checkpoint_verify(x, p, note, &c));
    return foreign_gossip(x, &p->follows[lane_rank(c.stream.lane)], &c, note);
}

/* Two roots at one size prove a fork to anyone. */
static status take_proof(struct exchange *x, const struct frame_evidence *e,
                         const struct checkpoint *c)
{
    struct checkpoint again;

    ENSURE(roster_find(&x->roster, &c->stream.agency) != NULL, E_SIGNATURE);
    struct peer *const p = &x->peers[peer_number(x, &c->stream.agency)];
    struct follow *const f = &p->follows[lane_rank(c->stream.lane)];
    if (!f->known || f->row.quarantine != OK ||
        !epoch_equal(&f->row.id.epoch, &c->stream.epoch))
        return OK;
    TRY(peer_checkpoint_verify(x, p, e->first, &again));
    TRY(peer_checkpoint_verify(x, p, e->second, &again));
    return found_fork(x, f, e->first, e->second);
}

status take_evidence(struct exchange *x, struct peer *from, const struct frame_evidence *e)
{
    struct note *const n = arena_take(x->arena, sizeof *n);
    struct checkpoint first;
    struct checkpoint second;

    ENSURE(n != NULL, E_MEMORY);
    TRY(note_parse(e->first, x->arena, n));
    TRY(checkpoint_read(n, &first));
    TRY(note_parse(e->second, x->arena, n));
    TRY(checkpoint_read(n, &second));
    if (stream_id_equal(&first.stream, &second.stream) && first.size == second.size &&
        !hash_equal(&first.root, &second.root) &&
        !agency_id_equal(&first.stream.agency, &x->self))
        return take_proof(x, e, &first);
    /* Of two sizes one cannot tell without the leaves; but one of the two is not our
     * history, or will turn out not to be. */
    TRY(take_gossip(x, from, e->first));
    return take_gossip(x, from, e->second);
}

/* The newest checkpoint that we have cosigned of a followed stream; false: none. */
static bool cosigned(struct exchange *x, const struct follow *f, struct frame *ret)
{
    struct receipt_row row = {0};

    if (!f->known || f->row.receipted == 0 ||
        x->store.ops->own_receipt_find(x->store.self, &f->row.id, x->arena, &row) != OK)
        return false;
    *ret = (struct frame){.lane = f->row.id.lane, .kind = FRAME_GOSSIP};
    ret->gossip.note = row.cosignature;
    return true;
}

void tell_its_own(struct exchange *x, const struct peer *to, enum lane lane)
{
    struct frame g;

    if (cosigned(x, &to->follows[lane_rank(lane)], &g))
        (void)send_frame(x, to, END_PUBLISHING, &g); /* gossip tells it later */
}

static bool tell_checkpoint(struct exchange *x, size_t n)
{
    struct follow *const f = &x->peers[n / LANES].follows[n % LANES];
    struct frame g;

    if (!cosigned(x, f, &g))
        return false;
    g.lane = LANE_ROUTINE;
    if (!send_to_ready(x, &g))
        return false;
    f->gossiped = f->row.receipted;
    f->gossiped_at = x->now;
    return true;
}

/* What went on since it was told, in turns: where more does than may be told at once, the
 * next greeting goes on after the last. */
static void tell_news(struct exchange *x, size_t streams)
{
    const size_t last = x->news_told;
    size_t told = 0;

    for (size_t i = 1; i <= streams && told < GOSSIP_NEWS; i++) {
        const size_t n = (last + i) % streams;
        const struct follow *const f = &x->peers[n / LANES].follows[n % LANES];
        if (f->row.receipted == f->gossiped || !tell_checkpoint(x, n))
            continue;
        x->news_told = n;
        told++;
    }
}

/* The rest, told again one by one, is for those who were away, and takes little of a line.
 */
void tell_gossip(struct exchange *x)
{
    const size_t streams = x->peer_count * LANES;
    bool again = false;

    tell_forks(x);
    tell_news(x, streams);
    for (size_t i = 0; i < streams && !again; i++) {
        x->gossip_next = (x->gossip_next + 1) % streams;
        const struct follow *const f =
            &x->peers[x->gossip_next / LANES].follows[x->gossip_next % LANES];
        again = f->gossiped_at != x->now && tell_checkpoint(x, x->gossip_next);
    }
}

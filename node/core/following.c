#include "internal.h"

#include <string.h>

/*
 * The follower's side: greet, ask, verify groups, sign receipts.  A group is verified
 * before any of its entries, and only the next one in order is taken; each entry is then
 * checked by its leaf hash alone (taking.c).
 */

static struct count target_of(const struct group_row *g)
{
    struct reader r = {.rest = g->counts};

    return (struct count){.count = read_u64(&r), .last = read_u64(&r)};
}

static bool needs_statement(const struct stream_id *id, sequence first)
{
    return first == 0 && id->epoch.counter > 1;
}

status follow_load(struct exchange *x, struct peer *p, enum lane lane, struct arena *a)
{
    struct follow *const f = &p->follows[lane_rank(lane)];
    struct group_row g = {0};

    if (agency_id_equal(&p->id, &x->self) || f->known)
        return OK;
    const status s = x->store.ops->stream_find(x->store.self, &p->id, lane, &f->row);
    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    f->known = true;
    f->receipted_count =
        f->row.receipted < f->row.complete ? UINT64_MAX : f->row.mine.count;
    if (f->row.complete == f->row.frontier.size)
        return OK;
    TRY(x->store.ops->group_find(x->store.self, &f->row.id, f->row.complete, a, &g));
    f->pending = true;
    f->target = target_of(&g);
    f->awaits_statement =
        needs_statement(&f->row.id, g.first) && f->row.tally[DISPOSITION_HELD] == 0;
    return OK;
}

/* As the publisher made it: its own signature and no other line, so that our cosignature
 * will fit and no line under our name stands there already. */
static status check_note(struct exchange *x, struct bytes bytes)
{
    struct note *const n = arena_take(x->arena, sizeof *n);

    ENSURE(bytes.size <= CHECKPOINT_NOTE_MAX / 2, E_LIMIT);
    ENSURE(n != NULL, E_MEMORY);
    TRY(note_parse(bytes, x->arena, n));
    ENSURE(n->signature_count == 1, E_FORM);
    return OK;
}

/* A group's claims, checked without touching the state. */
struct proposal {
    struct stream_row row; /* as it will be */
    struct checkpoint checkpoint;
    struct count target;
    size_t count;
};

/* The row that a group of this epoch would extend; a fresh one for a newer epoch. */
static status row_before(const struct follow *f, const struct peer *p, enum lane lane,
                         const struct frame_group *g, struct stream_row *ret)
{
    if (f->known && epoch_equal(&f->row.id.epoch, &g->epoch)) {
        *ret = f->row;
        return OK;
    }
    ENSURE(!f->known || g->epoch.counter > f->row.id.epoch.counter, E_ORDER);
    memset(ret, 0, sizeof *ret);
    ret->id = (struct stream_id){.agency = p->id, .lane = lane, .epoch = g->epoch};
    ret->current = true;
    return OK;
}

/* Appends the leaves; where a claimed checkpoint lies on the way its root must come out.
 * False says something of the publisher only once the leaves are known to be what it
 * signed. */
static bool append_leaves(const struct frame_group *g, const struct claim *claim,
                          struct frontier *frontier)
{
    bool agrees = true;

    for (size_t i = 0; i < g->leaves.size; i += HASH_SIZE) {
        struct hash leaf;
        memcpy(leaf.bytes, g->leaves.at + i, HASH_SIZE);
        frontier_append(frontier, &leaf);
        if (claim->size == frontier->size) {
            const struct hash root = frontier_root(frontier);
            agrees = hash_equal(&root, &claim->root);
        }
    }
    return agrees;
}

/* Our own leaf of the count tree, at our rank in the roster that the checkpoint names. */
static status check_count(struct exchange *x, const struct frame_group *g,
                          struct proposal *pr)
{
    const struct checkpoint *const c = &pr->checkpoint;
    const struct count mine = pr->row.mine;
    const struct roster *roster = NULL;

    pr->target = (struct count){.count = g->count, .last = g->count_last};
    TRY(roster_of_version(x, c->roster_version, &roster));
    ENSURE(c->agency_count == roster->agency_count, E_COUNT);
    const int rank = roster_rank(roster, &x->self);
    if (rank < 0) {
        ENSURE(g->count == 0 && g->count_path.size == 0, E_COUNT);
        return OK;
    }
    const struct hash leaf = count_leaf(g->count_salt, &x->self, &pr->target);
    ENSURE(merkle_verify_inclusion(&leaf, (sequence)rank, c->agency_count, g->count_path,
                                   &c->counts_root) == OK,
           E_COUNT);
    ENSURE(g->count >= mine.count && g->count - mine.count <= pr->count, E_COUNT);
    if (g->count == mine.count) {
        ENSURE(g->count_last == mine.last, E_COUNT);
    } else {
        ENSURE(g->count_last >= g->first && g->count_last - g->first < pr->count, E_COUNT);
    }
    return OK;
}

static status check_withheld(const struct frame_group *g, const struct proposal *pr)
{
    sequence next_index = g->first;
    uint64_t next_ordinal = pr->row.mine.count + 1;

    for (uint32_t i = 0; i < g->withheld_count; i++) {
        const struct withheld *const w = &g->withheld[i];
        ENSURE(w->index >= next_index && w->index - g->first < pr->count, E_COUNT);
        ENSURE(w->ordinal >= next_ordinal && w->ordinal <= g->count, E_COUNT);
        next_index = w->index + 1;
        next_ordinal = w->ordinal + 1;
    }
    return OK;
}

static status propose(struct exchange *x, struct peer *p, const struct follow *f,
                      const struct frame_group *g, struct proposal *pr)
{
    ENSURE(g->first == pr->row.frontier.size, E_ORDER);
    ENSURE(!(f->pending && stream_id_equal(&f->row.id, &pr->row.id)), E_ORDER);
    pr->count = g->leaves.size / HASH_SIZE;
    TRY(peer_checkpoint_verify(x, p, g->checkpoint, &pr->checkpoint));
    ENSURE(hash_equal(&pr->checkpoint.realm, &x->realm), E_REALM);
    ENSURE(stream_id_equal(&pr->checkpoint.stream, &pr->row.id), E_VALUE);
    ENSURE(pr->checkpoint.size == g->first + pr->count, E_VALUE);
    const bool claimed = epoch_equal(&f->claim.epoch, &g->epoch);
    static const struct claim none = {0};
    const bool agrees = append_leaves(g, claimed ? &f->claim : &none, &pr->row.frontier);
    const struct hash root = frontier_root(&pr->row.frontier);
    ENSURE(hash_equal(&root, &pr->checkpoint.root), E_HASH);
    ENSURE(agrees, E_FORK);
    TRY(check_count(x, g, pr));
    return check_withheld(g, pr);
}

static status put_group(struct exchange *x, const struct frame_group *g,
                        const struct proposal *pr, struct group_row *ret)
{
    const size_t counts_room = 16 + g->count_path.size;
    const size_t withheld_room = (size_t)g->withheld_count * 16;
    uint8_t *const counts = arena_take(x->arena, counts_room);
    uint8_t *const withheld = arena_take(x->arena, withheld_room);

    ENSURE(counts != NULL && withheld != NULL, E_MEMORY);
    struct writer w = writer_over(counts, counts_room);
    write_u64(&w, g->count);
    write_u64(&w, g->count_last);
    write_bytes(&w, g->count_path);
    MUST(!w.bad);
    *ret = (struct group_row){.stream = pr->row.id,
                              .first = g->first,
                              .count = (uint32_t)pr->count,
                              .roster_version = pr->checkpoint.roster_version,
                              .leaves = g->leaves,
                              .checkpoint = g->checkpoint,
                              .counts = writer_bytes(&w),
                              .at = x->now};
    w = writer_over(withheld, withheld_room);
    for (uint32_t i = 0; i < g->withheld_count; i++) {
        write_u64(&w, g->withheld[i].index);
        write_u64(&w, g->withheld[i].ordinal);
    }
    ret->withheld = writer_bytes(&w);
    memcpy(ret->salt, g->count_salt, sizeof ret->salt);
    return x->store.ops->group_put(x->store.self, ret);
}

/* The publisher's last epoch stays in the journal, and is no longer the current one. */
static status leave_epoch(struct exchange *x, struct peer *p, struct follow *f,
                          const struct stream_id *next)
{
    if (f->known && !stream_id_equal(&f->row.id, next)) {
        f->row.current = false;
        TRY(x->store.ops->stream_put(x->store.self, &f->row));
        notice(x, NOTICE_EPOCH, &p->id, next->lane, next->epoch.counter, OK);
        f->receipted_count = 0;
        f->gossiped = 0;
    }
    return OK;
}

bool withheld_at(const struct group_row *g, uint64_t ordinal, sequence *ret_index)
{
    struct reader r = {.rest = g->withheld};

    while (r.rest.size >= 16) {
        const sequence index = read_u64(&r);
        if (read_u64(&r) == ordinal) {
            *ret_index = index;
            return true;
        }
    }
    return false;
}

static status put_withheld(struct exchange *x, struct follow *f, const struct group_row *g,
                           sequence index)
{
    bool kept = false;

    TRY(keep_what_is_here(x, f, g, index, &kept));
    if (kept)
        return OK;
    const struct entry_row row = {.stream = f->row.id,
                                  .index = index,
                                  .ordinal = f->row.mine.count + 1,
                                  .kind = KIND_INTELLIGENCE,
                                  .disposition = DISPOSITION_WITHHELD,
                                  .reason = E_POLICY,
                                  .at = x->now};

    TRY(x->store.ops->entry_put(x->store.self, &row));
    f->row.mine = (struct count){.count = row.ordinal, .last = index};
    f->row.tally[DISPOSITION_WITHHELD]++;
    f->dirty = true;
    notice(x, NOTICE_ENTRY, &f->row.id.agency, f->row.id.lane, index, E_POLICY);
    return OK;
}

/* The group that is awaited, sent again under today's policy: what it now keeps back was
 * not kept back before.  Only the next entry in order can be skipped; a later one when its
 * turn comes, because the group is asked for until it is complete. */
static status withheld_again(struct exchange *x, struct follow *f,
                             const struct frame_group *g, const struct group_row *held)
{
    for (uint32_t i = 0; i < g->withheld_count; i++) {
        const struct withheld *const w = &g->withheld[i];
        const bool later = f->row.mine.count == 0 || w->index > f->row.mine.last;
        if (w->ordinal == f->row.mine.count + 1 && w->ordinal <= f->target.count && later &&
            w->index >= held->first && w->index - held->first < held->count)
            TRY(put_withheld(x, f, held, w->index));
    }
    return follower_advance(x, f, held);
}

/* A group below what we have verified: a repetition, or another history. */
static status group_again(struct exchange *x, struct peer *p, struct follow *f,
                          const struct frame_group *g)
{
    struct checkpoint c;
    struct group_row held = {0};

    TRY(peer_checkpoint_verify(x, p, g->checkpoint, &c));
    ENSURE(stream_id_equal(&c.stream, &f->row.id), E_VALUE);
    TRY(x->store.ops->group_find(x->store.self, &f->row.id, g->first, x->arena, &held));
    if (bytes_equal(held.checkpoint, g->checkpoint))
        return f->pending && g->first == f->row.complete ? withheld_again(x, f, g, &held)
                                                         : E_DUPLICATE;
    struct hash root;
    ENSURE(c.size >= 1 && c.size <= f->row.frontier.size, E_ORDER);
    TRY(root_at(x, &f->row, c.size, &root));
    ENSURE(!hash_equal(&root, &c.root), E_ORDER);
    return found_fork(x, f, held.checkpoint, g->checkpoint);
}

/* The group's history is not the one that we were told of.  It may be of a stream that was
 * not followed yet: then nothing of it is, but that it is not believed. */
static status break_claim(struct exchange *x, struct peer *p, struct follow *f,
                          const struct frame_group *g, struct proposal *pr)
{
    TRY(row_before(f, p, pr->row.id.lane, g, &pr->row));
    TRY(leave_epoch(x, p, f, &pr->row.id));
    f->pending = f->pending && stream_id_equal(&f->row.id, &pr->row.id);
    f->known = true;
    f->row = pr->row;
    return found_fork(x, f, bytes_of(f->claim.note, f->claim.note_size), g->checkpoint);
}

status follower_group(struct exchange *x, struct peer *p, enum lane lane,
                      const struct frame_group *g)
{
    struct follow *const f = &p->follows[lane_rank(lane)];
    struct proposal *const pr = arena_take(x->arena, sizeof *pr);
    struct group_row stored = {0};

    ENSURE(pr != NULL, E_MEMORY);
    TRY(check_note(x, g->checkpoint));
    ENSURE(f->row.quarantine == OK, E_FORK);
    TRY(row_before(f, p, lane, g, &pr->row));
    if (g->first < pr->row.frontier.size)
        return group_again(x, p, f, g);
    const status s = propose(x, p, f, g, pr);
    if (s == E_FORK)
        return break_claim(x, p, f, g, pr);
    TRY(s);
    TRY(put_group(x, g, pr, &stored));
    TRY(leave_epoch(x, p, f, &pr->row.id));
    f->known = true;
    f->row = pr->row;
    f->dirty = true;
    f->pending = true;
    f->target = pr->target;
    f->awaits_statement = needs_statement(&f->row.id, g->first);
    f->progress_at = x->now;
    return follower_advance(x, f, &stored);
}

status follower_advance(struct exchange *x, struct follow *f, const struct group_row *group)
{
    sequence index = 0;

    while (f->row.mine.count < f->target.count &&
           withheld_at(group, f->row.mine.count + 1, &index))
        TRY(put_withheld(x, f, group, index));
    if (f->row.mine.count < f->target.count || f->awaits_statement)
        return OK;
    /* The last entry's place is committed to as well: one withheld at the tail shows here.
     */
    ENSURE(f->row.mine.last == f->target.last, E_COUNT);
    if (f->row.complete < f->row.receipted)
        TRY(drop_strays(x, f, group));
    follower_progress(x, f);
    f->came = true;
    f->pending = false;
    f->row.complete = f->row.frontier.size;
    f->dirty = true;
    return OK;
}

#include "verify_walk.h"

/*
 * One commit group against the checkpoint that its publisher signed: leaves, root, and the
 * count of what was addressed to whom.
 */

status verify_group_open(struct walk *w)
{
    struct verifying *const v = w->v;
    const sequence first = w->frontier.size;

    arena_reset(&v->group);
    const status s =
        v->store.ops->group_find(v->store.self, &w->row->id, first, &v->group, &w->group);
    if (s == E_UNKNOWN)
        return verify_find(w, first, E_UNKNOWN, "the commit group from here on is missing");
    if (s != OK)
        return verify_find(w, first, s, "the commit group from here on cannot be read");
    if (w->group.first != first)
        return verify_find(w, first, E_ORDER, "two commit groups overlap here");
    if (w->group.count > w->row->frontier.size - first)
        return verify_find(w, w->row->frontier.size, E_COUNT,
                           "the commit group goes on past the end of the stream");
    w->is_open = true;
    if (w->row->own)
        w->next = first; /* what a returned group lacks is not looked for in the next one */
    w->out->groups++;
    return OK;
}

static struct count read_count(struct reader *r)
{
    const uint64_t count = read_u64(r);

    return (struct count){.count = count, .last = read_u64(r)};
}

static struct count count_sent(const struct walk *w, const struct agency_id *id)
{
    for (size_t i = 0; i < w->agency_count; i++) {
        if (agency_id_equal(&w->counts[i].agency, id))
            return w->counts[i].count;
    }
    return (struct count){0};
}

/* Every leaf of the count tree, from the recipients that the headers name. */
static status check_own_counts(struct walk *w, const struct checkpoint *c,
                               const struct roster *r)
{
    struct arena *const a = &w->v->work;
    struct agency_id *const ids = arena_array(a, r->agency_count, sizeof *ids);
    struct count *const counts = arena_array(a, r->agency_count, sizeof *counts);
    struct reader kept = {.rest = w->group.counts};
    struct hash root;
    bool same = true;

    ENSURE(ids != NULL && counts != NULL, E_MEMORY);
    for (size_t i = 0; i < r->agency_count; i++) {
        ids[i] = r->agencies[i].id;
        counts[i] = count_sent(w, &ids[i]);
        const struct count k = read_count(&kept);
        same = same && k.count == counts[i].count && k.last == counts[i].last;
    }
    if (!same || !reader_is_done(&kept))
        return verify_find(w, w->group.first, E_COUNT,
                           "the counts kept with the group are not those of the headers");
    const struct count_table table = {.group_salt = w->group.salt,
                                      .agencies = ids,
                                      .counts = counts,
                                      .n = r->agency_count};
    TRY(counts_root(&table, a, &root));
    if (!hash_equal(&root, &c->counts_root))
        return verify_find(w, w->group.first, E_COUNT,
                           "the counts do not give the count root that was signed");
    return OK;
}

/* Our own leaf of the count tree, at our rank in the roster that the checkpoint names. */
static status check_our_count(struct walk *w, const struct checkpoint *c,
                              const struct roster *r)
{
    const struct agency_id *const self = &w->v->setup->self;
    const struct group_row *const g = &w->group;
    struct reader reader = {.rest = g->counts};
    const struct count target = read_count(&reader);
    const struct bytes path = reader.rest;
    const int rank = roster_rank(r, self);
    bool good = target.count == 0 && path.size == 0;

    if (rank >= 0) {
        const struct hash leaf = count_leaf(g->salt, self, &target);
        good = merkle_verify_inclusion(&leaf, (sequence)rank, c->agency_count, path,
                                       &c->counts_root) == OK;
    }
    if (reader.bad || !good)
        return verify_find(w, g->first, E_COUNT,
                           "the count of records for us is not the one that was signed");
    /* The entries of the newest group may still be on their way. */
    if (g->first + g->count > w->row->complete)
        return OK;
    if (w->mine.count < target.count)
        return verify_find(w, w->next > g->first ? w->next : g->first, E_COUNT,
                           "an entry addressed to this agency is missing from here on");
    if (w->mine.count != target.count || w->mine.last != target.last)
        return verify_find(w, g->first, E_COUNT,
                           "more is held than the publisher counted for us");
    return OK;
}

static status check_counts(struct walk *w, const struct checkpoint *c)
{
    const struct roster *r = NULL;
    const status s = verify_roster(w->v, c->roster_version, &r);

    if (s != OK)
        return verify_find(w, w->group.first, s,
                           "the roster that the checkpoint names is missing or not signed");
    if (c->agency_count != r->agency_count)
        return verify_find(w, w->group.first, E_COUNT,
                           "the count tree has not the roster's number of agencies");
    return w->row->own ? check_own_counts(w, c, r) : check_our_count(w, c, r);
}

static status check_checkpoint(struct walk *w, const struct frontier *after,
                               struct checkpoint *ret)
{
    const struct group_row *const g = &w->group;
    const struct hash root = frontier_root(after);
    struct verify_keys keys;
    struct checkpoint c = {0};

    status s = verify_keys_of(w->v, &w->row->id.agency, g->roster_version, &keys);
    if (s != OK)
        return verify_find(w, g->first, s, "no roster has a key of this publisher");
    s = verify_checkpoint(w->v, &keys, g->checkpoint, &c);
    if (s != OK)
        return verify_find(w, g->first, s,
                           "the checkpoint is not signed by its publisher as it stands");
    if (!hash_equal(&c.realm, &w->v->setup->realm) ||
        !stream_id_equal(&c.stream, &w->row->id))
        return verify_find(w, g->first, E_VALUE, "the checkpoint is of another stream");
    if (c.size != after->size || c.roster_version != g->roster_version)
        return verify_find(w, g->first, E_VALUE, "the checkpoint is of another group");
    if (!hash_equal(&c.root, &root))
        return verify_find(w, g->first, E_HASH,
                           "the leaf hashes of this group do not give the root signed");
    *ret = c;
    return OK;
}

static status close(struct walk *w, struct frontier *after)
{
    const struct group_row *const g = &w->group;
    struct reader leaves = {.rest = g->leaves};
    struct checkpoint c = {0};

    if (w->row->own && w->next != g->first + g->count && !verify_is_returned(w))
        return verify_find(w, w->next, E_UNKNOWN, "the entry is missing");
    for (uint32_t i = 0; i < g->count; i++) {
        struct hash leaf;
        read_copy(&leaves, leaf.bytes, sizeof leaf.bytes);
        frontier_append(after, &leaf);
    }
    MUST(reader_is_done(&leaves)); /* the journal has checked the size */
    TRY(check_checkpoint(w, after, &c));
    return verify_is_returned(w) ? OK : check_counts(w, &c);
}

status verify_group_close(struct walk *w)
{
    const size_t mark = arena_mark(&w->v->work);
    struct frontier after = w->frontier;

    const status s = close(w, &after);
    arena_rewind(&w->v->work, mark);
    TRY(s);
    w->frontier = after;
    w->is_open = false;
    w->out->checkpoints++;
    return OK;
}

#include "internal.h"

#include <string.h>

/*
 * Following a stream again whose rows here are damaged.  It goes back to the last place
 * that a checkpoint still proves; from there the publisher gives the groups again, byte for
 * byte, and each entry's row that is as its log has it stays: its key may open what no wrap
 * opens any more, and what was erased stays erased.  Receipts were given up to where the
 * stream had come, and none is given again for less.
 */

/* Leaves up to the size, which has to be where a group ends; the last one's checkpoint has
 * their root. */
static status replay(struct exchange *x, const struct stream_id *id, sequence size,
                     struct frontier *ret_frontier, struct count *ret_mine)
{
    struct note *const n = arena_take(x->arena, sizeof *n);
    struct checkpoint c = {0};

    ENSURE(n != NULL, E_MEMORY);
    while (ret_frontier->size < size) {
        const size_t mark = arena_mark(x->arena);
        struct group_row g = {0};
        TRY(x->store.ops->group_find(x->store.self, id, ret_frontier->size, x->arena, &g));
        ENSURE(g.first == ret_frontier->size && g.count <= size - g.first, E_ORDER);
        struct reader leaves = {.rest = g.leaves};
        while (leaves.rest.size > 0) {
            struct hash leaf;
            read_copy(&leaves, leaf.bytes, sizeof leaf.bytes);
            frontier_append(ret_frontier, &leaf);
        }
        struct reader counts = {.rest = g.counts};
        ret_mine->count = read_u64(&counts);
        ret_mine->last = read_u64(&counts);
        TRY(note_parse(g.checkpoint, x->arena, n));
        TRY(checkpoint_read(n, &c));
        arena_rewind(x->arena, mark);
    }
    const struct hash root = frontier_root(ret_frontier);
    return size == 0 || hash_equal(&root, &c.root) ? OK : E_HASH;
}

/* E_DAMAGED is a row that cannot be read: then there is none. */
static status find_row(struct exchange *x, const struct stream_id *id, sequence index,
                       struct entry_row *ret, bool *ret_is_there)
{
    const status s = x->store.ops->entry_find(x->store.self, id, index, x->arena, ret);

    *ret_is_there = s == OK;
    ENSURE(s == OK || s == E_UNKNOWN || s == E_DAMAGED, s);
    return s == E_DAMAGED ? x->store.ops->entry_drop(x->store.self, id, index) : OK;
}

static status tally(struct exchange *x, struct stream_row *row)
{
    memset(row->tally, 0, sizeof row->tally);
    for (sequence i = 0; i < row->complete; i++) {
        const size_t mark = arena_mark(x->arena);
        struct entry_row e = {0};
        bool is_there = false;
        TRY(find_row(x, &row->id, i, &e, &is_there));
        if (is_there && e.kind != KIND_EPOCH)
            row->tally[e.disposition]++;
        arena_rewind(x->arena, mark);
    }
    return OK;
}

/* Rows up to the last receipt are looked for when their group comes again; those behind it
 * come anew. */
static status drop_unreceipted(struct exchange *x, const struct stream_row *row,
                               sequence size)
{
    for (sequence i = size > row->receipted ? size : row->receipted; i < row->frontier.size;
         i++) {
        const size_t mark = arena_mark(x->arena);
        struct entry_row e = {0};
        bool is_there = false;
        TRY(find_row(x, &row->id, i, &e, &is_there));
        arena_rewind(x->arena, mark);
        if (is_there)
            TRY(x->store.ops->entry_drop(x->store.self, &row->id, i));
    }
    return OK;
}

status exchange_follow_again(struct exchange *x, const struct agency_id *agency,
                             enum lane lane, sequence size)
{
    const size_t number = peer_number(x, agency);

    ENSURE(number != NO_PEER && number != x->self_number, E_UNKNOWN);
    struct follow *const f = &x->peers[number].follows[lane_rank(lane)];
    struct stream_row *const row = arena_take(x->arena, sizeof *row);
    ENSURE(row != NULL, E_MEMORY);
    ENSURE(f->known && size < f->row.frontier.size, E_UNKNOWN);
    ENSURE(f->row.quarantine == OK, E_FORK);
    *row = f->row;
    row->frontier = (struct frontier){0};
    row->mine = (struct count){0};
    TRY(replay(x, &row->id, size, &row->frontier, &row->mine));
    row->complete = size;
    TRY(tally(x, row));
    TRY(drop_unreceipted(x, &f->row, size));
    TRY(x->store.ops->groups_drop(x->store.self, &row->id, size));
    TRY(x->store.ops->stream_put(x->store.self, row));
    memset(f, 0, sizeof *f);
    return follow_load(x, &x->peers[number], lane, x->arena);
}

/* --- on the way --- */

struct hash leaf_of(const struct group_row *g, sequence index)
{
    struct hash leaf;
    struct reader r = {.rest =
                           bytes_from(g->leaves, (size_t)(index - g->first) * HASH_SIZE)};

    read_copy(&r, leaf.bytes, sizeof leaf.bytes);
    return leaf;
}

bool has_leaf(const struct group_row *g, const struct entry_row *e)
{
    const struct hash wanted = leaf_of(g, e->index);
    const struct hash got = merkle_leaf(e->header);

    return hash_equal(&got, &wanted) && hash_equal(&e->leaf, &wanted);
}

static bool wraps_are_good(const struct exchange *x, const struct entry_row *e,
                           const struct header *h)
{
    const int ranks[] = {header_recipient_rank(h, &x->self),
                         header_recipient_rank(h, &h->stream.agency)};

    if (e->wraps.size != COUNT_OF(ranks) * WRAP_SIZE)
        return false;
    for (size_t i = 0; i < COUNT_OF(ranks); i++) {
        const struct hash got = blake(bytes_of(e->wraps.at + i * WRAP_SIZE, WRAP_SIZE));
        if (ranks[i] < 0 || memcmp(h->wrap_hashes.at + (size_t)ranks[i] * HASH_SIZE,
                                   got.bytes, HASH_SIZE) != 0)
            return false;
    }
    return true;
}

status kept_key(struct exchange *x, const struct entry_row *e,
                uint8_t ret_key[CONTENT_KEY_SIZE])
{
    uint8_t storage_key[32];

    status s = x->store.ops->key_find(x->store.self, &e->stream, e->index, storage_key);
    if (s == OK)
        s = open_kept_key(storage_key, &e->id, e->kept, ret_key);
    explicit_bzero(storage_key, sizeof storage_key);
    return s;
}

bool key_opens(struct exchange *x, const struct entry_row *e)
{
    uint8_t key[CONTENT_KEY_SIZE];
    const status s = kept_key(x, e, key);

    explicit_bzero(key, sizeof key);
    return s == OK;
}

static bool content_is_good(struct exchange *x, const struct entry_row *e)
{
    const struct hash got = blake(e->ciphertext);
    struct header h;

    return header_decode(e->header, x->arena, &h) == OK && h.kind == e->kind &&
           record_id_equal(&h.id, &e->id) && hash_equal(&got, &h.ciphertext_hash) &&
           wraps_are_good(x, e, &h);
}

/* As its log has it, in all that can be proved. */
static bool row_is_good(struct exchange *x, const struct group_row *g,
                        const struct entry_row *e)
{
    switch (e->disposition) {
    case DISPOSITION_HELD:
        return has_leaf(g, e) && content_is_good(x, e) && key_opens(x, e);
    case DISPOSITION_UNOPENABLE:
        return has_leaf(g, e) && content_is_good(x, e);
    case DISPOSITION_REFUSED:
    case DISPOSITION_ERASED:
        return has_leaf(g, e) && e->ciphertext.size == 0 && e->wraps.size == 0;
    case DISPOSITION_WITHHELD:
        return false; /* its publisher says it again, or gives it now */
    }
    return false;
}

status keep_what_is_here(struct exchange *x, struct follow *f, const struct group_row *g,
                         sequence index, bool *ret)
{
    const size_t mark = arena_mark(x->arena);
    struct entry_row e = {0};
    bool is_there = false;

    *ret = false;
    if (index >= f->row.receipted)
        return OK;
    TRY(find_row(x, &f->row.id, index, &e, &is_there));
    *ret = is_there && e.ordinal == f->row.mine.count + 1 && row_is_good(x, g, &e);
    const enum disposition disposition = e.disposition;
    arena_rewind(x->arena, mark);
    if (!*ret)
        return is_there ? x->store.ops->entry_drop(x->store.self, &f->row.id, index) : OK;
    f->row.mine = (struct count){.count = f->row.mine.count + 1, .last = index};
    f->row.tally[disposition]++;
    f->dirty = true;
    return OK;
}

status drop_strays(struct exchange *x, const struct follow *f, const struct group_row *g)
{
    for (sequence i = g->first; i < g->first + g->count && i < f->row.receipted; i++) {
        const size_t mark = arena_mark(x->arena);
        struct entry_row e = {0};
        bool is_there = false;
        sequence listed = 0;
        TRY(find_row(x, &f->row.id, i, &e, &is_there));
        const bool good = e.disposition == DISPOSITION_WITHHELD
                              ? withheld_at(g, e.ordinal, &listed) && listed == i
                              : has_leaf(g, &e);
        arena_rewind(x->arena, mark);
        if (is_there && !good)
            TRY(x->store.ops->entry_drop(x->store.self, &f->row.id, i));
    }
    return OK;
}

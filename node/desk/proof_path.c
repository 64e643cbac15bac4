#include "proof.h"

/*
 * An inclusion path over a log of any length in a memory of 64 hashes: the subtrees that
 * stand beside the way from the root to the leaf are known beforehand, they part the log
 * from left to right, and their roots come out of one reading.
 */

struct span {
    sequence from, to;
    struct hash root;
};

struct path_work {
    size_t count;
    struct span spans[MERKLE_LEVELS_MAX]; /* from the root down */
    size_t order[MERKLE_LEVELS_MAX];      /* the same from left to right */
    size_t at;                            /* place in `order` */
    struct frontier frontier;             /* of the span being read */
    sequence size;
};

/* The largest power of two smaller than n; n >= 2. */
static sequence split(sequence n)
{
    return (sequence)1 << (63 - __builtin_clzll(n - 1));
}

static void plan(struct path_work *w, sequence index)
{
    sequence from = 0;
    sequence to = w->size;
    size_t left = 0;

    while (to - from > 1) {
        const sequence middle = from + split(to - from);
        MUST(w->count < MERKLE_LEVELS_MAX);
        struct span *const s = &w->spans[w->count++];
        if (index < middle) {
            *s = (struct span){.from = middle, .to = to};
            to = middle;
        } else {
            *s = (struct span){.from = from, .to = middle};
            from = middle;
        }
    }
    /* Those on the left come in the order met, those on the right against it. */
    for (size_t i = 0; i < w->count; i++) {
        if (w->spans[i].to <= index)
            w->order[left++] = i;
    }
    for (size_t i = w->count; i > 0; i--) {
        if (w->spans[i - 1].from > index)
            w->order[left++] = i - 1;
    }
}

static void add_leaf(struct path_work *w, sequence index, const struct hash *leaf)
{
    if (w->at == w->count)
        return;
    struct span *const s = &w->spans[w->order[w->at]];
    if (index < s->from)
        return; /* the leaf itself */
    frontier_append(&w->frontier, leaf);
    if (index + 1 < s->to)
        return;
    s->root = frontier_root(&w->frontier);
    w->frontier = (struct frontier){0};
    w->at++;
}

static status each_group(void *context, const struct group_row *g)
{
    struct path_work *const w = context;
    struct reader r = {.rest = g->leaves};

    for (uint32_t i = 0; i < g->count && g->first + i < w->size; i++) {
        struct hash leaf;
        read_copy(&r, leaf.bytes, sizeof leaf.bytes);
        add_leaf(w, g->first + i, &leaf);
    }
    /* Past the tree there is nothing to read; this ends the journal's walk. */
    return g->first + g->count >= w->size ? E_DUPLICATE : OK;
}

status proof_path(struct journal *j, const struct place *place, sequence size,
                  struct arena *a, struct bytes *ret)
{
    struct path_work *const w = arena_take(a, sizeof *w);

    ENSURE(w != NULL, E_MEMORY);
    ENSURE(place->index < size, E_VALUE);
    w->size = size;
    plan(w, place->index);
    const size_t room = w->count * HASH_SIZE;
    uint8_t *const out = arena_take(a, room);
    ENSURE(out != NULL, E_MEMORY);

    const size_t mark = arena_mark(a);
    const status s = journal_groups(j, &place->stream, 0, a, each_group, w);
    arena_rewind(a, mark);
    ENSURE(s == OK || s == E_DUPLICATE, s);
    ENSURE(w->at == w->count, E_DAMAGED); /* groups are missing */
    struct writer writer = writer_over(out, room);
    for (size_t i = w->count; i > 0; i--)
        write_bytes(&writer, bytes_of(w->spans[i - 1].root.bytes, HASH_SIZE));
    *ret = writer_bytes(&writer);
    return OK;
}

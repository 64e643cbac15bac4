#include "given.h"

#include "mending.h"

/* --- making --- */

struct given {
    const struct given_place *place;
    struct arena *arena;
    struct group_row group;
    size_t count;
    struct entry_copy *copies;
    uint32_t lacks;
};

/* What was erased has no content here; of a statement the header is all there is. */
static status add(struct given *g, const struct entry_row *e)
{
    struct entry_copy *const copy = &g->copies[g->count];
    struct header h;

    ENSURE(has_leaf(&g->group, e), E_DAMAGED);
    *copy = (struct entry_copy){.index = e->index, .header = e->header};
    if (e->kind == KIND_EPOCH) {
        g->count++;
        return OK;
    }
    if (e->disposition == DISPOSITION_ERASED)
        return OK;
    TRY(header_decode(e->header, g->arena, &h));
    const int ours = header_recipient_rank(&h, g->place->self);
    ENSURE(ours >= 0 && e->wraps.size == (size_t)h.recipient_count * WRAP_SIZE, E_DAMAGED);
    copy->ciphertext = e->ciphertext;
    copy->wrap = bytes_of(e->wraps.at + (size_t)ours * WRAP_SIZE, WRAP_SIZE);
    copy->publisher_wrap = copy->wrap;
    copy->ordinal = e->ordinal;
    ENSURE(mend_is_whole(&h, copy, ours, ours), E_DAMAGED);
    g->count++;
    return OK;
}

/* A row that cannot be read is not in the file, as it would not be at a follower.  Of a
 * group that was fetched back some may never have come (returned_from, recovering.c). */
static status gather(struct given *g)
{
    const struct store *const s = g->place->store;
    const bool sealed_here = g->group.counts.size > 0;

    g->copies = arena_array(g->arena, g->group.count, sizeof *g->copies);
    ENSURE(g->copies != NULL, E_MEMORY);
    for (uint32_t i = 0; i < g->group.count; i++) {
        struct entry_row e = {0};
        status found = s->ops->entry_find(s->self, &g->place->stream, g->group.first + i,
                                          g->arena, &e);
        if (found == OK)
            found = add(g, &e);
        ENSURE(found != E_STORAGE && found != E_MEMORY, found);
        g->lacks += found != OK && (found != E_UNKNOWN || sealed_here);
    }
    return OK;
}

static status give_frame(const struct given *g, const struct frame *f, given_each each,
                         void *context)
{
    struct bytes bytes = {0};

    TRY(frame_encode(f, g->arena, &bytes));
    return each(context, bytes);
}

static status give_all(const struct given *g, given_each each, void *context)
{
    struct frame f = {.lane = g->place->stream.lane, .kind = FRAME_GROUP};
    size_t from = 0;

    f.group = (struct frame_group){.epoch = g->place->stream.epoch,
                                   .first = g->group.first,
                                   .leaves = g->group.leaves,
                                   .checkpoint = g->group.checkpoint};
    TRY(give_frame(g, &f, each, context));
    while (from < g->count) {
        const size_t to = frame_entries_end(g->copies, from, g->count);
        f = (struct frame){.lane = g->place->stream.lane, .kind = FRAME_ENTRIES};
        f.entries = (struct frame_entries){.epoch = g->place->stream.epoch,
                                           .entry_count = (uint32_t)(to - from),
                                           .entries = &g->copies[from]};
        TRY(give_frame(g, &f, each, context));
        from = to;
    }
    return OK;
}

/* The size comes first: while this is read, the stream grows by whole groups. */
static status find_group(struct given *g)
{
    const struct store *const s = g->place->store;
    struct stream_row *const row = arena_take(g->arena, sizeof *row);

    ENSURE(row != NULL, E_MEMORY);
    const status known = s->ops->stream_get(s->self, &g->place->stream, row);
    ENSURE(known == OK, known == E_UNKNOWN ? E_DAMAGED : known);
    ENSURE(g->place->first < row->frontier.size, E_UNKNOWN);
    const status found = s->ops->group_find(s->self, &g->place->stream, g->place->first,
                                            g->arena, &g->group);
    ENSURE(found == OK, found == E_UNKNOWN ? E_DAMAGED : found);
    ENSURE(g->group.first == g->place->first, E_ORDER);
    return OK;
}

status given_make(const struct given_place *p, struct arena *a, given_each each,
                  void *context, struct given_made *ret)
{
    struct given g = {.place = p, .arena = a};
    const size_t mark = arena_mark(a);

    status s = find_group(&g);
    if (s == OK)
        s = gather(&g);
    if (s == OK)
        s = give_all(&g, each, context);
    arena_rewind(a, mark);
    TRY(s);
    *ret = (struct given_made){.next = g.group.first + g.group.count, .lacks = g.lacks};
    return OK;
}

/* --- taking --- */

/* In the place of a follower that gives all it has at once. */
status exchange_given(struct exchange *x, struct bytes frame)
{
    struct peer *const self = &x->peers[x->self_number];
    struct frame f;

    TRY(frame_decode(frame, x->arena, &f));
    const struct recovery *const r = &x->own[lane_rank(f.lane)].back;
    ENSURE(f.kind == FRAME_GROUP || f.kind == FRAME_ENTRIES, E_VALUE);
    const struct epoch *const epoch =
        f.kind == FRAME_GROUP ? &f.group.epoch : &f.entries.epoch;
    ENSURE(r->is_on && epoch_equal(epoch, &r->row.id.epoch), E_UNKNOWN);
    if (f.kind == FRAME_ENTRIES)
        return recover_entries(x, self, f.lane, &f.entries);
    ENSURE(f.group.first <= r->row.frontier.size, E_ORDER);
    self->deliveries[lane_rank(f.lane)].back =
        (struct return_cursor){.next = f.group.first};
    return recover_group(x, self, f.lane, &f.group);
}

void exchange_given_all(struct exchange *x)
{
    for (size_t l = 0; l < LANES; l++)
        x->own[l].back.given = x->own[l].back.is_on;
}

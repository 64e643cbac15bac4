#include "ways.h"

/* Who has the part already. */
struct have {
    size_t count;
    struct agency_id at[AGENCIES_MAX];
};

typedef status (*each_header)(struct exchange *x, const struct header *h, void *context);

/* Calls `each` for all entries of one id; only their headers stay in the turn's arena. */
static status walk_headers(struct desk *d, const record_id *id, each_header each,
                           void *context)
{
    struct exchange *const x = d->exchange;
    const struct store_ops *const ops = x->store.ops;
    struct place place = {0};
    status found = ops->record_after(x->store.self, &x->self, id, NULL, &place);

    while (found == OK) {
        const struct place last = place;
        const size_t mark = arena_mark(d->scratch);
        struct entry_row e = {0};
        struct bytes kept = {0};
        struct header h;
        TRY(ops->entry_find(x->store.self, &place.stream, place.index, d->scratch, &e));
        TRY(arena_copy(x->arena, e.header, &kept));
        arena_rewind(d->scratch, mark);
        TRY(header_decode(kept, x->arena, &h));
        TRY(each(x, &h, context));
        found = ops->record_after(x->store.self, &x->self, id, &last, &place);
    }
    return found == E_UNKNOWN ? OK : found;
}

static bool is_among(const struct agency_id *at, size_t count, const struct agency_id *id)
{
    for (size_t i = 0; i < count; i++) {
        if (agency_id_equal(&at[i], id))
            return true;
    }
    return false;
}

static bool same_recipients(const struct way *w, const struct header *h)
{
    for (uint32_t i = 0; i < h->recipient_count; i++) {
        if (!is_among(w->to, w->count, &h->recipients[i].agency))
            return false;
    }
    return w->count == h->recipient_count;
}

static status add_way(struct exchange *x, const struct header *h, void *context)
{
    struct ways *const ways = context;

    for (size_t i = 0; i < ways->count; i++) {
        if (same_recipients(ways->at[i], h))
            return OK;
    }
    struct way *const w = arena_take(x->arena, sizeof *w);
    ENSURE(w != NULL, E_MEMORY);
    ENSURE(h->recipient_count <= AGENCIES_MAX && ways->count < WAYS_MAX, E_LIMIT);
    w->label = h->label;
    for (uint32_t i = 0; i < h->recipient_count; i++)
        w->to[w->count++] = h->recipients[i].agency;
    ways->at[ways->count++] = w;
    return OK;
}

static status add_have(struct exchange *x, const struct header *h, void *context)
{
    struct have *const have = context;

    (void)x;
    for (uint32_t i = 0; i < h->recipient_count; i++) {
        const struct agency_id *const id = &h->recipients[i].agency;
        if (have->count < AGENCIES_MAX && !is_among(have->at, have->count, id))
            have->at[have->count++] = *id;
    }
    return OK;
}

status ways_find(struct desk *d, const record_id *record, const record_id *part, bool known,
                 struct ways *ret)
{
    struct exchange *const x = d->exchange;
    struct ways *const all = arena_take(x->arena, sizeof *all);
    struct have *const have = arena_take(x->arena, sizeof *have);

    ENSURE(all != NULL && have != NULL, E_MEMORY);
    TRY(walk_headers(d, record, add_way, all));
    TRY(walk_headers(d, part, add_have, have));
    for (size_t i = 0; i < all->count; i++) {
        struct way *const w = all->at[i];
        size_t kept = 0;
        for (size_t n = 0; n < w->count; n++) {
            const struct peer *const p = exchange_peer(x, &w->to[n]);
            if (p != NULL && p->current && !is_among(have->at, have->count, &p->id))
                w->to[kept++] = w->to[n];
        }
        w->count = kept;
        if (kept > 0 || !known)
            ret->at[ret->count++] = w;
    }
    return OK;
}

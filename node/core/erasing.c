#include "internal.h"

/*
 * Erasure.  What the log commits to stays: a header says who sealed what for whom, and
 * tells nothing of the text.  What could open it goes, at every place at which the record
 * stands.
 */

/* A followed stream's row may be in memory, newer than the store's. */
static struct stream_row *row_in_memory(struct exchange *x, const struct stream_id *stream,
                                        bool **ret_dirty)
{
    const size_t number = peer_number(x, &stream->agency);

    if (number == NO_PEER || number == x->self_number)
        return NULL;
    struct follow *const f = &x->peers[number].follows[lane_rank(stream->lane)];
    *ret_dirty = &f->dirty;
    return f->known && stream_id_equal(&f->row.id, stream) ? &f->row : NULL;
}

static void move_tally(struct stream_row *row, enum disposition before)
{
    MUST(row->tally[before] > 0);
    row->tally[before]--;
    row->tally[DISPOSITION_ERASED]++;
}

/* The next receipt says what is held from now on; those given before had their moment. */
static status count_erased(struct exchange *x, const struct stream_id *stream,
                           enum disposition before)
{
    bool *dirty = NULL;
    struct stream_row *const row = row_in_memory(x, stream, &dirty);
    struct own_lane *const own = &x->own[lane_rank(stream->lane)];

    if (stream_id_equal(&own->row.id, stream)) {
        move_tally(&own->row, before);
        return x->store.ops->stream_put(x->store.self, &own->row);
    }
    if (row != NULL) {
        move_tally(row, before);
        *dirty = true;
        return OK;
    }
    struct stream_row *const old = arena_take(x->arena, sizeof *old);
    ENSURE(old != NULL, E_MEMORY);
    TRY(x->store.ops->stream_get(x->store.self, stream, old));
    move_tally(old, before);
    return x->store.ops->stream_put(x->store.self, old);
}

/* E_DUPLICATE: it was erased before.  E_UNKNOWN: nothing of it is here. */
static status find_content(struct exchange *x, const struct place *place,
                           enum disposition *ret)
{
    const size_t mark = arena_mark(x->arena);
    struct entry_row row = {0};

    TRY(x->store.ops->entry_find(x->store.self, &place->stream, place->index, x->arena,
                                 &row));
    arena_rewind(x->arena, mark);
    ENSURE(row.disposition != DISPOSITION_ERASED, E_DUPLICATE);
    ENSURE(row.disposition == DISPOSITION_HELD || row.disposition == DISPOSITION_UNOPENABLE,
           E_UNKNOWN);
    *ret = row.disposition;
    return OK;
}

/* A ciphertext that does not open here goes as well: someone else may open it one day. */
static status erase_place(struct exchange *x, const struct place *place)
{
    enum disposition before = DISPOSITION_HELD;

    TRY(find_content(x, place, &before));
    TRY(x->store.ops->entry_erase(x->store.self, &place->stream, place->index));
    return count_erased(x, &place->stream, before);
}

static bool is_left(status s)
{
    return s != OK && s != E_DUPLICATE && s != E_UNKNOWN;
}

typedef status (*place_after)(void *self, const struct agency_id *agency,
                              const record_id *id, const struct place *after,
                              struct place *ret);

/* Every place of a record, or of what is attached to it, which goes with it. */
static status erase_all(struct exchange *x, place_after next,
                        const struct agency_id *agency, const record_id *id)
{
    struct place place = {0};
    status found = next(x->store.self, agency, id, NULL, &place);

    while (found == OK) {
        const struct place last = place;
        const status s = erase_place(x, &place);
        ENSURE(!is_left(s), s);
        found = next(x->store.self, agency, id, &last, &place);
    }
    return found == E_UNKNOWN ? OK : found;
}

/* DPA 2018 s.62(1)(f): the row stands before the erasure, in the same commit. */
static status audit_erasure(struct exchange *x, const struct place *place,
                            const record_id *id, const struct item_audit *why)
{
    struct item_audit row = *why;

    row.operation = AUDIT_ERASE;
    row.has_object = true;
    row.object_stream = place->stream;
    row.object_index = place->index;
    row.object = *id;
    return exchange_audit(x, &row);
}

/* The first place that has something of it still, whatever is at those before it: a row
 * that somebody took out says nothing of the next.  E_DUPLICATE and E_UNKNOWN as
 * find_content, where no place has; E_UNKNOWN also when it was never here. */
static status find_first(struct exchange *x, const struct agency_id *agency,
                         const record_id *id, struct place *ret)
{
    struct place place = {0};
    enum disposition unused = DISPOSITION_HELD;
    status none = E_UNKNOWN;
    status found = x->store.ops->record_after(x->store.self, agency, id, NULL, &place);

    while (found == OK) {
        const struct place last = place;
        const status here = find_content(x, &place, &unused);
        ENSURE(!is_left(here), here);
        if (here == OK) {
            *ret = place;
            return OK;
        }
        none = here == E_DUPLICATE ? here : none;
        found = x->store.ops->record_after(x->store.self, agency, id, &last, &place);
    }
    return found == E_UNKNOWN ? none : found;
}

status exchange_erase(struct exchange *x, const struct agency_id *agency,
                      const record_id *id, const struct item_audit *why)
{
    struct place place = {0};

    TRY(find_first(x, agency, id, &place));
    TRY(audit_erasure(x, &place, id, why));
    TRY(erase_all(x, x->store.ops->record_after, agency, id));
    return erase_all(x, x->store.ops->part_after, agency, id);
}

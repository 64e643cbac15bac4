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

static void move_tally(struct stream_row *row)
{
    MUST(row->tally[DISPOSITION_HELD] > 0);
    row->tally[DISPOSITION_HELD]--;
    row->tally[DISPOSITION_ERASED]++;
}

/* The next receipt says what is held from now on; those given before had their moment. */
static status count_erased(struct exchange *x, const struct stream_id *stream)
{
    bool *dirty = NULL;
    struct stream_row *const row = row_in_memory(x, stream, &dirty);
    struct own_lane *const own = &x->own[lane_rank(stream->lane)];

    if (stream_id_equal(&own->row.id, stream)) {
        move_tally(&own->row);
        return x->store.ops->stream_put(x->store.self, &own->row);
    }
    if (row != NULL) {
        move_tally(row);
        *dirty = true;
        return OK;
    }
    struct stream_row *const old = arena_take(x->arena, sizeof *old);
    ENSURE(old != NULL, E_MEMORY);
    TRY(x->store.ops->stream_get(x->store.self, stream, old));
    move_tally(old);
    return x->store.ops->stream_put(x->store.self, old);
}

/* E_DUPLICATE: it was erased before. */
static status erase_place(struct exchange *x, const struct place *place)
{
    const size_t mark = arena_mark(x->arena);
    struct entry_row row = {0};

    TRY(x->store.ops->entry_find(x->store.self, &place->stream, place->index, x->arena,
                                 &row));
    const enum disposition before = row.disposition;
    arena_rewind(x->arena, mark);
    ENSURE(before != DISPOSITION_ERASED, E_DUPLICATE);
    ENSURE(before == DISPOSITION_HELD, E_UNKNOWN);
    TRY(x->store.ops->entry_erase(x->store.self, &place->stream, place->index));
    return count_erased(x, &place->stream);
}

static bool is_left(status s)
{
    return s != OK && s != E_DUPLICATE && s != E_UNKNOWN;
}

static status erase_again(struct exchange *x, const struct agency_id *agency,
                          const record_id *id)
{
    struct place place = {0};
    size_t n = 0;
    status found = x->store.ops->record_again(x->store.self, agency, id, n, &place);

    while (found == OK) {
        const status s = erase_place(x, &place);
        ENSURE(!is_left(s), s);
        found = x->store.ops->record_again(x->store.self, agency, id, ++n, &place);
    }
    return found == E_UNKNOWN ? OK : found;
}

/* What is attached to a record goes with it. */
static status erase_parts(struct exchange *x, const struct agency_id *agency,
                          const record_id *id)
{
    struct place place = {0};
    status found = x->store.ops->part_after(x->store.self, agency, id, NULL, &place);

    while (found == OK) {
        const struct place last = place;
        const status s = erase_place(x, &place);
        ENSURE(!is_left(s), s);
        found = x->store.ops->part_after(x->store.self, agency, id, &last, &place);
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

status exchange_erase(struct exchange *x, const struct agency_id *agency,
                      const record_id *id, const struct item_audit *why)
{
    const size_t mark = arena_mark(x->arena);
    struct place place = {0};
    struct entry_row row = {0};

    TRY(x->store.ops->record_find(x->store.self, agency, id, &place));
    TRY(x->store.ops->entry_find(x->store.self, &place.stream, place.index, x->arena,
                                 &row));
    const enum disposition before = row.disposition;
    arena_rewind(x->arena, mark);
    ENSURE(before != DISPOSITION_ERASED, E_DUPLICATE);
    ENSURE(before == DISPOSITION_HELD, E_UNKNOWN);
    TRY(audit_erasure(x, &place, id, why));
    TRY(erase_place(x, &place));
    TRY(erase_again(x, agency, id));
    return erase_parts(x, agency, id);
}

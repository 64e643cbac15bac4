#include "internal.h"

#include <string.h>

/*
 * What a desk asks to be published: into the turn's group, or answered as before, or
 * refused while nothing has happened yet.
 */

/* Into its place among the first `count`, unless it is there. */
static size_t insert_agency(struct agency_id *sorted, size_t count,
                            const struct agency_id *id)
{
    size_t at = count;

    while (at > 0 && agency_id_compare(&sorted[at - 1], id) > 0)
        at--;
    if (at > 0 && agency_id_equal(&sorted[at - 1], id))
        return count;
    memmove(&sorted[at + 1], &sorted[at], (count - at) * sizeof *sorted);
    sorted[at] = *id;
    return count + 1;
}

/* Recipients with ourselves, ascending, each once. */
static status recipients_take(struct exchange *x, struct submission *s)
{
    struct agency_id *const all =
        arena_array(x->arena, s->recipient_count + 1, sizeof *all);
    size_t count = 0;

    ENSURE(s->recipient_count < RECIPIENTS_MAX, E_LIMIT);
    ENSURE(all != NULL, E_MEMORY);
    count = insert_agency(all, count, &x->self);
    for (size_t i = 0; i < s->recipient_count; i++)
        count = insert_agency(all, count, &s->recipients[i]);
    s->recipients = all;
    s->recipient_count = count;
    return OK;
}

static size_t submission_bytes(const struct submission *s)
{
    /* Some 400 bytes, up to 700 for routing, and less than 80 for each recipient. */
    enum { HEADER_FIXED = 1280, RECIPIENT_BYTES = 80 + WRAP_SIZE };
    size_t total = HEADER_FIXED + s->recipient_count * RECIPIENT_BYTES;

    if (s->content != NULL)
        return total + s->content->plain.size;
    for (size_t i = 0; i < s->item_count; i++)
        total += s->items[i].size + SALT_SIZE + 16;
    return total;
}

void answer_submission(struct exchange *x, const struct submission *s,
                       const struct place *place, bool again)
{
    if (s->ticket == 0)
        return;
    MUST(x->effects->count < EFFECTS_MAX);
    struct effect *const e = &x->effects->at[x->effects->count++];
    *e = (struct effect){.kind = EFFECT_ANSWER};
    e->answer.ticket = s->ticket;
    e->answer.id = s->id;
    e->answer.place = *place;
    e->answer.again = again;
}

/* An idempotency key that has its answer gets that answer, and nothing is published. */
static status answer_again(struct exchange *x, struct submission *s, bool *ret_done)
{
    struct place place = {0};
    struct entry_row row = {0};

    if (s->idempotency_key.size == 0)
        return OK;
    const status found =
        x->store.ops->idempotency_find(x->store.self, s->idempotency_key, &place);
    if (found == E_UNKNOWN)
        return OK;
    TRY(found);
    TRY(x->store.ops->entry_find(x->store.self, &place.stream, place.index, x->arena,
                                 &row));
    s->id = row.id;
    answer_submission(x, s, &place, true);
    *ret_done = true;
    return OK;
}

/* Two submissions under one key in one turn: the second waits for the first one's answer.
 */
static bool key_is_pending(const struct exchange *x, struct bytes key)
{
    for (size_t l = 0; key.size > 0 && l < LANES; l++) {
        for (size_t i = 0; i < x->own[l].pending_count; i++) {
            if (bytes_equal(x->own[l].pending[i].idempotency_key, key))
                return true;
        }
    }
    return false;
}

/* Into the turn's group: what is taken here is sealed, whatever the turn still brings. */
status submission_take(struct exchange *x, struct submission *s)
{
    static const record_id none = {{0}};
    struct own_lane *const own = &x->own[lane_rank(s->lane)];

    MUST(!epoch_is_none(&own->row.id.epoch));
    TRY(recipients_take(x, s));
    const size_t bytes = submission_bytes(s);
    ENSURE(bytes <= ENTRY_BYTES_MAX, E_LIMIT);
    ENSURE(own->pending_count < GROUP_ENTRIES_MAX, E_BUSY);
    ENSURE(bytes <= GROUP_BYTES_MAX - own->pending_bytes, E_BUSY);
    if (record_id_equal(&s->id, &none))
        s->id = draw_record_id(&x->draw, x->now);
    own->pending[own->pending_count++] = *s;
    own->pending_bytes += bytes;
    return OK;
}

status exchange_submit(struct exchange *x, const struct submission *given)
{
    struct submission s = *given;
    bool done = false;

    ENSURE(x->fence == OK, E_FENCED);
    ENSURE(x->peers[x->self_number].current, E_REVOKED);
    ENSURE(roster_age(&x->roster, x->now) != ROSTER_FROZEN, E_EXPIRED);
    ENSURE(x->submitted < ANSWERS_MAX, E_BUSY);
    x->submitted++;
    TRY(answer_again(x, &s, &done));
    if (done)
        return OK;
    ENSURE(!key_is_pending(x, s.idempotency_key), E_BUSY);
    for (size_t i = 0; i < s.recipient_count; i++) {
        const size_t n = peer_number(x, &s.recipients[i]);
        ENSURE(n != NO_PEER, E_UNKNOWN);
        ENSURE(x->peers[n].current, E_REVOKED);
    }
    return submission_take(x, &s);
}

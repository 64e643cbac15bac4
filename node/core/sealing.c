#include "internal.h"

#include <string.h>

/*
 * Own streams: the turn's submissions become one commit group per lane, under one
 * checkpoint. Order of work: items, content root, index, ordinals, ephemeral key -> core ->
 * ciphertext -> wraps -> header -> leaf -> roots -> checkpoint.
 */

/* The counts of every agency stand in each group, so loading reads one group. */
static status counts_load(struct exchange *x, struct own_lane *own, struct arena *a)
{
    struct group_row g = {0};
    const struct roster *roster = NULL;

    if (own->row.frontier.size == 0)
        return OK;
    TRY(x->store.ops->group_find(x->store.self, &own->row.id, own->row.frontier.size - 1, a,
                                 &g));
    x->arena = a;
    TRY(roster_of_version(x, g.roster_version, &roster));
    struct reader r = {.rest = g.counts};
    for (size_t i = 0; i < roster->agency_count; i++) {
        const size_t n = peer_number(x, &roster->agencies[i].id);
        const struct count c = {.count = read_u64(&r), .last = read_u64(&r)};
        if (n != NO_PEER)
            own->counts[n] = c;
    }
    ENSURE(reader_is_done(&r), E_DAMAGED);
    return OK;
}

status own_load(struct exchange *x, enum lane lane, struct arena *a)
{
    struct own_lane *const own = &x->own[lane_rank(lane)];
    const status s = x->store.ops->stream_find(x->store.self, &x->self, lane, &own->row);

    if (s == E_UNKNOWN)
        return OK; /* exchange_first_epoch will make it */
    TRY(s);
    TRY(counts_load(x, own, a));
    return reissue_load(x, own, a);
}

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

static void answer(struct exchange *x, const struct submission *s,
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
    answer(x, s, &place, true);
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
static status take_submission(struct exchange *x, struct submission *s)
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
    return take_submission(x, &s);
}

/* Keys and ordinals of one entry's recipients; the counts move with them. */
static status recipients_of(struct exchange *x, struct own_lane *own,
                            const struct submission *s, sequence index,
                            const struct seal_recipient **ret)
{
    struct seal_recipient *const r = arena_array(x->arena, s->recipient_count, sizeof *r);

    ENSURE(r != NULL, E_MEMORY);
    for (size_t i = 0; i < s->recipient_count; i++) {
        const size_t n = peer_number(x, &s->recipients[i]);
        const struct peer *const p = &x->peers[n];
        own->counts[n] = (struct count){.count = own->counts[n].count + 1, .last = index};
        r[i] = (struct seal_recipient){
            .agency = p->id, .kx_id = p->kx_id, .ordinal = own->counts[n].count};
        memcpy(r[i].kx_public, p->kx_public, sizeof r[i].kx_public);
    }
    *ret = r;
    return OK;
}

static void header_of(const struct exchange *x, const struct own_lane *own,
                      const struct submission *s, struct header *ret)
{
    *ret = (struct header){
        .realm = x->realm,
        .stream = own->row.id,
        .index = own->row.frontier.size,
        .id = s->id,
        .sealed_at = x->now,
        .kind = s->kind,
        .label = s->label,
        .roster_version = x->roster.version,
        .has_previous = s->has_previous,
        .previous = s->previous,
    };
}

/* The publisher keeps its own records under storage keys too: KX keys live for weeks. */
static status keep_own(struct exchange *x, struct entry_row *row,
                       uint8_t content_key[CONTENT_KEY_SIZE])
{
    uint8_t storage_key[32];
    uint8_t *const kept = arena_take(x->arena, KEPT_KEY_SIZE);

    ENSURE(kept != NULL, E_MEMORY);
    draw_bytes(&x->draw, storage_key, sizeof storage_key);
    keep_key(storage_key, &row->id, content_key, &x->draw, kept);
    row->kept = bytes_of(kept, KEPT_KEY_SIZE);
    const status s =
        x->store.ops->key_put(x->store.self, &row->stream, row->index, storage_key);
    explicit_bzero(storage_key, sizeof storage_key);
    explicit_bzero(content_key, CONTENT_KEY_SIZE);
    return s;
}

static status seal_one(struct exchange *x, struct own_lane *own, struct seal_group *group,
                       const struct submission *s, uint8_t *ret_leaf)
{
    struct header h;
    struct sealed_content fresh = {0};
    const struct seal_recipient *recipients = NULL;
    struct sealed_entry sealed = {0};
    uint8_t content_key[CONTENT_KEY_SIZE];
    const sequence index = own->row.frontier.size;

    if (s->content == NULL)
        TRY(seal_content(s->items, s->item_count, &x->draw, x->arena, &fresh));
    const struct sealed_content *const content = s->content == NULL ? &fresh : s->content;
    TRY(recipients_of(x, own, s, index, &recipients));
    header_of(x, own, s, &h);
    const struct seal_work work = {.recipients = recipients,
                                   .recipient_count = s->recipient_count,
                                   .content = content,
                                   .draw = &x->draw};
    TRY(seal_entry(group, &h, &work, x->arena, content_key, &sealed));

    struct entry_row row = {
        .stream = own->row.id,
        .index = index,
        .ordinal = own->counts[x->self_number].count,
        .id = s->id,
        .kind = s->kind,
        .disposition = DISPOSITION_HELD,
        .leaf = sealed.leaf,
        .header = sealed.header,
        .ciphertext = sealed.ciphertext,
        .wraps = sealed.wraps,
        .at = x->now,
    };
    TRY(keep_own(x, &row, content_key));
    TRY(x->store.ops->entry_put(x->store.self, &row));
    frontier_append(&own->row.frontier, &sealed.leaf);
    memcpy(ret_leaf, sealed.leaf.bytes, HASH_SIZE);
    own->row.tally[DISPOSITION_HELD]++;

    const struct place place = {.stream = own->row.id, .index = index};
    if (s->idempotency_key.size > 0)
        TRY(x->store.ops->idempotency_put(x->store.self, s->idempotency_key, &place));
    answer(x, s, &place, false);
    if (s->kind != KIND_AUDIT)
        notice(x, NOTICE_PUBLISHED, &x->self, own->row.id.lane, index, OK);
    return OK;
}

/* The roster's agencies and their counts, in its order, and the same as the journal keeps.
 */
static status counts_of(struct exchange *x, const struct own_lane *own,
                        struct agency_id **ret_agencies, struct count **ret_counts,
                        struct bytes *ret_blob)
{
    const size_t n = x->roster.agency_count;
    struct agency_id *const agencies = arena_array(x->arena, n, sizeof *agencies);
    struct count *const counts = arena_array(x->arena, n, sizeof *counts);
    uint8_t *const blob = arena_array(x->arena, n, 16);

    ENSURE(agencies != NULL && counts != NULL && blob != NULL, E_MEMORY);
    struct writer w = writer_over(blob, 16 * n);
    for (size_t i = 0; i < n; i++) {
        agencies[i] = x->roster.agencies[i].id;
        const size_t number = peer_number(x, &agencies[i]);
        MUST(number != NO_PEER);
        counts[i] = own->counts[number];
        write_u64(&w, counts[i].count);
        write_u64(&w, counts[i].last);
    }
    MUST(!w.bad);
    *ret_agencies = agencies;
    *ret_counts = counts;
    *ret_blob = writer_bytes(&w);
    return OK;
}

status close_group(struct exchange *x, struct own_lane *own, sequence first,
                   struct bytes leaves)
{
    struct group_row g = {
        .stream = own->row.id,
        .first = first,
        .count = (uint32_t)(leaves.size / HASH_SIZE),
        .roster_version = x->roster.version,
        .leaves = leaves,
        .at = x->now,
    };
    struct checkpoint c = {
        .realm = x->realm,
        .stream = own->row.id,
        .size = own->row.frontier.size,
        .root = frontier_root(&own->row.frontier),
        .roster_version = x->roster.version,
        .agency_count = (uint32_t)x->roster.agency_count,
    };
    struct agency_id *agencies = NULL;
    struct count *counts = NULL;

    draw_bytes(&x->draw, g.salt, sizeof g.salt);
    TRY(counts_of(x, own, &agencies, &counts, &g.counts));
    const struct count_table table = {.group_salt = g.salt,
                                      .agencies = agencies,
                                      .counts = counts,
                                      .n = x->roster.agency_count};
    TRY(counts_root(&table, x->arena, &c.counts_root));
    TRY(checkpoint_sign(&c, x->keyring, x->arena, &g.checkpoint));
    TRY(x->store.ops->group_put(x->store.self, &g));
    own->row.complete = own->row.frontier.size;
    own->row.mine = own->counts[x->self_number];
    return x->store.ops->stream_put(x->store.self, &own->row);
}

status seal_pending(struct exchange *x, enum lane lane)
{
    struct own_lane *const own = &x->own[lane_rank(lane)];
    const sequence first = own->row.frontier.size;
    status s = OK;

    if (x->fence == OK)
        TRY(reissue(x, lane));
    if (own->pending_count == 0)
        return OK;
    struct seal_group *const group = arena_take(x->arena, sizeof *group);
    uint8_t *const leaves = arena_array(x->arena, own->pending_count, HASH_SIZE);
    ENSURE(group != NULL && leaves != NULL, E_MEMORY);
    seal_group_init(group, &x->realm, &own->row.id, first, &x->draw);
    for (size_t i = 0; s == OK && i < own->pending_count; i++)
        s = seal_one(x, own, group, &own->pending[i], leaves + i * HASH_SIZE);
    seal_group_done(group);
    TRY(s);
    const size_t count = own->pending_count;
    own->pending_count = 0;
    own->pending_bytes = 0;
    return close_group(x, own, first, bytes_of(leaves, count * HASH_SIZE));
}

/* Rows of the turn as items of local entries, AUDIT_PER_ENTRY in each. */
static status submit_audit(struct exchange *x, size_t from, size_t count)
{
    struct bytes *const items = arena_array(x->arena, count, sizeof *items);
    struct submission s = {.kind = KIND_AUDIT, .lane = LANE_LOCAL, .item_count = count};

    ENSURE(items != NULL, E_MEMORY);
    for (size_t i = 0; i < count; i++) {
        const struct item item = {.kind = ITEM_AUDIT, .audit = x->audit[from + i]};
        TRY(item_encode(&item, x->arena, &items[i]));
    }
    s.items = items;
    s.label = (struct label){.marking = MARKING_OFFICIAL_SENSITIVE,
                             .handling = HANDLING_P,
                             .priority = PRIORITY_LOW};
    /* Not exchange_submit: a node that was fenced, revoked or left with an expired roster
     * in this very turn still owes the rows of what it did before. */
    return take_submission(x, &s);
}

status seal_audit(struct exchange *x)
{
    for (size_t from = 0; from < x->audit_count; from += AUDIT_PER_ENTRY) {
        const size_t left = x->audit_count - from;
        TRY(submit_audit(x, from, left < AUDIT_PER_ENTRY ? left : AUDIT_PER_ENTRY));
    }
    x->audit_count = 0;
    return seal_pending(x, LANE_LOCAL);
}

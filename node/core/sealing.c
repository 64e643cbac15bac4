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
    const status found = x->store.ops->group_find(x->store.self, &own->row.id,
                                                  own->row.frontier.size - 1, a, &g);
    ENSURE(found == OK, found == E_UNKNOWN ? E_DAMAGED : found);
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
    reissue_begin(own);
    return OK;
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
        .has_about = s->about.stream.agency.text[0] != '\0',
        .about = s->about,
        .parent_count = (uint32_t)s->parent_count,
        .parents = s->parents,
    };
}

status keep_content_key(struct exchange *x, struct entry_row *row,
                        const uint8_t content_key[CONTENT_KEY_SIZE])
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
        .duplicate = s->content != NULL,
        .leaf = sealed.leaf,
        .header = sealed.header,
        .ciphertext = sealed.ciphertext,
        .wraps = sealed.wraps,
        .at = x->now,
    };
    /* The publisher keeps its own records so, too: KX keys live for weeks. */
    const status kept = keep_content_key(x, &row, content_key);
    explicit_bzero(content_key, sizeof content_key);
    TRY(kept);
    TRY(x->store.ops->entry_put(x->store.self, &row));
    frontier_append(&own->row.frontier, &sealed.leaf);
    memcpy(ret_leaf, sealed.leaf.bytes, HASH_SIZE);
    own->row.tally[DISPOSITION_HELD]++;

    const struct place place = {.stream = own->row.id, .index = index};
    if (s->idempotency_key.size > 0)
        TRY(x->store.ops->idempotency_put(x->store.self, s->idempotency_key, &place));
    answer_submission(x, s, &place, false);
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
    return submission_take(x, &s);
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

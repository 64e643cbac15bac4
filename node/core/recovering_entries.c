#include "internal.h"

#include <string.h>

/* The entries of groups that are fetched back (recovering.c). */

static status check_header(const struct exchange *x, const struct entry_copy *copy,
                           const struct group_row *g, const struct header *h)
{
    ENSURE(hash_equal(&h->realm, &x->realm), E_REALM);
    ENSURE(stream_id_equal(&h->stream, &g->stream) && h->index == copy->index, E_VALUE);
    ENSURE(h->kind == KIND_EPOCH || header_recipient_rank(h, &x->self) >= 0, E_ADDRESS);
    return OK;
}

/* Under a storage key of its own, as every record is kept.  A private key that was lost
 * with the end of keys.db leaves it closed. */
static status keep(struct exchange *x, const struct entry_copy *copy,
                   const struct header *h, struct entry_row *row)
{
    const struct entry_parts parts = {.header = copy->header,
                                      .h = h,
                                      .ciphertext = copy->ciphertext,
                                      .wrap = copy->publisher_wrap};
    uint8_t key[CONTENT_KEY_SIZE];

    row->ciphertext = copy->ciphertext;
    row->wraps = copy->publisher_wrap;
    const status s = open_wrap(x->keyring, &x->self, &parts, key, &row->ordinal);
    if (s == E_OPEN) {
        row->disposition = DISPOSITION_UNOPENABLE;
        row->reason = E_OPEN;
        return OK;
    }
    TRY(s);
    const status kept = keep_content_key(x, row, key);
    explicit_bzero(key, sizeof key);
    return kept;
}

static status put_entry(struct exchange *x, struct recovery *r,
                        const struct entry_copy *copy, const struct group_row *g)
{
    struct header h;
    struct place place;
    struct entry_row row = {.stream = g->stream,
                            .index = copy->index,
                            .disposition = DISPOSITION_HELD,
                            .leaf = merkle_leaf(copy->header),
                            .header = copy->header,
                            .at = x->now};

    struct reader leaf = {.rest =
                              bytes_from(g->leaves, (copy->index - g->first) * HASH_SIZE)};
    struct hash wanted;
    read_copy(&leaf, wanted.bytes, sizeof wanted.bytes);
    ENSURE(hash_equal(&row.leaf, &wanted), E_HASH);
    TRY(header_decode(copy->header, x->arena, &h));
    TRY(check_header(x, copy, g, &h));
    row.id = h.id;
    row.kind = h.kind;
    const status known = x->store.ops->record_find(x->store.self, &x->self, &h.id, &place);
    ENSURE(known == OK || known == E_UNKNOWN, known);
    row.duplicate = known == OK; /* issued again, or held here under another index */
    if (h.kind != KIND_EPOCH)    /* a statement vouches for nothing but its header */
        TRY(keep(x, copy, &h, &row));
    TRY(x->store.ops->entry_put(x->store.self, &row));
    if (h.kind != KIND_EPOCH)
        r->row.tally[row.disposition]++;
    notice(x, NOTICE_ENTRY, &x->self, g->stream.lane, copy->index, row.reason);
    return OK;
}

/* E_DUPLICATE: it was sealed here, or has come from another follower.  A row of it that
 * cannot be read is for mending.c, and no reason to end. */
static status take_one(struct exchange *x, struct recovery *r,
                       const struct entry_copy *copy)
{
    struct group_row g = {0};
    struct entry_row here = {0};

    ENSURE(copy->index >= r->from, E_DUPLICATE);
    ENSURE(copy->index < r->row.frontier.size, E_ORDER);
    const status s =
        x->store.ops->entry_find(x->store.self, &r->row.id, copy->index, x->arena, &here);
    ENSURE(s == E_UNKNOWN, s == OK || s == E_DAMAGED ? E_DUPLICATE : s);
    TRY(x->store.ops->group_find(x->store.self, &r->row.id, copy->index, x->arena, &g));
    return put_entry(x, r, copy, &g);
}

/* DPA 2018 s.62(1)(a): collection, though it was ours. */
status audit_return(struct exchange *x, const struct peer *p,
                    const struct stream_id *stream, sequence first)
{
    struct item_audit row = {.at = x->now,
                             .operation = AUDIT_COLLECT,
                             .actor = bytes_of_text("node"),
                             .channel = bytes_of_text(lane_word(stream->lane)),
                             .has_object = true,
                             .object_stream = *stream,
                             .object_index = first,
                             .outcome =
                                 bytes_of_text("own entries from here fetched back")};

    row.recipients.count = 1;
    row.recipients.at[0] = bytes_of_text(p->id.text);
    return exchange_audit(x, &row);
}

status recover_entries(struct exchange *x, struct peer *p, enum lane lane,
                       const struct frame_entries *e)
{
    struct recovery *const r = &x->own[lane_rank(lane)].back;
    sequence first = 0;
    uint32_t taken = 0;
    status s = OK;

    if (mend_awaits(x, lane, &e->epoch))
        return mend_entries(x, p, lane, e);
    ENSURE(r->is_on && epoch_equal(&e->epoch, &r->row.id.epoch), E_VALUE);
    for (uint32_t i = 0; i < e->entry_count && s == OK; i++) {
        const status one = take_one(x, r, &e->entries[i]);
        if (one == OK && taken++ == 0)
            first = e->entries[i].index;
        s = one == E_DUPLICATE ? OK : one;
    }
    if (taken == 0)
        return s;
    TRY(x->store.ops->stream_put(x->store.self, &r->row));
    TRY(audit_return(x, p, &r->row.id, first));
    return s;
}

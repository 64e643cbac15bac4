#include "internal.h"

#include <string.h>

/*
 * Taking entries of a verified group.  An entry that its leaf hash vouches for is in the
 * log for ever, so it gets a disposition whatever is wrong with it: a publisher's bad
 * record must not stop the stream.  Bytes that the leaf hash does not vouch for are only
 * noise on the way, and an ordinal that is not the next one is a gap: the stream waits for
 * what is missing, and the operator is told.
 */

struct taking {
    struct exchange *x;
    struct follow *f;
    struct group_row group;
    struct open_group *keys; /* one key agreement serves the whole frame */
    uint32_t taken;          /* entries disposed of from this frame */
    sequence first_taken, last_taken;
    record_id first_id;
};

/* The same record again, under another index or epoch? */
struct earlier {
    bool same;   /* with the same content root */
    bool other;  /* with another: evidence */
    bool erased; /* and erased here since */
};

static status known_before(struct taking *t, const struct header *h, struct earlier *ret)
{
    struct exchange *const x = t->x;
    struct place place = {0};
    struct entry_row row = {0};
    struct header before;

    const status s =
        x->store.ops->record_find(x->store.self, &h->stream.agency, &h->id, &place);
    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    /* One record after the other may say that it is the same again. */
    const size_t mark = arena_mark(x->arena);
    TRY(x->store.ops->entry_find(x->store.self, &place.stream, place.index, x->arena,
                                 &row));
    TRY(header_decode(row.header, x->arena, &before));
    ret->same = hash_equal(&before.content_root, &h->content_root);
    arena_rewind(x->arena, mark);
    ret->other = !ret->same;
    ret->erased = ret->same && row.disposition == DISPOSITION_ERASED;
    return OK;
}

/* The publisher's own wrap, which we keep for it: rubbish would fail it when it recovers.
 */
static status check_publisher_wrap(const struct entry_copy *copy, const struct header *h)
{
    const int rank = header_recipient_rank(h, &h->stream.agency);
    const struct hash got = blake(copy->publisher_wrap);

    MUST(rank >= 0); /* check_place has refused it otherwise */
    ENSURE(bytes_equal(bytes_of(h->wrap_hashes.at + (size_t)rank * HASH_SIZE, HASH_SIZE),
                       bytes_of(got.bytes, HASH_SIZE)),
           E_HASH);
    return OK;
}

/* Opens wrap and content.  E_COUNT: the ordinal inside is not the next one.  E_VALUE: the
 * publisher has sealed something other than it committed to. */
static status open_entry(struct taking *t, const struct entry_copy *copy,
                         const struct header *h, uint8_t key[CONTENT_KEY_SIZE])
{
    struct exchange *const x = t->x;
    const struct salted_item *items = NULL;
    size_t count = 0;
    uint64_t ordinal = 0;

    const struct entry_parts parts = {
        .header = copy->header, .h = h, .ciphertext = copy->ciphertext, .wrap = copy->wrap};
    TRY(check_publisher_wrap(copy, h));
    TRY(open_group_wrap(t->keys, x->keyring, &x->self, &parts, key, &ordinal));
    ENSURE(ordinal == t->f->row.mine.count + 1, E_COUNT);
    /* What was committed to is what is inside: no two recipients hold different texts. */
    const size_t mark = arena_mark(x->arena);
    const status s = open_content(key, &parts, x->arena, &items, &count);
    arena_rewind(x->arena, mark);
    return s == OK || s == E_MEMORY ? s : E_VALUE;
}

/* Header and leaf stay; the content does not. */
static void drop(struct entry_row *row, enum disposition disposition, status reason)
{
    row->disposition = disposition;
    row->reason = reason;
    row->ciphertext = (struct bytes){0};
    row->wraps = (struct bytes){0};
}

/* As evidence of what was refused. */
static void refuse(struct entry_row *row, status reason)
{
    drop(row, DISPOSITION_REFUSED, reason);
}

/* A part of a file whose record was erased here comes too late. */
static status is_late(struct taking *t, const struct header *h, bool *ret)
{
    struct exchange *const x = t->x;
    const size_t mark = arena_mark(x->arena);
    struct place place = {0};
    struct entry_row row = {0};

    if (h->kind != KIND_ATTACHMENT)
        return OK;
    const status s =
        x->store.ops->record_find(x->store.self, &h->stream.agency, &h->previous, &place);
    if (s == E_UNKNOWN)
        return OK; /* the record may follow: it has a lane of its own */
    TRY(s);
    TRY(x->store.ops->entry_find(x->store.self, &place.stream, place.index, x->arena,
                                 &row));
    *ret = row.disposition == DISPOSITION_ERASED;
    arena_rewind(x->arena, mark);
    return OK;
}

/* What to do with an entry whose sender is right; `key` is NULL when it did not open. */
static status keep_or_drop(struct taking *t, const struct header *h, struct entry_row *row,
                           const uint8_t *key)
{
    struct earlier earlier = {0};
    bool late = false;

    TRY(known_before(t, h, &earlier));
    TRY(is_late(t, h, &late));
    row->duplicate = earlier.same;
    if (earlier.other) {
        refuse(row, E_DUPLICATE);
        return OK;
    }
    if (earlier.erased || late) {
        drop(row, DISPOSITION_ERASED, OK); /* erased once is erased (P9) */
        return OK;
    }
    if (key != NULL)
        return keep_content_key(t->x, row, key);
    row->disposition = DISPOSITION_UNOPENABLE;
    row->reason = E_OPEN;
    return OK;
}

/* Fields of the header that must be those of the stream it came in. */
static status check_place(const struct taking *t, const struct entry_copy *copy,
                          const struct header *h)
{
    ENSURE(hash_equal(&h->realm, &t->x->realm), E_REALM);
    ENSURE(stream_id_equal(&h->stream, &t->f->row.id), E_VALUE);
    ENSURE(h->index == copy->index, E_VALUE);
    ENSURE(h->group_first == t->group.first, E_VALUE);
    ENSURE(h->kind != KIND_AUDIT && h->kind != KIND_EPOCH, E_VALUE);
    ENSURE(header_recipient_rank(h, &t->x->self) >= 0, E_ADDRESS);
    ENSURE(header_recipient_rank(h, &h->stream.agency) >= 0, E_ADDRESS);
    ENSURE(h->label.marking <= MARKING_OFFICIAL_SENSITIVE, E_MARKING);
    return OK;
}

/* Sealed for a number that is here, and yet closed: the publisher may know another key of
 * that number, which this node has forgotten.  Told ours, it shows that one. */
static void doubt_kx(const struct taking *t, const struct header *h)
{
    const int rank = header_recipient_rank(h, &t->x->self);

    if (keyring_has_kx(t->x->keyring, h->recipients[rank].kx_id))
        tell_kx(t->x, exchange_peer(t->x, &h->stream.agency), END_FOLLOWING, LANE_ROUTINE);
}

/* The disposition of an entry whose header is understood. */
static status judge(struct taking *t, const struct entry_copy *copy, const struct header *h,
                    struct entry_row *row)
{
    uint8_t key[CONTENT_KEY_SIZE] = {0};
    status s = check_place(t, copy, h);

    if (s != OK) {
        refuse(row, s);
        return OK;
    }
    s = open_entry(t, copy, h, key);
    if (s == OK) {
        s = keep_or_drop(t, h, row, key);
    } else if (s == E_OPEN) {
        doubt_kx(t, h);
        s = keep_or_drop(t, h, row, NULL);
    } else if (s == E_VALUE) {
        refuse(row, E_HASH);
        s = OK;
    }
    explicit_bzero(key, sizeof key);
    return s;
}

static status join_wraps(struct exchange *x, const struct entry_copy *copy,
                         struct bytes *ret)
{
    const size_t size = copy->wrap.size + copy->publisher_wrap.size;
    uint8_t *const both = arena_take(x->arena, size);

    ENSURE(both != NULL, E_MEMORY);
    struct writer w = writer_over(both, size);
    write_bytes(&w, copy->wrap);
    write_bytes(&w, copy->publisher_wrap);
    *ret = writer_bytes(&w);
    return OK;
}

static status take_addressed(struct taking *t, const struct entry_copy *copy,
                             const struct hash *leaf)
{
    struct exchange *const x = t->x;
    struct follow *const f = t->f;
    struct header h = {0};
    bool kept = false;

    TRY(keep_what_is_here(x, f, &t->group, copy->index, &kept));
    if (kept)
        return OK;
    struct entry_row row = {.stream = f->row.id,
                            .index = copy->index,
                            .ordinal = f->row.mine.count + 1,
                            .kind = KIND_INTELLIGENCE,
                            .disposition = DISPOSITION_HELD,
                            .leaf = *leaf,
                            .header = copy->header,
                            .ciphertext = copy->ciphertext,
                            .at = x->now};

    TRY(join_wraps(x, copy, &row.wraps));
    const status form = header_decode(copy->header, x->arena, &h);
    if (form == OK) {
        row.id = h.id;
        row.kind = h.kind;
        TRY(judge(t, copy, &h, &row));
    } else {
        refuse(&row, form);
    }
    TRY(x->store.ops->entry_put(x->store.self, &row));
    f->row.mine = (struct count){.count = row.ordinal, .last = row.index};
    f->row.tally[row.disposition]++;
    f->dirty = true;
    if (t->taken++ == 0) {
        t->first_taken = row.index;
        t->first_id = row.id;
    }
    t->last_taken = row.index;
    notice(x, NOTICE_ENTRY, &f->row.id.agency, f->row.id.lane, row.index, row.reason);
    return OK;
}

/* Leaf 0 of a later epoch: what the publisher says of its old one, for everyone to see. */
static status take_statement(struct taking *t, const struct entry_copy *copy,
                             const struct hash *leaf)
{
    struct exchange *const x = t->x;
    struct follow *const f = t->f;
    struct header h;

    TRY(header_decode(copy->header, x->arena, &h));
    ENSURE(h.kind == KIND_EPOCH && stream_id_equal(&h.stream, &f->row.id) && h.index == 0 &&
               h.statement.old_epoch.counter < f->row.id.epoch.counter,
           E_VALUE);
    struct stream_row *const old = arena_take(x->arena, sizeof *old);
    ENSURE(old != NULL, E_MEMORY);
    const struct stream_id old_id = {
        .agency = f->row.id.agency, .lane = f->row.id.lane, .epoch = h.statement.old_epoch};
    const status known = x->store.ops->stream_get(x->store.self, &old_id, old);
    if (known == OK && h.statement.old_size > 0 &&
        h.statement.old_size <= old->frontier.size) {
        /* A longer old epoch here is kept and is no fault; another root at that size is. */
        struct hash root;
        TRY(root_at(x, old, h.statement.old_size, &root));
        ENSURE(hash_equal(&root, &h.statement.old_root), E_FORK);
    } else if (known != OK && known != E_UNKNOWN) {
        return known;
    }
    const struct entry_row row = {.stream = f->row.id,
                                  .id = h.id,
                                  .kind = KIND_EPOCH,
                                  .disposition = DISPOSITION_HELD,
                                  .leaf = *leaf,
                                  .header = copy->header,
                                  .at = x->now};
    if (f->row.receipted > 0)
        TRY(x->store.ops->entry_drop(x->store.self, &row.stream, 0)); /* followed again */
    TRY(x->store.ops->entry_put(x->store.self, &row));
    f->awaits_statement = false;
    f->dirty = true;
    return OK;
}

static status take_one(struct taking *t, const struct entry_copy *copy)
{
    struct follow *const f = t->f;
    const struct group_row *const g = &t->group;
    struct hash leaf;

    ENSURE(copy->index >= g->first && copy->index - g->first < g->count, E_ORDER);
    memcpy(leaf.bytes, g->leaves.at + (copy->index - g->first) * HASH_SIZE, HASH_SIZE);
    const struct hash got = merkle_leaf(copy->header);
    ENSURE(hash_equal(&got, &leaf), E_HASH);
    if (f->awaits_statement) {
        TRY(take_statement(t, copy, &leaf));
        return follower_advance(t->x, f, g);
    }
    if (f->row.mine.count > 0 && copy->index <= f->row.mine.last)
        return E_DUPLICATE;
    /* Only the wrap proves the ordinal, but of what does not open this is all there is. */
    ENSURE(f->row.mine.count < f->target.count && copy->ordinal == f->row.mine.count + 1,
           E_COUNT);
    TRY(take_addressed(t, copy, &leaf));
    return follower_advance(t->x, f, g);
}

/* "index 40" or "index 40 to 51": together with the stream it names each record. */
static status range_text(const struct taking *t, struct bytes *ret)
{
    enum { RANGE_ROOM = 6 + 20 + 4 + 20 };
    char *const text = arena_take(t->x->arena, RANGE_ROOM);

    ENSURE(text != NULL, E_MEMORY);
    struct writer w = writer_over(text, RANGE_ROOM);
    write_text(&w, "index ");
    write_decimal(&w, t->first_taken);
    if (t->last_taken != t->first_taken) {
        write_text(&w, " to ");
        write_decimal(&w, t->last_taken);
    }
    *ret = writer_bytes(&w);
    return OK;
}

/* DPA 2018 s.62(1)(a): collection, a row for the entries that came together. */
static status audit_collection(struct taking *t, const struct peer *p)
{
    struct exchange *const x = t->x;
    struct item_audit row = {.at = x->now,
                             .operation = AUDIT_COLLECT,
                             .actor = bytes_of_text("node"),
                             .channel = bytes_of_text(lane_word(t->f->row.id.lane)),
                             .has_object = true,
                             .object_stream = t->f->row.id,
                             .object_index = t->first_taken,
                             .object = t->first_id};

    if (t->taken == 0)
        return OK;
    TRY(range_text(t, &row.outcome));
    row.recipients.count = 1;
    row.recipients.at[0] = bytes_of_text(p->id.text);
    const status s = exchange_audit(x, &row);
    /* A fenced node publishes nothing, its own log included; the entry's row has its time.
     */
    return s == E_FENCED ? OK : s;
}

status follower_entries(struct exchange *x, struct peer *p, enum lane lane,
                        const struct frame_entries *e)
{
    struct follow *const f = &p->follows[lane_rank(lane)];
    struct open_group keys DEFER(open_group_done) = {0};
    struct taking t = {.x = x, .f = f, .keys = &keys};
    status s = OK;

    ENSURE(f->known && f->row.quarantine == OK, E_ORDER);
    ENSURE(epoch_equal(&f->row.id.epoch, &e->epoch), E_ORDER);
    f->came = true;
    ENSURE(f->pending, E_DUPLICATE);
    TRY(x->store.ops->group_find(x->store.self, &f->row.id, f->row.complete, x->arena,
                                 &t.group));
    for (uint32_t i = 0; f->pending && i < e->entry_count; i++) {
        const status one = take_one(&t, &e->entries[i]);
        if (one == E_DUPLICATE)
            continue;
        s = one;
        if (s != OK)
            break;
    }
    if (f->pending && (s == OK || t.taken > 0))
        follower_progress(x, f);
    const status audited = audit_collection(&t, p);
    return s == OK ? audited : s;
}

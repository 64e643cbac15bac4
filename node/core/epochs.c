#include "internal.h"

#include <string.h>

/*
 * Epochs.  A restored, cloned or cut-short journal must not use an index twice: it starts a
 * new epoch whose leaf 0 states what is known of the old one, and issues again what others
 * may not have.  Record id, items, salts and content root stay, so whoever has the record
 * already sees the same one.
 */

static status put_fresh(struct exchange *x, struct own_lane *own, enum lane lane,
                        uint32_t counter)
{
    memset(own, 0, sizeof *own);
    own->row.own = true;
    own->row.current = true;
    own->row.id = (struct stream_id){
        .agency = x->self, .lane = lane, .epoch = draw_epoch(&x->draw, counter)};
    return x->store.ops->stream_put(x->store.self, &own->row);
}

status exchange_first_epoch(struct exchange *x)
{
    for (size_t l = 0; l < LANES; l++) {
        if (epoch_is_none(&x->own[l].row.id.epoch))
            TRY(put_fresh(x, &x->own[l], lane_of_rank(l), 1));
    }
    ENSURE(x->key_given_up && x->fence == OK, OK);
    x->key_given_up = false;
    return exchange_new_epoch(x, EPOCH_RE_ENROLLED);
}

/* How much of an old epoch is surely the history that others hold: what one of them has
 * given a receipt for.  What a restored node sealed after that may stand at indexes that
 * were used before, and to state its root would be to show a second history. */
static status shared_size(struct exchange *x, const struct stream_id *old, sequence *ret)
{
    sequence most = 0;

    for (size_t i = 0; i < x->peer_count; i++) {
        sequence size = 0;
        const status s =
            x->store.ops->receipt_size(x->store.self, old, &x->peers[i].id, &size);
        if (s != E_UNKNOWN)
            TRY(s);
        most = size > most ? size : most;
    }
    *ret = most;
    return OK;
}

static status put_statement(struct exchange *x, struct own_lane *own,
                            const struct epoch_statement *statement)
{
    struct header h = {
        .realm = x->realm,
        .stream = own->row.id,
        .id = draw_record_id(&x->draw, x->now),
        .sealed_at = x->now,
        .kind = KIND_EPOCH,
        .label = {.marking = MARKING_OFFICIAL,
                  .handling = HANDLING_P,
                  .priority = PRIORITY_HIGH},
        .roster_version = x->roster.version,
        .has_statement = true,
        .statement = *statement,
    };
    struct sealed_entry sealed = {0};

    TRY(seal_statement(&h, x->arena, &sealed));
    const struct entry_row row = {.stream = own->row.id,
                                  .id = h.id,
                                  .kind = KIND_EPOCH,
                                  .disposition = DISPOSITION_HELD,
                                  .leaf = sealed.leaf,
                                  .header = sealed.header,
                                  .at = x->now};
    struct bytes leaf = {0};

    TRY(x->store.ops->entry_put(x->store.self, &row));
    frontier_append(&own->row.frontier, &sealed.leaf);
    TRY(arena_copy(x->arena, bytes_of(sealed.leaf.bytes, HASH_SIZE), &leaf));
    return close_group(x, own, 0, leaf);
}

/* What is stated of the epoch before: what a peer has proved of a history past ours, else
 * what others have cosigned of ours.  Of what a given-up key has signed nothing is: it
 * would have the word of the new one. */
static status statement_of(struct exchange *x, const struct own_lane *own,
                           struct epoch_statement *ret)
{
    const struct checkpoint *const shown = &own->shown;

    if (shown->stream.epoch.counter > own->row.id.epoch.counter) {
        const struct frontier none = {0};
        ret->old_epoch = shown->stream.epoch;
        ret->old_root = frontier_root(&none);
        if (own->shown_given_up)
            return OK;
        ret->old_size = shown->size;
        ret->old_root = shown->root;
        return OK;
    }
    ret->old_epoch = own->row.id.epoch;
    TRY(shared_size(x, &own->row.id, &ret->old_size));
    return root_at(x, &own->row, ret->old_size, &ret->old_root);
}

/* All lanes change epoch together, so what is shown of one holds for the others too: a lane
 * that went back to a number already used would be a second successor of its old epoch. */
static uint32_t newest_counter(const struct exchange *x)
{
    uint32_t newest = 0;

    for (size_t l = 0; l < LANES; l++) {
        const uint32_t own = x->own[l].row.id.epoch.counter;
        const uint32_t shown = x->own[l].shown.stream.epoch.counter;
        newest = own > newest ? own : newest;
        newest = shown > newest ? shown : newest;
    }
    return newest;
}

static status next_epoch(struct exchange *x, enum lane lane, uint32_t counter,
                         enum epoch_reason reason)
{
    struct own_lane *const own = &x->own[lane_rank(lane)];
    struct stream_row *const old = arena_take(x->arena, sizeof *old);
    struct epoch_statement statement = {.reason = reason};

    ENSURE(old != NULL, E_MEMORY);
    MUST(own->pending_count == 0);
    *old = own->row;
    TRY(statement_of(x, own, &statement));
    if (epoch_is_none(&statement.old_epoch))
        return put_fresh(x, own, lane, 1); /* the journal is gone and no one holds more */
    if (!epoch_is_none(&old->id.epoch)) {
        old->current = false;
        TRY(x->store.ops->stream_put(x->store.self, old));
    }
    TRY(put_fresh(x, own, lane, counter));
    TRY(put_statement(x, own, &statement));
    reissue_begin(own);
    return OK;
}

status exchange_new_epoch(struct exchange *x, enum epoch_reason reason)
{
    const uint32_t counter = newest_counter(x) + 1;

    for (size_t l = 0; l < LANES; l++) {
        TRY(next_epoch(x, lane_of_rank(l), counter, reason));
        for (size_t i = 0; i < x->peer_count; i++)
            memset(&x->peers[i].deliveries[l], 0, sizeof x->peers[i].deliveries[l]);
    }
    x->fence = OK;
    return OK;
}

static bool is_heard(const struct exchange *x, const struct peer *p)
{
    for (size_t l = 0; l < LANES; l++) {
        const struct delivery *const d = &p->deliveries[l];
        const bool proved = x->own[l].shown.size > 0;
        if (d->instance == 0 || (!d->greeted && !proved))
            return false;
    }
    return true;
}

size_t exchange_unheard(const struct exchange *x, const struct peer **ret, size_t room)
{
    size_t count = 0;

    for (size_t i = 0; i < x->peer_count; i++) {
        const struct peer *const p = &x->peers[i];
        if (i == x->self_number || !p->current || is_heard(x, p))
            continue;
        if (count < room)
            ret[count] = p;
        count++;
    }
    return count;
}

uint32_t exchange_epoch_elsewhere(const struct exchange *x)
{
    uint32_t newest = 0;

    for (size_t l = 0; l < LANES; l++) {
        const struct own_lane *const own = &x->own[l];
        const uint32_t shown = own->shown.stream.epoch.counter;
        if (!own->shown_given_up && shown > own->row.id.epoch.counter && shown > newest)
            newest = shown;
    }
    return newest;
}

/* True when every other recipient has given a receipt that covers the index. */
static status all_have(struct exchange *x, const struct stream_id *stream,
                       const struct header *h, bool *ret)
{
    bool all = true;

    for (uint32_t i = 0; all && i < h->recipient_count; i++) {
        sequence size = 0;
        if (agency_id_equal(&h->recipients[i].agency, &x->self))
            continue;
        const status s = x->store.ops->receipt_size(x->store.self, stream,
                                                    &h->recipients[i].agency, &size);
        if (s != E_UNKNOWN)
            TRY(s);
        all = s == OK && size > h->index;
    }
    *ret = all;
    return OK;
}

status exchange_content_again(struct exchange *x, const struct entry_row *row,
                              const struct header *h, const struct sealed_content **ret)
{
    uint8_t storage_key[32];
    uint8_t key[CONTENT_KEY_SIZE];
    const struct salted_item *items = NULL;
    size_t count = 0;
    struct sealed_content *const content = arena_take(x->arena, sizeof *content);

    ENSURE(content != NULL, E_MEMORY);
    TRY(x->store.ops->key_find(x->store.self, &row->stream, row->index, storage_key));
    status s = open_kept_key(storage_key, &row->id, row->kept, key);
    explicit_bzero(storage_key, sizeof storage_key);
    TRY(s);
    const struct entry_parts parts = {
        .header = row->header, .h = h, .ciphertext = row->ciphertext};
    s = open_content(key, &parts, x->arena, &items, &count);
    explicit_bzero(key, sizeof key);
    TRY(s);
    *content =
        (struct sealed_content){.root = h->content_root, .item_count = h->item_count};
    TRY(content_encode(items, count, x->arena, &content->plain));
    *ret = content;
    return OK;
}

/* Agencies of the old recipients that may still have it. */
static status recipients_again(struct exchange *x, const struct header *h,
                               struct submission *s)
{
    struct agency_id *const r = arena_array(x->arena, h->recipient_count, sizeof *r);

    ENSURE(r != NULL, E_MEMORY);
    for (uint32_t i = 0; i < h->recipient_count; i++) {
        const struct peer *const p = exchange_peer(x, &h->recipients[i].agency);
        if (p != NULL && p->current)
            r[s->recipient_count++] = p->id;
    }
    s->recipients = r;
    return OK;
}

/* The idempotency key of an entry issued again, so that a restart does not do it twice. */
static status reissue_key(struct exchange *x, const struct stream_id *old, sequence index,
                          struct bytes *ret)
{
    enum { KEY_ROOM = 48 };
    uint8_t *const key = arena_take(x->arena, KEY_ROOM);

    ENSURE(key != NULL, E_MEMORY);
    struct writer w = writer_over(key, KEY_ROOM);
    write_text(&w, "flagpost/reissue/v1");
    write_u8(&w, (uint8_t)old->lane);
    write_u32(&w, old->epoch.counter);
    write_bytes(&w, bytes_of(old->epoch.random, sizeof old->epoch.random));
    write_u64(&w, index);
    MUST(!w.bad);
    *ret = writer_bytes(&w);
    return OK;
}

/* E_UNKNOWN: nothing to issue again here. */
static status reissue_one(struct exchange *x, const struct stream_id *old, sequence index)
{
    struct submission s = {.lane = old->lane};
    struct place place = {0};
    struct entry_row row = {0};
    struct header h;
    bool all = true;

    TRY(reissue_key(x, old, index, &s.idempotency_key));
    const status done =
        x->store.ops->idempotency_find(x->store.self, s.idempotency_key, &place);
    ENSURE(done == E_UNKNOWN, done == OK ? E_UNKNOWN : done);
    TRY(x->store.ops->entry_find(x->store.self, old, index, x->arena, &row));
    ENSURE(row.disposition == DISPOSITION_HELD && row.kind != KIND_EPOCH &&
               row.kind != KIND_AUDIT,
           E_UNKNOWN);
    TRY(header_decode(row.header, x->arena, &h));
    TRY(all_have(x, old, &h, &all));
    ENSURE(!all, E_UNKNOWN);
    s.id = row.id;
    s.kind = row.kind;
    s.label = h.label;
    s.has_previous = h.has_previous;
    s.previous = h.previous;
    s.about = h.about;
    s.parent_count = h.parent_count;
    s.parents = h.parents;
    TRY(exchange_content_again(x, &row, &h, &s.content));
    TRY(recipients_again(x, &h, &s));
    return exchange_submit(x, &s);
}

void reissue_begin(struct own_lane *own)
{
    own->reissue = (struct reissue){.stream = own->row.id};
    own->reissue.stream.epoch = (struct epoch){0};
}

/* What is being fetched back of it comes when it is there, with the receipts for it. */
static status next_stream(struct exchange *x, struct own_lane *own)
{
    struct reissue *const r = &own->reissue;
    const size_t mark = arena_mark(x->arena);
    struct stream_row *const old = arena_take(x->arena, sizeof *old);

    ENSURE(old != NULL, E_MEMORY);
    const status s = x->store.ops->stream_after(x->store.self, &r->stream, old);
    ENSURE(s == OK || s == E_UNKNOWN, s);
    r->done = s == E_UNKNOWN || stream_id_equal(&old->id, &own->row.id);
    if (!r->done) {
        const bool comes = own->back.is_on && stream_id_equal(&own->back.row.id, &old->id);
        r->stream = old->id;
        r->next = 0;
        r->size = comes ? own->back.from : old->frontier.size;
    }
    arena_rewind(x->arena, mark);
    return OK;
}

/* A row that cannot be read, or opened, keeps back no other: it is told, and tried again at
 * the next start. */
static status next_entry(struct exchange *x, struct reissue *r)
{
    const size_t mark = arena_mark(x->arena);
    const status s = reissue_one(x, &r->stream, r->next);

    if (s != OK)
        arena_rewind(x->arena, mark);
    ENSURE(s != E_BUSY && s != E_REVOKED && s != E_EXPIRED, s);
    ENSURE(s != E_STORAGE && s != E_MEMORY, s);
    /* An erased key has nothing to issue again. */
    if (s != OK && s != E_UNKNOWN)
        notice(x, NOTICE_DAMAGED, &x->self, r->stream.lane, r->next, s);
    r->next++;
    return OK;
}

/* All epochs before this one, in the order in which they were published: an epoch may have
 * ended before it had issued again what was before it, and where a backup from before it is
 * put back, nobody may have that. */
status reissue(struct exchange *x, enum lane lane)
{
    struct own_lane *const own = &x->own[lane_rank(lane)];
    struct reissue *const r = &own->reissue;
    status s = OK;

    if (x->holds_back)
        return OK;
    for (size_t i = 0; s == OK && !r->done; i++) {
        const bool room = x->arena->room - x->arena->used > 2 * (size_t)CLOSE_RESERVE;
        if (i == GROUP_ENTRIES_MAX || !room)
            s = E_BUSY;
        else
            s = r->next < r->size ? next_entry(x, r) : next_stream(x, own);
    }
    x->more = x->more || s == E_BUSY; /* the turn is full: go on in the next one */
    /* Nothing is published under a roster in which we are not, or that has run out. */
    return s == E_BUSY || s == E_REVOKED || s == E_EXPIRED ? OK : s;
}

#include "parts.h"

#include <string.h>

/*
 * Looked at when an effect leaves, with the store showing committed rows alone: whatever it
 * says must be there already (P1), and be true.
 */

static const char *name_of(const struct world *w, const struct host *h)
{
    return w->cast.actors[h->identity].id.text;
}

static bool stream_committed(const struct host *h, const struct stream_id *id,
                             struct stream_row *ret)
{
    const struct store store = host_store(h);

    return store.ops->stream_get(store.self, id, ret) == OK;
}

static void check_follower_hello(struct world *w, struct host *h, const struct effect *e,
                                 const struct frame_hello *hello)
{
    const struct stream_id id = {
        .agency = e->send.peer, .lane = e->send.lane, .epoch = hello->epoch};
    struct stream_row row = {0};

    if (epoch_is_none(&hello->epoch))
        return;
    if (!stream_committed(h, &id, &row) || row.frontier.size < hello->size ||
        row.receipted < hello->receipted) {
        world_fail(w, "P1", "%s greets with what is not durable", name_of(w, h));
        return;
    }
    const struct ledger *const l = truth_for(w, h, &id);
    if (l == NULL || !ledger_has_root(l, hello->size, &hello->root))
        world_fail(w, "P3", "%s believes in a history of %s that there is not",
                   name_of(w, h), id.agency.text);
}

static void check_publisher_hello(struct world *w, struct host *h, const struct effect *e,
                                  const struct frame_hello *hello)
{
    const struct stream_id id = {.agency = w->cast.actors[h->identity].id,
                                 .lane = e->send.lane,
                                 .epoch = hello->epoch};
    struct stream_row row = {0};

    if (!stream_committed(h, &id, &row) || row.frontier.size < hello->size)
        world_fail(w, "P1", "%s tells of a head that is not durable", name_of(w, h));
}

/* Its own; or the follower gives its publisher's back. */
static struct stream_id stream_sent(const struct world *w, const struct host *h,
                                    const struct effect *e, struct epoch epoch)
{
    return (struct stream_id){.agency = e->send.end == END_FOLLOWING
                                            ? e->send.peer
                                            : w->cast.actors[h->identity].id,
                              .lane = e->send.lane,
                              .epoch = epoch};
}

static void check_group(struct world *w, struct host *h, const struct effect *e,
                        const struct frame_group *g)
{
    const struct stream_id id = stream_sent(w, h, e, g->epoch);
    const struct store store = host_store(h);
    struct group_row row = {0};

    if (store.ops->group_find(store.self, &id, g->first, &w->turn, &row) != OK) {
        world_fail(w, "P1", "%s sends a group that is not durable", name_of(w, h));
        return;
    }
    if (row.first != g->first || !bytes_equal(row.leaves, g->leaves) ||
        !bytes_equal(row.checkpoint, g->checkpoint))
        world_fail(w, "P3", "%s sends other bytes of a group than it keeps", name_of(w, h));
    if (e->send.end == END_PUBLISHING)
        truth_group(w, h, g, e->send.lane);
}

/* What today's roster at the sender lets the recipient have, judged anew. */
static bool may_have(const struct host *h, const struct agency_id *peer,
                     const struct header *header)
{
    const struct roster *const r = &h->exchange->roster;

    for (size_t i = 0; i < r->revocation_count; i++) {
        if (agency_id_equal(&r->revocations[i].agency, peer))
            return false;
    }
    for (size_t i = 0; i < r->agency_count; i++) {
        if (agency_id_equal(&r->agencies[i].id, peer))
            return header->kind == KIND_EPOCH ||
                   header->label.marking <= r->agencies[i].ceiling;
    }
    return false;
}

static void check_copy(struct world *w, struct host *h, const struct effect *e,
                       const struct entry_row *row, const struct entry_copy *copy)
{
    struct header header;

    if (!bytes_equal(row->header, copy->header) ||
        !bytes_equal(row->ciphertext, copy->ciphertext)) {
        world_fail(w, "P3", "%s sends other bytes than it keeps", name_of(w, h));
        return;
    }
    MUST(header_decode(copy->header, &w->turn, &header) == OK);
    if (e->send.end == END_FOLLOWING) {
        if (header.kind != KIND_EPOCH &&
            !bytes_equal(copy->publisher_wrap, bytes_from(row->wraps, WRAP_SIZE)))
            world_fail(w, "P3", "%s gives back another wrap than it got", name_of(w, h));
        return;
    }
    if (!may_have(h, &e->send.peer, &header))
        world_fail(w, "P7", "%s sends %s what it may not have now", name_of(w, h),
                   e->send.peer.text);
    if (header.kind == KIND_EPOCH)
        return;
    const int rank = header_recipient_rank(&header, &e->send.peer);
    if (rank < 0)
        world_fail(w, "P4", "%s sends %s what is not addressed to it", name_of(w, h),
                   e->send.peer.text);
    else if (!bytes_equal(copy->wrap,
                          bytes_of(row->wraps.at + (size_t)rank * WRAP_SIZE, WRAP_SIZE)))
        world_fail(w, "P4", "%s sends %s another's wrap", name_of(w, h), e->send.peer.text);
}

static void check_entries(struct world *w, struct host *h, const struct effect *e,
                          const struct frame_entries *entries)
{
    const struct store store = host_store(h);
    const struct stream_id id = stream_sent(w, h, e, entries->epoch);

    for (uint32_t i = 0; i < entries->entry_count && !w->failed; i++) {
        struct entry_row row = {0};
        if (store.ops->entry_find(store.self, &id, entries->entries[i].index, &w->turn,
                                  &row) != OK)
            world_fail(w, "P1", "%s sends an entry that is not durable", name_of(w, h));
        else
            check_copy(w, h, e, &row, &entries->entries[i]);
    }
}

/* Everything that the receipt speaks of is durable here, and its numbers are right. */
static void check_tally(struct world *w, struct host *h, const struct ledger *l,
                        const struct receipt *r)
{
    const struct store store = host_store(h);
    uint64_t tally[DISPOSITIONS] = {0};

    for (sequence i = 0; i < r->size && !w->failed; i++) {
        struct entry_row row = {0};
        if ((l->lines[i].addressed & (1u << h->identity)) == 0)
            continue;
        if (store.ops->entry_find(store.self, &l->id, i, &w->turn, &row) != OK)
            world_fail(w, "receipt", "%s receipts %s/%d up to %zu without %zu",
                       name_of(w, h), l->id.agency.text, (int)l->id.lane, (size_t)r->size,
                       (size_t)i);
        else if (row.kind != KIND_EPOCH)
            tally[row.disposition]++;
    }
    /* A receipt states its moment: what was erased since was held then, or was closed. */
    if (r->time < h->erased_at) {
        const uint64_t since = tally[DISPOSITION_ERASED] - r->erased;
        const uint64_t less = r->unopenable - tally[DISPOSITION_UNOPENABLE];
        const uint64_t closed =
            r->unopenable > tally[DISPOSITION_UNOPENABLE] && less <= since ? less : 0;
        tally[DISPOSITION_UNOPENABLE] += closed;
        tally[DISPOSITION_HELD] += since - closed;
        tally[DISPOSITION_ERASED] = r->erased;
    }
    if (r->held != tally[DISPOSITION_HELD] || r->withheld != tally[DISPOSITION_WITHHELD] ||
        r->refused != tally[DISPOSITION_REFUSED] ||
        r->unopenable != tally[DISPOSITION_UNOPENABLE] ||
        r->erased != tally[DISPOSITION_ERASED])
        world_fail(w, "receipt",
                   "%s receipts %s/%d as held %zu, withheld %zu, where they are %zu, %zu",
                   name_of(w, h), l->id.agency.text, (int)l->id.lane, (size_t)r->held,
                   (size_t)r->withheld, (size_t)tally[DISPOSITION_HELD],
                   (size_t)tally[DISPOSITION_WITHHELD]);
}

static void check_receipt(struct world *w, struct host *h, const struct frame_receipt *r)
{
    const uint8_t *const key = keyring_sign_public(w->cast.actors[h->identity].keyring);
    struct note *const n = arena_take(&w->turn, sizeof *n);
    struct checkpoint c;
    struct stream_row row = {0};
    struct receipt told = {0};

    MUST(n != NULL && note_parse(r->cosignature, &w->turn, n) == OK &&
         checkpoint_read(n, &c) == OK);
    const struct ledger *const l = truth_for(w, h, &c.stream);
    if (l == NULL || !ledger_has_root(l, c.size, &c.root)) {
        world_fail(w, "receipt", "%s cosigns a root of %s/%d that there is not",
                   name_of(w, h), c.stream.agency.text, (int)c.stream.lane);
        return;
    }
    if (!stream_committed(h, &c.stream, &row) || row.complete < c.size)
        world_fail(w, "P1", "%s cosigns what is not durable", name_of(w, h));
    told.size = c.size;
    if (r->receipt.size > 0) {
        MUST(receipt_verify(r->receipt, key, &w->turn, &told) == OK);
        check_tally(w, h, l, &told);
    } else {
        check_tally(w, h, l, &told);
    }
}

void oracle_send(struct world *w, struct host *h, const struct effect *e,
                 const struct frame *f)
{
    const size_t mark = arena_mark(&w->turn);

    switch (f->kind) {
    case FRAME_HELLO:
        if (e->send.end == END_FOLLOWING)
            check_follower_hello(w, h, e, &f->hello);
        else
            check_publisher_hello(w, h, e, &f->hello);
        break;
    case FRAME_GROUP:
        check_group(w, h, e, &f->group);
        break;
    case FRAME_ENTRIES:
        check_entries(w, h, e, &f->entries);
        break;
    case FRAME_RECEIPT:
        check_receipt(w, h, &f->receipt);
        break;
    case FRAME_FETCH:
    case FRAME_NOTIFY:
    case FRAME_ROSTER:
    case FRAME_KX:
    case FRAME_GOSSIP:
    case FRAME_EVIDENCE:
    case FRAME_ERROR:
        break;
    }
    arena_rewind(&w->turn, mark);
}

void oracle_answer(struct world *w, struct host *h, const struct effect *e)
{
    const struct store store = host_store(h);
    struct story *const s = &w->stories[e->answer.ticket - 1];
    struct entry_row row = {0};
    struct place place = {0};

    world_trace(w, "host %zu answers %zu", s->host, (size_t)e->answer.ticket - 1);
    if (store.ops->entry_find(store.self, &e->answer.place.stream, e->answer.place.index,
                              &w->turn, &row) != OK ||
        !record_id_equal(&row.id, &e->answer.id))
        world_fail(w, "P1", "%s acknowledges what is not durable", name_of(w, h));
    else if (s->keyed &&
             (store.ops->idempotency_find(store.self, bytes_of_text(s->key), &place) !=
                  OK ||
              place.index != row.index || !stream_id_equal(&place.stream, &row.stream)))
        world_fail(w, "P1", "%s forgets an answer it gave", name_of(w, h));
    s->answered = true;
    s->id = e->answer.id;
    s->place = e->answer.place;
}

/* Of this week, and none that was replaced longer ago than a record may be under way; once
 * the host has been up for as long as it waits with that. */
void oracle_keys(struct world *w, struct host *h)
{
    const struct keyring_kx *const all = keyring_kx_all(h->keyring);
    const millis now = host_now(w, h);
    millis newest = 0;

    for (size_t i = 0; i < KX_KEPT_MAX; i++)
        newest = all[i].from > newest ? all[i].from : newest;
    for (size_t i = 0; i < (size_t)KX_KEPT_MAX * KX_KEPT_MAX; i++) {
        const struct keyring_kx *const before = &all[i / KX_KEPT_MAX];
        const struct keyring_kx *const after = &all[i % KX_KEPT_MAX];
        if (before->id != 0 && before->id < after->id && now > after->from + KX_KEEP_MS)
            world_fail(w, "KX", "%s keeps key %u, which was replaced %zu days ago",
                       name_of(w, h), (unsigned)before->id,
                       (size_t)((now - after->from) / DAY_MS));
    }
    if (now > newest + KX_PERIOD_MS)
        world_fail(w, "KX", "%s has no key of this week", name_of(w, h));
}

/* The entry's row and ledger: a notice names no epoch, so the last one told of comes first.
 */
static const struct ledger *find_told(struct world *w, struct host *h,
                                      const struct effect *e, struct entry_row *ret)
{
    const struct store store = host_store(h);
    const struct told *const told =
        &h->told[cast_find(&w->cast, &e->notice.peer)][lane_rank(e->notice.lane)];
    struct stream_id id = {
        .agency = e->notice.peer, .lane = e->notice.lane, .epoch = told->epoch};

    for (size_t i = 0; i <= w->ledgers.count; i++) {
        const struct ledger *const l = truth_for(w, h, &id);
        if (l != NULL &&
            store.ops->entry_find(store.self, &id, e->notice.index, &w->turn, ret) == OK)
            return l;
        while (i < w->ledgers.count &&
               (!agency_id_equal(&w->ledgers.at[i].id.agency, &id.agency) ||
                w->ledgers.at[i].id.lane != id.lane))
            i++;
        if (i < w->ledgers.count)
            id.epoch = w->ledgers.at[i].id.epoch;
    }
    return NULL;
}

static void check_entry(struct world *w, struct host *h, const struct effect *e)
{
    struct told *const told =
        &h->told[cast_find(&w->cast, &e->notice.peer)][lane_rank(e->notice.lane)];
    struct entry_row row = {0};
    const struct ledger *const l = find_told(w, h, e, &row);

    if (l == NULL) {
        world_fail(w, "P1", "%s tells of an entry that is not durable", name_of(w, h));
        return;
    }
    if (!epoch_equal(&told->epoch, &l->id.epoch))
        *told = (struct told){.epoch = l->id.epoch};
    if (row.index < told->next)
        world_fail(w, "P2", "%s disposes of %zu after %zu", name_of(w, h),
                   (size_t)row.index, (size_t)told->next - 1);
    told->next = row.index + 1;
    row_check(w, h, l, &row);
    story_shown(w, h, l, &row);
}

/* What comes back to its publisher, in whatever order, is what it had published. */
static void check_returned(struct world *w, struct host *h, const struct effect *e)
{
    const struct store store = host_store(h);

    for (size_t i = 0; i < w->ledgers.count; i++) {
        const struct ledger *const l = &w->ledgers.at[i];
        struct entry_row row = {0};
        if (agency_id_equal(&l->id.agency, &e->notice.peer) &&
            l->id.lane == e->notice.lane && e->notice.index < l->frontier.size &&
            store.ops->entry_find(store.self, &l->id, e->notice.index, &w->turn, &row) ==
                OK &&
            hash_equal(&row.leaf, &l->lines[row.index].leaf))
            return;
    }
    world_fail(w, "P3", "%s takes back what it did not publish", name_of(w, h));
}

static void epoch_told(struct host *h, size_t publisher, enum lane lane)
{
    const struct exchange *const x = h->exchange;

    for (size_t i = 0; i < x->peer_count; i++) {
        const struct follow *const f = &x->peers[i].follows[lane_rank(lane)];
        struct told *const told = &h->told[publisher][lane_rank(lane)];
        if (i == publisher && f->known && !epoch_equal(&told->epoch, &f->row.id.epoch))
            *told = (struct told){.epoch = f->row.id.epoch};
    }
}

void oracle_notice(struct world *w, struct host *h, const struct effect *e)
{
    const size_t of = cast_find(&w->cast, &e->notice.peer);

    world_trace(w, "  %s: notice %d of %s lane %d index %zu: %s", name_of(w, h),
                (int)e->notice.what, e->notice.peer.text, (int)e->notice.lane,
                (size_t)e->notice.index, status_word(e->notice.why));
    switch (e->notice.what) {
    case NOTICE_ENTRY:
        (of == h->identity ? check_returned : check_entry)(w, h, e);
        break;
    case NOTICE_FORK:
        if (!world_is_hostile(w, of))
            world_fail(w, "P8", "%s sees two histories of %s, which has one", name_of(w, h),
                       e->notice.peer.text);
        break;
    case NOTICE_FENCED:
    case NOTICE_DAMAGED:
        if (!h->settling)
            world_fail(w, "P10", "%s is fenced or harmed by %s: no cause", name_of(w, h),
                       e->notice.peer.text);
        break;
    case NOTICE_EPOCH:
        epoch_told(h, of, e->notice.lane);
        break;
    case NOTICE_REJECTED:
    case NOTICE_RECEIPT:
    case NOTICE_ROSTER:
    case NOTICE_PUBLISHED:
        break;
    }
}

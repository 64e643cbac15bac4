#include "internal.h"

/*
 * What a publisher hears on a connection: greetings, which it compares with its log, then
 * requests, then receipts.  What it sends on them is in delivering.c.
 */

status delivery_load(struct exchange *x, struct peer *p, enum lane lane)
{
    const struct own_lane *const own = &x->own[lane_rank(lane)];
    const status s = x->store.ops->receipt_size(x->store.self, &own->row.id, &p->id,
                                                &p->deliveries[lane_rank(lane)].receipted);

    return s == E_UNKNOWN ? OK : s;
}

/* What a follower says it holds of us, against our log.  One that says it holds more than
 * we do, or another history, gets no byte: our journal may not be the one that published
 * (P8).  But its word alone fences nobody, or any member could silence any other: it is
 * asked for proof, which is a checkpoint under our own key (gossip.c). */
static status compare_heads(struct exchange *x, const struct own_lane *own,
                            const struct frame_hello *hello, bool *ret_agrees)
{
    struct hash root;

    /* Nothing yet, or an older epoch of ours: it will learn of this one. */
    if (epoch_is_none(&hello->epoch) || hello->epoch.counter < own->row.id.epoch.counter) {
        *ret_agrees = true;
        return OK;
    }
    *ret_agrees = epoch_equal(&hello->epoch, &own->row.id.epoch) &&
                  hello->size <= own->row.frontier.size;
    /* An honest follower stands where a group ends; hashing the log up to anywhere else is
     * work that a stranger's number may not ask for. */
    if (*ret_agrees)
        TRY(is_head(x, &own->row, hello->size, ret_agrees));
    if (!*ret_agrees || hello->size == 0)
        return OK;
    TRY(root_at(x, &own->row, hello->size, &root));
    *ret_agrees = hash_equal(&root, &hello->root);
    return OK;
}

status publisher_hello(struct exchange *x, struct peer *p, enum lane lane,
                       const struct frame_hello *hello)
{
    const struct own_lane *const own = &x->own[lane_rank(lane)];
    struct delivery *const d = &p->deliveries[lane_rank(lane)];
    struct frame answer = {.lane = lane, .kind = FRAME_HELLO};

    ENSURE(hash_equal(&hello->realm, &x->realm), E_REALM);
    TRY(compare_heads(x, own, hello, &d->greeted));
    const bool is_new = d->instance != hello->instance;
    if (is_new) {
        d->instance = hello->instance;
        d->asked = false;
    }
    answer.hello = (struct frame_hello){
        .realm = x->realm,
        .roster_version = x->roster.version,
        .epoch = own->row.id.epoch,
        .size = own->row.frontier.size,
        .root = frontier_root(&own->row.frontier),
        .instance = x->instance,
        .kx_id = p->kx_id,
        .receipted = d->receipted,
    };
    (void)send_frame(x, p, END_PUBLISHING, &answer); /* it greets again */
    TRY(tell_trust(x, p, END_PUBLISHING, lane, hello));
    if (is_new)
        tell_its_own(x, p, lane);
    return d->greeted ? OK : E_FORK;
}

status publisher_fetch(struct exchange *x, struct peer *p, enum lane lane,
                       const struct frame_fetch *fetch)
{
    const struct own_lane *const own = &x->own[lane_rank(lane)];
    struct delivery *const d = &p->deliveries[lane_rank(lane)];

    ENSURE(d->greeted, E_BUSY);
    ENSURE(fetch->credit >= 1 && fetch->credit <= CREDIT_GROUPS_MAX, E_VALUE);
    ENSURE(epoch_is_none(&fetch->epoch) || epoch_equal(&fetch->epoch, &own->row.id.epoch),
           E_UNKNOWN);
    ENSURE(fetch->from <= own->row.frontier.size, E_UNKNOWN);
    d->asked = true;
    d->cursor = fetch->from;
    d->told = false;
    d->credit = fetch->credit;
    d->sent_count = 0;
    pace_again(&d->pace, x->now);
    return OK;
}

status publisher_notify(struct exchange *x, struct peer *p, enum lane lane,
                        const struct frame_notify *notify)
{
    const struct own_lane *const own = &x->own[lane_rank(lane)];

    if (!epoch_equal(&notify->epoch, &own->row.id.epoch))
        return OK; /* of the one before, and on its way when this one began */
    ENSURE(notify->size <= own->row.frontier.size, E_VALUE);
    pace_taken(&p->deliveries[lane_rank(lane)].pace, notify->size, x->now);
    return OK;
}

static void settle(struct delivery *d, sequence size, millis now)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < d->sent_count; i++) {
        if (d->sent[i] > size)
            d->sent[kept++] = d->sent[i];
    }
    d->sent_count = kept;
    if (size > d->receipted)
        d->receipted = size;
    pace_taken(&d->pace, size, now);
}

status publisher_receipt(struct exchange *x, struct peer *p, enum lane lane,
                         const struct frame_receipt *r)
{
    const struct roster_agency *const entry = roster_find(&x->roster, &p->id);
    const struct own_lane *const own = &x->own[lane_rank(lane)];
    struct note *const n = arena_take(x->arena, sizeof *n);
    struct checkpoint c;
    struct group_row g = {0};
    struct receipt told = {0};
    millis time = 0;

    ENSURE(entry != NULL, E_REVOKED);
    ENSURE(n != NULL, E_MEMORY);
    TRY(note_parse(r->cosignature, x->arena, n));
    TRY(checkpoint_read(n, &c));
    /* Of the epoch before, too, while it is fetched back. */
    const bool back = own->back.is_on && stream_id_equal(&c.stream, &own->back.row.id);
    const struct stream_row *const about = back ? &own->back.row : &own->row;
    ENSURE(stream_id_equal(&c.stream, &about->id), E_UNKNOWN);
    ENSURE(c.size >= 1 && c.size <= about->frontier.size, E_VALUE);
    TRY(x->store.ops->group_find(x->store.self, &c.stream, c.size - 1, x->arena, &g));
    ENSURE(g.first + g.count == c.size, E_VALUE);
    /* The follower signs our text; what it signed must be what we published. */
    ENSURE(g.checkpoint.size >= n->text.size &&
               bytes_equal(bytes_of(g.checkpoint.at, n->text.size), n->text),
           E_HASH);
    TRY(agency_cosignature_verify(n, &x->realm, entry, &time));
    if (r->receipt.size > 0) {
        TRY(agency_receipt_verify(r->receipt, entry, x->arena, &told));
        ENSURE(hash_equal(&told.realm, &x->realm) &&
                   stream_id_equal(&told.stream, &c.stream) && told.size == c.size &&
                   hash_equal(&told.root, &c.root) &&
                   agency_id_equal(&told.follower, &p->id),
               E_VALUE);
    }
    const struct receipt_row row = {.stream = c.stream,
                                    .peer = p->id,
                                    .size = c.size,
                                    .cosignature = r->cosignature,
                                    .receipt = r->receipt,
                                    .at = x->now};
    TRY(x->store.ops->receipt_put(x->store.self, &row));
    if (!back)
        settle(&p->deliveries[lane_rank(lane)], c.size, x->now);
    notice(x, NOTICE_RECEIPT, &p->id, lane, c.size, OK);
    return OK;
}

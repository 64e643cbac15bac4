#include "internal.h"

/*
 * What a follower says: greetings, which are also the heartbeat; requests, which are
 * absolute and so may be repeated at any time; and receipts.
 */

/* As often as they are answered, or a slow line would carry nothing else. */
static millis greet_every(const struct exchange *x, const struct follow *f)
{
    const millis took = f->greet_ms < GREET_SLOW_MS ? f->greet_ms : GREET_SLOW_MS;

    return took > x->hello_ms ? took : x->hello_ms;
}

bool line_is_full(const struct exchange *x, const struct peer *p, enum lane lane)
{
    const struct follow *const f = &p->follows[lane_rank(lane)];

    return f->greeting && x->now - f->greeting_at > x->hello_ms;
}

void follower_greet(struct exchange *x, struct peer *p, enum lane lane)
{
    struct follow *const f = &p->follows[lane_rank(lane)];
    struct frame hello = {.lane = lane, .kind = FRAME_HELLO};

    if (f->hello_at != 0 && x->now - f->hello_at < greet_every(x, f))
        return;
    f->hello_at = x->now;
    if (!f->greeting)
        f->greeting_at = x->now;
    f->greeting = true;
    hello.hello = (struct frame_hello){.realm = x->realm,
                                       .roster_version = x->roster.version,
                                       .instance = x->instance,
                                       .kx_id = p->kx_id};
    if (f->known) {
        hello.hello.epoch = f->row.id.epoch;
        hello.hello.size = f->row.frontier.size;
        if (f->row.frontier.size > 0)
            hello.hello.root = frontier_root(&f->row.frontier);
        hello.hello.receipted = f->row.receipted;
    }
    (void)send_frame(x, p, END_FOLLOWING, &hello); /* it greets again */
}

/* The first index that is not here yet: of a group that is awaited, after the last entry
 * that was taken, so that nothing of it has to come twice. */
static sequence next_index(const struct follow *f)
{
    const bool within =
        f->pending && f->row.mine.count > 0 && f->row.mine.last >= f->row.complete;

    return within ? f->row.mine.last + 1 : f->row.complete;
}

static millis waited(const struct exchange *x, const struct follow *f)
{
    return x->now - (f->progress_at > f->asked_at ? f->progress_at : f->asked_at);
}

static millis patience(const struct follow *f)
{
    return f->stall_ms > STALL_MS ? f->stall_ms : STALL_MS;
}

void follower_progress(struct exchange *x, struct follow *f)
{
    const millis took = waited(x, f);

    f->stall_ms = took < STALL_SLOW_MS / 2 ? 2 * took : STALL_SLOW_MS;
    f->progress_at = x->now;
}

/* After a time in vain the next wait is twice as long, as far as STALL_VAIN_MS: what comes
 * late because the line is full comes later for being sent twice. */
static void ask(struct exchange *x, struct peer *p, enum lane lane)
{
    struct follow *const f = &p->follows[lane_rank(lane)];
    struct frame fetch = {.lane = lane, .kind = FRAME_FETCH};

    if (f->asked && patience(f) < STALL_VAIN_MS)
        f->stall_ms = 2 * patience(f);

    fetch.fetch.credit = CREDIT_GROUPS_MAX;
    if (f->known && epoch_equal(&f->row.id.epoch, &f->peer_epoch)) {
        fetch.fetch.epoch = f->row.id.epoch;
        fetch.fetch.from = next_index(f);
    } else {
        fetch.fetch.epoch = f->peer_epoch;
    }
    f->asked = true;
    f->asked_at = x->now;
    (void)send_frame(x, p, END_FOLLOWING, &fetch); /* it asks again */
}

/* The same bytes as were signed then: a receipt is never made twice for one size. */
static status tell_receipt_again(struct exchange *x, struct peer *p, enum lane lane)
{
    const struct follow *const f = &p->follows[lane_rank(lane)];
    struct receipt_row row = {0};
    struct frame r = {.lane = lane, .kind = FRAME_RECEIPT};

    const status s =
        x->store.ops->own_receipt_find(x->store.self, &f->row.id, x->arena, &row);
    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    r.receipt = (struct frame_receipt){
        .epoch = f->row.id.epoch, .cosignature = row.cosignature, .receipt = row.receipt};
    (void)send_frame(x, p, END_FOLLOWING, &r); /* a greeting asks for it again */
    return OK;
}

status follower_hello(struct exchange *x, struct peer *p, enum lane lane,
                      const struct frame_hello *hello)
{
    struct follow *const f = &p->follows[lane_rank(lane)];

    ENSURE(hash_equal(&hello->realm, &x->realm), E_REALM);
    if (f->greeting)
        f->greet_ms = x->now - f->greeting_at;
    f->greeting = false;
    TRY(tell_trust(x, p, END_FOLLOWING, lane, hello));
    if (epoch_is_none(&hello->epoch))
        return OK; /* it has lost its journal and has no epoch yet */
    if (f->instance != hello->instance || !f->answered) {
        f->instance = hello->instance;
        f->asked = false;
    }
    f->answered = true;
    f->peer_epoch = hello->epoch;
    f->peer_size = hello->size;
    if (f->row.quarantine != OK)
        return OK;

    const bool same = f->known && epoch_equal(&f->row.id.epoch, &hello->epoch);
    /* It went back to an older epoch: our greeting tells it that we hold more. */
    if (f->known && !same && hello->epoch.counter <= f->row.id.epoch.counter)
        return OK;
    if (same && f->row.receipted > hello->receipted)
        TRY(tell_receipt_again(x, p, lane));
    const bool behind = !same || hello->size > f->row.complete;
    if (!f->asked || (behind && waited(x, f) >= patience(f)))
        ask(x, p, lane);
    return OK;
}

status follower_error(struct exchange *x, struct peer *p, enum lane lane, enum reject why)
{
    const struct follow *const f = &p->follows[lane_rank(lane)];
    struct frame proof = {.lane = lane, .kind = FRAME_GOSSIP};
    struct group_row g = {0};

    if (why != REJECT_FORK || !f->known || f->row.frontier.size == 0)
        return OK;
    TRY(x->store.ops->group_find(x->store.self, &f->row.id, f->row.frontier.size - 1,
                                 x->arena, &g));
    proof.gossip.note = g.checkpoint;
    (void)send_frame(x, p, END_FOLLOWING, &proof); /* its next refusal asks again */
    return OK;
}

static status sign_receipt(struct exchange *x, const struct follow *f,
                           struct receipt_row *ret)
{
    struct group_row g = {0};
    struct hash root = {0};

    TRY(x->store.ops->group_find(x->store.self, &f->row.id, f->row.complete - 1, x->arena,
                                 &g));
    TRY(root_at(x, &f->row, f->row.complete, &root));
    *ret = (struct receipt_row){
        .stream = f->row.id, .peer = x->self, .size = f->row.complete, .at = x->now};
    TRY(cosignature_sign(g.checkpoint, &x->self, x->now, x->keyring, x->arena,
                         &ret->cosignature));
    if (f->row.mine.count == 0)
        return OK; /* nothing was ever for us here: a witness, and no more */
    const struct receipt r = {.realm = x->realm,
                              .stream = f->row.id,
                              .size = f->row.complete,
                              .root = root,
                              .follower = x->self,
                              .time = x->now,
                              .held = f->row.tally[DISPOSITION_HELD],
                              .unopenable = f->row.tally[DISPOSITION_UNOPENABLE],
                              .refused = f->row.tally[DISPOSITION_REFUSED],
                              .withheld = f->row.tally[DISPOSITION_WITHHELD],
                              .erased = f->row.tally[DISPOSITION_ERASED]};
    return receipt_sign(&r, x->keyring, x->arena, &ret->receipt);
}

status follower_receipt(struct exchange *x, struct peer *p, enum lane lane)
{
    struct follow *const f = &p->follows[lane_rank(lane)];
    struct receipt_row row = {0};
    struct frame r = {.lane = lane, .kind = FRAME_RECEIPT};

    if (!f->known || !p->current || f->row.quarantine != OK ||
        f->row.complete <= f->row.receipted)
        return OK;
    /* The tally already counts what came of the awaited group, which a receipt up to the
     * group before must not. */
    if (f->pending)
        return OK;
    if (f->row.mine.count == f->receipted_count && x->now - f->signed_at < WITNESS_MS)
        return OK;
    const status s = sign_receipt(x, f, &row);
    if (s == E_STORAGE || s == E_DAMAGED || s == E_UNKNOWN)
        return s;
    if (s != OK) {
        /* What was verified cannot be signed: never a reason for this node to stop. */
        x->more = true;
        return OK;
    }
    TRY(x->store.ops->own_receipt_put(x->store.self, &row));
    f->row.receipted = f->row.complete;
    f->receipted_count = f->row.mine.count;
    f->signed_at = x->now;
    f->dirty = true;
    r.receipt = (struct frame_receipt){
        .epoch = f->row.id.epoch, .cosignature = row.cosignature, .receipt = row.receipt};
    if (send_frame(x, p, END_FOLLOWING, &r))
        f->came = false; /* else a greeting asks for it (tell_receipt_again) */
    return OK;
}

void follower_notify(struct exchange *x, struct peer *p, enum lane lane)
{
    struct follow *const f = &p->follows[lane_rank(lane)];
    struct frame n = {.lane = lane, .kind = FRAME_NOTIFY};

    if (!f->came || !p->current || f->row.quarantine != OK)
        return;
    n.notify = (struct frame_notify){.epoch = f->row.id.epoch, .size = next_index(f)};
    f->came = !send_frame(x, p, END_FOLLOWING, &n);
}

#include "exchange.h"

#include "internal.h"

#include <string.h>

size_t peer_number(const struct exchange *x, const struct agency_id *id)
{
    for (size_t i = 0; i < x->peer_count; i++) {
        if (agency_id_equal(&x->peers[i].id, id))
            return i;
    }
    return NO_PEER;
}

const struct peer *exchange_peer(const struct exchange *x, const struct agency_id *id)
{
    const size_t n = peer_number(x, id);

    return n == NO_PEER ? NULL : &x->peers[n];
}

bool effects_have_room(const struct exchange *x, size_t wanted)
{
    const size_t most = EFFECTS_MAX - ANSWERS_MAX;

    return x->effects->count < most && wanted <= most - x->effects->count;
}

void notice(struct exchange *x, enum notice what, const struct agency_id *peer,
            enum lane lane, sequence index, status why)
{
    if (!effects_have_room(x, 1))
        return;
    struct effect *const e = &x->effects->at[x->effects->count++];
    *e = (struct effect){.kind = EFFECT_NOTICE};
    e->notice.what = what;
    e->notice.peer = *peer;
    e->notice.lane = lane;
    e->notice.index = index;
    e->notice.why = why;
}

static void queue_send(struct exchange *x, const struct peer *to, enum end end,
                       enum lane lane, struct bytes encoded)
{
    struct effect *const e = &x->effects->at[x->effects->count++];

    *e = (struct effect){.kind = EFFECT_SEND};
    e->send.peer = to->id;
    e->send.end = end;
    e->send.lane = lane;
    e->send.frame = encoded;
}

/* Closing the turn needs memory of its own, which no peer may have used up. */
static bool may_send(const struct exchange *x)
{
    return effects_have_room(x, 1) && x->arena->room - x->arena->used > CLOSE_RESERVE;
}

bool send_frame(struct exchange *x, const struct peer *to, enum end end,
                const struct frame *f)
{
    struct bytes encoded = {0};
    const bool fits = may_send(x) && frame_encode(f, x->arena, &encoded) == OK;

    if (fits)
        queue_send(x, to, end, f->lane, encoded);
    x->more = x->more || !fits;
    return fits;
}

static bool send_to(struct exchange *x, const struct frame *f, bool ready)
{
    struct bytes encoded = {0};
    bool fits = may_send(x) && effects_have_room(x, x->peer_count) &&
                frame_encode(f, x->arena, &encoded) == OK;

    for (size_t i = 0; fits && i < x->peer_count; i++) {
        const struct peer *const p = &x->peers[i];
        if (i != x->self_number && p->current && !(ready && line_is_full(x, p, f->lane)))
            queue_send(x, p, END_FOLLOWING, f->lane, encoded);
    }
    return fits;
}

void send_to_all(struct exchange *x, const struct frame *f)
{
    (void)send_to(x, f, false); /* told again by whoever has it, or asked for */
}

bool send_to_ready(struct exchange *x, const struct frame *f)
{
    return send_to(x, f, true);
}

status roster_of_version(struct exchange *x, uint32_t version, const struct roster **ret)
{
    struct bytes bytes = {0};

    ENSURE(version >= 1, E_VALUE);
    ENSURE(version <= x->roster.version, E_NEWER);
    if (version == x->roster.version) {
        *ret = &x->roster;
        return OK;
    }
    if (version != x->past.version) {
        const size_t mark = arena_mark(x->arena);
        struct note *const n = arena_take(x->arena, sizeof *n);
        ENSURE(n != NULL, E_MEMORY);
        TRY(x->store.ops->document_find(x->store.self, DOCUMENT_ROSTER, version, x->arena,
                                        &bytes));
        TRY(note_parse(bytes, x->arena, n));
        x->past.version = 0;
        TRY(roster_read(n->text, x->arena, &x->past));
        arena_rewind(x->arena, mark);
    }
    *ret = &x->past;
    return OK;
}

status exchange_load(struct exchange *x, const struct exchange_setup *setup,
                     struct arena *a)
{
    memset(x, 0, sizeof *x);
    x->self = setup->self;
    x->realm = setup->realm;
    x->keyring = setup->keyring;
    x->store = setup->store;
    x->root = *setup->root;
    x->lists = setup->lists;
    x->newer = setup->newer;
    x->instance = setup->instance;
    x->hello_ms = setup->hello_ms == 0 ? HELLO_MS_DEFAULT : setup->hello_ms;
    x->now = setup->now;
    TRY(x->store.ops->kx_secrets_load(x->store.self, x->keyring));
    TRY(trust_load(x, a));
    for (size_t l = 0; l < LANES; l++) {
        TRY(own_load(x, lane_of_rank(l), a));
        for (size_t i = 0; i < x->peer_count; i++) {
            TRY(follow_load(x, &x->peers[i], lane_of_rank(l), a));
            TRY(delivery_load(x, &x->peers[i], lane_of_rank(l)));
        }
    }
    x->arena = a;
    return own_epoch_look(x);
}

void exchange_begin(struct exchange *x, millis now, const uint8_t seed[DRAW_SEED_SIZE],
                    struct arena *arena, struct effects *effects)
{
    x->now = now;
    draw_init(&x->draw, seed);
    x->arena = arena;
    x->effects = effects;
    x->effects->count = 0;
    x->more = false;
    x->audit_count = 0;
    x->submitted = 0;
}

void exchange_clock(struct exchange *x, millis steady)
{
    x->clock_jumped = !clock_agrees(&x->clock, x->now, steady);
    x->clock_is_good = !x->clock_jumped && steady - x->clock.steady >= KX_SETTLE_MS;
}

/* A subscriber's messages to the publisher it follows. */
static status receive_as_publisher(struct exchange *x, struct peer *p,
                                   const struct frame *f)
{
    switch (f->kind) {
    case FRAME_HELLO:
        return publisher_hello(x, p, f->lane, &f->hello);
    case FRAME_FETCH:
        return publisher_fetch(x, p, f->lane, &f->fetch);
    case FRAME_RECEIPT:
        return publisher_receipt(x, p, f->lane, &f->receipt);
    case FRAME_ROSTER:
        return take_roster(x, p, f->roster.note);
    case FRAME_KX:
        return take_kx(x, p, f->kx.note);
    case FRAME_GOSSIP:
        return take_gossip(x, p, f->gossip.note);
    case FRAME_EVIDENCE:
        return take_evidence(x, p, &f->evidence);
    case FRAME_GROUP:
        return recover_group(x, p, f->lane, &f->group);
    case FRAME_ENTRIES:
        return recover_entries(x, p, f->lane, &f->entries);
    case FRAME_ERROR:
        recover_ended(x, p, f->lane, &f->error);
        return OK;
    case FRAME_NOTIFY:
        return publisher_notify(x, p, f->lane, &f->notify);
    }
    return E_VALUE;
}

/* A publisher's messages to us who follow it. */
static status receive_as_follower(struct exchange *x, struct peer *p, const struct frame *f)
{
    switch (f->kind) {
    case FRAME_HELLO:
        return follower_hello(x, p, f->lane, &f->hello);
    case FRAME_GROUP:
        return follower_group(x, p, f->lane, &f->group);
    case FRAME_ENTRIES:
        return follower_entries(x, p, f->lane, &f->entries);
    case FRAME_ROSTER:
        return take_roster(x, p, f->roster.note);
    case FRAME_KX:
        return take_kx(x, p, f->kx.note);
    case FRAME_GOSSIP:
        return take_gossip(x, p, f->gossip.note);
    case FRAME_EVIDENCE:
        return take_evidence(x, p, &f->evidence);
    case FRAME_ERROR:
        return follower_error(x, p, f->lane, f->error.reject);
    case FRAME_FETCH:
        return follower_fetch(p, f->lane, &f->fetch);
    case FRAME_RECEIPT:
    case FRAME_NOTIFY:
        return E_VALUE;
    }
    return E_VALUE;
}

/* Failures of our own store or memory must not be taken for a peer's fault. */
static bool is_fatal(status s)
{
    return s == E_STORAGE || s == E_DAMAGED;
}

static status receive_from(struct exchange *x, struct peer *p, enum end end, enum lane lane,
                           struct bytes bytes)
{
    struct frame f = {.lane = lane, .kind = FRAME_HELLO};

    TRY(frame_decode(bytes, x->arena, &f));
    ENSURE(f.lane == lane, E_VALUE);
    return end == END_PUBLISHING ? receive_as_publisher(x, p, &f)
                                 : receive_as_follower(x, p, &f);
}

/* What says "refused" in another version is not known for that here, nor ours there: to
 * answer each would go on for ever.  So both are told once in a greeting's time. */
static bool was_told_version(const struct exchange *x, struct peer *p)
{
    const bool was = x->now - p->version_at < x->hello_ms;

    if (!was)
        p->version_at = x->now;
    return was;
}

status exchange_receive(struct exchange *x, const struct agency_id *peer, enum end end,
                        enum lane lane, struct bytes bytes)
{
    const size_t number = peer_number(x, peer);

    if (number == NO_PEER || number == x->self_number || !x->peers[number].current) {
        notice(x, NOTICE_REJECTED, peer, lane, 0, E_REVOKED);
        return OK;
    }
    struct peer *const p = &x->peers[number];
    const status s = receive_from(x, p, end, lane, bytes);
    if (is_fatal(s))
        return s;
    if (s == OK && end == END_FOLLOWING)
        p->follows[lane_rank(lane)].heard_at = x->now;
    /* A group under a roster that is not here yet is no fault: the greeting brings the
     * roster, and then the group is asked for again. */
    if (s == OK || s == E_DUPLICATE || s == E_NEWER)
        return OK;
    if (s == E_VERSION && was_told_version(x, p))
        return OK;
    notice(x, NOTICE_REJECTED, peer, lane, 0, s);
    /* An ERROR is never answered, or two nodes could go on for ever. */
    struct frame answer = {.lane = lane, .kind = FRAME_ERROR};
    answer.error.reject = status_reject(s);
    (void)send_frame(x, p, end, &answer); /* what it says again is refused again */
    return OK;
}

status exchange_tick(struct exchange *x)
{
    for (size_t i = 0; i < x->peer_count; i++) {
        struct peer *const p = &x->peers[i];
        if (i == x->self_number || !p->current)
            continue;
        for (size_t l = 0; l < LANES; l++)
            follower_greet(x, p, lane_of_rank(l));
    }
    if (x->now - x->gossip_at >= x->hello_ms) {
        x->gossip_at = x->now;
        tell_gossip(x);
    }
    TRY(recover_tick(x));
    mend_tick(x);
    own_keys_choose(x);
    return renew_tick(x);
}

status exchange_audit(struct exchange *x, const struct item_audit *row)
{
    const struct item item = {.kind = ITEM_AUDIT, .audit = *row};
    struct bytes encoded = {0};
    const size_t mark = arena_mark(x->arena);

    ENSURE(x->fence == OK, E_FENCED);
    ENSURE(x->audit_count < AUDIT_ROWS_MAX, E_BUSY);
    const status s = item_encode(&item, x->arena, &encoded);
    const size_t size = encoded.size;
    arena_rewind(x->arena, mark);
    TRY(s);
    /* Recipients of this turn may still join a disclosure. */
    ENSURE(size + (size_t)LIST_MAX * (AGENCY_ID_MAX + 2) <= AUDIT_ROW_BYTES_MAX, E_LIMIT);
    x->audit[x->audit_count++] = *row;
    return OK;
}

void exchange_fence(struct exchange *x, status why)
{
    MUST(why != OK);
    x->fence = why;
}

static status put_follows(struct exchange *x)
{
    for (size_t i = 0; i < x->peer_count; i++) {
        for (size_t l = 0; l < LANES; l++) {
            struct follow *const f = &x->peers[i].follows[l];
            if (!f->dirty)
                continue;
            TRY(x->store.ops->stream_put(x->store.self, &f->row));
            f->dirty = false;
        }
    }
    return OK;
}

/* Deliveries before the local group, so that each disclosure's row is in the same commit.
 */
static status deliver_lane(struct exchange *x, enum lane lane)
{
    for (size_t i = 0; i < x->peer_count; i++) {
        if (i != x->self_number && x->peers[i].current)
            TRY(deliver(x, &x->peers[i], lane));
    }
    return OK;
}

/* For their rows, too, before the local group. */
static status give_all_back(struct exchange *x)
{
    for (size_t i = 0; i < x->peer_count; i++) {
        for (size_t l = 0; l < LANES; l++)
            TRY(give_back(x, &x->peers[i], lane_of_rank(l)));
    }
    return OK;
}

status exchange_close(struct exchange *x)
{
    TRY(seal_pending(x, LANE_IMMEDIATE));
    TRY(seal_pending(x, LANE_ROUTINE));
    TRY(deliver_lane(x, LANE_IMMEDIATE));
    TRY(deliver_lane(x, LANE_ROUTINE));
    TRY(give_all_back(x));
    TRY(seal_audit(x));
    TRY(deliver_lane(x, LANE_LOCAL));
    for (size_t i = 0; i < x->peer_count; i++) {
        for (size_t l = 0; l < LANES; l++) {
            TRY(follower_receipt(x, &x->peers[i], lane_of_rank(l)));
            follower_notify(x, &x->peers[i], lane_of_rank(l));
        }
    }
    TRY(put_follows(x));
    draw_done(&x->draw);
    return OK;
}

void exchange_idle(struct exchange *x)
{
    for (size_t l = 0; l < LANES; l++)
        MUST(x->own[l].pending_count == 0);
    x->audit_count = 0;
    draw_done(&x->draw);
}

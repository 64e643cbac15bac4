#include "world.h"

#include "parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HELLO_MS = 1000,
    TORN_CALLS = 12, /* of a commit: about what one takes */
};

void world_fail(struct world *w, const char *property, const char *format, ...)
{
    va_list args;

    if (w->failed)
        return;
    w->failed = true;
    const int n = snprintf(w->failure, sizeof w->failure, "%s: ", property);
    va_start(args, format);
    (void)vsnprintf(w->failure + n, sizeof w->failure - (size_t)n, format, args);
    va_end(args);
}

void world_trace(const struct world *w, const char *format, ...)
{
    va_list args;

    if (!w->trace)
        return;
    (void)printf("%5zu %7.3f ", w->step, (double)(w->now - WORLD_BEGINS) / 1000.0);
    va_start(args, format);
    (void)vprintf(format, args);
    va_end(args);
    (void)printf("\n");
}

static void *memory(size_t size)
{
    void *const at = calloc(1, size);

    MUST(at != NULL);
    return at;
}

void world_init(struct world *w, struct backing (*backing)(unsigned number))
{
    memset(w, 0, sizeof *w);
    cast_init(&w->cast);
    network_init(&w->network, &w->chance);
    ledgers_init(&w->ledgers);
    arena_init(&w->turn, memory(TURN_ARENA_BYTES), TURN_ARENA_BYTES);
    arena_init(&w->paper, memory(PAPER_BYTES), PAPER_BYTES);
    w->effects = memory(sizeof *w->effects);
    for (unsigned i = 0; i < HOSTS_MAX; i++) {
        w->hosts[i].backing = backing(i);
        w->hosts[i].exchange = memory(sizeof *w->hosts[i].exchange);
    }
}

void world_done(struct world *w)
{
    for (size_t i = 0; i < HOSTS_MAX; i++) {
        w->hosts[i].backing.ops->free(w->hosts[i].backing.self);
        free(w->hosts[i].exchange);
        w->hosts[i].keyring = keyring_free(w->hosts[i].keyring);
    }
    free(w->effects);
    free(w->paper.at);
    free(w->turn.at);
    ledgers_done(&w->ledgers);
    network_done(&w->network);
    cast_done(&w->cast);
}

struct store host_store(const struct host *h)
{
    return h->backing.ops->store(h->backing.self);
}

millis host_now(const struct world *w, const struct host *h)
{
    return w->now + h->skew;
}

bool world_is_hostile(const struct world *w, size_t identity)
{
    return w->plan.hostility != HONEST && identity == w->plan.hostile;
}

bool world_is_revoked(const struct world *w, size_t identity)
{
    return w->revoked_yet && identity == w->plan.revoked;
}

bool world_is_sound(const struct world *w, size_t identity)
{
    return !world_is_hostile(w, identity) && !world_is_revoked(w, identity);
}

size_t world_route(const struct world *w, size_t from_host, size_t to)
{
    const struct host *const from = &w->hosts[from_host];

    if (w->host_count == w->plan.agencies)
        return to;
    if (to == w->plan.hostile)
        return w->branch_of[from->identity] == 1 ? w->plan.agencies : to;
    const bool ours =
        from->identity != w->plan.hostile || w->branch_of[to] == (from->clone ? 1u : 0u);
    return ours ? to : HOSTS_MAX;
}

/* After a restart, notices are of the epochs that the store knows. */
static void told_again(struct host *h)
{
    const struct exchange *const x = h->exchange;

    for (size_t i = 0; i < x->peer_count; i++) {
        for (size_t lane = 0; lane < LANES; lane++) {
            const struct follow *const f = &x->peers[i].follows[lane];
            if (f->known && !epoch_equal(&h->told[i][lane].epoch, &f->row.id.epoch))
                h->told[i][lane] = (struct told){.epoch = f->row.id.epoch};
        }
    }
}

void host_start(struct world *w, size_t host)
{
    struct host *const h = &w->hosts[host];
    const struct exchange_setup setup = {
        .self = w->cast.actors[h->identity].id,
        .realm = w->cast.realm,
        .keyring = h->keyring,
        .store = host_store(h),
        .root = &w->cast.root,
        .instance = chance_next(&w->chance),
        .hello_ms = HELLO_MS,
    };

    const status s = exchange_load(h->exchange, &setup, &w->turn);
    if (s != OK)
        world_fail(w, "P1", "host %zu does not load: %s", host, status_word(s));
    arena_reset(&w->turn);
    told_again(h);
    /* A fence that a peer raised is raised anew, by its first greeting; until then the
     * operator sees none, and declares nothing that could be another's epoch. */
    if (h->declares_at > 0)
        h->declares = false;
    h->up = true;
    h->begun = 0;
    world_trace(w, "host %zu starts", host);
}

void host_crash(struct world *w, size_t host, millis down_ms)
{
    struct host *const h = &w->hosts[host];

    h->backing.ops->crash(h->backing.self);
    erasures_lost(w, h);
    h->up = false;
    h->up_at = w->now + down_ms;
    network_restart(&w->network, host, false);
    arena_reset(&w->turn);
    world_trace(w, "host %zu crashes", host);
}

/* What a MAC of the channel would not let through, because nothing but the channel vouches
 * for it: which entries the publisher says it keeps back. */
static bool channel_refuses(struct world *w, const struct letter *l)
{
    struct frame f;

    return l->corrupted && frame_decode(bytes_of(l->frame, l->size), &w->turn, &f) == OK &&
           f.kind == FRAME_GROUP && f.group.withheld_count > 0;
}

static void receive(struct world *w, size_t host, size_t frames)
{
    struct host *const h = &w->hosts[host];
    struct letter l;

    for (size_t i = 0; i < frames && network_take(&w->network, host, &l); i++) {
        struct bytes frame = {0};
        MUST(arena_copy(&w->turn, bytes_of(l.frame, l.size), &frame) == OK);
        status s = OK;
        if (!channel_refuses(w, &l))
            s = exchange_receive(h->exchange, &w->cast.actors[w->hosts[l.from].identity].id,
                                 l.end, l.lane, frame);
        free(l.frame);
        if (s != OK)
            world_fail(w, "P6", "host %zu dies of a frame of host %zu: %s", host, l.from,
                       status_word(s));
    }
}

/* What the operator does first. */
static void operate(struct world *w, struct host *h)
{
    struct exchange *const x = h->exchange;
    status s = OK;

    if (epoch_is_none(&x->own[0].row.id.epoch))
        s = exchange_first_epoch(x);
    if (x->fence != OK && !h->declares) {
        h->declares = true;
        h->declares_at = w->now + chance_below(&w->chance, 3000);
    }
    if (s == OK && h->declares && w->now >= h->declares_at) {
        s = exchange_new_epoch(x, EPOCH_RESTORED);
        /* Of what it has lost by then others give back what they hold. */
        if (s == OK)
            s = exchange_recover(x);
        s = s == E_UNKNOWN ? OK : s;
    }
    if (s != OK)
        world_fail(w, "P1", "%s cannot begin its epoch: %s",
                   w->cast.actors[h->identity].id.text, status_word(s));
}

/* An agency that runs twice does not want to be told so. */
static bool clone_ignores(const struct world *w, size_t to, const struct frame *f)
{
    return w->plan.hostility == CLONED && world_is_hostile(w, w->hosts[to].identity) &&
           (f->kind == FRAME_GOSSIP || f->kind == FRAME_EVIDENCE);
}

/* The first proofs of what a restored node has forgotten are lost: until one arrives it
 * must not send those who hold more anything new. */
static bool is_deaf(const struct world *w, size_t to, const struct frame *f)
{
    return f->kind == FRAME_GOSSIP && !w->calm && w->hosts[to].settling &&
           w->now < w->hosts[to].deaf_until;
}

/* What a mute clone publishes does not leave it. */
static bool is_mute(const struct world *w, const struct host *h, const struct effect *e)
{
    return clone_is_mute(w) && world_is_hostile(w, h->identity) && !h->clone &&
           e->send.end == END_PUBLISHING;
}

static void release_send(struct world *w, size_t host, const struct effect *e)
{
    struct host *const h = &w->hosts[host];
    const size_t to = world_route(w, host, cast_find(&w->cast, &e->send.peer));
    struct frame f;
    uint8_t *const bytes = arena_take(&w->turn, e->send.frame.size);

    MUST(bytes != NULL);
    if (frame_decode(e->send.frame, &w->turn, &f) != OK) {
        world_fail(w, "P3", "host %zu sends what is no frame", host);
        return;
    }
    oracle_send(w, h, e, &f);
    memcpy(bytes, e->send.frame.at, e->send.frame.size);
    const struct letter l = {
        .from = host,
        .to = to,
        .end = e->send.end == END_PUBLISHING ? END_FOLLOWING : END_PUBLISHING,
        .lane = e->send.lane,
        .frame = bytes,
        .size = e->send.frame.size,
    };
    world_trace(w, "host %zu -> %zu lane %d kind %d", host, to, (int)l.lane, (int)f.kind);
    if (to >= HOSTS_MAX || clone_ignores(w, to, &f) || is_deaf(w, to, &f) ||
        is_mute(w, h, e))
        return;
    if (world_is_hostile(w, h->identity))
        hostile_send(w, &l, &f);
    else
        network_send(&w->network, &l);
}

static void view_committed(struct host *h, bool on)
{
    if (h->backing.ops->view_committed != NULL)
        h->backing.ops->view_committed(h->backing.self, on);
}

static void release(struct world *w, size_t host)
{
    struct host *const h = &w->hosts[host];

    view_committed(h, true);
    erasures_check(w, h);
    if (w->now - h->begun >= KX_SETTLE_MS && !world_is_revoked(w, h->identity))
        oracle_keys(w, h);
    for (size_t i = 0; i < w->effects->count && !w->failed; i++) {
        const struct effect *const e = &w->effects->at[i];
        switch (e->kind) {
        case EFFECT_SEND:
            release_send(w, host, e);
            break;
        case EFFECT_ANSWER:
            oracle_answer(w, h, e);
            break;
        case EFFECT_NOTICE:
            oracle_notice(w, h, e);
            break;
        }
    }
    view_committed(h, false);
}

/* True when the power fails at this moment. */
static bool power_fails(struct world *w, size_t host)
{
    if (w->calm || w->hosts[host].clone || world_is_hostile(w, w->hosts[host].identity) ||
        !chance_permille(&w->chance, w->plan.crash))
        return false;
    const struct backing *const b = &w->hosts[host].backing;
    if (b->ops->tear != NULL && chance_permille(&w->chance, 500))
        b->ops->tear(b->self, (unsigned)chance_between(&w->chance, 1, TORN_CALLS));
    host_crash(w, host, chance_below(&w->chance, 3000));
    return true;
}

void host_turn(struct world *w, size_t host, size_t frames)
{
    struct host *const h = &w->hosts[host];
    uint8_t seed[DRAW_SEED_SIZE];
    struct writer writer = writer_over(seed, sizeof seed);

    while (writer.size < sizeof seed)
        write_u64(&writer, chance_next(&w->chance));
    exchange_begin(h->exchange, host_now(w, h), seed, &w->turn, w->effects);
    exchange_clock(h->exchange, w->now);
    h->begun = h->begun == 0 ? w->now : h->begun;
    operate(w, h);
    receive(w, host, frames);
    stories_submit(w, host);
    disasters_turn(w, host);
    erasures_turn(w, host);
    status s = exchange_tick(h->exchange);
    if (s == OK)
        s = exchange_close(h->exchange);
    if (s != OK)
        world_fail(w, "P6", "host %zu dies in its turn: %s", host, status_word(s));
    if (h->exchange->fence != OK && !h->settling)
        world_fail(w, "P10", "%s is fenced without a cause", h->exchange->self.text);
    if (w->failed || power_fails(w, host))
        return;
    h->backing.ops->commit(h->backing.self);
    erasures_committed(w, h);
    if (h->declares && w->now >= h->declares_at) {
        h->settling = false;
        h->declares = false;
    }
    if (power_fails(w, host))
        return;
    release(w, host);
    arena_reset(&w->turn);
}

#include "world.h"

#include "parts.h"

#include <string.h>

/* A run of a world: founded, shaken, calmed, judged. */

enum {
    FRAMES_MAX = 64, /* of one turn: fewer than come would starve everyone */
    STEP_MS_MAX = 200,
    LEAP_PERMILLE = 80,
    CALM_STEP_MS = 200,
    CALM_MS_MAX = 300000,
};

static void world_reset(struct world *w, uint64_t seed)
{
    w->seed = seed;
    w->chance = (struct chance){.state = seed * 0x9e3779b97f4a7c15u + 1};
    w->step = 0;
    w->now = WORLD_BEGINS + 60000;
    w->calm = false;
    w->talk_ends = 0;
    w->failed = false;
    w->roster_count = 0;
    w->story_count = 0;
    w->ceiling_ever_low = 0;
    w->revoked_yet = false;
    w->restores = 0;
    w->backed_up = false;
    w->ledgers.count = 0;
    memset(w->branch_of, 0, sizeof w->branch_of);
    network_reset(&w->network);
    arena_reset(&w->turn);
    arena_reset(&w->paper);
    plan_draw(w);
    w->host_count = w->plan.agencies;
    w->network.rates = w->plan.rates;
}

/* A node as `init` and `roster install` leave it. */
static void host_found(struct world *w, size_t host)
{
    struct host *const h = &w->hosts[host];
    const struct backing b = h->backing;
    struct exchange *const x = h->exchange;

    (void)keyring_free(h->keyring);
    *h = (struct host){.identity = host, .backing = b, .exchange = x};
    h->keyring = cast_keyring(host);
    if (w->plan.skewed)
        h->skew = chance_below(&w->chance, 40000);
    const struct backing_owner owner = {.self = w->cast.actors[host].id,
                                        .keyring = h->keyring,
                                        .seed = chance_next(&w->chance)};
    b.ops->reset(b.self, &owner);
    const struct store store = b.ops->store(b.self);
    MUST(store.ops->document_put(store.self, DOCUMENT_ROSTER, 1, w->roster_notes[0]) == OK);
    MUST(cast_first_kx(host, store) == OK);
    b.ops->commit(b.self);
    host_start(w, host);
}

/* Idle for all, and cut off for whoever is. */
static void days_pass(struct world *w)
{
    if (!w->plan.ages || !chance_permille(&w->chance, LEAP_PERMILLE))
        return;
    w->now += chance_between(&w->chance, 1, LEAP_DAYS_MAX) * DAY_MS;
    world_trace(w, "days pass");
}

static void safety_phase(struct world *w)
{
    while (w->step < w->plan.steps && !w->failed) {
        w->step++;
        w->now += 1 + chance_below(&w->chance, STEP_MS_MAX);
        days_pass(w);
        w->network.now = w->now;
        faults_step(w);
        disasters_step(w);
        const size_t host = chance_below(&w->chance, w->host_count);
        if (w->hosts[host].up && !w->failed)
            host_turn(w, host, chance_below(&w->chance, FRAMES_MAX));
    }
}

static void calm_phase(struct world *w)
{
    faults_end(w);
    while (!w->failed && !verdict_is_calm(w)) {
        if (w->now - w->calm_since >= CALM_MS_MAX) {
            verdict_final(w);
            world_fail(w, "P10", "not everything arrived in %d virtual minutes",
                       CALM_MS_MAX / 60000);
        }
        w->step++;
        w->now += CALM_STEP_MS;
        w->network.now = w->now;
        clone_part(w);
        for (size_t i = 0; i < w->host_count && !w->failed; i++)
            host_turn(w, i, TURN_FRAMES_MAX);
    }
    if (!w->failed)
        verdict_final(w);
}

bool world_run(struct world *w, uint64_t seed, bool trace)
{
    w->trace = trace;
    world_reset(w, seed);
    for (size_t i = 0; i < w->host_count; i++)
        host_found(w, i);
    safety_phase(w);
    if (!w->failed)
        calm_phase(w);
    return !w->failed;
}

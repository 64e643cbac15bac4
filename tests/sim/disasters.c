#include "parts.h"

enum { LAST_TALK_MS = 8000, DEAF_MS = 6000, LAST_STEPS = 30 };

/* --- a disk comes back from a backup --- */

/* A disk that holds no more of the stream than the backup will not show what was lost. */
static bool holds_more(const struct host *h, const struct stream_id *id, sequence size)
{
    const struct store store = host_store(h);
    struct stream_row held = {.own = false};

    return store.ops->stream_get(store.self, id, &held) == OK && held.frontier.size > size;
}

/*
 * Whether greetings will tell the restored node that it lost something, before anyone
 * believes it: every other disk holds more than the backup of each stream that has grown.
 */
static bool loss_will_show(const struct world *w, const struct host *h)
{
    bool grown = false;

    for (size_t lane = 0; lane < LANES; lane++) {
        const struct stream_row *const own = &h->exchange->own[lane].row;
        if (own->frontier.size == w->backup_sizes[lane])
            continue;
        grown = true;
        for (size_t i = 0; i < w->host_count; i++) {
            if (i != h->identity &&
                !holds_more(&w->hosts[i], &own->id, w->backup_sizes[lane]))
                return false;
        }
    }
    return grown;
}

static void restore(struct world *w)
{
    const size_t host = w->plan.restored;
    struct host *const h = &w->hosts[host];

    h->declares_at = 0;
    h->declares = w->restores == 0 && (w->plan.restore_is_known || !loss_will_show(w, h));
    w->restores++;
    if (h->up)
        host_crash(w, host, chance_below(&w->chance, 2000));
    h->settling = true;
    h->deaf_until = w->now + DEAF_MS;
    if (h->backing.ops->restore == NULL) {
        /* Nothing is lost; the operator only fears so. */
        h->declares = true;
        return;
    }
    h->backing.ops->restore(h->backing.self);
    network_restart(&w->network, host, true);
    for (size_t i = 0; i < CAST_MAX; i++) {
        for (size_t lane = 0; lane < LANES; lane++)
            h->told[i][lane] = (struct told){.next = 0};
    }
    stories_lost(w, host);
    arena_reset(&w->turn);
    world_trace(w, "host %zu is restored from a backup%s", host,
                h->declares ? "" : ", and does not know");
}

/* Everyone else is in the epoch that the restored node is in, on every lane. */
static bool epoch_is_known(const struct world *w, const struct host *h)
{
    for (size_t i = 0; i < w->host_count; i++) {
        const struct store store = host_store(&w->hosts[i]);
        for (size_t lane = 0; lane < LANES; lane++) {
            struct stream_row held = {.own = false};
            const struct stream_id *const own = &h->exchange->own[lane].row.id;
            if (own->epoch.counter < 2 ||
                store.ops->stream_get(store.self, own, &held) != OK)
                return false;
        }
    }
    return true;
}

static bool restore_is_due(const struct world *w)
{
    const struct host *const h = &w->hosts[w->plan.restored];

    if (w->restores == 1)
        return w->plan.restores_twice && !h->settling && h->backing.ops->restore != NULL &&
               epoch_is_known(w, h);
    /* Someone who does not know is worth waiting for. */
    return w->restores == 0 && w->step >= w->plan.restore_step &&
           (w->plan.restore_is_known || w->step + LAST_STEPS >= w->plan.steps ||
            loss_will_show(w, h));
}

static void backup(struct world *w)
{
    struct host *const h = &w->hosts[w->plan.restored];
    const struct store store = host_store(h);

    for (size_t lane = 0; lane < LANES; lane++) {
        struct stream_row row = {.own = true};
        if (store.ops->stream_find(store.self, &h->exchange->self, lane_of_rank(lane),
                                   &row) != OK)
            return;
        w->backup_sizes[lane] = row.frontier.size;
    }
    w->backed_up = true;
    if (h->backing.ops->backup != NULL)
        h->backing.ops->backup(h->backing.self);
    world_trace(w, "host %zu is backed up", w->plan.restored);
}

/* --- an agency runs twice --- */

/* Everyone has heard of it on some lane, and so has a history to compare. */
static bool is_followed(const struct world *w, const struct agency_id *id)
{
    for (size_t i = 0; i < w->plan.agencies; i++) {
        const struct peer *const p = exchange_peer(w->hosts[i].exchange, id);
        bool known = i == w->plan.hostile;
        for (size_t lane = 0; lane < LANES; lane++)
            known = known || (p->follows[lane].known && p->follows[lane].row.complete > 0);
        if (!known)
            return false;
    }
    return true;
}

static void clone_host(struct world *w)
{
    const size_t number = w->plan.agencies;
    struct host *const h = &w->hosts[number];
    const struct host *const from = &w->hosts[w->plan.hostile];
    const struct backing b = h->backing;
    struct exchange *const x = h->exchange;
    unsigned side = 0;

    (void)keyring_free(h->keyring);
    *h = (struct host){.identity = w->plan.hostile, .clone = true, .backing = b};
    h->exchange = x;
    h->keyring = cast_keyring(w->plan.hostile);
    b.ops->copy(b.self, from->backing.self);
    /* At least one on each side. */
    for (size_t i = 0; i < w->plan.agencies; i++) {
        if (i == w->plan.hostile)
            continue;
        w->branch_of[i] = side < 2 ? side : (unsigned)chance_below(&w->chance, 2);
        side++;
    }
    ledgers_branch(&w->ledgers, &w->cast.actors[w->plan.hostile].id);
    w->host_count++;
    host_start(w, number);
    world_trace(w, "host %zu is cloned as %zu", w->plan.hostile, number);
}

bool clone_is_mute(const struct world *w)
{
    return w->plan.parts && w->host_count > w->plan.agencies &&
           (w->talk_ends == 0 || w->now < w->talk_ends);
}

/* The stream's root at this size is branch 1's alone. */
static bool is_apart(struct world *w, const struct stream_id *id, sequence size)
{
    const struct ledger *const ours = ledger_find(&w->ledgers, id, 0);
    const struct ledger *const theirs = ledger_find(&w->ledgers, id, 1);

    return size > 0 && theirs != NULL &&
           (ours == NULL || !ledger_has_root(ours, size, &theirs->lines[size - 1].root));
}

/* Someone on the other side has vouched for a history that this host has not reached. */
static bool is_ahead(struct world *w, const struct host *h)
{
    const struct agency_id *const clone = &w->cast.actors[w->plan.hostile].id;
    const struct peer *const here = exchange_peer(h->exchange, clone);

    for (size_t i = 0; i < w->plan.agencies; i++) {
        const struct peer *const there = exchange_peer(w->hosts[i].exchange, clone);
        for (size_t lane = 0; w->branch_of[i] == 1 && lane < LANES; lane++) {
            const struct stream_row *const row = &there->follows[lane].row;
            if (row->receipted > here->follows[lane].row.frontier.size &&
                is_apart(w, &row->id, row->receipted))
                return true;
        }
    }
    return false;
}

static bool others_are_ahead(struct world *w)
{
    for (size_t i = 0; i < w->plan.agencies; i++) {
        if (i != w->plan.hostile && w->branch_of[i] == 0 && !is_ahead(w, &w->hosts[i]))
            return false;
    }
    return true;
}

void clone_part(struct world *w)
{
    if (!w->plan.parts || w->host_count == w->plan.agencies)
        return;
    if (w->talk_ends == 0 && others_are_ahead(w))
        w->talk_ends = w->now + LAST_TALK_MS;
    for (size_t a = 0; a < w->plan.agencies && !clone_is_mute(w); a++) {
        for (size_t b = 0; b < w->plan.agencies; b++) {
            if (a != w->plan.hostile && b != w->plan.hostile &&
                w->branch_of[a] != w->branch_of[b])
                network_cut(&w->network, a, b, UINT64_MAX);
        }
    }
}

void disasters_step(struct world *w)
{
    if (w->plan.restores && !w->backed_up && w->step >= w->plan.backup_step)
        backup(w);
    if (w->backed_up && restore_is_due(w))
        restore(w);
    if (w->plan.hostility == CLONED && w->host_count == w->plan.agencies &&
        w->step >= w->plan.steps / 3 && is_followed(w, &w->cast.actors[w->plan.hostile].id))
        clone_host(w);
}

/* --- a new roster --- */

static void ceiling_change(struct world *w, struct roster *r)
{
    struct roster_agency *const a =
        &r->agencies[chance_below(&w->chance, w->plan.agencies)];

    a->ceiling = MARKING_OFFICIAL;
    w->ceiling_ever_low |= 1u << (unsigned)(a - r->agencies);
}

/* How far its streams are still believed: some by a place, which may lie behind what some
 * follow already and ahead of others; a stream without one, not at all. */
static void revocation_add(struct world *w, struct roster *r)
{
    const struct exchange *const x = w->hosts[w->plan.revoked].exchange;
    struct revocation line = {.agency = x->self, .at = w->now / 1000 * 1000};

    w->revoked_yet = true;
    for (size_t lane = 0; lane < LANES; lane++) {
        const struct ledger *const l = ledger_find(&w->ledgers, &x->own[lane].row.id, 0);
        if (l == NULL || l->frontier.size == 0 || chance_permille(&w->chance, 300))
            continue;
        line.has_place = true;
        line.lane = lane_of_rank(lane);
        line.epoch = l->id.epoch;
        line.size = chance_between(&w->chance, 1, l->frontier.size);
        line.root = l->lines[line.size - 1].root;
        r->revocations[r->revocation_count++] = line;
    }
    if (!line.has_place)
        r->revocations[r->revocation_count++] = line;
}

void disasters_turn(struct world *w, size_t host)
{
    const size_t installed = w->roster_count - 1;

    if (w->calm || installed >= w->plan.roster_changes || w->step < w->plan.steps / 3 ||
        !chance_permille(&w->chance, 50) || w->hosts[host].clone)
        return;
    struct roster *const r = &w->rosters[w->roster_count];
    *r = w->rosters[installed];
    if (w->plan.revokes)
        revocation_add(w, r);
    else
        ceiling_change(w, r);
    cast_sign_roster(&w->cast, r, &w->rosters[installed], &w->paper,
                     &w->roster_notes[w->roster_count]);
    struct bytes note = {0};
    MUST(arena_copy(&w->turn, w->roster_notes[w->roster_count], &note) == OK);
    w->roster_count++;
    const status s = exchange_install_roster(w->hosts[host].exchange, note);
    if (s != OK)
        world_fail(w, "P10", "host %zu refuses a new roster: %s", host, status_word(s));
    world_trace(w, "host %zu installs roster %u", host, (unsigned)r->version);
}

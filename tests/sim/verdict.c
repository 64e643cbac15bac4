#include "parts.h"

/* --- has everything arrived? --- */

/* The publisher knows what its follower has; of entries it has a receipt to show. */
static bool receipts_cover(const struct host *p, const struct host *f, size_t lane)
{
    const struct store store = host_store(p);
    const struct stream_row *const own = &p->exchange->own[lane].row;
    const struct peer *const there = exchange_peer(p->exchange, &f->exchange->self);
    const struct peer *const here = exchange_peer(f->exchange, &p->exchange->self);
    sequence size = 0;

    if (there->deliveries[lane].receipted != own->frontier.size)
        return false;
    return here->follows[lane].row.mine.count == 0 ||
           (store.ops->receipt_size(store.self, &own->id, &there->id, &size) == OK &&
            size == own->frontier.size);
}

static bool lane_has_arrived(const struct host *p, const struct host *f, size_t lane)
{
    const struct stream_row *const own = &p->exchange->own[lane].row;
    const struct follow *const follow =
        &exchange_peer(f->exchange, &p->exchange->self)->follows[lane];

    if (own->frontier.size == 0)
        return true;
    return follow->known && follow->row.quarantine == OK &&
           epoch_equal(&follow->row.id.epoch, &own->id.epoch) &&
           follow->row.complete == own->frontier.size && receipts_cover(p, f, lane);
}

static bool pair_has_arrived(const struct host *p, const struct host *f)
{
    for (size_t lane = 0; lane < LANES; lane++) {
        if (!lane_has_arrived(p, f, lane))
            return false;
    }
    return true;
}

static bool hosts_agree(const struct world *w)
{
    uint32_t version = 0;

    for (size_t i = 0; i < w->plan.agencies; i++) {
        const struct exchange *const x = w->hosts[i].exchange;
        if (!world_is_sound(w, i))
            continue;
        if (version != 0 && x->roster.version != version)
            return false;
        version = x->roster.version;
        if (w->hosts[i].settling && w->plan.restore_is_known)
            return false;
    }
    return true;
}

/* --- two histories (P8) --- */

static bool sees_fork(const struct world *w, const struct host *h, size_t lane,
                      const struct ledger *own, const struct ledger *other)
{
    const struct follow *const f =
        &exchange_peer(h->exchange, &w->cast.actors[w->plan.hostile].id)->follows[lane];
    const sequence size = f->row.frontier.size;

    /* On a common prefix there is nothing to see yet. */
    return size > 0 &&
           (size > other->frontier.size ||
            !hash_equal(&own->lines[size - 1].root, &other->lines[size - 1].root));
}

/* Two who follow different branches of a clone, and talk, both know it. */
static bool fork_is_known(struct world *w, const struct host *a, const struct host *b)
{
    const struct agency_id *const clone = &w->cast.actors[w->plan.hostile].id;
    bool seen = false;

    for (size_t lane = 0; lane < LANES; lane++) {
        const struct follow *const fa = &exchange_peer(a->exchange, clone)->follows[lane];
        const struct follow *const fb = &exchange_peer(b->exchange, clone)->follows[lane];
        const struct ledger *const la = truth_for(w, a, &fa->row.id);
        const struct ledger *const lb = truth_for(w, b, &fb->row.id);
        const bool both = fa->row.quarantine == E_FORK && fb->row.quarantine == E_FORK;
        seen = seen || both;
        if (!both && la != NULL && lb != NULL && sees_fork(w, a, lane, la, lb) &&
            sees_fork(w, b, lane, lb, la))
            return false;
    }
    return seen;
}

/* Told of a history that it had not reached, and then led past that point on another. */
static bool fork_is_seen(const struct world *w, const struct host *h)
{
    const struct agency_id *const clone = &w->cast.actors[w->plan.hostile].id;
    bool follows = false;

    for (size_t lane = 0; lane < LANES; lane++) {
        const struct follow *const f = &exchange_peer(h->exchange, clone)->follows[lane];
        if (f->row.quarantine == E_FORK)
            return true;
        follows = follows || f->known;
    }
    return !follows;
}

static bool forks_are_known(struct world *w)
{
    for (size_t a = 0; a < w->plan.agencies; a++) {
        if (!world_is_sound(w, a) || w->branch_of[a] != 0)
            continue;
        if (w->plan.parts && !fork_is_seen(w, &w->hosts[a]))
            return false;
        for (size_t b = 0; !w->plan.parts && b < w->plan.agencies; b++) {
            if (world_is_sound(w, b) && w->branch_of[b] == 1 &&
                !fork_is_known(w, &w->hosts[a], &w->hosts[b]))
                return false;
        }
    }
    return true;
}

/* Whether the two still talk. */
static bool see_each_other(const struct world *w, size_t a, size_t b)
{
    return !w->plan.parts || w->branch_of[a] == w->branch_of[b];
}

bool verdict_is_calm(struct world *w)
{
    if (!stories_are_settled(w) || !hosts_agree(w))
        return false;
    for (size_t p = 0; p < w->plan.agencies; p++) {
        for (size_t f = 0; f < w->plan.agencies; f++) {
            if (p != f && world_is_sound(w, p) && world_is_sound(w, f) &&
                see_each_other(w, p, f) && !pair_has_arrived(&w->hosts[p], &w->hosts[f]))
                return false;
        }
    }
    return w->host_count == w->plan.agencies || forks_are_known(w);
}

/* --- is everything where it belongs, and nowhere else? --- */

static void check_host(struct world *w, struct host *h, unsigned *shown)
{
    for (size_t i = 0; i < w->ledgers.count && !w->failed; i++) {
        struct ledger *const l = &w->ledgers.at[i];
        if (agency_id_equal(&l->id.agency, &h->exchange->self) ||
            truth_for(w, h, &l->id) != l)
            continue;
        rows_check(w, h, l, l->frontier.size, shown);
    }
}

/* Policy, erasure at either end, and a key that is gone alone may keep an acknowledged
 * record from its recipient. */
static bool may_be_kept_back(const struct world *w, const struct story *s, size_t recipient)
{
    return (s->erased & (1u << recipient | 1u << s->host)) != 0 ||
           (s->closed & (1u << recipient)) != 0 || !world_is_sound(w, recipient) ||
           !see_each_other(w, s->host, recipient) ||
           ((w->ceiling_ever_low & (1u << recipient)) != 0 &&
            s->label.marking == MARKING_OFFICIAL_SENSITIVE);
}

static void check_story(struct world *w, size_t number, unsigned shown)
{
    const struct story *const s = &w->stories[number];

    if (!s->answered || s->exempt || !world_is_sound(w, w->hosts[s->host].identity))
        return;
    for (size_t i = 0; i < w->plan.agencies; i++) {
        const unsigned bit = 1u << i;
        if ((s->recipients & bit) != 0 && (shown & bit) == 0 && !may_be_kept_back(w, s, i))
            world_fail(w, "P10", "story %zu of host %zu, acknowledged, is not at host %zu",
                       number, s->host, i);
        if ((s->recipients & bit) == 0 && (shown & bit) != 0)
            world_fail(w, "P4", "story %zu is at host %zu, to whom it is not addressed",
                       number, i);
    }
}

static void check_converged(struct world *w)
{
    for (size_t p = 0; p < w->plan.agencies; p++) {
        for (size_t f = 0; f < w->plan.agencies; f++) {
            if (p == f || !world_is_sound(w, p) || !world_is_sound(w, f) ||
                !see_each_other(w, p, f))
                continue;
            for (size_t lane = 0; lane < LANES; lane++) {
                const struct follow *const follow =
                    &exchange_peer(w->hosts[f].exchange, &w->cast.actors[p].id)
                         ->follows[lane];
                if (!lane_has_arrived(&w->hosts[p], &w->hosts[f], lane))
                    world_fail(w, "P10",
                               "host %zu has lane rank %zu of %zu up to %zu (verified %zu, "
                               "quarantine %s) of %zu",
                               f, lane, p, (size_t)follow->row.complete,
                               (size_t)follow->row.frontier.size,
                               status_word(follow->row.quarantine),
                               (size_t)w->hosts[p].exchange->own[lane].row.frontier.size);
            }
        }
    }
}

/* Whenever each of them heard of it: what lies behind the last good place is believed by
 * nobody, and what lies before it by all who have it.  A roster may have been lost with the
 * turn in which the one who had it installed it. */
static void check_revoked(struct world *w)
{
    const struct agency_id *const gone = &w->cast.actors[w->plan.revoked].id;

    for (size_t f = 0; f < w->plan.agencies; f++) {
        const struct exchange *const x = w->hosts[f].exchange;
        const struct peer *const p = exchange_peer(x, gone);
        const bool told = world_is_sound(w, f) && roster_is_revoked(&x->roster, gone);
        for (size_t lane = 0; lane < LANES && told; lane++) {
            const struct follow *const follow = &p->follows[lane];
            if (!follow->known)
                continue;
            const struct revocation *const good =
                roster_good_place(&x->roster, &follow->row.id);
            const bool believed = good != NULL && follow->row.frontier.size <= good->size;
            if (follow->row.quarantine != (believed ? OK : E_REVOKED))
                world_fail(w, "P8",
                           "host %zu has %zu of a revoked lane rank %zu, good up "
                           "to %zu, and says: %s",
                           f, (size_t)follow->row.frontier.size, lane,
                           good == NULL ? (size_t)0 : (size_t)good->size,
                           status_word(follow->row.quarantine));
        }
    }
}

void verdict_final(struct world *w)
{
    unsigned shown[STORIES_MAX] = {0};

    for (size_t i = 0; i < w->plan.agencies && !w->failed; i++)
        check_host(w, &w->hosts[i], shown);
    for (size_t i = 0; i < w->plan.agencies && !w->failed; i++)
        erasures_check(w, &w->hosts[i]);
    for (size_t i = 0; i < w->story_count && !w->failed; i++)
        check_story(w, i, shown[i]);
    if (!w->failed)
        check_converged(w);
    if (!w->failed && w->revoked_yet)
        check_revoked(w);
    arena_reset(&w->turn);
}

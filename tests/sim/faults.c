#include "parts.h"

static unsigned pick(struct world *w, const unsigned *of, size_t count)
{
    return of[chance_below(&w->chance, count)];
}

static void rates_draw(struct world *w, struct rates *r)
{
    static const unsigned loss[] = {0, 10, 50, 200};
    static const unsigned repeat[] = {0, 0, 30, 150};
    static const unsigned reorder[] = {0, 0, 50, 300};
    static const unsigned corrupt[] = {0, 0, 0, 10};
    static const unsigned replay[] = {0, 0, 0, 30};
    static const unsigned delay[] = {1, 20, 200, 2000};

    r->loss = pick(w, loss, COUNT_OF(loss));
    r->repeat = pick(w, repeat, COUNT_OF(repeat));
    r->reorder = pick(w, reorder, COUNT_OF(reorder));
    r->corrupt = pick(w, corrupt, COUNT_OF(corrupt));
    r->replay = pick(w, replay, COUNT_OF(replay));
    r->delay_ms = pick(w, delay, COUNT_OF(delay));
}

/* At most one kind of disaster a world, so that what is promised of it stays clear. */
static void disaster_draw(struct world *w, struct plan *p)
{
    const size_t which = chance_below(&w->chance, 100);

    if (which < 35) {
        p->hostility = chance_permille(&w->chance, 250)
                           ? CLONED
                           : 1 + (enum hostility)chance_below(&w->chance, CLONED - 1);
        if (p->hostility == CLONED && w->hosts[0].backing.ops->copy == NULL)
            p->hostility = DROPS_ENTRIES;
        p->hostile = chance_below(&w->chance, p->agencies);
        p->parts = p->hostility == CLONED && chance_permille(&w->chance, 500);
    } else if (which < 60) {
        p->restores = true;
        p->restored = chance_below(&w->chance, p->agencies);
        p->restore_is_known = chance_permille(&w->chance, 500);
        p->restores_twice = chance_permille(&w->chance, 400);
        p->backup_step = chance_between(&w->chance, 10, p->steps / 2);
        p->restore_step = p->backup_step + chance_between(&w->chance, 5, p->steps / 2 - 10);
        /* A greeting that the channel let someone change could hide what it should tell. */
        p->rates.corrupt = 0;
    }
    p->roster_changes = chance_permille(&w->chance, 400) ? 1 : 0;
    p->revokes = p->roster_changes > 0 && which >= 60 && chance_permille(&w->chance, 300);
    p->revoked = chance_below(&w->chance, p->agencies);
}

void plan_draw(struct world *w)
{
    static const unsigned crash[] = {0, 0, 10, 30};
    static const unsigned partition[] = {0, 0, 10, 40};
    struct plan *const p = &w->plan;
    struct roster *const first = &w->rosters[0];

    *p = (struct plan){.agencies = chance_between(&w->chance, 3, 4)};
    p->erases = chance_permille(&w->chance, 400);
    if (chance_permille(&w->chance, 100))
        p->agencies = chance_between(&w->chance, 5, CAST_MAX);
    p->steps = chance_between(&w->chance, 120, 300);
    p->stories = chance_between(&w->chance, 15, 40);
    p->crash = pick(w, crash, COUNT_OF(crash));
    p->partition = pick(w, partition, COUNT_OF(partition));
    p->ages = chance_permille(&w->chance, 250);
    p->skewed = chance_permille(&w->chance, 300);
    rates_draw(w, &p->rates);
    disaster_draw(w, p);
    cast_first_roster(&w->cast, p->agencies, first);
    if (chance_permille(&w->chance, 300)) {
        const size_t low = chance_below(&w->chance, p->agencies);
        first->agencies[low].ceiling = MARKING_OFFICIAL;
        w->ceiling_ever_low |= 1u << low;
    }
    cast_sign_roster(&w->cast, first, NULL, &w->paper, &w->roster_notes[0]);
    w->roster_count = 1;
}

static void partition(struct world *w)
{
    const size_t a = chance_below(&w->chance, w->host_count);
    const size_t b = chance_below(&w->chance, w->host_count);
    const millis until = w->now + chance_below(&w->chance, 8000);

    network_cut(&w->network, a, b, until);
    if (chance_permille(&w->chance, 500))
        network_cut(&w->network, b, a, until);
    if (chance_permille(&w->chance, 300))
        network_disconnect(&w->network, a, b);
}

void faults_step(struct world *w)
{
    if (chance_permille(&w->chance, w->plan.partition))
        partition(w);
    for (size_t i = 0; i < w->host_count; i++) {
        if (!w->hosts[i].up && w->now >= w->hosts[i].up_at)
            host_start(w, i);
    }
}

void faults_end(struct world *w)
{
    w->calm = true;
    w->calm_since = w->now;
    network_calm(&w->network);
    for (size_t i = 0; i < w->host_count; i++) {
        if (!w->hosts[i].up)
            host_start(w, i);
    }
}

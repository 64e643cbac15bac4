#include "parts.h"

#include <stdio.h>
#include <string.h>

enum {
    TEXT_MAX = 500,
    STORY_TRIES = 8, /* in one turn */
    NEW_PERMILLE = 250,
    CALM_PERMILLE = 30,
    /* A restored node that publishes on before it is told is the dangerous one. */
    SETTLING_PERMILLE = 850,
    HOSTILE_PERMILLE = 700, /* several in a group give more to lie about */
};

static const char reference[] = "SIM-";

static struct bytes item_write(struct world *w, const struct item *item)
{
    struct bytes b = {0};

    MUST(item_encode(item, &w->paper, &b) == OK);
    return b;
}

static struct bytes text_write(struct world *w)
{
    const size_t size = chance_between(&w->chance, 1, TEXT_MAX);
    char *const text = arena_take(&w->paper, size);

    MUST(text != NULL);
    for (size_t i = 0; i < size; i++)
        text[i] = (char)('a' + chance_below(&w->chance, 26));
    return bytes_of(text, size);
}

static void items_write(struct world *w, struct story *s, size_t number)
{
    char text[32];
    const int n = snprintf(text, sizeof text, "%s%zu", reference, number);
    const struct item facts = {.kind = ITEM_FACTS,
                               .facts.case_reference = bytes_of(text, (size_t)n)};

    s->items[s->item_count++] = item_write(w, &facts);
    for (size_t i = chance_below(&w->chance, STORY_ITEMS); i > 0; i--) {
        const struct item told = {.kind = ITEM_TEXT,
                                  .text = {.text = text_write(w), .basis = BASIS_FACT}};
        s->items[s->item_count++] = item_write(w, &told);
    }
}

/* In the calm only a clone goes on, and to everyone, so that its two histories grow apart.
 */
static unsigned recipients_draw(struct world *w, size_t owner)
{
    const unsigned all = (1u << w->plan.agencies) - 1;
    const unsigned some = w->calm ? all : (unsigned)chance_below(&w->chance, all + 1);

    return some & ~(1u << owner);
}

static struct story *story_new(struct world *w, size_t host)
{
    const size_t number = w->story_count++;
    struct story *const s = &w->stories[number];
    const bool high = chance_permille(&w->chance, 400);

    *s = (struct story){.host = host, .lane = high ? LANE_IMMEDIATE : LANE_ROUTINE};
    s->label = (struct label){
        .marking = chance_permille(&w->chance, 400) ? MARKING_OFFICIAL_SENSITIVE
                                                    : MARKING_OFFICIAL,
        .handling = HANDLING_P,
        .priority = high ? PRIORITY_HIGH : PRIORITY_LOW,
    };
    s->recipients = recipients_draw(w, w->hosts[host].identity);
    items_write(w, s, number);
    s->keyed = chance_permille(&w->chance, 500);
    (void)snprintf(s->key, sizeof s->key, "key-%zu", number);
    return s;
}

static status submit(struct world *w, const struct host *h, const struct story *s)
{
    struct agency_id *const to = arena_array(&w->turn, CAST_MAX, sizeof *to);
    struct submission sub = {
        .kind = KIND_INTELLIGENCE,
        .lane = s->lane,
        .label = s->label,
        .item_count = s->item_count,
        .items = s->items,
        .recipients = to,
        .ticket = (uint64_t)(s - w->stories) + 1,
    };

    MUST(to != NULL);
    for (size_t i = w->plan.agencies; i > 0; i--) {
        if ((s->recipients & (1u << (i - 1))) != 0)
            to[sub.recipient_count++] = w->cast.actors[i - 1].id;
    }
    if (s->keyed)
        sub.idempotency_key = bytes_of_text(s->key);
    return exchange_submit(h->exchange, &sub);
}

static bool wants_to_try(const struct story *s, size_t host)
{
    return s->host == host && !s->answered && !s->exempt && (!s->tried || s->keyed);
}

static bool clone_may_write(const struct world *w, const struct host *h)
{
    return w->plan.hostility == CLONED && world_is_hostile(w, h->identity) &&
           (h->clone || !clone_is_mute(w));
}

/* How eagerly people at a host write, per thousand. */
static unsigned eagerness(const struct world *w, const struct host *h)
{
    if (w->story_count == STORIES_MAX)
        return 0;
    if (w->calm)
        return clone_may_write(w, h) ? CALM_PERMILLE : 0;
    if (h->settling)
        return SETTLING_PERMILLE;
    if (w->story_count >= w->plan.stories)
        return 0;
    return world_is_hostile(w, h->identity) ? HOSTILE_PERMILLE : NEW_PERMILLE;
}

void stories_submit(struct world *w, size_t host)
{
    const struct host *const h = &w->hosts[host];
    size_t tries = 0;

    while (chance_permille(&w->chance, eagerness(w, h)))
        (void)story_new(w, host);
    for (size_t i = 0; i < w->story_count && tries < STORY_TRIES; i++) {
        struct story *const s = &w->stories[i];
        if (!wants_to_try(s, host))
            continue;
        tries++;
        const status got = submit(w, h, s);
        world_trace(w, "host %zu submits %zu: %s", host, i, status_word(got));
        if (got == OK)
            s->tried = true;
        /* A person is told that a recipient is gone, and does not ask again. */
        else if (got == E_REVOKED)
            s->exempt = true;
        else if (got != E_BUSY && got != E_FENCED)
            world_fail(w, "P1", "host %zu refuses story %zu: %s", host, i,
                       status_word(got));
    }
}

uint16_t story_of(const struct world *w, const struct salted_item *items, size_t count)
{
    for (size_t i = 0; i < w->story_count; i++) {
        const struct story *const s = &w->stories[i];
        bool same = s->item_count == count;
        for (size_t k = 0; same && k < count; k++)
            same = bytes_equal(s->items[k], items[k].item);
        if (same)
            return (uint16_t)i;
    }
    return NO_STORY;
}

void stories_lost(struct world *w, size_t host)
{
    const struct store store = host_store(&w->hosts[host]);

    for (size_t i = 0; i < w->story_count; i++) {
        struct story *const s = &w->stories[i];
        struct entry_row row = {0};
        s->shown &= ~(1u << host);
        s->gone &= ~(1u << host);
        if (s->host != host || !s->tried)
            continue;
        if (s->answered && store.ops->entry_find(store.self, &s->place.stream,
                                                 s->place.index, &w->turn, &row) == OK)
            continue;
        s->exempt = true;
    }
}

void story_shown(struct world *w, const struct host *h, const struct ledger *l,
                 const struct entry_row *row)
{
    const uint16_t number = l->lines[row->index].story;
    const unsigned bit = 1u << (unsigned)(h - w->hosts);

    if (row->disposition != DISPOSITION_HELD || row->duplicate || number == NO_STORY)
        return;
    if ((w->stories[number].shown & bit) != 0)
        world_fail(w, "P2", "host %zu shows story %u twice", h->identity, (unsigned)number);
    w->stories[number].shown |= bit;
}

bool stories_are_settled(const struct world *w)
{
    for (size_t i = 0; i < w->story_count; i++) {
        const struct story *const s = &w->stories[i];
        const bool waits = s->keyed && s->tried && !s->answered && !s->exempt;
        if (waits && world_is_sound(w, w->hosts[s->host].identity))
            return false;
    }
    return true;
}

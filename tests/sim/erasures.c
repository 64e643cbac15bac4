#include "parts.h"

/*
 * People erase records that their node holds, own ones and received ones.  From the commit
 * on nothing at that node leads to the text, and what the log commits to is still there
 * (P9).
 */

enum { ERASE_PERMILLE = 40 };

static unsigned bit_of(const struct world *w, const struct host *h)
{
    return 1u << (unsigned)(h - w->hosts);
}

static const struct agency_id *author_of(const struct world *w, const struct story *s)
{
    return &w->cast.actors[w->hosts[s->host].identity].id;
}

/* An author's record is erased once it has left: the ledger then knows what it told. */
static bool is_here(struct world *w, const struct host *h, const struct story *s)
{
    if (!s->answered || s->exempt)
        return false;
    if (&w->hosts[s->host] != h)
        return (s->shown & bit_of(w, h)) != 0;
    const struct ledger *const l = truth_for(w, h, &s->place.stream);
    return l != NULL && s->place.index < l->frontier.size;
}

void erasures_turn(struct world *w, size_t host)
{
    struct host *const h = &w->hosts[host];
    const struct item_audit why = {.at = host_now(w, h),
                                   .actor = bytes_of_text("a person"),
                                   .justification = bytes_of_text("clear period over")};

    if (!w->plan.erases || w->calm || h->settling || h->exchange->fence != OK ||
        w->story_count == 0 || !world_is_sound(w, h->identity) ||
        !chance_permille(&w->chance, ERASE_PERMILLE))
        return;
    struct story *const s = &w->stories[chance_below(&w->chance, w->story_count)];
    if (!is_here(w, h, s))
        return;
    const bool before = (s->erased & bit_of(w, h)) != 0;
    const status got = exchange_erase(h->exchange, author_of(w, s), &s->id, &why);
    world_trace(w, "host %zu erases %zu: %s", host, (size_t)(s - w->stories),
                status_word(got));
    if (got != OK && !(got == E_DUPLICATE && before))
        world_fail(w, "P9", "host %zu cannot erase story %zu: %s", host,
                   (size_t)(s - w->stories), status_word(got));
    h->erased_at = host_now(w, h);
    s->erased |= bit_of(w, h);
    s->erasing |= bit_of(w, h);
}

void erasures_lost(struct world *w, const struct host *h)
{
    for (size_t i = 0; i < w->story_count; i++)
        w->stories[i].erasing &= ~bit_of(w, h);
}

void erasures_committed(struct world *w, const struct host *h)
{
    for (size_t i = 0; i < w->story_count; i++) {
        struct story *const s = &w->stories[i];
        s->gone |= s->erasing & bit_of(w, h);
        s->erasing &= ~bit_of(w, h);
    }
}

static void check_gone(struct world *w, struct host *h, const struct ledger *l,
                       sequence index)
{
    const struct store store = host_store(h);
    struct entry_row row = {0};
    uint8_t key[32];

    if (store.ops->entry_find(store.self, &l->id, index, &w->turn, &row) != OK)
        return;
    if (row.disposition == DISPOSITION_HELD || row.ciphertext.size > 0 ||
        row.wraps.size > 0 || row.kept.size > 0 ||
        store.ops->key_find(store.self, &l->id, index, key) != E_UNKNOWN) {
        world_fail(w, "P9", "host %zu has the content of %s/%d/%zu, which it erased",
                   h->identity, l->id.agency.text, (int)l->id.lane, (size_t)index);
        return;
    }
    if (row.disposition != DISPOSITION_ERASED)
        return;
    const struct hash leaf = merkle_leaf(row.header);
    if (!hash_equal(&leaf, &l->lines[index].leaf) || !hash_equal(&leaf, &row.leaf))
        world_fail(w, "P9", "host %zu cannot prove %s/%d/%zu any more", h->identity,
                   l->id.agency.text, (int)l->id.lane, (size_t)index);
}

void erasures_check(struct world *w, struct host *h)
{
    for (size_t i = 0; i < w->ledgers.count; i++) {
        const struct ledger *const l = &w->ledgers.at[i];
        if (truth_for(w, h, &l->id) != l)
            continue;
        for (sequence n = 0; n < l->frontier.size && !w->failed; n++) {
            const uint16_t story = l->lines[n].story;
            const size_t mark = arena_mark(&w->turn);
            if (story != NO_STORY && (w->stories[story].gone & bit_of(w, h)) != 0)
                check_gone(w, h, l, n);
            arena_rewind(&w->turn, mark);
        }
    }
}

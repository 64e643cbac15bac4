#include "parts.h"

#include <string.h>

/* The branch that a host is on: of its own agency, or of the clone it talks to. */
static unsigned branch_for(const struct world *w, const struct host *h,
                           const struct agency_id *agency)
{
    if (w->host_count == w->plan.agencies ||
        !agency_id_equal(agency, &w->cast.actors[w->plan.hostile].id))
        return 0;
    return h->identity == w->plan.hostile ? h->clone : w->branch_of[h->identity];
}

struct ledger *truth_for(struct world *w, const struct host *h, const struct stream_id *id)
{
    return ledger_find(&w->ledgers, id, branch_for(w, h, &id->agency));
}

static unsigned addressed_by(const struct world *w, const struct header *h)
{
    unsigned mask = 0;

    if (h->kind == KIND_EPOCH)
        return (1u << w->plan.agencies) - 1;
    for (uint32_t i = 0; i < h->recipient_count; i++)
        mask |= 1u << cast_find(&w->cast, &h->recipients[i].agency);
    return mask;
}

/* The story of a record that was issued again, and erased before it left. */
static uint16_t story_named(const struct world *w, const record_id *id)
{
    for (size_t i = 0; i < w->story_count; i++) {
        if (w->stories[i].answered && record_id_equal(&w->stories[i].id, id))
            return (uint16_t)i;
    }
    return NO_STORY;
}

/* Opens an own entry as its publisher keeps it. */
static uint16_t story_told(struct world *w, struct host *h, const struct entry_row *row,
                           const struct header *header)
{
    uint8_t storage_key[32];
    uint8_t key[CONTENT_KEY_SIZE];
    const struct salted_item *items = NULL;
    size_t count = 0;
    const struct store store = host_store(h);
    const struct entry_parts parts = {
        .header = row->header, .h = header, .ciphertext = row->ciphertext};

    if (row->disposition == DISPOSITION_ERASED)
        return story_named(w, &row->id);
    if (store.ops->key_find(store.self, &row->stream, row->index, storage_key) != OK ||
        open_kept_key(storage_key, &row->id, row->kept, key) != OK ||
        open_content(key, &parts, &w->turn, &items, &count) != OK) {
        world_fail(w, "P4", "%s cannot open its own entry %zu", row->stream.agency.text,
                   (size_t)row->index);
        return NO_STORY;
    }
    return story_of(w, items, count);
}

static void line_add(struct world *w, struct host *h, struct ledger *l,
                     const struct hash *leaf)
{
    const struct store store = host_store(h);
    const size_t mark = arena_mark(&w->turn);
    struct ledger_line line = {.leaf = *leaf, .story = NO_STORY};
    struct entry_row row = {0};
    struct header header;

    if (store.ops->entry_find(store.self, &l->id, l->frontier.size, &w->turn, &row) != OK ||
        header_decode(row.header, &w->turn, &header) != OK) {
        world_fail(w, "P1", "%s lets out entry %zu of lane %d, which it does not have",
                   l->id.agency.text, (size_t)l->frontier.size, (int)l->id.lane);
        return;
    }
    const struct hash got = merkle_leaf(row.header);
    if (!hash_equal(&got, leaf))
        world_fail(w, "P3", "a leaf of %s is not the hash of its header",
                   l->id.agency.text);
    line.addressed = addressed_by(w, &header) & ~(1u << h->identity);
    if (header.kind == KIND_INTELLIGENCE)
        line.story = story_told(w, h, &row, &header);
    arena_rewind(&w->turn, mark);
    ledger_append(l, &line);
}

void truth_group(struct world *w, struct host *h, const struct frame_group *g,
                 enum lane lane)
{
    const struct stream_id id = {
        .agency = w->cast.actors[h->identity].id, .lane = lane, .epoch = g->epoch};
    struct ledger *const l = ledger_open(&w->ledgers, &id, branch_for(w, h, &id.agency));

    if (g->first > l->frontier.size) {
        world_fail(w, "P2", "%s skips from %zu to %zu", id.agency.text,
                   (size_t)l->frontier.size, (size_t)g->first);
        return;
    }
    for (size_t i = 0; i < g->leaves.size / HASH_SIZE && !w->failed; i++) {
        struct hash leaf;
        memcpy(leaf.bytes, g->leaves.at + i * HASH_SIZE, HASH_SIZE);
        if (g->first + i == l->frontier.size)
            line_add(w, h, l, &leaf);
        else if (!hash_equal(&leaf, &l->lines[g->first + i].leaf))
            world_fail(w, "P8", "%s uses index %zu of lane %d twice", id.agency.text,
                       (size_t)(g->first + i), (int)lane);
    }
}

#include "parts.h"

/* What a host has stored of one stream, while it is looked at. */
struct shelf {
    struct world *w;
    struct host *h;
    const struct ledger *ledger;
};

static bool is_addressed(const struct shelf *s, sequence index)
{
    return (s->ledger->lines[index].addressed & (1u << s->h->identity)) != 0;
}

static bool find(const struct shelf *s, sequence index, struct entry_row *ret)
{
    const struct store store = host_store(s->h);
    const status got =
        store.ops->entry_find(store.self, &s->ledger->id, index, &s->w->turn, ret);

    MUST(got == OK || got == E_UNKNOWN);
    return got == OK;
}

/* Opened with what the host keeps, it is what its author submitted. */
static void check_content(const struct shelf *s, const struct entry_row *row)
{
    struct world *const w = s->w;
    const struct store store = host_store(s->h);
    const struct ledger_line *const line = &s->ledger->lines[row->index];
    struct header header;
    uint8_t storage_key[32];
    uint8_t key[CONTENT_KEY_SIZE];
    const struct salted_item *items = NULL;
    size_t count = 0;

    if (header_decode(row->header, &w->turn, &header) != OK ||
        store.ops->key_find(store.self, &row->stream, row->index, storage_key) != OK ||
        open_kept_key(storage_key, &row->id, row->kept, key) != OK) {
        world_fail(w, "P4", "host %zu cannot open what it holds", s->h->identity);
        return;
    }
    const struct entry_parts parts = {
        .header = row->header, .h = &header, .ciphertext = row->ciphertext};
    if (open_content(key, &parts, &w->turn, &items, &count) != OK ||
        story_of(w, items, count) != line->story)
        world_fail(w, "P4", "host %zu holds another text than was submitted",
                   s->h->identity);
}

static void check_held(const struct shelf *s, const struct entry_row *row)
{
    const struct hash leaf = merkle_leaf(row->header);

    if (!hash_equal(&leaf, &s->ledger->lines[row->index].leaf))
        world_fail(s->w, "P3", "host %zu holds other bytes of %s/%d/%zu than were signed",
                   s->h->identity, row->stream.agency.text, (int)row->stream.lane,
                   (size_t)row->index);
    else if (row->kind != KIND_EPOCH)
        check_content(s, row);
}

static void check_withheld(const struct shelf *s, const struct entry_row *row)
{
    struct world *const w = s->w;
    const uint16_t story = s->ledger->lines[row->index].story;
    const bool low = (w->ceiling_ever_low & (1u << s->h->identity)) != 0;

    const bool erased = story != NO_STORY &&
                        (w->stories[story].erased & (1u << w->stories[story].host)) != 0;
    if (!erased && (story == NO_STORY || !low ||
                    w->stories[story].label.marking != MARKING_OFFICIAL_SENSITIVE))
        world_fail(w, "P2", "host %zu lacks %s/%d/%zu as withheld, which no rule kept back",
                   s->h->identity, row->stream.agency.text, (int)row->stream.lane,
                   (size_t)row->index);
}

static void check_erased(const struct shelf *s, const struct entry_row *row)
{
    const uint16_t story = s->ledger->lines[row->index].story;

    if (story == NO_STORY || (s->w->stories[story].erased & (1u << s->h->identity)) == 0)
        world_fail(s->w, "P10", "host %zu has %s/%d/%zu as erased, and nobody erased it",
                   s->h->identity, row->stream.agency.text, (int)row->stream.lane,
                   (size_t)row->index);
}

/* Its private half was destroyed in time, or went with a disk. */
static bool is_closed(const struct shelf *s, const struct entry_row *row)
{
    struct header header;

    MUST(header_decode(row->header, &s->w->turn, &header) == OK);
    const int rank = header_recipient_rank(&header, &s->w->cast.actors[s->h->identity].id);
    MUST(rank >= 0);
    return !keyring_has_kx(s->h->keyring, header.recipients[rank].kx_id) ||
           s->w->restores > 0;
}

static void close_story(const struct shelf *s, const struct entry_row *row)
{
    const uint16_t story = s->ledger->lines[row->index].story;

    if (story != NO_STORY)
        s->w->stories[story].closed |= 1u << s->h->identity;
}

static void check_disposition(const struct shelf *s, const struct entry_row *row)
{
    switch (row->disposition) {
    case DISPOSITION_HELD:
        check_held(s, row);
        return;
    case DISPOSITION_WITHHELD:
        check_withheld(s, row);
        return;
    case DISPOSITION_ERASED:
        check_erased(s, row);
        return;
    case DISPOSITION_UNOPENABLE:
        if (is_closed(s, row)) {
            close_story(s, row);
            return;
        }
        break;
    case DISPOSITION_REFUSED:
        break;
    }
    world_fail(s->w, "P10", "host %zu has %s/%d/%zu as %d for %s", s->h->identity,
               row->stream.agency.text, (int)row->stream.lane, (size_t)row->index,
               (int)row->disposition, status_word(row->reason));
}

static void check_none_missing(const struct shelf *s, sequence before)
{
    struct entry_row row = {0};

    for (sequence i = 0; i < before && !s->w->failed; i++) {
        if (is_addressed(s, i) && !find(s, i, &row))
            world_fail(s->w, "P2", "host %zu has %s/%d/%zu, but not %zu", s->h->identity,
                       s->ledger->id.agency.text, (int)s->ledger->id.lane, (size_t)before,
                       (size_t)i);
    }
}

void row_check(struct world *w, struct host *h, const struct ledger *l,
               const struct entry_row *row)
{
    const size_t mark = arena_mark(&w->turn);
    const struct shelf s = {.w = w, .h = h, .ledger = l};

    if (row->index >= l->frontier.size) {
        world_fail(w, "P3", "host %zu has an entry that nobody published", h->identity);
        return;
    }
    if (!is_addressed(&s, row->index))
        world_fail(w, "P4", "host %zu has %s/%d/%zu, which is for others", h->identity,
                   row->stream.agency.text, (int)row->stream.lane, (size_t)row->index);
    else
        check_disposition(&s, row);
    if (!w->failed)
        check_none_missing(&s, row->index);
    arena_rewind(&w->turn, mark);
}

/* One effect per (agency, record), whatever index or epoch it came under. */
static void count_shown(const struct shelf *s, const struct entry_row *row, unsigned *shown)
{
    const uint16_t story = s->ledger->lines[row->index].story;

    if (row->disposition != DISPOSITION_HELD || row->duplicate || story == NO_STORY)
        return;
    if ((shown[story] & (1u << s->h->identity)) != 0)
        world_fail(s->w, "P2", "host %zu shows story %u twice", s->h->identity,
                   (unsigned)story);
    shown[story] |= 1u << s->h->identity;
}

void rows_check(struct world *w, struct host *h, const struct ledger *l, sequence size,
                unsigned *shown)
{
    const struct shelf s = {.w = w, .h = h, .ledger = l};

    for (sequence i = 0; i < size && i < l->frontier.size && !w->failed; i++) {
        const size_t mark = arena_mark(&w->turn);
        struct entry_row row = {0};
        if (find(&s, i, &row)) {
            if (!is_addressed(&s, i))
                world_fail(w, "P4", "host %zu has %s/%d/%zu, which is for others",
                           h->identity, l->id.agency.text, (int)l->id.lane, (size_t)i);
            else
                check_disposition(&s, &row);
            count_shown(&s, &row, shown);
        }
        arena_rewind(&w->turn, mark);
    }
}

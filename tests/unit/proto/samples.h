#ifndef FLAGPOST_SAMPLES_H
#define FLAGPOST_SAMPLES_H

/*
 * Plain structs to encode: a good header, and random ones that keep every rule.  The
 * numbers come from a seed, so a failure comes back.
 */

#include "check.h"
#include "content.h"
#include "frame.h"

enum { SAMPLE_ARENA_BYTES = 4 * 1024 * 1024 };

struct dice {
    uint64_t state;
    struct arena *arena;
};

/* xorshift64* (S. Vigna, 2016). */
static inline uint64_t dice_roll(struct dice *d)
{
    d->state ^= d->state >> 12;
    d->state ^= d->state << 25;
    d->state ^= d->state >> 27;
    return d->state * UINT64_C(2685821657736338717);
}

static inline uint32_t dice_below(struct dice *d, uint32_t limit)
{
    return (uint32_t)((dice_roll(d) >> 16) % limit);
}

static inline uint32_t dice_range(struct dice *d, uint32_t from, uint32_t to)
{
    return from + dice_below(d, to - from + 1);
}

/* Small ones and large ones alike. */
static inline uint64_t dice_u64(struct dice *d)
{
    return dice_roll(d) >> dice_below(d, 64);
}

static inline void dice_fill(struct dice *d, void *to, size_t size)
{
    uint8_t *const p = to;

    for (size_t i = 0; i < size; i++)
        p[i] = (uint8_t)(dice_roll(d) >> 40);
}

static inline struct bytes dice_bytes(struct dice *d, size_t from, size_t to)
{
    const size_t size = dice_range(d, (uint32_t)from, (uint32_t)to);
    uint8_t *const p = arena_take(d->arena, size);

    CHECK(p != NULL);
    dice_fill(d, p, size);
    return bytes_of(p, size);
}

/* UTF-8 of one to four bytes a character, at most `max` bytes. */
static inline struct bytes dice_text(struct dice *d, size_t min, size_t max)
{
    static const char *const letters[] = {"a", "Z", "\xc3\xa9", "\xe2\x82\xac",
                                          "\xf0\x9f\x9a\xa9"};
    const size_t size = dice_range(d, (uint32_t)min, (uint32_t)(max < 80 ? max : 80));
    char *const text = arena_take(d->arena, size + 1);
    size_t at = 0;

    CHECK(text != NULL);
    while (at < size) {
        const char *const letter = letters[dice_below(d, COUNT_OF(letters))];
        const size_t length = strlen(letter);
        if (length > size - at) {
            text[at++] = 'x';
            continue;
        }
        for (size_t i = 0; i < length; i++)
            text[at++] = letter[i];
    }
    return bytes_of(text, size);
}

static inline struct bytes dice_maybe(struct dice *d)
{
    return dice_below(d, 3) == 0 ? (struct bytes){0} : dice_text(d, 1, SHORT_TEXT_MAX);
}

static inline struct text_list dice_texts(struct dice *d)
{
    struct text_list l = {.count = dice_below(d, LIST_MAX + 1)};

    for (size_t i = 0; i < l.count; i++)
        l.at[i] = dice_text(d, 1, SHORT_TEXT_MAX);
    return l;
}

static inline struct partial_date dice_date(struct dice *d)
{
    const uint32_t parts = dice_below(d, 4);

    return (struct partial_date){.year = parts > 0 ? dice_range(d, 1, 9999) : 0,
                                 .month = parts > 1 ? dice_range(d, 1, 12) : 0,
                                 .day = parts > 2 ? dice_range(d, 1, 31) : 0};
}

static inline struct epoch dice_epoch(struct dice *d)
{
    struct epoch e = {.counter = dice_range(d, 1, 70000)};

    dice_fill(d, e.random, sizeof e.random);
    return e;
}

static inline struct agency_id dice_agency(struct dice *d)
{
    struct agency_id id = {{0}};

    (void)snprintf(id.text, sizeof id.text, "F%u", dice_below(d, 100000));
    return id;
}

/* A good header for two recipients; `recipients` must live as long. */
/* Decodes and encodes again. */
typedef status (*sample_again)(struct bytes bytes, struct arena *a, struct bytes *ret);

/* Arenas that grow until one is large enough, each no larger than it says, so that a
 * sanitizer sees who passes its end: whole, or not at all. */
static inline void check_hungry(struct bytes bytes, sample_again again)
{
    status s = E_MEMORY;

    for (size_t room = 0; s != OK; room += 1 + room / 16) {
        void *const memory = malloc(room + 1);
        struct bytes found = {0};
        struct arena a;
        CHECK(memory != NULL);
        arena_init(&a, memory, room);
        s = again(bytes, &a, &found);
        CHECK(s == OK || s == E_MEMORY);
        if (s == OK)
            CHECK_BYTES(found, bytes);
        free(memory);
    }
}

static inline struct header sample_header(const struct recipient *recipients)
{
    struct header h = {
        .stream = {.agency = {"F55"},
                   .lane = LANE_ROUTINE,
                   .epoch = {.counter = 1, .random = {1, 2, 3, 4, 5, 6, 7, 8}}},
        .index = 1000,
        .sealed_at = 1795471200000,
        .kind = KIND_INTELLIGENCE,
        .label = {.marking = MARKING_OFFICIAL_SENSITIVE,
                  .handling = HANDLING_P,
                  .priority = PRIORITY_MEDIUM},
        .roster_version = 3,
        .item_count = 5,
        .ciphertext_size = 900,
        .group_first = 990,
        .recipient_count = 2,
        .recipients = recipients,
    };

    memset(h.realm.bytes, 0x11, sizeof h.realm.bytes);
    memset(h.id.bytes, 0x22, sizeof h.id.bytes);
    memset(h.content_root.bytes, 0x33, sizeof h.content_root.bytes);
    memset(h.nonce, 0x44, sizeof h.nonce);
    memset(h.group_key, 0x55, sizeof h.group_key);
    return h;
}

#endif

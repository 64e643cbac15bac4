#ifndef FLAGPOST_TEST_SEAL_WORLD_H
#define FLAGPOST_TEST_SEAL_WORLD_H

/*
 * One publisher (F55), three recipients with a keyring each, and a group that starts at
 * index 5.  Everything follows from one seed, so that a run can be frozen.
 */

#include "seal.h"

#include "check.h"

enum { RECIPIENTS = 3, FIRST = 5, ITEMS = 3 };

static const struct agency_id world_agencies[RECIPIENTS] = {{"F01"}, {"F12"}, {"F55"}};

struct world {
    _Alignas(16) uint8_t room[1 << 20];
    struct arena arena;
    struct draw draw;
    struct hash realm;
    struct stream_id stream;
    struct keyring *rings[RECIPIENTS];
    struct hpke_key_pair kx[RECIPIENTS];
    struct seal_group group;
};

/* What went in and came out of one sealing. */
struct made {
    struct header h;
    struct sealed_content content;
    struct seal_recipient to[RECIPIENTS];
    size_t to_count;
    uint8_t key[CONTENT_KEY_SIZE];
    struct sealed_entry e;
};

static inline void world_init(struct world *w)
{
    const uint8_t seed[DRAW_SEED_SIZE] = {'s', 'e', 'a', 'l', [31] = 1};

    memset(w->room, 0, sizeof w->room);
    arena_init(&w->arena, w->room, sizeof w->room);
    draw_init(&w->draw, seed);
    memset(w->realm.bytes, 0x11, sizeof w->realm.bytes);
    w->stream =
        (struct stream_id){.agency = world_agencies[2],
                           .lane = LANE_ROUTINE,
                           .epoch = {.counter = 2, .random = {9, 8, 7, 6, 5, 4, 3, 2}}};
    for (uint32_t i = 0; i < RECIPIENTS; i++) {
        struct keyring_secrets secrets = {.master = {(uint8_t)(i + 1)}};
        uint8_t ikm[32];

        CHECK_OK(keyring_open(&secrets, &w->rings[i]));
        memset(ikm, (int)(0x30 + i), sizeof ikm);
        CHECK_OK(hpke_derive(bytes_of(ikm, sizeof ikm), &w->kx[i]));
        CHECK_OK(keyring_kx_add(w->rings[i], &(struct keyring_kx){.id = i + 1},
                                w->kx[i].secret));
    }
    seal_group_init(&w->group, &w->realm, &w->stream, FIRST, &w->draw);
}

static inline void world_done(struct world *w)
{
    for (size_t i = 0; i < RECIPIENTS; i++)
        w->rings[i] = keyring_free(w->rings[i]);
    seal_group_done(&w->group);
}

/* The first part of a header, for the record number `n`. */
static inline struct header world_header(const struct world *w, sequence index)
{
    struct header h = {.realm = w->realm,
                       .stream = w->stream,
                       .index = index,
                       .sealed_at = 1795471765000 + index,
                       .kind = KIND_INTELLIGENCE,
                       .label = {.marking = MARKING_OFFICIAL_SENSITIVE,
                                 .handling = HANDLING_P,
                                 .priority = PRIORITY_MEDIUM},
                       .roster_version = 4};

    memset(h.id.bytes, (int)(0x40 + index), sizeof h.id.bytes);
    return h;
}

static inline struct sealed_content world_content(struct world *w)
{
    const struct bytes items[ITEMS] = {bytes_of_text("facts"), bytes_of_text("a report"),
                                       bytes_of_text("a sanitised text")};
    struct sealed_content c = {0};

    CHECK_OK(seal_content(items, ITEMS, &w->draw, &w->arena, &c));
    return c;
}

/* Recipients by bits of `who`; the ordinal of each is 100 * its place + index. */
static inline void made_address(const struct world *w, struct made *m, unsigned who)
{
    m->to_count = 0;
    for (uint32_t i = 0; i < RECIPIENTS; i++) {
        if ((who >> i & 1) == 0)
            continue;
        struct seal_recipient *const r = &m->to[m->to_count++];
        *r = (struct seal_recipient){.agency = world_agencies[i],
                                     .kx_id = i + 1,
                                     .ordinal = (uint64_t)100 * (i + 1) + m->h.index};
        memcpy(r->kx_public, w->kx[i].public, sizeof r->kx_public);
    }
}

static inline status made_seal(struct world *w, struct made *m)
{
    const struct seal_work work = {.recipients = m->to,
                                   .recipient_count = m->to_count,
                                   .content = &m->content,
                                   .draw = &w->draw};

    return seal_entry(&w->group, &m->h, &work, &w->arena, m->key, &m->e);
}

static inline struct made world_seal(struct world *w, sequence index, unsigned who)
{
    struct made m = {.h = world_header(w, index)};

    m.content = world_content(w);
    made_address(w, &m, who);
    CHECK_OK(made_seal(w, &m));
    return m;
}

/* As a recipient has it: decoded from the bytes. */
static inline struct entry_parts world_receive(struct world *w, const struct made *m,
                                               size_t wrap)
{
    struct header *const h = arena_take(&w->arena, sizeof *h);
    const struct hash leaf = merkle_leaf(m->e.header);

    CHECK(h != NULL);
    CHECK(hash_equal(&leaf, &m->e.leaf));
    CHECK_OK(header_decode(m->e.header, &w->arena, h));
    return (struct entry_parts){.header = m->e.header,
                                .h = h,
                                .ciphertext = m->e.ciphertext,
                                .wrap =
                                    bytes_of(m->e.wraps.at + wrap * WRAP_SIZE, WRAP_SIZE)};
}

/* Opens wrap and content as recipient `i`, and checks what came out. */
static inline status world_open(struct world *w, const struct entry_parts *e, size_t i)
{
    uint8_t key[CONTENT_KEY_SIZE];
    uint64_t ordinal = 0;
    const struct salted_item *items = NULL;
    size_t count = 0;

    TRY(open_wrap(w->rings[i], &world_agencies[i], e, key, &ordinal));
    CHECK_INT(ordinal, 100 * (i + 1) + e->h->index);
    TRY(open_content(key, e, &w->arena, &items, &count));
    CHECK_INT(count, ITEMS);
    CHECK_BYTES(items[0].item, bytes_of_text("facts"));
    CHECK_BYTES(items[2].item, bytes_of_text("a sanitised text"));
    return OK;
}

#endif

#include "seal_world.h"

/* Property P4: only the recipients of a header open its record, all of them the same text,
 * and it opens in no other place. */

static struct world w;

/* The entry under a header that someone else made: whoever moves a record can make all its
 * hashes agree, so only the cryptography is left to refuse it. */
static struct made forged(struct world *in, const struct made *m, const struct header *h)
{
    struct made f = *m;
    struct bytes core = {0};

    f.h = *h;
    CHECK_OK(header_encode_core(&f.h, &in->arena, &core));
    CHECK_OK(header_finish(core, &f.h.ciphertext_hash, f.h.wrap_hashes, &in->arena,
                           &f.e.header));
    f.e.leaf = merkle_leaf(f.e.header);
    return f;
}

static void check_moved(const struct made *m, const struct header *h)
{
    const struct made f = forged(&w, m, h);
    const struct entry_parts e = world_receive(&w, &f, 0);
    const struct salted_item *items = NULL;
    uint64_t ordinal = 77;
    size_t count = 0;
    uint8_t key[CONTENT_KEY_SIZE] = {0xaa};

    CHECK_STATUS(open_wrap(w.rings[0], &world_agencies[0], &e, key, &ordinal), E_OPEN);
    CHECK_INT(key[0], 0xaa);
    CHECK_INT(ordinal, 77);
    CHECK_STATUS(open_content(m->key, &e, &w.arena, &items, &count), E_OPEN);
    CHECK(items == NULL);
}

static void an_entry_moved_anywhere_does_not_open(void)
{
    world_init(&w);
    const struct made m = world_seal(&w, 7, 5);
    struct header h[17];

    for (size_t i = 0; i < COUNT_OF(h); i++)
        h[i] = m.h;
    h[0].realm.bytes[31] ^= 1;
    h[1].stream.agency = world_agencies[1];
    h[2].stream.lane = LANE_IMMEDIATE;
    h[3].stream.epoch.counter++;
    h[4].stream.epoch.random[7] ^= 1;
    h[5].index++;
    h[6].id.bytes[15] ^= 1;
    h[7].sealed_at++;
    h[8].kind = KIND_OUTCOME;
    h[9].label.handling = HANDLING_C;
    h[10].roster_version++;
    h[11].has_previous = true;
    h[11].previous.bytes[0] = 1;
    h[12].content_root.bytes[0] ^= 1;
    h[13].item_count++;
    h[14].group_first++;
    h[15].label.marking = MARKING_OFFICIAL;
    h[16].index++;
    h[16].group_first++;
    for (size_t i = 0; i < COUNT_OF(h); i++)
        check_moved(&m, &h[i]);
    world_done(&w);
}

static void an_entry_moved_to_other_recipients_does_not_open(void)
{
    world_init(&w);
    const struct made m = world_seal(&w, 7, 5);
    struct header h = m.h;
    struct recipient to[2] = {m.h.recipients[0], m.h.recipients[1]};

    /* Another agency put beside the first: the first notices. */
    h.recipients = to;
    to[1].agency = world_agencies[1];
    to[1].kx_id = 2;
    check_moved(&m, &h);

    /* And the other one, given the first one's wrap, opens nothing. */
    struct made f = forged(&w, &m, &h);
    struct entry_parts e = world_receive(&w, &f, 1);
    CHECK_STATUS(world_open(&w, &e, 1), E_OPEN);

    /* Another KX key number. */
    h = m.h;
    h.recipients = to;
    to[1] = m.h.recipients[1];
    to[0].kx_id = 8;
    CHECK_OK(keyring_kx_add(w.rings[0], &(struct keyring_kx){.id = 8}, w.kx[0].secret));
    check_moved(&m, &h);
    world_done(&w);
}

static void an_agency_that_is_not_named_is_told_so(void)
{
    world_init(&w);
    const struct made m = world_seal(&w, 5, 5);
    const struct entry_parts e = world_receive(&w, &m, 0);

    CHECK_STATUS(world_open(&w, &e, 1), E_ADDRESS);
    world_done(&w);
}

/* Header, hashes and leaf agree, and the wraps stand in each other's place. */
static void a_wrap_opens_for_its_recipient_alone(void)
{
    uint8_t hashes[2 * HASH_SIZE];
    uint8_t wraps[2 * WRAP_SIZE];

    world_init(&w);
    const struct made m = world_seal(&w, 5, 3);
    struct header h = m.h;
    memcpy(hashes, m.h.wrap_hashes.at + HASH_SIZE, HASH_SIZE);
    memcpy(hashes + HASH_SIZE, m.h.wrap_hashes.at, HASH_SIZE);
    memcpy(wraps, m.e.wraps.at + WRAP_SIZE, WRAP_SIZE);
    memcpy(wraps + WRAP_SIZE, m.e.wraps.at, WRAP_SIZE);
    h.wrap_hashes = bytes_of(hashes, sizeof hashes);
    struct made f = forged(&w, &m, &h);
    f.e.wraps = bytes_of(wraps, sizeof wraps);
    for (size_t i = 0; i < 2; i++) {
        const struct entry_parts e = world_receive(&w, &f, i);
        CHECK_STATUS(world_open(&w, &e, i), E_OPEN);
    }
    world_done(&w);
}

static void a_wrap_of_another_entry_does_not_open(void)
{
    struct header h[2];

    world_init(&w);
    const struct made a = world_seal(&w, 5, 1);
    const struct made b = world_seal(&w, 6, 1);
    h[0] = a.h;
    h[0].wrap_hashes = b.h.wrap_hashes;
    h[1] = b.h;
    h[1].wrap_hashes = a.h.wrap_hashes;
    struct made f = forged(&w, &a, &h[0]);
    f.e.wraps = b.e.wraps;
    struct entry_parts e = world_receive(&w, &f, 0);
    CHECK_STATUS(world_open(&w, &e, 0), E_OPEN);
    f = forged(&w, &b, &h[1]);
    f.e.wraps = a.e.wraps;
    e = world_receive(&w, &f, 0);
    CHECK_STATUS(world_open(&w, &e, 0), E_OPEN);
    /* Without the forged hashes it does not come that far. */
    f = b;
    f.e.wraps = a.e.wraps;
    e = world_receive(&w, &f, 0);
    CHECK_STATUS(world_open(&w, &e, 0), E_HASH);
    world_done(&w);
}

static void a_ciphertext_of_another_entry_is_refused(void)
{
    uint8_t key[CONTENT_KEY_SIZE];
    uint64_t ordinal = 0;

    world_init(&w);
    const struct made a = world_seal(&w, 5, 1);
    const struct made b = world_seal(&w, 6, 1);
    struct header h = a.h;
    struct made f = a;

    f.e.ciphertext = b.e.ciphertext;
    struct entry_parts e = world_receive(&w, &f, 0);
    CHECK_STATUS(world_open(&w, &e, 0), E_HASH);
    h.ciphertext_hash = b.h.ciphertext_hash;
    f = forged(&w, &a, &h);
    f.e.ciphertext = b.e.ciphertext;
    e = world_receive(&w, &f, 0);
    CHECK_STATUS(open_wrap(w.rings[0], &world_agencies[0], &e, key, &ordinal), E_OPEN);
    world_done(&w);
}

static void a_publisher_with_another_text_than_committed_is_caught(void)
{
    for (int wrong = 0; wrong < 2; wrong++) {
        const struct salted_item *items = NULL;
        size_t count = 0;

        world_init(&w);
        struct made m = {.h = world_header(&w, 5)};
        m.content = world_content(&w);
        if (wrong == 0)
            m.content.root.bytes[0] ^= 1;
        else
            m.content.item_count++;
        made_address(&w, &m, 1);
        CHECK_OK(made_seal(&w, &m));
        const struct entry_parts e = world_receive(&w, &m, 0);
        const size_t mark = arena_mark(&w.arena);
        CHECK_STATUS(world_open(&w, &e, 0), E_HASH);
        CHECK_STATUS(open_content(m.key, &e, &w.arena, &items, &count), E_HASH);
        /* Nothing of the text is left for the next user of the arena. */
        CHECK_INT(arena_mark(&w.arena), mark);
        for (size_t i = mark; i < mark + 4096; i++)
            CHECK_INT(w.room[i], 0);
        world_done(&w);
    }
}

static void what_is_sealed_but_no_content_is_refused(void)
{
    const struct salted_item *items = NULL;
    size_t count = 0;

    world_init(&w);
    struct made m = {.h = world_header(&w, 5)};
    m.content = world_content(&w);
    m.content.plain = bytes_of_text("no content at all");
    made_address(&w, &m, 1);
    CHECK_OK(made_seal(&w, &m));
    const struct entry_parts e = world_receive(&w, &m, 0);
    const status s = open_content(m.key, &e, &w.arena, &items, &count);
    CHECK(s == E_FORM || s == E_VALUE || s == E_LIMIT);
    CHECK(items == NULL);
    world_done(&w);
}

static void any_flipped_bit_of_a_wrap_is_refused(void)
{
    uint8_t changed[WRAP_SIZE];

    world_init(&w);
    const struct made m = world_seal(&w, 5, 1);
    struct entry_parts e = world_receive(&w, &m, 0);
    memcpy(changed, e.wrap.at, sizeof changed);
    e.wrap.at = changed;
    for (size_t bit = 0; bit < 8 * sizeof changed; bit++) {
        changed[bit / 8] ^= (uint8_t)(1U << bit % 8);
        CHECK_STATUS(world_open(&w, &e, 0), E_HASH);
        changed[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    CHECK_OK(world_open(&w, &e, 0));
    world_done(&w);
}

static void any_flipped_bit_of_a_ciphertext_is_refused(void)
{
    uint8_t changed[1024];
    const struct salted_item *items = NULL;
    size_t count = 0;

    world_init(&w);
    const struct made m = world_seal(&w, 5, 1);
    struct entry_parts e = world_receive(&w, &m, 0);
    CHECK(e.ciphertext.size <= sizeof changed);
    memcpy(changed, e.ciphertext.at, e.ciphertext.size);
    e.ciphertext.at = changed;
    for (size_t bit = 0; bit < 8 * e.ciphertext.size; bit++) {
        changed[bit / 8] ^= (uint8_t)(1U << bit % 8);
        CHECK_STATUS(world_open(&w, &e, 0), E_HASH);
        CHECK_STATUS(open_content(m.key, &e, &w.arena, &items, &count), E_OPEN);
        changed[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    CHECK_OK(world_open(&w, &e, 0));
    world_done(&w);
}

static void any_flipped_bit_of_the_header_is_refused(void)
{
    static uint8_t changed[HEADER_BYTES_MAX];

    world_init(&w);
    const struct made m = world_seal(&w, 5, 1);
    memcpy(changed, m.e.header.at, m.e.header.size);
    for (size_t bit = 0; bit < 8 * m.e.header.size; bit++) {
        const size_t mark = arena_mark(&w.arena);
        struct header h = m.h;
        const struct entry_parts e = {.header = bytes_of(changed, m.e.header.size),
                                      .h = &h,
                                      .ciphertext = m.e.ciphertext,
                                      .wrap = m.e.wraps};

        changed[bit / 8] ^= (uint8_t)(1U << bit % 8);
        const struct hash leaf = merkle_leaf(e.header);
        CHECK(!hash_equal(&leaf, &m.e.leaf));
        if (header_decode(e.header, &w.arena, &h) == OK)
            CHECK(world_open(&w, &e, 0) != OK);
        changed[bit / 8] ^= (uint8_t)(1U << bit % 8);
        arena_rewind(&w.arena, mark);
    }
    world_done(&w);
}

static void a_destroyed_kx_key_opens_nothing(void)
{
    world_init(&w);
    const struct made m = world_seal(&w, 5, 1);
    const struct entry_parts e = world_receive(&w, &m, 0);

    CHECK_OK(world_open(&w, &e, 0));
    keyring_kx_destroy(w.rings[0], 1);
    CHECK_STATUS(world_open(&w, &e, 0), E_OPEN);
    world_done(&w);
}

static void what_cannot_be_sealed_leaves_its_index_free(void)
{
    world_init(&w);
    struct made m = {.h = world_header(&w, 5)};
    m.content = world_content(&w);
    const struct sealed_content good = m.content;

    made_address(&w, &m, 3);
    memset(m.to[1].kx_public, 0, sizeof m.to[1].kx_public);
    CHECK_STATUS(made_seal(&w, &m), E_KEY);
    made_address(&w, &m, 3);
    m.to[1].agency = m.to[0].agency;
    CHECK_STATUS(made_seal(&w, &m), E_VALUE);
    m.to_count = 0;
    CHECK_STATUS(made_seal(&w, &m), E_LIMIT);
    made_address(&w, &m, 3);
    m.content.plain.size = CONTENT_BYTES_MAX + 1;
    CHECK_STATUS(made_seal(&w, &m), E_LIMIT);
    m.content = good;
    m.h.roster_version = 0;
    CHECK_STATUS(made_seal(&w, &m), E_VALUE);
    m.h.roster_version = 4;
    CHECK_INT(m.e.header.size, 0);
    CHECK_INT(w.group.next, 5);
    CHECK_OK(made_seal(&w, &m));
    world_done(&w);
}

static void an_arena_that_is_used_up_is_an_error(void)
{
    world_init(&w);
    struct made m = {.h = world_header(&w, 5)};
    m.content = world_content(&w);
    made_address(&w, &m, 1);
    const struct arena before = w.arena;
    for (size_t left = 0; left < 600; left += 16) {
        w.arena.room = before.used + left;
        CHECK_STATUS(made_seal(&w, &m), E_MEMORY);
        w.arena = before;
    }
    CHECK_OK(made_seal(&w, &m));
    world_done(&w);
}

static void contents_of_no_or_too_many_items_are_refused(void)
{
    static struct bytes items[ITEMS_MAX + 1];
    struct sealed_content c = {0};

    world_init(&w);
    for (size_t i = 0; i <= ITEMS_MAX; i++)
        items[i] = bytes_of_text("x");
    CHECK_STATUS(seal_content(items, 0, &w.draw, &w.arena, &c), E_LIMIT);
    CHECK_STATUS(seal_content(items, ITEMS_MAX + 1, &w.draw, &w.arena, &c), E_LIMIT);
    CHECK_OK(seal_content(items, ITEMS_MAX, &w.draw, &w.arena, &c));
    CHECK_INT(c.item_count, ITEMS_MAX);
    world_done(&w);
}

CASES(CASE(an_entry_moved_anywhere_does_not_open),
      CASE(an_entry_moved_to_other_recipients_does_not_open),
      CASE(an_agency_that_is_not_named_is_told_so),
      CASE(a_wrap_opens_for_its_recipient_alone),
      CASE(a_wrap_of_another_entry_does_not_open),
      CASE(a_ciphertext_of_another_entry_is_refused),
      CASE(a_publisher_with_another_text_than_committed_is_caught),
      CASE(what_is_sealed_but_no_content_is_refused),
      CASE(any_flipped_bit_of_a_wrap_is_refused),
      CASE(any_flipped_bit_of_a_ciphertext_is_refused),
      CASE(any_flipped_bit_of_the_header_is_refused),
      CASE(a_destroyed_kx_key_opens_nothing),
      CASE(what_cannot_be_sealed_leaves_its_index_free),
      CASE(an_arena_that_is_used_up_is_an_error),
      CASE(contents_of_no_or_too_many_items_are_refused))

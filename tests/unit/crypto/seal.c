#include "seal_world.h"

#include "vectors.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static struct world w;
static struct vectors vectors;

static struct bytes hash_bytes(const struct hash *h)
{
    return bytes_of(h->bytes, sizeof h->bytes);
}

static void every_recipient_opens_the_same_content(void)
{
    world_init(&w);
    const struct made m = world_seal(&w, 5, 7);
    CHECK_INT(m.e.wraps.size, 3 * WRAP_SIZE);
    for (size_t i = 0; i < RECIPIENTS; i++) {
        const struct entry_parts e = world_receive(&w, &m, i);
        uint8_t key[CONTENT_KEY_SIZE];
        uint64_t ordinal = 0;

        CHECK_OK(open_wrap(w.rings[i], &world_agencies[i], &e, key, &ordinal));
        CHECK_BYTES(bytes_of(key, sizeof key), bytes_of(m.key, sizeof m.key));
        CHECK_OK(world_open(&w, &e, i));
    }
    world_done(&w);
}

static void the_header_says_what_was_sealed(void)
{
    world_init(&w);
    const struct made m = world_seal(&w, 6, 5);
    const struct entry_parts e = world_receive(&w, &m, 0);
    const struct hash ciphertext = blake(m.e.ciphertext);
    const struct hash second_wrap = blake(bytes_of(m.e.wraps.at + WRAP_SIZE, WRAP_SIZE));

    CHECK_INT(e.h->index, 6);
    CHECK_INT(e.h->group_first, FIRST);
    CHECK_INT(e.h->item_count, ITEMS);
    CHECK_INT(e.h->ciphertext_size, m.e.ciphertext.size);
    CHECK_INT(e.h->recipient_count, 2);
    CHECK_INT(e.h->recipients[1].kx_id, 3);
    CHECK(hash_equal(&e.h->content_root, &m.content.root));
    CHECK(hash_equal(&e.h->ciphertext_hash, &ciphertext));
    CHECK_BYTES(bytes_of(e.h->group_key, 32), bytes_of(w.group.ephemeral.public, 32));
    CHECK_BYTES(bytes_of(e.h->wrap_hashes.at + HASH_SIZE, HASH_SIZE),
                hash_bytes(&second_wrap));
    world_done(&w);
}

static void nothing_secret_is_repeated_between_entries(void)
{
    world_init(&w);
    const struct made a = world_seal(&w, 5, 7);
    const struct made b = world_seal(&w, 6, 7);

    CHECK(!bytes_equal(bytes_of(a.key, 32), bytes_of(b.key, 32)));
    CHECK(!bytes_equal(bytes_of(a.h.nonce, 24), bytes_of(b.h.nonce, 24)));
    /* The items are the same: their salts are not. */
    CHECK(!hash_equal(&a.content.root, &b.content.root));
    world_done(&w);
}

static void sequence_numbers_between_entries_are_skipped(void)
{
    static const sequence indexes[] = {5, 8, 300};

    world_init(&w);
    for (size_t i = 0; i < COUNT_OF(indexes); i++) {
        /* F12 gets the second alone: the first takes a number that it never sees. */
        const struct made m = world_seal(&w, indexes[i], i == 1 ? 2 : 4);
        const size_t who = i == 1 ? 1 : 2;
        const struct entry_parts e = world_receive(&w, &m, 0);

        CHECK_OK(world_open(&w, &e, who));
    }
    CHECK_INT(w.group.context_count, 2);
    world_done(&w);
}

/* A recipient that has a new key from the middle of a group on: old and new both open. */
static void a_new_kx_key_within_a_group_is_used_at_once(void)
{
    const uint8_t ikm[32] = {0x77};
    struct hpke_key_pair fresh;

    world_init(&w);
    const struct made before = world_seal(&w, 5, 1);
    struct made after = {.h = world_header(&w, 6)};
    CHECK_OK(hpke_derive(bytes_of(ikm, sizeof ikm), &fresh));
    CHECK_OK(keyring_kx_add(w.rings[0], &(struct keyring_kx){.id = 9}, fresh.secret));
    after.content = world_content(&w);
    made_address(&w, &after, 1);
    after.to[0].kx_id = 9;
    memcpy(after.to[0].kx_public, fresh.public, sizeof fresh.public);
    CHECK_OK(made_seal(&w, &after));
    CHECK_INT(w.group.context_count, 1);

    struct entry_parts e = world_receive(&w, &after, 0);
    CHECK_OK(world_open(&w, &e, 0));
    e = world_receive(&w, &before, 0);
    CHECK_OK(world_open(&w, &e, 0));
    world_done(&w);
}

static void an_item_can_be_disclosed_alone(void)
{
    struct hash leaves[ITEMS];
    const struct salted_item *items = NULL;
    struct bytes path = {0};
    size_t count = 0;

    world_init(&w);
    const struct made m = world_seal(&w, 5, 1);
    const struct entry_parts e = world_receive(&w, &m, 0);
    CHECK_OK(open_content(m.key, &e, &w.arena, &items, &count));
    for (uint32_t i = 0; i < ITEMS; i++)
        leaves[i] = content_leaf(i, &items[i]);
    CHECK_OK(merkle_inclusion(leaves, ITEMS, 1, &w.arena, &path));
    CHECK_OK(
        merkle_verify_inclusion(&leaves[1], 1, e.h->item_count, path, &e.h->content_root));
    const struct hash elsewhere = content_leaf(2, &items[1]);
    CHECK_STATUS(
        merkle_verify_inclusion(&elsewhere, 1, e.h->item_count, path, &e.h->content_root),
        E_HASH);
    world_done(&w);
}

static void a_statement_has_no_ciphertext_and_no_recipient(void)
{
    struct sealed_entry e = {0};
    struct header back = {.kind = KIND_EPOCH};
    const struct hash nothing = blake((struct bytes){0});

    world_init(&w);
    struct header h = world_header(&w, 0);
    h.kind = KIND_EPOCH;
    h.has_statement = true;
    h.statement = (struct epoch_statement){.old_epoch = {.counter = 1, .random = {1}},
                                           .old_size = 40,
                                           .reason = EPOCH_RESTORED};
    memset(h.statement.old_root.bytes, 0x22, HASH_SIZE);
    CHECK_OK(seal_statement(&h, &w.arena, &e));
    const struct hash leaf = merkle_leaf(e.header);
    CHECK(hash_equal(&leaf, &e.leaf));
    CHECK_INT(e.ciphertext.size, 0);
    CHECK_INT(e.wraps.size, 0);
    CHECK_OK(header_decode(e.header, &w.arena, &back));
    CHECK(hash_equal(&back.ciphertext_hash, &nothing));
    CHECK_INT(back.statement.old_size, 40);

    uint8_t key[CONTENT_KEY_SIZE];
    uint64_t ordinal = 0;
    const struct entry_parts parts = {.header = e.header, .h = &back};
    CHECK_STATUS(open_wrap(w.rings[0], &world_agencies[0], &parts, key, &ordinal),
                 E_ADDRESS);
    world_done(&w);
}

static void seal_at_index(sequence index)
{
    (void)fclose(stderr); /* the message is expected */
    (void)world_seal(&w, index, 1);
    _exit(0);
}

/* The index is the HPKE sequence number: the same one again would reuse a nonce. */
static void no_index_is_sealed_twice(void)
{
    static const sequence spent[] = {4, 5, 7};

    world_init(&w);
    (void)world_seal(&w, 5, 1);
    (void)world_seal(&w, 7, 1);
    for (size_t i = 0; i < COUNT_OF(spent); i++) {
        int outcome = 0;
        const pid_t child = fork();

        CHECK(child >= 0);
        if (child == 0)
            seal_at_index(spent[i]);
        CHECK(waitpid(child, &outcome, 0) == child);
        CHECK(WIFSIGNALED(outcome) && WTERMSIG(outcome) == SIGABRT);
    }
    world_done(&w);
}

static void a_finished_group_has_forgotten_its_keys(void)
{
    world_init(&w);
    (void)world_seal(&w, 5, 7);
    world_done(&w);
    for (size_t i = 0; i < sizeof w.group; i++)
        CHECK_INT(((const uint8_t *)&w.group)[i], 0);
}

static void check_frozen(const char *what, size_t n, struct bytes got)
{
    char name[32];

    CHECK(snprintf(name, sizeof name, "%s-%zu", what, n) > 0);
    CHECK_BYTES(got, vector_find(&vectors, name));
}

static void open_as_each(const struct made *m, unsigned who)
{
    size_t wrap = 0;

    for (size_t i = 0; i < RECIPIENTS; i++) {
        if ((who >> i & 1) == 0)
            continue;
        const struct entry_parts e = world_receive(&w, m, wrap++);
        CHECK_OK(world_open(&w, &e, i));
    }
    CHECK_INT(wrap, m->to_count);
}

static void a_group_is_sealed_to_the_frozen_bytes(void)
{
    static const struct {
        sequence index;
        unsigned who;
    } entries[] = {{5, 1}, {6, 5}, {8, 7}};

    vectors_read(&vectors, "group");
    world_init(&w);
    for (size_t n = 0; n < COUNT_OF(entries); n++) {
        const struct made m = world_seal(&w, entries[n].index, entries[n].who);

        check_frozen("plain", n, m.content.plain);
        check_frozen("root", n, hash_bytes(&m.content.root));
        check_frozen("key", n, bytes_of(m.key, sizeof m.key));
        check_frozen("header", n, m.e.header);
        check_frozen("ciphertext", n, m.e.ciphertext);
        check_frozen("wraps", n, m.e.wraps);
        check_frozen("leaf", n, hash_bytes(&m.e.leaf));
        open_as_each(&m, entries[n].who);
    }
    world_done(&w);
}

static void a_kept_key_is_the_frozen_one(void)
{
    struct draw d;
    record_id id;
    uint8_t kept[KEPT_KEY_SIZE];
    uint8_t key[CONTENT_KEY_SIZE];

    vectors_read(&vectors, "kept");
    const struct bytes storage = vector_find(&vectors, "storage-key");
    draw_init(&d, vector_find(&vectors, "seed").at);
    memcpy(id.bytes, vector_find(&vectors, "id").at, sizeof id.bytes);
    keep_key(storage.at, &id, vector_find(&vectors, "content-key").at, &d, kept);
    CHECK_BYTES(bytes_of(kept, sizeof kept), vector_find(&vectors, "kept"));
    CHECK_OK(open_kept_key(storage.at, &id, bytes_of(kept, sizeof kept), key));
    CHECK_BYTES(bytes_of(key, sizeof key), vector_find(&vectors, "content-key"));
}

static void a_kept_key_opens_for_its_record_alone(void)
{
    const uint8_t storage[32] = {1};
    const uint8_t other_storage[32] = {2};
    const uint8_t content_key[CONTENT_KEY_SIZE] = {3};
    const record_id id = {{4}};
    const record_id other_id = {{5}};
    uint8_t kept[KEPT_KEY_SIZE];
    uint8_t key[CONTENT_KEY_SIZE] = {0xaa};
    const struct bytes k = bytes_of(kept, sizeof kept);

    world_init(&w);
    keep_key(storage, &id, content_key, &w.draw, kept);
    CHECK_STATUS(open_kept_key(other_storage, &id, k, key), E_OPEN);
    CHECK_STATUS(open_kept_key(storage, &other_id, k, key), E_OPEN);
    CHECK_STATUS(open_kept_key(storage, &id, bytes_of(kept, sizeof kept - 1), key), E_OPEN);
    for (size_t bit = 0; bit < 8 * sizeof kept; bit++) {
        kept[bit / 8] ^= (uint8_t)(1U << bit % 8);
        CHECK_STATUS(open_kept_key(storage, &id, k, key), E_OPEN);
        kept[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    CHECK_INT(key[0], 0xaa);
    CHECK_OK(open_kept_key(storage, &id, k, key));
    CHECK_INT(key[0], 3);
    world_done(&w);
}

CASES(CASE(every_recipient_opens_the_same_content), CASE(the_header_says_what_was_sealed),
      CASE(nothing_secret_is_repeated_between_entries),
      CASE(sequence_numbers_between_entries_are_skipped),
      CASE(a_new_kx_key_within_a_group_is_used_at_once),
      CASE(an_item_can_be_disclosed_alone),
      CASE(a_statement_has_no_ciphertext_and_no_recipient), CASE(no_index_is_sealed_twice),
      CASE(a_finished_group_has_forgotten_its_keys),
      CASE(a_group_is_sealed_to_the_frozen_bytes), CASE(a_kept_key_is_the_frozen_one),
      CASE(a_kept_key_opens_for_its_record_alone))

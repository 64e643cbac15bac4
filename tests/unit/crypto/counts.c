#include "counts.h"

#include "draw.h"
#include "vectors.h"

enum { ROWS = 5 };

static const uint8_t group_salt[COUNT_SALT_SIZE] = {0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5,
                                                    0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xab,
                                                    0xac, 0xad, 0xae, 0xaf};
static const struct agency_id agencies[ROWS] = {
    {"F01"}, {"F12"}, {"F55"}, {"JFC"}, {"SWROCU-WEST-0001"}};
static const struct count counts[ROWS] = {
    {3, 17}, {0, 0}, {1, 4}, {0, 0}, {0x0102030405060708, 0x1112131415161718}};
static const struct count_table table = {
    .group_salt = group_salt, .agencies = agencies, .counts = counts, .n = ROWS};

static _Alignas(16) uint8_t room[1 << 16];
static struct arena arena;
static struct vectors vectors;

static struct hash root_of(const struct count_table *t)
{
    struct hash root = {0};

    arena_init(&arena, room, sizeof room);
    CHECK_OK(counts_root(t, &arena, &root));
    return root;
}

static struct hash leaf_of(const struct count_table *t, size_t i)
{
    uint8_t salt[COUNT_SALT_SIZE];

    count_salt(t->group_salt, &t->agencies[i], salt);
    return count_leaf(salt, &t->agencies[i], &t->counts[i]);
}

static void the_root_is_the_frozen_one(void)
{
    const struct hash root = root_of(&table);

    vectors_read(&vectors, "counts");
    for (size_t i = 0; i < ROWS; i++) {
        char name[16];
        const struct hash leaf = leaf_of(&table, i);

        CHECK(snprintf(name, sizeof name, "leaf-%zu", i) > 0);
        CHECK_BYTES(bytes_of(leaf.bytes, HASH_SIZE), vector_find(&vectors, name));
    }
    CHECK_BYTES(bytes_of(root.bytes, HASH_SIZE), vector_find(&vectors, "root"));
}

/* The leaf byte by byte, so that the layout stands here a second time. */
static void a_leaf_has_the_stated_layout(void)
{
    uint8_t data[64];
    struct writer w = writer_over(data, sizeof data);

    blake_keyed(bytes_of(group_salt, sizeof group_salt), bytes_of_text("SWROCU-WEST-0001"),
                data, COUNT_SALT_SIZE);
    w.size = COUNT_SALT_SIZE;
    write_u8(&w, 16);
    write_text(&w, "SWROCU-WEST-0001");
    write_u64(&w, 0x0102030405060708);
    write_u64(&w, 0x1112131415161718);
    CHECK(!w.bad);
    const struct hash wanted = merkle_leaf(writer_bytes(&w));
    const struct hash got = leaf_of(&table, 4);
    CHECK_BYTES(bytes_of(got.bytes, HASH_SIZE), bytes_of(wanted.bytes, HASH_SIZE));
}

static void check_place(const struct count_table *t, size_t rank)
{
    const struct hash root = root_of(t);
    const struct hash leaf = leaf_of(t, rank);
    struct bytes path = {0};

    CHECK_OK(counts_path(t, rank, &arena, &path));
    for (size_t other = 0; other < t->n; other++) {
        const status s = merkle_verify_inclusion(&leaf, other, t->n, path, &root);
        CHECK((s == OK) == (other == rank));
    }
}

static void every_agency_can_prove_its_place(void)
{
    struct count_table t = table;

    for (t.n = 1; t.n <= ROWS; t.n++) {
        for (size_t rank = 0; rank < t.n; rank++)
            check_place(&t, rank);
    }
}

static void another_count_is_another_root(void)
{
    const struct hash root = root_of(&table);

    for (size_t i = 0; i < ROWS; i++) {
        struct count changed[ROWS];
        struct count_table t = table;

        memcpy(changed, counts, sizeof changed);
        t.counts = changed;
        changed[i].count++;
        const struct hash more = root_of(&t);
        CHECK(!hash_equal(&more, &root));
        changed[i] = (struct count){.count = 1, .last = 99};
        const struct hash later = root_of(&t);
        CHECK(!hash_equal(&later, &root));
    }
}

static void a_count_of_zero_has_no_last_index(void)
{
    const uint8_t salt[COUNT_SALT_SIZE] = {1};
    const struct count zero = {.count = 0, .last = 0};
    const struct count stale = {.count = 0, .last = 77};
    const struct hash a = count_leaf(salt, &agencies[0], &zero);
    const struct hash b = count_leaf(salt, &agencies[0], &stale);

    CHECK(hash_equal(&a, &b));
}

static void a_leaf_cannot_be_guessed_without_the_salt_key(void)
{
    const uint8_t other[COUNT_SALT_SIZE] = {0};
    uint8_t salts[3][COUNT_SALT_SIZE];

    count_salt(group_salt, &agencies[0], salts[0]);
    count_salt(other, &agencies[0], salts[1]);
    count_salt(group_salt, &agencies[1], salts[2]);
    CHECK(!bytes_equal(bytes_of(salts[0], 16), bytes_of(salts[1], 16)));
    CHECK(!bytes_equal(bytes_of(salts[0], 16), bytes_of(salts[2], 16)));
}

static void a_rank_outside_the_table_is_refused(void)
{
    struct bytes path = {0};

    arena_init(&arena, room, sizeof room);
    CHECK_STATUS(counts_path(&table, ROWS, &arena, &path), E_VALUE);
}

static void too_small_an_arena_is_refused(void)
{
    struct bytes path = {0};
    struct hash root = {0};

    arena_init(&arena, room, ROWS * HASH_SIZE - 1);
    CHECK_STATUS(counts_root(&table, &arena, &root), E_MEMORY);
    CHECK_STATUS(counts_path(&table, 0, &arena, &path), E_MEMORY);
}

static void the_root_leaves_nothing_in_the_arena(void)
{
    arena_init(&arena, room, sizeof room);
    struct hash root = {0};
    CHECK_OK(counts_root(&table, &arena, &root));
    CHECK_INT(arena_mark(&arena), 0);
}

CASES(CASE(the_root_is_the_frozen_one), CASE(a_leaf_has_the_stated_layout),
      CASE(every_agency_can_prove_its_place), CASE(another_count_is_another_root),
      CASE(a_count_of_zero_has_no_last_index),
      CASE(a_leaf_cannot_be_guessed_without_the_salt_key),
      CASE(a_rank_outside_the_table_is_refused), CASE(too_small_an_arena_is_refused),
      CASE(the_root_leaves_nothing_in_the_arena))

#include "merkle.h"

#include "check.h"

enum { LEAVES = 64 };

static _Alignas(16) uint8_t room[1 << 16];
static struct arena arena;

static void fill(struct hash leaves[LEAVES])
{
    arena_init(&arena, room, sizeof room);
    for (size_t i = 0; i < LEAVES; i++) {
        const uint8_t data[2] = {(uint8_t)i, 0x5a};
        leaves[i] = merkle_leaf(bytes_of(data, sizeof data));
    }
}

/* A good path for leaf `m` of `n`, in `room` with space for one hash more. */
struct proof {
    size_t m, n;
    struct hash root;
    uint8_t room[(MERKLE_LEVELS_MAX + 1) * HASH_SIZE];
    size_t size;
};

static struct proof proof_of(const struct hash *leaves, size_t m, size_t n)
{
    struct proof p = {.m = m, .n = n, .root = merkle_root(leaves, n)};
    struct bytes path = {0};

    CHECK_OK(merkle_inclusion(leaves, n, m, &arena, &path));
    memcpy(p.room, path.at, path.size);
    p.size = path.size;
    return p;
}

static status verify(const struct proof *p, const struct hash *leaf, size_t size)
{
    return merkle_verify_inclusion(leaf, p->m, p->n, bytes_of(p->room, size), &p->root);
}

static void swap_hashes(uint8_t *path)
{
    uint8_t first[HASH_SIZE];

    memcpy(first, path, HASH_SIZE);
    memcpy(path, path + HASH_SIZE, HASH_SIZE);
    memcpy(path + HASH_SIZE, first, HASH_SIZE);
}

static void check_inclusion_refused(const struct hash *leaves, size_t m, size_t n)
{
    struct proof p = proof_of(leaves, m, n);
    const struct bytes path = bytes_of(p.room, p.size);

    CHECK_OK(verify(&p, &leaves[m], p.size));
    CHECK_STATUS(verify(&p, &leaves[m], p.size + HASH_SIZE), E_FORM);
    CHECK_STATUS(verify(&p, &leaves[m], p.size + 1), E_FORM);
    CHECK_STATUS(merkle_verify_inclusion(&leaves[m], n, n, path, &p.root), E_FORM);
    for (size_t other = 0; other < n; other++) {
        const status s = merkle_verify_inclusion(&leaves[m], other, n, path, &p.root);
        CHECK(other == m ? s == OK : s == E_HASH || s == E_FORM);
    }
    for (size_t i = 0; i < p.size; i += 11) {
        p.room[i] ^= 1;
        CHECK_STATUS(verify(&p, &leaves[m], p.size), E_HASH);
        p.room[i] ^= 1;
    }
    if (p.size >= HASH_SIZE)
        CHECK_STATUS(verify(&p, &leaves[m], p.size - HASH_SIZE), E_FORM);
    if (p.size >= (size_t)2 * HASH_SIZE) {
        swap_hashes(p.room);
        CHECK_STATUS(verify(&p, &leaves[m], p.size), E_HASH);
    }
}

static void inclusion_proofs_that_are_not_it_are_refused(void)
{
    struct hash leaves[LEAVES];

    for (size_t n = 1; n <= LEAVES; n++) {
        fill(leaves);
        for (size_t m = 0; m < n; m++)
            check_inclusion_refused(leaves, m, n);
    }
}

static void check_growth_refused(const struct hash *leaves, size_t m, size_t n)
{
    const struct hash old_root = merkle_root(leaves, m);
    const struct hash root = merkle_root(leaves, n);
    uint8_t changed[(MERKLE_LEVELS_MAX + 1) * HASH_SIZE] = {0};
    struct bytes path = {0};

    CHECK_OK(merkle_consistency(leaves, n, m, &arena, &path));
    memcpy(changed, path.at, path.size);
    const struct bytes same = bytes_of(changed, path.size);
    const struct bytes longer = bytes_of(changed, path.size + HASH_SIZE);
    const struct bytes shorter = bytes_of(changed, path.size - HASH_SIZE);
    CHECK_STATUS(merkle_verify_consistency(m, &old_root, n, &root, longer), E_FORM);
    CHECK_STATUS(merkle_verify_consistency(m, &old_root, n, &root, shorter), E_FORM);
    CHECK_STATUS(merkle_verify_consistency(n, &root, m, &old_root, path), E_FORM);
    CHECK_STATUS(merkle_verify_consistency(m, &root, n, &root, path), E_HASH);
    CHECK_STATUS(merkle_verify_consistency(m, &old_root, n, &old_root, path), E_HASH);
    for (size_t i = 0; i < path.size; i += 13) {
        changed[i] ^= 0x80;
        CHECK_STATUS(merkle_verify_consistency(m, &old_root, n, &root, same), E_HASH);
        changed[i] ^= 0x80;
    }
    if (path.size < (size_t)2 * HASH_SIZE)
        return;
    swap_hashes(changed);
    CHECK_STATUS(merkle_verify_consistency(m, &old_root, n, &root, same), E_HASH);
}

static void growth_proofs_that_are_not_it_are_refused(void)
{
    struct hash leaves[LEAVES];

    for (size_t n = 2; n <= LEAVES; n++) {
        fill(leaves);
        for (size_t m = 1; m < n; m++)
            check_growth_refused(leaves, m, n);
    }
}

static void a_second_history_is_no_growth(void)
{
    struct hash leaves[LEAVES];
    struct bytes path = {0};

    fill(leaves);
    const struct hash old_root = merkle_root(leaves, 20);
    leaves[7].bytes[0] ^= 1;
    const struct hash root = merkle_root(leaves, 50);
    CHECK_OK(merkle_consistency(leaves, 50, 20, &arena, &path));
    CHECK_STATUS(merkle_verify_consistency(20, &old_root, 50, &root, path), E_HASH);
}

static void empty_and_equal_trees_need_no_proof_and_take_none(void)
{
    struct hash leaves[LEAVES];
    const uint8_t zeros[HASH_SIZE] = {0};
    const struct bytes none = {0};
    const struct bytes one = bytes_of(zeros, sizeof zeros);

    fill(leaves);
    const struct hash empty = merkle_root(leaves, 0);
    const struct hash root = merkle_root(leaves, 5);
    CHECK_OK(merkle_verify_consistency(0, &empty, 5, &root, none));
    CHECK_OK(merkle_verify_consistency(0, &empty, 0, &empty, none));
    CHECK_OK(merkle_verify_consistency(5, &root, 5, &root, none));
    CHECK_STATUS(merkle_verify_consistency(0, &root, 5, &root, none), E_HASH);
    CHECK_STATUS(merkle_verify_consistency(0, &empty, 0, &root, none), E_HASH);
    CHECK_STATUS(merkle_verify_consistency(5, &empty, 5, &root, none), E_HASH);
    CHECK_STATUS(merkle_verify_consistency(0, &empty, 5, &root, one), E_FORM);
    CHECK_STATUS(merkle_verify_consistency(5, &root, 5, &root, one), E_FORM);
}

static void extreme_sizes_are_refused_without_harm(void)
{
    static const uint8_t zeros[65 * HASH_SIZE] = {0};
    const struct hash h = {0};

    /* 64 hashes is the right length here, whatever the bits of the index. */
    CHECK_STATUS(merkle_verify_inclusion(&h, 1, UINT64_MAX,
                                         bytes_of(zeros, (size_t)64 * HASH_SIZE), &h),
                 E_HASH);
    for (size_t n = 0; n <= 65; n++) {
        const struct bytes path = bytes_of(zeros, n * HASH_SIZE);
        CHECK(merkle_verify_inclusion(&h, 0, UINT64_MAX, path, &h) != OK);
        CHECK(merkle_verify_inclusion(&h, UINT64_MAX - 1, UINT64_MAX, path, &h) != OK);
        CHECK(merkle_verify_inclusion(&h, 0, 0, path, &h) != OK);
        CHECK(merkle_verify_consistency((sequence)1 << 63, &h, UINT64_MAX, &h, path) != OK);
        CHECK(merkle_verify_consistency(1, &h, UINT64_MAX, &h, path) != OK);
        CHECK(merkle_verify_consistency(UINT64_MAX - 1, &h, UINT64_MAX, &h, path) != OK);
    }
}

static void paths_outside_the_tree_are_refused(void)
{
    struct hash leaves[LEAVES];
    struct bytes path = {0};

    fill(leaves);
    CHECK_STATUS(merkle_inclusion(leaves, 5, 5, &arena, &path), E_VALUE);
    CHECK_STATUS(merkle_inclusion(leaves, 0, 0, &arena, &path), E_VALUE);
    CHECK_STATUS(merkle_consistency(leaves, 5, 6, &arena, &path), E_VALUE);
    arena_init(&arena, room, HASH_SIZE);
    CHECK_STATUS(merkle_inclusion(leaves, 5, 0, &arena, &path), E_MEMORY);
    CHECK_STATUS(merkle_consistency(leaves, 5, 3, &arena, &path), E_MEMORY);
}

CASES(CASE(inclusion_proofs_that_are_not_it_are_refused),
      CASE(growth_proofs_that_are_not_it_are_refused), CASE(a_second_history_is_no_growth),
      CASE(empty_and_equal_trees_need_no_proof_and_take_none),
      CASE(extreme_sizes_are_refused_without_harm),
      CASE(paths_outside_the_tree_are_refused))

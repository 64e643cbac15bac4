#include "merkle.h"

#include "check.h"
#include "text.h"

enum { LEAVES = 64 };

/* Test data of the RFC 6962 reference implementation (certificate-transparency, then
 * transparency-dev/merkle). */
static const char *const reference_leaves[8] = {"",
                                                "00",
                                                "10",
                                                "2021",
                                                "3031",
                                                "40414243",
                                                "5051525354555657",
                                                "606162636465666768696a6b6c6d6e6f"};

static const char *const reference_roots[9] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

struct reference_path {
    size_t at, size; /* index or old size, and size */
    const char *path;
};

static const struct reference_path reference_inclusion[] = {
    {0, 1, ""},
    {0, 8,
     "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
     "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
     "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"},
    {5, 8,
     "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
     "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
     "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
    {2, 3, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
    {1, 5,
     "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
     "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
     "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"},
};

static const struct reference_path reference_consistency[] = {
    {1, 1, ""},
    {1, 8,
     "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
     "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
     "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"},
    {6, 8,
     "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
     "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
     "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
    {2, 5,
     "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
     "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"},
};

static _Alignas(16) uint8_t room[1 << 16];
static struct arena arena;

static struct bytes unhex(const char *hex)
{
    const struct bytes text = bytes_of_text(hex);
    uint8_t *const at = arena_take(&arena, text.size / 2);

    CHECK(at != NULL);
    CHECK_OK(hex_decode(text, at, text.size / 2));
    return bytes_of(at, text.size / 2);
}

static struct hash hash_of_hex(const char *hex)
{
    struct hash h;

    CHECK_OK(hex_decode(bytes_of_text(hex), h.bytes, sizeof h.bytes));
    return h;
}

static void fill_reference(struct hash leaves[8])
{
    arena_init(&arena, room, sizeof room);
    for (size_t i = 0; i < 8; i++)
        leaves[i] = merkle_leaf(unhex(reference_leaves[i]));
}

static void fill(struct hash leaves[LEAVES])
{
    arena_init(&arena, room, sizeof room);
    for (size_t i = 0; i < LEAVES; i++) {
        const uint8_t data[2] = {(uint8_t)i, 0x5a};
        leaves[i] = merkle_leaf(bytes_of(data, sizeof data));
    }
}

static struct bytes bytes_of_hash(const struct hash *h)
{
    return bytes_of(h->bytes, HASH_SIZE);
}

/* The definitions of RFC 6962 section 2.1, word for word, recursion and all. */

static size_t k_of(size_t n)
{
    size_t k = 1;

    while (k * 2 < n)
        k *= 2;
    return k;
}

static struct hash mth(const struct hash *d, size_t n)
{
    if (n == 1)
        return d[0];
    const struct hash left = mth(d, k_of(n));
    const struct hash right = mth(d + k_of(n), n - k_of(n));
    return merkle_node(&left, &right);
}

static void path_add(struct writer *w, struct hash h)
{
    write_bytes(w, bytes_of_hash(&h));
    CHECK(!w->bad);
}

static void path_of(struct writer *w, size_t m, const struct hash *d, size_t n)
{
    if (n == 1)
        return;
    const size_t k = k_of(n);
    if (m < k) {
        path_of(w, m, d, k);
        path_add(w, mth(d + k, n - k));
    } else {
        path_of(w, m - k, d + k, n - k);
        path_add(w, mth(d, k));
    }
}

static void subproof(struct writer *w, size_t m, const struct hash *d, size_t n, bool whole)
{
    const size_t k = k_of(n);

    if (m == n) {
        if (!whole)
            path_add(w, mth(d, n));
    } else if (m <= k) {
        subproof(w, m, d, k, whole);
        path_add(w, mth(d + k, n - k));
    } else {
        subproof(w, m - k, d + k, n - k, false);
        path_add(w, mth(d, k));
    }
}

static void roots_are_the_published_ones(void)
{
    struct hash leaves[8];
    struct frontier f = {0};

    fill_reference(leaves);
    for (size_t n = 0; n <= 8; n++) {
        const struct hash root = merkle_root(leaves, n);
        const struct hash by_append = frontier_root(&f);
        const struct hash wanted = hash_of_hex(reference_roots[n]);
        CHECK_BYTES(bytes_of_hash(&root), bytes_of_hash(&wanted));
        CHECK_BYTES(bytes_of_hash(&by_append), bytes_of_hash(&wanted));
        if (n < 8)
            frontier_append(&f, &leaves[n]);
    }
}

static void proofs_are_the_published_ones(void)
{
    struct hash leaves[8];
    struct bytes path = {0};

    fill_reference(leaves);
    for (size_t i = 0; i < COUNT_OF(reference_inclusion); i++) {
        const struct reference_path *const p = &reference_inclusion[i];
        const struct hash root = hash_of_hex(reference_roots[p->size]);
        CHECK_OK(merkle_inclusion(leaves, p->size, p->at, &arena, &path));
        CHECK_BYTES(path, unhex(p->path));
        CHECK_OK(merkle_verify_inclusion(&leaves[p->at], p->at, p->size, path, &root));
    }
    for (size_t i = 0; i < COUNT_OF(reference_consistency); i++) {
        const struct reference_path *const p = &reference_consistency[i];
        const struct hash old_root = hash_of_hex(reference_roots[p->at]);
        const struct hash root = hash_of_hex(reference_roots[p->size]);
        CHECK_OK(merkle_consistency(leaves, p->size, p->at, &arena, &path));
        CHECK_BYTES(path, unhex(p->path));
        CHECK_OK(merkle_verify_consistency(p->at, &old_root, p->size, &root, path));
    }
}

static void check_inclusion(const struct hash *leaves, size_t m, size_t n)
{
    const struct hash root = mth(leaves, n);
    uint8_t naive[MERKLE_LEVELS_MAX * HASH_SIZE];
    struct writer w = writer_over(naive, sizeof naive);
    struct bytes path = {0};

    path_of(&w, m, leaves, n);
    CHECK_OK(merkle_inclusion(leaves, n, m, &arena, &path));
    CHECK_BYTES(path, writer_bytes(&w));
    CHECK_OK(merkle_verify_inclusion(&leaves[m], m, n, path, &root));
}

static void every_tree_to_64_agrees_with_the_definition(void)
{
    struct hash leaves[LEAVES];

    for (size_t n = 1; n <= LEAVES; n++) {
        fill(leaves);
        const struct hash root = merkle_root(leaves, n);
        const struct hash wanted = mth(leaves, n);
        CHECK_BYTES(bytes_of_hash(&root), bytes_of_hash(&wanted));
        for (size_t m = 0; m < n; m++)
            check_inclusion(leaves, m, n);
    }
}

static void check_growth(const struct hash *leaves, size_t m, size_t n)
{
    const struct hash old_root = merkle_root(leaves, m);
    const struct hash root = merkle_root(leaves, n);
    uint8_t naive[MERKLE_LEVELS_MAX * HASH_SIZE];
    struct writer w = writer_over(naive, sizeof naive);
    struct bytes path = {0};

    if (m > 0)
        subproof(&w, m, leaves, n, true);
    CHECK_OK(merkle_consistency(leaves, n, m, &arena, &path));
    CHECK_BYTES(path, writer_bytes(&w));
    CHECK_OK(merkle_verify_consistency(m, &old_root, n, &root, path));
}

static void every_growth_to_64_agrees_with_the_definition(void)
{
    struct hash leaves[LEAVES];

    for (size_t n = 1; n <= LEAVES; n++) {
        fill(leaves);
        for (size_t m = 0; m <= n; m++)
            check_growth(leaves, m, n);
    }
}

static void a_frontier_reads_back_and_goes_on_as_before(void)
{
    struct hash leaves[LEAVES];
    struct frontier f = {0};

    fill(leaves);
    for (size_t n = 0; n < LEAVES; n++) {
        struct frontier back = {.size = 99};
        struct bytes b = {0};

        CHECK_OK(frontier_encode(&f, &arena, &b));
        CHECK_INT(b.size, 8 + HASH_SIZE * (size_t)__builtin_popcountll(n));
        CHECK_OK(frontier_decode(b, &back));
        frontier_append(&f, &leaves[n]);
        frontier_append(&back, &leaves[n]);
        const struct hash root = frontier_root(&f);
        const struct hash back_root = frontier_root(&back);
        CHECK_BYTES(bytes_of_hash(&back_root), bytes_of_hash(&root));
        if (b.size > 8)
            CHECK_STATUS(frontier_decode(bytes_of(b.at, b.size - 1), &back), E_FORM);
    }
}

static void a_frontier_of_the_wrong_length_is_refused(void)
{
    const uint8_t one_node[8 + HASH_SIZE] = {[7] = 3};
    uint8_t all[8 + 64 * HASH_SIZE];
    struct frontier f = {.size = 99};

    CHECK_STATUS(frontier_decode(bytes_of(one_node, sizeof one_node), &f), E_FORM);
    CHECK_STATUS(frontier_decode(bytes_of(one_node, 7), &f), E_FORM);
    CHECK_STATUS(frontier_decode((struct bytes){0}, &f), E_FORM);
    CHECK_INT(f.size, 99);
    memset(all, 0xff, sizeof all);
    CHECK_OK(frontier_decode(bytes_of(all, sizeof all), &f));
    CHECK_INT(f.count, 64);
}

static void a_leaf_does_not_pass_for_a_node(void)
{
    struct hash leaves[LEAVES];

    fill(leaves);
    uint8_t both[2 * HASH_SIZE];
    memcpy(both, leaves[0].bytes, HASH_SIZE);
    memcpy(both + HASH_SIZE, leaves[1].bytes, HASH_SIZE);
    const struct hash leaf = merkle_leaf(bytes_of(both, sizeof both));
    const struct hash node = merkle_node(&leaves[0], &leaves[1]);
    CHECK(!hash_equal(&leaf, &node));
}

CASES(CASE(roots_are_the_published_ones), CASE(proofs_are_the_published_ones),
      CASE(every_tree_to_64_agrees_with_the_definition),
      CASE(every_growth_to_64_agrees_with_the_definition),
      CASE(a_frontier_reads_back_and_goes_on_as_before),
      CASE(a_frontier_of_the_wrong_length_is_refused),
      CASE(a_leaf_does_not_pass_for_a_node))

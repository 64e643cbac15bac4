#include "merkle.h"

#include <sodium.h>
#include <string.h>

/* Leaves and nodes hash under different prefixes, so that neither passes for the other. */
static struct hash prefixed(uint8_t prefix, struct bytes first, struct bytes second)
{
    crypto_hash_sha256_state state;
    struct hash h;

    MUST(crypto_hash_sha256_init(&state) == 0);
    MUST(crypto_hash_sha256_update(&state, &prefix, 1) == 0);
    MUST(crypto_hash_sha256_update(&state, first.at, first.size) == 0);
    MUST(crypto_hash_sha256_update(&state, second.at, second.size) == 0);
    MUST(crypto_hash_sha256_final(&state, h.bytes) == 0);
    return h;
}

struct hash merkle_leaf(struct bytes data)
{
    return prefixed(0x00, data, (struct bytes){0});
}

struct hash merkle_node(const struct hash *left, const struct hash *right)
{
    return prefixed(0x01, bytes_of(left->bytes, HASH_SIZE),
                    bytes_of(right->bytes, HASH_SIZE));
}

static struct hash empty_root(void)
{
    struct hash h;

    MUST(crypto_hash_sha256(h.bytes, NULL, 0) == 0);
    return h;
}

void frontier_append(struct frontier *f, const struct hash *leaf)
{
    struct hash h = *leaf;

    MUST(f->size < UINT64_MAX);
    MUST(f->count == (uint32_t)__builtin_popcountll(f->size));
    /* As adding 1 carries through the ones at the end of the size, the new leaf joins the
     * subtrees they stand for, smallest first. */
    for (sequence carry = f->size; (carry & 1) != 0; carry >>= 1)
        h = merkle_node(&f->nodes[--f->count], &h);
    f->nodes[f->count++] = h;
    f->size++;
}

struct hash frontier_root(const struct frontier *f)
{
    MUST(f->count == (uint32_t)__builtin_popcountll(f->size));
    if (f->count == 0)
        return empty_root();

    struct hash h = f->nodes[f->count - 1];
    for (uint32_t i = f->count - 1; i > 0; i--)
        h = merkle_node(&f->nodes[i - 1], &h);
    return h;
}

status frontier_encode(const struct frontier *f, struct arena *a, struct bytes *ret)
{
    const size_t size = 8 + (size_t)f->count * HASH_SIZE;
    uint8_t *const at = arena_take(a, size);

    ENSURE(at != NULL, E_MEMORY);
    struct writer w = writer_over(at, size);
    write_u64(&w, f->size);
    for (uint32_t i = 0; i < f->count; i++)
        write_bytes(&w, bytes_of(f->nodes[i].bytes, HASH_SIZE));
    MUST(!w.bad && w.size == size);
    *ret = writer_bytes(&w);
    return OK;
}

status frontier_decode(struct bytes b, struct frontier *ret)
{
    struct reader r = {.rest = b};
    struct frontier f = {0};

    f.size = read_u64(&r);
    f.count = (uint32_t)__builtin_popcountll(f.size);
    for (uint32_t i = 0; i < f.count; i++)
        read_copy(&r, f.nodes[i].bytes, HASH_SIZE);
    ENSURE(reader_is_done(&r), E_FORM);
    *ret = f;
    return OK;
}

struct hash merkle_root(const struct hash *leaves, size_t count)
{
    struct frontier f = {0};

    for (size_t i = 0; i < count; i++)
        frontier_append(&f, &leaves[i]);
    return frontier_root(&f);
}

/* The largest power of two smaller than n; n >= 2. */
static size_t split(size_t n)
{
    return (size_t)1 << (63 - __builtin_clzll((unsigned long long)n - 1));
}

_Static_assert(sizeof(size_t) == 8, "split counts bits of a 64-bit size");

/* Hashes met from the root down; proofs list them from the leaf up. */
struct descent {
    size_t count;
    struct hash hashes[MERKLE_LEVELS_MAX + 1];
};

static void descent_push(struct descent *d, struct hash h)
{
    MUST(d->count < COUNT_OF(d->hashes));
    d->hashes[d->count++] = h;
}

static status descent_path(const struct descent *d, struct arena *a, struct bytes *ret)
{
    const size_t size = d->count * HASH_SIZE;
    uint8_t *const at = arena_take(a, size);

    ENSURE(at != NULL, E_MEMORY);
    struct writer w = writer_over(at, size);
    for (size_t i = d->count; i > 0; i--)
        write_bytes(&w, bytes_of(d->hashes[i - 1].bytes, HASH_SIZE));
    *ret = writer_bytes(&w);
    return OK;
}

status merkle_inclusion(const struct hash *leaves, size_t count, size_t index,
                        struct arena *a, struct bytes *ret_path)
{
    struct descent d = {0};

    ENSURE(index < count, E_VALUE);
    while (count > 1) {
        const size_t k = split(count);
        if (index < k) {
            descent_push(&d, merkle_root(leaves + k, count - k));
            count = k;
        } else {
            descent_push(&d, merkle_root(leaves, k));
            leaves += k;
            index -= k;
            count -= k;
        }
    }
    return descent_path(&d, a, ret_path);
}

status merkle_consistency(const struct hash *leaves, size_t count, size_t old_count,
                          struct arena *a, struct bytes *ret_path)
{
    struct descent d = {0};
    bool known = true; /* the verifier has this subtree's old root: it is the old tree's */

    ENSURE(old_count <= count, E_VALUE);
    while (old_count != 0 && old_count != count) {
        const size_t k = split(count);
        if (old_count <= k) {
            descent_push(&d, merkle_root(leaves + k, count - k));
            count = k;
        } else {
            descent_push(&d, merkle_root(leaves, k));
            leaves += k;
            old_count -= k;
            count -= k;
            known = false;
        }
    }
    if (!known)
        descent_push(&d, merkle_root(leaves, count));
    return descent_path(&d, a, ret_path);
}

/*
 * A leaf's path in a tree of `size` has two parts: while the leaf and the last leaf are in
 * different subtrees (`inner`), a bit of the index says on which side the sibling is; above
 * that (`border`) the leaf is on the right edge and every sibling is on the left.
 */
struct shape {
    unsigned inner, border;
};

static struct shape shape_of(sequence index, sequence size)
{
    const sequence differ = index ^ (size - 1);
    const unsigned inner = differ == 0 ? 0 : 64 - (unsigned)__builtin_clzll(differ);
    const sequence above = inner == 64 ? 0 : index >> inner;

    return (struct shape){.inner = inner, .border = (unsigned)__builtin_popcountll(above)};
}

/* Takes the next hash of a path whose length has been checked. */
static struct hash next_hash(struct reader *path)
{
    struct hash h;

    read_copy(path, h.bytes, HASH_SIZE);
    MUST(!path->bad);
    return h;
}

status merkle_verify_inclusion(const struct hash *leaf, sequence index, sequence size,
                               struct bytes path, const struct hash *root)
{
    ENSURE(index < size, E_FORM);
    const struct shape s = shape_of(index, size);
    ENSURE(path.size == (size_t)(s.inner + s.border) * HASH_SIZE, E_FORM);

    struct reader r = {.rest = path};
    struct hash h = *leaf;
    for (unsigned i = 0; i < s.inner; i++) {
        const struct hash sibling = next_hash(&r);
        h = (index >> i & 1) != 0 ? merkle_node(&sibling, &h) : merkle_node(&h, &sibling);
    }
    for (unsigned i = 0; i < s.border; i++) {
        const struct hash sibling = next_hash(&r);
        h = merkle_node(&sibling, &h);
    }
    ENSURE(hash_equal(&h, root), E_HASH);
    return OK;
}

/*
 * 0 < old_size < size.  The proof is the inclusion path in the new tree of the last node
 * that the old tree completed.  Folding all of it must give the new root, and folding only
 * what stands on the left, which is all the old tree had, the old one.
 */
static status verify_growth(sequence old_size, const struct hash *old_root, sequence size,
                            const struct hash *root, struct bytes path)
{
    const unsigned shift = (unsigned)__builtin_ctzll(old_size);
    const sequence position = (old_size - 1) >> shift;
    struct shape s = shape_of(old_size - 1, size);
    /* A perfect old tree is that node itself, so that its hash is not sent. */
    const bool perfect = (old_size & (old_size - 1)) == 0;

    MUST(s.inner > shift); /* old_size itself is a new index: they differ above the shift */
    s.inner -= shift;
    ENSURE(path.size == (size_t)(!perfect + s.inner + s.border) * HASH_SIZE, E_FORM);

    struct reader r = {.rest = path};
    struct hash fresh = perfect ? *old_root : next_hash(&r);
    struct hash old = fresh;
    for (unsigned i = 0; i < s.inner; i++) {
        const struct hash sibling = next_hash(&r);
        const bool is_left = (position >> i & 1) != 0;
        old = is_left ? merkle_node(&sibling, &old) : old;
        fresh = is_left ? merkle_node(&sibling, &fresh) : merkle_node(&fresh, &sibling);
    }
    for (unsigned i = 0; i < s.border; i++) {
        const struct hash sibling = next_hash(&r);
        old = merkle_node(&sibling, &old);
        fresh = merkle_node(&sibling, &fresh);
    }
    ENSURE(hash_equal(&old, old_root) && hash_equal(&fresh, root), E_HASH);
    return OK;
}

status merkle_verify_consistency(sequence old_size, const struct hash *old_root,
                                 sequence size, const struct hash *root, struct bytes path)
{
    ENSURE(old_size <= size, E_FORM);
    if (old_size > 0 && old_size < size)
        return verify_growth(old_size, old_root, size, root, path);

    /* Every tree extends the empty one, and a tree extends itself: no hash is needed. */
    const struct hash empty = empty_root();
    ENSURE(path.size == 0, E_FORM);
    ENSURE(old_size > 0 || hash_equal(old_root, &empty), E_HASH);
    ENSURE(old_size < size || hash_equal(old_root, root), E_HASH);
    return OK;
}

#ifndef FLAGPOST_MERKLE_H
#define FLAGPOST_MERKLE_H

/*
 * The Merkle tree of RFC 6962 section 2.1: SHA-256, leaf prefix 0x00, node prefix 0x01.
 * A frontier is the compact form: the roots of the perfect subtrees that make up a tree of
 * its size, largest first; it is all that appending needs.
 */

#include "arena.h"
#include "types.h"

struct frontier {
    sequence size;
    uint32_t count; /* of nodes = bits set in size */
    struct hash nodes[MERKLE_LEVELS_MAX];
};

struct hash merkle_leaf(struct bytes data);
struct hash merkle_node(const struct hash *left, const struct hash *right);

void frontier_append(struct frontier *f, const struct hash *leaf);
/* SHA-256 of nothing for an empty tree. */
struct hash frontier_root(const struct frontier *f);

/* 8 + 32 * count bytes (size as u64, nodes), for the journal. */
NODISCARD status frontier_encode(const struct frontier *f, struct arena *a,
                                 struct bytes *ret);
NODISCARD status frontier_decode(struct bytes b, struct frontier *ret);

/* Root over `count` leaf hashes, O(n) time, no recursion. */
struct hash merkle_root(const struct hash *leaves, size_t count);

/* PATH(m, D[n]) of section 2.1.1 over all leaf hashes; at most MERKLE_LEVELS_MAX hashes.
 * E_VALUE: index >= count; E_MEMORY. */
NODISCARD status merkle_inclusion(const struct hash *leaves, size_t count, size_t index,
                                  struct arena *a, struct bytes *ret_path);

/* PROOF(m, D[n]) of section 2.1.2, 0 <= m <= n; empty for m = 0 and m = n.
 * E_VALUE: m > n; E_MEMORY. */
NODISCARD status merkle_consistency(const struct hash *leaves, size_t count,
                                    size_t old_count, struct arena *a,
                                    struct bytes *ret_path);

/* `path` is 32-byte hashes end to end.  E_HASH when the proof does not hold, E_FORM when
 * its length is wrong for (index, size), index >= size included. */
NODISCARD status merkle_verify_inclusion(const struct hash *leaf, sequence index,
                                         sequence size, struct bytes path,
                                         const struct hash *root);
NODISCARD status merkle_verify_consistency(sequence old_size, const struct hash *old_root,
                                           sequence size, const struct hash *root,
                                           struct bytes path);

#endif

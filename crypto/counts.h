#ifndef FLAGPOST_COUNTS_H
#define FLAGPOST_COUNTS_H

/*
 * The completeness proof.  Each checkpoint commits to a Merkle root over exactly one leaf
 * per agency of a roster version, sorted by id, zero included:
 *
 *     salt(16) || u8 length || agency || u64 count || u64 last index (0 when count is 0)
 *
 * The salt of a leaf is BLAKE2b-128 of the agency id under a key drawn for the group, so a
 * recipient that gets its own leaf and path learns no one else's count.
 */

#include "merkle.h"

enum { COUNT_SALT_SIZE = 16 };

struct count {
    uint64_t count; /* entries addressed to the agency so far in this epoch */
    sequence last;
};

/* Salt of one agency's leaf under the group's salt key. */
void count_salt(const uint8_t group_salt[COUNT_SALT_SIZE], const struct agency_id *agency,
                uint8_t ret[COUNT_SALT_SIZE]);

struct hash count_leaf(const uint8_t salt[COUNT_SALT_SIZE], const struct agency_id *agency,
                       const struct count *count);

/* Exactly one row for each agency of a roster version, under one group's salt key. */
struct count_table {
    const uint8_t *group_salt;        /* COUNT_SALT_SIZE bytes, secret */
    const struct agency_id *agencies; /* strictly ascending, at most AGENCIES_MAX */
    const struct count *counts;       /* of the agency at the same place */
    size_t n;
};

/* Root over the table's leaves.  E_MEMORY. */
NODISCARD status counts_root(const struct count_table *t, struct arena *a,
                             struct hash *ret);

/* Path of the agency at `rank`, for merkle_verify_inclusion.  E_MEMORY; E_VALUE: rank >= n.
 */
NODISCARD status counts_path(const struct count_table *t, size_t rank, struct arena *a,
                             struct bytes *ret_path);

#endif

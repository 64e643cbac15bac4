#include "counts.h"

#include "draw.h"

#include <string.h>

enum { COUNT_LEAF_MAX = COUNT_SALT_SIZE + 1 + AGENCY_ID_MAX + 8 + 8 };

void count_salt(const uint8_t group_salt[COUNT_SALT_SIZE], const struct agency_id *agency,
                uint8_t ret[COUNT_SALT_SIZE])
{
    blake_keyed(bytes_of(group_salt, COUNT_SALT_SIZE), bytes_of_text(agency->text), ret,
                COUNT_SALT_SIZE);
}

struct hash count_leaf(const uint8_t salt[COUNT_SALT_SIZE], const struct agency_id *agency,
                       const struct count *count)
{
    const struct bytes id = bytes_of_text(agency->text);
    uint8_t data[COUNT_LEAF_MAX];
    struct writer w = writer_over(data, sizeof data);

    write_bytes(&w, bytes_of(salt, COUNT_SALT_SIZE));
    write_u8(&w, (uint8_t)id.size);
    write_bytes(&w, id);
    write_u64(&w, count->count);
    write_u64(&w, count->count == 0 ? 0 : count->last);
    MUST(!w.bad);
    return merkle_leaf(writer_bytes(&w));
}

static status table_leaves(const struct count_table *t, struct arena *a, struct hash **ret)
{
    MUST(t->n <= AGENCIES_MAX);
    struct hash *const leaves = arena_array(a, t->n, sizeof *leaves);

    ENSURE(leaves != NULL, E_MEMORY);
    for (size_t i = 0; i < t->n; i++) {
        uint8_t salt[COUNT_SALT_SIZE];

        /* A recipient checks that its place is its rank: out of order, all would refuse. */
        MUST(i == 0 || agency_id_compare(&t->agencies[i - 1], &t->agencies[i]) < 0);
        count_salt(t->group_salt, &t->agencies[i], salt);
        leaves[i] = count_leaf(salt, &t->agencies[i], &t->counts[i]);
    }
    *ret = leaves;
    return OK;
}

status counts_root(const struct count_table *t, struct arena *a, struct hash *ret)
{
    const size_t mark = arena_mark(a);
    struct hash *leaves = NULL;

    TRY(table_leaves(t, a, &leaves));
    *ret = merkle_root(leaves, t->n);
    arena_rewind(a, mark);
    return OK;
}

status counts_path(const struct count_table *t, size_t rank, struct arena *a,
                   struct bytes *ret_path)
{
    struct hash *leaves = NULL;

    TRY(table_leaves(t, a, &leaves));
    return merkle_inclusion(leaves, t->n, rank, a, ret_path);
}

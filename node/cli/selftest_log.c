#include "merkle.h"
#include "selftest.h"

#include <string.h>

/* Inclusion and consistency proofs through the verifiers that the node judges its peers'
 * logs with. */

enum { LEAF, ROOT, PROOF };                       /* of an inclusion proof */
enum { OLD_ROOT, NEW_ROOT };                      /* of a consistency proof; then PROOF */
enum { INDEX, SIZE, OLD_SIZE = 0, NEW_SIZE = 1 }; /* numbers */

static bool has_hashes(const struct vector *v)
{
    return v->fields[0].size == HASH_SIZE && v->fields[1].size == HASH_SIZE && v->whole;
}

static struct hash hash_of(struct bytes b)
{
    struct hash h;

    memcpy(h.bytes, b.at, HASH_SIZE);
    return h;
}

static enum verdict run_inclusion(const struct vector *v, struct arena *a)
{
    (void)a;
    if (!has_hashes(v))
        return VERDICT_SIZE;
    const struct hash leaf = hash_of(v->fields[LEAF]);
    const struct hash root = hash_of(v->fields[ROOT]);

    return merkle_verify_inclusion(&leaf, v->numbers[INDEX], v->numbers[SIZE],
                                   v->fields[PROOF], &root) == OK
               ? VERDICT_ACCEPTED
               : VERDICT_REFUSED;
}

/* Of two equal trees merkle's data asks whether any two texts are the same ("don't care 1"
 * for a root): where they are, there is nothing that a verifier of hashes could be given.
 */
static bool is_any_text(const struct vector *v)
{
    return v->numbers[OLD_SIZE] == v->numbers[NEW_SIZE] && v->fields[PROOF].size == 0 &&
           v->whole && v->fields[OLD_ROOT].size != HASH_SIZE &&
           bytes_equal(v->fields[OLD_ROOT], v->fields[NEW_ROOT]);
}

static enum verdict run_consistency(const struct vector *v, struct arena *a)
{
    (void)a;
    if (is_any_text(v))
        return VERDICT_LEFT_OUT;
    if (!has_hashes(v))
        return VERDICT_SIZE;
    const struct hash old_root = hash_of(v->fields[OLD_ROOT]);
    const struct hash root = hash_of(v->fields[NEW_ROOT]);

    return merkle_verify_consistency(v->numbers[OLD_SIZE], &old_root, v->numbers[NEW_SIZE],
                                     &root, v->fields[PROOF]) == OK
               ? VERDICT_ACCEPTED
               : VERDICT_REFUSED;
}

static const struct vector_kind rows[] = {
    {.fields = {"leafHash", "root", "proof"},
     .numbers = {"leafIdx", "treeSize"},
     .run = run_inclusion},
    {.fields = {"root1", "root2", "proof"},
     .numbers = {"size1", "size2"},
     .run = run_consistency},
};

const struct vector_kinds selftest_log_kinds = {rows, COUNT_OF(rows)};

#include "proof.h"

#include <stdio.h>
#include <string.h>

/*
 * Provable redaction: chosen items of a record with their salts, and for each the path to
 * the content root that stands in the header.  Leaf data is `u32 index || BLAKE2b-256(key =
 * salt, item)` (proto/README.md, "Content root"), so an item cannot be moved, and the salt
 * keeps what is left out from being guessed at.
 */

static status item_wrong(struct proof_fault *fault, const struct proof_item *i, status why,
                         const char *what)
{
    char sentence[PROOF_SENTENCE_ROOM];

    (void)snprintf(sentence, sizeof sentence, "item %u (lines %u to %u) %s", i->position,
                   i->line, i->line + 3, what);
    return proof_fail(fault, i->line, "item", why, sentence);
}

static status check_item(const struct proof_item *i, const struct header *h,
                         struct arena *a, struct proof_fault *fault)
{
    struct salted_item salted = {.item = i->value};
    struct item item;

    MUST(i->salt.size == SALT_SIZE); /* as it was read */
    memcpy(salted.salt, i->salt.at, SALT_SIZE);
    const struct hash leaf = content_leaf(i->position, &salted);
    const status s = merkle_verify_inclusion(&leaf, i->position, h->item_count, i->siblings,
                                             &h->content_root);
    if (s != OK)
        return item_wrong(fault, i, s, "is not what the header commits to");
    if (item_decode(i->value, a, &item) != OK)
        return item_wrong(fault, i, E_FORM, "is no item of a record");
    return OK;
}

status proof_check_items(const struct proof *p, struct arena *a,
                         const struct proof_facts *facts, struct proof_fault *fault)
{
    for (size_t n = 0; n < p->item_count; n++) {
        const struct proof_item *const i = &p->items[n];
        if (i->position >= facts->header.item_count)
            return item_wrong(fault, i, E_VALUE, "is past the record's end");
        if (n > 0 && i->position <= p->items[n - 1].position)
            return item_wrong(fault, i, E_ORDER, "does not come after the one before it");
        TRY(check_item(i, &facts->header, a, fault));
    }
    return OK;
}

status proof_items_make(const struct salted_item *items, size_t count,
                        const uint32_t *positions, size_t position_count, struct arena *a,
                        struct proof *ret)
{
    struct hash *const leaves = arena_array(a, count, sizeof *leaves);
    struct proof_item *const out = arena_array(a, position_count, sizeof *out);

    ENSURE(leaves != NULL && out != NULL, E_MEMORY);
    for (size_t i = 0; i < count; i++)
        leaves[i] = content_leaf((uint32_t)i, &items[i]);
    for (size_t n = 0; n < position_count; n++) {
        const uint32_t at = positions[n];
        ENSURE(at < count && (n == 0 || at > positions[n - 1]), E_VALUE);
        out[n].position = at;
        out[n].salt = bytes_of(items[at].salt, SALT_SIZE);
        out[n].value = items[at].item;
        TRY(merkle_inclusion(leaves, count, at, a, &out[n].siblings));
    }
    ret->items = out;
    ret->item_count = position_count;
    return OK;
}

#ifndef FLAGPOST_LISTS_H
#define FLAGPOST_LISTS_H

/*
 * The signed code list and routing rules: a signed note under the root keys, versioned and
 * verified as rosters are.  The shipped one (deploy/lists/) says that it is fictitious,
 * because the real crime identifier code is not public.
 *
 *     flagpost/lists/v1
 *     realm <hex>
 *     version <n>
 *     previous <hex>
 *     issued <time>
 *     flag <FLAG>
 *     code <CODE> <flag> <valid from> <valid until | -> <title ...>
 *     offence <CJS code> <group> <title ...>
 *     (successor, require, exclude, suggest, term: lists_terms.h)
 *     (retention: retention.h)
 *
 * and then the routing rules and their tables (lists_routes.h).
 */

#include "lists_routes.h"
#include "lists_terms.h"
#include "retention.h"

enum {
    LISTS_FLAGS_MAX = 32,
    LISTS_CODES_MAX = 128,
    LISTS_OFFENCES_MAX = 128,
};

struct list_code {
    struct bytes code;
    struct bytes flag;
    millis from, until; /* until 0: open */
    struct bytes title;
};

struct list_offence {
    struct bytes code, group, title;
};

/* Borrows from the note's bytes, which must outlive it. */
struct lists {
    uint32_t version;
    struct hash previous;
    struct hash text_hash;
    millis issued;
    size_t flag_count;
    struct bytes flags[LISTS_FLAGS_MAX];
    size_t code_count;
    struct list_code codes[LISTS_CODES_MAX];
    size_t offence_count;
    struct list_offence offences[LISTS_OFFENCES_MAX];
    struct list_routes routes;
    struct list_terms terms;
    struct retention_rule retention[RETENTION_GROUPS];
};

/* Parses the text alone; `realm` NULL takes any.  E_FORM, E_VALUE, E_REALM or E_LIMIT. */
NODISCARD status lists_read(struct bytes text, const struct hash *realm, struct lists *ret);

/* Threshold of root keys (E_THRESHOLD, E_SIGNATURE), realm, version rules as roster_verify.
 */
NODISCARD status lists_verify(struct bytes note, const struct root *root,
                              const struct hash *realm, const struct lists *installed,
                              struct arena *a, struct lists *ret);

/* What a tool knows when a list is made; `previous` is all zero for version 1. */
struct lists_head {
    struct hash realm;
    uint32_t version;
    struct hash previous;
    millis issued;
};

/*
 * The text to sign, from the body lines that a person keeps (deploy/lists/lists.txt): empty
 * lines and those that start with "#" are dropped.  Read back before it is given, so its
 * failures are those of lists_read.
 */
NODISCARD status lists_compose(struct bytes body, const struct lists_head *head,
                               struct arena *a, struct bytes *ret_text);

bool lists_has_flag(const struct lists *l, struct bytes flag);
/* NULL when not on the list at all. */
const struct list_code *lists_code(const struct lists *l, struct bytes code);
bool lists_has_offence(const struct lists *l, struct bytes code);
/* Whether an offence is this one or one of this group. */
bool lists_offence_is(const struct lists *l, struct bytes code, struct bytes code_or_group);
/* The code that stands in place of `code` today; `code` itself when nothing replaced it. */
struct bytes lists_code_now(const struct lists *l, struct bytes code);

#endif

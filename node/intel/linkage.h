#ifndef FLAGPOST_LINKAGE_H
#define FLAGPOST_LINKAGE_H

/*
 * What two records have in common, by exact identifiers: the first step of matching (design
 * page 4, 4.6).  Compared is the canonical form of what passes its own check; a number that
 * fails it, or that is only like another, says nothing here.  Pure, and a proposal at most:
 * a person decides.
 */

#include "record_walk.h"

enum {
    LINKAGE_FEATURES_MAX = 32,
    LINKAGE_IDENTIFIERS_MAX =
        RECORD_PERSONS_MAX + 8 * RECORD_THINGS_MAX + RECORD_IDENTIFIERS_MAX,
};

/* What it says of the persons in the two.  The numbers are on the disk. */
enum linkage_strength {
    LINKAGE_THING = 1,    /* nothing: the same thing is in both */
    LINKAGE_POSSIBLE = 2, /* what several people may use: a number, an account */
    LINKAGE_PROBABLE = 3, /* what is given to one person or one device */
};

/* An identifier of a record by which it may be linked. */
struct linkage_identifier {
    enum identifier_type type;
    struct bytes canonical, country; /* borrowed from the record */
    struct record_place at;
};
/* At most LINKAGE_IDENTIFIERS_MAX, each type and form once.  `a` is used up as far as the
 * checks take (E_MEMORY). */
NODISCARD status linkage_identifiers(const struct record *r, struct arena *a,
                                     struct linkage_identifier *ret, size_t *ret_count);

struct linkage_feature {
    enum identifier_type type;
    struct bytes canonical; /* the first one's */
    struct record_place at[2];
};

struct linkage {
    size_t count; /* 0: nothing in common */
    struct linkage_feature at[LINKAGE_FEATURES_MAX];
    enum linkage_strength strength;
    bool is_weak[2]; /* something in it is graded 3 or E, which makes no link probable */
};
/* As linkage_identifiers. */
NODISCARD status linkage_of(const struct record *first, const struct record *second,
                            struct arena *a, struct linkage *ret);

/* "the same thing: says nothing of persons", "persons: possible", "persons: probable". */
const char *linkage_strength_word(enum linkage_strength strength);

#endif

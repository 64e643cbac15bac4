#ifndef FLAGPOST_LISTS_TERMS_H
#define FLAGPOST_LISTS_TERMS_H

/*
 * The lines of the signed list by which a report is told that it should carry a flag, and
 * by which a crime identifier code is judged (M1, M5):
 *
 *     successor <old code> <code that replaced it>
 *     require <code> offence|flag <offence code, group of offences or flag>
 *     exclude <code> offence|flag <offence code, group of offences or flag>
 *     suggest <flag> offence <offence code or group of offences>
 *     term <flag> <group> <weight 1-10> <words ...>
 *
 * A code with `require` lines needs one of its offences and one of its flags on the record.
 * Terms are small letters and digits; `*` at a word's end (after four letters) stands for
 * any ending.  Of each group the heaviest term found counts, once; LISTS_WEIGHT_ENOUGH
 * together propose the flag.
 *
 * Nationality, ethnicity, religion and language are never terms of a flagging rule (page 1,
 * "Lines that are not crossed"): a list that has one is refused whole.
 */

#include "bytes.h"

enum {
    LISTS_SUCCESSORS_MAX = 64,
    LISTS_CONDITIONS_MAX = 128,
    LISTS_SUGGESTS_MAX = 64,
    LISTS_TERMS_MAX = 256,
    LISTS_GROUPS_MAX = 64,
    LISTS_TERM_WORDS_MAX = 6,
    LISTS_WEIGHT_ENOUGH = 10,
};

struct list_successor {
    struct bytes old, now;
};

struct list_condition {
    struct bytes code;
    bool excludes;
    bool of_flag;
    struct bytes what; /* a flag, or an offence code or its group */
};

struct list_suggest {
    struct bytes flag;
    struct bytes offence; /* code or group */
};

struct list_term {
    struct bytes flag;
    uint32_t group; /* index into `groups` */
    uint32_t weight;
    size_t word_count;
    struct bytes words[LISTS_TERM_WORDS_MAX]; /* without their "*" */
    uint8_t stems;                            /* bit i: word i had one */
    struct bytes text;                        /* as on the list */
};

/* Borrows from the list's text. */
struct list_terms {
    size_t successor_count;
    struct list_successor successors[LISTS_SUCCESSORS_MAX];
    size_t condition_count;
    struct list_condition conditions[LISTS_CONDITIONS_MAX];
    size_t suggest_count;
    struct list_suggest suggests[LISTS_SUGGESTS_MAX];
    size_t group_count;
    struct bytes groups[LISTS_GROUPS_MAX];
    size_t term_count;
    struct list_term terms[LISTS_TERMS_MAX];
};

/* Why a word may not be a term ("a nationality or a country"), or NULL when it may. `stem`:
 * it stands for every word that begins with it.  Static storage. */
const char *lists_barred(struct bytes word, bool stem);

struct lists_fault {
    size_t line; /* from 1, comments and empty lines counted */
    struct bytes word;
    const char *why;
};

/* The first barred word in the `term` lines of a list, or of the body that a person keeps;
 * false when there is none. */
bool lists_term_fault(struct bytes text, struct lists_fault *ret);

#endif

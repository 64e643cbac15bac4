#ifndef FLAGPOST_RANGES_H
#define FLAGPOST_RANGES_H

/*
 * Two sides hold a set of (key, value) each and find where they differ without sending the
 * sets.  A range is all keys that begin with the same bits, its hash covers every pair in
 * it; whoever asks sends range hashes and is told which are the same, descends into four
 * parts of each that is not, and is given the pairs of a range that is small.  n pairs with
 * d differences take about log4(n/16) exchanges and 4 d log4(n/16) hashes (the recursive
 * partitioning of Minsky and Trachtenberg, "Practical Set Reconciliation", 2002; Meyer,
 * "Range-Based Set Reconciliation", 2022).
 *
 * Pure.  Whoever answers keeps nothing between messages, so either side may stop at any
 * time and begin again.  Keys are digests: who can choose many that begin alike makes the
 * comparison end with E_LIMIT, and never go on for ever.
 */

#include "types.h"

enum {
    RANGES_LIST_MAX = 16, /* a range of so many pairs is given whole */
    RANGES_STEP_BITS = 2,
    RANGES_PARTS = 1 << RANGES_STEP_BITS,
    RANGES_BITS_MAX = 64, /* by which keys are told apart */
    RANGES_ASKED_MAX = 32,
    /* A message replaces what it asks by at most the parts of all that, and each of them is
     * a step further down. */
    RANGES_WAITING_MAX =
        RANGES_ASKED_MAX * (RANGES_PARTS - 1) * (RANGES_BITS_MAX / RANGES_STEP_BITS) + 1,
    RANGES_ASK_BYTES_MAX = 1 + RANGES_ASKED_MAX * (1 + 8 + 32),
    RANGES_ANSWER_BYTES_MAX = RANGES_ASKED_MAX * (2 + RANGES_LIST_MAX * 64),
};

struct range_pair {
    struct hash key, value;
};

/* Ascending by key, no key twice; borrowed. */
struct range_set {
    size_t count;
    const struct range_pair *at;
};

/* Puts pairs into that order, in place.  E_DUPLICATE: a key stands there twice. */
NODISCARD status ranges_sort(struct range_pair *pairs, size_t count);

struct range {
    uint64_t from; /* the first bits of its keys; the others are 0 */
    uint8_t bits;  /* how many: 0 is everything */
};

/* The hash of all pairs in a range. */
struct hash ranges_hash(const struct range_set *set, struct range r);

/* Who asks. */
struct ranges_run {
    struct range_set set;
    size_t waiting_count, asked_count; /* asked are the last of those that wait */
    struct range waiting[RANGES_WAITING_MAX];
    uint64_t hashes, messages, bytes; /* sent and received so far */
};

/* A key whose value is not alike at both sides. */
struct range_difference {
    struct hash key;
    bool here, there; /* one of them, or both with different values */
    struct hash here_value, there_value;
};
typedef status (*ranges_each_difference)(void *context, const struct range_difference *d);

void ranges_begin(struct ranges_run *r, struct range_set set);
bool ranges_is_done(const struct ranges_run *r);
/* The next question, at most RANGES_ASK_BYTES_MAX. */
void ranges_ask(struct ranges_run *r, struct writer *w);
/* What the other side said to it.  Each difference is told once.  E_FORM: that is no answer
 * to what was asked; E_LIMIT: too many keys begin alike; what `each` returned. */
NODISCARD status ranges_take(struct ranges_run *r, struct bytes answer,
                             ranges_each_difference each, void *context);

/* Who answers: at most RANGES_ANSWER_BYTES_MAX for any question, and each pair is hashed
 * once at most; E_FORM: it is none. */
NODISCARD status ranges_answer(const struct range_set *set, struct bytes question,
                               struct writer *w);

#endif

#ifndef FLAGPOST_SELFTEST_H
#define FLAGPOST_SELFTEST_H

/*
 * Published test vectors through the node's own functions, the ones that seal, sign and
 * prove: `selftest crypto` takes the files of C2SP/wycheproof (testvectors_v1), `selftest
 * log` those of transparency-dev/merkle (testdata).
 */

#include "cli.h"

enum { VECTOR_FIELDS_MAX = 6, VECTOR_NUMBERS_MAX = 2 };

/* What a vector says has to come out. */
enum vector_expects { VECTOR_VALID, VECTOR_INVALID, VECTOR_ACCEPTABLE };

/* What came out. */
enum verdict {
    VERDICT_ACCEPTED, /* with the very result that the vector gives */
    VERDICT_OTHER,    /* accepted with another result */
    VERDICT_REFUSED,
    VERDICT_SIZE,     /* refused: of a size that the function does not take at all */
    VERDICT_LEFT_OUT, /* nothing to run: see selftest_log.c */
};

struct vector_kind;

/* One vector; everything is borrowed. */
struct vector {
    const struct vector_kind *kind;
    uint64_t number; /* tcId; of a proof, its place in the file, from 1 */
    const char *comment;
    enum vector_expects expects;
    struct bytes fields[VECTOR_FIELDS_MAX];
    uint64_t numbers[VECTOR_NUMBERS_MAX]; /* over 2^63: UINT64_MAX */
    bool whole;                           /* of a proof: its hashes have 32 bytes each */
};

/* One algorithm: how its vectors are written, and what runs them. */
struct vector_kind {
    const char *algorithm; /* in the file; NULL for a proof, which is known by `numbers` */
    const char *group;     /* "type" of its groups */
    const char *curve;     /* their "curve"; NULL: they have none */
    bool public_key;       /* curve and fields[0] stand in the group's "publicKey" */
    const char *fields[VECTOR_FIELDS_MAX];
    const char *numbers[VECTOR_NUMBERS_MAX];
    enum verdict (*run)(const struct vector *v, struct arena *a);
};

struct vector_kinds {
    const struct vector_kind *rows;
    size_t count;
};

extern const struct vector_kinds selftest_crypto_kinds, selftest_log_kinds;

/*
 * Calls `each` for each vector of the text, which is a file of Wycheproof's or, where the
 * kinds are those of proofs, one of merkle's.  What is not such a file, or names an
 * algorithm that is not among `kinds`, is told with the place.  Returns the exit code.
 */
typedef void (*vector_each)(const struct vector *v, void *context);
int vectors_wycheproof(struct cli *c, const char *path, struct bytes text, vector_each each,
                       void *context);
int vectors_merkle(struct cli *c, const char *path, struct bytes text, vector_each each,
                   void *context);

#endif

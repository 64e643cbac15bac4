#ifndef FLAGPOST_FLAG_MATCH_H
#define FLAGPOST_FLAG_MATCH_H

/* How near a word is to a flag.  Private to the flag engine. */

#include "flag.h"
#include "flag_glyph.h"

enum { FLAG_LETTERS_MAX = 2 * FLAG_MAX + 8 };

/* The letters of a word, or of pieces of one, as they stand in the text. */
struct flag_word {
    size_t size; /* may be over FLAG_LETTERS_MAX: then only so many are kept */
    uint8_t plain[FLAG_LETTERS_MAX]; /* as in struct glyph */
    uint8_t looks[FLAG_LETTERS_MAX];
    size_t ends[FLAG_LETTERS_MAX]; /* byte behind the letter */
    bool hidden;                   /* characters of no width were left out */
    bool small;                    /* has a small letter */
    bool digit;                    /* has a digit */
    bool strange;                  /* has a letter beyond ASCII, or a stroke */
};

/* A letter that ends at byte `end` of the text. */
void flag_word_add(struct flag_word *w, const struct glyph *g, size_t end);

/* How much is forgiven. */
enum flag_trust {
    TRUST_EXACT,      /* its own letters, or what looks like them */
    TRUST_BARE,       /* no "#": only what cannot well be anything else */
    TRUST_HASH_APART, /* "#", a blank, a word */
    TRUST_HASH,
    TRUST_FIELD,
};

/* How far: 0 its own letters, 1 look-alikes, 2 doubled or swapped, 3 one letter, 4 more. */
enum flag_distance { NEAR_EXACT, NEAR_LOOKS, NEAR_ORDER, NEAR_LETTER, NEAR_MORE, NEAR_NOT };

struct flag_near {
    enum flag_distance distance;
    const struct flag_shape *shape; /* the nearest; of several the first */
    size_t count;                   /* of those that are as near */
    uint32_t misses;
};

/* The nearest flag that is near enough; NEAR_NOT when there is none. */
struct flag_near flag_nearest(const struct flag_set *set, const struct flag_word *w,
                              enum flag_trust trust);

/* The longest flag that the letters from `from` on begin with, or NULL; `misses` gets
 * MISS_LOOKS when letters only look like its own. */
const struct flag_shape *flag_prefix(const struct flag_set *set, const struct flag_word *w,
                                     size_t from, uint32_t *misses);

/* Whether any flag's letters begin with all of these. */
bool flag_begins(const struct flag_set *set, const struct flag_word *w);

/* Whether an English speaker could say it as a word. */
bool flag_is_wordlike(const uint8_t *capitals, size_t size);

#endif

#ifndef FLAGPOST_FLAG_H
#define FLAGPOST_FLAG_H

/*
 * Finds flags in what people write, and what was probably meant for one (M1, R8).  A flag
 * that is not quite right is never put right silently: each find says what stands there,
 * which flag is meant, in which way it misses, and what would mend it.
 *
 * Flags are compared without regard to case and to a leading "#".  Nothing is allocated and
 * nothing of the text is kept.  Time is linear in the text, whatever stands in it.
 */

#include "lists.h"

/* In which ways a find misses.  Several can meet in one. */
enum flag_miss {
    MISS_SWAPPED = 1 << 0, /* letters in another order */
    MISS_LETTER = 1 << 1,  /* a letter is missing */
    MISS_DOUBLED = 1 << 2, /* a letter is there twice */
    MISS_EXTRA = 1 << 3,   /* a letter too many */
    MISS_OTHER = 1 << 4,   /* another letter in one's place */
    MISS_LOOKS = 1 << 5,   /* a character that only looks like the letter */
    MISS_INSIDE = 1 << 6,  /* blanks, hyphens or hidden characters inside */
    MISS_GLUED = 1 << 7,   /* no blank between it and the words beside it */
    MISS_RUN_ON = 1 << 8,  /* several flags in one word */
    MISS_NO_HASH = 1 << 9, /* no "#" */
    MISS_APART = 1 << 10,  /* a blank, a second "#" or a sign after the "#" */
    MISS_SIGN = 1 << 11,   /* another sign where "#" belongs: the pound key's neighbour */
};
enum { MISS_KINDS = 12 };

/* One flag as the engine compares it. */
struct flag_shape {
    struct bytes flag; /* as on the list; borrowed */
    size_t size;       /* of `letters`: the flag without its hyphens */
    uint8_t letters[FLAG_MAX];
    bool hyphens;
    bool wordlike; /* can be said, so it may be a word of its own: only "#" makes it a flag
                    */
};

struct flag_set {
    size_t count;
    struct flag_shape at[LISTS_FLAGS_MAX];
};

/* Borrows the flags of `lists`. */
void flag_set_init(struct flag_set *set, const struct lists *lists);

struct flag_find {
    size_t start, end;              /* bytes of the text: what stands for the flag */
    struct bytes flag;              /* that is meant; borrowed from the list */
    uint32_t misses;                /* bits of enum flag_miss; 0: it is right */
    bool sure;                      /* no other flag of the list is as near */
    bool blank_before, blank_after; /* the mend puts a blank there */
};

/* False ends the search. */
typedef bool (*flag_each)(void *context, const struct flag_find *find);

/* Every flag in the text in order; finds do not overlap. */
void flag_scan(const struct flag_set *set, struct bytes text, flag_each each,
               void *context);

/* As flag_scan over a field that should hold one flag and nothing else: it needs no "#",
 * and more is forgiven. */
void flag_scan_field(const struct flag_set *set, struct bytes field, flag_each each,
                     void *context);

/* "swapped" and so on; `bit` is one of enum flag_miss.  Static storage. */
const char *flag_miss_word(uint32_t bit);
/* What the miss is, as the end of a sentence: "with two letters swapped"; of the gravest.
 */
const char *flag_miss_phrase(uint32_t misses);
/* What to put in place of the find: "#OIMCR", with the blanks it needs. */
void flag_mend_write(const struct flag_find *find, struct writer *w);

#endif

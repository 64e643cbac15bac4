#include "flag.h"

/* Gravest first: what is told of a find that misses in several ways. */
static const struct {
    uint32_t bit;
    const char *word;
    const char *phrase;
} misses[MISS_KINDS] = {
    {MISS_OTHER, "other-letter", "with another letter in one's place"},
    {MISS_LETTER, "missing-letter", "with a letter missing"},
    {MISS_EXTRA, "extra-letter", "with a letter too many"},
    {MISS_SWAPPED, "swapped", "with letters in another order"},
    {MISS_DOUBLED, "doubled", "with a letter typed more than once"},
    {MISS_LOOKS, "look-alike", "in characters that only look like its letters"},
    {MISS_INSIDE, "inside", "with blanks, hyphens or hidden characters inside"},
    {MISS_RUN_ON, "run-together", "run together with another flag"},
    {MISS_GLUED, "glued", "without a blank between it and the next word"},
    {MISS_APART, "hash-apart", "with something between the # and the word"},
    {MISS_SIGN, "wrong-sign", "with another sign in place of the #"},
    {MISS_NO_HASH, "no-hash", "without its #"},
};

const char *flag_miss_word(uint32_t bit)
{
    for (size_t i = 0; i < COUNT_OF(misses); i++) {
        if (misses[i].bit == bit)
            return misses[i].word;
    }
    return "right";
}

const char *flag_miss_phrase(uint32_t found)
{
    for (size_t i = 0; i < COUNT_OF(misses); i++) {
        if ((found & misses[i].bit) != 0)
            return misses[i].phrase;
    }
    return "as it should";
}

void flag_mend_write(const struct flag_find *find, struct writer *w)
{
    write_text(w, find->blank_before ? " #" : "#");
    write_bytes(w, find->flag);
    write_text(w, find->blank_after ? " " : "");
}

#include "sound.h"

#include <string.h>

/* What a group of letters is read as; the first that fits.  "" is nothing: vowels. */
static const struct reading {
    const char *letters;
    const char *sound;
} readings[] = {
    /* ch, sh, s and z */
    {"TSCH", "S"},
    {"SCH", "S"},
    {"TCH", "S"},
    {"TSH", "S"},
    {"CH", "S"},
    {"SH", "S"},
    {"ZH", "S"},
    {"CE", "S"},
    {"CI", "S"},
    {"CY", "S"},
    {"S", "S"},
    {"Z", "S"},
    /* j as in English: xh and gj are Albanian */
    {"DZH", "J"},
    {"XH", "J"},
    {"GJ", "J"},
    {"DJ", "J"},
    {"DZ", "S"},
    {"X", "S"},
    /* t and d */
    {"TH", "T"},
    {"DH", "T"},
    {"DT", "T"},
    {"D", "T"},
    {"T", "T"},
    /* f and v */
    {"PH", "F"},
    {"F", "F"},
    {"V", "F"},
    {"W", "F"},
    /* k, g and q */
    {"KH", "K"},
    {"GH", "K"},
    {"CK", "K"},
    {"C", "K"},
    {"G", "K"},
    {"K", "K"},
    {"Q", "K"},
    {"B", "P"},
    {"P", "P"},
    {"L", "L"},
    {"NG", "N"},
    {"M", "M"},
    {"N", "N"},
    {"R", "R"},
    {"J", "J"},
};

enum { WORD_LEAST = 3 };

static bool is_one_of(uint8_t c, const char *letters)
{
    const struct bytes all = bytes_of_text(letters);

    return memchr(all.at, c, all.size) != NULL;
}

static bool begins(struct bytes word, const char *letters)
{
    const size_t size = strlen(letters);

    return word.size >= size && memcmp(word.at, letters, size) == 0;
}

static const struct reading *read_at(struct bytes rest)
{
    for (size_t i = 0; i < COUNT_OF(readings); i++) {
        if (begins(rest, readings[i].letters))
            return &readings[i];
    }
    return NULL;
}

static bool is_of_our_letters(struct bytes word)
{
    for (size_t i = 0; i < word.size; i++) {
        if (word.at[i] < 'A' || word.at[i] > 'Z')
            return false;
    }
    return true;
}

/* A vowel, and h, are heard at the beginning alone; y and j are one there, as in Yusuf. */
static size_t first_sound(struct bytes word, uint8_t ret[SOUND_MAX], size_t *at)
{
    const uint8_t first = word.at[0];

    if (!is_one_of(first, "AEIOUYH"))
        return 0;
    *at = 1;
    if (first == 'H')
        ret[0] = 'H';
    else if (first == 'Y' || (first == 'I' && is_one_of(word.at[1], "AEOU")))
        ret[0] = 'J';
    else
        ret[0] = 'A';
    return 1;
}

size_t sound_of(struct bytes word, uint8_t ret[SOUND_MAX])
{
    size_t at = 0;
    uint8_t before = 0; /* the letters of one sound twice are heard once */

    if (word.size < WORD_LEAST || !is_of_our_letters(word))
        return 0;
    size_t size = first_sound(word, ret, &at);
    while (at < word.size && size < SOUND_MAX) {
        const struct reading *const r = read_at(bytes_from(word, at));
        const uint8_t heard = r == NULL ? 0 : (uint8_t)r->sound[0];
        at += r == NULL ? 1 : strlen(r->letters);
        if (heard != 0 && heard != before)
            ret[size++] = heard;
        before = heard;
    }
    return size > 1 ? size : 0;
}

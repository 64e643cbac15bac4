#include "words.h"

#include <string.h>

uint8_t word_upper(uint8_t c)
{
    return c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
}

bool word_is_letter(uint8_t c)
{
    return word_upper(c) >= 'A' && word_upper(c) <= 'Z';
}

bool word_is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct bytes word_trim(struct bytes b)
{
    while (b.size > 0 && is_blank(b.at[0]))
        b = bytes_from(b, 1);
    while (b.size > 0 && is_blank(b.at[b.size - 1]))
        b.size--;
    return b;
}

bool word_same(struct bytes a, struct bytes b)
{
    if (a.size != b.size)
        return false;
    for (size_t i = 0; i < a.size; i++) {
        if (word_upper(a.at[i]) != word_upper(b.at[i]))
            return false;
    }
    return true;
}

status word_capitals(struct bytes b, struct arena *a, struct bytes *ret)
{
    uint8_t *const out = arena_take(a, b.size);

    ENSURE(out != NULL, E_MEMORY);
    for (size_t i = 0; i < b.size; i++)
        out[i] = word_upper(b.at[i]);
    *ret = bytes_of(out, b.size);
    return OK;
}

/* A byte above 127 is part of a letter with a diacritic. */
static bool joins(uint8_t c)
{
    return word_is_letter(c) || word_is_digit(c) || c >= 0x80;
}

size_t word_find(struct bytes text, size_t from, const char *word)
{
    const struct bytes w = bytes_of_text(word);

    for (size_t i = from; w.size <= text.size && i <= text.size - w.size; i++) {
        const bool starts = i == 0 || !joins(text.at[i - 1]);
        const bool ends = i + w.size == text.size || !joins(text.at[i + w.size]);
        if (starts && ends && word_same(bytes_of(text.at + i, w.size), w))
            return i;
    }
    return text.size;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: Levenshtein's table with neighbours' swap as a fourth edit. */
size_t word_distance(struct bytes a, struct bytes b)
{
    size_t row[3][WORD_DISTANCE_MAX + 1];

    if (a.size > WORD_DISTANCE_MAX || b.size > WORD_DISTANCE_MAX)
        return WORD_FAR;
    memset(row, 0, sizeof row);
    for (size_t k = 0; k <= b.size; k++)
        row[0][k] = k;
    for (size_t i = 1; i <= a.size; i++) {
        size_t *const now = row[i % 3];
        const size_t *const last = row[(i + 2) % 3];
        const size_t *const before = row[(i + 1) % 3];

        now[0] = i;
        for (size_t k = 1; k <= b.size; k++) {
            const uint8_t x = word_upper(a.at[i - 1]);
            const uint8_t y = word_upper(b.at[k - 1]);
            now[k] = least(least(now[k - 1], last[k]) + 1, last[k - 1] + (x != y));
            if (i > 1 && k > 1 && x == word_upper(b.at[k - 2]) &&
                word_upper(a.at[i - 2]) == y)
                now[k] = least(now[k], before[k - 2] + 1);
        }
    }
    return row[a.size % 3][b.size];
}

#include "day.h"

#include <stdio.h>
#include <string.h>

enum token {
    TOKEN_DAY,
    TOKEN_MONTH,
    TOKEN_MONTH_NAME,
    TOKEN_YEAR,
    TOKEN_SHORT_YEAR,
    TOKEN_HOUR,
    TOKEN_MINUTE,
    TOKEN_SECOND,
    TOKEN_LETTER, /* itself */
};

/* Longer ones first. */
static const struct {
    const char *word;
    enum token token;
} tokens[] = {
    {"yyyy", TOKEN_YEAR}, {"yy", TOKEN_SHORT_YEAR}, {"Mon", TOKEN_MONTH_NAME},
    {"mi", TOKEN_MINUTE}, {"mm", TOKEN_MONTH},      {"m", TOKEN_MONTH},
    {"dd", TOKEN_DAY},    {"d", TOKEN_DAY},         {"hh", TOKEN_HOUR},
    {"ss", TOKEN_SECOND},
};

static const char *const months[] = {"january",   "february", "march",    "april",
                                     "may",       "june",     "july",     "august",
                                     "september", "october",  "november", "december"};

/* Words that stand in a format as themselves, though letters of theirs mean something. */
static const char *const words[] = {"circa", "about", "approx", "c."};

static size_t word_here(const char *at)
{
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (strncmp(at, words[i], strlen(words[i])) == 0)
            return strlen(words[i]);
    }
    return 0;
}

static enum token token_next(const char **at)
{
    for (size_t i = 0; i < COUNT_OF(tokens); i++) {
        const size_t size = strlen(tokens[i].word);
        if (strncmp(*at, tokens[i].word, size) == 0) {
            *at += size;
            return tokens[i].token;
        }
    }
    (*at)++;
    return TOKEN_LETTER;
}

status day_format_check(const char *format, uint32_t pivot)
{
    unsigned seen[TOKEN_LETTER + 1] = {0};

    for (const char *at = format; *at != '\0';) {
        const size_t word = word_here(at);
        const char *const start = at;
        if (word > 0) {
            at += word;
            continue;
        }
        const enum token t = token_next(&at);
        const bool letter =
            (*start >= 'a' && *start <= 'z') || (*start >= 'A' && *start <= 'Z');
        ENSURE(t != TOKEN_LETTER || !letter || *start == 'T' || *start == 'Z', E_FORM);
        seen[t] += t != TOKEN_LETTER;
        ENSURE(seen[t] <= 1, E_FORM);
    }
    const unsigned month = seen[TOKEN_MONTH] + seen[TOKEN_MONTH_NAME];
    ENSURE(seen[TOKEN_YEAR] + seen[TOKEN_SHORT_YEAR] == 1 && month <= 1, E_FORM);
    ENSURE(seen[TOKEN_DAY] == 0 || month == 1, E_FORM);
    ENSURE(seen[TOKEN_SHORT_YEAR] == 0 || pivot != 0, E_VALUE);
    return OK;
}

static bool digits_take(struct bytes *rest, size_t least, size_t most, uint32_t *ret)
{
    uint32_t v = 0;
    size_t n = 0;

    while (n < most && n < rest->size && rest->at[n] >= '0' && rest->at[n] <= '9') {
        v = v * 10 + (uint32_t)(rest->at[n] - '0');
        n++;
    }
    if (n < least)
        return false;
    *rest = bytes_from(*rest, n);
    *ret = v;
    return true;
}

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

static bool month_take(struct bytes *rest, uint32_t *ret)
{
    for (uint32_t i = 0; i < COUNT_OF(months); i++) {
        const size_t size = strlen(months[i]);
        size_t n = 0;
        while (n < size && n < rest->size && lower(rest->at[n]) == (uint8_t)months[i][n])
            n++;
        if (n != 3 && n != size)
            continue;
        *rest = bytes_from(*rest, n);
        *ret = i + 1;
        return true;
    }
    return false;
}

static bool letter_take(struct bytes *rest, uint8_t wanted)
{
    if (rest->size == 0 || lower(rest->at[0]) != lower(wanted))
        return false;
    *rest = bytes_from(*rest, 1);
    while (wanted == ' ' && rest->size > 0 && rest->at[0] == ' ')
        *rest = bytes_from(*rest, 1);
    return true;
}

static bool token_take(enum token t, uint8_t wanted, uint32_t pivot, struct bytes *rest,
                       struct partial_date *d)
{
    uint32_t v = 0;

    switch (t) {
    case TOKEN_DAY:
        return digits_take(rest, 1, 2, &d->day) && d->day != 0;
    case TOKEN_MONTH:
        return digits_take(rest, 1, 2, &d->month) && d->month != 0;
    case TOKEN_MONTH_NAME:
        return month_take(rest, &d->month);
    case TOKEN_YEAR:
        return digits_take(rest, 4, 4, &d->year) && d->year != 0;
    case TOKEN_SHORT_YEAR:
        if (pivot == 0 || !digits_take(rest, 2, 2, &v))
            return false;
        d->year = v <= pivot ? 2000 + v : 1900 + v;
        return true;
    case TOKEN_HOUR:
        return digits_take(rest, 1, 2, &v) && v < 24;
    case TOKEN_MINUTE:
    case TOKEN_SECOND:
        return digits_take(rest, 2, 2, &v) && v < 60;
    case TOKEN_LETTER:
        return letter_take(rest, wanted);
    }
    return false;
}

static uint32_t days_of(uint32_t month, uint32_t year)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

bool day_read(struct bytes text, const char *format, uint32_t pivot,
              struct partial_date *ret)
{
    struct partial_date d = {0};
    struct bytes rest = text;

    for (const char *at = format; *at != '\0';) {
        const char *const start = at;
        const size_t word = word_here(at);
        const enum token t = word > 0 ? TOKEN_LETTER : token_next(&at);
        const size_t letters = word > 0 ? word : 1;
        for (size_t i = 0; i < letters; i++) {
            if (!token_take(t, (uint8_t)start[i], pivot, &rest, &d))
                return false;
        }
        at = word > 0 ? start + word : at;
    }
    if (rest.size > 0 || d.month > 12)
        return false;
    if (d.day > 0 && (d.month == 0 || d.day > days_of(d.month, d.year)))
        return false;
    *ret = d;
    return true;
}

void day_write(struct partial_date d, char ret[DAY_TEXT_ROOM])
{
    const unsigned year = d.year % 10000;

    if (d.day != 0)
        (void)snprintf(ret, DAY_TEXT_ROOM, "%04u-%02u-%02u", year, d.month % 100,
                       d.day % 100);
    else if (d.month != 0)
        (void)snprintf(ret, DAY_TEXT_ROOM, "%04u-%02u", year, d.month % 100);
    else
        (void)snprintf(ret, DAY_TEXT_ROOM, "%04u", year);
}

#include "identifier_parts.h"

#include <string.h>

bool is_one_of(uint8_t c, const char *set)
{
    for (; *set != '\0'; set++) {
        if (c == (uint8_t)*set)
            return true;
    }
    return false;
}

void identifier_need(struct identifier *id, bool holds, const char *fault)
{
    if (holds || !id->valid)
        return;
    id->valid = false;
    id->fault = fault;
}

status identifier_squeeze(struct bytes raw, const char *separators, struct arena *a,
                          struct bytes *ret)
{
    uint8_t *const out = arena_take(a, raw.size);
    size_t size = 0;

    ENSURE(out != NULL, E_MEMORY);
    for (size_t i = 0; i < raw.size; i++) {
        if (!is_one_of(raw.at[i], separators))
            out[size++] = word_upper(raw.at[i]);
    }
    *ret = bytes_of(out, size);
    return OK;
}

static bool is_capital(uint8_t c)
{
    return c >= 'A' && c <= 'Z';
}

bool shape_fits(struct bytes b, const char *shape)
{
    if (b.size != strlen(shape))
        return false;
    for (size_t i = 0; i < b.size; i++) {
        const uint8_t c = b.at[i];
        const bool fits = shape[i] == '9'   ? word_is_digit(c)
                          : shape[i] == 'A' ? is_capital(c)
                          : shape[i] == 'X' ? word_is_digit(c) || is_capital(c)
                                            : c == (uint8_t)shape[i];
        if (!fits)
            return false;
    }
    return true;
}

bool all_digits(struct bytes b)
{
    for (size_t i = 0; i < b.size; i++) {
        if (!word_is_digit(b.at[i]))
            return false;
    }
    return b.size > 0;
}

bool all_alphanumeric(struct bytes b)
{
    for (size_t i = 0; i < b.size; i++) {
        if (!word_is_digit(b.at[i]) && !is_capital(b.at[i]))
            return false;
    }
    return b.size > 0;
}

bool all_printable(struct bytes b)
{
    for (size_t i = 0; i < b.size; i++) {
        if (b.at[i] < ' ' || b.at[i] == 0x7f)
            return false;
    }
    return b.size > 0;
}

size_t character_count(struct bytes b)
{
    size_t count = 0;

    for (size_t i = 0; i < b.size; i++)
        count += (b.at[i] & 0xc0) != 0x80;
    return count;
}

uint64_t digits_value(struct bytes digits)
{
    uint64_t value = 0;

    for (size_t i = 0; i < digits.size; i++)
        value = value * 10 + (uint64_t)(digits.at[i] - '0');
    return value;
}

uint8_t check_letter_23(uint64_t number)
{
    static const char letters[] = "ZABCDEFGHJKLMNPQRTUVWXY";

    return (uint8_t)letters[number % 23];
}

bool luhn_holds(struct bytes digits)
{
    unsigned sum = 0;

    for (size_t i = 0; i < digits.size; i++) {
        const unsigned digit = (unsigned)(digits.at[digits.size - 1 - i] - '0');
        const unsigned twice = digit * 2;
        sum += i % 2 == 0 ? digit : twice > 9 ? twice - 9 : twice;
    }
    return sum % 10 == 0;
}

unsigned alphanumeric_value(uint8_t c)
{
    return word_is_digit(c) ? (unsigned)(c - '0') : (unsigned)(c - 'A') + 10;
}

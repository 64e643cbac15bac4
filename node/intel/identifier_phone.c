#include "identifier_parts.h"

#include <string.h>

/*
 * Telephone numbers as E.164 (DS_053).  A number that a spreadsheet has turned
 * into 4.47E+11 has lost digits: it is corrupt, and is never rebuilt.
 */

enum { E164_MIN = 7, E164_MAX = 15, DIGITS_ROOM = 24 };

static const char corrupt[] =
    "is corrupt: it has signs in it that telephone numbers do not "
    "have, or has lost digits in a spreadsheet";

/* Digits, with the leading plus told apart, and without "(0)" after a country code. */
struct dialled {
    char digits[DIGITS_ROOM];
    size_t count;
    bool plus;
    bool corrupt;
};

/* A no-break space, or one of the invisible marks and hyphens of U+2000 to U+206F, which
 * telephones and spreadsheets put around numbers: its size in bytes, else 0. */
static size_t invisible(struct bytes b)
{
    if (b.size >= 2 && memcmp(b.at, "\xc2\xa0", 2) == 0)
        return 2;
    if (b.size >= 3 && b.at[0] == 0xe2 && (b.at[1] == 0x80 || b.at[1] == 0x81))
        return 3;
    return 0;
}

static void take_digit(struct dialled *d, uint8_t c)
{
    if (d->count == DIGITS_ROOM) {
        d->corrupt = true;
        return;
    }
    d->digits[d->count++] = (char)c;
}

static struct dialled dialled_of(struct bytes raw)
{
    struct dialled d = {0};

    for (size_t i = 0; i < raw.size; i++) {
        const struct bytes here = bytes_from(raw, i);
        if (d.count > 0 && here.size >= 3 && memcmp(here.at, "(0)", 3) == 0) {
            i += 2;
        } else if (word_is_digit(raw.at[i])) {
            take_digit(&d, raw.at[i]);
        } else if (raw.at[i] == '+') {
            d.corrupt = d.corrupt || d.plus || d.count > 0;
            d.plus = true;
        } else if (invisible(here) > 0) {
            i += invisible(here) - 1;
        } else if (word_is_letter(raw.at[i]) || raw.at[i] >= 0x80) {
            d.corrupt = true;
        }
    }
    return d;
}

static bool starts(const struct dialled *d, const char *digits)
{
    const size_t size = strlen(digits);

    return d->count >= size && memcmp(d->digits, digits, size) == 0;
}

/* International digits without the plus into `ret`; false when the number says no country.
 */
static bool to_country_form(const struct dialled *d, char *ret, size_t *ret_size)
{
    const bool double_zero = !d->plus && starts(d, "00");
    const bool with_440 = starts(d, "440") && (d->count == 12 || d->count == 13);
    const bool with_44 = starts(d, "44") && (d->count == 11 || d->count == 12);
    const bool trunk = starts(d, "0") && !double_zero && (d->count == 10 || d->count == 11);
    const bool bare_mobile = starts(d, "7") && d->count == 10;
    const size_t skip = d->plus ? 0 : double_zero ? 2 : trunk ? 1 : 0;
    const bool add_44 = !d->plus && (trunk || bare_mobile);
    size_t size = 0;

    if (!d->plus && !double_zero && !with_44 && !with_440 && !trunk && !bare_mobile)
        return false;
    if (add_44) {
        ret[0] = '4';
        ret[1] = '4';
        size = 2;
    }
    memcpy(ret + size, d->digits + skip, d->count - skip);
    *ret_size = size + d->count - skip;
    return true;
}

/* Numbering plan of the United Kingdom, Jersey, Guernsey and Man: what a number is for. */
static const char *british_form(struct bytes national)
{
    static const char *const by_first[] = {
        NULL,        "geographic", "geographic", "nongeographic", NULL,
        "corporate", NULL,         NULL,         "nongeographic", "premium"};
    const uint8_t second = national.size > 1 ? national.at[1] : '0';

    if (national.size == 0)
        return NULL;
    if (national.at[0] != '7')
        return by_first[national.at[0] - '0'];
    if (second == '0')
        return "personal";
    if (second == '6' && !(national.size > 3 && memcmp(national.at, "7624", 4) == 0))
        return "pager";
    return "mobile";
}

/* Ten digits; numbers that begin with 1 or 8 may have nine. */
static void check_british(struct bytes national, struct identifier *id)
{
    const bool nine =
        national.size == 9 && (national.at[0] == '1' || national.at[0] == '8');

    identifier_need(id, national.size == 10 || nine,
                    "has too many or too few digits for a British number");
    id->form = british_form(national);
}

status identify_phone(struct bytes country, struct bytes raw, struct arena *a,
                      struct identifier *id)
{
    const struct dialled d = dialled_of(raw);
    char number[DIGITS_ROOM + 2] = {0};
    size_t size = 0;

    (void)country;
    identifier_need(id, !d.corrupt, corrupt);
    identifier_need(id, d.count > 0 && to_country_form(&d, number, &size),
                    "does not say which country it is of, and is not a British one");
    if (!id->valid)
        return OK;
    const bool british = size >= 2 && memcmp(number, "44", 2) == 0;
    if (british && size > 2 && number[2] == '0') {
        identifier_need(id, false, "has a 0 after the country code 44");
        memmove(number + 2, number + 3, size - 3);
        size--;
    }
    uint8_t *const out = arena_take(a, size + 1);
    ENSURE(out != NULL, E_MEMORY);
    out[0] = '+';
    memcpy(out + 1, number, size);
    id->canonical = bytes_of(out, size + 1);
    identifier_need(id, size >= E164_MIN && size <= E164_MAX,
                    "has too many or too few digits");
    identifier_need(id, number[0] != '0', "begins with 0 where the country code stands");
    if (british)
        check_british(bytes_of(out + 3, size - 2), id);
    return OK;
}

#include "identifier.h"

#include "words.h"

#include <string.h>

enum { VRM_MAX = 11, E164_DIGITS_MIN = 7, E164_DIGITS_MAX = 15, PNC_SIZE = 13 };

static bool is_number(uint8_t c)
{
    return word_is_digit(c);
}

/* In a shape, A is a letter and 9 a digit. */
static bool has_shape(struct bytes b, const char *shape)
{
    if (b.size != strlen(shape))
        return false;
    for (size_t i = 0; i < b.size; i++) {
        const bool fits = shape[i] == '9' ? is_number(b.at[i]) : word_is_letter(b.at[i]);
        if (!fits)
            return false;
    }
    return true;
}

/* Current series (2001-): area letters without I, Q, Z; age 02-49 or 51-99; no I or Q last.
 */
static bool current_series_is_right(struct bytes b)
{
    const unsigned age = (unsigned)(b.at[2] - '0') * 10 + (unsigned)(b.at[3] - '0');

    for (size_t i = 0; i < b.size; i++) {
        const uint8_t c = b.at[i];
        if (c == 'I' || c == 'Q' || (c == 'Z' && i < 2))
            return false;
    }
    return age >= 2 && age != 50;
}

status identifier_vrm(struct bytes raw, struct arena *a, struct identifier *ret)
{
    struct identifier id = {.valid = true};
    uint8_t *const out = arena_take(a, raw.size);
    size_t size = 0;

    ENSURE(out != NULL, E_MEMORY);
    for (size_t i = 0; i < raw.size; i++) {
        const uint8_t c = word_upper(raw.at[i]);
        if (word_is_letter(c) || word_is_digit(c))
            out[size++] = c;
        else if (c != ' ' && c != '-' && c != '.')
            id.valid = false; /* a part plate such as "AB?? CDE", or not a Latin one */
    }
    id.canonical = bytes_of(out, size);
    id.valid = id.valid && size >= 1 && size <= VRM_MAX;
    /* A plate of the present British shape that was never issued is misread, not foreign.
     */
    if (has_shape(id.canonical, "AA99AAA"))
        id.valid = id.valid && current_series_is_right(id.canonical);
    *ret = id;
    return OK;
}

/* The digits of a number, with its leading plus, and without "(0)" after a country code. */
struct dialled {
    char digits[E164_DIGITS_MAX + 8];
    size_t count;
    bool plus;
    bool corrupt;
};

static struct dialled dialled_of(struct bytes raw)
{
    struct dialled d = {0};

    for (size_t i = 0; i < raw.size; i++) {
        const struct bytes here = bytes_from(raw, i);
        if (i > 0 && here.size >= 3 && memcmp(here.at, "(0)", 3) == 0) {
            i += 2;
        } else if (is_number(raw.at[i])) {
            d.corrupt = d.corrupt || d.count == sizeof d.digits;
            if (!d.corrupt)
                d.digits[d.count++] = (char)raw.at[i];
        } else if (raw.at[i] == '+') {
            d.plus = true;
            d.corrupt = d.corrupt || i > 0;
        } else if (word_is_letter(raw.at[i]) || raw.at[i] >= 0x80) {
            d.corrupt = true; /* "4.47E+11" has lost digits; never rebuild it */
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
    const bool with_44 = starts(d, "44") && (d->count == 11 || d->count == 12);
    const bool trunk = starts(d, "0") && !double_zero && (d->count == 10 || d->count == 11);
    const bool bare_mobile = starts(d, "7") && d->count == 10;
    const size_t skip = d->plus ? 0 : double_zero ? 2 : trunk ? 1 : 0;
    const bool add_44 = !d->plus && (trunk || bare_mobile);
    size_t size = 0;

    if (!d->plus && !double_zero && !with_44 && !trunk && !bare_mobile)
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

status identifier_phone(struct bytes raw, struct arena *a, struct identifier *ret)
{
    const struct dialled d = dialled_of(word_trim(raw));
    char number[sizeof d.digits + 2];
    size_t size = 0;
    struct identifier id = {0};

    if (d.corrupt || d.count == 0 || !to_country_form(&d, number, &size)) {
        *ret = id;
        return OK;
    }
    const bool british = size >= 2 && memcmp(number, "44", 2) == 0;
    /* "+44 0..." is a slip: the trunk zero goes, and the number stays marked. */
    const bool stray_zero = british && size > 2 && number[2] == '0';
    if (stray_zero) {
        memmove(number + 2, number + 3, size - 3);
        size--;
    }
    id.valid = !stray_zero && size >= E164_DIGITS_MIN && size <= E164_DIGITS_MAX &&
               number[0] != '0' && (!british || size == 11 || size == 12);

    uint8_t *const out = arena_take(a, size + 1);
    ENSURE(out != NULL, E_MEMORY);
    out[0] = '+';
    memcpy(out + 1, number, size);
    id.canonical = bytes_of(out, size + 1);
    *ret = id;
    return OK;
}

/* DS_072: the letter at (yy * 10^7 + serial) mod 23; no I, O, S. */
static bool pnc_letter_is_right(struct bytes b)
{
    static const char letters[] = "ZABCDEFGHJKLMNPQRTUVWXY";
    uint64_t number = 0;

    for (size_t i = 2; i < PNC_SIZE - 1; i++) {
        if (i != 4)
            number = number * 10 + (uint64_t)(b.at[i] - '0');
    }
    return b.at[PNC_SIZE - 1] == (uint8_t)letters[number % 23];
}

status identifier_pnc(struct bytes raw, struct arena *a, struct identifier *ret)
{
    static const char shape[] = "9999/9999999A";
    struct identifier id = {0};

    TRY(word_capitals(word_trim(raw), a, &id.canonical));
    id.valid = id.canonical.size == PNC_SIZE && id.canonical.at[4] == '/';
    for (size_t i = 0; id.valid && i < PNC_SIZE; i++) {
        const uint8_t c = id.canonical.at[i];
        id.valid = shape[i] == '9'   ? is_number(c)
                   : shape[i] == 'A' ? word_is_letter(c)
                                     : c == (uint8_t)shape[i];
    }
    id.valid = id.valid && pnc_letter_is_right(id.canonical);
    if (!id.valid)
        id.canonical = (struct bytes){0};
    *ret = id;
    return OK;
}

status identifier_mmsi(struct bytes raw, struct arena *a, struct identifier *ret)
{
    const struct bytes b = word_trim(raw);
    struct identifier id = {.valid = b.size == 9};

    for (size_t i = 0; i < b.size; i++)
        id.valid = id.valid && is_number(b.at[i]);
    if (id.valid)
        TRY(arena_copy(a, b, &id.canonical));
    *ret = id;
    return OK;
}

#include "text.h"

#include <string.h>

static const char hex_digits[] = "0123456789abcdef";
static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void hex_encode(struct bytes b, char *ret)
{
    for (size_t i = 0; i < b.size; i++) {
        ret[2 * i] = hex_digits[b.at[i] >> 4];
        ret[2 * i + 1] = hex_digits[b.at[i] & 15];
    }
    ret[2 * b.size] = '\0';
}

/* The value of a digit, or 255. */
static uint8_t digit_value(const char *digits, size_t count, uint8_t c)
{
    const char *const found = memchr(digits, c, count);

    return found == NULL ? 255 : (uint8_t)(found - digits);
}

status hex_decode(struct bytes text, uint8_t *ret, size_t size)
{
    ENSURE(text.size == 2 * size, E_FORM);
    for (size_t i = 0; i < text.size; i++)
        ENSURE(digit_value(hex_digits, 16, text.at[i]) != 255, E_FORM);
    for (size_t i = 0; i < size; i++) {
        const uint8_t high = digit_value(hex_digits, 16, text.at[2 * i]);
        const uint8_t low = digit_value(hex_digits, 16, text.at[2 * i + 1]);
        ret[i] = (uint8_t)(high << 4 | low);
    }
    return OK;
}

size_t base64_size(size_t size)
{
    return (size + 2) / 3 * 4;
}

void base64_write(struct writer *w, struct bytes b)
{
    for (size_t i = 0; i < b.size; i += 3) {
        const size_t left = b.size - i;
        const uint32_t word = (uint32_t)b.at[i] << 16 |
                              (left > 1 ? (uint32_t)b.at[i + 1] << 8 : 0) |
                              (left > 2 ? (uint32_t)b.at[i + 2] : 0);
        char quad[4] = {base64_digits[word >> 18], base64_digits[word >> 12 & 63], '=',
                        '='};
        if (left > 1)
            quad[2] = base64_digits[word >> 6 & 63];
        if (left > 2)
            quad[3] = base64_digits[word & 63];
        write_bytes(w, bytes_of(quad, sizeof quad));
    }
}

/* One group of four digits that carries `size` bytes (1 to 3). */
static status base64_quad(const uint8_t *quad, size_t size, uint8_t *ret)
{
    uint32_t word = 0;

    for (size_t i = 0; i < 4; i++) {
        const bool padding = i > size;
        const uint8_t v = padding ? 0 : digit_value(base64_digits, 64, quad[i]);
        ENSURE(v != 255 && (!padding || quad[i] == '='), E_FORM);
        word = word << 6 | v;
    }
    /* Bits that carry nothing must be zero, so that each value has one text. */
    ENSURE((word & (0xffffffU >> (8 * size))) == 0, E_FORM);
    for (size_t i = 0; i < size; i++)
        ret[i] = (uint8_t)(word >> (16 - 8 * i));
    return OK;
}

status base64_decode(struct arena *a, struct bytes text, struct bytes *ret)
{
    ENSURE(text.size % 4 == 0, E_FORM);
    size_t size = text.size / 4 * 3;
    if (text.size > 0 && text.at[text.size - 1] == '=')
        size -= text.at[text.size - 2] == '=' ? 2 : 1;

    uint8_t *const out = arena_take(a, size);
    ENSURE(out != NULL, E_MEMORY);
    for (size_t i = 0; i < text.size; i += 4) {
        const size_t done = i / 4 * 3;
        TRY(base64_quad(text.at + i, size - done < 3 ? size - done : 3, out + done));
    }
    *ret = bytes_of(out, size);
    return OK;
}

/* Length of the sequence that starts at `p`, or 0 where it is not well formed. */
static size_t utf8_sequence(const uint8_t *p, size_t left)
{
    if (p[0] < 0x80)
        return p[0] != 0;
    const size_t size = p[0] >= 0xc2 && p[0] < 0xe0   ? 2
                        : p[0] >= 0xe0 && p[0] < 0xf0 ? 3
                        : p[0] >= 0xf0 && p[0] < 0xf5 ? 4
                                                      : 0;
    if (size == 0 || size > left)
        return 0;
    for (size_t i = 1; i < size; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    }
    /* Second bytes that would be over-long, a surrogate or past U+10FFFF (RFC 3629). */
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
        (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
        return 0;
    return size;
}

size_t utf8_valid_size(struct bytes b)
{
    size_t i = 0;

    while (i < b.size) {
        const size_t size = utf8_sequence(b.at + i, b.size - i);
        if (size == 0)
            break;
        i += size;
    }
    return i;
}

bool utf8_is_valid(struct bytes b)
{
    return utf8_valid_size(b) == b.size;
}

void utf8_make_whole(char *text)
{
    const size_t end = strlen(text);
    size_t kept = 0;

    for (size_t i = 0; i < end;) {
        const size_t size = utf8_sequence((const uint8_t *)text + i, end - i);
        memmove(text + kept, text + i, size);
        kept += size;
        i += size > 0 ? size : 1;
    }
    text[kept] = '\0';
}

const char *text_foreign(struct bytes b)
{
    const uint8_t *const p = b.at;

    if (b.size >= 2 && ((p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff)))
        return "This is UTF-16 (a spreadsheet's \"Unicode text\"), not UTF-8. Export it as "
               "UTF-8.";
    if (b.size >= 4 && (p[0] == 0) != (p[1] == 0) && (p[0] == 0) == (p[2] == 0) &&
        (p[1] == 0) == (p[3] == 0))
        return "This is UTF-16 without a mark. Export it as UTF-8.";
    return NULL;
}

status decimal_decode(struct bytes text, uint64_t *ret)
{
    uint64_t v = 0;

    ENSURE(text.size >= 1 && text.size <= 20, E_FORM);
    ENSURE(text.size == 1 || text.at[0] != '0', E_FORM);
    for (size_t i = 0; i < text.size; i++) {
        ENSURE(text.at[i] >= '0' && text.at[i] <= '9', E_FORM);
        ENSURE(!__builtin_mul_overflow(v, (uint64_t)10, &v), E_FORM);
        ENSURE(!__builtin_add_overflow(v, (uint64_t)(text.at[i] - '0'), &v), E_FORM);
    }
    *ret = v;
    return OK;
}

bool text_cut(struct bytes *rest, char separator, struct bytes *ret_head)
{
    const uint8_t *const found =
        rest->size == 0 ? NULL : memchr(rest->at, separator, rest->size);

    if (found == NULL)
        return false;
    const size_t size = (size_t)(found - rest->at);
    *ret_head = bytes_of(rest->at, size);
    *rest = bytes_from(*rest, size + 1);
    return true;
}

bool text_is(struct bytes b, const char *text)
{
    return bytes_equal(b, bytes_of_text(text));
}

struct civil {
    uint64_t year, month, day;
};

/* Days since 1970-01-01 to the proleptic Gregorian calendar (H. Hinnant, days_from_civil).
 */
static struct civil civil_of_days(uint64_t days)
{
    const uint64_t z = days + 719468;
    const uint64_t era = z / 146097;
    const uint64_t day_of_era = z % 146097;
    const uint64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const uint64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const uint64_t m = (5 * day_of_year + 2) / 153;
    const uint64_t month = m < 10 ? m + 3 : m - 9;

    return (struct civil){.year = year_of_era + era * 400 + (month <= 2),
                          .month = month,
                          .day = day_of_year - (153 * m + 2) / 5 + 1};
}

static uint64_t days_of_civil(struct civil c)
{
    const uint64_t year = c.year - (c.month <= 2);
    const uint64_t year_of_era = year % 400;
    const uint64_t m = c.month > 2 ? c.month - 3 : c.month + 9;
    const uint64_t day_of_year = (153 * m + 2) / 5 + c.day - 1;
    const uint64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return year / 400 * 146097 + day_of_era - 719468;
}

static void write_padded(struct writer *w, uint64_t v, size_t digits)
{
    char text[4];

    for (size_t i = digits; i > 0; i--) {
        text[i - 1] = (char)('0' + v % 10);
        v /= 10;
    }
    write_bytes(w, bytes_of(text, digits));
}

void time_write(millis t, char ret[TIME_TEXT_ROOM])
{
    const millis last = 253402300799000; /* 9999-12-31T23:59:59Z */
    const uint64_t seconds = (t < last ? t : last) / 1000;
    const struct civil c = civil_of_days(seconds / 86400);
    const struct {
        uint64_t value;
        size_t digits;
        const char *after;
    } parts[] = {
        {c.year, 4, "-"},
        {c.month, 2, "-"},
        {c.day, 2, "T"},
        {seconds / 3600 % 24, 2, ":"},
        {seconds / 60 % 60, 2, ":"},
        {seconds % 60, 2, "Z"},
    };
    struct writer w = writer_over(ret, TIME_TEXT_ROOM);

    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        write_padded(&w, parts[i].value, parts[i].digits);
        write_text(&w, parts[i].after);
    }
    write_u8(&w, 0);
    MUST(!w.bad);
}

status time_read(struct bytes text, millis *ret)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:ddZ";
    static const struct {
        size_t at, digits;
    } parts[6] = {{0, 4}, {5, 2}, {8, 2}, {11, 2}, {14, 2}, {17, 2}};
    uint64_t v[6] = {0};

    ENSURE(text.size == sizeof shape - 1, E_FORM);
    for (size_t i = 0; i < text.size; i++) {
        const bool digit = text.at[i] >= '0' && text.at[i] <= '9';
        ENSURE(shape[i] == 'd' ? digit : text.at[i] == (uint8_t)shape[i], E_FORM);
    }
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        for (size_t k = 0; k < parts[i].digits; k++)
            v[i] = v[i] * 10 + (uint64_t)(text.at[parts[i].at + k] - '0');
    }
    ENSURE(v[0] >= 1970 && v[1] >= 1 && v[1] <= 12 && v[2] >= 1, E_FORM);
    const millis t =
        ((days_of_civil((struct civil){v[0], v[1], v[2]}) * 24 + v[3]) * 60 + v[4]) *
            60000 +
        v[5] * 1000;

    /* A day or an hour out of range comes back as another text. */
    char again[TIME_TEXT_ROOM];
    time_write(t, again);
    ENSURE(text_is(text, again), E_FORM);
    *ret = t;
    return OK;
}

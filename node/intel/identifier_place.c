#include "identifier_parts.h"

#include <string.h>

/* Postcodes and positions. */

enum { INWARD = 3, POSTCODE_MIN = 5, POSTCODE_MAX = 7, FOREIGN_POSTCODE_MAX = 12 };

/* The part before the blank: which letters stand in which place (BS 7666). */
static bool outward_is_right(struct bytes b)
{
    if (is_one_of(b.at[0], "QVX") || (b.size > 1 && is_one_of(b.at[1], "IJZ")))
        return false;
    if (shape_fits(b, "A9A"))
        return is_one_of(b.at[2], "ABCDEFGHJKPSTUW");
    if (shape_fits(b, "AA9A"))
        return is_one_of(b.at[3], "ABEHMNPRVWXY");
    return shape_fits(b, "A9") || shape_fits(b, "A99") || shape_fits(b, "AA9") ||
           shape_fits(b, "AA99");
}

static bool inward_is_right(struct bytes b)
{
    return shape_fits(b, "9AA") && !is_one_of(b.at[1], "CIKMOV") &&
           !is_one_of(b.at[2], "CIKMOV");
}

/* Those that share the British postcode. */
static bool is_british_post(struct bytes country)
{
    static const char *const with[] = {"GBR", "JEY", "GGY", "IMN", "GIB"};

    for (size_t i = 0; i < COUNT_OF(with); i++) {
        if (bytes_equal(country, bytes_of_text(with[i])))
            return true;
    }
    return country.size == 0;
}

static void identify_foreign_postcode(struct bytes b, struct identifier *id)
{
    identifier_need(id, all_printable(b) && character_count(b) <= FOREIGN_POSTCODE_MAX,
                    "is not one to twelve characters");
    if (id->valid)
        id->canonical = b;
}

/* British with one blank before the last three; of another country as it is. */
status identify_postcode(struct bytes country, struct bytes raw, struct arena *a,
                         struct identifier *id)
{
    struct bytes b = {0};

    TRY(identifier_squeeze(raw, " ", a, &b));
    if (!is_british_post(country)) {
        identify_foreign_postcode(b, id);
        return OK;
    }
    identifier_need(id, b.size >= POSTCODE_MIN && b.size <= POSTCODE_MAX,
                    "is not five to seven letters and digits");
    if (!id->valid)
        return OK;
    const struct bytes outward = bytes_of(b.at, b.size - INWARD);
    const struct bytes inward = bytes_from(b, b.size - INWARD);
    const bool giro = bytes_equal(b, bytes_of_text("GIR0AA"));
    identifier_need(id, giro || (outward_is_right(outward) && inward_is_right(inward)),
                    "is not of the British form, such as DT1 1AA");
    if (!id->valid)
        return OK;
    uint8_t *const out = arena_take(a, b.size + 1);
    ENSURE(out != NULL, E_MEMORY);
    memcpy(out, b.at, outward.size);
    out[outward.size] = ' ';
    memcpy(out + outward.size + 1, inward.at, INWARD);
    id->canonical = bytes_of(out, b.size + 1);
    return OK;
}

/* One of the two parts: sign, whole part of a fixed width, decimals. */
struct angle {
    uint8_t sign;
    struct bytes digits; /* with its decimals */
};

static bool is_sign(uint8_t c)
{
    return c == '+' || c == '-';
}

/* A part with its sign before it, or its hemisphere after it; what is left stays in `b`. */
static bool angle_take(struct bytes *b, const char *hemispheres, struct angle *ret)
{
    struct angle angle = {0};
    size_t size = 0;

    if (b->size > 0 && is_sign(b->at[0])) {
        angle.sign = b->at[0];
        *b = bytes_from(*b, 1);
    }
    while (size < b->size && (word_is_digit(b->at[size]) || b->at[size] == '.'))
        size++;
    angle.digits = bytes_of(b->at, size);
    *b = bytes_from(*b, size);
    if (angle.sign == 0 && b->size > 0 && is_one_of(b->at[0], hemispheres)) {
        angle.sign = b->at[0] == (uint8_t)hemispheres[0] ? '+' : '-';
        *b = bytes_from(*b, 1);
    }
    *ret = angle;
    return size > 0 && angle.sign != 0;
}

/* ISO 6709 annex H: degrees, or with minutes, or with seconds, told by the fixed width of
 * the whole part; within its circle. */
static bool angle_is_right(struct bytes digits, size_t width, uint64_t most)
{
    const uint8_t *const dot =
        digits.size == 0 ? NULL : memchr(digits.at, '.', digits.size);
    const size_t whole = dot == NULL ? digits.size : (size_t)(dot - digits.at);
    const bool decimals = dot == NULL || all_digits(bytes_from(digits, whole + 1));

    if (!decimals || (whole != width && whole != width + 2 && whole != width + 4))
        return false;
    const uint64_t degrees = digits_value(bytes_of(digits.at, width));
    bool rest = false;
    for (size_t i = width; i < digits.size; i++)
        rest = rest || (digits.at[i] != '0' && digits.at[i] != '.');
    for (size_t i = width; i < whole; i += 2) {
        if (digits_value(bytes_of(digits.at + i, 2)) >= 60)
            return false;
    }
    return degrees < most || (degrees == most && !rest);
}

/* Blanks, a comma and the closing stroke are no part of it. */
static status position_squeeze(struct bytes raw, struct arena *a, struct bytes *ret)
{
    TRY(identifier_squeeze(raw, " ,", a, ret));
    if (ret->size > 0 && ret->at[ret->size - 1] == '/')
        ret->size--;
    return OK;
}

/* "+50.7192-001.8808/"; with hemisphere letters it is written with signs. */
status identify_position(struct bytes country, struct bytes raw, struct arena *a,
                         struct identifier *id)
{
    struct bytes rest = {0};
    struct angle latitude = {0};
    struct angle longitude = {0};

    (void)country;
    TRY(position_squeeze(raw, a, &rest));
    identifier_need(id,
                    angle_take(&rest, "NS", &latitude) &&
                        angle_take(&rest, "EW", &longitude) && rest.size == 0,
                    "is not like +50.7192-001.8808 or 50.7192N 001.8808W");
    if (!id->valid)
        return OK;
    identifier_need(id, angle_is_right(latitude.digits, 2, 90),
                    "has a latitude without two digits for the degrees, or beyond 90");
    identifier_need(id, angle_is_right(longitude.digits, 3, 180),
                    "has a longitude without three digits for the degrees, or beyond 180");
    if (!id->valid)
        return OK;
    const size_t size = latitude.digits.size + longitude.digits.size + 3;
    uint8_t *const out = arena_take(a, size);
    ENSURE(out != NULL, E_MEMORY);
    struct writer w = writer_over(out, size);
    write_u8(&w, latitude.sign);
    write_bytes(&w, latitude.digits);
    write_u8(&w, longitude.sign);
    write_bytes(&w, longitude.digits);
    write_u8(&w, '/');
    MUST(!w.bad);
    id->canonical = writer_bytes(&w);
    return OK;
}

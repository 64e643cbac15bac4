#include "identifier_parts.h"

#include <string.h>

/*
 * Numbers that police and prosecution give.  The check letter of the first three is one
 * modulus-23 scheme over different digits (NPCC dictionary, DS_071 to DS_073).
 */

enum { CRO_FILE_FIRST = 39, CRO_FILE_LAST = 95, CRO_FILE_WITH_YEAR = 65 };
enum { CRO_SERIAL_MAX = 6, CRO_FILE_SERIAL_MAX = 5 };
enum { ASN_SIZE = 20, ASN_SIZE_LONG = 21, ASN_SERIAL = 11 };
enum { COLLAR_MAX = 10 };

static const char wrong_letter[] = "has a check letter that does not agree with the rest";

/* YYYY/NNNNNNND: the letter is that of YY and the seven digits of the serial. */
status identify_pnc_id(struct bytes country, struct bytes raw, struct arena *a,
                       struct identifier *id)
{
    struct bytes b = {0};

    (void)country;
    TRY(identifier_squeeze(raw, "", a, &b));
    identifier_need(id, shape_fits(b, "9999/9999999A"),
                    "is not a year, a stroke, seven digits and a letter");
    if (!id->valid)
        return OK;
    const uint64_t year = digits_value(bytes_of(b.at + 2, 2));
    const uint64_t serial = digits_value(bytes_of(b.at + 5, 7));
    id->canonical = b;
    identifier_need(id, b.at[12] == check_letter_23(year * 10000000 + serial),
                    wrong_letter);
    return OK;
}

/* Bytes with `b`'s leading zeros dropped, but for the last digit. */
static struct bytes without_zeros(struct bytes b)
{
    while (b.size > 1 && b.at[0] == '0')
        b = bytes_from(b, 1);
    return b;
}

/* SFYY/NNNNNND: a file number of 1939-1995; the year counts in the check from 1965 on. */
static status identify_cro_file(struct bytes b, struct arena *a, struct identifier *id)
{
    const struct bytes digits = bytes_of(b.at + 5, b.size - 6);
    const struct bytes serial = without_zeros(digits);
    const uint64_t year = digits_value(bytes_of(b.at + 2, 2));
    const uint64_t number = digits_value(serial);
    const bool with_year = year >= CRO_FILE_WITH_YEAR;
    uint8_t *const out = arena_take(a, 6 + serial.size);

    ENSURE(out != NULL, E_MEMORY);
    memcpy(out, b.at, 5);
    memcpy(out + 5, serial.at, serial.size);
    out[5 + serial.size] = b.at[b.size - 1];
    id->canonical = bytes_of(out, 6 + serial.size);
    id->form = "file";
    identifier_need(id, year >= CRO_FILE_FIRST && year <= CRO_FILE_LAST,
                    "has a year outside 39 to 95, which are those of file numbers");
    identifier_need(id, !with_year || serial.size <= CRO_FILE_SERIAL_MAX,
                    "has more than five digits, which file numbers have not since 1965");
    identifier_need(id,
                    b.at[b.size - 1] ==
                        check_letter_23(with_year ? year * 100000 + number : number),
                    wrong_letter);
    return OK;
}

/* NNNNNN/YYD, leading zeros dropped. */
static void identify_cro_full(struct bytes b, size_t stroke, struct identifier *id)
{
    const struct bytes serial = bytes_of(b.at, stroke);
    const uint64_t year = digits_value(bytes_of(b.at + stroke + 1, 2));

    id->canonical = without_zeros(b);
    id->form = "full";
    identifier_need(
        id, b.at[b.size - 1] == check_letter_23(year * 1000000 + digits_value(serial)),
        wrong_letter);
}

status identify_cro(struct bytes country, struct bytes raw, struct arena *a,
                    struct identifier *id)
{
    struct bytes b = {0};

    (void)country;
    TRY(identifier_squeeze(raw, " ", a, &b));
    for (size_t n = 1; n <= CRO_SERIAL_MAX; n++) {
        const size_t size = n + 4;
        if (b.size == size && all_digits(bytes_of(b.at, n)) &&
            shape_fits(bytes_from(b, n), "/99A")) {
            identify_cro_full(b, n, id);
            return OK;
        }
        if (b.size == n + 6 && shape_fits(bytes_of(b.at, 5), "SF99/") &&
            all_digits(bytes_of(b.at + 5, n)) && shape_fits(bytes_from(b, n + 5), "A"))
            return identify_cro_file(b, a, id);
    }
    identifier_need(id, false, "is neither like 123456/01A nor like SF80/12345A");
    return OK;
}

/* The eleven digits of the serial: a shorter one is written with strokes before it. */
static status asn_in_full(struct bytes b, bool stroked, struct arena *a, struct bytes *ret)
{
    const size_t missing =
        stroked && b.size < ASN_SIZE && b.size > 9 ? ASN_SIZE - b.size : 0;
    uint8_t *const out = arena_take(a, b.size + missing);

    ENSURE(out != NULL, E_MEMORY);
    const size_t head = missing == 0 ? b.size : 8;
    memcpy(out, b.at, head);
    memset(out + head, '0', missing);
    memcpy(out + head + missing, b.at + head, b.size - head);
    *ret = bytes_of(out, b.size + missing);
    return OK;
}

/*
 * YY FF SS SS NNNNNNNNNNN D: year, force, station, system, serial, check; with 21
 * characters the force has a letter before it.  The check is over force and system where
 * they are digits, then year and serial; the station does not count.
 */
status identify_asn(struct bytes country, struct bytes raw, struct arena *a,
                    struct identifier *id)
{
    struct bytes b = {0};
    const bool stroked = memchr(raw.at, '/', raw.size) != NULL;

    (void)country;
    TRY(identifier_squeeze(raw, " /", a, &b));
    TRY(asn_in_full(b, stroked, a, &b));
    const bool is_long = b.size == ASN_SIZE_LONG;
    identifier_need(
        id, shape_fits(b, is_long ? "99XXXXXXX99999999999A" : "99XXXXXX99999999999A"),
        "is not like 0807NRPR00000038482H: year, force, station, system, "
        "eleven digits and a letter");
    if (!id->valid)
        return OK;
    const size_t skip = is_long ? 3 : 2;
    const struct bytes force = bytes_of(b.at + skip, 2);
    const struct bytes system = bytes_of(b.at + skip + 4, 2);
    const struct bytes serial = bytes_of(b.at + skip + 6, ASN_SERIAL);
    uint64_t prefix = all_digits(force) ? digits_value(force) : 0;
    if (all_digits(system))
        prefix = prefix * 100 + digits_value(system);
    prefix = prefix * 100 + digits_value(bytes_of(b.at, 2));
    id->canonical = b;
    identifier_need(id,
                    b.at[b.size - 1] ==
                        check_letter_23(prefix * 100000000000 + digits_value(serial)),
                    wrong_letter);
    return OK;
}

/* FFUUNNNNNYY: force, unit, serial, year. */
status identify_pti_urn(struct bytes country, struct bytes raw, struct arena *a,
                        struct identifier *id)
{
    struct bytes b = {0};

    (void)country;
    TRY(identifier_squeeze(raw, " /-", a, &b));
    identifier_need(id, shape_fits(b, "99XX9999999"),
                    "is not force, unit, five digits and year, eleven characters in all");
    if (id->valid)
        id->canonical = b;
    return OK;
}

status identify_collar(struct bytes country, struct bytes raw, struct arena *a,
                       struct identifier *id)
{
    struct bytes b = {0};

    (void)country;
    TRY(identifier_squeeze(raw, " ", a, &b));
    identifier_need(id, all_alphanumeric(b) && b.size <= COLLAR_MAX,
                    "is not one to ten letters and digits");
    if (id->valid)
        id->canonical = b;
    return OK;
}

/* DS_074. */
status identify_ho_class(struct bytes country, struct bytes raw, struct arena *a,
                         struct identifier *id)
{
    struct bytes b = {0};

    (void)country;
    TRY(identifier_squeeze(raw, "", a, &b));
    identifier_need(id, shape_fits(b, "999/99"),
                    "is not three digits, a stroke and two digits");
    if (id->valid)
        id->canonical = b;
    return OK;
}

#include "country.h"
#include "identifier_parts.h"

/* Vessels and freight. */

enum { HULL_SIZE = 14, CONTAINER_CHECKED = 10 };

/* ITU-R M.585: maritime mobile service identity. */
status identify_mmsi(struct bytes country, struct bytes raw, struct arena *a,
                     struct identifier *id)
{
    struct bytes b = {0};

    (void)country;
    TRY(identifier_squeeze(raw, " ", a, &b));
    identifier_need(id, shape_fits(b, "999999999"), "is not nine digits");
    if (id->valid)
        id->canonical = b;
    return OK;
}

/*
 * ISO 10087: country, builder (3), serial (5, without I, O, Q), month A-L, last digit of
 * the year, year of the model (2).
 */
status identify_hull(struct bytes country, struct bytes raw, struct arena *a,
                     struct identifier *id)
{
    struct bytes b = {0};

    (void)country;
    TRY(identifier_squeeze(raw, " -", a, &b));
    identifier_need(
        id, shape_fits(b, "AAXXXXXXXXA999"),
        "is not country, builder, serial, month and years, fourteen characters");
    if (!id->valid)
        return OK;
    id->canonical = b;
    identifier_need(id, country_is_two(bytes_of(b.at, 2)),
                    "begins with letters that are no country");
    for (size_t i = 5; i < 10; i++)
        identifier_need(id, !is_one_of(b.at[i], "IOQ"),
                        "has an I, O or Q in its serial, which these numbers never have");
    identifier_need(id, b.at[10] <= 'L', "has no month A to L in its eleventh place");
    return OK;
}

/* ISO 6346 annex A: letters from 10 on without the multiples of 11, weights of 2^place. */
static unsigned container_check(struct bytes b)
{
    unsigned sum = 0;

    for (size_t i = 0; i < CONTAINER_CHECKED; i++) {
        const unsigned plain = alphanumeric_value(b.at[i]);
        const unsigned value = plain + (plain > 10) + (plain > 20) + (plain > 30);
        sum += value << i;
    }
    return sum % 11 % 10;
}

status identify_container(struct bytes country, struct bytes raw, struct arena *a,
                          struct identifier *id)
{
    struct bytes b = {0};

    (void)country;
    TRY(identifier_squeeze(raw, " -/", a, &b));
    identifier_need(id, shape_fits(b, "AAAA9999999"),
                    "is not four letters and seven digits");
    if (!id->valid)
        return OK;
    id->canonical = b;
    identifier_need(id, is_one_of(b.at[3], "UJZ"),
                    "has a fourth letter other than U, J or Z");
    identifier_need(id, b.at[CONTAINER_CHECKED] == '0' + container_check(b),
                    "has a check digit that does not agree with the rest");
    return OK;
}

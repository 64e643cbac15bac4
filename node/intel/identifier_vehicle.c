#include "country.h"
#include "identifier_parts.h"

#include <string.h>

/*
 * Registration marks and vehicle identification numbers.  The British classes are tried in
 * the order of their issue, newest first; what fits none is foreign, or a part plate.
 */

enum { VRM_MAX = 11, VIN_SIZE = 17 };

/* Letters, then digits, then letters; false when there is more. */
struct groups {
    size_t before;
    size_t digits;
    size_t after;
};

static bool groups_of(struct bytes b, struct groups *ret)
{
    struct groups g = {0};
    size_t i = 0;

    for (; i < b.size && !word_is_digit(b.at[i]); i++)
        g.before++;
    for (; i < b.size && word_is_digit(b.at[i]); i++)
        g.digits++;
    for (; i < b.size && !word_is_digit(b.at[i]); i++)
        g.after++;
    *ret = g;
    return i == b.size;
}

/* 2001 on: area letters without I, Q, Z; age 02-49 or 51-99; no I or Q at the end. */
static bool current_was_issued(struct bytes b)
{
    const uint64_t age = digits_value(bytes_of(b.at + 2, 2));

    for (size_t i = 0; i < b.size; i++) {
        if (is_one_of(b.at[i], "IQ") || (b.at[i] == 'Z' && i < 2))
            return false;
    }
    return age >= 2 && age != 50;
}

/* Up to three letters and four digits; those with an I or a Z are Northern Ireland's. */
static const char *letters_then_digits(struct bytes b, struct groups g)
{
    const uint8_t first = b.at[g.before == 3 ? 1 : 0];
    const uint8_t second = b.at[g.before - 1];
    const bool irish = g.before >= 2 && (second == 'I' || second == 'Z' || first == 'I');

    if (g.before > 3 || g.digits > 4)
        return NULL;
    return irish ? "northern_ireland" : "dateless";
}

static const char *form_in_groups(struct bytes b, struct groups g)
{
    if (g.before == 2 && g.digits == 2 && g.after == 3)
        return "current";
    if (g.before == 2 && g.digits == 2 && g.after == 2)
        return "military";
    if (g.before == 1 && g.digits >= 1 && g.digits <= 3 && g.after == 3)
        return is_one_of(b.at[0], "IOUZ") ? NULL : "prefix";
    if (g.before == 3 && g.digits >= 1 && g.digits <= 3 && g.after == 1)
        return is_one_of(b.at[b.size - 1], "IOQSUZ") ? NULL : "suffix";
    if (g.before > 0 && g.after == 0 && g.digits > 0)
        return letters_then_digits(b, g);
    if (g.before == 0 && g.digits <= 4 && g.digits > 0 && g.after >= 1 && g.after <= 3)
        return "dateless";
    return NULL;
}

/* The British class, or NULL. */
static const char *british_form(struct bytes b)
{
    struct groups g = {0};

    if (groups_of(b, &g))
        return form_in_groups(b, g);
    if (shape_fits(b, "999A999") && is_one_of(b.at[3], "DX"))
        return "diplomatic";
    return shape_fits(b, "99AA99") ? "military" : NULL;
}

/* DS_065.  Blanks, hyphens and dots go; a sign for an unread letter makes a part plate. */
status identify_vrm(struct bytes country, struct bytes raw, struct arena *a,
                    struct identifier *id)
{
    const bool foreign = country.size > 0 && !country_is_british(country);
    uint8_t *const out = arena_take(a, raw.size);
    size_t size = 0;

    ENSURE(out != NULL, E_MEMORY);
    for (size_t i = 0; i < raw.size; i++) {
        const uint8_t c = word_upper(raw.at[i]);
        if (word_is_letter(c) || word_is_digit(c))
            out[size++] = c;
        else
            identifier_need(id, is_one_of(c, " -."),
                            "holds something other than Latin letters and digits");
    }
    id->canonical = bytes_of(out, size);
    identifier_need(id, size > 0 && size <= VRM_MAX, "is not one to eleven characters");
    id->form = foreign || !id->valid ? NULL : british_form(id->canonical);
    if (id->form == NULL) {
        identifier_need(id, country.size == 0 || foreign, "fits no British class");
        id->form = id->valid ? "foreign" : NULL;
    } else if (strcmp(id->form, "current") == 0) {
        /* Of the present British shape but never issued: misread, not foreign. */
        identifier_need(id, current_was_issued(id->canonical),
                        "has the present British form, but was never issued");
    }
    return OK;
}

static uint8_t look_alike(uint8_t c)
{
    static const char from[] = "OQDILZSBG";
    static const char to[] = "000112586";

    for (size_t i = 0; from[i] != '\0'; i++) {
        if (c == (uint8_t)from[i])
            return (uint8_t)to[i];
    }
    return c;
}

status identifier_vrm_key(struct bytes canonical, struct arena *a, struct bytes *ret)
{
    uint8_t *const out = arena_take(a, canonical.size);

    ENSURE(out != NULL, E_MEMORY);
    for (size_t i = 0; i < canonical.size; i++)
        out[i] = look_alike(canonical.at[i]);
    *ret = bytes_of(out, canonical.size);
    return OK;
}

/* ISO 3779.  Its check digit is North American only, so it is not looked at. */
status identify_vin(struct bytes country, struct bytes raw, struct arena *a,
                    struct identifier *id)
{
    struct bytes b = {0};

    (void)country;
    TRY(identifier_squeeze(raw, " -", a, &b));
    identifier_need(id, b.size == VIN_SIZE && all_alphanumeric(b),
                    "is not seventeen letters and digits");
    if (!id->valid)
        return OK;
    id->canonical = b;
    for (size_t i = 0; i < b.size; i++)
        identifier_need(id, !is_one_of(b.at[i], "IOQ"),
                        "has an I, O or Q, which these numbers never have");
    return OK;
}

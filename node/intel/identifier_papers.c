#include "country.h"
#include "identifier_parts.h"

#include <string.h>

/* Numbers of documents that a person carries. */

enum { FREE_MAX = 35, MRZ_SIZE = 88, MRZ_LINE = 44, LICENCE_SURNAME = 5 };

/* Free text within a length: nothing but its length can be checked. */
status identify_free(struct bytes country, struct bytes raw, struct arena *a,
                     struct identifier *id)
{
    struct bytes b = {0};

    (void)country;
    TRY(identifier_squeeze(raw, " ", a, &b));
    identifier_need(id, all_printable(b) && character_count(raw) <= FREE_MAX,
                    "is not one to 35 characters on one line");
    if (id->valid)
        id->canonical = b;
    return OK;
}

/* HMRC, NIM39110: the letters that no prefix has, and the pairs that were never given. */
static bool nino_prefix_is_right(struct bytes b)
{
    static const char *const never[] = {"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"};

    for (size_t i = 0; i < COUNT_OF(never); i++) {
        if (memcmp(b.at, never[i], 2) == 0)
            return false;
    }
    return !is_one_of(b.at[0], "DFIQUV") && !is_one_of(b.at[1], "DFIOQUV");
}

/* DS_060.  The last letter may be missing; then the canonical form has eight characters. */
status identify_nino(struct bytes country, struct bytes raw, struct arena *a,
                     struct identifier *id)
{
    struct bytes b = {0};

    (void)country;
    TRY(identifier_squeeze(raw, " -", a, &b));
    identifier_need(id, shape_fits(b, "AA999999A") || shape_fits(b, "AA999999"),
                    "is not two letters, six digits and a letter");
    if (!id->valid)
        return OK;
    id->canonical = b;
    identifier_need(id, nino_prefix_is_right(b),
                    "begins with letters that are never given");
    identifier_need(id, b.size == 8 || is_one_of(b.at[8], "ABCD"),
                    "ends with a letter other than A, B, C or D");
    return OK;
}

/* DS_057: one to 35 characters of any kind; the country tells one from another. */
status identify_identity_card(struct bytes country, struct bytes raw, struct arena *a,
                              struct identifier *id)
{
    struct bytes b = {0};

    (void)country;
    TRY(identifier_squeeze(raw, " -", a, &b));
    identifier_need(id, all_printable(b) && character_count(raw) <= FREE_MAX,
                    "is not one to 35 characters on one line");
    if (id->valid)
        id->canonical = b;
    return OK;
}

/* DS_056: nine digits; before that a letter and six digits, or six digits and a letter. */
status identify_passport(struct bytes country, struct bytes raw, struct arena *a,
                         struct identifier *id)
{
    struct bytes b = {0};

    if (!country_is_british(country))
        return identify_identity_card(country, raw, a, id);
    TRY(identifier_squeeze(raw, " -", a, &b));
    identifier_need(id,
                    shape_fits(b, "999999999") || shape_fits(b, "A999999") ||
                        shape_fits(b, "999999A"),
                    "is not nine digits, nor the older letter and six digits");
    if (!id->valid)
        return OK;
    id->canonical = b;
    id->form = b.size == 9 ? "british" : "british_old";
    return OK;
}

/* Letters of the surname, filled up with nines. */
static bool licence_surname_is_right(struct bytes b)
{
    size_t letters = 0;

    while (letters < LICENCE_SURNAME && b.at[letters] >= 'A')
        letters++;
    for (size_t i = letters; i < LICENCE_SURNAME; i++) {
        if (b.at[i] != '9')
            return false;
    }
    return letters > 0;
}

/* DS_061: decade, month (and 50 for women), day, year of birth within the number. */
static bool licence_birth_is_right(struct bytes digits)
{
    const uint64_t month = digits_value(bytes_of(digits.at + 1, 2)) % 50;
    const uint64_t day = digits_value(bytes_of(digits.at + 3, 2));

    return is_one_of(digits.at[1], "0156") && month >= 1 && month <= 12 && day >= 1 &&
           day <= 31;
}

static bool is_british_licence(struct bytes country)
{
    return country.size == 0 || country_is_british(country);
}

/* Great Britain has sixteen characters, Northern Ireland eight digits; others are free. */
status identify_driving_licence(struct bytes country, struct bytes raw, struct arena *a,
                                struct identifier *id)
{
    struct bytes b = {0};

    if (!is_british_licence(country))
        return identify_identity_card(country, raw, a, id);
    TRY(identifier_squeeze(raw, " -", a, &b));
    if (shape_fits(b, "99999999")) {
        id->canonical = b;
        id->form = "northern_ireland";
        return OK;
    }
    identifier_need(id, shape_fits(b, "XXXXX999999XXXAA"),
                    "is not the sixteen characters of a licence of Great Britain, nor the "
                    "eight digits of Northern Ireland");
    if (!id->valid)
        return OK;
    id->canonical = b;
    id->form = "great_britain";
    identifier_need(id, licence_surname_is_right(b),
                    "does not begin with letters of a surname, filled up with nines");
    identifier_need(id, licence_birth_is_right(bytes_of(b.at + LICENCE_SURNAME, 6)),
                    "holds a date of birth that is not of the calendar");
    return OK;
}

status identify_brp(struct bytes country, struct bytes raw, struct arena *a,
                    struct identifier *id)
{
    struct bytes b = {0};

    (void)country;
    TRY(identifier_squeeze(raw, " -", a, &b));
    identifier_need(id, shape_fits(b, "AA9999999"), "is not two letters and seven digits");
    if (id->valid)
        id->canonical = b;
    return OK;
}

/* A run of the second line; its check digits count the runs one after the other. */
struct run {
    uint8_t from;
    uint8_t to; /* one past the end */
};

/* ICAO Doc 9303 part 3, section 4.9: weights 7, 3, 1; the filler counts as 0. */
static unsigned mrz_check(const uint8_t *line, const struct run *runs, size_t count)
{
    static const unsigned weights[] = {7, 3, 1};
    unsigned sum = 0;
    size_t place = 0;

    for (size_t i = 0; i < count; i++) {
        for (size_t k = runs[i].from; k < runs[i].to; k++)
            sum +=
                weights[place++ % 3] * (line[k] == '<' ? 0 : alphanumeric_value(line[k]));
    }
    return sum % 10;
}

static bool mrz_digit_is(uint8_t digit, unsigned wanted, bool may_be_filler)
{
    return digit == '0' + wanted || (may_be_filler && digit == '<' && wanted == 0);
}

/* Part 4, section 4.2.2: number, birth, expiry, personal number, all together. */
static void mrz_check_digits(const uint8_t *line, struct identifier *id)
{
    static const struct run all[] = {{0, 10}, {13, 20}, {21, 43}};
    static const struct run number = {0, 9}, birth = {13, 19}, expiry = {21, 27};
    static const struct run personal = {28, 42};

    identifier_need(id, mrz_digit_is(line[9], mrz_check(line, &number, 1), false),
                    "has a wrong check digit after the document number");
    identifier_need(id, mrz_digit_is(line[19], mrz_check(line, &birth, 1), false),
                    "has a wrong check digit after the date of birth");
    identifier_need(id, mrz_digit_is(line[27], mrz_check(line, &expiry, 1), false),
                    "has a wrong check digit after the date of expiry");
    identifier_need(id, mrz_digit_is(line[42], mrz_check(line, &personal, 1), true),
                    "has a wrong check digit after the personal number");
    identifier_need(id, mrz_digit_is(line[43], mrz_check(line, all, COUNT_OF(all)), false),
                    "has a wrong check digit at its end");
}

/* A code of three places, filled up with '<'. */
static bool mrz_country_is_known(const uint8_t *at)
{
    const size_t size = at[1] == '<' ? 1 : at[2] == '<' ? 2 : 3;

    return country_is_icao(bytes_of(at, size));
}

static bool is_mrz_text(struct bytes b)
{
    for (size_t i = 0; i < b.size; i++) {
        if (b.at[i] != '<' && !all_alphanumeric(bytes_of(b.at + i, 1)))
            return false;
    }
    return true;
}

/* TD3, the two lines of 44 of a passport, written one after the other. */
status identify_mrz(struct bytes country, struct bytes raw, struct arena *a,
                    struct identifier *id)
{
    struct bytes b = {0};

    (void)country;
    TRY(identifier_squeeze(raw, " \r\n\t", a, &b));
    identifier_need(id, b.size == MRZ_SIZE && is_mrz_text(b) && b.at[0] == 'P',
                    "is not two lines of 44 letters, digits and '<' that begin with P");
    if (!id->valid)
        return OK;
    id->canonical = b;
    mrz_check_digits(b.at + MRZ_LINE, id);
    identifier_need(
        id, mrz_country_is_known(b.at + 2) && mrz_country_is_known(b.at + MRZ_LINE + 10),
        "names a country or nationality that no passport has");
    return OK;
}

#include "country.h"
#include "identifier_parts.h"

#include <string.h>

/* Accounts, banks and companies. */

enum { IBAN_MIN = 15, IBAN_MAX = 34, IBAN_GB = 22 };
enum { SORT_CODE = 6, ACCOUNT_MIN = 6, ACCOUNT = 8 };

/* ISO 13616: the first four characters moved to the end, letters as 10 to 35, mod 97 is 1.
 */
static unsigned iban_remainder(struct bytes b)
{
    unsigned remainder = 0;

    for (size_t i = 0; i < b.size; i++) {
        const unsigned value = alphanumeric_value(b.at[(i + 4) % b.size]);
        remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
    }
    return remainder;
}

status identify_iban(struct bytes country, struct bytes raw, struct arena *a,
                     struct identifier *id)
{
    struct bytes b = {0};

    (void)country;
    TRY(identifier_squeeze(raw, " -", a, &b));
    identifier_need(id,
                    b.size >= IBAN_MIN && b.size <= IBAN_MAX && all_alphanumeric(b) &&
                        shape_fits(bytes_of(b.at, 4), "AA99"),
                    "is not a country, two digits and 11 to 30 letters and digits");
    if (!id->valid)
        return OK;
    id->canonical = b;
    identifier_need(id, country_is_two(bytes_of(b.at, 2)),
                    "begins with letters that are no country");
    identifier_need(id, memcmp(b.at, "GB", 2) != 0 || b.size == IBAN_GB,
                    "is British but has not 22 characters");
    identifier_need(id, iban_remainder(b) == 1,
                    "has check digits that do not agree with the rest");
    return OK;
}

/* Six digits of the sort code, then the account filled up to eight; no check here, since
 * the banks' tables for one change every few months. */
status identify_uk_account(struct bytes country, struct bytes raw, struct arena *a,
                           struct identifier *id)
{
    struct bytes b = {0};

    (void)country;
    TRY(identifier_squeeze(raw, " -/", a, &b));
    identifier_need(id,
                    all_digits(b) && b.size >= SORT_CODE + ACCOUNT_MIN &&
                        b.size <= SORT_CODE + ACCOUNT,
                    "is not a sort code of six digits and an account of six to eight");
    if (!id->valid)
        return OK;
    const size_t written = b.size - SORT_CODE;
    const size_t missing = ACCOUNT - written;
    uint8_t *const out = arena_take(a, SORT_CODE + 1 + ACCOUNT);
    ENSURE(out != NULL, E_MEMORY);
    memcpy(out, b.at, SORT_CODE);
    out[SORT_CODE] = ' ';
    memset(out + SORT_CODE + 1, '0', missing);
    memcpy(out + SORT_CODE + 1 + missing, b.at + SORT_CODE, written);
    id->canonical = bytes_of(out, SORT_CODE + 1 + ACCOUNT);
    return OK;
}

/* ISO 9362. */
status identify_bic(struct bytes country, struct bytes raw, struct arena *a,
                    struct identifier *id)
{
    struct bytes b = {0};

    (void)country;
    TRY(identifier_squeeze(raw, " ", a, &b));
    identifier_need(id, shape_fits(b, "AAAAAAXX") || shape_fits(b, "AAAAAAXXXXX"),
                    "is not six letters and two, or five, letters and digits");
    if (!id->valid)
        return OK;
    id->canonical = b;
    identifier_need(id, country_is_two(bytes_of(b.at + 4, 2)),
                    "has no country in its fifth and sixth letters");
    return OK;
}

status identify_company(struct bytes country, struct bytes raw, struct arena *a,
                        struct identifier *id)
{
    struct bytes b = {0};

    (void)country;
    TRY(identifier_squeeze(raw, " ", a, &b));
    identifier_need(id, shape_fits(b, "99999999") || shape_fits(b, "AA999999"),
                    "is not eight digits, nor two letters and six digits");
    if (id->valid)
        id->canonical = b;
    return OK;
}

#include "identifier_parts.h"

/* Numbers of handsets and SIM cards. */

enum { IMEI_SIZE = 15, IMEISV_SIZE = 16, IMSI_SIZE = 15, ICCID_MIN = 19, ICCID_MAX = 20 };

static const char not_digits[] = "holds something other than digits, as a spreadsheet "
                                 "leaves it when it shortens a number";
static const char wrong_digit[] = "has a check digit that does not agree with the rest";

/*
 * 3GPP TS 23.003 section 6.2: fifteen digits, the last by Luhn; sixteen with the version of
 * the software, without a check digit; fourteen is one that has lost its last.
 */
status identify_imei(struct bytes country, struct bytes raw, struct arena *a,
                     struct identifier *id)
{
    struct bytes b = {0};

    (void)country;
    TRY(identifier_squeeze(raw, " -/", a, &b));
    identifier_need(id, all_digits(b), not_digits);
    identifier_need(id, b.size >= IMEI_SIZE - 1 && b.size <= IMEISV_SIZE,
                    "is not fifteen or sixteen digits");
    if (!id->valid)
        return OK;
    id->canonical = b;
    id->form = b.size == IMEISV_SIZE ? "imeisv" : "imei";
    identifier_need(id, b.size >= IMEI_SIZE,
                    "has lost its last digit, which checks the rest");
    identifier_need(id, b.size != IMEI_SIZE || luhn_holds(b), wrong_digit);
    return OK;
}

/* ITU-T E.212. */
status identify_imsi(struct bytes country, struct bytes raw, struct arena *a,
                     struct identifier *id)
{
    struct bytes b = {0};

    (void)country;
    TRY(identifier_squeeze(raw, " -", a, &b));
    identifier_need(id, all_digits(b), not_digits);
    identifier_need(id, b.size == IMSI_SIZE, "is not fifteen digits");
    if (id->valid)
        id->canonical = b;
    return OK;
}

/* ITU-T E.118: 89, nineteen or twenty digits, Luhn; a filler F in the twentieth place, as
 * cards store it, is no part of the number. */
status identify_iccid(struct bytes country, struct bytes raw, struct arena *a,
                      struct identifier *id)
{
    struct bytes b = {0};

    (void)country;
    TRY(identifier_squeeze(raw, " -", a, &b));
    if (b.size == ICCID_MAX && b.at[ICCID_MAX - 1] == 'F')
        b.size--;
    identifier_need(id, all_digits(b), not_digits);
    identifier_need(id, b.size == ICCID_MIN || b.size == ICCID_MAX,
                    "is not nineteen or twenty digits");
    if (!id->valid)
        return OK;
    id->canonical = b;
    identifier_need(id, b.at[0] == '8' && b.at[1] == '9', "does not begin with 89");
    identifier_need(id, luhn_holds(b), wrong_digit);
    return OK;
}

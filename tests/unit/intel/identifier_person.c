#include "country.h"
#include "known.h"

/* Numbers of police, prosecution and the papers that a person carries. */

static void pnc_id_has_its_check_letter(void)
{
    static const struct known known[] = {
        {"2003/0011985X", "2003/0011985X", NULL, NULL},
        {" 2003/0011985x ", "2003/0011985X", NULL, NULL},
        {"2003/0011985W", "2003/0011985W", "check letter", NULL},
        {"2003/0011986X", "2003/0011986X", "check letter", NULL},
        {"2004/0011985X", "2004/0011985X", "check letter", NULL},
        {"2003-0011985X", "", "is not a year", NULL},
        {"03/11985X", "", "is not a year", NULL},
        {"2003/00119855", "", "is not a year", NULL},
        {"2003/0011985XX", "", "is not a year", NULL},
        {"", "", "is empty", NULL},
    };

    CHECK_KNOWN(IDENTIFIER_PNC_ID, "", known);
}

static void cro_is_of_a_year_or_of_a_file(void)
{
    static const struct known known[] = {
        {"123456/01X", "123456/01X", NULL, "full"},
        {"000012/99H", "12/99H", NULL, "full"},
        {"12/99H", "12/99H", NULL, "full"},
        {"sf80/12345v", "SF80/12345V", NULL, "file"},
        {"SF80/012345V", "SF80/12345V", NULL, "file"},
        {"SF39/123456Q", "SF39/123456Q", NULL, "file"}, /* before 1965 without the year */
        {"SF64/123456Q", "SF64/123456Q", NULL, "file"},
        {"SF65/123456Q", "SF65/123456Q", "five digits", "file"},
        {"SF38/123456Q", "SF38/123456Q", "39 to 95", "file"},
        {"123456/01L", "123456/01L", "check letter", "full"},
        {"123456/02X", "123456/02X", "check letter", "full"},
        {"SF80/12345H", "SF80/12345H", "check letter", "file"},
        {"1234567/01X", "", "is neither", NULL},
        {"/01X", "", "is neither", NULL},
        {"SF80/V", "", "is neither", NULL},
        {"SF8012345V", "", "is neither", NULL},
    };

    CHECK_KNOWN(IDENTIFIER_CRO, "", known);
}

static void arrest_summons_number_has_its_check_letter(void)
{
    static const struct known known[] = {
        {"0807NRPR00000038482H", "0807NRPR00000038482H", NULL, NULL},
        {"0807nrpr00000038482h", "0807NRPR00000038482H", NULL, NULL},
        {"08/07NR/PR/00000038482H", "0807NRPR00000038482H", NULL, NULL},
        {"08/07NR/PR/38482H", "0807NRPR00000038482H", NULL, NULL},
        {"0807ZZPR00000038482H", "0807ZZPR00000038482H", NULL, NULL}, /* station */
        {"0807NRPR00000038482J", "0807NRPR00000038482J", "check letter", NULL},
        {"0907NRPR00000038482H", "0907NRPR00000038482H", "check letter", NULL},
        {"0806NRPR00000038482H", "0806NRPR00000038482H", "check letter", NULL},
        {"0807NR0100000038482H", "0807NR0100000038482H", "check letter", NULL},
        {"08X07NRPR00000038482H", "08X07NRPR00000038482H", NULL, NULL},
        {"0807NRPR38482H", "", "is not like", NULL}, /* short only with strokes */
        {"08/H", "", "is not like", NULL},
        {"0807NRPR000000384822", "", "is not like", NULL},
    };

    CHECK_KNOWN(IDENTIFIER_ASN, "", known);
}

static void police_references_have_their_shapes(void)
{
    static const struct known urn[] = {
        {"01ZD0303908", "01ZD0303908", NULL, NULL},
        {"01/zd/03039/08", "01ZD0303908", NULL, NULL},
        {"01ZD030390", "", "eleven characters", NULL},
        {"X1ZD0303908", "", "eleven characters", NULL},
    };
    static const struct known collar[] = {
        {"pc 1234", "PC1234", NULL, NULL},
        {"ABCDEFGHIJ", "ABCDEFGHIJ", NULL, NULL},
        {"ABCDEFGHIJK", "", "one to ten", NULL},
        {"12-34", "", "one to ten", NULL},
    };
    static const struct known class[] = {
        {"030/01", "030/01", NULL, NULL},
        {"30/01", "", "three digits", NULL},
    };
    static const struct known crime[] = {
        {"55 2400 12345", "55240012345", NULL, NULL},
        {"a\nb", "", "one to 35", NULL},
        {"123456789012345678901234567890123456", "", "one to 35", NULL},
    };

    CHECK_KNOWN(IDENTIFIER_PTI_URN, "", urn);
    CHECK_KNOWN(IDENTIFIER_COLLAR, "", collar);
    CHECK_KNOWN(IDENTIFIER_HO_CLASS, "", class);
    CHECK_KNOWN(IDENTIFIER_CRIME_REFERENCE, "", crime);
    CHECK_KNOWN(IDENTIFIER_HOME_OFFICE_REF, "", crime);
    CHECK_KNOWN(IDENTIFIER_ENGINE, "", crime);
}

static void national_insurance_number_has_letters_that_are_given(void)
{
    static const struct known known[] = {
        {"AA 00 00 00 A", "AA000000A", NULL, NULL},
        {"aa000000", "AA000000", NULL, NULL},
        {"QQ123456C", "QQ123456C", "never given", NULL},
        {"DA123456C", "DA123456C", "never given", NULL},
        {"AO123456C", "AO123456C", "never given", NULL},
        {"BG123456C", "BG123456C", "never given", NULL},
        {"ZZ123456C", "ZZ123456C", "never given", NULL},
        {"AA000000E", "AA000000E", "A, B, C or D", NULL},
        {"AA00000A", "", "is not two", NULL},
        {"A0000000A", "", "is not two", NULL},
    };

    CHECK_KNOWN(IDENTIFIER_NINO, "", known);
}

static void passport_is_british_or_of_a_known_country(void)
{
    static const struct known british[] = {
        {"123 456 789", "123456789", NULL, "british"},
        {"a123456", "A123456", NULL, "british_old"},
        {"123456A", "123456A", NULL, "british_old"},
        {"12345678", "", "nine digits", NULL},
        {"AB123456", "", "nine digits", NULL},
    };
    static const struct known foreign[] = {
        {"bh 1234567", "BH1234567", NULL, NULL},
        {"1234567890123456789012345678901234567", "", "one to 35", NULL},
    };
    static const struct known nowhere[] = {
        {"BH1234567", "BH1234567", "issuing country", NULL},
    };

    CHECK_KNOWN(IDENTIFIER_PASSPORT, "GBR", british);
    CHECK_KNOWN(IDENTIFIER_PASSPORT, "GBD", british);
    CHECK_KNOWN(IDENTIFIER_PASSPORT, "ALB", foreign);
    CHECK_KNOWN(IDENTIFIER_PASSPORT, "XXB", foreign); /* a refugee's */
    CHECK_KNOWN(IDENTIFIER_PASSPORT, "D", foreign);
    CHECK_KNOWN(IDENTIFIER_PASSPORT, "", nowhere);
    CHECK_KNOWN(IDENTIFIER_PASSPORT, "UK", nowhere);
    CHECK_KNOWN(IDENTIFIER_PASSPORT, "alb", nowhere);
    CHECK_KNOWN(IDENTIFIER_IDENTITY_CARD, "ITA", foreign);
    CHECK_KNOWN(IDENTIFIER_IDENTITY_CARD, "", nowhere);
}

static void driving_licence_holds_a_date_of_birth(void)
{
    static const struct known known[] = {
        {"MORGA657054SM9IJ", "MORGA657054SM9IJ", NULL, "great_britain"},
        {"morga 657054 sm9ij", "MORGA657054SM9IJ", NULL, "great_britain"},
        {"FOX99601019A99AA", "FOX99601019A99AA", NULL, "great_britain"},
        {"MORGA677054SM9IJ", "MORGA677054SM9IJ", "date of birth", NULL}, /* 2nd digit 7 */
        {"MORGA663054SM9IJ", "MORGA663054SM9IJ", "date of birth", NULL}, /* month 63 */
        {"MORGA650054SM9IJ", "MORGA650054SM9IJ", "date of birth", NULL}, /* month 50 */
        {"MORGA657324SM9IJ", "MORGA657324SM9IJ", "date of birth", NULL}, /* day 32 */
        {"MORGA657004SM9IJ", "MORGA657004SM9IJ", "date of birth", NULL},
        {"MO9GA657054SM9IJ", "MO9GA657054SM9IJ", "surname", NULL},
        {"MORG1657054SM9IJ", "MORG1657054SM9IJ", "surname", NULL},
        {"99999657054SM9IJ", "99999657054SM9IJ", "surname", NULL},
        {"MORGA657054SM9I", "", "sixteen", NULL},
        {"12345678", "12345678", NULL, "northern_ireland"},
        {"123456789", "", "sixteen", NULL},
    };
    static const struct known foreign[] = {{"AB-12 345", "AB12345", NULL, NULL}};

    CHECK_KNOWN(IDENTIFIER_DRIVING_LICENCE, "", known);
    CHECK_KNOWN(IDENTIFIER_DRIVING_LICENCE, "GBR", known);
    CHECK_KNOWN(IDENTIFIER_DRIVING_LICENCE, "ROU", foreign);
}

static void residence_permit_is_two_letters_and_seven_digits(void)
{
    static const struct known known[] = {
        {"zu 1234567", "ZU1234567", NULL, NULL},
        {"ZU123456", "", "two letters", NULL},
        {"Z12345678", "", "two letters", NULL},
    };

    CHECK_KNOWN(IDENTIFIER_BRP, "", known);
}

#define MRZ_LINE_1 "P<GBRERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"

static void machine_readable_zone_has_five_check_digits(void)
{
    static const struct known known[] = {
        {MRZ_LINE_1 "\r\nL898902C36GBR7408122F1204159ZE184226B<<<<<10",
         MRZ_LINE_1 "L898902C36GBR7408122F1204159ZE184226B<<<<<10", NULL, NULL},
        {MRZ_LINE_1 "\nL898902C30D<<7408122F1204159<<<<<<<<<<<<<<08",
         MRZ_LINE_1 "L898902C30D<<7408122F1204159<<<<<<<<<<<<<<08", "document number",
         NULL},
        {MRZ_LINE_1 "L898902C36D<<7408122F1204159<<<<<<<<<<<<<<08",
         MRZ_LINE_1 "L898902C36D<<7408122F1204159<<<<<<<<<<<<<<08", NULL, NULL},
        {MRZ_LINE_1 "L898902C36D<<7408122F1204159<<<<<<<<<<<<<<<8",
         MRZ_LINE_1 "L898902C36D<<7408122F1204159<<<<<<<<<<<<<<<8", NULL, NULL},
        {MRZ_LINE_1 "L898902C36GBR7408123F1204159ZE184226B<<<<<10",
         MRZ_LINE_1 "L898902C36GBR7408123F1204159ZE184226B<<<<<10", "date of birth", NULL},
        {MRZ_LINE_1 "L898902C36GBR7408122F1204158ZE184226B<<<<<10",
         MRZ_LINE_1 "L898902C36GBR7408122F1204158ZE184226B<<<<<10", "date of expiry", NULL},
        {MRZ_LINE_1 "L898902C36GBR7408122F1204159ZE184226B<<<<<20",
         MRZ_LINE_1 "L898902C36GBR7408122F1204159ZE184226B<<<<<20", "personal number",
         NULL},
        {MRZ_LINE_1 "L898902C36GBR7408122F1204159ZE184226B<<<<<11",
         MRZ_LINE_1 "L898902C36GBR7408122F1204159ZE184226B<<<<<11", "at its end", NULL},
        {MRZ_LINE_1 "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
         MRZ_LINE_1 "L898902C36UTO7408122F1204159ZE184226B<<<<<10", "country", NULL},
        {MRZ_LINE_1, "", "two lines", NULL},
        {"X" MRZ_LINE_1 "898902C36GBR7408122F1204159ZE184226B<<<<<10", "", "two lines",
         NULL},
        {MRZ_LINE_1 "L898902C36GBR7408122F1204159ZE184226B....<10", "", "two lines", NULL},
    };

    CHECK_KNOWN(IDENTIFIER_MRZ, "", known);
}

static void countries_are_those_of_the_lists(void)
{
    CHECK(country_is_iso(bytes_of_text("ABW")) && country_is_iso(bytes_of_text("ZWE")));
    CHECK(!country_is_iso(bytes_of_text("UTO")) && !country_is_iso(bytes_of_text("")));
    CHECK(!country_is_iso(bytes_of_text("WAF"))); /* across two rows */
    CHECK(!country_is_iso(bytes_of_text("XXA")) && country_is_icao(bytes_of_text("XXA")));
    CHECK(country_is_two(bytes_of_text("GB")) && !country_is_two(bytes_of_text("UK")));
    CHECK(country_is_british(bytes_of_text("GBN")) &&
          !country_is_british(bytes_of_text("IRL")));
}

CASES(CASE(pnc_id_has_its_check_letter), CASE(cro_is_of_a_year_or_of_a_file),
      CASE(arrest_summons_number_has_its_check_letter),
      CASE(police_references_have_their_shapes),
      CASE(national_insurance_number_has_letters_that_are_given),
      CASE(passport_is_british_or_of_a_known_country),
      CASE(driving_licence_holds_a_date_of_birth),
      CASE(residence_permit_is_two_letters_and_seven_digits),
      CASE(machine_readable_zone_has_five_check_digits),
      CASE(countries_are_those_of_the_lists))

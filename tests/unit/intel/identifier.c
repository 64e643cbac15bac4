#include "known.h"

/* The entry point, and numbers of things: vehicles, telephones, accounts, vessels, places.
 */

static void registration_mark_is_of_a_british_class_or_foreign(void)
{
    static const struct known known[] = {
        {"hx88 kmb", "HX88KMB", NULL, "current"},
        {"AB-51-CDE", "AB51CDE", NULL, "current"},
        {"AB02CDE", "AB02CDE", NULL, "current"},
        {"AB49CDZ", "AB49CDZ", NULL, "current"},
        {"AB50CDE", "AB50CDE", "never issued", NULL}, /* nor ages 00 and 01 */
        {"AB01CDE", "AB01CDE", "never issued", NULL},
        {"ZB49CDE", "ZB49CDE", "never issued", NULL}, /* Z only among the last three */
        {"AI12CDE", "AI12CDE", "never issued", NULL},
        {"AB12CQE", "AB12CQE", "never issued", NULL},
        {"A1BCD", "A1BCD", NULL, "prefix"},
        {"Q123ABC", "Q123ABC", NULL, "prefix"},
        {"U123ABC", "U123ABC", NULL, "foreign"}, /* I, O, U, Z begin no prefix mark */
        {"O123ABC", "O123ABC", NULL, "foreign"},
        {"ABC123Y", "ABC123Y", NULL, "suffix"},
        {"ABC123U", "ABC123U", NULL, "foreign"},
        {"AIZ 1234", "AIZ1234", NULL, "northern_ireland"},
        {"OZ 12", "OZ12", NULL, "northern_ireland"},
        {"IJ 1", "IJ1", NULL, "northern_ireland"},
        {"1 A", "1A", NULL, "dateless"},
        {"ABC 1", "ABC1", NULL, "dateless"},
        {"1234 AB", "1234AB", NULL, "dateless"},
        {"12345 AB", "12345AB", NULL, "foreign"},
        {"101 D 202", "101D202", NULL, "diplomatic"},
        {"101X202", "101X202", NULL, "diplomatic"},
        {"101E202", "101E202", NULL, "foreign"},
        {"AB12AA", "AB12AA", NULL, "military"},
        {"12 AB 34", "12AB34", NULL, "military"},
        {"UTO-55-KL-9", "UTO55KL9", NULL, "foreign"},
        {"ABCDEFGHIJK", "ABCDEFGHIJK", NULL, "foreign"},
        {"ABCDEFGHIJKL", "ABCDEFGHIJKL", "one to eleven", NULL},
        {"HX8? KMB", "HX8KMB", "Latin", NULL}, /* a part plate */
        {"ŁÓ 12", "12", "Latin", NULL},
        {"--", "", "one to eleven", NULL},
        {"", "", "is empty", NULL},
    };
    static const struct known albanian[] = {{"AB 01 CDE", "AB01CDE", NULL, "foreign"}};
    static const struct known british[] = {
        {"AB12CDE", "AB12CDE", NULL, "current"},
        {"UTO55KL9", "UTO55KL9", "no British class", NULL},
    };

    CHECK_KNOWN(IDENTIFIER_VRM, "", known);
    CHECK_KNOWN(IDENTIFIER_VRM, "ALB", albanian);
    CHECK_KNOWN(IDENTIFIER_VRM, "GBR", british);
}

static void look_alike_marks_have_one_key(void)
{
    static const char *const same[] = {"AB12COE", "AB12CQE", "A812C0E", "ABIZCDE"};
    _Alignas(16) uint8_t room[256];
    struct arena a;
    struct bytes key = {0};

    arena_init(&a, room, sizeof room);
    for (size_t i = 0; i < COUNT_OF(same); i++) {
        CHECK_OK(identifier_vrm_key(bytes_of_text(same[i]), &a, &key));
        CHECK_BYTES(key, bytes_of_text("A812C0E"));
    }
    CHECK_OK(identifier_vrm_key(bytes_of_text("LGS15CKE"), &a, &key));
    CHECK_BYTES(key, bytes_of_text("16515CKE"));
}

static void vehicle_identification_number_has_no_i_o_q(void)
{
    static const struct known known[] = {
        {"wvw zzz 1kz6w000001", "WVWZZZ1KZ6W000001", NULL, NULL},
        {"WVWZZZ1KZ6W00000", "", "seventeen", NULL},
        {"WVWZZZ1KZ6W00000O", "WVWZZZ1KZ6W00000O", "never have", NULL},
        {"IVWZZZ1KZ6W000001", "IVWZZZ1KZ6W000001", "never have", NULL},
    };

    CHECK_KNOWN(IDENTIFIER_VIN, "", known);
}

static void phone_is_e164_or_kept_as_unparsed(void)
{
    static const struct known known[] = {
        {"+447700900101", "+447700900101", NULL, "mobile"},
        {"+44 7700 900 101", "+447700900101", NULL, "mobile"},
        {"+44 (0)7700 900101", "+447700900101", NULL, "mobile"},
        {"44 (0)7700 900101", "+447700900101", NULL, "mobile"},
        {"(+44) 7700 900101", "+447700900101", NULL, "mobile"},
        {"'+447700900101", "+447700900101", NULL, "mobile"},
        {"0044 7700 900101", "+447700900101", NULL, "mobile"},
        {"07700 900101", "+447700900101", NULL, "mobile"},
        {"07700\xc2\xa0"
         "900101",
         "+447700900101", NULL, "mobile"}, /* no-break space */
        {"\xe2\x80\xaa+44 7700 900101\xe2\x80\xac", "+447700900101", NULL, "mobile"},
        {"7700 900101", "+447700900101", NULL, "mobile"},
        {"447700900101", "+447700900101", NULL, "mobile"},
        {"07624 900101", "+447624900101", NULL, "mobile"}, /* Isle of Man */
        {"07600 900101", "+447600900101", NULL, "pager"},
        {"07000 900101", "+447000900101", NULL, "personal"},
        {"(01632) 960155", "+441632960155", NULL, "geographic"},
        {"(0)1632 960155", "+441632960155", NULL, "geographic"},
        {"020 7946 0001", "+442079460001", NULL, "geographic"},
        {"0306 999 0001", "+443069990001", NULL, "nongeographic"},
        {"0909 879 0001", "+449098790001", NULL, "premium"},
        {"01632 96015", "+44163296015", NULL, "geographic"}, /* some are a digit shorter */
        {"07700 90010", "+44770090010", "British number", NULL}, /* mobiles are not */
        {"+33 1 99 00 12 34", "+33199001234", NULL, NULL},
        {"0033 1 99 00 12 34", "+33199001234", NULL, NULL},
        {"+44 07700 900101", "+447700900101", "after the country", NULL}, /* zero goes */
        {"44 07700 900101", "+447700900101", "after the country", NULL},
        {"0044 07700 900101", "+447700900101", "after the country", NULL},
        {"+44 7700 90", "+44770090", "British number", NULL},
        {"+1234567890123456", "+1234567890123456", "too many", NULL},
        {"+0123456789", "+0123456789", "country code", NULL},
        {"+123456", "+123456", "too few", NULL},
        {"447700900101.0", "", "which country", NULL}, /* a number that was a decimal */
        {"4.47E+11", "", "corrupt", NULL}, /* a spreadsheet has lost the digits */
        {"4.4E+11", "", "corrupt", NULL},
        {"07700 9oo101", "", "corrupt", NULL},
        {"07700 900101 +44", "", "corrupt", NULL},
        {"++447700900101", "", "corrupt", NULL},
        {"07700 900101 / 07700 900102", "", "which country", NULL},
        {"12345", "", "which country", NULL},
        {"+", "", "which country", NULL},
        {"٠٧٧٠٠", "", "corrupt", NULL},
        {"123456789012345678901234567890", "", "corrupt", NULL},
        {"", "", "is empty", NULL},
    };

    CHECK_KNOWN(IDENTIFIER_PHONE, "", known);
}

static void handsets_and_cards_have_their_digits(void)
{
    static const struct known imei[] = {
        {"490154203237518", "490154203237518", NULL, "imei"},
        {"49-015420-323751-8", "490154203237518", NULL, "imei"},
        {"490154203237517", "490154203237517", "check digit", NULL},
        {"4901542032375101", "4901542032375101", NULL, "imeisv"},
        {"49015420323751", "49015420323751", "lost its last", NULL},
        {"4901542032375", "", "fifteen or sixteen", NULL},
        {"4.90154E+14", "", "something other than digits", NULL},
    };
    static const struct known imsi[] = {
        {"234 15 1234567890", "234151234567890", NULL, NULL},
        {"23415123456789", "", "fifteen", NULL},
        {"23415123456789O", "", "something other", NULL},
    };
    static const struct known iccid[] = {
        {"8944 1012 3456 7890 128", "8944101234567890128", NULL, NULL},
        {"8944101234567890128F", "8944101234567890128", NULL, NULL}, /* as cards store it */
        {"89441012345678901237", "89441012345678901237", NULL, NULL},
        {"8944101234567890129", "8944101234567890129", "check digit", NULL},
        {"7944100000000000001", "7944100000000000001", "89", NULL},
        {"894410000000000000", "", "nineteen", NULL},
        {"8.94E+18", "", "something other", NULL},
    };

    CHECK_KNOWN(IDENTIFIER_IMEI, "", imei);
    CHECK_KNOWN(IDENTIFIER_IMSI, "", imsi);
    CHECK_KNOWN(IDENTIFIER_ICCID, "", iccid);
}

static void handsets_are_compared_by_fourteen_digits(void)
{
    const struct bytes imei = bytes_of_text("490154203237518");
    const struct bytes imeisv = bytes_of_text("4901542032375101");

    CHECK_BYTES(identifier_compared(IDENTIFIER_IMEI, imei),
                identifier_compared(IDENTIFIER_IMEI, imeisv));
    CHECK_INT(identifier_compared(IDENTIFIER_IMEI, imei).size, 14);
    CHECK_BYTES(identifier_compared(IDENTIFIER_IMSI, imei), imei);
}

static void accounts_banks_and_companies_have_their_forms(void)
{
    static const struct known iban[] = {
        {"GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432", NULL, NULL},
        {"de89370400440532013000", "DE89370400440532013000", NULL, NULL},
        {"GB82 WEST 1234 5698 7654 33", "GB82WEST12345698765433", "agree", NULL},
        {"GB28 WEST 1234 5698 7654 32", "GB28WEST12345698765432", "agree", NULL},
        {"QQ82WEST12345698765432", "QQ82WEST12345698765432", "no country", NULL},
        {"GB82WEST123456987654", "GB82WEST123456987654", "22 characters", NULL},
        {"GB82", "", "is not a country", NULL},
        {"82GBWEST12345698765432", "", "is not a country", NULL},
    };
    static const struct known account[] = {
        {"12-34-56 12345678", "123456 12345678", NULL, NULL},
        {"123456/123456", "123456 00123456", NULL, NULL},
        {"12-34-56 12345", "", "six digits", NULL},
        {"12-34-56 123456789", "", "six digits", NULL},
        {"12-34-5G 12345678", "", "six digits", NULL},
    };
    static const struct known bic[] = {
        {"deutdeff", "DEUTDEFF", NULL, NULL},
        {"DEUTDEFF500", "DEUTDEFF500", NULL, NULL},
        {"DEUTQQFF", "DEUTQQFF", "no country", NULL},
        {"DEUTDEF", "", "six letters", NULL},
        {"DEUTDEFF50", "", "six letters", NULL},
        {"DE0TDEFF", "", "six letters", NULL},
    };
    static const struct known company[] = {
        {"00000006", "00000006", NULL, NULL},
        {"sc 123456", "SC123456", NULL, NULL},
        {"1234567", "", "eight digits", NULL}, /* a lost zero is not put back */
        {"S1234567", "", "eight digits", NULL},
    };

    CHECK_KNOWN(IDENTIFIER_IBAN, "", iban);
    CHECK_KNOWN(IDENTIFIER_UK_ACCOUNT, "", account);
    CHECK_KNOWN(IDENTIFIER_BIC, "", bic);
    CHECK_KNOWN(IDENTIFIER_COMPANY, "", company);
}

static void vessels_and_containers_have_their_forms(void)
{
    static const struct known mmsi[] = {
        {"299990101", "299990101", NULL, NULL}, {" 299990101", "299990101", NULL, NULL},
        {"29999010", "", "nine digits", NULL},  {"2999901012", "", "nine digits", NULL},
        {"29999010A", "", "nine digits", NULL},
    };
    static const struct known hull[] = {
        {"GB-XXX90817A999", "GBXXX90817A999", NULL, NULL},
        {"gbabc12345l606", "GBABC12345L606", NULL, NULL},
        {"GBABC12345M606", "GBABC12345M606", "month", NULL},
        {"GBABC1O345L606", "GBABC1O345L606", "serial", NULL},
        {"QQABC12345L606", "QQABC12345L606", "no country", NULL},
        {"ABC12345L606", "", "fourteen", NULL},
    };
    static const struct known container[] = {
        {"CSQU3054383", "CSQU3054383", NULL, NULL},
        {"csqu 305438-3", "CSQU3054383", NULL, NULL},
        {"CSQU3054384", "CSQU3054384", "check digit", NULL},
        {"CSQA3054383", "CSQA3054383", "fourth letter", NULL},
        {"CSQU305438", "", "seven digits", NULL},
    };

    CHECK_KNOWN(IDENTIFIER_MMSI, "", mmsi);
    CHECK_KNOWN(IDENTIFIER_HULL, "", hull);
    CHECK_KNOWN(IDENTIFIER_CONTAINER, "", container);
}

static void names_on_the_net_have_two_parts(void)
{
    static const struct known email[] = {
        {"Some.One+tag@Example.ORG", "some.one+tag@example.org", NULL, NULL},
        {"a@b.c", "a@b.c", NULL, NULL},
        {"zoë@bücher.example", "zoë@bücher.example", NULL, NULL},
        {"someone.example.org", "", "an @ and a domain", NULL},
        {"some one@example.org", "", "an @ and a domain", NULL},
        {"someone@@example.org", "", "an @ and a domain", NULL},
        {"a@b@example.org", "", "an @ and a domain", NULL},
        {".a@example.org", "", "an @ and a domain", NULL},
        {"a.@example.org", "", "an @ and a domain", NULL},
        {"a..b@example.org", "", "an @ and a domain", NULL},
        {"a@example", "", "an @ and a domain", NULL},
        {"a@example.", "", "an @ and a domain", NULL},
        {"a@-example.org", "", "an @ and a domain", NULL},
        {"a@192.0.2.1", "", "an @ and a domain", NULL},
        {"@example.org", "", "an @ and a domain", NULL},
        {"a@b.", "", "an @ and a domain", NULL},
        {"a123456789@a123456789.a123456789.a123456789.a123456789.a123456789.a123456789."
         "a123456789.a123456789.a123456789.a123456789.org",
         "", "120 characters", NULL},
    };
    static const struct known social[] = {
        {"TikTok - @Some_One", "tiktok - @Some_One", NULL, NULL},
        {"telegram  -  a - b", "telegram - a - b", NULL, NULL},
        {"telegram-a", "", "platform", NULL},
        {" - a", "", "platform", NULL},
        {"telegram - ", "", "platform", NULL},
        {"telegram - a\tb", "", "platform", NULL},
    };

    CHECK_KNOWN(IDENTIFIER_EMAIL, "", email);
    CHECK_KNOWN(IDENTIFIER_SOCIAL, "", social);
}

static void places_have_their_forms(void)
{
    static const struct known postcode[] = {
        {"dt11aa", "DT1 1AA", NULL, NULL},      {"SW1A 1AA", "SW1A 1AA", NULL, NULL},
        {"M1 1AE", "M1 1AE", NULL, NULL},       {"B33 8TH", "B33 8TH", NULL, NULL},
        {"CR2 6XH", "CR2 6XH", NULL, NULL},     {"DN55 1PT", "DN55 1PT", NULL, NULL},
        {"W1A 0AX", "W1A 0AX", NULL, NULL},     {"GIR 0AA", "GIR 0AA", NULL, NULL},
        {"QT1 1AA", "", "British form", NULL},  {"DI1 1AA", "", "British form", NULL},
        {"DT1 1CA", "", "British form", NULL},  {"W1I 0AX", "", "British form", NULL},
        {"SW1I 1AA", "", "British form", NULL}, {"DT1 AAA", "", "British form", NULL},
        {"DT1", "", "five to seven", NULL},     {"DT1 1AAAA", "", "five to seven", NULL},
    };
    static const struct known foreign[] = {
        {"75 001", "75001", NULL, NULL},
        {"1234567890123", "", "one to twelve", NULL},
    };
    static const struct known position[] = {
        {"+50.7192-001.8808/", "+50.7192-001.8808/", NULL, NULL},
        {"50.7192N 001.8808W", "+50.7192-001.8808/", NULL, NULL},
        {"+504309-0015251", "+504309-0015251/", NULL, NULL},
        {"-90+180", "-90+180/", NULL, NULL},
        {"+90.1+000", "", "beyond 90", NULL},
        {"+50-180.5", "", "beyond 180", NULL},
        {"+5060-00100", "", "beyond 90", NULL}, /* sixty minutes */
        {"50.7192, -1.8808", "", "is not like", NULL},
        {"+50.7192-1.8808", "", "three digits", NULL},
        {"+1.88-050.71", "", "two digits", NULL},
        {"+50.-001", "", "beyond 90", NULL},
        {"+50.7.1-001", "", "beyond 90", NULL},
        {"+50.7192-001.8808+12", "", "is not like", NULL},
        {"50.7192", "", "is not like", NULL},
        {"N", "", "is not like", NULL},
        {"/", "", "is not like", NULL},
    };

    CHECK_KNOWN(IDENTIFIER_POSTCODE, "", postcode);
    CHECK_KNOWN(IDENTIFIER_POSTCODE, "GBR", postcode);
    CHECK_KNOWN(IDENTIFIER_POSTCODE, "FRA", foreign);
    CHECK_KNOWN(IDENTIFIER_POSITION, "", position);
}

static void every_type_has_a_word_of_its_own(void)
{
    for (int i = 1; i < IDENTIFIER_TYPE_END; i++) {
        const char *const word = identifier_word((enum identifier_type)i);
        enum identifier_type back = (enum identifier_type)0;

        CHECK(word != NULL && identifier_label((enum identifier_type)i) != NULL);
        CHECK_OK(identifier_type_read(bytes_of_text(word), &back));
        CHECK_INT(back, i);
    }
    CHECK(identifier_word((enum identifier_type)0) == NULL);
    CHECK(identifier_word(IDENTIFIER_TYPE_END) == NULL);
    CHECK(identifier_wants_country(IDENTIFIER_PASSPORT));
    CHECK(!identifier_wants_country(IDENTIFIER_PHONE));
}

static void refuses_what_is_no_type_and_marks_what_is_too_long(void)
{
    static _Alignas(16) uint8_t room[1024];
    char raw[IDENTIFIER_RAW_MAX + 1];
    const struct bytes none = bytes_of_text("");
    enum identifier_type type = IDENTIFIER_CRO;
    struct identifier id = {0};
    struct arena a;

    memset(raw, '1', sizeof raw);
    arena_init(&a, room, sizeof room);
    CHECK_STATUS(identifier_of((enum identifier_type)0, none, none, &a, &id), E_VALUE);
    CHECK_STATUS(identifier_of(IDENTIFIER_TYPE_END, none, none, &a, &id), E_VALUE);
    CHECK_STATUS(identifier_type_read(bytes_of_text("shoe_size"), &type), E_VALUE);
    CHECK_INT(type, IDENTIFIER_CRO);
    CHECK_OK(identifier_of(IDENTIFIER_ENGINE, none, bytes_of(raw, sizeof raw), &a, &id));
    CHECK_TEXT(id.fault, "is too long");
    CHECK_INT(id.canonical.size, 0);
    CHECK_INT(a.used, 0);
    arena_init(&a, room, 4);
    CHECK_STATUS(identifier_of(IDENTIFIER_VIN, none, bytes_of(raw, 17), &a, &id), E_MEMORY);
}

CASES(CASE(registration_mark_is_of_a_british_class_or_foreign),
      CASE(look_alike_marks_have_one_key), CASE(vehicle_identification_number_has_no_i_o_q),
      CASE(phone_is_e164_or_kept_as_unparsed), CASE(handsets_and_cards_have_their_digits),
      CASE(handsets_are_compared_by_fourteen_digits),
      CASE(accounts_banks_and_companies_have_their_forms),
      CASE(vessels_and_containers_have_their_forms), CASE(names_on_the_net_have_two_parts),
      CASE(places_have_their_forms), CASE(every_type_has_a_word_of_its_own),
      CASE(refuses_what_is_no_type_and_marks_what_is_too_long))

#include "identifier.h"

#include "check.h"

struct known {
    const char *raw;
    const char *canonical;
    bool valid;
};

typedef status one_identifier(struct bytes raw, struct arena *a, struct identifier *ret);

static void check_all(one_identifier *identify, const struct known *known, size_t count)
{
    static _Alignas(16) uint8_t room[1024];

    for (size_t i = 0; i < count; i++) {
        struct identifier id = {0};
        struct arena a;

        arena_init(&a, room, sizeof room);
        CHECK_OK(identify(bytes_of_text(known[i].raw), &a, &id));
        CHECK_BYTES(id.canonical, bytes_of_text(known[i].canonical));
        CHECK_INT(id.valid, known[i].valid);
    }
}

static void vrm_is_capitals_and_digits_and_british_ones_were_issued(void)
{
    static const struct known known[] = {
        {"hx88 kmb", "HX88KMB", true},
        {"AB-51-CDE", "AB51CDE", true},
        {"AB50CDE", "AB50CDE", false}, /* ages 00, 01 and 50 were never issued */
        {"AB01CDE", "AB01CDE", false},
        {"AB02CDE", "AB02CDE", true},
        {"AB49CDZ", "AB49CDZ", true},
        {"ZB49CDE", "ZB49CDE", false}, /* Z only among the last three */
        {"AI12CDE", "AI12CDE", false},
        {"AB12CQE", "AB12CQE", false},
        {"Q123ABC", "Q123ABC", true},
        {"ABC123Y", "ABC123Y", true},
        {"AIZ 1234", "AIZ1234", true},
        {"1 A", "1A", true},
        {"101 D 202", "101D202", true},
        {"AB12AA", "AB12AA", true},
        {"UTO-55-KL-9", "UTO55KL9", true}, /* foreign */
        {"ABCDEFGHIJK", "ABCDEFGHIJK", true},
        {"ABCDEFGHIJKL", "ABCDEFGHIJKL", false},
        {"HX8? KMB", "HX8KMB", false}, /* a part plate */
        {"ŁÓ 12", "12", false},
        {"", "", false},
        {"--", "", false},
    };

    check_all(identifier_vrm, known, COUNT_OF(known));
}

static void phone_is_e164_or_kept_as_unparsed(void)
{
    static const struct known known[] = {
        {"+447700900101", "+447700900101", true},
        {"+44 7700 900 101", "+447700900101", true},
        {"+44 (0)7700 900101", "+447700900101", true},
        {"44 (0)7700 900101", "+447700900101", true},
        {"0044 7700 900101", "+447700900101", true},
        {"07700 900101", "+447700900101", true},
        {"7700 900101", "+447700900101", true},
        {"447700900101", "+447700900101", true},
        {"(01632) 960155", "+441632960155", true},
        {"01632 96015", "+44163296015", true}, /* some are a digit shorter */
        {"+33 1 99 00 12 34", "+33199001234", true},
        {"+44 07700 900101", "+447700900101", false}, /* stray zero goes, mark stays */
        {"+44 7700 90", "+44770090", false},
        {"+1234567890123456", "+1234567890123456", false},
        {"+0123456789", "+0123456789", false},
        {"4.47E+11", "", false}, /* a spreadsheet has lost the digits */
        {"07700 9oo101", "", false},
        {"12345", "", false},
        {"07700 900101 +44", "", false},
        {"", "", false},
        {"+", "", false},
        {"٠٧٧٠٠", "", false},
        {"123456789012345678901234567890", "", false},
    };

    check_all(identifier_phone, known, COUNT_OF(known));
}

static void pnc_id_has_its_check_letter(void)
{
    static const struct known known[] = {
        {"2003/0011985X", "2003/0011985X", true},
        {" 2003/0011985x ", "2003/0011985X", true},
        {"2003/0011985W", "", false},
        {"2003/0011986X", "", false},
        {"2004/0011985X", "", false},
        {"2003-0011985X", "", false},
        {"03/11985X", "", false},
        {"2003/00119855", "", false},
        {"", "", false},
    };

    check_all(identifier_pnc, known, COUNT_OF(known));
}

static void mmsi_is_nine_digits(void)
{
    static const struct known known[] = {
        {"299990101", "299990101", true}, {" 299990101", "299990101", true},
        {"29999010", "", false},          {"2999901012", "", false},
        {"29999010A", "", false},         {"", "", false},
    };

    check_all(identifier_mmsi, known, COUNT_OF(known));
}

CASES(CASE(vrm_is_capitals_and_digits_and_british_ones_were_issued),
      CASE(phone_is_e164_or_kept_as_unparsed), CASE(pnc_id_has_its_check_letter),
      CASE(mmsi_is_nine_digits))

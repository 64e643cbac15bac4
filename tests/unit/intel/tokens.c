#include "tokens.h"

#include "check.h"
#include "sound.h"
#include "text.h"

/* What a record is found by: each of its words, numbers, identifiers and names, in every
 * way in which it may be asked for, and nothing that is not in it. */

enum { MESSAGES_MAX = 4096 };

static struct {
    size_t count;
    struct {
        size_t size;
        uint8_t at[TOKEN_MESSAGE_MAX];
    } all[MESSAGES_MAX];
} given;
static struct record record;

static struct bytes b(const char *text)
{
    return bytes_of_text(text);
}

static void take(void *context, struct bytes message)
{
    (void)context;
    CHECK(given.count < MESSAGES_MAX && message.size <= TOKEN_MESSAGE_MAX);
    given.all[given.count].size = message.size;
    memcpy(given.all[given.count].at, message.at, message.size);
    given.count++;
}

static bool has(struct bytes message)
{
    for (size_t i = 0; i < given.count; i++) {
        if (bytes_equal(bytes_of(given.all[i].at, given.all[i].size), message))
            return true;
    }
    return false;
}

static bool has_text(const char *message)
{
    return has(b(message));
}

static void of_text(const char *text)
{
    given.count = 0;
    tokens_of_text(b(text), take, NULL);
}

static void of_record(void)
{
    given.count = 0;
    tokens_of_record(&record, take, NULL);
}

/* What the functions for what is asked would look for. */
typedef void (*of_bytes)(struct bytes text, token_each each, void *context);
static size_t asked_size;
static uint8_t asked_at[TOKEN_MESSAGE_MAX];

static void take_one(void *context, struct bytes message)
{
    (void)context;
    asked_size = message.size;
    memcpy(asked_at, message.at, message.size);
}

static bool finds(of_bytes of, const char *text)
{
    asked_size = 0;
    of(b(text), take_one, NULL);
    CHECK(asked_size > 0);
    return has(bytes_of(asked_at, asked_size));
}

static bool finds_identifier(enum identifier_type type, const char *canonical)
{
    asked_size = 0;
    token_of_identifier(type, b(canonical), take_one, NULL);
    CHECK(asked_size > 0);
    return has(bytes_of(asked_at, asked_size));
}

static void words_are_found_without_case_accents_and_joiners(void)
{
    of_text("The l\xc3\xb3rry of Al-Hassan O\x27"
            "Neil waits");
    CHECK(has_text("wLORRY") && has_text("wWAITS") && has_text("wTHE"));
    CHECK(has_text("wAL") && has_text("wHASSAN") && has_text("wALHASSAN"));
    CHECK(has_text("wNEIL") && has_text("wONEIL"));
    CHECK(!has_text("wO")); /* one letter is everywhere */
    CHECK(!has_text("wLORR") && !has_text("wALORRY"));
}

static void numbers_are_found_however_they_are_spaced(void)
{
    of_text("Call 07700 900 123 or +44 7700 900456 about AB12 CDE at 10 pm, "
            "NINO QQ 12 34 56 C, plate XY-34-ZZZ");
    CHECK(finds(token_of_number, "07700900123"));
    CHECK(finds(token_of_number, "+447700900456"));
    CHECK(finds(token_of_number, "AB12CDE") && finds(token_of_number, "ab12 cde"));
    CHECK(finds(token_of_number, "QQ123456C"));
    CHECK(finds(token_of_number, "XY34ZZZ"));
    CHECK(!finds(token_of_number, "0770090012"));
    CHECK(!finds(token_of_number, "900456AB12CDE"));
    /* More words than a number has. */
    of_text("11 22 33 44 55 66 77 88 99 1010 1111 1212");
    CHECK(finds(token_of_number, "1122334455667788"));
    CHECK(finds(token_of_number, "9910101111"));
    CHECK(finds(token_of_number, "556677889910101111"));
    of_text("11 22 33 44 55 66 77 88 at the quay");
    CHECK(finds(token_of_number, "1122334455667788"));
    CHECK(finds(token_of_number, "11223344"));
}

static void digits_without_end_have_a_few_messages_a_word(void)
{
    enum { WORDS = 400, MOST = 8 + 1 }; /* numbers that begin with it, and the word */
    char text[3 * WORDS + 1];

    for (size_t i = 0; i < WORDS; i++)
        (void)snprintf(text + 3 * i, 4, "%02u ", (unsigned)(i % 100));
    of_text(text);
    CHECK(given.count > WORDS && given.count <= (size_t)MOST * WORDS);
}

static void other_alphabets_have_words_and_no_sound(void)
{
    of_text("\xd0\xb6\xd0\xb5\xd0\xbd\xd1\x8f \xd8\xb9\xd9\x84\xd9\x8a");
    CHECK(given.count >= 2);
    for (size_t i = 0; i < given.count; i++)
        CHECK(given.all[i].at[0] == (uint8_t)TOKEN_WORD);
}

static const char *sound(const char *word)
{
    static char text[SOUND_MAX + 1];
    uint8_t key[SOUND_MAX];
    const size_t size = sound_of(b(word), key);

    memcpy(text, key, size);
    text[size] = '\0';
    return text;
}

static void check_alike(const char *a, const char *other)
{
    char first[SOUND_MAX + 1];

    (void)snprintf(first, sizeof first, "%s", sound(a));
    CHECK(first[0] != '\0');
    CHECK_TEXT(sound(other), first);
}

static void names_that_sound_alike_have_one_key(void)
{
    check_alike("MOHAMMED", "MUHAMAD");
    check_alike("MOHAMMED", "MEHMET");
    check_alike("XHEVDET", "JEVDET");
    check_alike("GJERGJ", "DJERDJ");
    check_alike("YUSUF", "YOUSSEF");
    check_alike("YUSUF", "IUSUF");
    check_alike("KHALED", "QALID");
    check_alike("SHARIF", "CHARIF");
    check_alike("WALI", "VALY");
    check_alike("PHILIP", "FILIPP");
    check_alike("AHMED", "EHMAD");
    check_alike("NGUYEN", "NUYEN");
    CHECK_TEXT(sound("AHMED"), "AMT");
    CHECK_TEXT(sound("MOHAMMED"), "MMT");
    CHECK_TEXT(sound("KHAN"), "KN");
    CHECK_TEXT(sound("LI"), "");
    CHECK_TEXT(sound("AAAA"), "");
    CHECK_TEXT(sound("K2PRT"), "");
    CHECK_INT(strlen(sound("BRTKLMNRSTBRTKLMN")), SOUND_MAX);
}

static void each_identifier_of_a_record_is_found_by_type_and_form(void)
{
    memset(&record, 0, sizeof record);
    record.vehicle_count = 1;
    record.vehicles[0].vrm_raw = b("ab12 cde");
    record.vehicles[0].vrm = b("AB12CDE");
    record.phone_count = 2;
    record.phones[0].raw = b("07700 900123");
    record.phones[0].e164 = b("+447700900123");
    record.phones[1].raw = b("0044 7700 900456 ext");
    record.document_count = 2;
    record.documents[0].type = b("Passport");
    record.documents[0].number = b("553 201 772");
    record.documents[0].canonical = b("553201772");
    record.documents[1].type = b("Laissez-passer");
    record.documents[1].number = b("LP-55/7712");
    record.account_count = 2;
    record.accounts[0].raw = b("GB29NWBK60161331926819");
    record.accounts[0].canonical = b("GB29NWBK60161331926819");
    record.accounts[1].raw = b("601613 31926819");
    record.accounts[1].canonical = b("60161331926819");
    record.email_count = 1;
    record.emails[0].canonical = b("a.name@example.org");
    record.vessel_count = 1;
    record.vessels[0].name = b("Merry Widow");
    record.vessels[0].mmsi_canonical = b("235012345");
    record.identifier_count = 1;
    record.identifiers[0].type = b("imei");
    record.identifiers[0].canonical = b("490154203237518");
    record.person_count = 1;
    record.persons[0].pnc_id_canonical = b("2003/0011985X");
    record.facts.flags.count = 1;
    record.facts.flags.at[0] = b("OIMCR");
    of_record();
    CHECK(finds_identifier(IDENTIFIER_VRM, "AB12CDE"));
    CHECK(finds(token_of_alike, "A812CDE")); /* a B read as an 8 */
    CHECK(finds_identifier(IDENTIFIER_PHONE, "+447700900123"));
    CHECK(finds(token_of_tail, "7700900123"));
    CHECK(finds(token_of_tail, "+447700900456")); /* without a canonical form */
    CHECK(finds_identifier(IDENTIFIER_PASSPORT, "553201772"));
    CHECK(finds(token_of_number, "LP557712")); /* of a type that is none of ours */
    CHECK(finds_identifier(IDENTIFIER_IBAN, "GB29NWBK60161331926819"));
    CHECK(finds_identifier(IDENTIFIER_UK_ACCOUNT, "60161331926819"));
    CHECK(finds_identifier(IDENTIFIER_EMAIL, "A.Name@Example.org"));
    CHECK(finds_identifier(IDENTIFIER_MMSI, "235012345"));
    CHECK(
        finds_identifier(IDENTIFIER_IMEI, "490154203237510")); /* but for its check digit */
    CHECK(finds_identifier(IDENTIFIER_PNC_ID, "2003/0011985X"));
    CHECK(finds(token_of_flag, "#oimcr"));
    CHECK(has_text("wMERRY") && has_text("wWIDOW"));
    CHECK(!finds_identifier(IDENTIFIER_PASSPORT, "553201773"));
    CHECK(!finds_identifier(IDENTIFIER_PHONE, "AB12CDE"));
}

static void every_text_of_a_record_is_found(void)
{
    memset(&record, 0, sizeof record);
    record.report.title = b("zaone");
    record.report.conditions = b("zatwo");
    record.provenance.text = b("zathree");
    record.text_count = 2;
    record.texts[1].text = b("zafour");
    record.person_count = 1;
    record.persons[0].surname = b("Zafive-Zasix");
    record.persons[0].given = (struct text_list){1, {b("Zaseven")}};
    record.persons[0].aliases = (struct text_list){2, {b("other"), b("Zaeight")}};
    record.vehicle_count = 1;
    record.vehicles[0].description = b("zanine");
    record.address_count = 1;
    record.addresses[0].text = b("zaten");
    record.organisation_count = 1;
    record.organisations[0].name = b("zaeleven");
    record.event_count = 1;
    record.events[0].description = b("zatwelve");
    record.attachment_count = 1;
    record.attachments[0].name = b("zathirteen.pdf");
    record.container_count = 1;
    record.containers[0].description = b("zafourteen");
    record.account_count = 1;
    record.accounts[0].institution = b("zafifteen");
    record.reference_count = 1;
    record.references[0].reference = b("ZASIXTEEN");
    record.social_count = 1;
    record.socials[0].raw = b("zaseventeen");
    of_record();
    static const char *const words[] = {
        "wZAONE",     "wZATWO",      "wZATHREE",    "wZAFOUR",     "wZAFIVE",
        "wZASIX",     "wZASEVEN",    "wZAEIGHT",    "wZANINE",     "wZATEN",
        "wZAELEVEN",  "wZATWELVE",   "wZATHIRTEEN", "wZAFOURTEEN", "wZAFIFTEEN",
        "wZASIXTEEN", "wZASEVENTEEN"};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        CHECK(has_text(words[i]));
    CHECK(has_text("wZAFIVEZASIX"));
    CHECK(finds(token_of_sound, "ZASEVEN") && finds(token_of_sound, "ZAEIGHT"));
    CHECK(!finds(token_of_sound, "ZATEN")); /* an address has no sound */
}

CASES(CASE(words_are_found_without_case_accents_and_joiners),
      CASE(numbers_are_found_however_they_are_spaced),
      CASE(digits_without_end_have_a_few_messages_a_word),
      CASE(other_alphabets_have_words_and_no_sound),
      CASE(names_that_sound_alike_have_one_key),
      CASE(each_identifier_of_a_record_is_found_by_type_and_form),
      CASE(every_text_of_a_record_is_found))

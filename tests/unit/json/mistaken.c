#include "json_mistaken.h"

#include "check.h"
#include "record_json.h"

/* Files that are taken for records and are something else. */

static void says(struct bytes text, const char *part)
{
    const char *const sentence = json_mistaken(text);

    CHECK(sentence != NULL);
    if (strstr(sentence, part) == NULL)
        (void)fprintf(stderr, "  %.*s: %s\n", (int)text.size, (const char *)text.at,
                      sentence);
    CHECK(strstr(sentence, part) != NULL);
    /* It has to fit where faults are told. */
    CHECK(strlen(sentence) < sizeof((struct json_fault *)NULL)->sentence);
}

static void text_says(const char *text, const char *part)
{
    says(bytes_of_text(text), part);
}

static void says_what_a_file_is_instead(void)
{
    static const uint8_t png[] = {0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0, 0, 13};
    static const uint8_t jpeg[] = {0xff, 0xd8, 0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F'};
    static const uint8_t machine[] = {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0};

    says(bytes_of(png, sizeof png), "picture");
    says(bytes_of(jpeg, sizeof jpeg), "picture");
    says(bytes_of(machine, sizeof machine), "not text");
    says(bytes_of("caf\xe9\n", 5), "not text");
    text_says("%PDF-1.7\n", "--attach");
    text_says("{\\rtf1\\ansi Seen.}", "--attach");
    text_says("PK\x03\x04\x14", "spreadsheet");
    text_says("<?xml version=\"1.0\"?>", "XML");
    text_says("flagpost/lists/v1\nrealm 00\n", "--lists");
    text_says("system: a\nformat: csv\nfields:\n  - {to: urn, column: urn}\n", "mapping");
    text_says("urn,title\nA1,x\n", "import --map");
    text_says("\r\nurn;title\r\n\r\nA1;x\r\n", "import --map");
    text_says("urn\ttitle", "import --map");
    text_says("Dear all, the boats, as we said.\nAnd, as before, more.\n", "check --text");
    text_says("Boats, again\nSeen at Kimmeridge\n", "check --text");
    text_says("\"urn\"", "check --text");
    text_says("null", "not JSON");
}

static void says_nothing_of_what_begins_like_json(void)
{
    static const char *const begins[] = {"",       "\n", "{}", " \t\r\n{\"urn\": 1}",
                                         "[1, 2]", "{,;"};

    for (size_t i = 0; i < COUNT_OF(begins); i++)
        CHECK(json_mistaken(bytes_of_text(begins[i])) == NULL);
}

/* A text is looked at where it begins, and may be cut there within a character. */
static void a_long_text_is_not_taken_for_a_picture(void)
{
    static const char letter[] = "\xe1\xba\xbf";
    static char text[3 * 4096];

    for (size_t shift = 0; shift < 3; shift++) {
        memset(text, 'x', shift);
        for (size_t i = shift; i < sizeof text; i++)
            text[i] = letter[(i - shift) % 3];
        says(bytes_of(text, sizeof text - 3 + shift), "check --text");
    }
}

CASES(CASE(says_what_a_file_is_instead), CASE(says_nothing_of_what_begins_like_json),
      CASE(a_long_text_is_not_taken_for_a_picture))

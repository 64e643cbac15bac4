#include "json_mistaken.h"

#include "text.h"

#include <string.h>

enum { LOOKED_AT = 4096 };

static bool begins_with(struct bytes text, const char *words, size_t size)
{
    return text.size >= size && memcmp(text.at, words, size) == 0;
}

/* By how such files begin, whatever their name says. */
static enum json_looks by_its_beginning(struct bytes text)
{
#define BEGINS(words, looks)                                                               \
    {                                                                                      \
        words, sizeof(words) - 1, looks                                                    \
    }
    static const struct {
        const char *words;
        size_t size;
        enum json_looks looks;
    } beginnings[] = {
        BEGINS("\x89PNG", LOOKS_PICTURE),
        BEGINS("\xff\xd8\xff", LOOKS_PICTURE),
        BEGINS("GIF8", LOOKS_PICTURE),
        BEGINS("%PDF", LOOKS_DOCUMENT),
        BEGINS("{\\rtf", LOOKS_DOCUMENT),
        BEGINS("PK\x03\x04", LOOKS_OFFICE),
        BEGINS("\xd0\xcf\x11\xe0", LOOKS_OFFICE),
        BEGINS("<", LOOKS_MARKUP),
        BEGINS("flagpost/", LOOKS_NOTE),
    };
#undef BEGINS

    for (size_t i = 0; i < COUNT_OF(beginnings); i++) {
        if (begins_with(text, beginnings[i].words, beginnings[i].size))
            return beginnings[i].looks;
    }
    return LOOKS_JSON;
}

static bool is_binary(struct bytes text)
{
    enum { CUT_CHARACTER = 3 };
    const bool cut = text.size > LOOKED_AT;
    const struct bytes head = bytes_of(text.at, cut ? LOOKED_AT : text.size);

    return utf8_valid_size(head) + (cut ? CUT_CHARACTER : 0) < head.size;
}

/* Takes the next line that has something in it. */
static bool next_line(struct bytes *rest, struct bytes *ret)
{
    while (rest->size > 0) {
        if (!text_cut(rest, '\n', ret)) {
            *ret = *rest;
            *rest = bytes_from(*rest, rest->size);
        }
        if (ret->size > 0 && ret->at[ret->size - 1] == '\r')
            ret->size--;
        if (ret->size > 0)
            return true;
    }
    return false;
}

static bool is_mapping(struct bytes text)
{
    static const char fields[] = "fields:";
    struct bytes line = {0};
    bool found = false;

    while (!found && next_line(&text, &line))
        found = begins_with(line, fields, sizeof fields - 1);
    return found;
}

/* The same separator in the header and in the row below it, and no sentence in the header.
 */
static bool is_table(struct bytes text)
{
    static const char separators[] = {',', ';', '\t', '|'};
    struct bytes header = {0};
    struct bytes row = {0};

    if (!next_line(&text, &header) || header.at[header.size - 1] == '.')
        return false;
    const bool has_row = next_line(&text, &row);
    for (size_t i = 0; i < sizeof separators; i++) {
        if (memchr(header.at, separators[i], header.size) != NULL &&
            (!has_row || memchr(row.at, separators[i], row.size) != NULL))
            return true;
    }
    return false;
}

enum json_looks json_looks_like(struct bytes text)
{
    const enum json_looks known = by_its_beginning(text);
    size_t i = 0;

    while (i < text.size && (text.at[i] == ' ' || text.at[i] == '\t' ||
                             text.at[i] == '\r' || text.at[i] == '\n'))
        i++;
    if (known != LOOKS_JSON || i == text.size || text.at[i] == '{' || text.at[i] == '[')
        return known;
    if (is_binary(text))
        return LOOKS_BINARY;
    if (is_mapping(text))
        return LOOKS_MAPPING;
    return is_table(text) ? LOOKS_TABLE : LOOKS_PROSE;
}

/* Records as JSON were wanted. */
static const char *const sentences[] = {
    [LOOKS_JSON] = NULL,
    [LOOKS_PICTURE] =
        "This is a picture, not records as JSON. It goes with a record: `flagpost publish "
        "--attach PICTURE RECORD`.",
    [LOOKS_DOCUMENT] =
        "This is a document, not records as JSON. It goes with a record: `flagpost publish "
        "--attach DOCUMENT RECORD`.",
    [LOOKS_OFFICE] =
        "This is a spreadsheet, a document or an archive, not records as JSON. Export a "
        "table "
        "as "
        "CSV in UTF-8 and take it in with `flagpost import --map MAPPING FILE`.",
    [LOOKS_MARKUP] = "This is XML or a web page, not records as JSON. Export CSV "
                     "or JSON and take it in with "
                     "`flagpost import --map MAPPING FILE`.",
    [LOOKS_NOTE] = "This is a signed file of the exchange, not records. A code list is "
                   "given with --lists "
                   "FILE beside the file of records.",
    [LOOKS_MAPPING] =
        "This is the mapping of an import, not records. Give it the export that it is for: "
        "`flagpost import --map MAPPING --dry-run FILE`.",
    [LOOKS_TABLE] = "This is a table (CSV), not records as JSON. Take it in with `flagpost "
                    "import --map "
                    "MAPPING FILE`; with --dry-run it shows what would become of it.",
    [LOOKS_BINARY] = "This is not text, and so not records as JSON. Is it the right file?",
    [LOOKS_PROSE] =
        "This is not JSON: each record has to be an object in curly brackets. Bare text is "
        "checked with `flagpost check --text FILE`.",
};

const char *json_mistaken(struct bytes text)
{
    return sentences[json_looks_like(text)];
}

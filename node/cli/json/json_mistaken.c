#include "json_mistaken.h"

#include "text.h"

#include <string.h>

enum { LOOKED_AT = 4096 };

static const char picture[] =
    "This is a picture, not records as JSON. It goes with a record: `flagpost publish "
    "--attach PICTURE RECORD`.";
static const char document[] =
    "This is a document, not records as JSON. It goes with a record: `flagpost publish "
    "--attach DOCUMENT RECORD`.";
static const char office[] =
    "This is a spreadsheet, a document or an archive, not records as JSON. Export a table "
    "as "
    "CSV in UTF-8 and take it in with `flagpost import --map MAPPING FILE`.";
static const char markup[] = "This is XML or a web page, not records as JSON. Export CSV "
                             "or JSON and take it in with "
                             "`flagpost import --map MAPPING FILE`.";
static const char note[] =
    "This is a signed file of the exchange, not records. A code list is given with --lists "
    "FILE beside the file of records.";
static const char mapping[] =
    "This is the mapping of an import, not records. Give it the export that it is for: "
    "`flagpost import --map MAPPING --dry-run FILE`.";
static const char table[] =
    "This is a table (CSV), not records as JSON. Take it in with `flagpost import --map "
    "MAPPING FILE`; with --dry-run it shows what would become of it.";
static const char binary[] =
    "This is not text, and so not records as JSON. Is it the right file?";
static const char prose[] =
    "This is not JSON: each record has to be an object in curly brackets. Bare text is "
    "checked with `flagpost check --text FILE`.";

static bool begins_with(struct bytes text, const char *words, size_t size)
{
    return text.size >= size && memcmp(text.at, words, size) == 0;
}

/* By how such files begin, whatever their name says. */
static const char *by_its_beginning(struct bytes text)
{
#define BEGINS(words, sentence)                                                            \
    {                                                                                      \
        words, sizeof(words) - 1, sentence                                                 \
    }
    static const struct {
        const char *words;
        size_t size;
        const char *sentence;
    } beginnings[] = {
        BEGINS("\x89PNG", picture),
        BEGINS("\xff\xd8\xff", picture),
        BEGINS("GIF8", picture),
        BEGINS("%PDF", document),
        BEGINS("{\\rtf", document),
        BEGINS("PK\x03\x04", office),
        BEGINS("\xd0\xcf\x11\xe0", office),
        BEGINS("<", markup),
        BEGINS("flagpost/", note),
    };
#undef BEGINS

    for (size_t i = 0; i < COUNT_OF(beginnings); i++) {
        if (begins_with(text, beginnings[i].words, beginnings[i].size))
            return beginnings[i].sentence;
    }
    return NULL;
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

const char *json_mistaken(struct bytes text)
{
    const char *const known = by_its_beginning(text);
    size_t i = 0;

    while (i < text.size && (text.at[i] == ' ' || text.at[i] == '\t' ||
                             text.at[i] == '\r' || text.at[i] == '\n'))
        i++;
    if (known != NULL)
        return known;
    if (i == text.size || text.at[i] == '{' || text.at[i] == '[')
        return NULL;
    if (is_binary(text))
        return binary;
    if (is_mapping(text))
        return mapping;
    return is_table(text) ? table : prose;
}

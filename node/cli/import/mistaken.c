#include "mistaken.h"

#include "json_mistaken.h"

static const char right_file[] = "Is it the right file?";

static const struct said {
    const char *sentence, *mend;
} of_none[] = {
    [LOOKS_PICTURE] = {"This is a picture, and no export of records.",
                       "Give the export; a picture goes with its record: `attachments` in "
                       "the mapping, or `flagpost publish --attach`."},
    [LOOKS_DOCUMENT] = {"This is a document, and no export of records.",
                        "Give the export; a document goes with its record: `attachments` "
                        "in the mapping, or `flagpost publish --attach`."},
    [LOOKS_OFFICE] = {"This is a spreadsheet's own file, a document or an archive.",
                      "Save the sheet as CSV (\"CSV UTF-8\") and give that file."},
    [LOOKS_MARKUP] = {"This is XML or a web page.", "Export CSV or JSON."},
    [LOOKS_NOTE] = {"This is a signed file of the exchange, and no export of records.",
                    right_file},
    [LOOKS_MAPPING] = {"This is a mapping, and no export of records.",
                       "The mapping goes behind --map, and the export last."},
    [LOOKS_BINARY] = {"This is not text.", right_file},
    [LOOKS_TABLE] =
        {"This is a table (CSV), and the mapping is for JSON.",
         "Give the mapping of this table, or write `format: csv` in it and name "
         "the columns of the head."},
    [LOOKS_PROSE] = {"This is not JSON, and the mapping is for JSON.", right_file},
};

static const struct said json_for_csv = {
    "This is JSON, and the mapping is for CSV.",
    "Export CSV, or give a mapping with `format: json-lines` or `json-array`.  Records in "
    "the form of this exchange need no mapping: `flagpost publish FILE`."};

static struct bytes behind_blanks(struct bytes text)
{
    while (text.size > 0 && (text.at[0] == ' ' || text.at[0] == '\t' ||
                             text.at[0] == '\r' || text.at[0] == '\n'))
        text = bytes_from(text, 1);
    return text;
}

/* A head of CSV may begin with "[Ref]". */
static bool is_json(struct bytes text)
{
    const struct bytes first = behind_blanks(text);
    const struct bytes next = first.size == 0 ? first : behind_blanks(bytes_from(first, 1));

    if (next.size == 0)
        return false;
    return first.at[0] == '{' ? next.at[0] == '"' || next.at[0] == '}'
                              : first.at[0] == '[' && next.at[0] == '{';
}

/* As CSV nearly any text may be read, and what is wrong has its cell. */
static const struct said *of_csv(struct bytes text)
{
    switch (json_looks_like(text)) {
    case LOOKS_JSON:
        return is_json(text) ? &json_for_csv : NULL;
    case LOOKS_PICTURE:
    case LOOKS_DOCUMENT:
    case LOOKS_OFFICE:
    case LOOKS_NOTE:
    case LOOKS_MAPPING:
        return &of_none[json_looks_like(text)];
    case LOOKS_MARKUP:
    case LOOKS_TABLE:
    case LOOKS_BINARY:
    case LOOKS_PROSE:
        break;
    }
    return NULL;
}

bool import_mistaken(const struct mapping *m, struct bytes text, struct import_finding *ret)
{
    const enum json_looks looks = json_looks_like(text);
    const struct said *const said = m->format == MAPPING_CSV ? of_csv(text)
                                    : looks == LOOKS_JSON    ? NULL
                                                             : &of_none[looks];

    if (said == NULL)
        return false;
    *ret = (struct import_finding){.rule = IMPORT_FILE,
                                   .sentence = bytes_of_text(said->sentence),
                                   .mend = bytes_of_text(said->mend)};
    return true;
}

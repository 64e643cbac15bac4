#include "mapping.h"

#include "check.h"
#include "text.h"

/* What every mapping below begins with, three lines; the fourth begins `fields`. */
#define HEAD "system: a-system\nformat: csv\nheader: yes\npublish: row-by-row\n"

static struct mapping_fault fault;

static struct mapping *good(const char *text)
{
    struct mapping *m = NULL;
    const status s = mapping_read(bytes_of_text(text), &m, &fault);

    if (s != OK)
        (void)fprintf(stderr, "%u: %s\n", fault.line, fault.sentence);
    CHECK_OK(s);
    CHECK(m != NULL);
    return m;
}

static void bad(const char *text, status wanted, uint32_t line, const char *words)
{
    struct mapping *m = NULL;

    CHECK_STATUS(mapping_read(bytes_of_text(text), &m, &fault), wanted);
    CHECK(m == NULL);
    if (strstr(fault.sentence, words) == NULL || fault.line != line)
        (void)fprintf(stderr, "%u: %s\n", fault.line, fault.sentence);
    CHECK(strstr(fault.sentence, words) != NULL);
    CHECK_INT(fault.line, line);
    CHECK(utf8_is_valid(bytes_of_text(fault.sentence)));
}

static void reads_every_key(void)
{
    struct mapping *m = good(
        "system: a-system\nformat: csv\nencoding: UTF-8\ndelimiter: \";\"\n"
        "header: yes\nignore: [x, y]\nkey: [ref, part]\npublish: all-or-nothing\n"
        "grades: 3x5x2\npivot: 30\ndates: [dd/mm/yy]\nfields:\n"
        "  - {to: title, value: A title}\n"
        "  - {to: \"persons[0]\", column: n, name: \"surname, given\", required: yes}\n"
        "  - to: \"persons[0].born\"\n    column: b\n    dates: [yyyy]\n"
        "    otherwise: {to: \"texts[0].text\", before: \"Born \", after: .}\n"
        "  - to: \"persons[0].gender\"\n    column: g\n    unknown: Not Known\n"
        "    values: [{from: M, is: Male}]\n"
        "  - to: \"documents[].number\"\n    column: p\n    split: \";\"\n    keep: 3\n"
        "    each: [{field: type, value: passport}]\n");

    CHECK_INT(m->field_count, 5);
    CHECK_INT(m->publish, MAPPING_ALL_OR_NOTHING);
    CHECK_INT(m->fields[1].name, MAPPING_SURNAME_COMMA);
    CHECK_INT(m->fields[1].required, MAPPING_YES);
    CHECK_TEXT(m->fields[2].otherwise->before, "Born ");
    CHECK_TEXT(m->fields[4].each[0].value, "passport");
    CHECK_TEXT(mapping_column(m, "persons[0].born"), "b");
    CHECK_TEXT(mapping_column(m, "documents[2].number"), "p");
    CHECK_TEXT(mapping_column(m, "title"), "");
    m = mapping_free(m);
    CHECK(m == NULL);
}

static void a_key_that_nobody_knows_is_refused_with_its_line(void)
{
    bad(HEAD "fields:\n  - to: title\n    colum: x\n", E_FORM, 7,
        "no key `colum` in a mapping file: did you mean `column`?");
    bad(HEAD "pubish: x\nfields:\n  - {to: title, value: x}\n", E_FORM, 5,
        "did you mean `publish`?");
    bad(HEAD "zebra: x\nfields:\n  - {to: title, value: x}\n", E_FORM, 5,
        "node/cli/import/README.md");
    bad(HEAD "column: x\nfields:\n  - {to: title, value: x}\n", E_FORM, 5,
        "`column` does not belong at this place");
}

static void refuses_what_is_not_of_the_schema(void)
{
    bad("", E_FORM, 0, "empty");
    bad("# nothing\n", E_FORM, 0, "comments alone");
    bad("system: \xff\n", E_FORM, 0, "not UTF-8");
    bad("some text\n", E_FORM, 0, "begins with keys");
    bad(HEAD, E_FORM, 4, "The key `fields` is missing here: it takes a list of entries");
    bad(HEAD "publish: row-by-row\nfields:\n  - {to: title, value: x}\n", E_FORM, 4,
        "`publish` stands here twice");
    bad("system: a\nformat: xls\npublish: row-by-row\nfields:\n  - {to: title, value: x}\n",
        E_FORM, 2, "`format` takes csv, json-lines or json-array, and not \"xls\".");
    bad("system: &a a\nformat: *a\n", E_FORM, 2, "no anchors and aliases");
}

/* Each by its key, with what the key takes. */
static void a_value_that_is_wrong_is_told_by_its_key(void)
{
    static const struct {
        const char *entry, *words;
    } wrong[] = {
        {"{to: title, value: x, required: perhaps}", "`required` takes yes or no, and not"},
        {"{to: title, column: \"\"}", "`column` is empty: it takes the name of a column"},
        {"{to: title, column: x, keep: -1}", "`keep` takes a whole number"},
        {"{to: [a, b], column: x}", "what stands here is a list"},
        {"{to: title, value: x, otherwise: y}", "`otherwise` takes keys of its own"},
        {"{column: x}", "The key `to` is missing here"},
        {"{to: title, column: x, dates: []}", "`dates` has nothing in its list"},
        {"title", "`fields` takes a list of entries"},
    };
    char text[2048];
    char long_text[600];

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        (void)snprintf(text, sizeof text, HEAD "fields:\n  - %s\n", wrong[i].entry);
        bad(text, E_FORM, 6, wrong[i].words);
    }
    memset(long_text, 'a', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    (void)snprintf(text, sizeof text, HEAD "fields:\n  - {to: title, value: %s}\n",
                   long_text);
    bad(text, E_FORM, 6, "`value` is longer than 512 letters");
    bad(HEAD "mend: [flags, some]\nfields:\n  - {to: title, value: x}\n", E_FORM, 5,
        "`mend` takes a list of some of: flags missing-flags crime-code offence-codes, and "
        "not \"some\"");
    bad(HEAD "pivot: thirty\nfields:\n  - {to: title, value: x}\n", E_FORM, 5,
        "`pivot` takes a year of two digits, from 0 to 99, and not \"thirty\"");
}

/* At each of two offsets one of two letters of two bytes is cut, whatever stands before. */
static void no_letter_is_cut_in_halves(void)
{
    static const struct {
        const char *before, *after, *words;
    } said[] = {
        {"pivot: ", "\nfields:\n  - {to: title, value: x}\n", "`pivot` takes a year"},
        {"", ": x\nfields:\n  - {to: title, value: x}\n", "There is no key"},
        {"fields:\n  - {value: x, to: ", "}\n", "There is no field"},
        {"fields:\n  - {to: title, column: x, dates: [", "]}\n", "is not a date format"},
    };
    char text[1024];
    char letters[241];

    for (size_t i = 0; i + 2 < sizeof letters; i += 2)
        memcpy(letters + i, "\xc3\xa9", 3);
    for (size_t i = 0; i < 2 * COUNT_OF(said); i++) {
        struct mapping *m = NULL;
        (void)snprintf(text, sizeof text, HEAD "%s%s%s%s", said[i / 2].before,
                       i % 2 == 0 ? "" : "a", letters, said[i / 2].after);
        CHECK(mapping_read(bytes_of_text(text), &m, &fault) != OK);
        CHECK(strstr(fault.sentence, said[i / 2].words) != NULL);
        CHECK(utf8_is_valid(bytes_of_text(fault.sentence)));
    }
}

static void what_is_no_yaml_is_told_in_our_words(void)
{
    static const struct {
        const char *rest, *words;
        uint32_t line;
    } wrong[] = {
        {"fields:\n  - {to: title, value: x\n  - {to: caveat, value: y}\n", "brackets", 6},
        {"fields:\n\t- {to: title, value: x}\n", "a tab", 5},
        {"fields:\n  - {to: title, value: @x}\n", "a sign such as @", 6},
        {"fields:\n  - {to: title, value: \"x}\n", "opened and not closed", 6},
        {"fields:\n- {to: title, value: x}\n bad: y\n", "indented otherwise", 6},
        {"fields:\n  - to: title\n    value: x: y\n", "a text with a colon", 7},
    };

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        char text[512];
        (void)snprintf(text, sizeof text, HEAD "%s", wrong[i].rest);
        bad(text, E_FORM, wrong[i].line, wrong[i].words);
        CHECK(strstr(fault.sentence, "not in the form of YAML") != NULL);
        CHECK(strstr(fault.sentence, "libyaml") == NULL);
    }
    bad("system: [", E_FORM, 1, "`system` takes a name");
}

static void refuses_what_cannot_be(void)
{
    static const struct {
        const char *field, *words;
    } wrong[] = {
        {"{to: titel, value: x}", "no field \"titel\""},
        {"{to: \"persons[0].surnam\", column: x}", "no field"},
        {"{to: persons.surname, column: x}", "no field"},
        {"{to: \"persons[0]\", column: x}", "`name`"},
        {"{to: title, column: x, name: \"surname, given\"}", "`name`"},
        {"{to: title}", "either"},
        {"{to: title, column: x, value: y}", "either"},
        {"{to: \"persons[0].born\", column: x}", "`dates`"},
        {"{to: \"persons[0].born\", column: x, dates: [dd/mm/yy]}", "`pivot`"},
        {"{to: \"persons[0].born\", column: x, dates: [day]}", "not a date format"},
        {"{to: \"persons[0].born\", column: x, dates: [yyyy], split: \";\"}", "keep"},
        {"{to: title, column: x, unknown: y}", "`values`"},
        {"{to: title, column: x, each: [{field: type, value: y}]}", "`each`"},
        {"{to: title, column: x, otherwise: {to: no_intercept}}", "`otherwise`"},
    };

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        char text[512];
        (void)snprintf(text, sizeof text,
                       HEAD "fields:\n  - {to: title, column: t}\n  # to: titel\n  - %s\n",
                       wrong[i].field);
        bad(text, E_VALUE, 8, wrong[i].words);
    }
    bad("system: a b\nformat: csv\nheader: yes\npublish: row-by-row\nfields:\n"
        "  - {to: title, value: x}\n",
        E_VALUE, 0, "`system`");
    bad("system: a\nformat: csv\npublish: row-by-row\nfields:\n  - {to: title, value: x}\n",
        E_VALUE, 0, "header");
    bad("system: a\nformat: json-lines\nheader: yes\npublish: row-by-row\nfields:\n"
        "  - {to: title, value: x}\n",
        E_VALUE, 0, "CSV");
}

CASES(CASE(reads_every_key), CASE(a_key_that_nobody_knows_is_refused_with_its_line),
      CASE(refuses_what_is_not_of_the_schema),
      CASE(a_value_that_is_wrong_is_told_by_its_key), CASE(no_letter_is_cut_in_halves),
      CASE(what_is_no_yaml_is_told_in_our_words), CASE(refuses_what_cannot_be))

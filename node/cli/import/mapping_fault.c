#include "mapping_fault.h"

#include "text.h"
#include "words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- libcyaml's log --- */

/*
 * The first line says what.  Those after "Backtrace:" say where, the innermost first:
 *
 *     in mapping field 'column' (line: 6, column: 25)
 */
void mapping_log_take(struct mapping_log *log, const char *said)
{
    static const char in_key[] = "in mapping field '";
    const char *const place = strstr(said, "(line: ");
    const char *const key = strstr(said, in_key);

    if (place != NULL && log->line == 0)
        log->line = (uint32_t)strtoul(place + strlen("(line: "), NULL, 10);
    if (place != NULL && key != NULL && log->key[0] == '\0') {
        const char *const name = key + sizeof in_key - 1;
        (void)snprintf(log->key, sizeof log->key, "%.*s", (int)strcspn(name, "'"), name);
    }
    if (place != NULL || log->what[0] != '\0' || strstr(said, "Backtrace") != NULL)
        return;
    (void)snprintf(log->what, sizeof log->what, "%.*s", (int)sizeof log->what - 1,
                   strncmp(said, "Load: ", 6) == 0 ? said + 6 : said);
    log->what[strcspn(log->what, "\n")] = '\0';
}

/* --- what a key takes --- */

#define MEND_WORD(name, bit, word) " " word

static const struct key {
    const char *name, *takes;
} keys[] = {
    {"system", "a name of letters, digits and hyphens for the force's system"},
    {"format", "csv, json-lines or json-array"},
    {"encoding", "UTF-8"},
    {"delimiter", "one of \",\" \";\" \"|\" and \"\\t\""},
    {"header", "yes or no"},
    {"columns", "a list of the columns' names"},
    {"ignore", "a list of the columns that stay behind"},
    {"key", "a list of one to four columns that name a row"},
    {"publish", "row-by-row or all-or-nothing"},
    {"grades", "3x5x2, 5x5x5 or 4x4"},
    {"mend", "a list of some of:" MEND_MAP(MEND_WORD)},
    {"dates", "a list of date formats, such as dd/mm/yyyy"},
    {"pivot", "a year of two digits, from 0 to 99"},
    {"fields", "a list of entries, each with `to` and with `column` or `value`"},
    {"to", "the path of a field of the record, such as texts[0].text"},
    {"column", "the name of a column of the export"},
    {"value", "a text"},
    {"before", "a text"},
    {"after", "a text"},
    {"join", "a text"},
    {"split", "the text that stands between two parts"},
    {"keep", "a whole number: how many parts the field takes"},
    {"name", "\"surname, given\", \"surname given\" or \"given surname\""},
    {"values", "a list of entries with `from` and `is`"},
    {"unknown", "a text: what a value becomes that `values` has not"},
    {"required", "yes or no"},
    {"each", "a list of entries with `field` and `value`"},
    {"otherwise", "keys of its own, indented below it: `to`, and `before` or `after`"},
    {"from", "a value as the export has it"},
    {"is", "what that value becomes in the record"},
    {"field", "the name of a field of the element"},
    {"gate",
     "keys of its own, indented below it: `version` and `reference`, or one of them"},
    {"version", "the name of a column of the export"},
    {"reference", "the name of a column of the export"},
};

static const char *takes_of(const char *key)
{
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        if (strcmp(keys[i].name, key) == 0)
            return keys[i].takes;
    }
    return "something else";
}

/* The key that was probably meant; NULL: none is near. */
static const char *meant(const char *key)
{
    const struct bytes given = bytes_of_text(key);
    const char *nearest = NULL;
    size_t distance = WORD_NEAR + 1;

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        const size_t d = word_distance(given, bytes_of_text(keys[i].name));
        if (d >= distance || d >= given.size)
            continue;
        nearest = keys[i].name;
        distance = d;
    }
    return nearest;
}

/* --- sentences --- */

__attribute__((format(printf, 2, 3))) static void say(struct mapping_fault *f,
                                                      const char *format, ...)
{
    va_list list;

    va_start(list, format);
    (void)vsnprintf(f->sentence, sizeof f->sentence, format, list);
    va_end(list);
    utf8_make_whole(f->sentence);
}

/* libcyaml gives the place of the last thing that it took; the key that it did not know
 * stands on that line or below. */
static void find_key(struct bytes text, const char *key, struct mapping_fault *f)
{
    const size_t size = strlen(key);
    uint32_t line = 1;

    for (size_t i = 0; i + size < text.size; i++) {
        line += text.at[i] == '\n';
        if (line < f->line || memcmp(text.at + i, key, size) != 0 ||
            text.at[i + size] != ':')
            continue;
        f->line = line;
        return;
    }
}

static void say_unexpected(const char *key, struct bytes text, struct mapping_fault *f)
{
    const char *const near = meant(key);

    find_key(text, key, f);
    if (near == NULL)
        say(f,
            "There is no key `%.60s` in a mapping file: node/cli/import/README.md has "
            "those "
            "that there are.",
            key);
    else if (strcmp(near, key) == 0)
        say(f,
            "The key `%.60s` does not belong at this place: is it indented as it should "
            "be?",
            key);
    else
        say(f, "There is no key `%.60s` in a mapping file: did you mean `%s`?", key, near);
}

static const char *event_word(const char *what)
{
    if (strstr(what, "SCALAR") != NULL)
        return "a single text";
    return strstr(what, "SEQUENCE") != NULL ? "a list" : "keys of its own";
}

static void say_expected(const struct mapping_log *log, struct mapping_fault *f)
{
    const char *const got = strstr(log->what, "got event: ");
    const char *const here = event_word(got == NULL ? "" : got);

    if (log->key[0] == '\0')
        say(f,
            "A mapping file begins with keys, such as `system: records`, and this one "
            "with %s.",
            here);
    else
        say(f, "`%s` takes %s: what stands here is %s.", log->key, takes_of(log->key),
            here);
}

/* What libyaml finds wrong with the form, in our words. */
static void say_form(const char *problem, struct mapping_fault *f)
{
    static const struct {
        const char *of, *is;
    } forms[] = {
        {"expected ',' or", "brackets are not closed, or a comma is missing in them, or a "
                            "text in them needs quotation marks"},
        {"cannot start any token",
         "a tab stands where blanks belong, or a text begins with "
         "a sign such as @ or % and needs quotation marks"},
        {"unexpected end of stream", "quotation marks or brackets are opened and not "
                                     "closed"},
        {"expected ':'", "a key has no colon after it"},
        {"tab character", "a tab stands where blanks belong"},
        {"",
         "a line is indented otherwise than those it belongs to, or a text with a colon "
         "in it needs quotation marks"},
    };
    size_t i = 0;

    while (strstr(problem, forms[i].of) == NULL)
        i++;
    say(f, "This is not in the form of YAML, at this line or soon below it: %s.",
        forms[i].is);
}

/* "what: rest" -> rest; NULL: it is something else. */
static const char *rest_of(const char *what, const char *begins)
{
    const size_t size = strlen(begins);

    return strncmp(what, begins, size) == 0 ? what + size : NULL;
}

static bool say_of_key(const struct mapping_log *log, struct bytes text,
                       struct mapping_fault *f)
{
    const char *key = rest_of(log->what, "Unexpected key: ");

    if (key != NULL) {
        say_unexpected(key, text, f);
        return true;
    }
    key = rest_of(log->what, "Missing required mapping field: ");
    if (key != NULL) {
        say(f, "The key `%.60s` is missing here: it takes %s.", key, takes_of(key));
        return true;
    }
    key = rest_of(log->what, "Mapping field already seen: ");
    if (key != NULL)
        say(f, "The key `%.60s` stands here twice: take one of them out.", key);
    return key != NULL;
}

static bool say_of_value(const struct mapping_log *log, struct mapping_fault *f)
{
    static const char *const values[] = {
        "Invalid ENUM value: ", "Unknown flag: ", "Invalid uint64_t value: ",
        "Invalid UINT value: ", "Invalid INT value: "};
    const char *const takes = takes_of(log->key);

    for (size_t i = 0; i < COUNT_OF(values); i++) {
        const char *value = rest_of(log->what, values[i]);
        if (value == NULL)
            continue;
        value += value[0] == '\'';
        const size_t size = strlen(value);
        const bool quoted = size > 0 && value[size - 1] == '\'';
        say(f, "`%s` takes %s, and not \"%.*s\".", log->key, takes,
            (int)(size - quoted > 60 ? 60 : size - quoted), value);
        return true;
    }
    if (rest_of(log->what, "STRING length <") != NULL)
        say(f, "`%s` is empty: it takes %s, or is left out.", log->key, takes);
    else if (rest_of(log->what, "STRING length >") != NULL)
        say(f, "`%s` is longer than 512 letters.", log->key);
    else if (rest_of(log->what, "Insufficient entries") != NULL)
        say(f, "`%s` has nothing in its list: it takes %s, or is left out.", log->key,
            takes);
    else if (rest_of(log->what, "Excessive entries") != NULL)
        say(f, "`%s` has more entries than the 256 that a list may have.", log->key);
    else if (rest_of(log->what, "Expecting ") != NULL)
        say_expected(log, f);
    else
        return false;
    return true;
}

void mapping_fault_of_log(const struct mapping_log *log, struct bytes text,
                          const char *otherwise, struct mapping_fault *ret)
{
    struct mapping_fault f = {.line = log->line};
    const char *const form = rest_of(log->what, "libyaml: ");

    if (form != NULL)
        say_form(form, &f);
    else if (!say_of_key(log, text, &f) && !say_of_value(log, &f))
        say(&f, "%s", log->what[0] != '\0' ? log->what : otherwise);
    *ret = f;
}

/* --- the line of an entry --- */

/* After "to:", blanks and perhaps a quotation mark. */
static bool is_target(struct bytes rest, const char *to)
{
    size_t i = strlen("to:");

    while (i < rest.size && (rest.at[i] == ' ' || rest.at[i] == '"' || rest.at[i] == '\''))
        i++;
    const size_t size = strlen(to);
    if (rest.size - i < size || memcmp(rest.at + i, to, size) != 0)
        return false;
    return i + size == rest.size || memchr(" ,}\"'\n\r#", rest.at[i + size], 9) != NULL;
}

uint32_t mapping_line_of_field(struct bytes text, const struct mapping *m, size_t field)
{
    const char *const to = m->fields[field].to;
    size_t before = 0;
    uint32_t line = 1;
    bool remark = false;

    for (size_t i = 0; i < field; i++)
        before += strcmp(m->fields[i].to, to) == 0;
    for (size_t i = 0; i + 3 < text.size; i++) {
        line += text.at[i] == '\n';
        remark = text.at[i] != '\n' && (remark || text.at[i] == '#');
        if (remark || memcmp(text.at + i, "to:", 3) != 0 ||
            !is_target(bytes_from(text, i), to))
            continue;
        if (before-- == 0)
            return line;
    }
    return 0;
}

#include "assemble.h"

#include "text.h"
#include "translate.h"
#include "words.h"

#include <stdio.h>
#include <string.h>

enum { PARTS_MAX = 256, PATH_ROOM = 192 };

void assemble_fault(struct assembly *a, const struct import_finding *f)
{
    if (a->parcel->finding_count < PARCEL_FINDINGS_MAX)
        a->parcel->findings[a->parcel->finding_count++] = *f;
}

static void fault(struct assembly *a, const struct mapping_field *f, enum import_rule rule,
                  const char *sentence, const char *mend)
{
    assemble_fault(
        a, &(struct import_finding){
               .rule = rule,
               .column = bytes_of_text(f->column == NULL ? "(constant)" : f->column),
               .field = bytes_of_text(f->to),
               .sentence = bytes_of_text(sentence),
               .mend = bytes_of_text(mend)});
}

static const char *or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

/* before + value + after, or `value` itself when there is neither. */
static struct bytes wrapped(struct assembly *a, const char *before, struct bytes value,
                            const char *after)
{
    const size_t size = strlen(or_empty(before)) + value.size + strlen(or_empty(after));
    struct writer w = {0};

    if (size == value.size)
        return value;
    w = writer_over(arena_take(a->arena, size), size);
    if (w.at == NULL)
        return value;
    write_text(&w, or_empty(before));
    write_bytes(&w, value);
    write_text(&w, or_empty(after));
    return writer_bytes(&w);
}

static bool put_at(struct assembly *a, const struct mapping_field *f, const char *path,
                   struct bytes value, const char *join)
{
    if (record_build_put(a->build, path, value, join) == OK)
        return true;
    fault(a, f, IMPORT_VALUE, "This value does not fit its field.",
          "Correct it in the source system, or give the mapping a table for it.");
    return false;
}

/* What a path of a grade or of the handling code becomes when the export's are of another
 * scheme: the original is kept, with its scheme, and the node reads it (rule R22). */
static bool original_path(const char *path, char ret_value[PATH_ROOM],
                          char ret_scheme[PATH_ROOM])
{
    static const char grade[] = "grade";
    const size_t size = strlen(path);
    const bool handling = strcmp(path, "handling") == 0;
    const bool graded = size > sizeof grade && path[size - sizeof grade] == '.' &&
                        strcmp(path + size - sizeof grade + 1, grade) == 0;
    const size_t head = graded ? size - sizeof grade + 1 : 0;

    if ((!handling && !graded) || size + sizeof "original_scheme" > PATH_ROOM)
        return false;
    (void)snprintf(ret_value, PATH_ROOM, "%.*soriginal_%s", (int)head, path, path + head);
    (void)snprintf(ret_scheme, PATH_ROOM, "%.*soriginal_scheme", (int)head, path);
    return true;
}

static void put(struct assembly *a, const struct mapping_field *f, const char *path,
                struct bytes value)
{
    const enum mapping_grades grades = a->mapping->grades;
    const struct bytes whole = wrapped(a, f->before, value, f->after);
    const char *const join = f->join == NULL ? " " : f->join;
    char original[PATH_ROOM];
    char scheme[PATH_ROOM];

    if (grades == MAPPING_3X5X2 || !original_path(path, original, scheme))
        (void)put_at(a, f, path, whole, join);
    else if (put_at(a, f, original, whole, join))
        (void)put_at(a, f, scheme, bytes_of_text(grades == MAPPING_5X5X5 ? "5x5x5" : "4x4"),
                     NULL);
}

static void put_given(struct assembly *a, const struct mapping_field *f, const char *path,
                      struct bytes rest)
{
    while (rest.size > 0) {
        struct bytes word = rest;
        if (text_cut(&rest, ' ', &word) == false)
            rest = bytes_from(rest, rest.size);
        if (word.size > 0)
            put(a, f, path, word);
    }
}

/* "SMITH, John Paul" and its like: surname and given names of the person at `to`. */
static void put_name(struct assembly *a, const struct mapping_field *f, struct bytes name)
{
    char surname[PATH_ROOM];
    char given[PATH_ROOM];
    struct writer to_surname = writer_over(surname, sizeof surname - 1);
    struct writer to_given = writer_over(given, sizeof given - 1);
    struct bytes head = name;
    struct bytes rest = name;

    write_text(&to_surname, f->to);
    write_text(&to_surname, ".surname");
    surname[to_surname.size] = '\0';
    write_text(&to_given, f->to);
    write_text(&to_given, ".given");
    given[to_given.size] = '\0';
    if (f->name == MAPPING_SURNAME_LAST) {
        const uint8_t *const space = memrchr(name.at, ' ', name.size);
        const size_t at = space == NULL ? 0 : (size_t)(space - name.at) + 1;
        head = bytes_from(name, at);
        rest = bytes_of(name.at, at);
    } else if (!text_cut(&rest, f->name == MAPPING_SURNAME_COMMA ? ',' : ' ', &head)) {
        rest = bytes_from(name, name.size);
    }
    put(a, f, surname, word_trim(head));
    put_given(a, f, given, rest);
}

/* More fields of the element that was just begun: "documents[].number" begins it, and
 * "type" is then "documents[last].type". */
static void put_each(struct assembly *a, const struct mapping_field *f)
{
    const char *const bracket = strstr(f->to, "[]");

    for (size_t i = 0; bracket != NULL && i < f->each_count; i++) {
        char path[PATH_ROOM];
        struct writer w = writer_over(path, sizeof path - 1);
        write_bytes(&w, bytes_of(f->to, (size_t)(bracket - f->to)));
        write_text(&w, "[last].");
        write_text(&w, f->each[i].field);
        path[w.size] = '\0';
        if (record_build_put(a->build, path, bytes_of_text(f->each[i].value), " ") != OK)
            fault(a, f, IMPORT_VALUE, "A constant of the mapping does not fit its field.",
                  "Correct the mapping.");
    }
}

/* Parts that do not fit, as one text, into the field's `otherwise`; without one they are a
 * finding. */
static void put_left(struct assembly *a, const struct mapping_field *f,
                     const struct bytes *left, size_t count)
{
    size_t size = 0;

    if (count == 0)
        return;
    if (f->otherwise == NULL) {
        if (f->value_count > 0)
            fault(a, f, IMPORT_VALUE, "The mapping's table does not have this value.",
                  "Add it to the field's `values`, or correct it in the source system.");
        else if (record_shape_of(f->to) == RECORD_DATE)
            fault(a, f, IMPORT_DATE, "This date is of none of the mapping's formats.",
                  "Correct it in the source system, or add its format to `dates`.");
        else
            fault(a, f, IMPORT_VALUE, "There are more values than the field keeps.",
                  "Raise `keep`, or say with `otherwise` where the rest goes.");
        return;
    }
    for (size_t i = 0; i < count; i++)
        size += left[i].size + 2;
    struct writer w = writer_over(arena_take(a->arena, size), size);
    for (size_t i = 0; w.at != NULL && i < count; i++) {
        write_text(&w, i == 0 ? "" : "; ");
        write_bytes(&w, left[i]);
    }
    const struct bytes text =
        wrapped(a, f->otherwise->before, writer_bytes(&w), f->otherwise->after);
    if (record_build_put(a->build, f->otherwise->to, text, " ") != OK)
        fault(a, f, IMPORT_VALUE, "This value does not fit its field.",
              "Correct it in the source system.");
}

/* A list keeps LIST_MAX entries at most, so that much is kept unless the mapping says less
 * and has a place for the rest. */
static size_t keeps(const struct mapping_field *f)
{
    return f->keep > 0 ? f->keep : PARTS_MAX;
}

static void put_parts(struct assembly *a, const struct mapping_field *f,
                      const struct bytes *parts, size_t count)
{
    struct bytes *const left = arena_array(a->arena, count, sizeof *left);
    size_t left_count = 0;
    size_t kept = 0;

    for (size_t i = 0; left != NULL && i < count; i++) {
        struct bytes value = {0};
        if (translate_is_damaged(parts[i])) {
            fault(a, f, IMPORT_DAMAGE,
                  "A spreadsheet has turned this into a number or an error.",
                  "Take it from the source system again, as text; digits are lost.");
            return;
        }
        if (kept == keeps(f) || !translate_part(a, f, parts[i], &value)) {
            left[left_count++] = parts[i];
            continue;
        }
        kept++;
        if (f->name != MAPPING_NO_NAME)
            put_name(a, f, value);
        else
            put(a, f, f->to, value);
        put_each(a, f);
    }
    put_left(a, f, left, left_count);
}

/* The parts of a text: what stands between the separators, without blanks around it. */
static void put_split(struct assembly *a, const struct mapping_field *f, struct bytes text)
{
    struct bytes *const parts = arena_array(a->arena, PARTS_MAX, sizeof *parts);
    const size_t size = strlen(f->split);
    size_t count = 0;

    for (struct bytes rest = text; parts != NULL && rest.size > 0;) {
        const uint8_t *const end = memmem(rest.at, rest.size, f->split, size);
        const size_t length = end == NULL ? rest.size : (size_t)(end - rest.at);
        const struct bytes part = word_trim(bytes_of(rest.at, length));
        rest = bytes_from(rest, end == NULL ? length : length + size);
        if (part.size == 0)
            continue;
        if (count == PARTS_MAX) {
            fault(a, f, IMPORT_LIMIT, "This cell has more than 256 parts.",
                  "Check the separator, or split the row.");
            return;
        }
        parts[count++] = part;
    }
    put_parts(a, f, parts, count);
}

/* Texts are kept as they are; in everything else blanks around it mean nothing. */
static struct bytes as_meant(const struct mapping_field *f, struct bytes text)
{
    const bool exact = record_shape_of(f->to) == RECORD_TEXT && f->value_count == 0;

    return exact ? text : word_trim(text);
}

static void put_cell(struct assembly *a, const struct mapping_field *f,
                     const struct json_cell *cell)
{
    if (cell->kind == JSON_CELL_NUMBER && record_shape_of(f->to) != RECORD_NUMBER) {
        fault(a, f, IMPORT_DAMAGE,
              "This is a number, and a number loses leading zeros and long digits.",
              "Export it in quotes, as text.");
    } else if (cell->kind == JSON_CELL_PARTS) {
        put_parts(a, f, cell->parts, cell->part_count);
    } else if (f->split != NULL) {
        put_split(a, f, cell->text);
    } else {
        const struct bytes text = as_meant(f, cell->text);
        put_parts(a, f, &text, 1);
    }
}

bool assemble_is_empty(const struct json_cell *cell)
{
    return cell == NULL ||
           (cell->kind != JSON_CELL_PARTS && cell->kind != JSON_CELL_NUMBER &&
            word_trim(cell->text).size == 0);
}

static void put_field(struct assembly *a, const struct mapping_field *f,
                      const struct cells *cells)
{
    if (f->column == NULL) {
        put(a, f, f->to, bytes_of_text(f->value));
        put_each(a, f);
        return;
    }
    const size_t i = columns_find(a->columns, bytes_of_text(f->column));
    MUST(i != NO_COLUMN);
    if (!assemble_is_empty(cells->at[i]))
        put_cell(a, f, cells->at[i]);
    else if (f->required == MAPPING_YES)
        fault(a, f, IMPORT_COLUMN, "This column is empty, and the mapping requires it.",
              "Fill it in the source system.");
}

/* A value that the record's own reader refuses. */
static void unread(struct assembly *a, const struct json_fault *f)
{
    char *const sentence = arena_take(a->arena, JSON_FAULT_ROOM);
    const bool limit = strcmp(f->rule, "I2") == 0;

    if (sentence != NULL)
        json_fault_text(f, sentence);
    assemble_fault(
        a, &(struct import_finding){
               .rule = limit ? IMPORT_LIMIT : IMPORT_VALUE,
               .column = bytes_of_text(mapping_column(a->mapping, f->path)),
               .field = bytes_of_text(f->path),
               .sentence = bytes_of_text(sentence != NULL ? sentence : f->sentence),
               .mend = bytes_of_text("Correct it in the source system, or give the mapping "
                                     "a table for it.")});
}

void assemble_record(struct assembly *a, const struct cells *cells, struct record *ret)
{
    if (record_build_reset(a->build) != OK)
        return;
    for (size_t i = 0; i < a->mapping->field_count; i++)
        put_field(a, &a->mapping->fields[i], cells);
    if (a->parcel->finding_count > 0)
        return;
    if (record_build_take(a->build, a->arena, ret, &a->fault) == OK)
        return;
    for (const struct json_fault *f = &a->fault; f != NULL; f = f->next)
        unread(a, f);
}

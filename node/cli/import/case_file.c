#include "case.h"
#include "csv_source.h"
#include "file.h"
#include "input.h"
#include "json_rows.h"
#include "text.h"
#include "words.h"

#include <stdio.h>
#include <string.h>

/*
 * A file of case reports, CSV or JSON.  Its columns are these and no others, so that no
 * text of a report comes along; every cell goes to the node as it is written, and the node
 * judges. What is no such file at all is told here, by line and column, and nothing is
 * sent.
 */

enum {
    COLUMN_REPORTED_AT = 1, /* behind the reference */
    CASE_COLUMNS = 4,
    CASE_ROW_ROOM = 2 * 1024 * 1024,
    CASE_FILE_MAX = 4 * 1024 * 1024, /* two thousand rows are some hundred kilobytes */
};

static const char *const column_names[CASE_COLUMNS] = {"reference", "reported_at",
                                                       "station", "role"};

struct case_file {
    struct cli *cli;
    size_t column_count;           /* those that the command takes */
    size_t place_of[CASE_COLUMNS]; /* in the header; CSV */
    bool has_header;
    size_t cell_count; /* of the header */
    size_t count, fault_count;
    struct writer rows;
};

static void fault(struct case_file *f, uint32_t line, enum import_rule rule,
                  const char *column, const char *sentence, const char *mend)
{
    const struct finding one = {.rule = import_rule_word(rule),
                                .field = column,
                                .severity = SEVERITY_REFUSE,
                                .sentence = sentence,
                                .mend = mend};

    f->fault_count++;
    case_print_finding(f->cli, line, &one);
}

static size_t column_find(const struct case_file *f, struct bytes name)
{
    size_t i = 0;

    while (i < f->column_count &&
           !word_same(word_trim(name), bytes_of_text(column_names[i])))
        i++;
    return i;
}

static const char *columns_mend(const struct case_file *f)
{
    return f->column_count == CASE_COLUMNS
               ? "The columns are reference, reported_at, station and role, each once."
               : "The columns are reference, reported_at and station, each once.";
}

static void take_row(struct case_file *f, uint32_t line, const struct bytes cells[])
{
    const struct case_given_row row = {.line = line,
                                       .given = {cells[0], cells[1], cells[2], cells[3]}};

    if (f->count == CASE_ROWS_MAX)
        fault(f, line, IMPORT_LIMIT, "", "This is more than 2000 rows.",
              "Split the file; nothing of it was taken.");
    else if (f->count < CASE_ROWS_MAX)
        case_row_write(&f->rows, &row);
    f->count++;
}

/* --- CSV --- */

/* It names neither reference nor time: it is another file, and that is told once. */
static bool is_ours(const struct case_file *f, struct bytes name)
{
    return column_find(f, name) <= COLUMN_REPORTED_AT;
}

static void another_file(struct case_file *f, uint32_t line)
{
    fault(f, line, IMPORT_COLUMN, "", "This is no file of case reports.",
          f->column_count == CASE_COLUMNS
              ? "Its columns are reference, reported_at, station and role; records are "
                "taken in with `flagpost import` or `flagpost publish`."
              : "Its columns are reference, reported_at and station.");
}

static bool take_header(struct case_file *f, const struct csv_row *row)
{
    const char *const mend = columns_mend(f);
    bool there[CASE_COLUMNS] = {false};
    bool any = false;

    f->has_header = true;
    f->cell_count = row->count;
    for (size_t i = 0; i < row->count; i++)
        any = any || is_ours(f, row->cells[i]);
    if (!any) {
        another_file(f, row->line);
        return false;
    }
    for (size_t i = 0; i < row->count; i++) {
        const size_t c = column_find(f, row->cells[i]);
        const char *const name = arena_text(&f->cli->arena, row->cells[i]);
        if (c == f->column_count)
            fault(f, row->line, IMPORT_COLUMN, name == NULL ? "" : name,
                  "A case report has no such column.", mend);
        else if (there[c])
            fault(f, row->line, IMPORT_COLUMN, column_names[c],
                  "This column is there twice.", mend);
        if (c == f->column_count)
            continue;
        there[c] = true;
        f->place_of[c] = i;
    }
    for (size_t c = 0; c < f->column_count; c++) {
        if (!there[c])
            fault(f, row->line, IMPORT_COLUMN, column_names[c],
                  "The file does not have this column.", mend);
    }
    return f->fault_count == 0;
}

/* The name of the column at a place of the header; "" behind its end. */
static const char *column_at(const struct case_file *f, size_t place)
{
    size_t c = 0;

    while (c < f->column_count && (!f->has_header || f->place_of[c] != place))
        c++;
    return c < f->column_count ? column_names[c] : "";
}

static bool each_csv(void *context, const struct csv_row *row)
{
    struct case_file *const f = context;
    struct bytes cells[CASE_COLUMNS] = {{0}};

    if (!f->has_header)
        return take_header(f, row);
    if (row->count != f->cell_count) {
        fault(f, row->line, IMPORT_COLUMN, "",
              "This row does not have as many cells as the header.",
              "Look for a missing comma, or one that stands in no quotes.");
        return true;
    }
    for (size_t c = 0; c < f->column_count; c++)
        cells[c] = row->cells[f->place_of[c]];
    take_row(f, row->line, cells);
    return f->count <= CASE_ROWS_MAX;
}

static void read_csv(struct case_file *f, struct bytes text)
{
    struct csv_fault why = {.line = 0};
    void *const room = arena_take(&f->cli->arena, CASE_ROW_ROOM);
    struct arena one; /* csv_source_read resets it after each row */

    MUST(room != NULL);
    arena_init(&one, room, CASE_ROW_ROOM);
    if (csv_source_read(text, ',', &one, each_csv, f, &why) != OK)
        fault(f, why.line, why.rule, column_at(f, why.column), why.sentence, why.mend);
}

/* --- JSON --- */

static void take_object(struct case_file *f, const struct json_row *row)
{
    struct bytes cells[CASE_COLUMNS] = {{0}};
    bool any = row->count == 0;

    for (size_t i = 0; i < row->count; i++)
        any = any || is_ours(f, bytes_of_text(row->cells[i].name));
    if (!any) {
        another_file(f, row->line);
        return;
    }
    for (size_t i = 0; i < row->count; i++) {
        const struct json_cell *const cell = &row->cells[i];
        const size_t c = column_find(f, bytes_of_text(cell->name));
        if (c == f->column_count)
            fault(f, row->line, IMPORT_COLUMN, cell->name,
                  "A case report has no such field.", columns_mend(f));
        else if (cell->kind != JSON_CELL_TEXT)
            fault(f, row->line,
                  cell->kind == JSON_CELL_NUMBER ? IMPORT_DAMAGE : IMPORT_VALUE, cell->name,
                  "This is not a text.",
                  "Write every value in quotes, identifiers too: a number loses its "
                  "zeros.");
        else
            cells[c] = cell->text;
    }
    take_row(f, row->line, cells);
}

static void read_json(struct case_file *f, struct bytes text, bool array)
{
    struct arena *const a = &f->cli->arena;
    struct json_rows *rows = NULL;
    status s = json_rows_open(text, array, &rows);

    while (s != E_UNKNOWN && rows != NULL && !json_rows_ended(rows)) {
        const size_t mark = arena_mark(a);
        const char *why = "This row could not be read.";
        struct json_row row = {0};
        s = json_rows_next(rows, a, &row, &why);
        if (s == OK)
            take_object(f, &row);
        else if (s != E_UNKNOWN)
            fault(f, row.line, s == E_FORM ? IMPORT_FILE : IMPORT_LIMIT, "", why,
                  "Mend it in the source system, or export it again.");
        arena_rewind(a, mark);
    }
    rows = json_rows_free(rows);
}

/* --- either --- */

static struct bytes without_mark(struct bytes text)
{
    static const uint8_t mark[] = {0xef, 0xbb, 0xbf};
    const bool has = text.size >= sizeof mark && memcmp(text.at, mark, sizeof mark) == 0;

    return has ? bytes_from(text, sizeof mark) : text;
}

static void fault_too_large(struct case_file *f)
{
    fault(f, 1, IMPORT_LIMIT, "", "The file is larger than 4 megabytes.",
          "Split it; two thousand reports are some hundred kilobytes.");
}

/* A file that is too large is not even read. */
static int read_file(struct case_file *f, const char *path, struct bytes *ret)
{
    if (strcmp(path, "-") == 0)
        return input_read(f->cli, path, ret);
    const status s = file_read(path, CASE_FILE_MAX, &f->cli->arena, ret);
    if (s == E_LIMIT)
        fault_too_large(f);
    return s == OK || s == E_LIMIT
               ? EXIT_DONE
               : cli_fail(f->cli, EXIT_UNREACHABLE, path, cli_file_sentence(path, s));
}

static void read_text(struct case_file *f, struct bytes whole)
{
    const struct bytes text = without_mark(whole);
    const struct bytes body = word_trim(text);

    if (whole.size > CASE_FILE_MAX)
        fault_too_large(f);
    else if (text_foreign(whole) != NULL)
        fault(f, 1, IMPORT_FILE, "", text_foreign(whole), "Hand it in again after that.");
    else if (body.size == 0)
        fault(f, 1, IMPORT_FILE, "", "The file is empty.", columns_mend(f));
    else if (body.at[0] == '[' || body.at[0] == '{')
        read_json(f, body, body.at[0] == '[');
    else
        read_csv(f, text);
}

static int read_and_send(struct cli *c, const char *verb, size_t columns,
                         const struct control_field *extra, size_t extra_count)
{
    const size_t room = (size_t)CASE_ROWS_MAX * CASE_ROW_BYTES_MAX;
    struct case_file f = {.cli = c, .column_count = columns};
    struct bytes text = {0};

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, c->command->name, "give one file");
    const int read = read_file(&f, c->arguments[0], &text);
    if (read != EXIT_DONE)
        return read;
    f.rows = writer_over(arena_take(&c->arena, room), room);
    if (f.rows.at == NULL)
        return cli_fail(c, EXIT_REFUSED, c->arguments[0], status_sentence(E_MEMORY));
    if (f.fault_count == 0)
        read_text(&f, text);
    if (f.fault_count > 0)
        return cli_fail(c, EXIT_REFUSED, c->arguments[0],
                        "mend what is listed and hand it in again; nothing was taken");
    MUST(!f.rows.bad);
    return case_send(c, verb, writer_bytes(&f.rows), extra, extra_count);
}

#define FILE_DETAILS                                                                       \
    "FILE is CSV with a header, or JSON (an array, or one object a line), \"-\" for "      \
    "standard\ninput.  A time has its zone: 2026-11-23T14:05Z.  All of it is taken or "    \
    "nothing."

static int run_import(struct cli *c)
{
    return read_and_send(c, "case-report", CASE_COLUMNS, NULL, 0);
}

const struct command command_case_import = {
    .name = "case import",
    .arguments = "FILE",
    .summary = "Records calls from a file: reference, reported_at, station, role",
    .details = FILE_DETAILS "\nWhat is recorded already is not recorded again, so the same "
                            "file may come twice.",
    .run = run_import,
};

static const struct option_row publish_options[] = {
    {"from", "TIME", "the list has every call from this moment: 2026-11-23T00:00Z"},
    {"until", "TIME", "until this one, which is not in it any more"},
};

static int run_publish(struct cli *c)
{
    const char *const from = cli_text(c, "from");
    const char *const until = cli_text(c, "until");
    const struct control_field period[] = {
        {.name = bytes_of_text("from"), .value = bytes_of_text(from == NULL ? "" : from)},
        {.name = bytes_of_text("until"),
         .value = bytes_of_text(until == NULL ? "" : until)},
    };

    return read_and_send(c, "case-publish", CASE_COLUMNS - 1, period, COUNT_OF(period));
}

const struct command command_case_publish = {
    .name = "case publish",
    .arguments = "FILE",
    .summary = "Tells each force which calls were taken from it, and no other's",
    .details = "For immigration enforcement alone.  Columns: reference, reported_at, "
               "station.  Each\nbureau gets its own calls of the period, also when there "
               "are none.\n" FILE_DETAILS,
    .options = publish_options,
    .option_count = COUNT_OF(publish_options),
    .run = run_publish,
};

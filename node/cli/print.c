#include "cli.h"
#include "file.h"

#include "text.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Every answer is rows of named fields, so every answer prints through here. */

enum { COLUMN_WIDTH_MAX = 64 };

/* Length of the sequence at the front when it is one that a terminal must not get, else 0:
 * controls (C0, DEL, C1), letters of no width, line separators, and what turns the
 * direction of writing (U+061C, U+200B-200F, U+2028-202E, U+2066-2069). */
static size_t unsafe_size(struct bytes b)
{
    const uint8_t c = b.at[0];
    const uint8_t second = b.size > 1 ? b.at[1] : 0;
    const uint8_t third = b.size > 2 ? b.at[2] : 0;

    if (c < 0x20 || c == 0x7f)
        return 1;
    if ((c == 0xc2 && second >= 0x80 && second < 0xa0) || (c == 0xd8 && second == 0x9c))
        return 2;
    if (c == 0xe2 && second == 0x80 &&
        ((third >= 0x8b && third <= 0x8f) || (third >= 0xa8 && third <= 0xae)))
        return 3;
    return c == 0xe2 && second == 0x81 && third >= 0xa6 && third <= 0xa9 ? 3 : 0;
}

void cli_put(FILE *to, struct bytes b)
{
    const bool valid = utf8_is_valid(b);

    for (size_t i = 0; i < b.size;) {
        const size_t unsafe = unsafe_size(bytes_from(b, i));
        if (unsafe > 0)
            (void)fputc(' ', to);
        else
            (void)fputc(valid || b.at[i] < 0x80 ? b.at[i] : '?', to);
        i += unsafe > 0 ? unsafe : 1;
    }
}

const char *cli_there_already(void)
{
    return "there is a file of that name already: nothing was written, give another name";
}

int cli_create(const struct cli *c, const char *path, struct bytes text, unsigned mode)
{
    const status s = file_create(path, text, mode);

    if (s == OK)
        return EXIT_DONE;
    return cli_fail(c, EXIT_REFUSED, path,
                    s == E_DUPLICATE ? cli_there_already()
                    : s == E_UNKNOWN ? "there is no such folder"
                                     : status_sentence(s));
}

const char *cli_file_sentence(const char *path, status s)
{
    struct stat st;

    if (s == E_UNKNOWN)
        return "there is no such file";
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode) ? "that is a folder"
                                                       : status_sentence(s);
}

void cli_put_json_text(FILE *to, struct bytes text)
{
    const bool valid = utf8_is_valid(text);

    (void)putc('"', to);
    for (size_t i = 0; i < text.size; i++) {
        const uint8_t c = text.at[i];
        if (c == '"' || c == '\\')
            (void)fprintf(to, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            (void)fprintf(to, "\\u%04x", c);
        else
            (void)putc(valid || c < 0x80 ? c : '?', to);
    }
    (void)putc('"', to);
}

void cli_print_json_text(struct bytes text)
{
    cli_put_json_text(stdout, text);
}

/* Bytes that are not text are for commands that know them. */
static bool is_text(struct bytes b)
{
    return utf8_is_valid(b);
}

void cli_print_json_row(const struct control_row *row)
{
    bool first = true;

    (void)putchar('{');
    for (size_t i = 0; i < row->field_count; i++) {
        const struct control_field *const f = &row->fields[i];
        if (!is_text(f->value))
            continue;
        if (!first)
            (void)putchar(',');
        first = false;
        cli_print_json_text(f->name);
        (void)putchar(':');
        cli_print_json_text(f->value);
    }
    (void)putchar('}');
}

static void print_json(const struct control_answer *a)
{
    for (size_t i = 0; i < a->row_count; i++) {
        cli_print_json_row(&a->rows[i]);
        (void)putchar('\n');
    }
    (void)printf("{\"status\":\"%s\",\"sentence\":", status_word(a->status));
    cli_print_json_text(a->sentence);
    (void)printf("}\n");
}

/* Letters as a person counts them, well enough: UTF-8 sequences count one. */
static size_t width_of(struct bytes b)
{
    size_t width = 0;

    for (size_t i = 0; i < b.size; i++)
        width += (b.at[i] & 0xc0) != 0x80;
    return width;
}

static void print_cell(struct bytes value, size_t width, bool last)
{
    cli_put(stdout, value);
    /* What is wider than its column still ends before the next one begins. */
    size_t gap = width_of(value) < width ? width - width_of(value) + 2 : 2;
    for (; !last && gap > 0; gap--)
        (void)putchar(' ');
}

static void print_head(const struct control_row *like, const size_t *widths, size_t count,
                       const char *const *columns)
{
    if (cli_colour())
        (void)printf("\033[1m");
    for (size_t i = 0; i < count; i++)
        print_cell(columns == NULL ? like->fields[i].name : bytes_of_text(columns[i]),
                   widths[i], i + 1 == count);
    (void)printf("%s\n", cli_colour() ? "\033[0m" : "");
}

static struct bytes cell(const struct control_row *row, const char *const *columns,
                         size_t i)
{
    if (columns != NULL)
        return control_value(row, columns[i]);
    return i < row->field_count ? row->fields[i].value : (struct bytes){0};
}

static void print_table(const struct control_answer *a, const char *const *columns,
                        size_t count)
{
    size_t widths[CONTROL_FIELDS_MAX] = {0};

    for (size_t i = 0; i < count; i++) {
        const struct bytes name =
            columns == NULL ? a->rows[0].fields[i].name : bytes_of_text(columns[i]);
        widths[i] = width_of(name);
        for (size_t r = 0; r < a->row_count; r++) {
            const size_t w = width_of(cell(&a->rows[r], columns, i));
            if (w > widths[i])
                widths[i] = w < COLUMN_WIDTH_MAX ? w : COLUMN_WIDTH_MAX;
        }
    }
    print_head(&a->rows[0], widths, count, columns);
    for (size_t r = 0; r < a->row_count; r++) {
        for (size_t i = 0; i < count; i++)
            print_cell(cell(&a->rows[r], columns, i), widths[i], i + 1 == count);
        (void)putchar('\n');
    }
}

int cli_print(const struct cli *c, const struct control_answer *answer,
              const char *const *columns, size_t column_count)
{
    if (c->json) {
        print_json(answer);
        return (int)cli_exit_code(answer->status);
    }
    if (answer->row_count > 0) {
        const size_t count = columns == NULL ? answer->rows[0].field_count : column_count;
        print_table(answer, columns, count);
    }
    const bool failed = answer->status != OK;
    if (answer->sentence.size > 0 && (failed || !text_is(answer->sentence, "done"))) {
        FILE *const to = failed ? stderr : stdout;
        (void)fprintf(to, "%s", failed ? "flagpost: " : "");
        cli_put(to, answer->sentence);
        (void)fputc('\n', to);
    }
    return (int)cli_exit_code(answer->status);
}

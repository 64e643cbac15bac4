#include "cli.h"

#include "text.h"

#include <stdio.h>
#include <string.h>

/* Every answer is rows of named fields, so every answer prints through here. */

enum { COLUMN_WIDTH_MAX = 64 };

void cli_print_json_text(struct bytes text)
{
    (void)putchar('"');
    for (size_t i = 0; i < text.size; i++) {
        const uint8_t c = text.at[i];
        if (c == '"' || c == '\\')
            (void)printf("\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            (void)printf("\\u%04x", c);
        else
            (void)putchar(c);
    }
    (void)putchar('"');
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
    /* A control character from another agency must not move the cursor. */
    for (size_t i = 0; i < value.size; i++)
        (void)putchar(value.at[i] < 0x20 || value.at[i] == 0x7f ? ' ' : value.at[i]);
    for (size_t i = width_of(value); !last && i < width + 2; i++)
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
    if (answer->sentence.size > 0 && answer->status != OK)
        (void)fprintf(stderr, "flagpost: %.*s\n", (int)answer->sentence.size,
                      (const char *)answer->sentence.at);
    else if (answer->sentence.size > 0 && !text_is(answer->sentence, "done"))
        (void)printf("%.*s\n", (int)answer->sentence.size,
                     (const char *)answer->sentence.at);
    return (int)cli_exit_code(answer->status);
}

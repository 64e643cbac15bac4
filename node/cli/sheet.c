#include "sheet.h"

#include "cli.h"

#include <string.h>

void sheet_cell(FILE *to, struct bytes value)
{
    static const char starts[] = {'=', '+', '-', '@', '\t', '\r'};
    const bool formula =
        value.size > 0 && memchr(starts, value.at[0], sizeof starts) != NULL;

    (void)fputs(formula ? "\"'" : "\"", to);
    for (size_t i = 0; i < value.size; i++) {
        if (value.at[i] == '"')
            (void)putc('"', to);
        (void)putc(value.at[i], to);
    }
    (void)putc('"', to);
}

static const char *entity_of(uint8_t c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

/* Five characters have a meaning in HTML. */
void sheet_html(FILE *to, struct bytes text)
{
    size_t start = 0;

    for (size_t i = 0; i < text.size; i++) {
        const char *const entity = entity_of(text.at[i]);
        if (entity == NULL)
            continue;
        cli_put(to, bytes_of(text.at + start, i - start));
        (void)fputs(entity, to);
        start = i + 1;
    }
    cli_put(to, bytes_from(text, start));
}

void sheet_csv(FILE *to, const struct sheet_column *columns, size_t column_count,
               const struct control_row *rows, size_t row_count)
{
    for (size_t c = 0; c < column_count; c++) {
        (void)fputs(c == 0 ? "" : ",", to);
        sheet_cell(to, bytes_of_text(columns[c].title));
    }
    (void)fputs("\r\n", to);
    for (size_t i = 0; i < row_count; i++) {
        for (size_t c = 0; c < column_count; c++) {
            (void)fputs(c == 0 ? "" : ",", to);
            sheet_cell(to, control_value(&rows[i], columns[c].field));
        }
        (void)fputs("\r\n", to);
    }
}

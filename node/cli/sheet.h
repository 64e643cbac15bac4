#ifndef FLAGPOST_SHEET_H
#define FLAGPOST_SHEET_H

/* Tables that leave the program: for a spreadsheet, and for paper. */

#include "control.h"

#include <stdio.h>

/* A cell of RFC 4180, always in quotes; what a spreadsheet would take for a formula begins
 * with an apostrophe. */
void sheet_cell(FILE *to, struct bytes value);

/* Text that others wrote, in HTML. */
void sheet_html(FILE *to, struct bytes text);

struct sheet_column {
    const char *field; /* of a row */
    const char *title;
};

/* A head and the rows, lines end with CRLF. */
void sheet_csv(FILE *to, const struct sheet_column *columns, size_t column_count,
               const struct control_row *rows, size_t row_count);

#endif

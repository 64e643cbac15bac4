#ifndef FLAGPOST_CASE_ROWS_H
#define FLAGPOST_CASE_ROWS_H

/*
 * Case reports from the command line to the node: as typed, right or wrong, each with the
 * line where it stood, so that the node is the one judge and a finding can still name line
 * and column.  For each report
 *
 *     u32 line, then four texts, each u16 size and bytes:
 *     reference, reported_at, station, role
 *
 * It never leaves the machine.
 */

#include "case_check.h"

enum {
    CASE_ROWS_MAX = 2000, /* of one request: a force's calls of months */
    CASE_CELL_MAX = 64,   /* of one cell; longer ones are cut there, and are wrong anyway */
    CASE_ROW_BYTES_MAX = 4 + 4 * (2 + CASE_CELL_MAX),
};

struct case_given_row {
    uint32_t line;
    struct case_given given;
};

/* Appends one. */
void case_row_write(struct writer *w, const struct case_given_row *row);
/* False at the end, or with `bad` set in the reader when it is no list of rows. */
bool case_row_next(struct reader *r, struct case_given_row *ret);

#endif

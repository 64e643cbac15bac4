#ifndef FLAGPOST_CSV_SOURCE_H
#define FLAGPOST_CSV_SOURCE_H

/*
 * CSV as RFC 4180 has it, by libcsv in its strict mode: a quote inside an unquoted cell is
 * a fault and not a guess.  Cells are given byte for byte as they are written, spaces and
 * leading "=" included.
 */

#include "parcel.h"

enum {
    CSV_COLUMNS_MAX = 256,
    CSV_CELL_BYTES_MAX = 64 * 1024,
    CSV_ROW_BYTES_MAX = 1024 * 1024,
};

struct csv_row {
    uint32_t line; /* where it begins */
    size_t count;
    const struct bytes *cells;
};

/* Where reading stopped: `row` counts from 0, the header included. */
struct csv_fault {
    uint32_t row, line;
    enum import_rule rule;
    size_t column; /* from 0 */
    const char *sentence, *mend;
};

/* False: stop. */
typedef bool (*csv_each)(void *context, const struct csv_row *row);

/* Every row of `text` in turn; rows live until `each` returns.  `a` holds one row.  E_FORM
 * with the fault; OK also when `each` stopped it. */
NODISCARD status csv_source_read(struct bytes text, char delimiter, struct arena *a,
                                 csv_each each, void *context, struct csv_fault *ret_fault);

#endif

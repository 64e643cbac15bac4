#ifndef FLAGPOST_JSON_ROWS_H
#define FLAGPOST_JSON_ROWS_H

/*
 * A JSON export as rows of named cells, whatever its own shape: members of objects within
 * are "address.postcode", elements of arrays of objects "vehicles.0.vrm"; an array of texts
 * is one cell of several parts.  One row is parsed at a time, after its end and its depth
 * were looked for by a scan, so that no file can ask for more than one row's memory.
 */

#include "arena.h"

enum {
    JSON_ROW_BYTES_MAX = 1024 * 1024,
    JSON_DEPTH_MAX = 32,
    JSON_CELLS_MAX = 256,
    JSON_CELL_BYTES_MAX = 64 * 1024,
    JSON_NAME_MAX = 128,
};

enum json_cell_kind { JSON_CELL_TEXT, JSON_CELL_NUMBER, JSON_CELL_BOOL, JSON_CELL_PARTS };

struct json_cell {
    const char *name;
    enum json_cell_kind kind;
    struct bytes text; /* a number as it reads; of parts nothing */
    size_t part_count;
    const struct bytes *parts;
};

struct json_row {
    uint32_t line; /* where it begins */
    size_t count;
    const struct json_cell *cells;
};

struct json_rows;

/* `array`: the text is one array; else objects one after the other.  Borrows the text. */
NODISCARD status json_rows_open(struct bytes text, bool array, struct json_rows **ret);
struct json_rows *json_rows_free(struct json_rows *r); /* NULL */

/*
 * The next row, which lives in `a` and until the next call.  E_UNKNOWN: there is none.  On
 * other failures `ret->line` and `ret_sentence` (static) tell; the row is unfit (E_VALUE a
 * number or a name, E_FORM twice the same key, E_LIMIT) and json_rows_ended says whether
 * nothing can be read behind it.
 */
NODISCARD status json_rows_next(struct json_rows *r, struct arena *a, struct json_row *ret,
                                const char **ret_sentence);
bool json_rows_ended(const struct json_rows *r);

#endif

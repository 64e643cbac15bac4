#include "csv_source.h"
#include "json_rows.h"

#include "check.h"

/*
 * Exports of force systems: the first byte chooses CSV with one of three delimiters, JSON
 * lines, or an array.
 *
 * Oracle: a cell is what was written.  CSV that is accepted, written again with every cell
 * in quotes, gives the very same cells, so nothing was trimmed, guessed or evaluated (a
 * cell that looks like a formula among them); sizes stay within the stated bounds, memory
 * within one row's.
 */

enum { ARENA_BYTES = 8 * 1024 * 1024, COPY_BYTES = 4 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static _Alignas(16) uint8_t memory[ARENA_BYTES];
static uint8_t copy[COPY_BYTES];

struct cells_seen {
    struct writer quoted;
    uint64_t sum; /* over cells and where they end */
    char delimiter;
};

static void take(struct cells_seen *seen, struct bytes cell)
{
    for (size_t i = 0; i < cell.size; i++)
        seen->sum = (seen->sum ^ cell.at[i]) * UINT64_C(0x100000001b3);
    seen->sum = (seen->sum ^ 0x1ff) * UINT64_C(0x100000001b3);
}

static bool each(void *context, const struct csv_row *row)
{
    struct cells_seen *const seen = context;

    CHECK(row->count >= 1 && row->count <= CSV_COLUMNS_MAX);
    for (size_t i = 0; i < row->count; i++) {
        CHECK(row->cells[i].size <= CSV_CELL_BYTES_MAX);
        take(seen, row->cells[i]);
        if (i > 0)
            write_u8(&seen->quoted, (uint8_t)seen->delimiter);
        write_u8(&seen->quoted, '"');
        for (size_t k = 0; k < row->cells[i].size; k++) {
            if (row->cells[i].at[k] == '"')
                write_u8(&seen->quoted, '"');
            write_u8(&seen->quoted, row->cells[i].at[k]);
        }
        write_u8(&seen->quoted, '"');
    }
    write_text(&seen->quoted, "\r\n");
    seen->sum = (seen->sum ^ 0x3ff) * UINT64_C(0x100000001b3);
    return true;
}

static void read_csv(struct bytes in, char delimiter)
{
    struct cells_seen first = {.delimiter = delimiter};
    struct cells_seen second = {.delimiter = delimiter};
    struct csv_fault fault = {0};
    static uint8_t ignored[COPY_BYTES];
    struct arena a;

    arena_init(&a, memory, sizeof memory);
    first.quoted = writer_over(copy, sizeof copy);
    const status s = csv_source_read(in, delimiter, &a, each, &first, &fault);
    CHECK(s == OK || s == E_FORM);
    if (s != OK) {
        CHECK(fault.sentence != NULL && fault.mend != NULL);
        return;
    }
    CHECK(!first.quoted.bad);
    arena_init(&a, memory, sizeof memory);
    second.quoted = writer_over(ignored, sizeof ignored);
    CHECK_OK(
        csv_source_read(writer_bytes(&first.quoted), delimiter, &a, each, &second, &fault));
    CHECK(first.sum == second.sum);
}

static void check_row(const struct json_row *row)
{
    CHECK(row->count <= JSON_CELLS_MAX);
    for (size_t i = 0; i < row->count; i++)
        CHECK(strlen(row->cells[i].name) <= JSON_NAME_MAX &&
              row->cells[i].text.size <= JSON_CELL_BYTES_MAX);
}

/* False: there is nothing behind. */
static bool read_row(struct json_rows *rows)
{
    const char *sentence = NULL;
    struct json_row row;
    struct arena a;

    arena_init(&a, memory, sizeof memory);
    const status s = json_rows_next(rows, &a, &row, &sentence);
    if (s == E_UNKNOWN)
        return false;
    if (s == OK)
        check_row(&row);
    else
        CHECK(sentence != NULL && sentence[0] != '\0');
    return s == OK || !json_rows_ended(rows);
}

static void read_json(struct bytes in, bool array)
{
    struct json_rows *rows = NULL;

    if (json_rows_open(in, array, &rows) != OK)
        return;
    while (read_row(rows))
        continue;
    rows = json_rows_free(rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char delimiters[] = {',', ';', '\t'};

    if (size == 0)
        return 0;
    const struct bytes in = bytes_of(data + 1, size - 1);
    const size_t form = data[0] % (COUNT_OF(delimiters) + 2);
    if (form < COUNT_OF(delimiters))
        read_csv(in, delimiters[form]);
    else
        read_json(in, form == COUNT_OF(delimiters));
    return 0;
}

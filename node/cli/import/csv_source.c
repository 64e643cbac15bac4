#include "csv_source.h"

#include "text.h"

#include <csv.h>
#include <string.h>

enum { PIECE = 32 * 1024, NOT_BEGUN = 0 /* libcsv's ROW_NOT_BEGUN */ };

struct source {
    struct arena *arena;
    csv_each each;
    void *context;
    struct csv_fault *fault;
    bool stopped; /* by a fault or by `each` */
    bool faulty;
    uint32_t row, line, row_line;
    size_t count, bytes;
    struct bytes cells[CSV_COLUMNS_MAX];
};

static void fail(struct source *s, enum import_rule rule, const char *sentence,
                 const char *mend)
{
    if (s->stopped)
        return;
    s->stopped = true;
    s->faulty = true;
    *s->fault = (struct csv_fault){.rule = rule,
                                   .row = s->row,
                                   .line = s->row_line,
                                   .column = s->count,
                                   .sentence = sentence,
                                   .mend = mend};
}

static void check_text(struct source *s, struct bytes cell)
{
    if (cell.size > 0 && memchr(cell.at, 0, cell.size) != NULL)
        fail(s, IMPORT_FILE, "This cell holds a NUL character: the export is damaged.",
             "Export it again from the source system.");
    else if (!utf8_is_valid(cell))
        fail(s, IMPORT_FILE, "This cell is not text in UTF-8.",
             "Export it as UTF-8 (\"CSV UTF-8\" in a spreadsheet).");
}

static void take_cell(void *data, size_t size, void *context)
{
    struct source *const s = context;

    if (s->stopped)
        return;
    if (s->count == CSV_COLUMNS_MAX) {
        fail(s, IMPORT_LIMIT, "This row has more than 256 columns.",
             "Export only the columns that the mapping needs; check the delimiter.");
        return;
    }
    if (size > CSV_CELL_BYTES_MAX || s->bytes + size > CSV_ROW_BYTES_MAX) {
        fail(s, IMPORT_LIMIT,
             "This cell is longer than 64 kilobytes, or its row than 1024.",
             "Shorten it; look for a quote that is opened and never closed.");
        return;
    }
    check_text(s, bytes_of(data, size));
    if (arena_copy(s->arena, bytes_of(data, size), &s->cells[s->count]) != OK)
        fail(s, IMPORT_LIMIT, "This row is too long to be read.", "Shorten it.");
    s->bytes += size;
    s->count++;
}

static void take_row(int ending, void *context)
{
    struct source *const s = context;
    const struct csv_row row = {.line = s->row_line, .count = s->count, .cells = s->cells};

    (void)ending;
    if (!s->stopped && !s->each(s->context, &row))
        s->stopped = true;
    arena_reset(s->arena);
    s->row++;
    s->count = 0;
    s->bytes = 0;
}

/* libcsv would cut spaces off. */
static int is_space(unsigned char c)
{
    (void)c;
    return 0;
}

/* A line at a time, or a piece of a long one: so the line is known, and no cell grows
 * beyond its limit before anyone looks. */
static struct bytes next_piece(struct bytes rest)
{
    const size_t most = rest.size < PIECE ? rest.size : PIECE;
    const uint8_t *const end = memchr(rest.at, '\n', most);

    return bytes_of(rest.at, end == NULL ? most : (size_t)(end - rest.at) + 1);
}

static void told_by_parser(struct source *s, struct csv_parser *p)
{
    if (csv_error(p) == CSV_EPARSE)
        fail(s, IMPORT_FILE,
             "Here the quotes do not match: one stands inside a cell, or is not closed.",
             "Quotes within a quoted cell are doubled; export it again as CSV.");
    else
        fail(s, IMPORT_LIMIT, "There is not enough memory to read this row.",
             "Split the file.");
}

static void read_all(struct source *s, struct csv_parser *p, struct bytes text)
{
    s->line = 1;
    for (struct bytes rest = text; rest.size > 0 && !s->stopped;) {
        const struct bytes piece = next_piece(rest);
        if (p->pstate == NOT_BEGUN)
            s->row_line = s->line;
        if (csv_parse(p, piece.at, piece.size, take_cell, take_row, s) != piece.size)
            told_by_parser(s, p);
        if (p->entry_pos > CSV_CELL_BYTES_MAX)
            fail(s, IMPORT_LIMIT, "This cell is longer than 64 kilobytes.",
                 "Shorten it; look for a quote that is opened and never closed.");
        s->line += piece.at[piece.size - 1] == '\n';
        rest = bytes_from(rest, piece.size);
    }
    if (!s->stopped && csv_fini(p, take_cell, take_row, s) != 0)
        told_by_parser(s, p);
}

status csv_source_read(struct bytes text, char delimiter, struct arena *a, csv_each each,
                       void *context, struct csv_fault *ret_fault)
{
    struct csv_parser parser;
    struct source s = {.arena = a, .each = each, .context = context, .fault = ret_fault};

    ENSURE(csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) == 0, E_MEMORY);
    csv_set_delim(&parser, (unsigned char)delimiter);
    csv_set_space_func(&parser, is_space);
    csv_set_blk_size(&parser, 4096);
    read_all(&s, &parser, text);
    csv_free(&parser);
    return s.faulty ? E_FORM : OK;
}

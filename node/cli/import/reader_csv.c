#include "reading.h"

#include <string.h>

static bool header_fault(struct reading *r, size_t i, const char *sentence,
                         const char *mend)
{
    reading_add(r, IMPORT_COLUMN, r->names[i], sentence, mend);
    return false;
}

static bool take_name(struct reading *r, size_t i, struct bytes name)
{
    const size_t found = columns_find(&r->columns, name);

    reading_name(r->names[i], name);
    if (found == NO_COLUMN)
        return header_fault(r, i, "The mapping does not speak of this column.",
                            "Give it a field, or list it under `ignore`.");
    for (size_t k = 0; k < i; k++) {
        if (r->column_of[k] == found)
            return header_fault(r, i, "This column is there twice.",
                                "Rename one of them in the export.");
    }
    r->column_of[i] = found;
    return true;
}

/* Every column that the mapping uses has to be there. */
static bool check_missing(struct reading *r)
{
    bool good = true;

    for (size_t c = 0; c < r->columns.count; c++) {
        bool there = !r->columns.used[c];
        for (size_t i = 0; i < r->column_count; i++)
            there = there || r->column_of[i] == c;
        if (there)
            continue;
        reading_add(r, IMPORT_COLUMN, r->columns.names[c],
                    "The file does not have this column, and the mapping needs it.",
                    "Add it to the export, or change the mapping.");
        good = false;
    }
    return good;
}

/* A head of one name in which another delimiter stands: that is told, and not that each
 * column is missing. */
static bool is_delimited_otherwise(struct reading *r, size_t count,
                                   const struct bytes *names)
{
    static const struct {
        char delimiter;
        const char *sentence, *mend;
    } others[] = {
        {';', "The head is one cell, with semicolons in it.",
         "Write `delimiter: \";\"` in the mapping."},
        {',', "The head is one cell, with commas in it.",
         "Write `delimiter: \",\"` in the mapping, or take that line out."},
        {'\t', "The head is one cell, with tabs in it.",
         "Write `delimiter: \"\\t\"` in the mapping."},
        {'|', "The head is one cell, with vertical bars in it.",
         "Write `delimiter: \"|\"` in the mapping."},
    };

    if (count != 1 || columns_find(&r->columns, names[0]) != NO_COLUMN)
        return false;
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        if (names[0].size == 0 ||
            memchr(names[0].at, others[i].delimiter, names[0].size) == NULL)
            continue;
        reading_add(r, IMPORT_COLUMN, "", others[i].sentence, others[i].mend);
        return true;
    }
    return false;
}

/* Not one of its names: it is another file, or for another mapping. */
static bool is_another_table(struct reading *r, size_t count, const struct bytes *names)
{
    for (size_t i = 0; i < count; i++) {
        if (columns_find(&r->columns, names[i]) != NO_COLUMN)
            return false;
    }
    reading_add(r, IMPORT_COLUMN, "",
                "The head has none of the columns that the mapping speaks of.",
                "Is it the right file, the right mapping, and is the first line the names "
                "of the columns?");
    return true;
}

static bool take_header(struct reading *r, size_t count, const struct bytes *names,
                        uint32_t line)
{
    bool good = true;

    r->parcel = (struct parcel){.line = line};
    r->has_header = true;
    r->column_count = count;
    if (is_delimited_otherwise(r, count, names) || is_another_table(r, count, names)) {
        reading_stop(r);
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        r->column_of[i] = NO_COLUMN;
        good = take_name(r, i, names[i]) && good;
    }
    good = check_missing(r) && good;
    if (!good)
        reading_stop(r);
    return good;
}

static bool each_csv(void *context, const struct csv_row *row)
{
    struct reading *const r = context;
    struct json_cell cells[CSV_COLUMNS_MAX];
    struct cells by_column = {0};

    if (!r->has_header)
        return take_header(r, row->count, row->cells, row->line);
    if (!reading_begin(r, row->line))
        return false;
    arena_reset(&r->row_arena);
    if (row->count != r->column_count) {
        reading_add(r, IMPORT_COLUMN, "",
                    "This row does not have as many cells as the header.",
                    "Look for a missing or an unquoted delimiter.");
        reading_refuse(r);
        return true;
    }
    for (size_t i = 0; i < row->count; i++) {
        cells[i] = (struct json_cell){.kind = JSON_CELL_TEXT, .text = row->cells[i]};
        by_column.at[r->column_of[i]] = &cells[i];
    }
    reading_take(r, &by_column);
    return true;
}

static void names_of_mapping(struct reading *r)
{
    const struct mapping *const m = r->setup->mapping;
    struct bytes names[CSV_COLUMNS_MAX];

    MUST(m->column_count <= CSV_COLUMNS_MAX);
    for (size_t i = 0; i < m->column_count; i++)
        names[i] = bytes_of_text(m->columns[i]);
    (void)take_header(r, m->column_count, names, 1);
}

void reading_csv(struct reading *r, struct bytes text)
{
    const struct mapping *const m = r->setup->mapping;
    const char *const delimiter = m->delimiter == NULL ? "," : m->delimiter;
    struct csv_fault fault = {0};

    if (m->column_count > 0)
        names_of_mapping(r);
    if (r->stopped ||
        csv_source_read(text, delimiter[0], &r->csv_arena, each_csv, r, &fault) == OK)
        return;
    const bool named = fault.column < r->column_count;
    reading_stop_at(r, m->column_count > 0 ? fault.row + 1 : fault.row, fault.line,
                    &(struct import_finding){
                        .rule = fault.rule,
                        .column = bytes_of_text(named ? r->names[fault.column] : ""),
                        .sentence = bytes_of_text(fault.sentence),
                        .mend = bytes_of_text(fault.mend)});
}

#include "reading.h"

static bool spread(struct reading *r, const struct json_row *row, struct cells *ret)
{
    bool good = true;

    for (size_t i = 0; i < row->count; i++) {
        const size_t c = columns_find(&r->columns, bytes_of_text(row->cells[i].name));
        char name[MAPPING_NAME_MAX + 1];
        if (c != NO_COLUMN) {
            ret->at[c] = &row->cells[i];
            continue;
        }
        reading_name(name, bytes_of_text(row->cells[i].name));
        char *const kept = arena_text(&r->row_arena, bytes_of_text(name));
        reading_add(r, IMPORT_COLUMN, kept == NULL ? "" : kept,
                    "The mapping does not speak of this field.",
                    "Give it a field, or list it under `ignore`.");
        good = false;
    }
    return good;
}

static enum import_rule json_rule(status s)
{
    return s == E_FORM ? IMPORT_FILE : IMPORT_LIMIT;
}

void reading_json(struct reading *r, struct bytes text)
{
    struct json_rows *rows = NULL;

    MUST(json_rows_open(text, r->setup->mapping->format == MAPPING_JSON_ARRAY, &rows) ==
         OK);
    while (!r->stopped) {
        struct json_row row = {0};
        struct cells cells = {0};
        const char *sentence = "There is not enough memory to read this row.";
        arena_reset(&r->row_arena);
        const status s = json_rows_next(rows, &r->row_arena, &row, &sentence);
        if (s == E_UNKNOWN || !reading_begin(r, row.line))
            break;
        if (s != OK) {
            reading_add(r, json_rule(s), "", sentence, "Correct the export.");
            reading_refuse(r);
            r->stopped = json_rows_ended(rows);
            continue;
        }
        (void)spread(r, &row, &cells); /* what it found is in the parcel */
        reading_take(r, &cells);
    }
    rows = json_rows_free(rows);
}

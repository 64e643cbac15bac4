#include "assemble.h"

#include "translate.h"
#include "words.h"

#include <string.h>

enum { KEY_CELL_MAX = 256 };

static void key_fault(struct assembly *a, const char *column, enum import_rule rule,
                      const char *sentence, const char *mend)
{
    assemble_fault(a, &(struct import_finding){.rule = rule,
                                               .column = bytes_of_text(column),
                                               .sentence = bytes_of_text(sentence),
                                               .mend = bytes_of_text(mend)});
}

static bool is_plain(struct bytes v, bool several)
{
    for (size_t i = 0; i < v.size; i++) {
        if (v.at[i] < 0x20 || v.at[i] == 0x7f)
            return false;
    }
    return v.size <= KEY_CELL_MAX && !(several && memmem(v.at, v.size, " / ", 3) != NULL);
}

static bool key_part(struct assembly *a, const char *column, const struct cells *cells,
                     struct bytes *ret)
{
    const size_t i = columns_find(a->columns, bytes_of_text(column));
    const struct json_cell *const cell = cells->at[i];

    if (assemble_is_empty(cell) || cell->kind == JSON_CELL_PARTS) {
        key_fault(a, column, IMPORT_KEY, "The row has no key: nothing names it for good.",
                  "Fill it in the source system.");
        return false;
    }
    *ret = word_trim(cell->text);
    if (cell->kind == JSON_CELL_NUMBER || translate_is_damaged(*ret)) {
        key_fault(a, column, IMPORT_DAMAGE,
                  "The row's key is a number, and a number loses digits.",
                  "Export it in quotes, as text.");
        return false;
    }
    if (is_plain(*ret, a->mapping->key_count > 1))
        return true;
    key_fault(a, column, IMPORT_KEY,
              "The row's key is longer than 256 letters or holds what a key may not.",
              "Choose another key column in the mapping.");
    return false;
}

/* May be empty.  A long number loses digits as one, so it is text. */
static struct bytes gate_part(struct assembly *a, const char *column,
                              const struct cells *cells)
{
    const size_t i =
        column == NULL ? NO_COLUMN : columns_find(a->columns, bytes_of_text(column));
    const struct json_cell *const cell = i == NO_COLUMN ? NULL : cells->at[i];
    const struct bytes nothing = {0};

    if (cell == NULL || assemble_is_empty(cell))
        return nothing;
    const struct bytes text =
        cell->kind == JSON_CELL_PARTS ? nothing : word_trim(cell->text);
    if (cell->kind == JSON_CELL_NUMBER || translate_is_damaged(text))
        key_fault(a, column, IMPORT_DAMAGE, "This is a number, and a number loses digits.",
                  "Export it in quotes, as text.");
    else if (text.size == 0 || text.size > PARCEL_GATE_MAX || !is_plain(text, false))
        key_fault(a, column, IMPORT_VALUE,
                  "This is no version or national reference: one line of at most 64 bytes.",
                  "Correct it in the source system.");
    return text;
}

void assemble_gate(struct assembly *a, const struct cells *cells)
{
    const struct mapping_gate *const gate = a->mapping->gate;

    if (gate == NULL)
        return;
    a->parcel->version = gate_part(a, gate->version, cells);
    a->parcel->reference = gate_part(a, gate->reference, cells);
}

void assemble_key(struct assembly *a, const struct cells *cells)
{
    enum { ROOM = MAPPING_KEYS_MAX * (KEY_CELL_MAX + 3) };
    struct writer w = writer_over(arena_take(a->arena, ROOM), ROOM);

    _Static_assert(ROOM <= PARCEL_KEY_MAX + 64, "a key fits, but for its separators");
    for (size_t i = 0; w.at != NULL && i < a->mapping->key_count; i++) {
        struct bytes part = {0};
        if (!key_part(a, a->mapping->key[i], cells, &part))
            return;
        write_text(&w, i == 0 ? "" : " / ");
        write_bytes(&w, part);
    }
    if (w.at != NULL && w.size <= PARCEL_KEY_MAX)
        a->parcel->key = writer_bytes(&w);
}

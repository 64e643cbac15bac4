#include "json_rows.h"

#include "json_load.h"
#include "json_scan.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct json_rows {
    struct json_scan scan;
    json_t *value; /* of the row given last */
};

status json_rows_open(struct bytes text, bool array, struct json_rows **ret)
{
    struct json_rows *const r = calloc(1, sizeof *r);

    ENSURE(r != NULL, E_MEMORY);
    r->scan = (struct json_scan){.text = text, .array = array, .line = 1};
    *ret = r;
    return OK;
}

struct json_rows *json_rows_free(struct json_rows *r)
{
    if (r != NULL)
        json_decref(r->value);
    free(r);
    return NULL;
}

bool json_rows_ended(const struct json_rows *r)
{
    return r->scan.ended;
}

/* One level of the walk over a row: an object or an array and how far it is. */
struct level {
    json_t *value;
    void *member; /* of an object */
    size_t index; /* of an array */
    size_t name_size;
};

struct walk {
    struct arena *arena;
    struct json_cell *cells;
    size_t count;
    char name[JSON_NAME_MAX + 1];
    size_t depth;
    struct level levels[JSON_DEPTH_MAX + 1];
    const char *sentence;
};

static status fail(struct walk *w, status s, const char *sentence)
{
    w->sentence = sentence;
    return s;
}

static status cell_add(struct walk *w, const struct json_cell *cell)
{
    char *const name = arena_text(w->arena, bytes_of_text(w->name));

    ENSURE(name != NULL, E_MEMORY);
    if (w->count == JSON_CELLS_MAX)
        return fail(w, E_LIMIT, "This row has more than 256 fields.");
    w->cells[w->count] = *cell;
    w->cells[w->count++].name = name;
    return OK;
}

static struct bytes string_bytes(const json_t *v)
{
    return bytes_of(json_string_value(v), json_string_length(v));
}

static status add_text(struct walk *w, const json_t *v)
{
    if (json_string_length(v) > JSON_CELL_BYTES_MAX)
        return fail(w, E_LIMIT, "A text is longer than 64 kilobytes.");
    return cell_add(w,
                    &(struct json_cell){.kind = JSON_CELL_TEXT, .text = string_bytes(v)});
}

static status add_number(struct walk *w, const json_t *v)
{
    enum { ROOM = 40 };
    char *const text = arena_take(w->arena, ROOM);

    ENSURE(text != NULL, E_MEMORY);
    const int n = json_is_integer(v)
                      ? snprintf(text, ROOM, "%" JSON_INTEGER_FORMAT, json_integer_value(v))
                      : snprintf(text, ROOM, "%.17g", json_real_value(v));
    return cell_add(w, &(struct json_cell){.kind = JSON_CELL_NUMBER,
                                           .text = bytes_of(text, (size_t)n)});
}

/* What the elements of an array are: texts alone are parts of one cell, and one number
 * among scalars spoils it; of objects and arrays each has cells of its own. */
enum elements { OF_TEXTS, WITH_A_NUMBER, WITH_ROWS };

static enum elements elements_of(const json_t *array)
{
    enum elements found = OF_TEXTS;

    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *const v = json_array_get(array, i);
        if (json_is_object(v) || json_is_array(v))
            return WITH_ROWS;
        if (!json_is_string(v))
            found = WITH_A_NUMBER;
    }
    return found;
}

static status add_parts(struct walk *w, const json_t *array)
{
    const size_t count = json_array_size(array);
    struct bytes *const parts = arena_array(w->arena, count, sizeof *parts);

    ENSURE(parts != NULL, E_MEMORY);
    for (size_t i = 0; i < count; i++) {
        parts[i] = string_bytes(json_array_get(array, i));
        if (parts[i].size > JSON_CELL_BYTES_MAX)
            return fail(w, E_LIMIT, "A text is longer than 64 kilobytes.");
    }
    return cell_add(w, &(struct json_cell){
                           .kind = JSON_CELL_PARTS, .part_count = count, .parts = parts});
}

static void go_in(struct walk *w, json_t *v)
{
    MUST(w->depth < COUNT_OF(w->levels)); /* the scan saw the depth */
    w->levels[w->depth++] = (struct level){
        .value = v, .member = json_object_iter(v), .name_size = strlen(w->name)};
}

static status add_array(struct walk *w, json_t *v)
{
    if (json_array_size(v) == 0)
        return OK;
    switch (elements_of(v)) {
    case OF_TEXTS:
        return add_parts(w, v);
    case WITH_A_NUMBER:
        return cell_add(w, &(struct json_cell){.kind = JSON_CELL_NUMBER});
    case WITH_ROWS:
        go_in(w, v);
        break;
    }
    return OK;
}

static status add_value(struct walk *w, json_t *v)
{
    switch (json_typeof(v)) {
    case JSON_STRING:
        return add_text(w, v);
    case JSON_INTEGER:
    case JSON_REAL:
        return add_number(w, v);
    case JSON_TRUE:
    case JSON_FALSE:
        return cell_add(w, &(struct json_cell){
                               .kind = JSON_CELL_BOOL,
                               .text = bytes_of_text(json_is_true(v) ? "true" : "false")});
    case JSON_NULL:
        return OK; /* as if the field were not there */
    case JSON_ARRAY:
        return add_array(w, v);
    case JSON_OBJECT:
        go_in(w, v);
        return OK;
    }
    return OK;
}

/* The next child of the innermost level with its name; NULL when there is none. */
static json_t *child(struct level *l, char *ret_name, size_t room)
{
    json_t *v = NULL;

    if (json_is_array(l->value)) {
        v = json_array_get(l->value, l->index);
        (void)snprintf(ret_name, room, "%zu", l->index++);
    } else if (l->member != NULL) {
        v = json_object_iter_value(l->member);
        (void)snprintf(ret_name, room, "%s", json_object_iter_key(l->member));
        l->member = json_object_iter_next(l->value, l->member);
    }
    return v;
}

/* Depth first, without recursion. */
static status walk_row(struct walk *w, json_t *row)
{
    char name[JSON_NAME_MAX + 2];

    go_in(w, row);
    while (w->depth > 0) {
        struct level *const l = &w->levels[w->depth - 1];
        json_t *const v = child(l, name, sizeof name);
        if (v == NULL) {
            w->depth--;
            continue;
        }
        const size_t size = l->name_size + (l->name_size > 0) + strlen(name);
        if (size > JSON_NAME_MAX)
            return fail(w, E_LIMIT, "A field's name is longer than 128 letters.");
        (void)snprintf(w->name + l->name_size, sizeof w->name - l->name_size, "%s%s",
                       l->name_size > 0 ? "." : "", name);
        TRY(add_value(w, v));
    }
    return OK;
}

/* What jansson says is wrong, without its quotations. */
static status syntax(const json_error_t *e, const char **ret_sentence)
{
    const enum json_error_code code = json_error_code(e);

    *ret_sentence = "This is not JSON. Look for a missing quote, comma or bracket.";
    if (code == json_error_duplicate_key)
        *ret_sentence = "A field is given twice in the same row.";
    if (code == json_error_invalid_utf8)
        *ret_sentence = "The text is not UTF-8. Export it as UTF-8.";
    if (code == json_error_null_character || code == json_error_null_byte_in_key)
        *ret_sentence = "A text holds a NUL character.";
    if (code == json_error_numeric_overflow)
        *ret_sentence = "A number is too large. Identifiers are written in quotes.";
    if (code != json_error_out_of_memory)
        return E_FORM;
    *ret_sentence = "There is not enough memory to read it.";
    return E_MEMORY;
}

status json_rows_next(struct json_rows *r, struct arena *a, struct json_row *ret,
                      const char **ret_sentence)
{
    struct bytes extent = {0};
    json_error_t error;

    json_decref(r->value);
    r->value = NULL;
    const status scanned = json_scan_next(&r->scan, &extent, &ret->line, ret_sentence);
    if (scanned != OK)
        return scanned;
    r->value = json_load_whole(extent, JSON_REJECT_DUPLICATES, &error);
    if (r->value == NULL)
        return syntax(&error, ret_sentence);
    struct walk *const w = arena_take(a, sizeof *w);
    ENSURE(w != NULL, E_MEMORY);
    w->arena = a;
    w->cells = arena_array(a, JSON_CELLS_MAX, sizeof *w->cells);
    ENSURE(w->cells != NULL, E_MEMORY);
    const status s = walk_row(w, r->value);
    *ret_sentence = w->sentence;
    ret->count = w->count;
    ret->cells = w->cells;
    return s;
}

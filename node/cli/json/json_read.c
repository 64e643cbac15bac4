#include "json_fault.h"
#include "json_fields.h"
#include "text.h"
#include "words.h"

#include <string.h>

struct reading {
    struct arena *arena;
    struct json_fault *fault;
};

/* One value on its way into one field of the struct at `base`. */
struct place {
    const struct json_field *field;
    uint8_t *base;
    struct json_path path;
};

static void *target(const struct place *p)
{
    return p->base + p->field->offset;
}

static status fail(const struct reading *r, const struct place *p, const char *sentence)
{
    return json_fail(E_VALUE, &p->path, sentence, NULL, "", r->fault);
}

static status read_string(const struct reading *r, const struct place *p, const json_t *v,
                          struct bytes *ret)
{
    if (json_is_number(v))
        return fail(r, p,
                    "This is a number. Write it in quotes, so that no digit is lost.");
    if (!json_is_string(v))
        return fail(r, p, "This has to be a text in quotes.");
    if (arena_copy(r->arena, bytes_of(json_string_value(v), json_string_length(v)), ret) !=
        OK)
        return json_fail(E_MEMORY, &p->path, "The record is too large to be read.", NULL,
                         "", r->fault);
    return OK;
}

static status read_list(const struct reading *r, const struct place *p, const json_t *v)
{
    struct text_list list = {0};

    if (!json_is_array(v))
        return fail(r, p, "This has to be a list in square brackets.");
    if (json_array_size(v) > LIST_MAX)
        return json_fail(E_LIMIT, &p->path, "This list has more than 16 entries.", NULL, "",
                         r->fault);
    for (size_t i = 0; i < json_array_size(v); i++) {
        const struct place at = {p->field, p->base, json_path_at(p->path, i)};

        TRY(read_string(r, &at, json_array_get(v, i), &list.at[list.count]));
        if (list.at[list.count].size == 0)
            return fail(r, &at, "This entry is empty. Take it out.");
        list.count++;
    }
    memcpy(target(p), &list, sizeof list);
    return OK;
}

/* A run of digits that is not zero: a part that is not known is left out. */
static bool read_part(struct bytes text, size_t at, size_t count, uint32_t *ret)
{
    uint32_t v = 0;

    for (size_t i = at; i < at + count; i++) {
        if (!word_is_digit(text.at[i]))
            return false;
        v = v * 10 + (uint32_t)(text.at[i] - '0');
    }
    *ret = v;
    return v != 0;
}

static status read_date(const struct reading *r, const struct place *p, const json_t *v)
{
    struct partial_date d = {0};
    struct bytes text = {0};

    TRY(read_string(r, p, v, &text));
    bool good = text.size == 4 || text.size == 7 || text.size == 10;
    good = good && read_part(text, 0, 4, &d.year);
    if (good && text.size >= 7)
        good = text.at[4] == '-' && read_part(text, 5, 2, &d.month);
    if (good && text.size == 10)
        good = text.at[7] == '-' && read_part(text, 8, 2, &d.day);
    if (!good)
        return fail(r, p,
                    "Write a date as 2026-10-14; 2026-10 or 2026 if no more is known.");
    memcpy(target(p), &d, sizeof d);
    return OK;
}

static status read_time(const struct reading *r, const struct place *p, const json_t *v)
{
    struct bytes text = {0};
    millis t = 0;

    TRY(read_string(r, p, v, &text));
    if (time_read(text, &t) != OK || t == 0)
        return fail(r, p, "Write a time as 2026-10-14T09:00:00Z, in UTC.");
    memcpy(target(p), &t, sizeof t);
    return OK;
}

static status read_bool(const struct reading *r, const struct place *p, const json_t *v)
{
    const bool yes = json_is_true(v);

    if (!json_is_boolean(v))
        return fail(r, p, "This has to be true or false, without quotes.");
    memcpy(target(p), &yes, sizeof yes);
    return OK;
}

static status read_number(const struct reading *r, const struct place *p, const json_t *v)
{
    if (!json_is_integer(v) || json_integer_value(v) < 0 ||
        json_integer_value(v) > (json_int_t)p->field->max)
        return fail(r, p, "This has to be a whole number, without quotes.");

    const uint32_t n = (uint32_t)json_integer_value(v);
    memcpy(target(p), &n, sizeof n);
    return OK;
}

/* 1 for the first of the field's words. */
static status read_word(const struct reading *r, const struct place *p, const json_t *v,
                        uint32_t *ret)
{
    struct bytes text = {0};
    char choices[128];
    struct writer w = writer_over(choices, sizeof choices);

    TRY(read_string(r, p, v, &text));
    for (size_t i = 0; i < p->field->max; i++) {
        if (text_is(text, p->field->words[i])) {
            *ret = (uint32_t)i + 1;
            return OK;
        }
    }
    write_text(&w, " is not one of ");
    for (size_t i = 0; i < p->field->max; i++) {
        write_text(&w, i == 0 ? "" : ", ");
        write_text(&w, p->field->words[i]);
    }
    write_text(&w, ".");
    write_u8(&w, 0);
    MUST(!w.bad);
    return json_fail(E_VALUE, &p->path, "", json_string_value(v), choices, r->fault);
}

static status read_grade(const struct reading *r, const struct place *p, const json_t *v)
{
    struct grade *const g = target(p);
    struct bytes text = {0};

    TRY(read_string(r, p, v, &text));
    if (text.size != 2 || text.at[0] < '1' || text.at[0] > '3' || text.at[1] < 'A' ||
        text.at[1] > 'E')
        return fail(r, p,
                    "A grade is source 1 to 3 and assessment A to E, for example 2B; the "
                    "handling code is a field of its own.");
    g->source = (uint32_t)(text.at[0] - '0');
    g->assessment = (uint32_t)(text.at[1] - 'A') + 1;
    return OK;
}

static status read_roles(const struct reading *r, const struct place *p, const json_t *v)
{
    struct item_person *const person = target(p);

    if (!json_is_array(v))
        return fail(r, p, "This has to be a list in square brackets.");
    if (json_array_size(v) > ROLES_MAX)
        return fail(r, p, "A person has at most six roles.");
    for (size_t i = 0; i < json_array_size(v); i++) {
        const struct place at = {p->field, p->base, json_path_at(p->path, i)};
        uint32_t role = 0;

        TRY(read_word(r, &at, json_array_get(v, i), &role));
        person->roles[person->role_count++] = (enum subject_role)role;
    }
    return OK;
}

/* Everything but objects and arrays of them. */
static status read_plain(const struct reading *r, const struct place *p, json_t *v)
{
    uint32_t word = 0;

    switch (p->field->shape) {
    case AS_TEXT:
        return read_string(r, p, v, target(p));
    case AS_LIST:
        return read_list(r, p, v);
    case AS_DATE:
        return read_date(r, p, v);
    case AS_TIME:
        return read_time(r, p, v);
    case AS_BOOL:
        return read_bool(r, p, v);
    case AS_NUMBER:
        return read_number(r, p, v);
    case AS_WORD:
        TRY(read_word(r, p, v, &word));
        memcpy(target(p), &word, sizeof word);
        return OK;
    case AS_GRADE:
        return read_grade(r, p, v);
    case AS_ROLES:
        return read_roles(r, p, v);
    case AS_OBJECT:
    case AS_ARRAY:
        break;
    }
    MUST(false); /* layouts nest once */
    return E_FORM;
}

static const struct json_field *field_named(const struct json_layout *l, const char *name)
{
    for (size_t i = 0; i < l->count; i++) {
        if (strcmp(l->fields[i].name, name) == 0)
            return &l->fields[i];
    }
    return NULL;
}

static status unknown_field(const struct reading *r, const struct json_path *path,
                            const struct json_layout *l, const char *name)
{
    const struct bytes given = bytes_of_text(name);
    const char *meant = NULL;
    size_t least = WORD_NEAR + 1;
    char after[80];
    struct writer w = writer_over(after, sizeof after);

    for (size_t i = 0; i < l->count; i++) {
        const size_t distance = word_distance(given, bytes_of_text(l->fields[i].name));
        if (distance < least) {
            least = distance;
            meant = l->fields[i].name;
        }
    }
    write_text(&w, meant == NULL ? "." : ". Did you mean \"");
    write_text(&w, meant == NULL ? "" : meant);
    write_text(&w, meant == NULL ? "" : "\"?");
    write_u8(&w, 0);
    MUST(!w.bad);
    return json_fail(E_VALUE, path, "There is no field named ", name, after, r->fault);
}

typedef status read_one(const struct reading *r, const struct place *p, json_t *v);

/* Each field of an object, through `read`; `p->base` is the struct it fills. */
static status read_object(const struct reading *r, const struct place *p,
                          const struct json_layout *l, json_t *v, read_one *read)
{
    if (!json_is_object(v))
        return fail(r, p, "This has to be an object in curly brackets.");
    for (void *at = json_object_iter(v); at != NULL; at = json_object_iter_next(v, at)) {
        const char *const name = json_object_iter_key(at);
        const struct json_field *const field = field_named(l, name);

        if (field == NULL)
            return unknown_field(r, &p->path, l, name);
        const struct place inner = {field, p->base, json_path_to(p->path, field->name)};
        TRY(read(r, &inner, json_object_iter_value(at)));
    }
    return OK;
}

static status read_elements(const struct reading *r, const struct place *p, json_t *v)
{
    const struct json_field *const f = p->field;
    const size_t count = json_array_size(v);

    if (!json_is_array(v))
        return fail(r, p, "This has to be a list in square brackets.");
    if (count > f->max)
        return json_fail(E_LIMIT, &p->path, "This list has more than 32 entries.", NULL, "",
                         r->fault);
    for (size_t i = 0; i < count; i++) {
        json_t *const element = json_array_get(v, i);
        uint8_t *const base = p->base + f->offset + i * f->stride;
        const struct place at = {f, base, json_path_at(p->path, i)};
        const struct place first = {&f->of->fields[0], base, at.path};

        TRY(f->bare && !json_is_object(element)
                ? read_plain(r, &first, element)
                : read_object(r, &at, f->of, element, read_plain));
    }
    memcpy(p->base + f->count_offset, &count, sizeof count);
    return OK;
}

static status read_field(const struct reading *r, const struct place *p, json_t *v)
{
    const struct place inner = {p->field, target(p), p->path};

    switch (p->field->shape) {
    case AS_OBJECT:
        return read_object(r, &inner, p->field->of, v, read_plain);
    case AS_ARRAY:
        return read_elements(r, p, v);
    case AS_TEXT:
    case AS_LIST:
    case AS_DATE:
    case AS_TIME:
    case AS_BOOL:
    case AS_NUMBER:
    case AS_WORD:
    case AS_GRADE:
    case AS_ROLES:
        return read_plain(r, p, v);
    }
    return E_FORM;
}

status json_read_value(json_t *value, struct json_path path, struct arena *a,
                       struct record *ret, struct json_fault *ret_fault)
{
    const struct reading r = {.arena = a, .fault = ret_fault};
    struct record *const record = arena_take(a, sizeof *record);
    const struct place p = {.base = (uint8_t *)record, .path = path};

    if (record == NULL)
        return json_fail(E_MEMORY, &path, "The record is too large to be read.", NULL, "",
                         ret_fault);
    TRY(read_object(&r, &p, &json_record, value, read_field));
    *ret = *record;
    return OK;
}

status record_json_read(struct bytes text, struct arena *a, struct record *ret,
                        struct json_fault *ret_fault)
{
    const struct bytes body = json_skip_mark(text);
    const struct json_path nowhere = {0};
    json_error_t error;

    if (text.size > RECORD_JSON_BYTES_MAX)
        return json_fail(E_LIMIT, &nowhere, "The record is larger than a megabyte.", NULL,
                         "", ret_fault);
    json_t *const value =
        json_loadb((const char *)body.at, body.size, JSON_REJECT_DUPLICATES, &error);
    if (value == NULL)
        return json_fail_syntax(&error, ret_fault);
    const status s = json_read_value(value, nowhere, a, ret, ret_fault);
    json_decref(value);
    return s;
}

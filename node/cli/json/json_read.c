#include "json_plain.h"

#include "json_load.h"
#include "text.h"
#include "words.h"

#include <string.h>

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
    (void)json_fail(E_VALUE, path, "There is no field named ", name, after, r->fault);
    r->fault->rule = "I3";
    return E_VALUE;
}

typedef status read_one(const struct reading *r, const struct place *p, json_t *v);

/* Each field of an object, through `read`; `p->base` is the struct it fills. */
static status read_object(const struct reading *r, const struct place *p,
                          const struct json_layout *l, json_t *v, read_one *read)
{
    if (!json_is_object(v))
        return json_fail_at(r, p, "This has to be an object in curly brackets.");
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

static status too_many(const struct reading *r, const struct place *p)
{
    char sentence[64];
    struct writer w = writer_over(sentence, sizeof sentence);

    write_text(&w, "This list has more than ");
    write_decimal(&w, p->field->max);
    write_text(&w, " entries.");
    write_u8(&w, 0);
    MUST(!w.bad);
    return json_fail(E_LIMIT, &p->path, sentence, NULL, "", r->fault);
}

static status read_elements(const struct reading *r, const struct place *p, json_t *v)
{
    const struct json_field *const f = p->field;
    const size_t count = json_array_size(v);

    if (!json_is_array(v))
        return json_fail_at(r, p, "This has to be a list in square brackets.");
    if (count > f->max)
        return too_many(r, p);
    for (size_t i = 0; i < count; i++) {
        json_t *const element = json_array_get(v, i);
        uint8_t *const base = p->base + f->offset + i * f->stride;
        const struct place at = {f, base, json_path_at(p->path, i)};
        const struct place first = {&f->of->fields[0], base, at.path};

        TRY(f->bare && !json_is_object(element)
                ? json_read_plain(r, &first, element)
                : read_object(r, &at, f->of, element, json_read_plain));
    }
    memcpy(p->base + f->count_offset, &count, sizeof count);
    return OK;
}

static status read_field(const struct reading *r, const struct place *p, json_t *v)
{
    const struct place inner = {p->field, json_target(p), p->path};

    switch (p->field->shape) {
    case AS_OBJECT:
        return read_object(r, &inner, p->field->of, v, json_read_plain);
    case AS_ARRAY:
        return read_elements(r, p, v);
    case AS_TEXT:
    case AS_LIST:
    case AS_DATE:
    case AS_TIME:
    case AS_BOOL:
    case AS_NUMBER:
    case AS_WORD:
    case AS_HASH:
    case AS_GRADE:
    case AS_REF:
    case AS_SET:
    case AS_ROLES:
        return json_read_plain(r, p, v);
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
        return json_fail(E_LIMIT, &nowhere,
                         "The record is larger than a megabyte. Files go as attachments.",
                         NULL, "", ret_fault);
    if (text_foreign(text) != NULL)
        return json_fail_foreign(text, ret_fault);
    json_t *const value = json_load_whole(body, JSON_REJECT_DUPLICATES, &error);
    if (value == NULL)
        return json_fail_syntax(&error, ret_fault);
    const status s = json_read_value(value, nowhere, a, ret, ret_fault);
    json_decref(value);
    return s;
}

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

static status unknown_field(struct reading *r, const struct json_path *path,
                            const struct json_layout *l, const char *name)
{
    const struct json_path at = json_path_to(*path, name);
    const struct bytes given = bytes_of_text(name);
    const char *meant = NULL;
    size_t least = WORD_NEAR + 1;
    char mend[80];
    struct writer w = writer_over(mend, sizeof mend);

    for (size_t i = 0; i < l->count; i++) {
        const size_t distance = word_distance(given, bytes_of_text(l->fields[i].name));
        if (distance < least) {
            least = distance;
            meant = l->fields[i].name;
        }
    }
    write_text(&w, meant == NULL ? "Take it out, or correct its name." : "Did you mean \"");
    write_text(&w, meant == NULL ? "" : meant);
    write_text(&w, meant == NULL ? "" : "\"?");
    write_u8(&w, 0);
    MUST(!w.bad);
    const struct json_said said = {"There is no field named ", name, ".", mend};
    return json_fault_add(r, &at, "I3", &said);
}

typedef status read_one(struct reading *r, const struct place *p, json_t *v);

/* Each field of an object, through `read`; `p->base` is the struct it fills. */
static status read_object(struct reading *r, const struct place *p,
                          const struct json_layout *l, json_t *v, read_one *read)
{
    if (!json_is_object(v))
        return json_fail_at(r, p, "This has to be an object in curly brackets.",
                            "Write its fields by name between curly brackets.");
    for (void *at = json_object_iter(v); at != NULL; at = json_object_iter_next(v, at)) {
        const char *const name = json_object_iter_key(at);
        const struct json_field *const field = field_named(l, name);
        const struct place inner = {field, p->base, json_path_to(p->path, name)};

        const status s = field == NULL ? unknown_field(r, &p->path, l, name)
                                       : read(r, &inner, json_object_iter_value(at));
        if (!json_goes_on(r, s))
            return s;
    }
    return OK;
}

static status read_elements(struct reading *r, const struct place *p, json_t *v)
{
    const struct json_field *const f = p->field;
    size_t count = 0;

    TRY(json_read_count(r, p, v, f->max, &count));
    for (size_t i = 0; i < count; i++) {
        json_t *const element = json_array_get(v, i);
        uint8_t *const base = p->base + f->offset + i * f->stride;
        const struct place at = {f, base, json_path_at(p->path, i)};
        const struct place first = {&f->of->fields[0], base, at.path};

        const status s = f->bare && !json_is_object(element)
                             ? json_read_plain(r, &first, element)
                             : read_object(r, &at, f->of, element, json_read_plain);
        if (!json_goes_on(r, s))
            return s;
    }
    memcpy(p->base + f->count_offset, &count, sizeof count);
    return OK;
}

static status read_field(struct reading *r, const struct place *p, json_t *v)
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

bool json_is_record(json_t *value)
{
    bool found = json_object_size(value) == 0;

    for (void *at = json_object_iter(value); at != NULL && !found;
         at = json_object_iter_next(value, at))
        found = field_named(&json_record, json_object_iter_key(at)) != NULL;
    return found;
}

/* One finding, and not one for each of its fields and each that a record has to have. */
static status no_record(struct reading *r)
{
    static const struct json_said said = {
        .before = "None of its fields is a field of a record.",
        .mend =
            "Is it a record? A force's own export is taken in with `flagpost import --map "
            "MAPPING FILE`."};
    const struct json_path whole = {0};

    return json_fault_add(r, &whole, "I3", &said);
}

status json_read_value(json_t *value, struct arena *a, struct record *ret,
                       struct json_fault *ret_fault)
{
    struct reading r = {.arena = a, .first = ret_fault};
    struct record *const record = arena_take(a, sizeof *record);
    const struct place p = {.base = (uint8_t *)record};

    if (record == NULL)
        return json_fail_memory(&r);
    const status s = json_is_record(value)
                         ? read_object(&r, &p, &json_record, value, read_field)
                         : no_record(&r);
    if (s == E_MEMORY)
        return s;
    *ret = *record;
    return r.count == 0 ? OK : E_VALUE;
}

status record_json_read(struct bytes text, struct arena *a, struct record *ret,
                        struct json_fault *ret_fault)
{
    const struct bytes body = json_skip_mark(text);
    json_error_t error;

    if (text.size > RECORD_JSON_BYTES_MAX)
        return json_fail_whole(
            E_LIMIT, "The record is larger than a megabyte. Files go as attachments.",
            ret_fault);
    if (text_foreign(text) != NULL)
        return json_fail_foreign(text, ret_fault);
    json_t *const value = json_load_whole(body, JSON_REJECT_DUPLICATES, &error);
    if (value == NULL)
        return json_fail_syntax(&error, ret_fault);
    const status s = json_read_value(value, a, ret, ret_fault);
    json_decref(value);
    return s;
}

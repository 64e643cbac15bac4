#include "record_json.h"

#include "json_fields.h"
#include "text.h"

#include <jansson.h>
#include <string.h>

/*
 * Each value below is NULL when jansson has no memory or the text is not UTF-8, and an
 * absent field is skipped before it gets here, so that NULL always means failure.
 */

static json_t *text_value(struct bytes b)
{
    if (b.size == 0)
        return json_string("");
    return utf8_is_valid(b) ? json_stringn((const char *)b.at, b.size) : NULL;
}

static json_t *list_value(const struct text_list *l)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < l->count; i++) {
        if (json_array_append_new(array, text_value(l->at[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

/* `v` in decimal with leading zeros. */
static void write_padded(struct writer *w, uint32_t v, size_t digits)
{
    char text[4];

    for (size_t i = digits; i > 0; i--) {
        text[i - 1] = (char)('0' + v % 10);
        v /= 10;
    }
    write_bytes(w, bytes_of(text, digits));
}

static json_t *date_value(const struct partial_date *d)
{
    char text[12];
    struct writer w = writer_over(text, sizeof text);

    write_padded(&w, d->year, 4);
    if (d->month != 0) {
        write_text(&w, "-");
        write_padded(&w, d->month, 2);
    }
    if (d->day != 0) {
        write_text(&w, "-");
        write_padded(&w, d->day, 2);
    }
    return text_value(writer_bytes(&w));
}

static json_t *time_value(millis t)
{
    char text[TIME_TEXT_ROOM];

    time_write(t, text);
    return json_string(text);
}

static json_t *hash_value(struct bytes hash)
{
    char text[2 * HASH_SIZE + 1];

    if (hash.size != HASH_SIZE)
        return NULL;
    hex_encode(hash, text);
    return json_string(text);
}

static json_t *grade_value(const struct grade *g)
{
    const char text[3] = {(char)('0' + g->source % 10),
                          (char)('A' + (g->assessment - 1) % 26), '\0'};

    return json_string(text);
}

static json_t *word_value(const struct json_field *f, uint32_t v)
{
    return v >= 1 && v <= f->max ? json_string(f->words[v - 1]) : NULL;
}

static json_t *ref_value(const struct entity_ref *ref)
{
    const struct record_part *const part = record_entity_of(ref->kind);
    char text[64];
    struct writer w = writer_over(text, sizeof text);

    if (part == NULL)
        return NULL;
    write_text(&w, part->name);
    write_text(&w, "[");
    write_decimal(&w, ref->index);
    write_text(&w, "]");
    MUST(!w.bad);
    return text_value(writer_bytes(&w));
}

static json_t *set_value(const struct json_field *f, uint32_t set)
{
    json_t *const array = json_array();

    for (uint32_t i = 0; i < f->max; i++) {
        if ((set & 1U << i) != 0 &&
            json_array_append_new(array, word_value(f, i + 1)) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *roles_value(const struct json_field *f, const struct item_person *p)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < p->role_count; i++) {
        if (json_array_append_new(array, word_value(f, (uint32_t)p->roles[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

/* Any one of a field's values, loaded by its shape. */
union value {
    struct bytes text;
    struct text_list list;
    struct partial_date date;
    millis time;
    bool yes;
    uint32_t number;
    struct grade grade;
    struct entity_ref ref;
    struct item_person person;
};

static size_t value_size(enum json_shape shape)
{
    switch (shape) {
    case AS_TEXT:
    case AS_HASH:
        return sizeof(struct bytes);
    case AS_LIST:
        return sizeof(struct text_list);
    case AS_DATE:
        return sizeof(struct partial_date);
    case AS_TIME:
        return sizeof(millis);
    case AS_BOOL:
        return sizeof(bool);
    case AS_NUMBER:
    case AS_WORD:
    case AS_SET:
        return sizeof(uint32_t);
    case AS_GRADE:
        return sizeof(struct grade);
    case AS_REF:
        return sizeof(struct entity_ref);
    case AS_ROLES:
        return sizeof(struct item_person);
    case AS_OBJECT:
    case AS_ARRAY:
        break;
    }
    return 0;
}

static bool is_absent(const struct json_field *f, const union value *v)
{
    switch (f->shape) {
    case AS_TEXT:
    case AS_HASH:
        return v->text.size == 0;
    case AS_LIST:
        return v->list.count == 0;
    case AS_DATE:
        return v->date.year == 0;
    case AS_TIME:
        return v->time == 0;
    case AS_BOOL:
        return !v->yes;
    case AS_NUMBER:
    case AS_WORD:
    case AS_SET:
        return v->number == 0;
    case AS_REF:
        return v->ref.kind == 0;
    case AS_GRADE:
        return v->grade.source == 0 || v->grade.assessment == 0;
    case AS_ROLES:
        return v->person.role_count == 0;
    case AS_OBJECT:
    case AS_ARRAY:
        break;
    }
    return true;
}

static json_t *plain_value(const struct json_field *f, const union value *v)
{
    switch (f->shape) {
    case AS_TEXT:
        return text_value(v->text);
    case AS_LIST:
        return list_value(&v->list);
    case AS_DATE:
        return date_value(&v->date);
    case AS_TIME:
        return time_value(v->time);
    case AS_BOOL:
        return json_true();
    case AS_NUMBER:
        return json_integer((json_int_t)v->number);
    case AS_WORD:
        return word_value(f, v->number);
    case AS_HASH:
        return hash_value(v->text);
    case AS_GRADE:
        return grade_value(&v->grade);
    case AS_REF:
        return ref_value(&v->ref);
    case AS_SET:
        return set_value(f, v->number);
    case AS_ROLES:
        return roles_value(f, &v->person);
    case AS_OBJECT:
    case AS_ARRAY:
        break;
    }
    return NULL;
}

/* The plain fields of one struct; absent ones do not appear. */
static json_t *object_value(const struct json_layout *l, const uint8_t *base)
{
    json_t *const object = json_object();

    for (size_t i = 0; i < l->count; i++) {
        const struct json_field *const f = &l->fields[i];
        union value v = {0};

        memcpy(&v, base + f->offset, value_size(f->shape));
        if (is_absent(f, &v))
            continue;
        if (json_object_set_new(object, f->name, plain_value(f, &v)) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

/* "+44..." instead of {"number": "+44..."}: how a person would type it. */
static json_t *made_bare(const struct json_field *f, json_t *object)
{
    json_t *const first = json_object_get(object, f->of->fields[0].name);

    if (!f->bare || first == NULL || json_object_size(object) != 1)
        return object;
    json_incref(first);
    json_decref(object);
    return first;
}

static json_t *array_value(const struct json_field *f, const uint8_t *base)
{
    json_t *const array = json_array();
    size_t count = 0;

    memcpy(&count, base + f->count_offset, sizeof count);
    for (size_t i = 0; i < count; i++) {
        json_t *const element = object_value(f->of, base + f->offset + i * f->stride);

        if (json_array_append_new(array, element == NULL ? NULL : made_bare(f, element)) !=
            0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *field_value(const struct json_field *f, const uint8_t *base)
{
    union value v = {0};

    if (f->shape == AS_ARRAY)
        return array_value(f, base);
    if (f->shape == AS_OBJECT)
        return object_value(f->of, base + f->offset);
    memcpy(&v, base + f->offset, value_size(f->shape));
    return plain_value(f, &v);
}

static bool has_plain(const struct json_layout *l, const uint8_t *base)
{
    for (size_t i = 0; i < l->count; i++) {
        union value v = {0};

        memcpy(&v, base + l->fields[i].offset, value_size(l->fields[i].shape));
        if (!is_absent(&l->fields[i], &v))
            return true;
    }
    return false;
}

static bool has_field(const struct json_field *f, const uint8_t *base)
{
    union value v = {0};
    size_t count = 0;

    if (f->shape == AS_OBJECT)
        return has_plain(f->of, base + f->offset);
    if (f->shape == AS_ARRAY) {
        memcpy(&count, base + f->count_offset, sizeof count);
        return count > 0;
    }
    memcpy(&v, base + f->offset, value_size(f->shape));
    return !is_absent(f, &v);
}

static status dump(const json_t *object, struct arena *a, struct bytes *ret)
{
    const size_t size = json_dumpb(object, NULL, 0, JSON_COMPACT);

    ENSURE(size > 0, E_VALUE);
    char *const text = arena_take(a, size);
    ENSURE(text != NULL, E_MEMORY);
    /* It keeps a table of what it is within, and may have no memory for that. */
    ENSURE(json_dumpb(object, text, size, JSON_COMPACT) == size, E_MEMORY);
    *ret = bytes_of(text, size);
    return OK;
}

status record_json_write(const struct record *r, struct arena *a, struct bytes *ret)
{
    const uint8_t *const base = (const uint8_t *)r;
    json_t *const object = json_object();
    status s = object == NULL ? E_MEMORY : OK;

    for (size_t i = 0; s == OK && i < json_record.count; i++) {
        const struct json_field *const f = &json_record.fields[i];

        if (has_field(f, base) &&
            json_object_set_new(object, f->name, field_value(f, base)) != 0)
            s = E_VALUE;
    }
    if (s == OK)
        s = dump(object, a, ret);
    json_decref(object);
    return s;
}

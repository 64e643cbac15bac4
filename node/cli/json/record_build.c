#include "record_build.h"

#include "json_fault.h"
#include "json_fields.h"
#include "json_load.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

enum { NAME_ROOM = 64, ELEMENTS_MAX = 256, LAST = -1, APPEND = -2 };

/* One step of a path: "persons[0]". */
struct step {
    char name[NAME_ROOM];
    bool indexed;
    int index; /* LAST, APPEND or a number */
};

/* False at the end of the path or when it is malformed; *path is then NULL if malformed. */
static bool step_next(const char **path, struct step *ret)
{
    const size_t size = strcspn(*path, ".[");
    const char *at = *path + size;

    if (**path == '\0')
        return false;
    *ret = (struct step){0};
    *path = NULL;
    if (size == 0 || size >= NAME_ROOM)
        return false;
    memcpy(ret->name, at - size, size);
    if (*at == '[') {
        const size_t inner = strcspn(++at, "]");
        uint64_t number = 0;
        if (at[inner] != ']')
            return false;
        const struct bytes text = bytes_of(at, inner);
        ret->indexed = true;
        ret->index = inner == 0 ? APPEND : LAST;
        if (inner > 0 && !text_is(text, "last")) {
            if (decimal_decode(text, &number) != OK || number >= ELEMENTS_MAX)
                return false;
            ret->index = (int)number;
        }
        at += inner + 1;
    }
    if (*at != '\0' && (*at != '.' || at[1] == '\0'))
        return false;
    *path = *at == '.' ? at + 1 : at;
    return true;
}

static const struct json_field *field_named(const struct json_layout *l, const char *name)
{
    for (size_t i = 0; l != NULL && i < l->count; i++) {
        if (strcmp(l->fields[i].name, name) == 0)
            return &l->fields[i];
    }
    return NULL;
}

static enum record_shape shape_of(const struct json_field *f, bool indexed)
{
    switch (f->shape) {
    case AS_TEXT:
        return indexed ? RECORD_NO_FIELD : RECORD_TEXT;
    case AS_WORD:
    case AS_GRADE:
    case AS_TIME:
    case AS_REF:
        return indexed ? RECORD_NO_FIELD : RECORD_WORD;
    case AS_LIST:
    case AS_SET:
    case AS_ROLES:
        return indexed ? RECORD_NO_FIELD : RECORD_LIST;
    case AS_DATE:
        return indexed ? RECORD_NO_FIELD : RECORD_DATE;
    case AS_BOOL:
        return indexed ? RECORD_NO_FIELD : RECORD_BOOL;
    case AS_NUMBER:
        return indexed ? RECORD_NO_FIELD : RECORD_NUMBER;
    case AS_ARRAY:
        if (!indexed)
            return RECORD_NO_FIELD;
        return f->bare ? RECORD_TEXT : RECORD_ELEMENT;
    case AS_HASH: /* taken from the file */
    case AS_OBJECT:
        break;
    }
    return RECORD_NO_FIELD;
}

enum record_shape record_shape_of(const char *path)
{
    const struct json_layout *layout = &json_record;
    enum record_shape shape = RECORD_NO_FIELD;
    struct step step;

    while (step_next(&path, &step)) {
        const struct json_field *const f = field_named(layout, step.name);
        if (f == NULL || step.indexed != (f->shape == AS_ARRAY))
            return RECORD_NO_FIELD;
        shape = shape_of(f, step.indexed);
        layout = f->of;
    }
    return path == NULL ? RECORD_NO_FIELD : shape;
}

struct record_build {
    json_t *root;
};

void record_build_prepare(void)
{
    json_object_seed(0); /* reads /dev/urandom: keys of hash tables are not to be guessed */
}

status record_build_open(struct record_build **ret)
{
    struct record_build *const b = calloc(1, sizeof *b);

    ENSURE(b != NULL, E_MEMORY);
    b->root = json_object();
    if (b->root == NULL) {
        free(b);
        return E_MEMORY;
    }
    *ret = b;
    return OK;
}

struct record_build *record_build_free(struct record_build *b)
{
    if (b != NULL)
        json_decref(b->root);
    free(b);
    return NULL;
}

status record_build_reset(struct record_build *b)
{
    return json_object_clear(b->root) == 0 ? OK : E_MEMORY;
}

/* The member `name` of `in`, made by `fresh` when it is not there. */
static json_t *member(json_t *in, const char *name, json_t *(*fresh)(void))
{
    json_t *const old = json_object_get(in, name);

    if (old != NULL)
        return old;
    json_t *const made = fresh();
    return json_object_set_new(in, name, made) == 0 ? made : NULL;
}

/* The element of `array` that the step means; elements before it are made, too. */
static status element(json_t *array, const struct step *step, json_t **ret)
{
    const size_t size = json_array_size(array);
    const size_t index = step->index == APPEND ? size
                         : step->index == LAST ? size - 1
                                               : (size_t)step->index;

    ENSURE(step->index != LAST || size > 0, E_VALUE);
    ENSURE(index < ELEMENTS_MAX, E_VALUE);
    while (json_array_size(array) <= index)
        ENSURE(json_array_append_new(array, json_object()) == 0, E_MEMORY);
    *ret = json_array_get(array, index);
    return OK;
}

static bool is_yes(struct bytes v)
{
    return text_is(v, "yes") || text_is(v, "true");
}

/* `old`, `join` and `value` as one text; NULL without memory. */
static json_t *joined(const json_t *old, const char *join, struct bytes value)
{
    const size_t before = json_string_length(old);
    const size_t size = before + strlen(join) + value.size;
    char *const text = malloc(size + 1);
    struct writer w = writer_over(text, text == NULL ? 0 : size);

    write_bytes(&w, bytes_of(json_string_value(old), before));
    write_text(&w, join);
    write_bytes(&w, value);
    json_t *const made = w.bad ? NULL : json_stringn(text, size);
    json_wipe_free(text);
    return made;
}

static status join_text(json_t *in, const char *name, struct bytes value, const char *join)
{
    const json_t *const old = join == NULL ? NULL : json_object_get(in, name);
    json_t *const text = old == NULL ? json_stringn((const char *)value.at, value.size)
                                     : joined(old, join, value);

    return json_object_set_new(in, name, text) == 0 ? OK : E_MEMORY;
}

/* A value on its way into the last field of its path. */
struct target {
    json_t *in;
    const struct json_field *field;
    bool indexed;
};

static status put_bool(const struct target *t, struct bytes value)
{
    ENSURE(is_yes(value) || text_is(value, "no") || text_is(value, "false"), E_VALUE);
    return json_object_set_new(t->in, t->field->name, json_boolean(is_yes(value))) == 0
               ? OK
               : E_MEMORY;
}

static status put_number(const struct target *t, struct bytes value)
{
    uint64_t number = 0;

    ENSURE(decimal_decode(value, &number) == OK && number <= t->field->max, E_VALUE);
    return json_object_set_new(t->in, t->field->name, json_integer((json_int_t)number)) == 0
               ? OK
               : E_MEMORY;
}

static status put_more(const struct target *t, struct bytes value)
{
    json_t *const list = member(t->in, t->field->name, json_array);

    ENSURE(list != NULL, E_MEMORY);
    ENSURE(json_array_size(list) < ELEMENTS_MAX, E_VALUE);
    return json_array_append_new(list, json_stringn((const char *)value.at, value.size)) ==
                   0
               ? OK
               : E_MEMORY;
}

static status put_value(const struct target *t, struct bytes value, const char *join)
{
    switch (shape_of(t->field, t->indexed)) {
    case RECORD_TEXT:
        if (t->indexed)
            return put_more(t, value);
        return join_text(t->in, t->field->name, value, join);
    case RECORD_WORD:
    case RECORD_DATE:
        return join_text(t->in, t->field->name, value, join);
    case RECORD_LIST:
        return put_more(t, value);
    case RECORD_BOOL:
        return put_bool(t, value);
    case RECORD_NUMBER:
        return put_number(t, value);
    case RECORD_NO_FIELD:
    case RECORD_ELEMENT:
        break;
    }
    return E_UNKNOWN;
}

/* From the object `t->in` to the one that the step's field holds. */
static status go_in(struct target *t, const struct step *step)
{
    json_t *next = member(t->in, step->name, step->indexed ? json_array : json_object);

    ENSURE(next != NULL, E_MEMORY);
    if (step->indexed)
        TRY(element(next, step, &next));
    t->in = next;
    return OK;
}

status record_build_put(struct record_build *b, const char *path, struct bytes value,
                        const char *join)
{
    const struct json_layout *layout = &json_record;
    struct target t = {.in = b->root};
    struct step step;

    ENSURE(utf8_is_valid(value), E_VALUE);
    while (step_next(&path, &step)) {
        t.field = field_named(layout, step.name);
        ENSURE(t.field != NULL, E_UNKNOWN);
        t.indexed = step.indexed;
        layout = t.field->of;
        if (*path == '\0')
            return put_value(&t, value, join);
        TRY(go_in(&t, &step));
    }
    return E_UNKNOWN;
}

status record_build_take(struct record_build *b, struct arena *a, struct record *ret,
                         struct json_fault *ret_fault)
{
    return json_read_value(b->root, a, ret, ret_fault);
}

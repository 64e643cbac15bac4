#include "json_fault.h"
#include "json_load.h"

#include <stdlib.h>

struct record_json_file {
    struct bytes text;
    size_t at;      /* of the next object in `text` */
    json_t *array;  /* the whole file, when it is one array */
    size_t element; /* of the array: the next one */
    bool ended;
};

static size_t skip_blank(struct bytes text, size_t at)
{
    while (at < text.size && (text.at[at] == ' ' || text.at[at] == '\t' ||
                              text.at[at] == '\n' || text.at[at] == '\r'))
        at++;
    return at;
}

static status open_array(struct record_json_file *f, struct json_fault *ret_fault)
{
    json_error_t error;

    f->array = json_load_whole(f->text, JSON_REJECT_DUPLICATES, &error);
    return f->array == NULL ? json_fail_syntax(&error, ret_fault) : OK;
}

status record_json_open(struct bytes text, struct record_json_file **ret,
                        struct json_fault *ret_fault)
{
    const struct json_path nowhere = {0};

    if (text.size > RECORD_JSON_FILE_BYTES_MAX)
        return json_fail(E_LIMIT, &nowhere, "The file is larger than 64 megabytes.", NULL,
                         "", ret_fault);
    const struct bytes body = json_skip_mark(text);
    const size_t start = skip_blank(body, 0);
    if (start == body.size)
        return json_fail(E_FORM, &nowhere, "The file is empty.", NULL, "", ret_fault);

    struct record_json_file *const f = calloc(1, sizeof *f);
    if (f == NULL)
        return json_fail(E_MEMORY, &nowhere, "There is not enough memory to read it.", NULL,
                         "", ret_fault);
    f->text = body;
    f->at = start;
    const status s = body.at[start] == '[' ? open_array(f, ret_fault) : OK;
    if (s != OK) {
        (void)record_json_free(f); /* gives NULL */
        return s;
    }
    *ret = f;
    return OK;
}

struct record_json_file *record_json_free(struct record_json_file *f)
{
    if (f != NULL)
        json_decref(f->array);
    free(f);
    return NULL;
}

bool record_json_has_next(const struct record_json_file *f)
{
    if (f->array != NULL)
        return f->element < json_array_size(f->array);
    return !f->ended && f->at < f->text.size;
}

/* jansson counts lines from where it was told to begin. */
static int lines_before(const struct record_json_file *f)
{
    int lines = 0;

    for (size_t i = 0; i < f->at; i++)
        lines += f->text.at[i] == '\n';
    return lines;
}

static status next_object(struct record_json_file *f, struct arena *a, struct record *ret,
                          struct json_fault *ret_fault)
{
    const struct bytes rest = bytes_from(f->text, f->at);
    json_error_t error;
    json_t *const value =
        json_load_whole(rest, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &error);

    if (value == NULL) {
        const status s = json_fail_syntax(&error, ret_fault);
        ret_fault->line += lines_before(f);
        f->ended = true;
        return s;
    }
    f->at = skip_blank(f->text, f->at + (size_t)error.position);
    const status s = json_read_value(value, (struct json_path){0}, a, ret, ret_fault);
    json_decref(value);
    return s;
}

status record_json_next(struct record_json_file *f, struct arena *a, struct record *ret,
                        struct json_fault *ret_fault)
{
    MUST(record_json_has_next(f));
    if (f->array == NULL)
        return next_object(f, a, ret, ret_fault);
    return json_read_value(json_array_get(f->array, f->element++), (struct json_path){0}, a,
                           ret, ret_fault);
}

#include "json_fault.h"
#include "json_load.h"
#include "json_mistaken.h"
#include "json_scan.h"

#include "text.h"

#include <stdlib.h>

/*
 * One record is parsed at a time, once the scan has found its end and its depth: so a file
 * asks for no more memory than one record may.
 */
struct record_json_file {
    struct bytes text;
    struct json_scan scan; /* before the next record */
};

/* jansson counts lines and columns from where it was told to begin. */
static void move_place(struct bytes text, size_t start, uint32_t line, struct json_fault *f)
{
    size_t before = start;

    while (before > 0 && text.at[before - 1] != '\n')
        before--;
    if (f->line <= 1)
        f->column += (int)(start - before);
    f->line = (int)line + (f->line > 0 ? f->line - 1 : 0);
}

static status fail_scan(const struct record_json_file *f, status s, const char *sentence,
                        struct json_fault *ret)
{
    (void)json_fail_whole(s, sentence, ret);
    ret->column = 1;
    move_place(f->text, f->scan.at, f->scan.line, ret);
    return s;
}

/* The next record as a value; NULL with the status in `ret`. */
static json_t *next_value(struct record_json_file *f, status *ret,
                          struct json_fault *ret_fault)
{
    const char *sentence = "There is no further record.";
    struct bytes extent = {0};
    json_error_t error;
    uint32_t line = 1;

    *ret = json_scan_next(&f->scan, &extent, &line, &sentence);
    if (*ret != OK) {
        if (*ret != E_UNKNOWN)
            *ret = fail_scan(f, *ret, sentence, ret_fault);
        return NULL;
    }
    json_t *const value = json_load_whole(extent, JSON_REJECT_DUPLICATES, &error);
    if (value == NULL) {
        *ret = json_fail_syntax(&error, ret_fault);
        move_place(f->text, (size_t)(extent.at - f->text.at), line, ret_fault);
    }
    return value;
}

/* An array is JSON to its end, or no record of it is given. */
static status check_array(struct record_json_file *f, struct json_fault *ret_fault)
{
    const struct json_scan start = f->scan;
    status s = OK;

    while (s == OK) {
        json_t *const value = next_value(f, &s, ret_fault);
        json_decref(value);
    }
    f->scan = start;
    return s == E_UNKNOWN ? OK : s;
}

status record_json_open(struct bytes text, struct record_json_file **ret,
                        struct json_fault *ret_fault)
{
    if (text.size > RECORD_JSON_FILE_BYTES_MAX)
        return json_fail_whole(E_LIMIT, "The file is larger than 64 megabytes.", ret_fault);
    if (text_foreign(text) != NULL)
        return json_fail_foreign(text, ret_fault);
    const struct bytes body = json_skip_mark(text);
    if (json_mistaken(body) != NULL)
        return json_fail_mistaken(json_mistaken(body), ret_fault);
    struct json_scan scan = {.text = body, .line = 1};
    json_scan_skip_blank(&scan);
    if (scan.at == body.size)
        return json_fail_whole(E_FORM, "The file is empty.", ret_fault);
    scan.array = body.at[scan.at] == '[';

    struct record_json_file *const f = calloc(1, sizeof *f);
    if (f == NULL)
        return json_fail_whole(E_MEMORY, "There is not enough memory to read it.",
                               ret_fault);
    f->text = body;
    f->scan = scan;
    const status s = scan.array ? check_array(f, ret_fault) : OK;
    if (s != OK) {
        (void)record_json_free(f); /* gives NULL */
        return s;
    }
    *ret = f;
    return OK;
}

struct record_json_file *record_json_free(struct record_json_file *f)
{
    free(f);
    return NULL;
}

bool record_json_is_other(const struct record_json_file *f)
{
    struct record_json_file ahead = *f;
    struct json_fault ignored;
    status s = OK;
    size_t count = 0;

    while (record_json_has_next(&ahead)) {
        json_t *const value = next_value(&ahead, &s, &ignored);
        const bool other = value != NULL && !json_is_record(value);
        json_decref(value);
        if (!other)
            return false;
        count++;
    }
    return count > 0;
}

bool record_json_has_next(const struct record_json_file *f)
{
    return json_scan_has_next(&f->scan);
}

status record_json_next(struct record_json_file *f, struct arena *a, struct record *ret,
                        struct json_fault *ret_fault)
{
    status s = OK;

    MUST(record_json_has_next(f));
    json_t *const value = next_value(f, &s, ret_fault);
    MUST(s != E_UNKNOWN);
    if (value == NULL)
        f->scan.ended = true;
    else
        s = json_read_value(value, a, ret, ret_fault);
    json_decref(value);
    return s;
}

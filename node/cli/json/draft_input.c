#include "draft_input.h"

#include "input.h"
#include "json_fault.h"
#include "json_load.h"
#include "json_mistaken.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>

/*
 * A draft is a record's JSON with one more member, `source`.  That member is taken out
 * before the record is read, so the strict reader of records never sees it, and would
 * refuse it.
 */

enum { DRAFT_NAME_ROOM = 320 };

static int tell(struct cli *c, const char *path, const char *field, const char *why)
{
    char where[DRAFT_NAME_ROOM];

    (void)snprintf(where, sizeof where, "%s%s%s", path, field[0] == '\0' ? "" : ", ",
                   field);
    return cli_fail(c, EXIT_REFUSED, where, why);
}

static int tell_fault(struct cli *c, const char *path, const struct json_fault *fault)
{
    char text[JSON_FAULT_ROOM];
    char place[64];

    if (fault->line == 0) {
        for (const struct json_fault *f = fault; f != NULL; f = f->next) {
            json_fault_text(f, text);
            (void)tell(c, path, f->path, text); /* the code is the same for all */
        }
        return EXIT_REFUSED;
    }
    (void)snprintf(place, sizeof place, "line %d, column %d", fault->line, fault->column);
    return tell(c, path, place, fault->sentence);
}

static bool take_text(struct cli *c, const json_t *v, struct bytes *ret)
{
    return json_is_string(v) &&
           arena_copy(&c->arena, bytes_of(json_string_value(v), json_string_length(v)),
                      ret) == OK;
}

static bool take_known(struct cli *c, const json_t *list, struct source *s)
{
    if (!json_is_array(list) || json_array_size(list) > SOURCE_KNOWN_MAX)
        return false;
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!take_text(c, json_array_get(list, i), &s->known_to[i]))
            return false;
        s->known_count++;
    }
    return true;
}

/* The sentence, or NULL when it was read; `ret_field` names the member that is wrong. */
static const char *read_source(struct cli *c, json_t *object, struct source *s,
                               const char **ret_field)
{
    const struct {
        const char *name;
        struct bytes *to;
    } texts[] = {{"reference", &s->reference},
                 {"type", &s->type},
                 {"officer", &s->officer},
                 {"raw", &s->raw}};
    size_t taken = 0;

    if (!json_is_object(object))
        return "This has to be an object in curly brackets.";
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        const json_t *const v = json_object_get(object, texts[i].name);
        *ret_field = texts[i].name;
        if (v != NULL && !take_text(c, v, texts[i].to))
            return "This has to be a text in quotes.";
        taken += v != NULL;
    }
    const json_t *const known = json_object_get(object, "known_to");
    *ret_field = "known_to";
    if (known != NULL && !take_known(c, known, s))
        return "This has to be a list of at most 16 texts.";
    taken += known != NULL;
    *ret_field = "";
    return taken == json_object_size(object)
               ? NULL
               : "Its fields are reference, type, officer, known_to and raw.";
}

static int read_record(struct cli *c, const char *path, const json_t *rest,
                       struct draft_input *ret)
{
    struct json_fault fault = {0};
    char *const text = json_dump_whole(rest);

    if (text == NULL)
        return tell(c, path, "", status_sentence(E_MEMORY));
    const status s = record_json_read(bytes_of_text(text), &c->arena, ret->record, &fault);
    json_wipe_free(text);
    return s == OK ? EXIT_DONE : tell_fault(c, path, &fault);
}

static int read_object(struct cli *c, const char *path, json_t *object,
                       struct draft_input *ret)
{
    json_t *const source = json_object_get(object, "source");
    const char *field = "";
    char where[64];

    if (!json_is_object(object))
        return tell(c, path, "", "This has to be one report: an object in curly brackets.");
    if (source != NULL) {
        const char *const why = read_source(c, source, &ret->source, &field);
        (void)snprintf(where, sizeof where, "source%s%s", field[0] == '\0' ? "" : ".",
                       field);
        if (why != NULL)
            return tell(c, path, where, why);
        (void)json_object_del(object, "source"); /* it is there */
    }
    return read_record(c, path, object, ret);
}

/* The text of a file with one report, and room for its record. */
static int read_text(struct cli *c, const char *path, struct bytes *ret,
                     struct record **ret_record)
{
    const int read = input_read(c, path, ret);

    if (read != EXIT_DONE)
        return read;
    if (ret->size > RECORD_JSON_BYTES_MAX)
        return tell(c, path, "", "A report has at most one megabyte.");
    *ret = json_skip_mark(*ret);
    *ret_record = arena_take(&c->arena, sizeof **ret_record);
    return *ret_record != NULL ? EXIT_DONE : tell(c, path, "", status_sentence(E_MEMORY));
}

int draft_input_read(struct cli *c, const char *path, struct draft_input *ret)
{
    struct bytes text = {0};
    struct json_fault fault = {0};
    json_error_t error;

    *ret = (struct draft_input){0};
    const int read = read_text(c, path, &text, &ret->record);
    if (read != EXIT_DONE)
        return read;
    if (json_mistaken(text) != NULL)
        return tell(c, path, "", json_mistaken(text));
    json_t *const object = json_load_whole(text, JSON_REJECT_DUPLICATES, &error);
    if (object == NULL) {
        (void)json_fail_syntax(&error, &fault); /* the status is known: not JSON */
        return tell_fault(c, path, &fault);
    }
    const int code = read_object(c, path, object, ret);
    json_decref(object);
    return code;
}

int record_input_read(struct cli *c, const char *path, struct record **ret)
{
    struct bytes text = {0};
    struct json_fault fault = {0};

    const int read = read_text(c, path, &text, ret);
    if (read != EXIT_DONE)
        return read;
    const status s = record_json_read(text, &c->arena, *ret, &fault);
    return s == OK ? EXIT_DONE : tell_fault(c, path, &fault);
}

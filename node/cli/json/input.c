#include "input.h"

#include "output.h"
#include "record_json.h"

#include <stdio.h>
#include <string.h>

/* Where a record ends that is not JSON nobody can tell, so nor where the next begins. */
static const char *with_rest(struct cli *c, const char *sentence)
{
    static const char rest[] = " Nothing behind that place was read, checked or sent: mend "
                               "it and give the file again; what is published already is "
                               "not published twice.";
    const size_t size = strlen(sentence) + sizeof rest;
    char *const all = arena_take(&c->arena, size);

    if (all != NULL)
        (void)snprintf(all, size, "%s%s", sentence, rest);
    return all == NULL ? sentence : all;
}

/* What is not JSON, too large, or more than there is memory for. */
static int tell(struct cli *c, const char *path, size_t number,
                const struct json_fault *fault, bool ends_file)
{
    char where[320];

    if (fault->line > 0)
        (void)snprintf(where, sizeof where, "%s, line %d, column %d (%s)", path,
                       fault->line, fault->column, fault->rule);
    else
        (void)snprintf(where, sizeof where, "%s, record %zu (%s)", path, number,
                       fault->rule);
    return cli_fail(c, EXIT_REFUSED, where,
                    ends_file ? with_rest(c, fault->sentence) : fault->sentence);
}

/* One bad record does not stop the others; what is not JSON ends the file. */
static int each_of(struct cli *c, const char *path, struct record_json_file *f,
                   input_each each, void *context)
{
    struct record *const record = arena_take(&c->arena, sizeof *record);
    struct findings *const unread = arena_take(&c->arena, sizeof *unread);
    int code = EXIT_DONE;

    if (record == NULL || unread == NULL)
        return cli_fail(c, EXIT_REFUSED, path, status_sentence(E_MEMORY));
    for (size_t number = 1; record_json_has_next(f); number++) {
        struct input_record in = {.unread = unread, .number = number};
        struct json_fault fault = {0};
        const size_t mark = arena_mark(&c->arena);
        const status s = record_json_next(f, &c->arena, record, &fault);
        *unread = (struct findings){0};
        if (s == OK || s == E_VALUE)
            in.record = record;
        else
            code = tell(c, path, number, &fault, s == E_FORM);
        if (s == E_VALUE)
            record_json_findings(&fault, unread);
        const bool go_on = each(c, &in, context);
        arena_rewind(&c->arena, mark);
        if (!go_on || s == E_FORM)
            break;
    }
    return code;
}

size_t input_count(struct cli *c, struct bytes text)
{
    struct record_json_file *f = NULL;
    struct json_fault fault = {0};
    const size_t mark = arena_mark(&c->arena);
    struct record *const record = arena_take(&c->arena, sizeof *record);
    size_t count = 0;
    status s = OK;

    if (record == NULL || record_json_open(text, &f, &fault) != OK)
        return 0;
    const size_t inner = arena_mark(&c->arena);
    for (; s != E_FORM && record_json_has_next(f); count++) {
        s = record_json_next(f, &c->arena, record, &fault);
        arena_rewind(&c->arena, inner);
    }
    f = record_json_free(f);
    arena_rewind(&c->arena, mark);
    return count;
}

static int tell_empty(struct cli *c, const char *path)
{
    char what[CONFIG_PATH_MAX + 32];

    (void)snprintf(what, sizeof what, "no records in %s",
                   strcmp(path, "-") == 0 ? "standard input" : path);
    return cli_fail(c, EXIT_REFUSED, what, "it is empty");
}

static int tell_other(struct cli *c, const char *path)
{
    return cli_fail(c, EXIT_REFUSED, path,
                    "these are no records: no object in it has a field of a record. A "
                    "force's own export "
                    "is taken in with `flagpost import --map MAPPING FILE`; the fields of "
                    "a record are in "
                    "node/cli/json/README.md");
}

static bool is_blank(struct bytes text)
{
    static const char blank[] = {' ', '\t', '\r', '\n'};
    size_t i = 0;

    while (i < text.size && memchr(blank, text.at[i], sizeof blank) != NULL)
        i++;
    return i == text.size;
}

int input_records(struct cli *c, const char *path, struct bytes text, input_each each,
                  void *context)
{
    struct record_json_file *f = NULL;
    struct json_fault fault = {0};
    int code = EXIT_DONE;

    if (is_blank(text))
        return tell_empty(c, path);
    const status s = record_json_open(text, &f, &fault);
    if (s == OK && !record_json_has_next(f)) {
        code = tell_empty(c, path);
    } else if (s == OK && !record_json_is_other(f)) {
        code = each_of(c, path, f, each, context);
    } else {
        const struct input_record none = {.number = 1};
        code = s == OK ? tell_other(c, path) : tell(c, path, 1, &fault, false);
        (void)each(c, &none, context); /* there is nothing to go on with */
    }
    f = record_json_free(f);
    return code;
}

bool output_record_text(struct cli *c, const struct record *r, struct bytes *ret)
{
    return record_json_write(r, &c->arena, ret) == OK;
}

bool output_record_json(struct cli *c, const struct record *r)
{
    struct bytes text = {0};

    if (!output_record_text(c, r, &text))
        return false;
    (void)printf("%.*s\n", (int)text.size, (const char *)text.at);
    return true;
}

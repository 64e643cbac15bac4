#include "input.h"

#include "file.h"
#include "output.h"
#include "record_json.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int tell(struct cli *c, const char *path, size_t number,
                const struct json_fault *fault)
{
    char where[320];

    if (fault->line > 0)
        (void)snprintf(where, sizeof where, "%s, line %d, column %d", path, fault->line,
                       fault->column);
    else
        (void)snprintf(where, sizeof where, "%s, record %zu%s%s", path, number,
                       fault->path[0] == '\0' ? "" : ", ", fault->path);
    return cli_fail(c, EXIT_REFUSED, where, fault->sentence);
}

/* One bad record is told and the others go on; what is not JSON ends the file. */
static int each_of(struct cli *c, const char *path, struct record_json_file *f,
                   input_each each, void *context)
{
    struct record *const record = arena_take(&c->arena, sizeof *record);
    int code = EXIT_DONE;

    if (record == NULL)
        return cli_fail(c, EXIT_REFUSED, path, status_sentence(E_MEMORY));
    for (size_t number = 1; record_json_has_next(f); number++) {
        struct json_fault fault = {0};
        const size_t mark = arena_mark(&c->arena);
        const status s = record_json_next(f, &c->arena, record, &fault);
        bool go_on = true;
        if (s == OK)
            go_on = each(c, record, context);
        else
            code = tell(c, path, number, &fault);
        arena_rewind(&c->arena, mark);
        if (!go_on || s == E_FORM)
            break;
    }
    return code;
}

/* A pipe has no size to ask for: read until it ends or is too large. */
static status read_stream(struct arena *a, struct bytes *ret)
{
    const size_t room = RECORD_JSON_FILE_BYTES_MAX / 2;
    uint8_t *const at = arena_take(a, room);
    size_t size = 0;
    ssize_t got = 1;

    ENSURE(at != NULL, E_MEMORY);
    while (size < room && (got = read(STDIN_FILENO, at + size, room - size)) > 0)
        size += (size_t)got;
    ENSURE(got >= 0, E_IO);
    ENSURE(size < room, E_LIMIT);
    *ret = bytes_of(at, size);
    return OK;
}

int input_records(struct cli *c, const char *path, input_each each, void *context)
{
    struct record_json_file *f = NULL;
    struct json_fault fault = {0};
    struct bytes text = {0};
    const bool stream = strcmp(path, "-") == 0;

    status s = stream ? read_stream(&c->arena, &text)
                      : file_read(path, RECORD_JSON_FILE_BYTES_MAX / 2, &c->arena, &text);
    if (s != OK)
        return cli_fail(c, EXIT_UNREACHABLE, path,
                        s == E_UNKNOWN ? "there is no such file" : status_sentence(s));
    s = record_json_open(text, &f, &fault);
    if (s != OK)
        return tell(c, path, 1, &fault);
    const int code = each_of(c, path, f, each, context);
    f = record_json_free(f);
    return code;
}

bool output_record_json(struct cli *c, const struct record *r)
{
    struct bytes text = {0};

    if (record_json_write(r, &c->arena, &text) != OK)
        return false;
    (void)printf("%.*s\n", (int)text.size, (const char *)text.at);
    return true;
}

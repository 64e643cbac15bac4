#include "input.h"

#include "file.h"

#include <string.h>
#include <unistd.h>

/* A pipe has no size to ask for: read until it ends or is too large. */
static status read_stream(struct arena *a, struct bytes *ret)
{
    const size_t room = INPUT_BYTES_MAX;
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

/* Typed for a draft or a record, which have ids of hexadecimal digits and are no files. */
static const char *sentence(const char *path, status s)
{
    const size_t digits = strspn(path, "0123456789abcdefABCDEF");

    if (s == E_UNKNOWN && digits >= 8 && path[digits] == '\0')
        return "there is no such file.  If it is a draft's id: `flagpost draft show` shows "
               "it, and `flagpost release` publishes it; if it is a record's, it is "
               "published already: `flagpost trace`";
    return cli_file_sentence(path, s);
}

int input_read(struct cli *c, const char *path, struct bytes *ret_text)
{
    const bool stream = strcmp(path, "-") == 0;
    const status s = stream ? read_stream(&c->arena, ret_text)
                            : file_read(path, INPUT_BYTES_MAX, &c->arena, ret_text);

    return s == OK ? EXIT_DONE : cli_fail(c, EXIT_UNREACHABLE, path, sentence(path, s));
}

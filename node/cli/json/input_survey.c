#include "input.h"

#include "record_json.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/*
 * Records of a file of any length, for counting: what cannot be read is not told, because
 * telling would quote it.  A small file may be anything that input_records takes; a larger
 * one must hold a record a line, and memory stays what INPUT_BYTES_MAX says.
 */

struct stream {
    int fd;
    uint8_t *at;
    size_t size;
    bool ended;
};

/* Reads until the room is full or the file ends. */
static status fill(struct stream *s)
{
    while (!s->ended && s->size < INPUT_BYTES_MAX) {
        const ssize_t got = read(s->fd, s->at + s->size, INPUT_BYTES_MAX - s->size);
        ENSURE(got >= 0, E_IO);
        s->ended = got == 0;
        s->size += (size_t)got;
    }
    return OK;
}

static bool give_one(struct cli *c, const struct record *r, input_each each, void *context)
{
    static const struct findings nothing;
    const struct input_record in = {.record = r, .unread = &nothing};

    return each(c, &in, context);
}

static bool give(struct cli *c, struct bytes line, input_each each, void *context)
{
    struct json_fault fault = {0};
    const size_t mark = arena_mark(&c->arena);
    struct record *const r = arena_take(&c->arena, sizeof *r);
    bool go_on = false;

    if (r != NULL) {
        const bool good = line.size <= RECORD_JSON_BYTES_MAX &&
                          record_json_read(line, &c->arena, r, &fault) == OK;
        go_on = give_one(c, good ? r : NULL, each, context);
    }
    arena_rewind(&c->arena, mark);
    return go_on;
}

static bool is_blank(struct bytes line)
{
    size_t i = 0;

    while (i < line.size && (line.at[i] == ' ' || line.at[i] == '\t' || line.at[i] == '\r'))
        i++;
    return i == line.size;
}

/* Gives the whole lines that are there and moves the rest to the front. */
static bool give_lines(struct cli *c, struct stream *s, input_each each, void *context)
{
    struct bytes rest = bytes_of(s->at, s->size);
    bool go_on = true;

    while (go_on && rest.size > 0) {
        struct bytes line = rest;
        const uint8_t *const end = memchr(rest.at, '\n', rest.size);
        if (end == NULL && !s->ended && rest.size < INPUT_BYTES_MAX)
            break;
        if (end != NULL)
            line.size = (size_t)(end - rest.at);
        rest = bytes_from(rest, line.size + (end != NULL ? 1 : 0));
        if (!is_blank(line))
            go_on = give(c, line, each, context);
    }
    if (rest.size > 0)
        memmove(s->at, rest.at, rest.size);
    s->size = rest.size;
    return go_on;
}

static int whole(struct cli *c, const char *path, struct bytes text, input_each each,
                 void *context)
{
    struct record_json_file *f = NULL;
    struct json_fault fault = {0};
    struct record *const r = arena_take(&c->arena, sizeof *r);
    status s = r == NULL ? E_MEMORY : OK;

    if (s != OK)
        return cli_fail(c, EXIT_REFUSED, path, status_sentence(s));
    if (record_json_open(text, &f, &fault) != OK)
        return cli_fail(c, EXIT_REFUSED, path,
                        "these are no records as JSON: `flagpost check` tells where");
    bool go_on = true;
    while (go_on && s != E_FORM && record_json_has_next(f)) {
        const size_t mark = arena_mark(&c->arena);
        s = record_json_next(f, &c->arena, r, &fault);
        go_on = give_one(c, s == OK ? r : NULL, each, context);
        arena_rewind(&c->arena, mark);
    }
    f = record_json_free(f);
    return EXIT_DONE;
}

int input_survey(struct cli *c, const char *path, input_each each, void *context)
{
    struct stream s = {.at = arena_take(&c->arena, INPUT_BYTES_MAX)};
    const bool standard = strcmp(path, "-") == 0;
    int code = EXIT_DONE;

    s.fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (s.fd < 0 || s.at == NULL)
        return cli_fail(c, EXIT_UNREACHABLE, path,
                        cli_file_sentence(path, s.fd < 0 ? E_UNKNOWN : E_MEMORY));
    status got = fill(&s);
    if (got == OK && s.ended) {
        code = whole(c, path, bytes_of(s.at, s.size), each, context);
        goto done;
    }
    while (got == OK && give_lines(c, &s, each, context) && !s.ended)
        got = fill(&s);
    if (got == OK && s.ended)
        (void)give_lines(c, &s, each, context);
    if (got != OK)
        code = cli_fail(c, EXIT_UNREACHABLE, path, status_sentence(got));
done:
    if (!standard)
        (void)close(s.fd); /* only read */
    return code;
}

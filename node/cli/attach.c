#include "attach.h"

#include "attached.h"
#include "input.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

/* --- what a record says of its files --- */

static const char *path_in(struct cli *c, const char *folder, struct bytes name)
{
    const size_t room = strlen(folder) + name.size + 2;
    char *const path = arena_take(&c->arena, room);
    struct writer w = writer_over(path, path == NULL ? 0 : room - 1);

    write_text(&w, folder);
    write_text(&w, "/");
    write_bytes(&w, name);
    return path;
}

/* Only a plain name within the folder that was given: a record may come from elsewhere, and
 * must not make this command read whatever file it names. */
static bool fill_one(struct cli *c, struct item_attachment *x, struct attach_plan *plan)
{
    const char *const name = arena_text(&c->arena, x->name);

    if (name == NULL || !attached_name_is_safe(x->name)) {
        plan->code = cli_fail(c, EXIT_REFUSED, name == NULL ? "attachment" : name,
                              "this is not the plain name of a file in the folder");
        return false;
    }
    const char *const path = path_in(c, plan->folder, x->name);
    struct attach_file *const f =
        path == NULL ? NULL : attach_file_open(c, path, true, &plan->code);
    if (f == NULL)
        return false;
    plan->files[plan->count++] = f;
    if (attach_file_fill(f, x) == OK)
        return true;
    plan->code =
        cli_fail(c, EXIT_REFUSED, path,
                 "this is not the file that the record means: its digest is another");
    return false;
}

static bool add_one(struct cli *c, struct record *r, struct attach_plan *plan)
{
    if (r->attachment_count == RECORD_ATTACHMENTS_MAX) {
        plan->code =
            cli_fail(c, EXIT_REFUSED, plan->file, "the record has 16 attachments already");
        return false;
    }
    struct attach_file *const f = attach_file_open(c, plan->file, false, &plan->code);
    if (f == NULL)
        return false;
    plan->files[plan->count++] = f;
    struct item_attachment *const x = &r->attachments[r->attachment_count++];
    *x = attach_file_item(f);
    x->name = bytes_of_text(attach_name(plan->file));
    return true;
}

const struct record *attach_fill(struct cli *c, const struct record *r,
                                 struct attach_plan *plan)
{
    struct record *const copy = arena_take(&c->arena, sizeof *copy);

    if (plan->file == NULL && plan->folder == NULL)
        return r;
    plan->code = EXIT_REFUSED;
    if (copy == NULL)
        return NULL;
    *copy = *r;
    for (size_t i = 0; plan->folder != NULL && i < copy->attachment_count; i++) {
        if (!fill_one(c, &copy->attachments[i], plan))
            return NULL;
    }
    if (plan->file != NULL && !add_one(c, copy, plan))
        return NULL;
    return copy;
}

void attach_done(struct attach_plan *plan)
{
    while (plan->count > 0)
        attach_file_close(plan->files[--plan->count]);
}

bool attach_is_of_one(struct cli *c, struct bytes text)
{
    if (cli_value(c, "attach") == NULL || input_count(c, text) <= 1)
        return true;
    (void)cli_fail(c, EXIT_WRONG_USE, "attach",
                   "which of the records does the file go with? Name it in the record's "
                   "attachments, and give --attachments DIR");
    return false;
}

/* --- their parts --- */

static struct bytes decimal(struct arena *a, uint32_t n)
{
    char *const text = arena_take(a, 12);
    struct writer w = writer_over(text, text == NULL ? 0 : 11);

    write_decimal(&w, n);
    return writer_bytes(&w);
}

static uint32_t number_in(const struct control_answer *a, const char *name)
{
    uint64_t n = 0;

    if (a->row_count != 1 || decimal_decode(control_value(&a->rows[0], name), &n) != OK ||
        n > ATTACHMENT_PARTS_MAX)
        return 0;
    return (uint32_t)n;
}

static void tell(const struct cli *c, const struct attach_file *f, uint32_t here)
{
    const char *const name = attach_name(f->path);

    if (f->untold)
        return;
    if (c->json) {
        (void)printf("{\"row\":\"attachment\",\"name\":");
        cli_print_json_text(bytes_of_text(name));
        (void)printf(",\"parts\":%u,\"sent\":%u}\n", f->parts, here);
        return;
    }
    (void)printf("    attachment ");
    cli_put(stdout, bytes_of_text(name));
    (void)printf(": %u of %u parts are in the log\n", here, f->parts);
}

static int stopped(struct cli *c, const char *id, const struct attach_file *f,
                   uint32_t here, int code)
{
    tell(c, f, here);
    if (f->untold)
        return code;
    (void)fprintf(stderr,
                  "flagpost: the rest can follow: `flagpost attach %s FILE` goes on where "
                  "this stopped\n",
                  id);
    return code;
}

static int fail(const struct cli *c, const struct attach_file *f, int code,
                const char *sentence)
{
    return f->untold ? code : cli_fail(c, (enum exit_code)code, f->path, sentence);
}

static int refused(const struct cli *c, const struct attach_file *f,
                   const struct control_answer *a)
{
    char sentence[256];

    (void)snprintf(sentence, sizeof sentence, "%.*s", (int)a->sentence.size,
                   (const char *)a->sentence.at);
    return fail(c, f, (int)cli_exit_code(a->status), sentence);
}

/* One part; EXIT_DONE when it is in the log. */
static int send_part(struct cli *c, const char *id, struct attach_file *f, uint32_t number)
{
    struct control_answer a = {0};
    struct item_part part = {0};

    const status s = attach_file_part(f, number, &c->arena, &part);
    if (s != OK)
        return fail(c, f, EXIT_REFUSED,
                    s == E_HASH ? "the file changed while it was sent: what was sent of "
                                  "it is of no use without the rest; attach a file that "
                                  "is finished to a new record"
                                : status_sentence(s));
    const struct control_field arguments[] = {
        cli_argument_bytes("id", bytes_of_text(id)),
        cli_argument_bytes("root", bytes_of(f->root.bytes, sizeof f->root.bytes)),
        cli_argument_bytes("number", decimal(&c->arena, number)),
        cli_argument_bytes("bytes", part.bytes),
        cli_argument_bytes("path", part.path),
    };
    /* To many recipients with an entry each it goes in more than one turn. */
    do {
        if (!cli_ask(c, "attach", arguments, COUNT_OF(arguments), &a))
            return EXIT_UNREACHABLE;
    } while (a.status == OK && a.row_count > 0 &&
             bytes_equal(control_value(&a.rows[0], "more"), bytes_of_text("yes")));
    return a.status == OK ? EXIT_DONE : refused(c, f, &a);
}

/* How far the node is with this file: the first part that it lacks. */
static int ask_next(struct cli *c, const char *id, const struct attach_file *f,
                    uint32_t *ret_next)
{
    const struct control_field arguments[] = {
        cli_argument_bytes("id", bytes_of_text(id)),
        cli_argument_bytes("root", bytes_of(f->root.bytes, sizeof f->root.bytes)),
    };
    struct control_answer a = {0};

    if (!cli_ask(c, "attach", arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    if (a.status != OK)
        return refused(c, f, &a);
    *ret_next = number_in(&a, "next");
    return EXIT_DONE;
}

int attach_send(struct cli *c, const char *id, struct attach_file *f)
{
    const size_t mark = arena_mark(&c->arena);
    uint32_t next = 0;
    int code = ask_next(c, id, f, &next);

    arena_rewind(&c->arena, mark);
    if (code != EXIT_DONE)
        return code;
    for (uint32_t n = next; n < f->parts; n++) {
        code = send_part(c, id, f, n);
        arena_rewind(&c->arena, mark);
        if (code != EXIT_DONE)
            return stopped(c, id, f, n, code);
    }
    tell(c, f, f->parts);
    return EXIT_DONE;
}

static int run(struct cli *c)
{
    int code = EXIT_DONE;

    if (c->argument_count < 2)
        return cli_fail(c, EXIT_WRONG_USE, "attach",
                        "give a record's id or URN and its files");
    if (!cli_record(c))
        return EXIT_WRONG_USE;
    for (size_t i = 1; code == EXIT_DONE && i < c->argument_count; i++) {
        const size_t mark = arena_mark(&c->arena);
        struct attach_file *const f = attach_file_open(c, c->arguments[i], false, &code);
        if (f != NULL)
            code = attach_send(c, c->arguments[0], f);
        attach_file_close(f);
        arena_rewind(&c->arena, mark);
    }
    return code;
}

const struct command command_attach = {
    .name = "attach",
    .arguments = "ID|URN FILE...",
    .summary = "Sends files that a published record names, or the rest of them",
    .details = "A file is known by its bytes, whatever it is called now.  Parts that are "
               "in the log "
               "already\nare not sent again.",
    .run = run,
};

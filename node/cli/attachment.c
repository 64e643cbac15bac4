#include "cli.h"

#include "attached.h"
#include "digest.h"
#include "file.h"
#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/*
 * An attachment out of the node's journal into a file.  The node has checked each part
 * against the record; here size and digest of the whole are checked before the file gets
 * its name.
 */

static const struct option_row options[] = {
    {"out", "FILE", "where to put it; a file that is there is not replaced"},
    {"purpose", "TEXT", "why it is read; goes into the log before anything is shown"},
};

struct fetching {
    struct cli *cli;
    const char *id, *number, *purpose;
    struct file_draft draft;
    struct digest digest;
    uint64_t size, parts, here; /* what the node says of it */
    uint64_t next, written;
    struct hash wanted;
};

static bool number_in(const struct control_row *row, const char *name, uint64_t *ret)
{
    return decimal_decode(control_value(row, name), ret) == OK;
}

static bool ask(struct fetching *f, struct control_answer *ret)
{
    char from[24];

    (void)snprintf(from, sizeof from, "%" PRIu64, f->next);
    const struct control_field arguments[] = {
        cli_argument("id", f->id), cli_argument("attachment", f->number),
        cli_argument("from", from),
        cli_argument("purpose", f->purpose == NULL ? "" : f->purpose)};
    return cli_ask(f->cli, "attachment", arguments,
                   COUNT_OF(arguments) - (f->purpose == NULL), ret);
}

static int damaged(const struct fetching *f)
{
    return cli_fail(f->cli, EXIT_DAMAGED, "attachment",
                    "the node's answer could not be read");
}

/* What the node says of the attachment; EXIT_DONE when all of it is there. */
static int read_head(struct fetching *f, const struct control_row *row)
{
    const struct bytes digest = control_value(row, "digest");
    char why[160];

    if (!number_in(row, "size", &f->size) || !number_in(row, "parts", &f->parts) ||
        !number_in(row, "here", &f->here) || digest.size != sizeof f->wanted.bytes)
        return damaged(f);
    memcpy(f->wanted.bytes, digest.at, digest.size);
    if (f->here == f->parts)
        return EXIT_DONE;
    (void)snprintf(why, sizeof why,
                   "%" PRIu64 " of %" PRIu64
                   " parts are here: the rest is still on its way, "
                   "or the publisher has not sent it yet; nothing was written",
                   f->here, f->parts);
    return cli_fail(f->cli, EXIT_UNREACHABLE, "attachment", why);
}

static int take_parts(struct fetching *f, const struct control_answer *a)
{
    for (size_t i = 1; i < a->row_count; i++) {
        const struct bytes bytes = control_value(&a->rows[i], "bytes");
        uint64_t number = 0;

        if (!number_in(&a->rows[i], "number", &number) || number != f->next)
            return damaged(f);
        if (bytes.size == 0) /* erased or withheld since the first request */
            return cli_fail(f->cli, EXIT_UNREACHABLE, "attachment",
                            "a part is no longer here; nothing was written");
        if (file_draft_write(&f->draft, bytes) != OK)
            return cli_fail(f->cli, EXIT_UNREACHABLE, f->draft.path,
                            "the file could not be written");
        digest_add(&f->digest, bytes);
        f->written += bytes.size;
        f->next++;
    }
    return a->row_count > 1 ? EXIT_DONE : damaged(f);
}

static int fetch_some(struct fetching *f)
{
    struct control_answer a = {0};

    if (!ask(f, &a))
        return EXIT_UNREACHABLE;
    if (a.status != OK || a.row_count == 0)
        return cli_print(f->cli, &a, NULL, 0);
    const int code = read_head(f, &a.rows[0]);
    return code == EXIT_DONE ? take_parts(f, &a) : code;
}

static int keep(struct fetching *f)
{
    const struct hash got = digest_done(&f->digest);

    if (f->written != f->size || !hash_equal(&got, &f->wanted))
        return cli_fail(f->cli, EXIT_DAMAGED, "attachment",
                        "size or digest is not what the record says: nothing was kept");
    const status s = file_draft_keep(&f->draft);
    if (s == OK)
        return EXIT_DONE;
    return cli_fail(f->cli, s == E_DUPLICATE ? EXIT_WRONG_USE : EXIT_UNREACHABLE,
                    f->draft.path,
                    s == E_DUPLICATE ? "there is a file of that name already: it stays"
                                     : "the file could not be written");
}

static int fetch(struct fetching *f)
{
    int code = EXIT_DONE;

    digest_init(&f->digest);
    do {
        const size_t mark = arena_mark(&f->cli->arena);
        code = fetch_some(f);
        arena_rewind(&f->cli->arena, mark);
    } while (code == EXIT_DONE && f->next < f->parts);
    return code == EXIT_DONE ? keep(f) : code;
}

static void tell(const struct fetching *f)
{
    char digest[2 * HASH_SIZE + 1];

    hex_encode(bytes_of(f->wanted.bytes, sizeof f->wanted.bytes), digest);
    if (f->cli->json) {
        (void)printf("{\"status\":\"ok\",\"file\":");
        cli_print_json_text(bytes_of_text(f->draft.path));
        (void)printf(",\"size\":%" PRIu64 ",\"digest\":\"%s\"}\n", f->size, digest);
        return;
    }
    cli_put(stdout, bytes_of_text(f->draft.path));
    (void)printf("  %" PRIu64 " bytes  BLAKE2b-256 %s\n", f->size, digest);
}

/* The number as the node counts: from 0. */
static const char *number_of(struct cli *c)
{
    char *const text = arena_take(&c->arena, 24);
    uint64_t n = 1;

    if (c->argument_count == 2 && decimal_decode(bytes_of_text(c->arguments[1]), &n) != OK)
        n = 0;
    if (text == NULL || n == 0 || n > ATTACHMENTS_MAX)
        return NULL;
    (void)snprintf(text, 24, "%" PRIu64, n - 1);
    return text;
}

static int run(struct cli *c)
{
    struct fetching *const f = arena_take(&c->arena, sizeof *f);

    if (c->argument_count < 1 || c->argument_count > 2)
        return cli_fail(c, EXIT_WRONG_USE, "attachment",
                        "give a record's id or URN and which of its attachments, from 1");
    if (!cli_record(c))
        return EXIT_WRONG_USE;
    const char *const out = cli_text(c, "out");
    const char *const number = number_of(c);
    if (out == NULL || number == NULL)
        return cli_fail(c, EXIT_WRONG_USE, "attachment",
                        out == NULL ? "say where to put it: --out FILE"
                                    : "attachments are counted from 1 to 16");
    MUST(f != NULL); /* the arena is fresh */
    f->cli = c;
    f->id = c->arguments[0];
    f->number = number;
    f->purpose = cli_text(c, "purpose");
    if (file_draft_open(&f->draft, out) != OK)
        return cli_fail(c, EXIT_UNREACHABLE, out, "no file can be made there");
    const int code = fetch(f);
    file_draft_drop(&f->draft);
    if (code == EXIT_DONE)
        tell(f);
    return code;
}

const struct command command_attachment = {
    .name = "attachment",
    .arguments = "ID|URN [NUMBER]",
    .summary = "Takes an attachment of a record out into a file, if all of it is here",
    .details =
        "`flagpost show` lists a record's attachments and whether they are complete.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};

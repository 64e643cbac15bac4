#include "check.h"
#include "clock.h"
#include "ingested.h"
#include "loading.h"
#include "requirement_file.h"
#include "text.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

/*
 * `ingest load`: each record that waits is opened, checked against the requirement file and
 * refused, or put into a batch for the loader; then, by its key alone, what the loader is
 * to delete.  The node knows of a record's batch before a byte of it is written, so a run
 * that was stopped at any point is finished by the next one: what stands in no folder is
 * written again under its own name.
 */

/* --- all of them --- */

static int walk(struct loading *l, const char *state, loading_each each)
{
    struct arena *const arena = &l->cli->arena;
    char skip[24] = "0";
    bool more = true;
    int code = EXIT_DONE;

    while (more && code == EXIT_DONE) {
        const size_t page = arena_mark(arena);
        const struct control_field arguments[] = {
            cli_argument_bytes("state", bytes_of_text(state)),
            cli_argument_bytes("skip", bytes_of_text(skip)),
            cli_argument_bytes("page", bytes_of_text("1"))};
        struct control_answer a = {0};
        if (!cli_ask(l->cli, "ingest-list", arguments, COUNT_OF(arguments), &a))
            return EXIT_UNREACHABLE;
        if (a.status != OK)
            return cli_print(l->cli, &a, NULL, 0);
        more = false;
        for (size_t i = 0; i < a.row_count && code == EXIT_DONE; i++) {
            const size_t mark = arena_mark(arena);
            const struct bytes next = control_value(&a.rows[i], "skip");
            more = next.size > 0;
            if (more)
                (void)snprintf(skip, sizeof skip, "%.*s", (int)next.size,
                               (const char *)next.at);
            else
                code = each(l, &a.rows[i]);
            arena_rewind(arena, mark);
        }
        arena_rewind(arena, page);
    }
    return code;
}

static int find_unfinished(struct loading *l, struct bytes batch)
{
    static char name[LOAD_NAME_ROOM];

    if (l->rebuild != NULL || batch.size == 0 || batch.size >= sizeof name ||
        text_is(batch, INGESTED_GATE))
        return EXIT_DONE;
    (void)snprintf(name, sizeof name, "%.*s", (int)batch.size, (const char *)batch.at);
    if (!load_batch_is_there(l->out, name))
        l->rebuild = name;
    return EXIT_DONE;
}

static int find_load(struct loading *l, const struct control_row *row)
{
    return find_unfinished(l, control_value(row, "batch"));
}

static int find_deletion(struct loading *l, const struct control_row *row)
{
    return find_unfinished(l, control_value(row, "deletion_batch"));
}

static int walk_both(struct loading *l, loading_each load, loading_each deletion)
{
    const int code = walk(l, "loading", load);

    return code == EXIT_DONE ? walk(l, "deleting", deletion) : code;
}

static int close_batch(struct loading *l, int code)
{
    const status s = code == EXIT_DONE ? loading_close_batch(l) : OK;

    return s == OK ? code : loading_failed(l, l->out, s);
}

/* Each time round there is one fewer: its folder stands, or nothing is in it. */
static int rebuild(struct loading *l)
{
    for (;;) {
        l->rebuild = NULL;
        int code = walk_both(l, find_load, find_deletion);
        if (code != EXIT_DONE || l->rebuild == NULL)
            return code;
        const status s = loading_open_batch(l);
        if (s != OK)
            return loading_failed(l, l->out, s);
        code = walk_both(l, loading_take_again, loading_delete_again);
        code = close_batch(l, code);
        if (code != EXIT_DONE)
            return code;
    }
}

/* First what is loaded: a version that waits may take the place of what is else deleted. */
static int run_all(struct loading *l)
{
    int code = rebuild(l);

    if (code == EXIT_DONE)
        code = walk(l, "waiting", loading_take);
    if (code == EXIT_DONE)
        code = walk(l, "delete", loading_delete);
    return close_batch(l, code);
}

/* One run at a time: each would write the other's unfinished batches. */
static bool lock(struct loading *l)
{
    l->lock = open(l->out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (l->lock >= 0 && flock(l->lock, LOCK_EX | LOCK_NB) == 0)
        return true;
    (void)cli_fail(l->cli, EXIT_UNREACHABLE, l->out,
                   l->lock < 0 ? "it is no folder that can be opened"
                               : "another ingest load is at work there");
    return false;
}

static void unlock(const struct loading *l)
{
    if (l->lock >= 0)
        (void)close(l->lock); /* only held */
}

static int print_end(const struct loading *l)
{
    if (l->cli->json)
        (void)printf("{\"batches\":%zu,\"loaded\":%zu,\"deleted\":%zu,\"refused\":%zu,"
                     "\"gate\":%zu,\"left\":%zu,\"requirements\":%u}\n",
                     l->batches, l->loaded, l->deleted, l->refused, l->gated, l->left,
                     l->requirements.version);
    else
        (void)printf(
            "%zu records to load and %zu to delete in %zu batches, %zu refused, %zu left "
            "to their force's own loads, %zu not readable now or waiting for the version "
            "before\nby requirements version %u: %.*s\n",
            l->loaded, l->deleted, l->batches, l->refused, l->gated, l->left,
            l->requirements.version, (int)l->requirements.title.size,
            (const char *)l->requirements.title.at);
    return EXIT_DONE;
}

static const struct option_row options[] = {
    {"out", "FOLDER", "where the loader finds batches; always the same one"},
    {"requirements", "FILE", "what a record must have: deploy/ingest/requirements.txt"},
    {"form", "WORD", "csv or xml (csv)"},
    {"purpose", "TEXT", "why the records are opened; goes into the log"},
};

static int run(struct cli *c)
{
    struct loading *const l = arena_take(&c->arena, sizeof *l);

    MUST(l != NULL);
    *l = (struct loading){.cli = c,
                          .lock = -1,
                          .out = cli_text(c, "out"),
                          .purpose = cli_text(c, "purpose"),
                          .form = load_form_find(cli_text(c, "form")),
                          .lists = arena_take(&c->arena, sizeof *l->lists)};
    if (l->out == NULL || cli_text(c, "requirements") == NULL || l->purpose == NULL ||
        c->argument_count != 0)
        return cli_fail(c, EXIT_WRONG_USE, "ingest load",
                        "give --out FOLDER, --requirements FILE and --purpose TEXT");
    if (l->form == NULL)
        return cli_fail(c, EXIT_WRONG_USE, "ingest load", "--form takes csv or xml");
    MUST(l->lists != NULL);
    int code = requirement_file_read(c, cli_text(c, "requirements"), &l->requirements);
    if (code != EXIT_DONE)
        return code;
    const bool ready = check_lists(c, NULL, l->lists) && lock(l);
    code = ready ? run_all(l) : EXIT_UNREACHABLE;
    load_batch_drop(&l->batch);
    unlock(l);
    return code == EXIT_DONE ? print_end(l) : code;
}

const struct command command_ingest_load = {
    .name = "ingest load",
    .arguments = "",
    .summary =
        "Checks what waits, refuses what is wrong, writes the rest and what is to be "
        "deleted as batches",
    .details =
        "A batch is a folder FOLDER/NAME with its records and manifest.json; it is there "
        "whole or\nnot at all, and stays until its records are answered (flagpost ingest "
        "results).  A run that\nwas stopped is finished by the next one: a record is in "
        "one batch for good.  What its owner has\nrecalled, disposed of or replaced by "
        "what is not for national ingestion is a row that deletes,\nwith its key and "
        "reference and nothing of the record.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};

#include "check.h"
#include "cli.h"
#include "clock.h"
#include "file.h"
#include "ingested.h"
#include "load_batch.h"
#include "output.h"
#include "requirement.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

/*
 * `ingest load`: each record that waits is opened, checked against the requirement file and
 * refused, or put into a batch for the loader.  The node knows of a record's batch before
 * a byte of it is written, so a run that was stopped at any point is finished by the next
 * one: what stands in no folder is written again under its own name.
 */

enum { RECORDS_PER_BATCH = 1000 };

struct loading {
    struct cli *cli;
    struct requirements requirements;
    struct lists *lists;
    const char *out, *purpose;
    const struct load_form *form;
    struct load_batch batch;
    bool open;           /* the batch */
    const char *rebuild; /* name of a batch that a stopped run has left; NULL: none */
    size_t batches, loaded, refused, gated, left;
};

static struct control_field argument(const char *name, struct bytes value)
{
    return (struct control_field){.name = bytes_of_text(name), .value = value};
}

static int told(struct loading *l, const char *what, status s)
{
    return cli_fail(l->cli, cli_exit_code(s), what, status_sentence(s));
}

/* --- batches --- */

static status open_batch(struct loading *l)
{
    char name[LOAD_NAME_ROOM];
    char at[TIME_TEXT_ROOM];
    uint32_t chance = 0;

    if (l->open)
        return OK;
    if (l->rebuild != NULL) {
        (void)snprintf(name, sizeof name, "%s", l->rebuild);
    } else {
        arc4random_buf(&chance, sizeof chance);
        time_write(clock_wall(), at);
        (void)snprintf(name, sizeof name, "%.4s%.2s%.2s-%.2s%.2s%.2s-%08x", at, at + 5,
                       at + 8, at + 11, at + 14, at + 17, chance);
    }
    TRY(load_batch_open(&l->batch, l->form, l->out, name));
    l->open = true;
    return OK;
}

static status close_batch(struct loading *l)
{
    if (!l->open)
        return OK;
    l->open = false;
    l->batches++;
    return load_batch_keep(&l->batch, l->requirements.version, l->requirements.title,
                           &l->cli->arena);
}

/* `told`: as what the node has put it into the batch. */
static status put_record(struct loading *l, const struct control_row *told,
                         const struct record *r)
{
    struct load_row put = {.operation = control_value(told, "operation"),
                           .reference = control_value(told, "reference"),
                           .force = control_value(told, "force"),
                           .urn = control_value(told, "urn"),
                           .version = control_value(told, "version"),
                           .record = control_value(told, "record"),
                           .publisher = control_value(told, "publisher"),
                           .r = r};

    ENSURE(output_record_text(l->cli, r, &put.json), E_MEMORY);
    return load_batch_put(&l->batch, &put, &l->cli->arena);
}

/* --- one record --- */

/* "F55/01a2...": another agency may have given a record of its own the same id. */
static struct bytes id_of(struct loading *l, const struct control_row *row)
{
    const struct bytes from = control_value(row, "from");
    const struct bytes id = control_value(row, "id");
    const size_t size = from.size + 1 + id.size;
    uint8_t *const text = arena_take(&l->cli->arena, size);

    if (text == NULL)
        return id;
    struct writer w = writer_over(text, size);
    write_bytes(&w, from);
    write_u8(&w, '/');
    write_bytes(&w, id);
    return writer_bytes(&w);
}

/* False: the node does not answer. */
static bool put_into(struct loading *l, struct bytes id, const char *batch,
                     struct control_answer *ret)
{
    const struct control_field arguments[] = {argument("id", id),
                                              argument("batch", bytes_of_text(batch))};

    return cli_ask(l->cli, "ingest-batch", arguments, COUNT_OF(arguments), ret);
}

/* EXIT_DONE: it may go on. */
static int refuse(struct loading *l, struct bytes id, const struct requirement_refusal *why)
{
    const struct control_field arguments[] = {
        argument("id", id), argument("reference", bytes_of_text(why->rule)),
        argument("mend", bytes_of_text(why->mend))};
    struct control_answer a = {0};

    if (!cli_ask(l->cli, "ingest-refuse", arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    l->refused += a.status == OK;
    return a.status == OK ? EXIT_DONE : cli_print(l->cli, &a, NULL, 0);
}

static int load(struct loading *l, const struct control_row *row, const struct record *r)
{
    struct control_answer put = {0};
    status s = open_batch(l);

    if (s != OK)
        return told(l, l->out, s);
    if (!put_into(l, id_of(l, row), l->batch.name, &put))
        return EXIT_UNREACHABLE;
    /* Recalled in this moment, in another run's batch, or the loader has not answered the
     * version before. */
    if (put.status != OK || put.row_count == 0) {
        l->left++;
        return EXIT_DONE;
    }
    s = put_record(l, &put.rows[0], r);
    if (s == OK && l->batch.count == RECORDS_PER_BATCH && l->rebuild == NULL)
        s = close_batch(l);
    l->loaded++;
    return s == OK ? EXIT_DONE : told(l, l->out, s);
}

static int judge(struct loading *l, const struct control_row *row, struct record *r)
{
    const struct bytes id = id_of(l, row);
    struct requirement_refusal why = {0};
    struct control_answer put = {0};
    const status s = requirements_check(&l->requirements, r, l->lists, clock_wall(),
                                        &l->cli->arena, &why);

    if (s != OK)
        return told(l, "check", s);
    /* What is in a batch already has been judged. */
    if (why.rule != NULL && l->rebuild == NULL)
        return refuse(l, id, &why);
    if (!requirements_gate(&l->requirements, control_value(row, "force")) ||
        l->rebuild != NULL)
        return load(l, row, r);
    if (!put_into(l, id, INGESTED_GATE, &put))
        return EXIT_UNREACHABLE;
    l->gated += put.status == OK;
    l->left += put.status != OK;
    return EXIT_DONE;
}

/* The reading is in the log before the record is given. */
static int open_and_judge(struct loading *l, const struct control_row *row)
{
    struct arena *const arena = &l->cli->arena;
    const struct control_field arguments[] = {
        argument("id", id_of(l, row)), argument("purpose", bytes_of_text(l->purpose))};
    struct record *const r = arena_take(arena, sizeof *r);
    struct control_answer a = {0};

    if (!cli_ask(l->cli, "show", arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    if (a.status == E_FENCED)
        return cli_print(l->cli, &a, NULL, 0);
    /* Recalled, erased, no record, or its key is gone: it is told in the list, and must not
     * keep the others back. */
    if (a.status != OK || a.row_count == 0) {
        l->left++;
        return EXIT_DONE;
    }
    if (r == NULL || record_unpack(control_value(&a.rows[0], "record"), arena, r) != OK)
        return cli_fail(l->cli, EXIT_DAMAGED, "show",
                        "the node's answer could not be read");
    return judge(l, row, r);
}

/* What a newer version has replaced before it was loaded is not loaded any more: nobody
 * is to find in the national database what its owner has corrected. */
static int take(struct loading *l, const struct control_row *row)
{
    static const struct requirement_refusal superseded = {
        "superseded", "nothing: a newer version has taken its place"};
    const struct bytes standing = control_value(row, "standing");

    if (text_is(standing, "superseded"))
        return refuse(l, id_of(l, row), &superseded);
    if (standing.size == 0)
        return open_and_judge(l, row);
    l->left++; /* recalled: its statement is a person's */
    return EXIT_DONE;
}

/* --- all of them --- */

/* What to do with a row of the list; EXIT_DONE: go on. */
typedef int (*each_row)(struct loading *l, const struct control_row *row);

static int walk(struct loading *l, const char *state, each_row each)
{
    struct arena *const arena = &l->cli->arena;
    char skip[24] = "0";
    bool more = true;
    int code = EXIT_DONE;

    while (more && code == EXIT_DONE) {
        const size_t page = arena_mark(arena);
        const struct control_field arguments[] = {argument("state", bytes_of_text(state)),
                                                  argument("skip", bytes_of_text(skip)),
                                                  argument("page", bytes_of_text("1"))};
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

static int find_unfinished(struct loading *l, const struct control_row *row)
{
    static char name[LOAD_NAME_ROOM];
    const struct bytes batch = control_value(row, "batch");

    if (l->rebuild != NULL || batch.size == 0 || batch.size >= sizeof name ||
        text_is(batch, INGESTED_GATE))
        return EXIT_DONE;
    (void)snprintf(name, sizeof name, "%.*s", (int)batch.size, (const char *)batch.at);
    if (!load_batch_is_there(l->out, name))
        l->rebuild = name;
    return EXIT_DONE;
}

static int take_again(struct loading *l, const struct control_row *row)
{
    return text_is(control_value(row, "batch"), l->rebuild) ? open_and_judge(l, row)
                                                            : EXIT_DONE;
}

/* Each time round there is one fewer: its folder stands. */
static int rebuild(struct loading *l)
{
    for (;;) {
        l->rebuild = NULL;
        int code = walk(l, "loading", find_unfinished);
        if (code != EXIT_DONE || l->rebuild == NULL)
            return code;
        status s = open_batch(l);
        if (s != OK)
            return told(l, l->out, s);
        code = walk(l, "loading", take_again);
        if (code != EXIT_DONE)
            return code;
        s = close_batch(l);
        if (s != OK)
            return told(l, l->out, s);
    }
}

static int run_all(struct loading *l)
{
    int code = rebuild(l);

    if (code == EXIT_DONE)
        code = walk(l, "waiting", take);
    const status s = code == EXIT_DONE ? close_batch(l) : OK;
    return s == OK ? code : told(l, l->out, s);
}

static bool read_requirements(struct loading *l)
{
    const char *const path = cli_value(l->cli, "requirements");
    struct requirements_fault fault = {0};
    struct bytes text = {0};
    char where[64];

    const status s = file_read(path, REQUIREMENTS_FILE_MAX, &l->cli->arena, &text);
    if (s != OK) {
        (void)cli_fail(l->cli, EXIT_UNREACHABLE, path, cli_file_sentence(path, s));
        return false;
    }
    if (requirements_read(text, &l->requirements, &fault) == OK)
        return true;
    (void)snprintf(where, sizeof where, "requirements, line %u", fault.line);
    (void)cli_fail(l->cli, EXIT_REFUSED, where, fault.sentence);
    return false;
}

static int print_end(const struct loading *l)
{
    if (l->cli->json)
        (void)printf("{\"batches\":%zu,\"loaded\":%zu,\"refused\":%zu,\"gate\":%zu,"
                     "\"left\":%zu,\"requirements\":%u}\n",
                     l->batches, l->loaded, l->refused, l->gated, l->left,
                     l->requirements.version);
    else
        (void)printf(
            "%zu records in %zu batches, %zu refused, %zu left to their force's own "
            "loads, %zu not readable now\nby requirements version %u: %.*s\n",
            l->loaded, l->batches, l->refused, l->gated, l->left, l->requirements.version,
            (int)l->requirements.title.size, (const char *)l->requirements.title.at);
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
    if (!read_requirements(l) || l->lists == NULL)
        return EXIT_REFUSED;
    if (!check_lists(c, NULL, l->lists))
        return EXIT_UNREACHABLE;
    const int code = run_all(l);
    load_batch_drop(&l->batch);
    return code == EXIT_DONE ? print_end(l) : code;
}

const struct command command_ingest_load = {
    .name = "ingest load",
    .arguments = "",
    .summary = "Checks what waits, refuses what is wrong, writes the rest as batches",
    .details =
        "A batch is a folder FOLDER/NAME with its records and manifest.json; it is there "
        "whole or\nnot at all, and stays until its records are answered (flagpost ingest "
        "results).  A run that\nwas stopped is finished by the next one: a record is in "
        "one "
        "batch for good.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};

#include "cli.h"
#include "csv_source.h"
#include "file.h"
#include "ingest_trouble.h"
#include "results_folder.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * `ingest results`: what the loader says of each record of a batch becomes the node's
 * answer.  A file is read through however its rows are; one with a row that is not taken,
 * or that is no file, goes to `quarantine` with the reasons beside it, any other to `read`.
 * Taking a row twice changes nothing, so a run that was stopped is only begun again.
 * What cannot be moved holds up no other file.
 */

enum {
    FILE_BYTES_MAX = 8 * 1024 * 1024,
    ROW_ROOM = 2 * 1024 * 1024,
};

enum cell { CELL_BATCH, CELL_RECORD, CELL_OUTCOME, CELL_REFERENCE, CELL_RULE, CELL_MEND };

static const char *const header[] = {"batch",     "record", "outcome",
                                     "reference", "rule",   "mend"};

struct results {
    struct cli *cli;
    struct results_folder folder;
    struct arena rows;
    bool has_header;
    int code;                           /* not EXIT_DONE: the node cannot answer now */
    const char *name;                   /* of the file in hand */
    FILE *reasons;                      /* of it; NULL: none yet */
    char quarantine[RESULTS_NAME_ROOM]; /* what it is called there */
    size_t in_quarantine;               /* with what earlier runs have put there */
    size_t accepted, deleted, refused, again, faults, files, quarantined, left;
};

/* What is said of a row names its line and never what a cell says. */
static void fault_bytes(struct results *r, uint32_t line, struct bytes sentence)
{
    r->faults++;
    if (r->reasons == NULL)
        r->reasons = results_folder_reasons(&r->folder, r->name, r->quarantine);
    if (r->reasons != NULL)
        (void)fprintf(r->reasons, "line %u: %.*s\n", line, (int)sentence.size,
                      (const char *)sentence.at);
    if (r->cli->json)
        return;
    (void)printf("  line %u: ", line);
    cli_put(stdout, sentence);
    (void)printf("\n");
}

static void fault(struct results *r, uint32_t line, const char *sentence)
{
    fault_bytes(r, line, bytes_of_text(sentence));
}

/* --- one row --- */

/* Whether a row is about a load or a deletion the node knows by the batch. */
static void count(struct results *r, const struct control_row *answer)
{
    const struct bytes says = control_value(answer, "says");

    if (control_value(answer, "again").size > 0)
        r->again++;
    else if (text_is(says, "accepted"))
        r->accepted++;
    else if (text_is(says, "deleted"))
        r->deleted++;
    else
        r->refused++;
}

static void take(struct results *r, uint32_t line, const struct bytes *cells)
{
    const bool accepted = text_is(cells[CELL_OUTCOME], "accepted");
    const struct control_field arguments[] = {
        cli_argument_bytes("id", cells[CELL_RECORD]),
        cli_argument_bytes("batch", cells[CELL_BATCH]),
        cli_argument_bytes("reference", cells[accepted ? CELL_REFERENCE : CELL_RULE]),
        cli_argument_bytes("mend", accepted ? (struct bytes){0} : cells[CELL_MEND])};
    uint8_t id[sizeof(record_id)];
    struct control_answer a = {0};

    if (hex_decode(cells[CELL_RECORD], id, sizeof id) != OK ||
        cells[CELL_BATCH].size == 0 ||
        (!accepted && !text_is(cells[CELL_OUTCOME], "refused"))) {
        fault(r, line,
              "a row has a batch, a record's whole id, and accepted or "
              "refused");
        return;
    }
    if (cells[accepted ? CELL_RULE : CELL_REFERENCE].size > 0 ||
        (accepted && cells[CELL_MEND].size > 0)) {
        fault(r, line, "accepted has a reference alone, refused a rule and a mend");
        return;
    }
    const char *const verb = accepted ? "ingest-accept" : "ingest-refuse";
    if (!cli_ask(r->cli, verb, arguments, COUNT_OF(arguments), &a))
        r->code = EXIT_UNREACHABLE;
    else if (ingest_is_trouble(a.status))
        r->code = cli_print(r->cli, &a, NULL, 0);
    else if (a.status != OK)
        fault_bytes(r, line, a.sentence);
    else if (a.row_count > 0)
        count(r, &a.rows[0]);
}

static bool is_header(const struct csv_row *row)
{
    if (row->count != COUNT_OF(header))
        return false;
    for (size_t i = 0; i < COUNT_OF(header); i++) {
        if (!text_is(row->cells[i], header[i]))
            return false;
    }
    return true;
}

static bool each(void *context, const struct csv_row *row)
{
    struct results *const r = context;
    struct arena *const a = &r->cli->arena;
    const size_t mark = arena_mark(a);

    if (!r->has_header) {
        r->has_header = is_header(row);
        if (!r->has_header)
            fault(r, row->line, "the columns are batch,record,outcome,reference,rule,mend");
        return r->has_header;
    }
    if (row->count != COUNT_OF(header))
        fault(r, row->line, "this row has not six cells");
    else
        take(r, row->line, row->cells);
    arena_rewind(a, mark);
    return r->code == EXIT_DONE;
}

/* --- one file --- */

/* Its bytes; E_FORM with a fault for what is no file that can be read. */
static status take_bytes(struct results *r, int fd, struct bytes *ret)
{
    struct stat st = {0};

    ENSURE(fstat(fd, &st) == 0, E_IO);
    if (!S_ISREG(st.st_mode) || st.st_size > FILE_BYTES_MAX) {
        fault(r, 1,
              S_ISREG(st.st_mode) ? "the file is larger than 8 megabytes"
                                  : "it is no file");
        return E_FORM;
    }
    const size_t size = (size_t)st.st_size;
    uint8_t *const at = arena_take(&r->cli->arena, size);
    ENSURE(at != NULL, E_MEMORY);
    TRY(file_read_exactly(fd, at, size));
    *ret = bytes_of(at, size);
    return OK;
}

/* OK also for a file with faults; else the system's trouble. */
static status read_rows(struct results *r)
{
    struct bytes text = {0};
    struct csv_fault why = {.line = 0};
    const int fd = results_folder_file(&r->folder, r->name);

    if (fd < 0) {
        fault(r, 1,
              errno == ELOOP    ? "it is a link, which is not followed"
              : errno == EACCES ? "it may not be read"
                                : "it could not be opened");
        return OK;
    }
    const status s = take_bytes(r, fd, &text);
    (void)close(fd); /* only read from */
    if (s != OK)
        return s == E_FORM ? OK : s;
    if (csv_source_read(text, ',', &r->rows, each, r, &why) != OK)
        fault(r, why.line, why.sentence);
    if (!r->has_header && r->reasons == NULL)
        fault(r, 1, "the file is empty");
    return OK;
}

/* Until the next run. */
static void leave(struct results *r, const char *why)
{
    r->left++;
    results_folder_put_back(&r->folder, r->name);
    (void)cli_fail(r->cli, EXIT_UNREACHABLE, r->name, why); /* print_end has the code */
}

static void take_file(struct results *r, const char *name)
{
    const size_t before = r->faults;
    const size_t mark = arena_mark(&r->cli->arena);

    r->name = name;
    r->has_header = false;
    if (!results_folder_take(&r->folder, name)) {
        if (errno != ENOENT) /* else whoever put it there has taken it away */
            leave(r, "it could not be taken out of the folder");
        return;
    }
    const status s = read_rows(r);
    arena_rewind(&r->cli->arena, mark);
    const bool bad = r->faults > before;
    const bool written =
        bad == (r->reasons != NULL) && (r->reasons == NULL || ferror(r->reasons) == 0);
    const bool closed = r->reasons == NULL || fclose(r->reasons) == 0;
    r->reasons = NULL;
    if (r->code != EXIT_DONE) {
        results_folder_put_back(&r->folder, name);
        return;
    }
    r->files++;
    if (s != OK)
        leave(r, status_sentence(s));
    else if (!written || !closed)
        leave(r, "what is wrong with it could not be written into quarantine");
    else if (!results_folder_move(&r->folder, name, bad ? r->quarantine : NULL))
        leave(r, "it could not be moved; take it out of the folder");
    else
        r->quarantined += bad;
}

static int print_end(const struct results *r)
{
    if (r->cli->json)
        (void)printf("{\"files\":%zu,\"accepted\":%zu,\"deleted\":%zu,\"refused\":%zu,"
                     "\"before\":%zu,\"faults\":%zu,\"quarantined\":%zu,\"left\":%zu}\n",
                     r->files, r->accepted, r->deleted, r->refused, r->again, r->faults,
                     r->quarantined, r->left);
    else
        (void)printf(
            "%zu files: %zu accepted, %zu deleted, %zu refused, %zu answered before; %zu "
            "rows not taken, %zu files put into quarantine, where there are %zu, %zu left "
            "where they are\n",
            r->files, r->accepted, r->deleted, r->refused, r->again, r->faults,
            r->quarantined, r->in_quarantine, r->left);
    if (r->left > 0)
        return EXIT_UNREACHABLE;
    return r->quarantined > 0 ? EXIT_REFUSED : EXIT_DONE;
}

/* A to-do, as long as there are any. */
static void tell_quarantine(struct results *r)
{
    char count[24];
    char *const path = realpath(r->cli->arguments[0], NULL);
    struct control_answer a = {0};

    if (path == NULL || results_folder_quarantined(&r->folder, &r->in_quarantine) != OK) {
        r->code = cli_fail(r->cli, EXIT_UNREACHABLE, r->cli->arguments[0],
                           "its quarantine cannot be looked into");
        free(path);
        return;
    }
    (void)snprintf(count, sizeof count, "%zu", r->in_quarantine);
    const struct control_field arguments[] = {
        cli_argument_bytes("folder", bytes_of_text(path)),
        cli_argument_bytes("count", bytes_of_text(count))};
    if (!cli_ask(r->cli, "ingest-quarantine", arguments, COUNT_OF(arguments), &a))
        r->code = EXIT_UNREACHABLE;
    else if (a.status != OK)
        r->code = cli_print(r->cli, &a, NULL, 0);
    free(path);
}

static int run(struct cli *c)
{
    struct results r = {.cli = c, .code = EXIT_DONE};
    char **const names = arena_array(&c->arena, RESULTS_FILES_MAX, sizeof *names);
    void *const room = arena_take(&c->arena, ROW_ROOM);
    size_t n = 0;

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, "ingest results", "give the loader's folder");
    MUST(names != NULL && room != NULL);
    arena_init(&r.rows, room, ROW_ROOM);
    status s = results_folder_open(&r.folder, c->arguments[0]);
    if (s == OK)
        s = results_folder_list(&r.folder, &c->arena, names, &n);
    if (s != OK)
        r.code = cli_fail(c, EXIT_UNREACHABLE, c->arguments[0],
                          s == E_UNKNOWN ? "there is no such folder"
                          : s == E_BUSY
                              ? "another ingest results is at work there"
                              : "it does not open, or read or quarantine in it (a link?)");
    for (size_t i = 0; i < n && r.code == EXIT_DONE; i++)
        take_file(&r, names[i]);
    if (r.code == EXIT_DONE)
        tell_quarantine(&r);
    results_folder_close(&r.folder);
    return r.code != EXIT_DONE ? r.code : print_end(&r);
}

const struct command command_ingest_results = {
    .name = "ingest results",
    .arguments = "FOLDER",
    .summary = "Answers each record as the loader's result files say",
    .details =
        "Files *.csv with the columns batch,record,outcome,reference,rule,mend, renamed "
        "into\nFOLDER when they are whole.  They go to FOLDER/read, or, with a row that "
        "could not\nbe taken and what is no file, to FOLDER/quarantine with the reasons "
        "beside them: a to-do as\nlong as they are there.  The same again changes "
        "nothing.",
    .run = run,
};

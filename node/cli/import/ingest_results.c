#include "cli.h"
#include "csv_source.h"
#include "file.h"
#include "text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * `ingest results`: what the loader says of each record of a batch becomes the node's
 * answer.  A file is read through however its rows are; one with a row that is not taken
 * goes to `quarantine` with the reasons beside it, any other to `read`.  Taking a row twice
 * changes nothing, so a run that was stopped is only begun again.
 */

enum {
    FILE_BYTES_MAX = 8 * 1024 * 1024,
    ROW_ROOM = 2 * 1024 * 1024,
    PATH_ROOM = 1024,
    FILES_MAX = 1000, /* of one run */
    SAME_NAME_MAX = 1000,
    FOLDER_MODE = 0750,
};

enum cell { CELL_BATCH, CELL_RECORD, CELL_OUTCOME, CELL_REFERENCE, CELL_RULE, CELL_MEND };

static const char *const header[] = {"batch",     "record", "outcome",
                                     "reference", "rule",   "mend"};

struct results {
    struct cli *cli;
    const char *folder;
    struct arena rows;
    bool has_header;
    int code;      /* not EXIT_DONE: the node cannot answer now */
    FILE *reasons; /* of the file in hand; NULL: none yet */
    char reasons_path[PATH_ROOM];
    size_t accepted, refused, again, faults, files, quarantined;
};

static bool path_of(char ret[PATH_ROOM], const char *folder, const char *inner,
                    const char *name)
{
    return snprintf(ret, PATH_ROOM, "%s/%s%s%s", folder, inner, inner[0] == '\0' ? "" : "/",
                    name) < PATH_ROOM;
}

/* What is said of a row names its line and never what a cell says. */
static void fault(struct results *r, uint32_t line, struct bytes sentence)
{
    r->faults++;
    if (r->reasons == NULL)
        r->reasons = fopen(r->reasons_path, "we");
    if (r->reasons != NULL)
        (void)fprintf(r->reasons, "line %u: %.*s\n", line, (int)sentence.size,
                      (const char *)sentence.at);
    if (r->cli->json)
        return;
    (void)printf("  line %u: ", line);
    cli_put(stdout, sentence);
    (void)printf("\n");
}

/* --- one row --- */

static struct control_field argument(const char *name, struct bytes value)
{
    return (struct control_field){.name = bytes_of_text(name), .value = value};
}

/* The node's own trouble: the row stays to be taken later. */
static bool is_trouble(status s)
{
    return s == E_BUSY || s == E_FENCED || s == E_EXPIRED || s == E_REVOKED ||
           s == E_STORAGE || s == E_DENIED || s == E_IO;
}

static void count(struct results *r, const struct control_answer *a, bool accepted)
{
    const bool again = a->row_count > 0 && control_value(&a->rows[0], "again").size > 0;

    r->again += again;
    r->accepted += !again && accepted;
    r->refused += !again && !accepted;
}

static void take(struct results *r, uint32_t line, const struct bytes *cells)
{
    const bool accepted = text_is(cells[CELL_OUTCOME], "accepted");
    const struct control_field arguments[] = {
        argument("id", cells[CELL_RECORD]), argument("batch", cells[CELL_BATCH]),
        argument("reference", cells[accepted ? CELL_REFERENCE : CELL_RULE]),
        argument("mend", accepted ? (struct bytes){0} : cells[CELL_MEND])};
    uint8_t id[sizeof(record_id)];
    struct control_answer a = {0};

    if (hex_decode(cells[CELL_RECORD], id, sizeof id) != OK ||
        cells[CELL_BATCH].size == 0 ||
        (!accepted && !text_is(cells[CELL_OUTCOME], "refused"))) {
        fault(r, line,
              bytes_of_text("a row has a batch, a record's whole id, and accepted or "
                            "refused"));
        return;
    }
    if (cells[accepted ? CELL_RULE : CELL_REFERENCE].size > 0 ||
        (accepted && cells[CELL_MEND].size > 0)) {
        fault(r, line,
              bytes_of_text("accepted has a reference alone, refused a rule and a mend"));
        return;
    }
    const char *const verb = accepted ? "ingest-accept" : "ingest-refuse";
    if (!cli_ask(r->cli, verb, arguments, COUNT_OF(arguments), &a))
        r->code = EXIT_UNREACHABLE;
    else if (is_trouble(a.status))
        r->code = cli_print(r->cli, &a, NULL, 0);
    else if (a.status != OK)
        fault(r, line, a.sentence);
    else
        count(r, &a, accepted);
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
            fault(
                r, row->line,
                bytes_of_text("the columns are batch,record,outcome,reference,rule,mend"));
        return r->has_header;
    }
    if (row->count != COUNT_OF(header))
        fault(r, row->line, bytes_of_text("this row has not six cells"));
    else
        take(r, row->line, row->cells);
    arena_rewind(a, mark);
    return r->code == EXIT_DONE;
}

/* --- one file --- */

static bool move(const char *folder, const char *name, const char *to)
{
    char from[PATH_ROOM];
    char path[PATH_ROOM];
    char numbered[NAME_MAX + 16];

    if (!path_of(from, folder, "", name))
        return false;
    for (unsigned i = 0; i < SAME_NAME_MAX; i++) {
        (void)snprintf(numbered, sizeof numbered, i == 0 ? "%s" : "%s.%u", name, i);
        if (!path_of(path, folder, to, numbered))
            return false;
        if (renameat2(AT_FDCWD, from, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
            return true;
        if (errno != EEXIST)
            return false;
    }
    return false;
}

static status read_rows(struct results *r, const char *name)
{
    struct arena *const a = &r->cli->arena;
    char path[PATH_ROOM];
    struct bytes text = {0};
    struct csv_fault why = {.line = 0};

    ENSURE(path_of(path, r->folder, "", name), E_LIMIT);
    const status s = file_read(path, FILE_BYTES_MAX, a, &text);
    if (s == E_LIMIT)
        fault(r, 1, bytes_of_text("the file is larger than 8 megabytes"));
    else
        TRY(s);
    if (s == OK && csv_source_read(text, ',', &r->rows, each, r, &why) != OK)
        fault(r, why.line, bytes_of_text(why.sentence));
    if (s == OK && !r->has_header && r->reasons == NULL)
        fault(r, 1, bytes_of_text("the file is empty"));
    return OK;
}

static int take_file(struct results *r, const char *name)
{
    char numbered[NAME_MAX + 16];
    const size_t before = r->faults;
    const size_t mark = arena_mark(&r->cli->arena);

    r->has_header = false;
    (void)snprintf(numbered, sizeof numbered, "%s.why", name);
    if (!path_of(r->reasons_path, r->folder, "quarantine", numbered))
        return cli_fail(r->cli, EXIT_REFUSED, name, status_sentence(E_LIMIT));
    const status s = read_rows(r, name);
    arena_rewind(&r->cli->arena, mark);
    const bool written = r->reasons == NULL || fclose(r->reasons) == 0;
    r->reasons = NULL;
    if (s != OK || !written)
        return cli_fail(r->cli, EXIT_UNREACHABLE, name,
                        status_sentence(s == OK ? E_IO : s));
    if (r->code != EXIT_DONE)
        return r->code;
    const bool bad = r->faults > before;
    r->files++;
    r->quarantined += bad;
    if (!move(r->folder, name, bad ? "quarantine" : "read"))
        return cli_fail(r->cli, EXIT_UNREACHABLE, name, "it could not be moved");
    return EXIT_DONE;
}

/* --- the folder --- */

static bool is_result(const char *name)
{
    const size_t size = strlen(name);

    return name[0] != '.' && size > 4 && strcmp(name + size - 4, ".csv") == 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static status list(struct results *r, char *ret[FILES_MAX], size_t *ret_count)
{
    DIR *const d = opendir(r->folder);
    size_t n = 0;

    ENSURE(d != NULL, errno == ENOENT ? E_UNKNOWN : E_IO);
    for (const struct dirent *e = readdir(d); e != NULL && n < FILES_MAX; e = readdir(d)) {
        if (is_result(e->d_name))
            ret[n++] = arena_text(&r->cli->arena, bytes_of_text(e->d_name));
    }
    (void)closedir(d); /* only read */
    for (size_t i = 0; i < n; i++)
        ENSURE(ret[i] != NULL, E_MEMORY);
    qsort(ret, n, sizeof *ret, by_name);
    *ret_count = n;
    return OK;
}

static bool prepare(const char *folder)
{
    static const char *const inner[] = {"read", "quarantine"};
    char path[PATH_ROOM];

    for (size_t i = 0; i < COUNT_OF(inner); i++) {
        if (!path_of(path, folder, "", inner[i]) ||
            (mkdir(path, FOLDER_MODE) != 0 && errno != EEXIST))
            return false;
    }
    return true;
}

static int print_end(const struct results *r)
{
    if (r->cli->json)
        (void)printf("{\"files\":%zu,\"accepted\":%zu,\"refused\":%zu,\"before\":%zu,"
                     "\"faults\":%zu,\"quarantined\":%zu}\n",
                     r->files, r->accepted, r->refused, r->again, r->faults,
                     r->quarantined);
    else
        (void)printf(
            "%zu files: %zu accepted, %zu refused, %zu answered before; %zu rows not "
            "taken, %zu files in quarantine\n",
            r->files, r->accepted, r->refused, r->again, r->faults, r->quarantined);
    return r->quarantined > 0 ? EXIT_REFUSED : EXIT_DONE;
}

static int run(struct cli *c)
{
    struct results r = {.cli = c, .code = EXIT_DONE};
    char **const names = arena_array(&c->arena, FILES_MAX, sizeof *names);
    void *const room = arena_take(&c->arena, ROW_ROOM);
    size_t n = 0;

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, "ingest results", "give the loader's folder");
    r.folder = c->arguments[0];
    MUST(names != NULL && room != NULL);
    arena_init(&r.rows, room, ROW_ROOM);
    const status s = list(&r, names, &n);
    if (s != OK || !prepare(r.folder))
        return cli_fail(c, EXIT_UNREACHABLE, r.folder,
                        cli_file_sentence(r.folder, s == OK ? E_IO : s));
    for (size_t i = 0; i < n; i++) {
        const int code = take_file(&r, names[i]);
        if (code != EXIT_DONE)
            return code;
    }
    return print_end(&r);
}

const struct command command_ingest_results = {
    .name = "ingest results",
    .arguments = "FOLDER",
    .summary = "Answers each record as the loader's result files say",
    .details = "Files *.csv with the columns batch,record,outcome,reference,rule,mend, "
               "renamed into "
               "FOLDER\nwhen they are whole.  They go to FOLDER/read, or, with a row that "
               "could not "
               "be taken, to\nFOLDER/quarantine with the reasons beside them.  The same "
               "again changes "
               "nothing.",
    .run = run,
};

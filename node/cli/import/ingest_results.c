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
 * answer.  A file is read through however its rows are; one with a row that is not taken,
 * or that is no file, goes to `quarantine` with the reasons beside it, any other to `read`.
 * Taking a row twice changes nothing, so a run that was stopped is only begun again.
 *
 * Others write into the folder.  So it and the two within are held open, no link is
 * followed, nothing that is there is written over, and what cannot be moved holds up no
 * other file.
 */

enum {
    FILE_BYTES_MAX = 8 * 1024 * 1024,
    ROW_ROOM = 2 * 1024 * 1024,
    FILES_MAX = 1000, /* of one run */
    SAME_NAME_MAX = 1000,
    FOLDER_MODE = 0750,
    REASONS_MODE = 0640,
    NAME_ROOM = NAME_MAX + 16,
};

enum folder { FOLDER_ITSELF, FOLDER_READ, FOLDER_QUARANTINE, FOLDERS };

enum cell { CELL_BATCH, CELL_RECORD, CELL_OUTCOME, CELL_REFERENCE, CELL_RULE, CELL_MEND };

static const char *const header[] = {"batch",     "record", "outcome",
                                     "reference", "rule",   "mend"};

struct results {
    struct cli *cli;
    int folders[FOLDERS];
    struct arena rows;
    bool has_header;
    int code;                   /* not EXIT_DONE: the node cannot answer now */
    const char *name;           /* of the file in hand */
    FILE *reasons;              /* of it; NULL: none yet */
    char quarantine[NAME_ROOM]; /* what it is called there */
    size_t accepted, refused, again, faults, files, quarantined, left;
};

/* "name", "name.1", "name.2" ... */
static void number_name(char ret[NAME_ROOM], const char *name, unsigned number)
{
    (void)snprintf(ret, NAME_ROOM, number == 0 ? "%s" : "%s.%u", name, number);
}

/* The first number under which neither a file is there nor its reasons. */
static FILE *open_reasons(struct results *r)
{
    const int folder = r->folders[FOLDER_QUARANTINE];
    char beside[NAME_ROOM + 4];
    struct stat st;
    int fd = -1;

    for (unsigned i = 0; fd < 0 && i < SAME_NAME_MAX; i++) {
        number_name(r->quarantine, r->name, i);
        (void)snprintf(beside, sizeof beside, "%s.why", r->quarantine);
        if (fstatat(folder, r->quarantine, &st, AT_SYMLINK_NOFOLLOW) == 0)
            continue;
        fd = openat(folder, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                    REASONS_MODE);
        if (fd < 0 && errno != EEXIST)
            return NULL;
    }
    return fd < 0 ? NULL : fdopen(fd, "w");
}

/* What is said of a row names its line and never what a cell says. */
static void fault_bytes(struct results *r, uint32_t line, struct bytes sentence)
{
    r->faults++;
    if (r->reasons == NULL)
        r->reasons = open_reasons(r);
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
    else if (is_trouble(a.status))
        r->code = cli_print(r->cli, &a, NULL, 0);
    else if (a.status != OK)
        fault_bytes(r, line, a.sentence);
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
    const int fd = openat(r->folders[FOLDER_ITSELF], r->name,
                          O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

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

/* To where it belongs: a bad one beside its reasons, any other under a name that is free.
 */
static bool move(const struct results *r, bool bad)
{
    const int from = r->folders[FOLDER_ITSELF];
    char numbered[NAME_ROOM];

    if (bad)
        return renameat2(from, r->name, r->folders[FOLDER_QUARANTINE], r->quarantine,
                         RENAME_NOREPLACE) == 0;
    for (unsigned i = 0; i < SAME_NAME_MAX; i++) {
        number_name(numbered, r->name, i);
        if (renameat2(from, r->name, r->folders[FOLDER_READ], numbered, RENAME_NOREPLACE) ==
            0)
            return true;
        if (errno != EEXIST)
            return false;
    }
    return false;
}

/* Until the next run. */
static void leave(struct results *r, const char *why)
{
    r->left++;
    (void)cli_fail(r->cli, EXIT_UNREACHABLE, r->name, why); /* print_end has the code */
}

static void take_file(struct results *r, const char *name)
{
    const size_t before = r->faults;
    const size_t mark = arena_mark(&r->cli->arena);

    r->name = name;
    r->has_header = false;
    const status s = read_rows(r);
    arena_rewind(&r->cli->arena, mark);
    const bool bad = r->faults > before;
    const bool written =
        bad == (r->reasons != NULL) && (r->reasons == NULL || ferror(r->reasons) == 0);
    const bool closed = r->reasons == NULL || fclose(r->reasons) == 0;
    r->reasons = NULL;
    if (r->code != EXIT_DONE)
        return;
    r->files++;
    if (s != OK)
        leave(r, status_sentence(s));
    else if (!written || !closed)
        leave(r, "what is wrong with it could not be written into quarantine");
    else if (!move(r, bad))
        leave(r, "it could not be moved; take it out of the folder");
    else
        r->quarantined += bad;
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
    const int fd = dup(r->folders[FOLDER_ITSELF]);
    DIR *const d = fd < 0 ? NULL : fdopendir(fd);
    size_t n = 0;

    ENSURE(d != NULL, E_IO);
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

/* The folder, and the two within, which may not be links to elsewhere. */
static status prepare(struct results *r, const char *folder)
{
    static const char *const inner[FOLDERS] = {NULL, "read", "quarantine"};
    const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

    r->folders[FOLDER_ITSELF] = open(folder, flags);
    ENSURE(r->folders[FOLDER_ITSELF] >= 0, errno == ENOENT ? E_UNKNOWN : E_IO);
    for (size_t i = FOLDER_READ; i < FOLDERS; i++) {
        const int made = mkdirat(r->folders[FOLDER_ITSELF], inner[i], FOLDER_MODE);
        ENSURE(made == 0 || errno == EEXIST, E_IO);
        r->folders[i] = openat(r->folders[FOLDER_ITSELF], inner[i], flags | O_NOFOLLOW);
        ENSURE(r->folders[i] >= 0, E_IO);
    }
    return OK;
}

static int print_end(const struct results *r)
{
    if (r->cli->json)
        (void)printf("{\"files\":%zu,\"accepted\":%zu,\"refused\":%zu,\"before\":%zu,"
                     "\"faults\":%zu,\"quarantined\":%zu,\"left\":%zu}\n",
                     r->files, r->accepted, r->refused, r->again, r->faults, r->quarantined,
                     r->left);
    else
        (void)printf(
            "%zu files: %zu accepted, %zu refused, %zu answered before; %zu rows not "
            "taken, %zu files in quarantine, %zu left where they are\n",
            r->files, r->accepted, r->refused, r->again, r->faults, r->quarantined,
            r->left);
    if (r->left > 0)
        return EXIT_UNREACHABLE;
    return r->quarantined > 0 ? EXIT_REFUSED : EXIT_DONE;
}

static int run(struct cli *c)
{
    struct results r = {.cli = c, .code = EXIT_DONE, .folders = {-1, -1, -1}};
    char **const names = arena_array(&c->arena, FILES_MAX, sizeof *names);
    void *const room = arena_take(&c->arena, ROW_ROOM);
    size_t n = 0;

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, "ingest results", "give the loader's folder");
    MUST(names != NULL && room != NULL);
    arena_init(&r.rows, room, ROW_ROOM);
    status s = prepare(&r, c->arguments[0]);
    if (s == OK)
        s = list(&r, names, &n);
    if (s != OK)
        r.code = cli_fail(c, EXIT_UNREACHABLE, c->arguments[0],
                          s == E_UNKNOWN
                              ? "there is no such folder"
                              : "it does not open, or read or quarantine in it (a link?)");
    for (size_t i = 0; i < n && r.code == EXIT_DONE; i++)
        take_file(&r, names[i]);
    for (size_t i = 0; i < FOLDERS; i++) {
        if (r.folders[i] >= 0)
            (void)close(r.folders[i]); /* only looked into */
    }
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
        "beside them.\nThe same again changes nothing.",
    .run = run,
};

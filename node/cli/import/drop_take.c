#include "drop_take.h"

#include "drop_watch.h"
#include "file.h"
#include "import.h"
#include "result.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 1024, SAME_NAME_MAX = 10000, FOLDER_MODE = 0750 };

static const char *const kinds[] = {"result.csv", "result.json"};

static bool join(char ret[PATH_ROOM], const char *folder, const char *inner,
                 const char *name)
{
    return snprintf(ret, PATH_ROOM, "%s/%s/%s", folder, inner, name) < PATH_ROOM;
}

static bool sync_folder(const char *folder, const char *inner)
{
    char path[PATH_ROOM];

    return join(path, folder, inner, "") && file_sync_folder(path) == OK;
}

status drop_take_prepare(const char *folder)
{
    static const char *const inner[] = {"work", "done", "refused"};

    for (size_t i = 0; i < COUNT_OF(inner); i++) {
        char path[PATH_ROOM];
        ENSURE(join(path, folder, inner[i], ""), E_LIMIT);
        ENSURE(mkdir(path, FOLDER_MODE) == 0 || errno == EEXIST, E_IO);
    }
    return OK;
}

status drop_take_begin(const char *folder, const char *name)
{
    char from[PATH_ROOM];
    char to[PATH_ROOM];

    ENSURE(join(from, folder, ".", name) && join(to, folder, "work", name), E_LIMIT);
    ENSURE(renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0,
           errno == ENOENT ? E_UNKNOWN : E_IO);
    return sync_folder(folder, "work") && sync_folder(folder, ".") ? OK : E_IO;
}

status drop_take_left(const char *folder, char *ret_name, size_t room)
{
    char path[PATH_ROOM];

    ret_name[0] = '\0';
    ENSURE(join(path, folder, "work", ""), E_LIMIT);
    DIR *const work = opendir(path);
    ENSURE(work != NULL, E_IO);
    for (const struct dirent *e = readdir(work); e != NULL; e = readdir(work)) {
        if (drop_name_is_taken(e->d_name) && strlen(e->d_name) < room) {
            (void)snprintf(ret_name, room, "%s", e->d_name);
            break;
        }
    }
    (void)closedir(work); /* only read from */
    return OK;
}

/* A name that no earlier file has in the folder: "name", "name.2", "name.3" ... */
static bool free_name(const char *folder, const char *inner, const char *name,
                      char ret[DROP_NAME_MAX + 16])
{
    char path[PATH_ROOM];

    for (unsigned i = 1; i < SAME_NAME_MAX; i++) {
        if (i == 1)
            (void)snprintf(ret, DROP_NAME_MAX + 16, "%s", name);
        else
            (void)snprintf(ret, DROP_NAME_MAX + 16, "%s.%u", name, i);
        if (join(path, folder, inner, ret) && access(path, F_OK) != 0)
            return true;
    }
    return false;
}

static bool move_result(const char *folder, const char *inner, const char *name,
                        const char *as, const char *kind)
{
    char from[PATH_ROOM];
    char to[PATH_ROOM];

    return snprintf(from, sizeof from, "%s/work/%s.%s", folder, name, kind) < PATH_ROOM &&
           snprintf(to, sizeof to, "%s/%s/%s.%s", folder, inner, as, kind) < PATH_ROOM &&
           rename(from, to) == 0;
}

/* The results first: a crash between leaves the file in work/, and it is done again. */
static bool put_away(const char *folder, const char *inner, const char *name)
{
    char as[DROP_NAME_MAX + 16];
    char from[PATH_ROOM];
    char to[PATH_ROOM];

    if (!free_name(folder, inner, name, as))
        return false;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (!move_result(folder, inner, name, as, kinds[i]))
            return false;
    }
    return sync_folder(folder, inner) && join(from, folder, "work", name) &&
           join(to, folder, inner, as) &&
           renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0 &&
           sync_folder(folder, inner) && sync_folder(folder, "work");
}

static void tell(void *context, const struct outcome *o)
{
    result_put(context, o);
}

static void tell_again(void *context)
{
    result_restart(context);
}

/* A file that cannot be taken at all is refused like one that cannot be read to its end. */
static void refuse_whole(struct job *j, status s)
{
    struct outcome o = {.state = OUTCOME_BAD, .finding_count = 1};
    const enum import_rule rule = s == E_LIMIT ? IMPORT_LIMIT : IMPORT_FILE;

    o.findings[0] = (struct outcome_finding){
        .rule = bytes_of_text(import_rule_word(rule)),
        .severity = bytes_of_text("refuse"),
        .sentence = bytes_of_text(import_file_sentence(s)),
        .mend = bytes_of_text("Put it into the folder again when that is mended.")};
    j->file_refused = true;
    j->tell(j->context, &o);
}

static int import_file(struct job *j, const char *path)
{
    struct intake_file file = {0};
    const status s = intake_open(path, &file);

    if (s == E_MEMORY || s == E_IO || s == E_UNKNOWN)
        return cli_fail(j->cli, EXIT_UNREACHABLE, path, import_file_sentence(s));
    if (s != OK) {
        refuse_whole(j, s);
        return EXIT_REFUSED;
    }
    j->file = &file;
    const int code = job_run(j);
    j->file = NULL;
    intake_close(&file);
    return code;
}

static void say(const struct cli *c, const struct job *j, const char *name,
                const char *where)
{
    if (c->json) {
        (void)printf("{\"file\":");
        cli_print_json_text(bytes_of_text(name));
        (void)printf(",\"to\":\"%s\",\"result\":\"%s\",\"published\":%zu,\"before\":%zu,"
                     "\"held\":%zu,\"refused\":%zu}\n",
                     where, result_word(j), j->published, j->before, j->held, j->refused);
    } else {
        cli_put(stdout, bytes_of_text(name));
        (void)printf(" to %s/: %s; %zu published, %zu before, %zu held, %zu refused\n",
                     where, result_word(j), j->published, j->before, j->held, j->refused);
    }
    (void)fflush(stdout);
}

int drop_take_file(struct cli *c, const struct mapping *m, const char *folder,
                   const char *name)
{
    char path[PATH_ROOM];
    char base[PATH_ROOM];
    struct result *result = NULL;
    struct job job = {.cli = c,
                      .mapping = m,
                      .released = cli_text(c, "released"),
                      .attachments = cli_text(c, "attachments"),
                      .tell = tell,
                      .again = tell_again};

    if (!join(path, folder, "work", name) ||
        snprintf(base, sizeof base, "%s/work/%s.result", folder, name) >= PATH_ROOM ||
        result_open(base, name, m, &result) != OK)
        return cli_fail(c, EXIT_UNREACHABLE, name, "its result file cannot be written");
    job.context = result;
    const int code = import_file(&job, path);
    if (code != EXIT_DONE && code != EXIT_REFUSED) {
        result_abandon(result);
        return code;
    }
    const char *const where = code == EXIT_DONE ? "done" : "refused";
    if (result_close(result, &job) != OK || !put_away(folder, where, name))
        return cli_fail(c, EXIT_UNREACHABLE, name, "its result cannot be put away");
    say(c, &job, name, where);
    return code;
}

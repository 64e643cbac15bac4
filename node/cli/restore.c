#include "backup_steps.h"

#include "text.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * `flagpost restore`: a home out of a backup, where none is.  The copy gets the home's name
 * once it has verified, so whenever this is killed there is all of it or nothing.  It has
 * no head guard: the node starts fenced, and uses no index again, because only a new epoch
 * ends the fence.
 */

static const struct option_row options[] = {
    {"key", "FILE", "the recovery key file; --credential or a passphrase opens it"},
};

enum { RESTORED_ROOM = 160 };

/* Nothing, or an empty folder. */
static bool is_free(const char *home)
{
    DIR *const d = opendir(home);
    size_t found = 0;

    if (d == NULL)
        return access(home, F_OK) != 0;
    for (const struct dirent *e = readdir(d); e != NULL; e = readdir(d))
        found += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    (void)closedir(d); /* only read */
    return found == 0;
}

static int not_free(struct cli *c)
{
    const char *const config = cli_path(c, "config");

    return cli_fail(c, EXIT_REFUSED, c->home,
                    config != NULL && access(config, F_OK) == 0
                        ? "there is a node in this home, and a backup never takes its "
                          "place: if it is lost, stop it and move it away whole, because "
                          "it may have records that the backup has not"
                        : "this folder is not empty: give the name of a new one");
}

/* What the node tells of where it comes from, until a new epoch has said it to all. */
static status note_origin(const char *folder, const struct backup_unpacked *u)
{
    char text[RESTORED_ROOM];
    char set[2 * BACKUP_SET_SIZE + 1];
    char made[TIME_TEXT_ROOM];
    char tail[TIME_TEXT_ROOM] = "";
    char path[CONFIG_PATH_MAX];

    hex_encode(bytes_of(u->header.set, BACKUP_SET_SIZE), set);
    time_write(u->header.made, made);
    if (u->has_tail)
        time_write(u->tail.made, tail);
    (void)snprintf(text, sizeof text, "backup %s of %s%s%s%s", set, made,
                   u->has_keys ? "" : ", without its keys",
                   u->has_tail ? ", with its tail until " : "", tail);
    TRY(file_path(folder, "restored", path, sizeof path));
    return file_write(path, bytes_of_text(text), 0600);
}

static int compare(struct cli *c, const struct backup_unpacked *u,
                   const struct backup_checked *checked)
{
    if (agency_id_equal(&u->header.agency, &checked->config.agency) &&
        hash_equal(&u->header.realm, &checked->config.realm))
        return EXIT_DONE;
    return cli_fail(c, EXIT_DAMAGED, "the copy",
                    "its header names another agency or deployment than its configuration");
}

static int fill(struct cli *c, const char *folder, struct backup_unpacked *u,
                struct backup_checked *checked)
{
    status s = OK;
    int code = backup_unpack(c, folder, u);

    if (code != EXIT_DONE)
        return code;
    if (!u->has_keys)
        s = journal_keys_create(folder);
    if (s == OK)
        s = note_origin(folder, u);
    if (s != OK)
        return cli_fail(c, EXIT_REFUSED, folder, status_sentence(s));
    code = backup_check(c, folder, checked);
    if (code == EXIT_DONE)
        code = compare(c, u, checked);
    return code == EXIT_DONE ? restore_tail_check(c, folder, u, checked) : code;
}

static void print_tail(const struct backup_unpacked *u)
{
    char until[TIME_TEXT_ROOM];

    time_write(u->tail.made, until);
    if (u->has_tail)
        (void)printf(
            "Its tail, until %s, is taken in then: the log, what was decided and "
            "erased, and\nwhat was published and nobody else has.  Of drafts, calls "
            "and to-dos it is the backup's day.\n",
            until);
    else
        (void)printf(
            "There is no tail (`flagpost backup tail`): nobody else knows what the "
            "log said since, and\nwhich drafts were discarded: discard them "
            "again.\n");
}

static void print(const struct cli *c, const struct backup_unpacked *u,
                  const struct backup_checked *checked)
{
    char made[TIME_TEXT_ROOM];

    time_write(u->header.made, made);
    if (c->json) {
        (void)printf("{\"status\":\"ok\",\"agency\":\"%s\",\"made\":\"%s\",\"keys\":%s,"
                     "\"tail\":%s,\"streams\":%" PRIu64 ",\"entries\":%" PRIu64 "}\n",
                     u->header.agency.text, made, u->has_keys ? "true" : "false",
                     u->has_tail ? "true" : "false", checked->streams, checked->entries);
        return;
    }
    (void)printf("%s as of %s: %" PRIu64 " streams, %" PRIu64 " entries, everything "
                 "agrees.\n",
                 u->header.agency.text, made, checked->streams, checked->entries);
    if (!u->has_keys)
        (void)printf("Without its keys nothing opens that it holds; its proofs stand, and "
                     "what comes from\nnow on opens.\n");
    (void)printf(
        "1. See that the old node does not run, and never will: two are a fork.\n"
        "2. Look at `listen` in its configuration, and start it with its credential.\n"
        "3. It publishes nothing until `flagpost new-epoch`.  With that it asks its peers "
        "by itself\n   for what they hold of it and the backup has not.  Who does not "
        "answer then is asked\n   again by `flagpost recover --person NAME --reason "
        "TEXT`; `flagpost recover --dry-run`\n   tells what is still missing.\n"
        "What was erased here since then has come back with the keys.  After the new epoch "
        "the node\nerases again what its peers know of before anybody reads: what others "
        "have recalled, and\nwhat this node has disposed of or stated as erased.\n");
    print_tail(u);
}

static int restore(struct cli *c, const char *folder)
{
    struct staged staged = {.lock_fd = -1};
    struct backup_checked *const checked = arena_take(&c->arena, sizeof *checked);
    struct backup_unpacked unpacked;

    if (checked == NULL)
        return cli_fail(c, EXIT_REFUSED, "restore", status_sentence(E_MEMORY));
    status s = staged_open(&staged, folder);
    if (s != OK)
        return backup_stage_failed(c, folder, s);
    int code = fill(c, folder, &unpacked, checked);
    if (code == EXIT_DONE)
        s = staged_keep(&staged, c->home);
    staged_done(&staged);
    if (s == E_DUPLICATE)
        return not_free(c);
    if (s != OK)
        return cli_fail(c, EXIT_REFUSED, c->home, status_sentence(s));
    if (code == EXIT_DONE)
        print(c, &unpacked, checked);
    return code;
}

static int run(struct cli *c)
{
    char folder[CONFIG_PATH_MAX];

    if (c->argument_count < 1 || c->argument_count > 3)
        return cli_fail(c, EXIT_WRONG_USE, "restore",
                        "give --home for the new node, --key FILE and the files of a "
                        "backup: its journal, its keys, and the newest tail");
    if (cli_home(c) == NULL)
        return EXIT_WRONG_USE;
    if (!is_free(c->home))
        return not_free(c);
    /* Beside the home, and so on its disk: a rename puts it there. */
    size_t end = strlen(c->home);
    while (end > 1 && c->home[end - 1] == '/')
        end--;
    const int size = end < sizeof folder ? snprintf(folder, sizeof folder, "%.*s.restore",
                                                    (int)end, c->home)
                                         : -1;
    if (size < 0 || (size_t)size >= sizeof folder)
        return cli_fail(c, EXIT_WRONG_USE, "home", "the path is too long");
    return restore(c, folder);
}

const struct command command_restore = {
    .name = "restore",
    .arguments = "JOURNAL [KEYS] [TAIL]",
    .summary = "Makes a node's home again from a backup, in a new folder",
    .details =
        "The copy is verified first.  The node then starts and publishes nothing until "
        "`flagpost\nnew-epoch`: peers hold records that the backup has not, and no index "
        "may be used twice.\nThe node's own credential is not in a backup.  KEYS may be "
        "left out, and are refused past\ntheir time.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};

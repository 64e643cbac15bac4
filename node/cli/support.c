#include "support.h"

#include "build.h"
#include "clock.h"
#include "file.h"
#include "schema.h"
#include "text.h"

#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

/* `flagpost support-bundle`: how a node is, for who is to mend it.  Each part is told also
 * when another cannot be. */

#define MIB UINT64_C(1048576)

static const struct option_row options[] = {
    {"out", "FILE", "where the bundle goes"},
    {"log", "FILE",
     "the node's log as well; - for standard input (journalctl -u flagpost)"},
};

/* --- what runs, and on what --- */

static void put_program(struct support *s)
{
    support_line(s, "program");
    support_word(s, "version", FLAGPOST_VERSION);
    support_word(s, "compiler", __VERSION__);
    support_word(s, "sanitized", support_yes_no(BUILD_SANITIZED != 0));
    support_time(s, "made", clock_wall());
    support_number(s, "uid", getuid());
    support_end(s);
}

static void put_limit(struct support *s, const char *key, int what)
{
    struct rlimit limit;

    /* RLIM_INFINITY is the largest number there is. */
    if (getrlimit((__rlimit_resource_t)what, &limit) == 0)
        support_number(s, key, limit.rlim_cur);
}

/* By its file's name, which has the version of its interface. */
static int put_library(struct dl_phdr_info *info, size_t size, void *context)
{
    struct support *const s = context;
    const char *const slash = strrchr(info->dlpi_name, '/');

    (void)size;
    if (slash == NULL)
        return 0;
    support_line(s, "library");
    support_word(s, "name", slash + 1);
    support_end(s);
    return 0;
}

static void put_machine(struct support *s)
{
    struct utsname kernel;

    support_line(s, "machine");
    if (uname(&kernel) == 0)
        support_word(s, "kernel", kernel.release);
    support_number(s, "processors", (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
    support_number(s, "memory_mib",
                   (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE) /
                       MIB);
    put_limit(s, "descriptors", RLIMIT_NOFILE);
    put_limit(s, "locked_bytes", RLIMIT_MEMLOCK);
    put_limit(s, "core_bytes", RLIMIT_CORE);
    support_end(s);
}

static void put_bounds(struct support *s)
{
    static const struct {
        const char *key;
        uint64_t value;
    } bounds[] = {
        {"frame_bytes", FRAME_BYTES_MAX},   {"entry_bytes", ENTRY_BYTES_MAX},
        {"note_bytes", NOTE_BYTES_MAX},     {"group_entries", GROUP_ENTRIES_MAX},
        {"group_bytes", GROUP_BYTES_MAX},   {"items", ITEMS_MAX},
        {"agencies", AGENCIES_MAX},         {"stranger_bytes", STRANGER_BYTES_MAX},
        {"member_bytes", MEMBER_BYTES_MAX}, {"peers_bytes", PEERS_BYTES_MAX},
        {"turn_frames", TURN_FRAMES_MAX},   {"turn_bytes", TURN_ARENA_BYTES},
    };

    support_line(s, "limits");
    for (size_t i = 0; i < COUNT_OF(bounds); i++)
        support_number(s, bounds[i].key, bounds[i].value);
    support_end(s);
}

/* --- the home --- */

static void put_file(struct support *s, const char *name)
{
    struct stat st;
    const char *const path = cli_path(s->cli, name);

    support_line(s, "file");
    support_word(s, "name", name);
    if (path == NULL || stat(path, &st) != 0) {
        support_word(s, "there", "no");
    } else {
        support_number(s, "bytes", (uint64_t)st.st_size);
        support_number(s, "owner", st.st_uid);
        support_number(s, "group", st.st_gid);
        /* As octal digits are read: 600. */
        support_number(s, "mode",
                       (st.st_mode >> 6 & 7) * 100 + (st.st_mode >> 3 & 7) * 10 +
                           (st.st_mode & 7));
        support_time(s, "changed", (millis)st.st_mtime * 1000);
    }
    support_end(s);
}

static void put_files(struct support *s)
{
    static const char *const names[] = {
        ".",          "config",         "root",    "node.key",    "head",
        "journal.db", "journal.db-wal", "keys.db", "keys.db-wal", "control.sock",
        "feed.sock",  "succession",     "request", "restored",    "ballast"};
    struct statvfs disk;

    for (size_t i = 0; i < COUNT_OF(names); i++)
        put_file(s, names[i]);
    if (statvfs(s->cli->home, &disk) != 0)
        return;
    support_line(s, "disk");
    support_number(s, "free_mib", disk.f_bavail * disk.f_frsize / MIB);
    support_number(s, "free_inodes", disk.f_favail);
    support_end(s);
}

/* Names and numbers of people and machines stay out: that they are set is what counts. */
static void put_config(struct support *s, status why, const struct config *config,
                       const struct config_fault *fault)
{
    support_line(s, "config");
    support_word(s, "read", status_word(why));
    if (why == OK) {
        support_agency(s, "agency", &config->agency);
        support_number(s, "hello_ms", config->hello_ms);
        support_number(s, "acknowledge_minutes", config->acknowledge_minutes);
        support_number(s, "disk_low_mib", config->disk_low_mib);
        support_number(s, "require_purpose", config->require_purpose);
        support_number(s, "second_person", config->second_person);
        support_number(s, "dispose_undo_hours", config->dispose_undo_hours);
        support_number(s, "handling_told", config->handling_told);
        support_number(s, "handling_minutes", config->handling_minutes);
        support_number(s, "reading_hour_max", config->reading_hour_max);
        support_number(s, "reading_from", config->reading_from);
        support_number(s, "reading_until", config->reading_until);
        support_number(s, "case_officer_hours", config->case_officer_hours);
        support_number(s, "case_bureau_hours", config->case_bureau_hours);
        support_number(s, "case_remind_hours", config->case_remind_hours);
        support_word(s, "alternates", support_yes_no(config->alternates[0] != '\0'));
        support_word(s, "desk_group", support_yes_no(config->desk_group[0] != '\0'));
        support_word(s, "gateway", support_yes_no(config->gateway[0] != '\0'));
    } else {
        support_number(s, "line", fault->line);
        support_number(s, "column", fault->column);
    }
    support_end(s);
}

/* --- the running node --- */

static void put_row(struct support *s, const struct control_row *row)
{
    static const char *const keys[] = {"agency",
                                       "publishing",
                                       "roster",
                                       "roster_age",
                                       "lists",
                                       "started",
                                       "clock",
                                       "disk",
                                       "confined",
                                       "memory",
                                       "backup",
                                       "backup_keys_until",
                                       "urgent",
                                       "connections",
                                       "strangers",
                                       "held_bytes",
                                       "cut_slow",
                                       "cut_bytes",
                                       "cut_crowd",
                                       "cut_revoked",
                                       "barred",
                                       "refused_keys",
                                       "dropped_unknown",
                                       "dropped_multipart",
                                       "dropped_short",
                                       "stream",
                                       "size",
                                       "epoch",
                                       "following",
                                       "have",
                                       "for_us",
                                       "follows_us",
                                       "receipted"};

    support_line(s, "status");
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        support_value(s, keys[i], control_value(row, keys[i]));
    support_end(s);
}

static void put_status(struct support *s)
{
    struct control_answer a = {0};
    const bool reached = cli_ask(s->cli, "status", NULL, 0, &a);

    support_line(s, "node");
    support_word(s, "reached", support_yes_no(reached));
    if (reached)
        support_word(s, "answer", status_word(a.status));
    support_end(s);
    for (size_t i = 0; reached && i < a.row_count; i++)
        put_row(s, &a.rows[i]);
}

/* --- the whole --- */

static void put_schema(struct support *s, const struct schema *schema)
{
    support_line(s, "schema");
    support_word(s, "file", schema->file);
    support_number(s, "version", schema->step_count);
    support_number(s, "page_bytes", schema->page_size);
    support_end(s);
}

/* The roster whose agencies may be named; none when it does not hold. */
static void find_roster(struct support *s, struct journal *j,
                        const struct ceremony_root *root)
{
    struct roster *const roster = arena_take(&s->cli->arena, sizeof *roster);
    const struct store store = journal_store(j);
    struct bytes note = {0};

    if (roster != NULL &&
        store.ops->document_find(store.self, DOCUMENT_ROSTER, 0, &s->cli->arena, &note) ==
            OK &&
        roster_verify(note, &root->root, &root->realm, NULL, &s->cli->arena, roster) == OK)
        s->roster = roster;
}

/* E_UNKNOWN where there is nothing to read it from. */
static status read_config(struct support *s, struct config *ret,
                          struct config_fault *ret_fault)
{
    struct bytes text = {0};
    const char *const path = cli_path(s->cli, "config");

    ENSURE(path != NULL, E_LIMIT);
    TRY(file_read(path, 65536, &s->cli->arena, &text));
    return config_read(text, ret, ret_fault);
}

static void put_opened(struct support *s, bool rooted, status why)
{
    support_line(s, "opened");
    support_word(s, "root", support_yes_no(rooted));
    support_word(s, "journal", status_word(why));
    support_end(s);
}

static void put_home(struct support *s)
{
    struct cli *const c = s->cli;
    struct ceremony_root *const root = arena_take(&c->arena, sizeof *root);
    struct config *const config = arena_take(&c->arena, sizeof *config);
    struct config_fault fault = {0};
    struct journal *j = NULL;

    put_files(s);
    put_schema(s, &schema_journal);
    put_schema(s, &schema_keys);
    if (root == NULL || config == NULL)
        return;
    const bool rooted = ceremony_root(c, cli_path(c, "root"), root);
    const status read = read_config(s, config, &fault);
    const struct journal_setup setup = {
        .folder = c->home, .mode = JOURNAL_READ, .self = config->agency};
    put_opened(s, rooted, rooted && read == OK ? journal_open(&setup, &j) : E_UNKNOWN);
    if (j != NULL)
        find_roster(s, j, root);
    put_config(s, read, config, &fault);
    put_status(s);
    if (j != NULL)
        support_journal(s, j, config, root);
    j = journal_free(j);
}

static bool put_log(struct support *s, const char *path)
{
    if (strcmp(path, "-") == 0) {
        support_log(s, stdin);
        return true;
    }
    FILE *const log = fopen(path, "re");
    if (log == NULL)
        return false;
    support_log(s, log);
    return fclose(log) == 0;
}

static int keep(struct cli *c, const char *out, struct bytes text, size_t left_out)
{
    const int code = cli_create(c, out, text, 0600);

    if (code != EXIT_DONE)
        return code;
    if (c->json) {
        (void)printf("{\"status\":\"ok\",\"file\":");
        cli_print_json_text(bytes_of_text(out));
        (void)printf(",\"left_out\":%zu}\n", left_out);
    } else {
        cli_put(stdout, bytes_of_text(out));
        (void)printf(
            ": a text file; read it before you send it.  It has numbers, times, "
            "agencies and words of\nthis program, and nothing else: no content, no "
            "key, no person's name (%zu values were left out)\n",
            left_out);
    }
    return EXIT_DONE;
}

static int run(struct cli *c)
{
    const char *const out = cli_text(c, "out");
    const char *const log = cli_text(c, "log");
    char *text = NULL;
    size_t size = 0;

    if (out == NULL)
        return cli_fail(c, EXIT_WRONG_USE, "support-bundle", "give --out FILE");
    if (cli_home(c) == NULL)
        return EXIT_UNREACHABLE;
    struct support s = {.cli = c, .to = open_memstream(&text, &size)};
    if (s.to == NULL)
        return cli_fail(c, EXIT_REFUSED, "support-bundle", status_sentence(E_MEMORY));
    (void)fputs("flagpost/support/v1\n", s.to);
    put_program(&s);
    put_machine(&s);
    (void)dl_iterate_phdr(put_library, &s); /* 0: it went through all */
    put_bounds(&s);
    put_home(&s);
    const bool logged = log == NULL || put_log(&s, log);
    const bool whole = fclose(s.to) == 0;
    int code = EXIT_REFUSED;
    if (!logged)
        code = cli_fail(c, EXIT_UNREACHABLE, log, "the log cannot be read");
    else if (!whole)
        code = cli_fail(c, EXIT_REFUSED, "support-bundle", status_sentence(E_MEMORY));
    else
        code = keep(c, out, bytes_of(text, size), s.left_out);
    free(text);
    return code;
}

const struct command command_support = {
    .name = "support-bundle",
    .arguments = "",
    .summary =
        "Writes how this node is to a file for who is to mend it: no content, no key",
    .details =
        "Program, machine, limits, files, configuration without names, status, schema, "
        "streams with\ntheir counts and what `verify` finds, and with --log how often each "
        "event was and the\nnewest ones.  A value is a number, a time, a word of this "
        "program "
        "or an agency of the\nroster; whatever is none of these is left out and counted.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};

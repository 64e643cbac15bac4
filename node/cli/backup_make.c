#include "backup_keep.h"

#include "clock.h"
#include "entropy.h"
#include "space.h"
#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/*
 * `flagpost backup make`, beside the running node.  It copies as a reader, which neither
 * writes nor checkpoints and so cannot meet SQLite's WAL-reset bug (io/journal.h), checks
 * the copy, seals it to the offline recovery key, and lets the node itself say that the
 * copy's rows are as it left them; only then do the files get their names.
 */

struct making {
    struct cli *c;
    struct backup_target target;
    millis begun;
    struct staged staged;
    struct backup_checked checked;
    struct backup_header headers[2]; /* keys, journal: in the order in which they appear */
    struct file_draft drafts[2];
};

static const enum backup_part parts[] = {BACKUP_KEYS, BACKUP_JOURNAL};

/* --- the copy --- */

static status copy_small(struct making *m, const char *name)
{
    const char *const from = cli_path(m->c, name);
    char to[CONFIG_PATH_MAX];
    struct bytes b = {0};

    ENSURE(from != NULL, E_LIMIT);
    const status s = file_read(from, NOTE_BYTES_MAX, &m->c->arena, &b);
    if (s == E_UNKNOWN)
        return OK; /* without what is needed the copy will not verify */
    TRY(s);
    TRY(file_path(m->staged.folder, name, to, sizeof to));
    return file_write(to, b, 0600);
}

static status copy_home(struct making *m, const struct config *config)
{
    const struct journal_setup setup = {
        .folder = m->c->home, .mode = JOURNAL_READ, .self = config->agency};
    struct journal *j = NULL;

    for (size_t i = 0; i < BACKUP_FILES; i++) {
        const char *const name = backup_file_name(BACKUP_JOURNAL, i);
        if (backup_file_max(BACKUP_JOURNAL, i) <= NOTE_BYTES_MAX)
            TRY(copy_small(m, name));
    }
    TRY(journal_open(&setup, &j));
    const status s = journal_copy(j, m->staged.folder);
    j = journal_free(j);
    return s;
}

/* Zero for what is not there. */
static uint64_t size_of(struct making *m, const char *name)
{
    const char *const path = cli_path(m->c, name);
    struct stat st;

    return path != NULL && stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

/* The copy must not take the room without which the node stops taking anything. */
static int check_room(struct making *m, const struct config *config)
{
    static const char *const files[] = {"journal.db", "journal.db-wal", "keys.db",
                                        "keys.db-wal"};
    struct space room;
    char why[160];
    uint64_t wanted = 0;

    if (space_open(&room, m->c->home, config->disk_low_mib) != OK)
        return cli_fail(m->c, EXIT_UNREACHABLE, m->c->home, status_sentence(E_IO));
    for (size_t i = 0; i < COUNT_OF(files); i++)
        wanted += size_of(m, files[i]);
    wanted += space_enough(&room);
    const uint64_t free = room.free;
    space_done(&room);
    if (wanted <= free)
        return EXIT_DONE;
    (void)snprintf(why, sizeof why,
                   "the copy and the node's own room need %" PRIu64 " MiB and %" PRIu64
                   " are free on this disk: make room",
                   wanted >> 20, free >> 20);
    return cli_fail(m->c, EXIT_REFUSED, m->c->home, why);
}

static int make_copy(struct making *m)
{
    struct config *const config = arena_take(&m->c->arena, sizeof *config);
    const char *const folder = cli_path(m->c, STAGED_IN_HOME);

    if (config == NULL || folder == NULL)
        return cli_fail(m->c, EXIT_REFUSED, "backup make", status_sentence(E_MEMORY));
    status s = staged_open(&m->staged, folder);
    if (s != OK)
        return backup_stage_failed(m->c, folder, s);
    if (!cli_config(m->c, config))
        return EXIT_UNREACHABLE;
    const int code = check_room(m, config);
    if (code != EXIT_DONE)
        return code;
    s = copy_home(m, config);
    if (s != OK)
        return cli_fail(m->c, cli_exit_code(s), m->c->home,
                        s == E_STORAGE ? "the copy could not be written: is the disk full?"
                                       : status_sentence(s));
    return backup_check(m->c, m->staged.folder, &m->checked);
}

/* --- the two files --- */

static int seal_parts(struct making *m)
{
    struct backup_header h = {.agency = m->checked.config.agency,
                              .realm = m->checked.config.realm,
                              .made = clock_wall() / 1000 * 1000};

    memcpy(h.recovery, m->target.recovery, HPKE_KEY_SIZE);
    entropy_fill(h.set, sizeof h.set);
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        char name[BACKUP_NAME_ROOM];
        char path[CONFIG_PATH_MAX];
        h.part = parts[i];
        h.expires = h.part == BACKUP_KEYS ? h.made + m->target.keys_ms : 0;
        backup_name(&h, name);
        status s = file_path(m->target.out, name, path, sizeof path);
        if (s == OK)
            s = file_draft_open(&m->drafts[i], path);
        m->headers[i] = h;
        if (s == OK)
            s = backup_file_make(&m->drafts[i], &m->headers[i], m->staged.folder,
                                 &m->c->arena);
        if (s != OK)
            return cli_fail(m->c, EXIT_REFUSED, m->target.out,
                            s == E_OPEN    ? "what was read back is not what was written: "
                                             "this disk is not for backups"
                            : s == E_KEY   ? "the recovery key is not sound: make another"
                            : s == E_LIMIT ? status_sentence(s)
                                           : "the backup could not be written here: is "
                                             "there such a folder, and room in it?");
    }
    return EXIT_DONE;
}

/* The node says whether the rows are its own, and logs who made the backup. */
static int ask_node(struct making *m)
{
    char set[2 * BACKUP_SET_SIZE + 1];
    char recovery[2 * HPKE_KEY_SIZE + 1];
    char until[24];
    char begun[24];
    uint8_t places[TAIL_PLACES_SIZE];
    struct control_answer a = {0};

    hex_encode(bytes_of(m->headers[0].set, BACKUP_SET_SIZE), set);
    hex_encode(bytes_of(m->headers[0].recovery, HPKE_KEY_SIZE), recovery);
    (void)snprintf(until, sizeof until, "%" PRIu64, m->headers[0].expires);
    (void)snprintf(begun, sizeof begun, "%" PRIu64, m->begun);
    tail_places_write(m->checked.places, places);
    const struct control_field arguments[] = {
        {.name = bytes_of_text("set"), .value = bytes_of_text(set)},
        {.name = bytes_of_text("recovery"), .value = bytes_of_text(recovery)},
        {.name = bytes_of_text("until"), .value = bytes_of_text(until)},
        {.name = bytes_of_text("begun"), .value = bytes_of_text(begun)},
        {.name = bytes_of_text("places"), .value = bytes_of(places, sizeof places)},
        {.name = bytes_of_text("journal"),
         .value = bytes_of(m->checked.marks[0], JOURNAL_MARK_SIZE)},
        {.name = bytes_of_text("keys"),
         .value = bytes_of(m->checked.marks[1], JOURNAL_MARK_SIZE)},
    };
    if (!cli_ask(m->c, "backup", arguments, COUNT_OF(arguments), &a))
        return EXIT_UNREACHABLE;
    return a.status == OK ? EXIT_DONE : cli_print(m->c, &a, NULL, 0);
}

/* The journal last: where it stands the keys do. */
static int keep_parts(struct making *m)
{
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        const status s = file_draft_keep(&m->drafts[i]);
        if (s != OK)
            return cli_fail(m->c, EXIT_REFUSED, m->drafts[i].path,
                            s == E_DUPLICATE ? cli_there_already() : status_sentence(s));
    }
    return EXIT_DONE;
}

static void print_json(const struct making *m, const struct backup_kept *kept)
{
    char set[2 * BACKUP_SET_SIZE + 1];
    char until[TIME_TEXT_ROOM];
    char before[TIME_TEXT_ROOM] = "";

    hex_encode(bytes_of(m->headers[0].set, BACKUP_SET_SIZE), set);
    time_write(m->headers[0].expires, until);
    if (kept->until != 0)
        time_write(kept->until, before);
    (void)printf("{\"status\":\"ok\",\"backup\":\"%s\",\"keys\":", set);
    cli_print_json_text(bytes_of_text(m->drafts[0].path));
    (void)printf(",\"journal\":");
    cli_print_json_text(bytes_of_text(m->drafts[1].path));
    (void)printf(",\"streams\":%" PRIu64 ",\"entries\":%" PRIu64
                 ",\"keys_until\":\"%s\",\"older_keys_until\":\"%s\",\"removed\":%" PRIu64
                 "}\n",
                 m->checked.streams, m->checked.entries, until, before, kept->removed);
}

static void print(const struct making *m, const struct backup_kept *kept)
{
    char until[TIME_TEXT_ROOM];

    if (m->c->json) {
        print_json(m, kept);
        return;
    }
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        cli_put(stdout, bytes_of_text(m->drafts[i].path));
        (void)printf("\n");
    }
    time_write(m->headers[0].expires, until);
    (void)printf("verified: %" PRIu64 " streams, %" PRIu64 " entries.  The keys are kept "
                 "until %s: what is\nerased from now on is in no backup after that",
                 m->checked.streams, m->checked.entries, until);
    if (kept->until != 0) {
        time_write(kept->until, until);
        (void)printf("; what was erased before, after\n%s", until);
    }
    (void)printf(".\n");
    if (kept->removed > 0)
        (void)printf("%" PRIu64 " older files were removed, their time being over.\n",
                     kept->removed);
}

static int run_steps(struct making *m)
{
    int code =
        cli_home(m->c) == NULL ? EXIT_WRONG_USE : backup_target_read(m->c, &m->target);

    m->begun = clock_wall();

    if (code == EXIT_DONE)
        code = make_copy(m);
    if (code == EXIT_DONE)
        code = seal_parts(m);
    staged_empty(&m->staged); /* the copy is sealed; no key stays in it */
    if (code == EXIT_DONE)
        code = ask_node(m);
    if (code == EXIT_DONE)
        code = keep_parts(m);
    if (code != EXIT_DONE)
        return code;
    const struct backup_keeping keeping = {
        .newest = &m->headers[0],
        .epoch = &m->checked.places[lane_rank(LANE_LOCAL)].epoch,
        .tails_ms = m->target.keys_ms};
    const struct backup_kept kept = backup_keep(m->target.out, &keeping);
    print(m, &kept);
    return EXIT_DONE;
}

static int run_make(struct cli *c)
{
    struct making *const m = arena_take(&c->arena, sizeof *m);

    if (m == NULL)
        return cli_fail(c, EXIT_REFUSED, "backup make", status_sentence(E_MEMORY));
    m->c = c;
    m->staged.lock_fd = -1;
    const int code = run_steps(m);
    staged_done(&m->staged); /* until now no tail was begun, which would be of before it */
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        file_draft_drop(&m->drafts[i]);
    return code;
}

const struct command command_backup_make = {
    .name = "backup make",
    .arguments = "",
    .summary =
        "Copies the running node, verifies the copy and seals it to the recovery key",
    .details =
        "Two files: the journal, to be kept as long as you like, and the storage keys, "
        "which are\nnot opened after --keys-days and are removed from DIR then.  Without "
        "its keys what was\nerased stays erased.  Run as the node's own user; wants the "
        "role operate.  While it\ncopies, the node's write-ahead logs grow, and what is "
        "erased meanwhile is said to be\nerased only afterwards.",
    .options = backup_target_options,
    .option_count = BACKUP_TARGET_OPTIONS,
    .run = run_make,
};

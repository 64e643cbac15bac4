#include "backup_keep.h"

#include "clock.h"
#include "entropy.h"
#include "given.h"
#include "text.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/*
 * `flagpost backup tail`, as often as one likes: what the node has sealed since the last
 * backup for a recovery key, in a small file under the same key.  It is read beside the
 * node as `backup make` does it, and proves itself when it is taken in again; where it
 * could not go on from that backup, a whole one is made instead.
 */

struct tailing {
    struct cli *c;
    struct backup_target target;
    struct config config;
    struct tail_place places[LANES];
    char base[2 * BACKUP_SET_SIZE + 1];
    struct staged staged;
    int fd;
    uint64_t groups, bytes;
    uint64_t lacks; /* entries that the journal cannot give */
    struct backup_header header;
    struct file_draft draft;
};

/* `ret_whole`: it says why a tail will not do. */
static int ask_base(struct tailing *t, bool *ret_whole)
{
    char recovery[2 * HPKE_KEY_SIZE + 1];
    struct control_answer a = {0};

    hex_encode(bytes_of(t->target.recovery, HPKE_KEY_SIZE), recovery);
    const struct control_field argument = {.name = bytes_of_text("recovery"),
                                           .value = bytes_of_text(recovery)};
    if (!cli_ask(t->c, "backup-tail", &argument, 1, &a))
        return EXIT_UNREACHABLE;
    if (a.status != OK || a.row_count != 1)
        return cli_print(t->c, &a, NULL, 0);
    const struct bytes base = control_value(&a.rows[0], "backup");
    *ret_whole = control_value(&a.rows[0], "whole").size > 0;
    if (*ret_whole) {
        (void)fprintf(stderr, "flagpost: ");
        cli_put(stderr, control_value(&a.rows[0], "whole"));
        (void)fprintf(stderr, ": a whole backup is made\n");
        return EXIT_DONE;
    }
    if (base.size != sizeof t->base - 1 ||
        tail_places_read(control_value(&a.rows[0], "places"), t->places) != OK)
        return cli_fail(t->c, EXIT_REFUSED, "backup tail", status_sentence(E_FORM));
    memcpy(t->base, base.at, base.size);
    return EXIT_DONE;
}

/* --- the frames --- */

static status each_frame(void *context, struct bytes frame)
{
    struct tailing *const t = context;
    uint8_t head[4];
    struct writer w = writer_over(head, sizeof head);

    write_u32(&w, (uint32_t)frame.size);
    TRY(file_write_all(t->fd, writer_bytes(&w)));
    t->bytes += sizeof head + frame.size;
    return file_write_all(t->fd, frame);
}

/* All groups of the lane by now: a group is there whole or not at all. */
static status write_lane(struct tailing *t, const struct store *store, enum lane lane)
{
    const struct tail_place *const place = &t->places[lane_rank(lane)];
    struct given_place p = {
        .store = store,
        .self = &t->config.agency,
        .stream = {.agency = t->config.agency, .lane = lane, .epoch = place->epoch},
        .first = place->size};
    struct given_made made = {.next = place->size};
    status s = OK;

    while (s == OK) {
        p.first = made.next;
        s = given_make(&p, &t->c->arena, each_frame, t, &made);
        t->groups += s == OK;
        t->lacks += s == OK ? made.lacks : 0;
    }
    return s == E_UNKNOWN ? OK : s; /* the lane ends there */
}

static status write_lanes(struct tailing *t)
{
    const struct journal_setup setup = {
        .folder = t->c->home, .mode = JOURNAL_READ, .self = t->config.agency};
    struct journal *j = NULL;
    status s = OK;

    TRY(journal_open(&setup, &j));
    const struct store store = journal_store(j);
    for (size_t l = 0; l < LANES && s == OK; l++)
        s = write_lane(t, &store, lane_of_rank(l));
    j = journal_free(j);
    return s;
}

static int write_tail(struct tailing *t)
{
    const char *const folder = cli_path(t->c, STAGED_IN_HOME);
    char path[CONFIG_PATH_MAX];

    if (folder == NULL || !cli_config(t->c, &t->config))
        return EXIT_UNREACHABLE;
    status s = staged_open(&t->staged, folder);
    if (s != OK)
        return backup_stage_failed(t->c, folder, s);
    s = file_path(t->staged.folder, TAIL_FILE, path, sizeof path);
    if (s == OK)
        t->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (s == OK && t->fd >= 0)
        s = write_lanes(t);
    if (s == OK && t->fd >= 0)
        return EXIT_DONE;
    return cli_fail(
        t->c, s == OK ? EXIT_REFUSED : cli_exit_code(s), t->c->home,
        s == OK || s == E_IO ? "the tail could not be written: is the disk full?"
        : s == E_DAMAGED     ? "a row of the journal cannot be read: see `flagpost verify`"
                             : status_sentence(s));
}

/* --- the file --- */

static int seal(struct tailing *t)
{
    struct backup_header *const h = &t->header;
    char name[BACKUP_NAME_ROOM];
    char path[CONFIG_PATH_MAX];

    *h = (struct backup_header){.part = BACKUP_TAIL,
                                .agency = t->config.agency,
                                .realm = t->config.realm,
                                .made = clock_wall() / 1000 * 1000};
    memcpy(h->recovery, t->target.recovery, HPKE_KEY_SIZE);
    entropy_fill(h->set, sizeof h->set);
    backup_set_epoch(h, &t->places[lane_rank(LANE_LOCAL)].epoch);
    backup_name(h, name);
    status s = file_path(t->target.out, name, path, sizeof path);
    if (s == OK)
        s = file_draft_open(&t->draft, path);
    if (s == OK)
        s = backup_file_make(&t->draft, h, t->staged.folder, &t->c->arena);
    if (s == OK)
        s = file_draft_keep(&t->draft);
    return s == OK ? EXIT_DONE
                   : cli_fail(t->c, EXIT_REFUSED, t->target.out,
                              s == E_OPEN  ? "what was read back is not what was written: "
                                             "this disk is not for backups"
                              : s == E_KEY ? "the recovery key is not sound: make another"
                              : s == E_LIMIT
                                  ? status_sentence(s)
                                  : "the tail could not be written here: is there such a "
                                    "folder, and room in it?");
}

/* What it lacks is told, and ends the command as damage does: the rest is worth keeping. */
static int print(const struct tailing *t)
{
    if (t->c->json) {
        (void)printf("{\"status\":\"%s\",\"backup\":\"%s\",\"tail\":",
                     status_word(t->lacks == 0 ? OK : E_DAMAGED), t->base);
        cli_print_json_text(bytes_of_text(t->draft.path));
        (void)printf(",\"groups\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"lacks\":%" PRIu64
                     "}\n",
                     t->groups, t->bytes, t->lacks);
    } else {
        cli_put(stdout, bytes_of_text(t->draft.path));
        (void)printf("\n%" PRIu64 " groups since the backup %s.\n", t->groups, t->base);
    }
    if (t->lacks == 0)
        return EXIT_DONE;
    (void)fprintf(
        stderr,
        "flagpost: %" PRIu64 " of its entries cannot be read in the journal and "
        "are not in it: see `flagpost verify`, mend them with `flagpost recover`, "
        "and make it again\n",
        t->lacks);
    return EXIT_DAMAGED;
}

static int run_steps(struct tailing *t)
{
    bool whole = false;
    int code =
        cli_home(t->c) == NULL ? EXIT_WRONG_USE : backup_target_read(t->c, &t->target);

    if (code == EXIT_DONE)
        code = ask_base(t, &whole);
    if (code == EXIT_DONE && whole)
        return command_backup_make.run(t->c);
    if (code == EXIT_DONE)
        code = write_tail(t);
    if (code == EXIT_DONE)
        code = seal(t);
    if (code != EXIT_DONE)
        return code;
    const struct backup_keeping keeping = {.newest = &t->header,
                                           .epoch = &t->places[lane_rank(LANE_LOCAL)].epoch,
                                           .tails_ms = t->target.keys_ms};
    /* Older ones are of no use any more, unless they have what this one lacks. */
    if (t->lacks == 0)
        (void)backup_keep(t->target.out, &keeping);
    return print(t);
}

static int run(struct cli *c)
{
    struct tailing *const t = arena_take(&c->arena, sizeof *t);

    if (t == NULL)
        return cli_fail(c, EXIT_REFUSED, "backup tail", status_sentence(E_MEMORY));
    memset(t, 0, sizeof *t);
    t->c = c;
    t->staged.lock_fd = -1;
    t->fd = -1;
    const int code = run_steps(t);
    if (t->fd >= 0)
        (void)close(t->fd); /* what counts is sealed and durable elsewhere */
    staged_done(&t->staged);
    file_draft_drop(&t->draft);
    return code;
}

const struct command command_backup_tail = {
    .name = "backup tail",
    .arguments = "",
    .summary = "Seals what the node has published and logged since the last backup",
    .details =
        "A small file beside the backup, to be made every few minutes by a timer; each has "
        "all\nsince the backup, so the newest is enough and older ones are removed.  "
        "`restore` takes it\nwith the backup: then the log of the agency, what it decided "
        "and erased, and records that\nnobody else holds are back as well.  Drafts and "
        "to-dos are those of the backup.\n\nWithout a backup for this key, or when the "
        "node's keys or epoch have changed since, a\nwhole one is made, as by `backup "
        "make`: about once a week.",
    .options = backup_target_options,
    .option_count = BACKUP_TARGET_OPTIONS,
    .run = run,
};

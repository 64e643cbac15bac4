#include "backup_steps.h"

#include "text.h"

#include <inttypes.h>
#include <stdio.h>

/* `flagpost backup verify`, where the recovery key is: opens a backup and derives all of it
 * again, and leaves nothing behind. */

static const struct option_row options[] = {
    {"key", "FILE", "the recovery key file"},
    {"work", "DIR", "folder to be made for the opened copy, and removed again"},
};

static void print(const struct cli *c, const struct backup_unpacked *u,
                  const struct backup_checked *checked)
{
    char set[2 * BACKUP_SET_SIZE + 1];
    char made[TIME_TEXT_ROOM];
    char until[TIME_TEXT_ROOM];

    hex_encode(bytes_of(u->header.set, BACKUP_SET_SIZE), set);
    time_write(u->header.made, made);
    time_write(u->keys_until, until);
    (void)printf(c->json ? "{\"status\":\"ok\",\"backup\":\"%s\",\"agency\":\"%s\","
                           "\"made\":\"%s\",\"keys_until\":\"%s\",\"streams\":%" PRIu64
                           ",\"entries\":%" PRIu64 "}\n"
                         : "backup %s of %s, made %s, keys until %s:\n%" PRIu64
                           " streams, %" PRIu64 " entries, everything agrees\n",
                 set, u->header.agency.text, made, until, checked->streams,
                 checked->entries);
}

static int verify(struct cli *c, const char *folder)
{
    struct backup_checked *const checked = arena_take(&c->arena, sizeof *checked);
    struct backup_unpacked unpacked;

    if (checked == NULL)
        return cli_fail(c, EXIT_REFUSED, "backup verify", status_sentence(E_MEMORY));
    int code = backup_unpack(c, folder, &unpacked);
    if (code == EXIT_DONE && !unpacked.has_keys)
        code = cli_fail(c, EXIT_WRONG_USE, "backup verify",
                        "give the keys of this backup too");
    if (code == EXIT_DONE)
        code = backup_check(c, folder, checked);
    if (code == EXIT_DONE)
        print(c, &unpacked, checked);
    return code;
}

static int run(struct cli *c)
{
    struct staged staged = {.lock_fd = -1};
    const char *const folder = cli_value(c, "work");

    if (c->argument_count != 2 || folder == NULL)
        return cli_fail(c, EXIT_WRONG_USE, "backup verify",
                        "give --key FILE, --work DIR and both files of a backup");
    const status s = staged_open(&staged, folder);
    if (s != OK)
        return backup_stage_failed(c, folder, s);
    const int code = verify(c, folder);
    staged_done(&staged);
    return code;
}

const struct command command_backup_verify = {
    .name = "backup verify",
    .arguments = "JOURNAL KEYS",
    .summary = "Opens a backup with the recovery key and derives everything in it again",
    .details =
        "On the machine that has the recovery key, never on a node.  DIR needs room "
        "for the\nopened copy.  Exit code 5 when one byte is not as it was made; the "
        "sentence says where.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};

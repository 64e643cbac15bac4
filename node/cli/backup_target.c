#include "backup_steps.h"

#include "file.h"
#include "text.h"

/* Where backups and their tails go. */

enum { KEYS_DAYS = 35, KEYS_DAYS_MAX = 366, DAY_MS = 86400000 };

const struct option_row backup_target_options[BACKUP_TARGET_OPTIONS] = {
    {"recovery", "FILE", "public half of the recovery key (FILE.pub of `backup key`)"},
    {"out", "DIR", "where the files go; a folder on another disk"},
    {"keys-days", "N", "how long the storage keys are kept (else 35)"},
};

int backup_target_read(struct cli *c, struct backup_target *ret)
{
    const char *const path = cli_value(c, "recovery");
    const char *const days = cli_value(c, "keys-days");
    struct bytes text = {0};
    uint64_t n = KEYS_DAYS;

    ret->out = cli_value(c, "out");
    if (path == NULL || ret->out == NULL || c->argument_count != 0)
        return cli_fail(c, EXIT_WRONG_USE, c->command->name,
                        "give --recovery FILE.pub and --out DIR");
    if (days != NULL &&
        (decimal_decode(bytes_of_text(days), &n) != OK || n < 1 || n > KEYS_DAYS_MAX))
        return cli_fail(c, EXIT_WRONG_USE, "keys-days", "a number from 1 to 366");
    ret->keys_ms = n * DAY_MS;
    const status s = file_read(path, RECOVERY_TEXT_ROOM, &c->arena, &text);
    if (s != OK && s != E_LIMIT)
        return cli_fail(c, EXIT_UNREACHABLE, path, cli_file_sentence(path, s));
    if (s != OK || recovery_text_read(text, ret->recovery) != OK)
        return cli_fail(c, EXIT_REFUSED, path,
                        "this is not the public half of a recovery key, which `flagpost "
                        "backup key` makes");
    return EXIT_DONE;
}

#include "backup_steps.h"

#include "entropy.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The recovery key, made offline: the node gets its public half alone. */

static status make_key(struct cli *c, const char *path, const struct keyfile_lock *lock)
{
    struct hpke_key_pair pair DEFER(hpke_key_pair_done) = {0};
    uint8_t seed[RECOVERY_SEED_SIZE];
    char text[RECOVERY_TEXT_ROOM];
    struct bytes file = {0};

    entropy_fill(seed, sizeof seed);
    status s = hpke_derive(bytes_of(seed, sizeof seed), &pair);
    if (s == OK)
        s = keyfile_encode(KEYFILE_RECOVERY, lock, bytes_of(seed, sizeof seed), &c->arena,
                           &file);
    explicit_bzero(seed, sizeof seed);
    TRY(s);
    char *const name = arena_take(&c->arena, strlen(path) + sizeof ".pub");
    ENSURE(name != NULL, E_MEMORY);
    (void)snprintf(name, strlen(path) + sizeof ".pub", "%s.pub", path);
    TRY(file_create(path, file, 0600));
    s = file_create(name, recovery_text_write(pair.public, text), 0644);
    if (s != OK)
        (void)unlink(path); /* nobody has its public half */
    return s;
}

static int run_key(struct cli *c)
{
    struct cli_secret lock;

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, "backup key", "give the key file to be made");
    const char *const path = c->arguments[0];
    if (!cli_lock(c, "recovery.key", true, &lock))
        return EXIT_FORBIDDEN;
    const status s = make_key(c, path, &lock.lock);
    cli_secret_done(&lock);
    if (s != OK)
        return cli_fail(c, EXIT_REFUSED, path,
                        s == E_DUPLICATE ? cli_there_already()
                                         : cli_file_sentence(path, s));
    if (c->json) {
        (void)printf("{\"status\":\"ok\",\"key\":");
        cli_print_json_text(bytes_of_text(path));
        (void)printf("}\n");
        return EXIT_DONE;
    }
    cli_put(stdout, bytes_of_text(path));
    (void)printf(" opens backups: keep it offline, twice, and never on a node.\n");
    cli_put(stdout, bytes_of_text(path));
    (void)printf(".pub is what `flagpost backup make --recovery` wants.\n");
    return EXIT_DONE;
}

const struct command command_backup_key = {
    .name = "backup key",
    .arguments = "FILE",
    .summary = "Makes the offline key that backups are sealed to, and its public half",
    .details = "FILE is under a passphrase, or with --credential under 32 random bytes.  "
               "FILE.pub\ngoes to the node.  Who loses FILE loses every backup sealed to "
               "it.",
    .run = run_key,
};

bool backup_recovery_pair(struct cli *c, struct hpke_key_pair *ret)
{
    const char *const path = cli_value(c, "key");
    struct cli_secret lock;
    struct bytes file = {0};
    uint8_t seed[RECOVERY_SEED_SIZE];

    if (path == NULL) {
        (void)cli_fail(c, EXIT_WRONG_USE, "key", "give the recovery key file: --key FILE");
        return false;
    }
    status s = file_read(path, KEYFILE_BYTES_MAX, &c->arena, &file);
    if (s != OK) {
        (void)cli_fail(c, EXIT_UNREACHABLE, path, cli_file_sentence(path, s));
        return false;
    }
    if (!cli_lock(c, "recovery.key", false, &lock))
        return false;
    s = keyfile_decode(file, KEYFILE_RECOVERY, &lock.lock, seed, sizeof seed);
    cli_secret_done(&lock);
    if (s == OK)
        s = hpke_derive(bytes_of(seed, sizeof seed), ret);
    explicit_bzero(seed, sizeof seed);
    if (s != OK)
        (void)cli_fail(c, EXIT_FORBIDDEN, path,
                       s == E_KEY ? "this passphrase or credential does not open it"
                                  : "this is not a recovery key file, which `flagpost "
                                    "backup key` makes");
    return s == OK;
}

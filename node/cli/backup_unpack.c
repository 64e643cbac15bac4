#include "backup_steps.h"

#include "clock.h"

#include <string.h>

/* Both parts of a backup into a folder, where they are a home again. */

static int unpack_one(struct cli *c, const char *path, const struct hpke_key_pair *key,
                      const char *folder, struct backup_header *ret)
{
    struct backup_file f DEFER(backup_file_done) = {.fd = -1};

    status s = backup_file_open(&f, path, key, clock_wall(), &c->arena);
    if (s == OK)
        s = backup_file_unpack(&f, folder);
    *ret = f.header;
    if (s == OK)
        return EXIT_DONE;
    return cli_fail(c,
                    s == E_KEY       ? EXIT_FORBIDDEN
                    : s == E_OPEN    ? EXIT_DAMAGED
                    : s == E_UNKNOWN ? EXIT_UNREACHABLE
                                     : EXIT_REFUSED,
                    path, f.sentence[0] != '\0' ? f.sentence : status_sentence(s));
}

static int of_two(const struct cli *c, const char *why)
{
    return cli_fail(c, EXIT_REFUSED, c->command->name, why);
}

static int unpack_all(struct cli *c, const struct hpke_key_pair *key, const char *folder,
                      struct backup_unpacked *ret)
{
    for (size_t i = 0; i < c->argument_count; i++) {
        struct backup_header h;
        const int code = unpack_one(c, c->arguments[i], key, folder, &h);
        if (code != EXIT_DONE)
            return code;
        if (h.part == BACKUP_TAIL) {
            ret->has_tail = true;
            ret->tail = h;
            continue;
        }
        if ((ret->has_keys || ret->has_journal) &&
            memcmp(h.set, ret->header.set, sizeof h.set) != 0)
            return of_two(c, "these are parts of two backups: the names of a journal and "
                             "of its keys begin alike");
        ret->has_keys = ret->has_keys || h.part == BACKUP_KEYS;
        ret->has_journal = ret->has_journal || h.part == BACKUP_JOURNAL;
        if (h.expires > ret->keys_until)
            ret->keys_until = h.expires;
        ret->header = h;
    }
    if (!ret->has_journal)
        return of_two(c, ret->has_keys
                             ? "the keys alone are no backup: give the journal as "
                               "well"
                             : "a tail goes on from a backup: give its journal "
                               "and its keys as well");
    if (ret->has_tail && (!agency_id_equal(&ret->tail.agency, &ret->header.agency) ||
                          !hash_equal(&ret->tail.realm, &ret->header.realm)))
        return of_two(c, "the tail is of another agency or deployment than the backup");
    return EXIT_DONE;
}

int backup_unpack(struct cli *c, const char *folder, struct backup_unpacked *ret)
{
    struct hpke_key_pair key DEFER(hpke_key_pair_done) = {0};

    *ret = (struct backup_unpacked){0};
    if (!backup_recovery_pair(c, &key))
        return EXIT_FORBIDDEN;
    return unpack_all(c, &key, folder, ret);
}

#include "backups.h"

#include "shelf.h"
#include "text.h"

#include <string.h>

/*
 * A backup counts once the node itself has said that the copy's rows are as it left them:
 * each database's sum of rows is under a MAC that nobody else can make.  Who made it, and
 * for which key, is a row of the log before the files get their names.
 */

enum { SET_DIGITS = 32, KEY_DIGITS = BACKUP_KEY_DIGITS, KEY_SHOWN = 16 };

static const millis KEYS_MAX_MS = 367ULL * 24 * 60 * 60 * 1000;

/* One row, whose place is all that it says beside two times. */
static record_id row_id(const struct desk *d)
{
    const struct hash h =
        keyring_mac(d->keyring, KEYRING_DIGEST, bytes_of_text("flagpost/backup/v1"));
    record_id id;

    memcpy(id.bytes, h.bytes, sizeof id.bytes);
    return id;
}

status backup_standing(struct desk *d, struct backup_standing *ret)
{
    const record_id id = row_id(d);
    const size_t mark = arena_mark(d->scratch);
    struct shelf_row row = {0};
    const status s = journal_shelf_find(d->journal, SHELF_BACKUP, &id, d->scratch, &row);

    arena_rewind(d->scratch, mark);
    *ret = (struct backup_standing){.made = s == OK ? row.changed : 0,
                                    .keys_until = s == OK ? row.due : 0};
    return s == E_UNKNOWN ? OK : s;
}

/* Keys that were to be kept longer are still somewhere. */
static status put_standing(struct desk *d, millis expires)
{
    struct backup_standing b = {0};

    TRY(backup_standing(d, &b));
    const struct shelf_row row = {.kind = SHELF_BACKUP,
                                  .id = row_id(d),
                                  .state = BACKUP_STANDING,
                                  .due = expires > b.keys_until ? expires : b.keys_until,
                                  .changed = d->exchange->now};
    return journal_shelf_put(d->journal, &row);
}

status backup_erased_text(struct desk *d, const char **ret)
{
    struct backup_standing b = {0};
    char until[TIME_TEXT_ROOM];

    TRY(backup_standing(d, &b));
    time_write(b.keys_until, until);
    *ret =
        b.keys_until < d->exchange->now
            ? ""
            : desk_text(d->exchange->arena, "; its key is in a backup until ", until, NULL);
    return OK;
}

static status check_words(struct call *c, struct bytes set, struct bytes recovery,
                          struct bytes until, millis *ret_until)
{
    uint8_t room[KEY_DIGITS / 2];

    if (set.size == SET_DIGITS && hex_decode(set, room, SET_DIGITS / 2) == OK &&
        recovery.size == KEY_DIGITS && hex_decode(recovery, room, sizeof room) == OK &&
        decimal_decode(until, ret_until) == OK)
        return OK;
    c->sentence =
        "the request could not be read: command and node are of different versions";
    return E_USAGE;
}

static status vouch(struct desk *d, struct call *c, const char *name, size_t file)
{
    const status s = journal_vouch(d->journal, control_argument(&c->parsed, name), file);

    if (s == OK)
        return OK;
    c->sentence = desk_text(d->exchange->arena, "the copy of ", name,
                            ".db is not as this node left it, so it does not count: was "
                            "another home copied?  See `flagpost verify`",
                            NULL);
    return s == E_FORM ? E_USAGE : E_DAMAGED;
}

status backup_prepare(struct desk *d, struct call *c)
{
    static const char *const files[JOURNAL_MARKS] = {"journal", "keys"};
    struct arena *const a = d->exchange->arena;
    const struct bytes set = control_argument(&c->parsed, "set");
    const struct bytes recovery = control_argument(&c->parsed, "recovery");
    char until[TIME_TEXT_ROOM];
    millis expires = 0;

    TRY(check_words(c, set, recovery, control_argument(&c->parsed, "until"), &expires));
    for (size_t i = 0; i < JOURNAL_MARKS; i++)
        TRY(vouch(d, c, files[i], i));
    const char *const name = arena_text(a, set);
    const char *const key = arena_text(a, bytes_of(recovery.at, KEY_SHOWN));
    ENSURE(name != NULL && key != NULL, E_MEMORY);
    time_write(expires, until);
    struct item_audit row = {
        .operation = AUDIT_INSTALL,
        .outcome = bytes_of_text(desk_text(a, "backup ", name, " made for recovery key ",
                                           key, ", its keys kept until ", until, NULL))};
    if (expires > d->exchange->now + KEYS_MAX_MS) {
        c->sentence = "these keys would be kept for over a year: is the clock of this "
                      "machine right?";
        return E_VALUE;
    }
    TRY(desk_audit(d, c, &row));
    TRY(backup_base_put(d, c, expires));
    return put_standing(d, expires);
}

#include "desk.h"
#include "text.h"

/*
 * A backup counts once the node itself has said that the copy's rows are as it left them:
 * each database's sum of rows is under a MAC that nobody else can make.  Who made it, and
 * for which key, is a row of the log before the files get their names.
 */

enum { SET_DIGITS = 32, KEY_DIGITS = 64, KEY_SHOWN = 16 };

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
    const status s = desk_audit(d, c, &row);
    if (s == E_FENCED)
        c->sentence = "this node may not write to its log now, so no backup counts: see "
                      "`flagpost status`";
    return s;
}

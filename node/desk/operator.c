#include "operator.h"

#include "server.h"
#include "session.h"
#include "shelf.h"
#include "text.h"
#include "watching.h"

#include <string.h>
#include <unistd.h>

enum { OPERATORS_MAX = 200 };

static const struct duty_form {
    enum duty duty;
    const char *word;
} duties[] = {
    {DUTY_SUBMIT, "submit"},   {DUTY_RELEASE, "release"},         {DUTY_READ, "read"},
    {DUTY_DECIDE, "decide"},   {DUTY_ACKNOWLEDGE, "acknowledge"}, {DUTY_AUDIT, "audit"},
    {DUTY_OPERATE, "operate"},
};

#define DUTY_WORDS "submit, release, read, decide, acknowledge, audit, operate"

/* Those whose verbs show what a record says. */
enum { DUTIES_OF_RECORDS = DUTY_SUBMIT | DUTY_RELEASE | DUTY_READ | DUTY_DECIDE };

struct operator_row {
    uint32_t uid;
    uint32_t duties;
    struct bytes name, maker;
};

static const char *duty_word(enum duty duty)
{
    for (size_t i = 0; i < COUNT_OF(duties); i++) {
        if (duties[i].duty == duty)
            return duties[i].word;
    }
    return "";
}

static record_id row_id(struct desk *d, uint32_t uid)
{
    uint8_t room[16];
    struct writer w = writer_over(room, sizeof room);
    record_id id;

    write_text(&w, "operator");
    write_u32(&w, uid);
    MUST(!w.bad);
    const struct hash h = keyring_mac(d->keyring, KEYRING_DIGEST, writer_bytes(&w));
    memcpy(id.bytes, h.bytes, sizeof id.bytes);
    return id;
}

static status read_row(const struct shelf_row *from, struct operator_row *ret)
{
    struct reader r = {.rest = from->body};

    *ret = (struct operator_row){.uid = read_u32(&r), .duties = read_u32(&r)};
    ret->name = read_bytes(&r, read_u8(&r));
    ret->maker = read_bytes(&r, read_u8(&r));
    return reader_is_done(&r) ? OK : E_DAMAGED;
}

/* --- admitting --- */

static status one_is_enough(void *context, const struct shelf_row *row)
{
    bool *const found = context;

    (void)row;
    *found = true;
    return E_LIMIT;
}

static status any_named(struct desk *d, bool *ret)
{
    *ret = false;
    const status s =
        journal_shelf_walk(d->journal, SHELF_OPERATOR, (struct shelf_filter){0}, d->scratch,
                           one_is_enough, ret);
    return s == E_LIMIT ? OK : s;
}

static status duties_of(struct desk *d, uint32_t uid, uint32_t *ret)
{
    const record_id id = row_id(d, uid);
    struct shelf_row row = {0};
    struct operator_row one = {0};

    *ret = uid == 0 || uid == getuid() ? DUTY_OPERATE : 0;
    const status s =
        journal_shelf_find(d->journal, SHELF_OPERATOR, &id, d->exchange->arena, &row);
    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    TRY(read_row(&row, &one));
    *ret |= one.duties;
    return OK;
}

/* Refused to a person is as much a fact of the log as shown. */
static status refuse(struct desk *d, struct call *c, enum duty duty)
{
    struct arena *const a = d->exchange->arena;
    struct item_audit row = {
        .operation = AUDIT_DENY,
        .outcome = bytes_of_text(desk_text(a, "not permitted: ", c->verb->name,
                                           " needs the role ", duty_word(duty), NULL))};

    const status s = desk_audit(d, c, &row);
    c->sentence = desk_text(a, "this needs the role ", duty_word(duty),
                            ", which you do not have here: whoever keeps the node gives it "
                            "with `flagpost operator set USER --roles ...`",
                            NULL);
    /* Without room in this turn it is asked again in the next.  A fenced node writes
     * nothing, this row included, and refuses all the same. */
    return s == OK || s == E_FENCED ? E_DENIED : s;
}

status operator_may(struct desk *d, const struct call *c, enum duty duty, bool *ret)
{
    uint32_t has = 0;
    bool named = false;

    TRY(any_named(d, &named));
    TRY(duties_of(d, c->person.uid, &has));
    *ret = !named || (has & (uint32_t)duty) != 0;
    return OK;
}

status operator_admit(struct desk *d, struct call *c)
{
    const bool own = c->person.uid == 0 || c->person.uid == getuid();
    uint32_t has = 0;
    bool named = false;

    if (c->is_account)
        return OK;
    TRY(any_named(d, &named));
    if (!named) {
        if (c->verb->user == VERB_DESK || own)
            return OK;
        c->sentence = "only the node's own user, or root, may ask for this";
        return E_DENIED;
    }
    if (c->verb->duty == DUTY_ANYONE)
        return OK;
    TRY(duties_of(d, c->person.uid, &has));
    return (has & (uint32_t)c->verb->duty) != 0 ? OK : refuse(d, c, c->verb->duty);
}

status operator_is_named(struct desk *d, uint32_t uid, bool *ret)
{
    const record_id id = row_id(d, uid);
    struct shelf_row row = {0};
    const status s =
        journal_shelf_find(d->journal, SHELF_OPERATOR, &id, d->exchange->arena, &row);

    ENSURE(s == OK || s == E_UNKNOWN, s);
    *ret = s == OK;
    return OK;
}

struct wanted {
    struct bytes user;
    bool found;
    uint32_t uid;
};

static status each_named(void *context, const struct shelf_row *row)
{
    struct wanted *const w = context;
    struct operator_row one = {0};
    uint64_t number = 0;

    TRY(read_row(row, &one));
    const bool by_number =
        decimal_decode(w->user, &number) == OK && number == (uint64_t)one.uid;
    if (!by_number && !bytes_equal(w->user, one.name))
        return OK;
    w->found = true;
    w->uid = one.uid;
    return E_LIMIT;
}

status operator_find(struct desk *d, struct bytes user, uint32_t *ret_uid)
{
    struct wanted w = {.user = user};
    const status s = journal_shelf_walk(
        d->journal, SHELF_OPERATOR, (struct shelf_filter){0}, d->scratch, each_named, &w);

    ENSURE(s == OK || s == E_LIMIT, s);
    ENSURE(w.found, E_UNKNOWN);
    *ret_uid = w.uid;
    return OK;
}

/* --- naming --- */

static status read_duties(struct desk *d, struct call *c, uint32_t *ret)
{
    struct bytes rest = control_argument(&c->parsed, "roles");
    struct bytes word = {0};

    *ret = 0;
    while (rest.size > 0) {
        if (!text_cut(&rest, ',', &word)) {
            word = rest;
            rest = (struct bytes){0};
        }
        const uint32_t before = *ret;
        for (size_t i = 0; i < COUNT_OF(duties); i++)
            *ret |= text_is(word, duties[i].word) ? (uint32_t)duties[i].duty : 0;
        if (*ret == before) {
            c->sentence = "--roles takes, with commas between them: " DUTY_WORDS;
            return E_USAGE;
        }
    }
    if (*ret == 0) {
        c->sentence = "say which roles: --roles, with commas between them: " DUTY_WORDS;
        return E_USAGE;
    }
    if ((*ret & DUTY_AUDIT) == 0 || (*ret & DUTIES_OF_RECORDS) == 0)
        return OK;
    c->sentence =
        desk_text(d->exchange->arena,
                  "who reads the log reads no records (R21): give audit to another "
                  "person than submit, release, read or decide",
                  NULL);
    return E_VALUE;
}

/* A name of this machine, or "uid:1000". */
static status read_user(struct desk *d, struct call *c, uint32_t *ret_uid)
{
    const struct bytes name = control_argument(&c->parsed, "user");
    const char *const text = arena_text(d->exchange->arena, name);
    uint64_t number = 0;

    ENSURE(text != NULL, E_MEMORY);
    if (strncmp(text, "uid:", 4) == 0 &&
        decimal_decode(bytes_from(name, 4), &number) == OK && number < UINT32_MAX) {
        *ret_uid = (uint32_t)number;
        return OK;
    }
    /* What has a NUL in it is another name than the system would read. */
    if (name.size > 0 && name.size <= CONFIG_ACCOUNT_MAX && strlen(text) == name.size &&
        server_user(text, ret_uid) == OK)
        return OK;
    c->sentence = "there is no such user on this machine: give a login name, or uid:1000";
    return E_UNKNOWN;
}

static status log_change(struct desk *d, struct call *c, const char *what)
{
    const char *const name =
        arena_text(d->exchange->arena, control_argument(&c->parsed, "user"));
    const char *const roles =
        arena_text(d->exchange->arena, control_argument(&c->parsed, "roles"));
    struct item_audit row = {.operation = AUDIT_INSTALL};

    ENSURE(name != NULL && roles != NULL, E_MEMORY);
    row.outcome = bytes_of_text(desk_text(d->exchange->arena, what, name,
                                          roles[0] != '\0' ? ": " : "", roles, NULL));
    return desk_audit(d, c, &row);
}

status operator_set_prepare(struct desk *d, struct call *c)
{
    uint8_t room[SHORT_TEXT_MAX];
    struct writer w = writer_over(room, sizeof room);
    const struct bytes name = control_argument(&c->parsed, "user");
    const struct bytes maker = bytes_of_text(c->person.text);
    uint32_t duty = 0;
    uint32_t uid = 0;

    TRY(read_user(d, c, &uid));
    TRY(read_duties(d, c, &duty));
    write_u32(&w, uid);
    write_u32(&w, duty);
    write_u8(&w, (uint8_t)name.size);
    write_bytes(&w, name);
    write_u8(&w, (uint8_t)maker.size);
    write_bytes(&w, maker);
    MUST(!w.bad);
    TRY(log_change(d, c, "operator "));
    const struct shelf_row row = {.kind = SHELF_OPERATOR,
                                  .id = row_id(d, uid),
                                  .state = 1,
                                  .changed = d->exchange->now,
                                  .body = writer_bytes(&w)};
    TRY(journal_shelf_put(d->journal, &row));
    if ((duty & DUTY_READ) == 0)
        TRY(watching_end_of(d, uid));
    c->sentence = "set: from now on whoever is not named here may ask for nothing but "
                  "`status` and `todo`";
    return OK;
}

status operator_remove_prepare(struct desk *d, struct call *c)
{
    struct shelf_row row = {0};
    uint32_t uid = 0;
    bool named = false;

    TRY(read_user(d, c, &uid));
    const record_id id = row_id(d, uid);
    const status s =
        journal_shelf_find(d->journal, SHELF_OPERATOR, &id, d->exchange->arena, &row);
    if (s == E_UNKNOWN)
        c->sentence = "that user has no role here: `flagpost operator list` has all";
    TRY(s);
    TRY(log_change(d, c, "operator removed: "));
    TRY(journal_shelf_drop(d->journal, SHELF_OPERATOR, &id));
    TRY(session_forget(d, uid));
    TRY(watching_end_of(d, uid));
    TRY(any_named(d, &named));
    c->sentence = named
                      ? "removed, with that person's watches"
                      : "removed: nobody is named any more, so whoever reaches the control "
                        "socket may ask for the desk's work again";
    return OK;
}

/* --- the list --- */

status operators_prepare(struct desk *d, struct call *c)
{
    (void)d;
    (void)c;
    return OK;
}

static status each(void *context, const struct shelf_row *row)
{
    struct rows *const r = context;
    struct operator_row one = {0};
    struct bytes copy = {0};
    const char *words = "";

    TRY(read_row(row, &one));
    for (size_t i = 0; i < COUNT_OF(duties); i++) {
        if ((one.duties & (uint32_t)duties[i].duty) != 0)
            words = desk_text(r->arena, words, words[0] == '\0' ? "" : ",", duties[i].word,
                              NULL);
    }
    rows_next(r, 5);
    TRY(arena_copy(r->arena, one.name, &copy));
    rows_bytes(r, "user", copy);
    rows_number(r, "uid", one.uid);
    rows_text(r, "roles", words);
    rows_time(r, "since", row->changed);
    TRY(arena_copy(r->arena, one.maker, &copy));
    rows_bytes(r, "by", copy);
    return r->full ? E_LIMIT : OK;
}

status operators_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct rows r;

    (void)c;
    rows_init(&r, d->exchange->arena, OPERATORS_MAX);
    const status s = journal_shelf_walk(d->journal, SHELF_OPERATOR,
                                        (struct shelf_filter){0}, d->scratch, each, &r);
    ENSURE(s == OK || s == E_LIMIT, s);
    ret->sentence = bytes_of_text(
        r.count == 0
            ? "nobody is named: whoever reaches the control socket may ask for the "
              "desk's work, and the node's own user for the rest"
        : s == E_LIMIT ? "there are more"
                       : "");
    rows_give(&r, ret);
    return OK;
}

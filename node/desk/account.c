#include "account.h"

#include "session.h"
#include "shelf.h"
#include "text.h"

#include <string.h>
#include <unistd.h>

/*
 * An account's row: its id is a keyed digest of its name, its tag that of its token; the
 * body is u8 size and name, u8 size and who made it.  A revoked one keeps its row and loses
 * its tag.
 */

enum {
    NAME_BYTES_MAX = 32,
    TOKEN_SECRET_SIZE = 32,
    TOKEN_ROOM = 5 + 2 * TOKEN_SECRET_SIZE + 1,
    ACCOUNT_ACTIVE = 1,
    ACCOUNT_REVOKED = 2,
    TOKEN_ROWS = 200,
};

/* So that whoever finds one lying about knows what it is. */
#define TOKEN_PREFIX "fpt1_"

struct account {
    struct bytes name;
    struct bytes maker;
};

static struct hash digest(struct desk *d, const char *what, struct bytes b)
{
    uint8_t room[64 + TOKEN_ROOM];
    struct writer w = writer_over(room, sizeof room);

    write_text(&w, what);
    write_bytes(&w, b);
    MUST(!w.bad);
    const struct hash h = keyring_mac(d->keyring, KEYRING_DIGEST, writer_bytes(&w));
    explicit_bzero(room, sizeof room);
    return h;
}

static record_id account_id(struct desk *d, struct bytes name)
{
    const struct hash h = digest(d, "flagpost/account/v1", name);
    record_id id;

    memcpy(id.bytes, h.bytes, sizeof id.bytes);
    return id;
}

static status account_of_row(const struct shelf_row *row, struct account *ret)
{
    struct reader r = {.rest = row->body};

    ret->name = read_bytes(&r, read_u8(&r));
    ret->maker = read_bytes(&r, read_u8(&r));
    return reader_is_done(&r) ? OK : E_DAMAGED;
}

/* --- whether a call may go on --- */

static status say(struct call *c, status why, const char *sentence)
{
    c->sentence = sentence;
    return why;
}

struct match {
    struct desk *desk;
    struct call *call;
    struct hash digest;
    bool found;
};

static status each_match(void *context, const struct shelf_row *row)
{
    struct match *const match = context;
    struct person *const person = &match->call->person;
    struct account account;

    /* The index has found it by a keyed digest, which tells a clock nothing about tokens;
     * what decides is this comparison all the same. */
    if (row->state != ACCOUNT_ACTIVE ||
        !secret_equal(row->tag, match->digest.bytes, sizeof row->tag))
        return OK;
    TRY(account_of_row(row, &account));
    struct writer w = writer_over(person->text, sizeof person->text - 1);
    write_text(&w, "account:");
    write_bytes(&w, account.name);
    MUST(!w.bad);
    person->text[w.size] = '\0';
    match->found = true;
    return OK;
}

/* What a system account may use. */
static bool may_use(struct bytes verb)
{
    static const char *const verbs[] = {"publish", "trace", "status"};

    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        if (text_is(verb, verbs[i]))
            return true;
    }
    return false;
}

/* Whatever is wrong with a token, the answer is the same. */
static status admit_token(struct desk *d, struct call *c, struct bytes token)
{
    struct match match = {.desk = d, .call = c};

    if (token.size != TOKEN_ROOM - 1)
        return say(c, E_REVOKED, "this token is not known here");
    match.digest = digest(d, "flagpost/token/v1", token);
    TRY(journal_shelf_tagged(d->journal, SHELF_ACCOUNT, match.digest.bytes, d->scratch,
                             each_match, &match));
    if (!match.found)
        return say(c, E_REVOKED, "this token is not known here");
    if (!may_use(c->parsed.verb))
        return say(c, E_DENIED,
                   "a system account may publish, trace and ask for the status");
    c->channel = "http";
    c->is_account = true;
    return OK;
}

status account_admit(struct desk *d, struct call *c)
{
    const struct bytes token = control_argument(&c->parsed, "token");
    const bool is_gateway = d->has_gateway && c->person.uid == d->gateway;

    const bool signs_in = text_is(c->parsed.verb, "session");

    c->channel = "control";
    c->is_account = false;
    if ((token.size > 0 || signs_in) && !is_gateway)
        return say(c, E_DENIED,
                   "only the gateway named in the configuration may speak for accounts");
    if (signs_in)
        return OK;
    if (session_is_token(token))
        return session_admit(d, c, token);
    if (token.size > 0)
        return admit_token(d, c, token);
    /* A gateway that runs as the node's own user could do anything by other means. */
    if (is_gateway && c->person.uid != getuid())
        return say(c, E_DENIED, "the gateway speaks for accounts alone: give a token");
    return OK;
}

status account_key(struct desk *d, const struct call *c, struct bytes *ret)
{
    const struct bytes key = control_argument(&c->parsed, "key");
    const struct bytes person = bytes_of_text(c->person.text);

    if (key.size == 0 || control_argument(&c->parsed, "token").size == 0) {
        *ret = key;
        return OK;
    }
    const size_t size = person.size + 1 + key.size;
    uint8_t *const room = arena_take(d->exchange->arena, size);
    ENSURE(room != NULL, E_MEMORY);
    struct writer w = writer_over(room, size);
    write_bytes(&w, person);
    write_u8(&w, 0); /* in no name */
    write_bytes(&w, key);
    *ret = writer_bytes(&w);
    return OK;
}

/* --- making and revoking --- */

static status read_name(struct call *c, struct bytes *ret)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-._";
    const struct bytes name = control_argument(&c->parsed, "name");
    bool good = name.size >= 1 && name.size <= NAME_BYTES_MAX;

    for (size_t i = 0; good && i < name.size; i++)
        good = memchr(allowed, name.at[i], sizeof allowed - 1) != NULL;
    if (!good) {
        c->sentence = "an account's name is 1 to 32 small letters, digits, dots, hyphens "
                      "and underscores";
        return E_USAGE;
    }
    *ret = name;
    return OK;
}

static status log_account(struct desk *d, struct call *c, const char *what,
                          struct bytes name)
{
    struct arena *const a = d->exchange->arena;
    const char *const text = arena_text(a, name);

    ENSURE(text != NULL, E_MEMORY);
    struct item_audit row = {.operation = AUDIT_INSTALL,
                             .outcome = bytes_of_text(desk_text(a, what, text, NULL))};
    return desk_audit(d, c, &row);
}

struct token_work {
    char text[TOKEN_ROOM];
};

static void draw_token(struct desk *d, struct token_work *work)
{
    uint8_t secret[TOKEN_SECRET_SIZE];

    draw_bytes(&d->exchange->draw, secret, sizeof secret);
    memcpy(work->text, TOKEN_PREFIX, sizeof TOKEN_PREFIX - 1);
    hex_encode(bytes_of(secret, sizeof secret), work->text + sizeof TOKEN_PREFIX - 1);
    explicit_bzero(secret, sizeof secret);
}

static status put_account(struct desk *d, const struct call *c, struct bytes name,
                          const struct hash *tag)
{
    uint8_t room[2 + NAME_BYTES_MAX + PERSON_ROOM];
    struct writer w = writer_over(room, sizeof room);
    const struct bytes maker = bytes_of_text(c->person.text);

    write_u8(&w, (uint8_t)name.size);
    write_bytes(&w, name);
    write_u8(&w, (uint8_t)maker.size);
    write_bytes(&w, maker);
    MUST(!w.bad);
    struct shelf_row row = {.kind = SHELF_ACCOUNT,
                            .id = account_id(d, name),
                            .state = tag == NULL ? ACCOUNT_REVOKED : ACCOUNT_ACTIVE,
                            .changed = d->exchange->now,
                            .body = writer_bytes(&w)};
    if (tag != NULL)
        memcpy(row.tag, tag->bytes, sizeof row.tag);
    return journal_shelf_put(d->journal, &row);
}

/* E_UNKNOWN: there is none that is not revoked. */
static status find_active(struct desk *d, struct bytes name)
{
    const record_id id = account_id(d, name);
    struct shelf_row row = {0};

    TRY(journal_shelf_find(d->journal, SHELF_ACCOUNT, &id, d->exchange->arena, &row));
    return row.state == ACCOUNT_ACTIVE ? OK : E_UNKNOWN;
}

status token_new_prepare(struct desk *d, struct call *c)
{
    struct token_work *const work = arena_take(d->exchange->arena, sizeof *work);
    struct bytes name = {0};

    ENSURE(work != NULL, E_MEMORY);
    TRY(read_name(c, &name));
    const status found = find_active(d, name);
    if (found == OK) {
        c->sentence = "there is an account of that name: revoke its token first, or choose "
                      "another name";
        return E_DUPLICATE;
    }
    ENSURE(found == E_UNKNOWN, found);
    TRY(log_account(d, c, "token made for account ", name));
    draw_token(d, work);
    const struct hash tag =
        digest(d, "flagpost/token/v1", bytes_of(work->text, TOKEN_ROOM - 1));
    TRY(put_account(d, c, name, &tag));
    c->work = work;
    return OK;
}

status token_new_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct token_work *const work = c->work;
    struct rows r;

    rows_init(&r, d->exchange->arena, 1);
    rows_next(&r, 1);
    rows_text(&r, "token", work->text);
    rows_give(&r, ret);
    ret->sentence = bytes_of_text("shown once: only a digest of it is kept");
    return OK;
}

status token_revoke_prepare(struct desk *d, struct call *c)
{
    struct bytes name = {0};

    TRY(read_name(c, &name));
    const status found = find_active(d, name);
    if (found == E_UNKNOWN)
        c->sentence = "no account of that name has a token: see `flagpost token list`";
    TRY(found);
    TRY(log_account(d, c, "token revoked of account ", name));
    c->sentence = "revoked: the next request with that token is refused";
    return put_account(d, c, name, NULL);
}

/* --- the list --- */

struct list {
    struct desk *desk;
    struct rows rows;
};

static status each(void *context, const struct shelf_row *row)
{
    struct list *const list = context;
    struct arena *const a = list->desk->exchange->arena;
    struct account account;
    struct bytes copy = {0};

    TRY(account_of_row(row, &account));
    rows_next(&list->rows, 4);
    TRY(arena_copy(a, account.name, &copy));
    rows_bytes(&list->rows, "account", copy);
    rows_text(&list->rows, "state", row->state == ACCOUNT_ACTIVE ? "active" : "revoked");
    rows_time(&list->rows, "since", row->changed);
    TRY(arena_copy(a, account.maker, &copy));
    rows_bytes(&list->rows, "by", copy);
    return list->rows.full ? E_LIMIT : OK;
}

status tokens_prepare(struct desk *d, struct call *c)
{
    (void)d;
    (void)c;
    return OK;
}

status tokens_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct list list = {.desk = d};

    (void)c;
    rows_init(&list.rows, d->exchange->arena, TOKEN_ROWS);
    const status s = journal_shelf_walk(d->journal, SHELF_ACCOUNT, (struct shelf_filter){0},
                                        d->scratch, each, &list);
    if (s != E_LIMIT)
        TRY(s);
    ret->sentence = bytes_of_text(list.rows.count == 0 ? "there are no system accounts"
                                  : s == E_LIMIT       ? "there are more"
                                                       : "");
    rows_give(&list.rows, ret);
    return OK;
}

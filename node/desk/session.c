#include "session.h"

#include "clock.h"
#include "operator.h"
#include "password.h"
#include "shelf.h"
#include "text.h"

#include <string.h>

enum { SECRET_SIZE = 32, TOKEN_ROOM = 5 + 2 * SECRET_SIZE + 1 };

/* So that whoever finds one lying about knows what it is. */
#define TOKEN_PREFIX "fps1_"

static const char WRONG[] = "name or password is wrong, or that person may not sign in";
static const char OFTEN[] =
    "too many tries: wait a minute, and where it was this name each "
    "time a quarter of an hour";

/* A row's body: u8 size and the person as the kernel named him, then the kept text. */
struct password_row {
    struct person person;
    char kept[PASSWORD_KEPT_ROOM];
};

static struct hash digest(struct desk *d, const char *what, struct bytes b)
{
    uint8_t room[64 + TOKEN_ROOM + CONFIG_ACCOUNT_MAX];
    struct writer w = writer_over(room, sizeof room);

    write_text(&w, what);
    write_bytes(&w, bytes_of(b.at, b.size < TOKEN_ROOM ? b.size : TOKEN_ROOM));
    MUST(!w.bad);
    const struct hash h = keyring_mac(d->keyring, KEYRING_DIGEST, writer_bytes(&w));
    explicit_bzero(room, sizeof room);
    return h;
}

static record_id row_id(struct desk *d, uint32_t uid)
{
    uint8_t number[4];
    struct writer w = writer_over(number, sizeof number);
    record_id id;

    write_u32(&w, uid);
    const struct hash h = digest(d, "flagpost/password/v1", writer_bytes(&w));
    memcpy(id.bytes, h.bytes, sizeof id.bytes);
    return id;
}

static status read_row(const struct shelf_row *row, uint32_t uid, struct password_row *ret)
{
    struct reader r = {.rest = row->body};

    *ret = (struct password_row){.person = {.uid = uid}};
    const struct bytes text = read_bytes(&r, read_u8(&r));
    ENSURE(text.size < sizeof ret->person.text, E_DAMAGED);
    memcpy(ret->person.text, text.at, text.size);
    read_copy(&r, ret->kept, sizeof ret->kept);
    return reader_is_done(&r) ? OK : E_DAMAGED;
}

/* --- setting it --- */

status operator_password_prepare(struct desk *d, struct call *c)
{
    const struct bytes password = control_argument(&c->parsed, "password");
    struct item_audit row = {.operation = AUDIT_INSTALL,
                             .outcome = bytes_of_text("sets a password for HTTP")};
    char kept[PASSWORD_KEPT_ROOM] = "";
    uint8_t room[1 + PERSON_ROOM + PASSWORD_KEPT_ROOM];
    struct writer w = writer_over(room, sizeof room);
    const struct bytes person = bytes_of_text(c->person.text);
    bool named = false;

    TRY(operator_is_named(d, c->person.uid, &named));
    if (!named) {
        c->sentence = "only who is named as an operator signs in over HTTP: whoever keeps "
                      "the node names you with `flagpost operator set`";
        return E_DENIED;
    }
    const status s = password_keep(password, kept);
    if (s == E_LIMIT)
        c->sentence = "a password has 12 to 128 characters: three words that nobody would "
                      "put together are good ones";
    TRY(s);
    TRY(desk_audit(d, c, &row));
    write_u8(&w, (uint8_t)person.size);
    write_bytes(&w, person);
    write_bytes(&w, bytes_of(kept, sizeof kept));
    MUST(!w.bad);
    sessions_end_of(&d->sessions, c->person.uid);
    c->sentence = "set: `POST /v1/session` takes it, with your login name or your number "
                  "here; whoever was signed in with the one before is not any more";
    const struct shelf_row put = {.kind = SHELF_PASSWORD,
                                  .id = row_id(d, c->person.uid),
                                  .state = 1,
                                  .changed = d->exchange->now,
                                  .body = writer_bytes(&w)};
    return journal_shelf_put(d->journal, &put);
}

status session_forget(struct desk *d, uint32_t uid)
{
    const record_id id = row_id(d, uid);

    sessions_end_of(&d->sessions, uid);
    return journal_shelf_drop(d->journal, SHELF_PASSWORD, &id);
}

/* --- signing in --- */

/* E_UNKNOWN: no operator of that name, or none with a password. */
static status find_password(struct desk *d, struct bytes user, struct password_row *ret)
{
    struct shelf_row row = {0};
    uint32_t uid = 0;

    TRY(operator_find(d, user, &uid));
    const record_id id = row_id(d, uid);
    TRY(journal_shelf_find(d->journal, SHELF_PASSWORD, &id, d->exchange->arena, &row));
    return read_row(&row, uid, ret);
}

/* E_REVOKED, or E_OFTEN, when it is not the person: the answer is the same whoever is known
 * here.  Who has used up the tries of unknown names, and times what a further one takes,
 * can still tell a known one: the price for keeping nobody out by made-up names. */
static status check_person(struct desk *d, struct call *c, status found,
                           struct password_row *ret)
{
    const struct bytes password = control_argument(&c->parsed, "password");
    struct item_audit row = {.operation = AUDIT_DENY,
                             .outcome = bytes_of_text("not permitted: signs in with a "
                                                      "name that has no password here")};

    const status s =
        found == OK ? password_check(password, ret->kept) : password_spend(password);
    if (s == E_MEMORY)
        c->sentence = "this node has too little memory to look at a password now, which "
                      "counts as no try: wait a moment, and tell who keeps it";
    ENSURE(s != E_MEMORY, E_MEMORY);
    if (found == OK && s == OK)
        return OK;
    if (found == OK)
        row.outcome = bytes_of_text(desk_text(d->exchange->arena,
                                              "not permitted: wrong password for ",
                                              ret->person.text, NULL));
    TRY(desk_audit(d, c, &row));
    const bool often = sessions_are_guessed(&d->sessions.unknown, clock_steady());
    c->sentence = often ? OFTEN : WRONG;
    return often ? E_OFTEN : E_REVOKED;
}

struct session_work {
    char token[TOKEN_ROOM];
};

static void draw_token(struct desk *d, struct session_work *work)
{
    uint8_t secret[SECRET_SIZE];

    draw_bytes(&d->exchange->draw, secret, sizeof secret);
    memcpy(work->token, TOKEN_PREFIX, sizeof TOKEN_PREFIX - 1);
    hex_encode(bytes_of(secret, sizeof secret), work->token + sizeof TOKEN_PREFIX - 1);
    explicit_bzero(secret, sizeof secret);
}

/* What tries are counted by.  One person is known by a login name and by a number: tries of
 * both are his. */
static struct hash guessed_name(struct desk *d, const struct call *c, status found,
                                const struct person *person)
{
    uint8_t number[4];
    struct writer w = writer_over(number, sizeof number);

    if (found != OK)
        return digest(d, "flagpost/signs-in/v1", control_argument(&c->parsed, "user"));
    write_u32(&w, person->uid);
    return digest(d, "flagpost/signs-in-known/v1", writer_bytes(&w));
}

status session_prepare(struct desk *d, struct call *c)
{
    const millis now = clock_steady();
    struct session_work *const work = arena_take(d->exchange->arena, sizeof *work);
    struct item_audit row = {.operation = AUDIT_INSTALL,
                             .outcome = bytes_of_text("signs in over HTTP")};
    struct password_row found = {0};

    ENSURE(work != NULL, E_MEMORY);
    c->channel = "http";
    const status known = find_password(d, control_argument(&c->parsed, "user"), &found);
    ENSURE(known == OK || known == E_UNKNOWN, known);
    const struct hash name = guessed_name(d, c, known, &found.person);
    struct guesses *const g = known == OK ? &d->sessions.known : &d->sessions.unknown;
    if (!sessions_may_guess(g, name.bytes, now)) {
        c->sentence = OFTEN;
        return E_OFTEN;
    }
    const status s = check_person(d, c, known, &found);
    if (s == E_MEMORY)
        sessions_untry(g, name.bytes);
    TRY(s);
    sessions_forgive(g, name.bytes);
    c->person = found.person;
    TRY(desk_audit(d, c, &row));
    draw_token(d, work);
    const struct hash tag =
        digest(d, "flagpost/session/v1", bytes_of(work->token, TOKEN_ROOM - 1));
    struct session begun = {
        .open = true, .person = found.person, .begun = now, .used = now};
    memcpy(begun.digest, tag.bytes, sizeof begun.digest);
    sessions_begin(&d->sessions, &begun);
    c->work = work;
    return OK;
}

status session_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct session_work *const work = c->work;
    struct rows r;

    rows_init(&r, d->exchange->arena, 1);
    rows_next(&r, 4);
    rows_text(&r, "row", "session");
    rows_text(&r, "token", work->token);
    rows_text(&r, "person", c->person.text);
    rows_number(&r, "idle_s", SESSION_IDLE_MS / 1000);
    rows_give(&r, ret);
    ret->sentence = bytes_of_text("signed in");
    return OK;
}

/* --- with its token --- */

bool session_is_token(struct bytes token)
{
    return token.size == TOKEN_ROOM - 1 &&
           memcmp(token.at, TOKEN_PREFIX, sizeof TOKEN_PREFIX - 1) == 0;
}

/* What the gateway has a path for. */
static bool may(struct bytes verb)
{
    static const char *const verbs[] = {"publish", "trace", "status", "session-end",
                                        "inbox",   "show",  "todo"};

    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        if (text_is(verb, verbs[i]))
            return true;
    }
    return false;
}

status session_admit(struct desk *d, struct call *c, struct bytes token)
{
    const struct hash tag = digest(d, "flagpost/session/v1", token);
    const struct session *const s = sessions_find(&d->sessions, tag.bytes, clock_steady());
    bool named = false;

    if (s != NULL)
        TRY(operator_is_named(d, s->person.uid, &named));
    if (!named) {
        c->sentence = "this session is over: sign in again (`POST /v1/session`)";
        return E_REVOKED;
    }
    if (!may(c->parsed.verb)) {
        c->sentence = "a person may publish, read, trace, see what has arrived, what waits "
                      "and how the node is, and sign out here: the rest is asked at the "
                      "control socket";
        return E_DENIED;
    }
    c->person = s->person;
    c->channel = "http";
    return OK;
}

status session_end_prepare(struct desk *d, struct call *c)
{
    const struct bytes token = control_argument(&c->parsed, "token");
    const struct hash tag = digest(d, "flagpost/session/v1", token);
    struct session *const s = sessions_find(&d->sessions, tag.bytes, clock_steady());
    struct item_audit row = {.operation = AUDIT_INSTALL,
                             .outcome = bytes_of_text("signs out")};

    if (!session_is_token(token) || s == NULL) {
        c->sentence = "only who has signed in over HTTP can sign out";
        return E_USAGE;
    }
    TRY(desk_audit(d, c, &row));
    explicit_bzero(s, sizeof *s);
    c->sentence = "signed out";
    return OK;
}

#include "again.h"

#include "file.h"

#include <string.h>

/*
 * Installing signed documents at a running node: a roster, the code list with its routing
 * rules, or the next root keys.  Which one it is, its first line says; the root keys in
 * force vouch for each.
 */

static status install_lists(struct desk *d, struct bytes note)
{
    struct exchange *const x = d->exchange;
    struct lists *const next = arena_take(x->arena, sizeof *next);

    ENSURE(next != NULL, E_MEMORY);
    TRY(lists_verify(note, &x->root, &x->realm, d->lists->version == 0 ? NULL : d->lists,
                     x->arena, next));
    TRY(x->store.ops->document_put(x->store.self, DOCUMENT_LISTS, next->version, note));
    struct item_audit row = {.at = x->now,
                             .operation = AUDIT_INSTALL,
                             .actor = bytes_of_text("node"),
                             .outcome = bytes_of_text("code list and routing rules")};
    return exchange_audit(x, &row);
}

const char *install_root_sentence(status s)
{
    if (s == E_THRESHOLD)
        return "a root takes over when a threshold of the keys before has signed it, and "
               "one of its own";
    if (s == E_ROLLBACK)
        return "that root is in force already, or one after it";
    if (s == E_ORDER)
        return "a root before it is missing: install them one after the other";
    return status_sentence(s);
}

/* The home's file as it will be, and what is then in force; in the turn's arena. */
static status next_root(struct desk *d, struct bytes note, struct bytes *ret_file,
                        struct root *ret)
{
    struct exchange *const x = d->exchange;
    struct hash realm;

    TRY(root_verify_next(note, &x->root, x->arena, ret));
    ENSURE(note.size <= sizeof d->root_note - d->root_size, E_LIMIT);
    uint8_t *const both = arena_take(x->arena, d->root_size + note.size);
    ENSURE(both != NULL, E_MEMORY);
    memcpy(both, d->root_note, d->root_size);
    memcpy(both + d->root_size, note.at, note.size);
    *ret_file = bytes_of(both, d->root_size + note.size);
    TRY(root_chain_verify(*ret_file, x->arena, ret, &realm));
    ENSURE(hash_equal(&realm, &x->realm), E_REALM);
    return OK;
}

static status prepare_root(struct desk *d, struct call *c, struct bytes note)
{
    struct exchange *const x = d->exchange;
    struct root *const next = arena_take(x->arena, sizeof *next);
    struct bytes file = {0};

    ENSURE(next != NULL, E_MEMORY);
    const status s = next_root(d, note, &file, next);
    if (s != OK)
        c->sentence = install_root_sentence(s);
    TRY(s);
    struct item_audit row = {
        .at = x->now,
        .operation = AUDIT_INSTALL,
        .actor = bytes_of_text(c->person.text),
        .channel = bytes_of_text(c->channel),
        .outcome = bytes_of_text(desk_text(x->arena, "root keys number ",
                                           desk_number(x->arena, next->number), NULL))};
    /* A fenced node still takes root keys: a thief of those before is why they change. */
    const status logged = exchange_audit(x, &row);
    return logged == E_FENCED ? OK : logged;
}

/* After the commit, so that its row is in the log first.  A process that ends between the
 * two starts with the keys before, and is given the document again. */
/* Puts the newest stored code list in force; none is no fault. */
static status lists_load(struct desk *d)
{
    struct exchange *const x = d->exchange;
    struct bytes bytes = {0};

    const status s =
        x->store.ops->document_find(x->store.self, DOCUMENT_LISTS, 0, d->scratch, &bytes);
    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    ENSURE(bytes.size <= sizeof d->lists_note, E_DAMAGED);
    memcpy(d->lists_note, bytes.at, bytes.size);
    arena_reset(d->scratch);
    return lists_verify(bytes_of(d->lists_note, bytes.size), &x->root, &x->realm, NULL,
                        d->scratch, d->lists);
}

static status answer_root(struct desk *d, struct bytes note, struct control_answer *ret)
{
    struct root *const next = arena_take(d->exchange->arena, sizeof *next);
    struct bytes file = {0};

    ENSURE(next != NULL, E_MEMORY);
    TRY(next_root(d, note, &file, next));
    ret->status = file_write(d->root_path, file, 0600);
    ret->sentence = bytes_of_text("the home's root document could not be written: see to "
                                  "the disk, and install it again");
    ENSURE(ret->status == OK, OK);
    memcpy(d->root_note, file.at, file.size);
    d->root_size = file.size;
    exchange_root(d->exchange, next);
    ret->sentence = bytes_of_text("installed and in force");
    return OK;
}

static bool starts_with(struct bytes b, const char *text)
{
    const struct bytes t = bytes_of_text(text);

    return b.size >= t.size && memcmp(b.at, t.at, t.size) == 0;
}

static const char root_kind[] = "flagpost/root/";

const char install_two_histories[] =
    "well signed, and yet not what follows the one in force: there are two histories of "
    "it, so ask those who hold the root keys";

status install_prepare(struct desk *d, struct call *c)
{
    const struct bytes note = control_argument(&c->parsed, "note");
    status s = E_FORM;

    if (starts_with(note, root_kind))
        return prepare_root(d, c, note);
    if (starts_with(note, "flagpost/roster/"))
        s = exchange_install_roster(d->exchange, note);
    else if (starts_with(note, "flagpost/lists/"))
        s = install_lists(d, note);
    if (s == E_FORM)
        c->sentence = "this is no signed roster, code list or root document";
    if (s == E_THRESHOLD)
        c->sentence = "too few root keys have signed it: `flagpost roster sign` adds one";
    if (s == E_ROLLBACK)
        c->sentence = "older than the one in force: it is not installed";
    if (s == E_DUPLICATE)
        c->sentence = "that one is in force already";
    if (s == E_HASH)
        c->sentence = install_two_histories;
    if (s == E_ORDER)
        c->sentence =
            "versions are installed one after the other: one before it is missing";
    return s;
}

/* After the commit: what was verified is put in force from the journal's own copy. */
status install_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct bytes note = control_argument(&c->parsed, "note");

    if (starts_with(note, root_kind))
        return c->prepared == OK ? answer_root(d, note, ret) : OK;
    TRY(lists_load(d));
    ret->sentence = bytes_of_text("installed and in force");
    return OK;
}

status desk_load(struct desk *d)
{
    TRY(again_load(d));
    return lists_load(d);
}

/* The backup may be older than an epoch that others know: another one in its place would be
 * a second history.  So all are heard first, or a person says that they cannot be. */
static status check_heard(struct desk *d, struct call *c)
{
    const struct peer *unheard[3] = {NULL};
    struct arena *const a = d->exchange->arena;

    if (d->restored[0] == '\0' || control_argument(&c->parsed, "unheard").size > 0)
        return OK;
    const size_t count = exchange_unheard(d->exchange, unheard, COUNT_OF(unheard));
    if (count == 0)
        return OK;
    const char *names = unheard[0]->id.text;
    for (size_t i = 1; i < COUNT_OF(unheard) && i < count; i++)
        names = desk_text(a, names, ", ", unheard[i]->id.text, NULL);
    c->sentence = desk_text(
        a, "not heard since the start: ", names, count > COUNT_OF(unheard) ? ", ..." : "",
        ".  They may know an epoch that the backup has not, and another like it is a "
        "fork: wait for them, or say --unheard when they will not come",
        NULL);
    return E_FENCED;
}

/* Two homes of one node that both publish would take the epoch from each other for ever. */
static status check_alone(struct desk *d, struct call *c)
{
    const uint32_t elsewhere = desk_epoch_elsewhere(d);
    struct arena *const a = d->exchange->arena;

    if (elsewhere == 0 || control_argument(&c->parsed, "alone").size > 0)
        return OK;
    c->sentence = desk_text(
        a, "peers hold epoch ", desk_number(a, elsewhere),
        " of this node, which another home of it has begun: it was restored elsewhere and "
        "has taken over, and this home is to be stopped.  Only if that other home is "
        "stopped for good: --alone",
        NULL);
    return E_FENCED;
}

status epoch_prepare(struct desk *d, struct call *c)
{
    if (d->exchange->fence == OK) {
        c->sentence =
            "this node may publish: a new epoch is for a journal that has lost its "
            "end or was restored";
        return E_VALUE;
    }
    TRY(check_alone(d, c));
    TRY(check_heard(d, c));
    TRY(exchange_new_epoch(d->exchange, EPOCH_RESTORED));
    TRY(again_begin(d, AGAIN_WAITING));
    struct item_audit row = {
        .operation = AUDIT_INSTALL,
        .outcome = bytes_of_text(desk_text(
            d->exchange->arena, "new epoch, ",
            d->restored[0] == '\0' ? "the journal having lost its end" : "restored from ",
            d->restored, NULL))};
    return desk_audit(d, c, &row);
}

status epoch_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    (void)d;
    (void)c;
    ret->sentence = bytes_of_text(
        "a new epoch has begun.  What others hold of the old one is fetched back; what "
        "this node erased since is erased again before anybody reads here, and then what "
        "others may lack is issued again.  `flagpost recover` asks those who were away");
    return OK;
}

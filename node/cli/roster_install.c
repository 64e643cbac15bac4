#include "ceremony.h"
#include "clock.h"
#include "desk.h"
#include "file.h"
#include "journal.h"
#include "lists.h"
#include "server.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

/* Installing a signed document: at the running node when there is one, else in its journal.
 */

bool ceremony_is_a(struct bytes note, const char *kind)
{
    return note.size > strlen(kind) && memcmp(note.at, kind, strlen(kind)) == 0;
}

static bool is_lists(struct bytes note)
{
    return ceremony_is_a(note, "flagpost/lists/");
}

/* Whether the root keys that are in force have signed it, and not those before. */
static bool is_of_newest(struct cli *c, const struct root *root, struct bytes note)
{
    struct note *const n = arena_take(&c->arena, sizeof *n);

    return n != NULL && note_parse(note, &c->arena, n) == OK &&
           root_has_signed(root, n) == OK;
}

/* The newest stored document of a kind as the thing it is, for the version rules. */
static status put_roster(struct cli *c, const struct ceremony_root *root,
                         struct store store, struct bytes note)
{
    struct roster *const installed = arena_take(&c->arena, sizeof *installed);
    struct roster *const next = arena_take(&c->arena, sizeof *next);
    struct bytes before = {0};

    ENSURE(installed != NULL && next != NULL, E_MEMORY);
    const status s =
        store.ops->document_find(store.self, DOCUMENT_ROSTER, 0, &c->arena, &before);
    if (s != E_UNKNOWN)
        TRY(s);
    if (s == OK)
        TRY(roster_verify(before, &root->root, &root->realm, NULL, &c->arena, installed));
    /* Who joins after root keys have changed installs what the ones before have signed; and
     * once it has come to the newest, nothing of the others any more. */
    const bool settled = s == OK && is_of_newest(c, &root->root, before);
    TRY(roster_verify(note, &root->root, &root->realm, settled ? installed : NULL,
                      &c->arena, next));
    if (s == OK)
        TRY(roster_follows(next, installed));
    /* What was published under an older roster is checked against that one: an agency that
     * joins without them could take nothing from before. */
    ENSURE(s == OK || next->version == 1, E_ORDER);
    return store.ops->document_put(store.self, DOCUMENT_ROSTER, next->version, note);
}

static status put_lists(struct cli *c, const struct ceremony_root *root, struct store store,
                        struct bytes note)
{
    struct lists *const installed = arena_take(&c->arena, sizeof *installed);
    struct lists *const next = arena_take(&c->arena, sizeof *next);
    struct bytes before = {0};

    ENSURE(installed != NULL && next != NULL, E_MEMORY);
    const status s =
        store.ops->document_find(store.self, DOCUMENT_LISTS, 0, &c->arena, &before);
    if (s != E_UNKNOWN)
        TRY(s);
    if (s == OK)
        TRY(lists_verify(before, &root->root, &root->realm, NULL, &c->arena, installed));
    TRY(lists_verify(note, &root->root, &root->realm, s == OK ? installed : NULL, &c->arena,
                     next));
    return store.ops->document_put(store.self, DOCUMENT_LISTS, next->version, note);
}

static const char *install_sentence(status s)
{
    if (s == E_THRESHOLD)
        return "too few root keys have signed it: `flagpost roster sign` adds one";
    if (s == E_ROLLBACK)
        return "older than the one in force: it is not installed";
    if (s == E_DUPLICATE)
        return "that one is in force already";
    if (s == E_HASH)
        return install_two_histories;
    if (s == E_ORDER)
        return "a version before it is missing: install version 1 first, then each one "
               "after "
               "it, because what was published under a version is checked against that one";
    if (s == E_BUSY)
        return "another flagpost is running on this home";
    return status_sentence(s);
}

/* The node is not running: its journal is ours for the moment. */
static int install_offline(struct cli *c, struct bytes note)
{
    struct ceremony_root *const root = arena_take(&c->arena, sizeof *root);
    struct config config;
    struct keyring *keyring = NULL;
    struct journal *j = NULL;

    if (root == NULL || !cli_config(c, &config) ||
        !ceremony_root(c, cli_path(c, "root"), root))
        return EXIT_REFUSED;
    if (!cli_keyring(c, &keyring))
        return EXIT_FORBIDDEN;
    const struct journal_setup setup = {.folder = c->home,
                                        .mode = JOURNAL_OFFLINE,
                                        .self = config.agency,
                                        .keyring = keyring};
    status s = journal_open(&setup, &j);
    if (s == OK)
        s = is_lists(note) ? put_lists(c, root, journal_store(j), note)
                           : put_roster(c, root, journal_store(j), note);
    if (s == OK)
        s = journal_commit(j);
    j = journal_free(j);
    keyring = keyring_free(keyring);
    if (s != OK)
        return cli_fail(c, cli_exit_code(s), c->arguments[0], install_sentence(s));
    (void)printf(c->json ? "{\"status\":\"ok\"}\n" : "installed\n");
    return EXIT_DONE;
}

static bool is_running(struct cli *c)
{
    const struct control_request hello = {.verb = bytes_of_text("status")};
    struct bytes probe = {0};

    return control_request_encode(&hello, &c->arena, &probe) == OK &&
           server_ask(cli_path(c, "control.sock"), probe, &c->arena, &probe) == OK;
}

/* Without a running node: the home's file has root 1 and its successors, each after the one
 * before. */
static int install_root(struct cli *c, const struct ceremony_root *root, struct bytes note)
{
    struct root *const next = arena_take(&c->arena, sizeof *next);
    const char *const path = cli_path(c, "root");
    struct bytes file = {0};

    if (next == NULL)
        return cli_fail(c, EXIT_REFUSED, "root", status_sentence(E_MEMORY));
    status s = root_verify_next(note, &root->root, &c->arena, next);
    if (s == OK && root->root.former_count == ROOTS_MAX - 1)
        s = E_LIMIT;
    if (s != OK)
        return cli_fail(c, cli_exit_code(s), c->arguments[0], install_root_sentence(s));
    s = file_read(path, NOTE_BYTES_MAX, &c->arena, &file);
    uint8_t *const both = arena_take(&c->arena, file.size + note.size);
    if (s == OK && both == NULL)
        s = E_MEMORY;
    if (s == OK) {
        memcpy(both, file.at, file.size);
        memcpy(both + file.size, note.at, note.size);
        s = file_write(path, bytes_of(both, file.size + note.size), 0600);
    }
    if (s != OK)
        return cli_fail(c, cli_exit_code(s), path, cli_file_sentence(path, s));
    (void)printf(c->json ? "{\"status\":\"ok\"}\n" : "installed\n");
    return EXIT_DONE;
}

static int run_install(struct cli *c)
{
    struct ceremony_root *const root = arena_take(&c->arena, sizeof *root);
    struct control_answer answer = {0};
    struct bytes note = {0};

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, "roster install",
                        "give one signed document: a roster, a code list or the next root "
                        "document");
    if (cli_home(c) == NULL)
        return EXIT_WRONG_USE;
    const status s = file_read(c->arguments[0], NOTE_BYTES_MAX, &c->arena, &note);
    if (s != OK)
        return cli_fail(c, EXIT_UNREACHABLE, c->arguments[0],
                        cli_file_sentence(c->arguments[0], s));
    if (root == NULL || !ceremony_root(c, cli_path(c, "root"), root))
        return EXIT_REFUSED;
    const bool running = is_running(c);
    if (ceremony_is_a(note, "flagpost/root/") && !running)
        return install_root(c, root, note);
    if (is_lists(note) && ceremony_has_barred_term(c, c->arguments[0], note))
        return EXIT_REFUSED;
    if (!ceremony_is_a(note, "flagpost/root/") &&
        ceremony_is_unsigned(c, &root->root, note))
        return ceremony_lacks(c, &root->root, c->arguments[0], note);
    if (!running)
        return install_offline(c, note);
    const struct control_field argument = {.name = bytes_of_text("note"), .value = note};
    if (!cli_ask(c, "install", &argument, 1, &answer))
        return EXIT_UNREACHABLE;
    return cli_print(c, &answer, NULL, 0);
}

const struct command command_roster_install = {
    .name = "roster install",
    .arguments = "DOCUMENT",
    .summary = "Installs a signed roster, code list or next root at a node",
    .run = run_install,
};

static const struct option_row show_options[] = {
    {"root", "FILE", "root document to verify FILE by"},
};

static void print_roster(const struct cli *c, const struct roster *r, status why)
{
    char expires[TIME_TEXT_ROOM];

    time_write(r->expires, expires);
    if (!c->json)
        (void)printf("roster version %u, %zu agencies, in force until %s, quorum %u\n\n",
                     r->version, r->agency_count, expires, r->quorum);
    for (size_t i = 0; i < r->agency_count; i++) {
        const struct roster_agency *const a = &r->agencies[i];
        const char *const state = roster_is_revoked(r, &a->id) ? "revoked" : "listed";
        if (!c->json) {
            (void)printf("%-16s %-12s %-8s %-8s %-28s %s%s\n", a->id.text,
                         agency_kind_word(a->kind), a->region, state, a->endpoint, a->name,
                         a->immigration_access ? " (immigration access)" : "");
            continue;
        }
        (void)printf("{\"agency\":\"%s\",\"kind\":\"%s\",\"region\":\"%s\","
                     "\"state\":\"%s\",\"immigration_access\":\"%s\",\"endpoint\":\"%s\","
                     "\"name\":",
                     a->id.text, agency_kind_word(a->kind), a->region, state,
                     a->immigration_access ? "yes" : "no", a->endpoint);
        cli_print_json_text(bytes_of_text(a->name));
        (void)printf("}\n");
    }
    if (c->json)
        (void)printf("{\"status\":\"%s\",\"version\":%u,\"expires\":\"%s\"}\n",
                     status_word(why), r->version, expires);
}

status ceremony_installed(struct cli *c, struct bytes *ret)
{
    struct config config;
    struct journal *j = NULL;

    if (!cli_config(c, &config))
        return E_CONFIG;
    const struct journal_setup setup = {
        .folder = c->home, .mode = JOURNAL_READ, .self = config.agency};
    TRY(journal_open(&setup, &j));
    const struct store store = journal_store(j);
    const status s =
        store.ops->document_find(store.self, DOCUMENT_ROSTER, 0, &c->arena, ret);
    j = journal_free(j);
    return s;
}

static int run_show(struct cli *c)
{
    struct ceremony_root *const root = arena_take(&c->arena, sizeof *root);
    struct roster *const r = arena_take(&c->arena, sizeof *r);
    const bool file = c->argument_count == 1;
    const char *const what = file ? c->arguments[0] : "roster";
    struct bytes note = {0};

    if (c->argument_count > 1)
        return cli_fail(c, EXIT_WRONG_USE, "roster show",
                        "give one file, or none for the roster that the home has");
    if (root == NULL || r == NULL)
        return cli_fail(c, EXIT_REFUSED, what, status_sentence(E_MEMORY));
    if (!file && cli_home(c) == NULL)
        return EXIT_WRONG_USE;
    static const char *const needed[] = {"root"};
    int code = file ? ceremony_needs(c, needed, COUNT_OF(needed), NULL) : EXIT_DONE;
    if (code == EXIT_DONE && file)
        code = ceremony_root_given(c, root);
    if (code != EXIT_DONE)
        return code;
    if (!file && !ceremony_root(c, cli_path(c, "root"), root))
        return EXIT_REFUSED;
    status s = file ? file_read(what, NOTE_BYTES_MAX, &c->arena, &note)
                    : ceremony_installed(c, &note);
    if (s != OK)
        return cli_fail(c, file ? EXIT_UNREACHABLE : cli_exit_code(s), what,
                        file             ? cli_file_sentence(what, s)
                        : s == E_UNKNOWN ? "none is installed"
                                         : status_sentence(s));
    s = roster_verify(note, &root->root, &root->realm, NULL, &c->arena, r);
    const bool lacks = s != OK && ceremony_is_unsigned(c, &root->root, note);
    if (lacks)
        s = roster_read(ceremony_text(note), &c->arena, r);
    if (s != OK)
        return cli_fail(c, cli_exit_code(s), what, install_sentence(s));
    print_roster(c, r, lacks ? E_THRESHOLD : OK);
    return lacks ? ceremony_lacks(c, &root->root, what, note) : EXIT_DONE;
}

const struct command command_roster_show = {
    .name = "roster show",
    .arguments = "[FILE]",
    .summary = "Shows a roster: a file's, or the one that the home has installed",
    .options = show_options,
    .option_count = COUNT_OF(show_options),
    .run = run_show,
};

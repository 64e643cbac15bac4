#include "cli.h"

#include "file.h"
#include "server.h"
#include "succession.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

const char *cli_value(const struct cli *c, const char *name)
{
    for (size_t i = 0; i < c->command->option_count; i++) {
        if (strcmp(c->command->options[i].name, name) == 0)
            return c->values[i];
    }
    must_fail(__FILE__, __LINE__, "a command asks for an option that its table has");
}

const char *cli_text(const struct cli *c, const char *name)
{
    const char *const value = cli_value(c, name);

    return value == NULL || value[strspn(value, " \t\n")] == '\0' ? NULL : value;
}

/* The node knows one form of an id; in capitals it is the same.  False: it is no id. */
static bool small_id(char *given)
{
    char *const slash = strchr(given, '/');
    char *const id = slash == NULL ? given : slash + 1;

    if (id[0] == '\0' || id[strspn(id, "0123456789abcdefABCDEF")] != '\0')
        return false;
    for (char *at = id; *at != '\0'; at++) {
        if (*at >= 'A' && *at <= 'F')
            *at = (char)(*at - 'A' + 'a');
    }
    return true;
}

bool cli_record(const struct cli *c)
{
    char *const given = c->arguments[0];

    if (small_id(given) || given[strspn(given, " \t")] != '\0')
        return true;
    (void)cli_fail(c, EXIT_WRONG_USE, c->command->name, "give a record's id or its URN");
    return false;
}

bool cli_id(const struct cli *c)
{
    if (small_id(c->arguments[0]))
        return true;
    (void)cli_fail(
        c, EXIT_WRONG_USE, c->arguments[0],
        "an id is hexadecimal digits, with its agency before them where two have "
        "the same: F55/01a2");
    return false;
}

int cli_fail(const struct cli *c, enum exit_code code, const char *what, const char *why)
{
    (void)fprintf(stderr, "flagpost: ");
    cli_put(stderr, bytes_of_text(what));
    (void)fprintf(stderr, ": ");
    cli_put(stderr, bytes_of_text(why));
    (void)fprintf(stderr, "\n");
    if (c->json) {
        (void)printf("{\"status\":\"failed\",\"what\":");
        cli_print_json_text(bytes_of_text(what));
        (void)printf(",\"why\":");
        cli_print_json_text(bytes_of_text(why));
        (void)printf("}\n");
    }
    return (int)code;
}

enum exit_code cli_exit_code(status s)
{
    if (s == OK)
        return EXIT_DONE;
    if (s == E_USAGE)
        return EXIT_WRONG_USE;
    if (s == E_BUSY || s == E_IO || s == E_UNKNOWN)
        return EXIT_UNREACHABLE;
    if (s == E_DENIED || s == E_RECALLED)
        return EXIT_FORBIDDEN;
    if (s == E_DAMAGED || s == E_FENCED || s == E_FORK || s == E_SPACE)
        return EXIT_DAMAGED;
    if (s == E_STORAGE)
        return EXIT_UNKNOWN;
    return EXIT_REFUSED;
}

const char *cli_home(const struct cli *c)
{
    if (c->home != NULL && c->home[0] != '\0')
        return c->home;
    (void)cli_fail(c, EXIT_WRONG_USE, "home",
                   "say which node: --home DIR, or set FLAGPOST_HOME");
    return NULL;
}

static const char NO_NODE[] = "no configuration here: `flagpost init` makes a node";

/* The home, which must be there. */
static bool home_is_there(const struct cli *c)
{
    if (cli_home(c) == NULL)
        return false;
    if (access(c->home, F_OK) == 0)
        return true;
    (void)cli_fail(c, EXIT_UNREACHABLE, c->home,
                   errno == EACCES ? "you have no permission to look there"
                                   : "there is no such folder");
    return false;
}

const char *cli_path(struct cli *c, const char *name)
{
    char *const path = arena_take(&c->arena, CONFIG_PATH_MAX);

    if (path == NULL || file_path(c->home, name, path, CONFIG_PATH_MAX) != OK)
        return NULL;
    return path;
}

bool cli_config(struct cli *c, struct config *ret)
{
    struct config_fault fault = {0};
    struct bytes text = {0};
    char where[64];

    if (!home_is_there(c))
        return false;
    const char *const path = cli_path(c, "config");
    const status s = path == NULL ? E_LIMIT : file_read(path, 65536, &c->arena, &text);
    if (s != OK) {
        (void)cli_fail(c, EXIT_UNREACHABLE, c->home,
                       s == E_DENIED ? "you have no permission to read its configuration"
                                     : NO_NODE);
        return false;
    }
    if (config_read(text, ret, &fault) == OK)
        return true;
    (void)snprintf(where, sizeof where, "config, line %u, column %u", fault.line,
                   fault.column);
    (void)cli_fail(c, EXIT_REFUSED, where, fault.sentence);
    return false;
}

static bool read_credential(struct cli *c, const char *path, struct cli_secret *secret)
{
    struct bytes b = {0};
    const size_t mark = arena_mark(&c->arena);
    const status s = file_read_secret(path, CREDENTIAL_SIZE, &c->arena, &b);
    const bool good = s == OK && b.size == CREDENTIAL_SIZE;

    if (good) {
        memcpy(secret->bytes, b.at, b.size);
        secret->lock.credential = bytes_of(secret->bytes, b.size);
    } else {
        (void)cli_fail(c, EXIT_FORBIDDEN, path,
                       s == E_UNKNOWN  ? "there is no such credential file"
                       : s == E_DENIED ? "others may read it: chmod 600"
                                       : "a credential is exactly 32 random bytes");
    }
    arena_rewind(&c->arena, mark);
    return good;
}

/* Reads one line from the terminal without echo; false at end of input. */
static bool read_passphrase(const char *prompt, uint8_t *ret, size_t room, size_t *ret_size)
{
    struct termios before;
    const bool terminal = tcgetattr(STDIN_FILENO, &before) == 0;
    size_t size = 0;
    char letter = 0;

    if (terminal) {
        struct termios quiet = before;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
        (void)fprintf(stderr, "%s: ", prompt);
    }
    /* read(2) and not stdio, which would keep a copy. */
    while (read(STDIN_FILENO, &letter, 1) == 1 && letter != '\n' && size < room)
        ret[size++] = (uint8_t)letter;
    if (terminal) {
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        (void)fprintf(stderr, "\n");
    }
    *ret_size = size;
    return letter == '\n' && size > 0;
}

/* `more`: what there is in its place. */
static bool ask_passphrase(struct cli *c, const char *what, bool fresh, const char *more,
                           struct cli_secret *secret)
{
    char prompt[128];
    const size_t half = sizeof secret->bytes / 2;
    size_t size = 0;
    size_t again = 0;

    (void)snprintf(prompt, sizeof prompt, "passphrase for %s", what);
    if (!read_passphrase(prompt, secret->bytes, half, &size)) {
        (void)cli_fail(c, EXIT_WRONG_USE, what, more);
        return false;
    }
    if (fresh && (!read_passphrase("the same again", secret->bytes + half, half, &again) ||
                  !bytes_equal(bytes_of(secret->bytes, size),
                               bytes_of(secret->bytes + half, again)))) {
        (void)cli_fail(c, EXIT_REFUSED, what, "the two passphrases are not the same");
        return false;
    }
    secret->lock.passphrase = bytes_of(secret->bytes, size);
    return true;
}

bool cli_lock(struct cli *c, const char *what, bool fresh, struct cli_secret *secret)
{
    const char *const folder = getenv("CREDENTIALS_DIRECTORY");
    char path[CONFIG_PATH_MAX];

    memset(secret, 0, sizeof *secret);
    if (c->credential != NULL)
        return read_credential(c, c->credential, secret);
    if (folder != NULL && file_path(folder, what, path, sizeof path) == OK &&
        access(path, F_OK) == 0)
        return read_credential(c, path, secret);
    return ask_passphrase(c, what, fresh,
                          "a passphrase is needed: type one, or give --credential FILE",
                          secret);
}

bool cli_password(struct cli *c, struct cli_secret *secret)
{
    memset(secret, 0, sizeof *secret);
    return ask_passphrase(c, "HTTP", true,
                          "a password is needed: type it, or give it in two lines that are "
                          "the same on standard input",
                          secret);
}

void cli_secret_done(struct cli_secret *secret)
{
    explicit_bzero(secret, sizeof *secret);
}

bool cli_keyring(struct cli *c, struct keyring **ret)
{
    struct cli_secret secret;
    struct keyring_secrets keys;
    struct bytes file = {0};
    const char *const path = cli_path(c, "node.key");

    status s =
        path == NULL ? E_LIMIT : file_read(path, KEYFILE_BYTES_MAX, &c->arena, &file);
    if (s != OK) {
        (void)cli_fail(c, EXIT_UNREACHABLE, "node.key", status_sentence(s));
        return false;
    }
    if (!cli_lock(c, "node.key", false, &secret))
        return false;
    s = keyfile_decode(file, KEYFILE_NODE, &secret.lock, (uint8_t *)&keys, sizeof keys);
    cli_secret_done(&secret);
    if (s == OK)
        s = keyring_open(&keys, ret);
    explicit_bzero(&keys, sizeof keys);
    if (s == OK && succession_load(c->home, *ret) != OK) {
        *ret = keyring_free(*ret);
        (void)cli_fail(c, EXIT_DAMAGED, "succession",
                       "this file of the home is damaged or of another home; it holds the "
                       "keys between two changes of them");
        return false;
    }
    if (s != OK)
        (void)cli_fail(c, EXIT_FORBIDDEN, "node.key",
                       s == E_KEY ? "this passphrase or credential does not open it"
                                  : status_sentence(s));
    return s == OK;
}

/* False only for a home that surely has none. */
static bool has_config(struct cli *c)
{
    const char *const path = cli_path(c, "config");

    return path == NULL || access(path, F_OK) == 0 || errno != ENOENT;
}

struct control_field cli_argument(const char *name, const char *value)
{
    return cli_argument_bytes(name, bytes_of_text(value == NULL ? "" : value));
}

struct control_field cli_argument_bytes(const char *name, struct bytes value)
{
    return (struct control_field){.name = bytes_of_text(name), .value = value};
}

status cli_try(struct cli *c, const char *verb, const struct control_field *arguments,
               size_t count, struct control_answer *ret)
{
    const struct control_request request = {
        .verb = bytes_of_text(verb), .argument_count = count, .arguments = arguments};
    struct bytes sent = {0};
    struct bytes got = {0};

    const char *const path = cli_path(c, "control.sock");
    ENSURE(path != NULL, E_LIMIT);
    TRY(control_request_encode(&request, &c->arena, &sent));
    TRY(server_ask(path, sent, &c->arena, &got));
    return control_answer_decode(got, &c->arena, ret);
}

bool cli_ask(struct cli *c, const char *verb, const struct control_field *arguments,
             size_t count, struct control_answer *ret)
{
    if (!home_is_there(c))
        return false;
    const status s = cli_try(c, verb, arguments, count, ret);
    if (s == OK)
        return true;
    (void)cli_fail(c, EXIT_UNREACHABLE, c->home,
                   s != E_BUSY      ? status_sentence(s)
                   : !has_config(c) ? NO_NODE
                                    : "the node is not running: start it with "
                                      "`flagpost run`");
    return false;
}

bool cli_colour(void)
{
    return isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == NULL;
}

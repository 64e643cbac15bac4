#include "ceremony.h"

#include "clock.h"
#include "draw.h"
#include "entropy.h"
#include "file.h"
#include "lists.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Root keys and signatures: the offline part of the roster. */

static int read_root(struct cli *c, const char *path, struct ceremony_root *ret)
{
    struct bytes note = {0};

    status s = file_read(path, NOTE_BYTES_MAX, &c->arena, &note);
    if (s != OK)
        return cli_fail(c, EXIT_UNREACHABLE, path, ceremony_root_sentence(path, s));
    s = root_chain_verify(note, &c->arena, &ret->root, &ret->realm);
    return s == OK ? EXIT_DONE
                   : cli_fail(c, EXIT_REFUSED, path, ceremony_root_sentence(path, s));
}

bool ceremony_root(struct cli *c, const char *path, struct ceremony_root *ret)
{
    if (path != NULL)
        return read_root(c, path, ret) == EXIT_DONE;
    (void)cli_fail(c, EXIT_WRONG_USE, "root", "give the root document: --root FILE");
    return false;
}

int ceremony_root_given(struct cli *c, struct ceremony_root *ret)
{
    return ret == NULL ? cli_fail(c, EXIT_REFUSED, "root", status_sentence(E_MEMORY))
                       : read_root(c, cli_value(c, "root"), ret);
}

/* One root key: made, put under its lock, its public half added to the document. */
static status make_root_key(struct cli *c, const char *folder, struct root *root,
                            const struct keyfile_lock *lock, uint8_t seed[SIGN_SEED_SIZE])
{
    struct keyring_secrets secrets;
    struct keyring *k = NULL;
    struct bytes file = {0};
    char path[CONFIG_PATH_MAX];
    char name[40];
    const size_t n = root->key_count;

    entropy_fill(&secrets, sizeof secrets);
    memcpy(seed, secrets.sign_seed, SIGN_SEED_SIZE);
    TRY(keyring_open(&secrets, &k));
    char *const key = root->keys[n].name;
    if (root->number == 1)
        (void)snprintf(key, sizeof root->keys[n].name, "root-%zu", n + 1);
    else
        (void)snprintf(key, sizeof root->keys[n].name, "root-%zu-of-%u", n + 1,
                       root->number);
    memcpy(root->keys[n].key, keyring_sign_public(k), SIGN_PUBLIC_SIZE);
    k = keyring_free(k);
    root->key_count++;
    (void)snprintf(name, sizeof name, "%s.key", root->keys[n].name);
    TRY(file_path(folder, name, path, sizeof path));
    TRY(keyfile_encode(KEYFILE_ROOT, lock, bytes_of(seed, SIGN_SEED_SIZE), &c->arena,
                       &file));
    return file_create(path, file, 0600);
}

static status sign_root(struct cli *c, const struct root *root,
                        uint8_t seeds[ROOT_KEYS_MAX][SIGN_SEED_SIZE], struct bytes *ret)
{
    struct bytes text = {0};
    struct bytes note = {0};

    TRY(root_write(root, &c->arena, &text));
    TRY(ceremony_unsigned(c, text, &note));
    for (size_t i = 0; i < root->key_count; i++) {
        struct bytes line = {0};
        TRY(note_sign_seed(text, bytes_of_text(root->keys[i].name), seeds[i], &c->arena,
                           &line));
        TRY(note_append(note, line, &c->arena, &note));
    }
    *ret = note;
    return OK;
}

status ceremony_unsigned(struct cli *c, struct bytes text, struct bytes *ret)
{
    uint8_t *const at = arena_take(&c->arena, text.size + 1);

    ENSURE(at != NULL, E_MEMORY);
    memcpy(at, text.at, text.size);
    at[text.size] = '\n';
    *ret = bytes_of(at, text.size + 1);
    return OK;
}

static const struct option_row root_options[] = {
    {"keys", "N", "how many root keys (else 3)"},
    {"threshold", "K", "how many must sign (else 2)"},
    {"from", "FILE", "the root document that the new keys take over from"},
};

static bool number_option(struct cli *c, const char *name, uint64_t otherwise,
                          uint64_t *ret)
{
    const char *const value = cli_value(c, name);

    *ret = otherwise;
    if (value == NULL)
        return true;
    if (decimal_decode(bytes_of_text(value), ret) == OK && *ret >= 1 &&
        *ret <= ROOT_KEYS_MAX)
        return true;
    (void)cli_fail(c, EXIT_WRONG_USE, name, "it takes a number from 1 to 8");
    return false;
}

static status make_roots(struct cli *c, const char *folder, struct root *root, size_t keys)
{
    uint8_t seeds[ROOT_KEYS_MAX][SIGN_SEED_SIZE];
    struct bytes note = {0};
    char path[CONFIG_PATH_MAX];
    status s = OK;

    for (size_t i = 0; s == OK && i < keys; i++) {
        struct cli_secret lock;
        char what[40];
        (void)snprintf(what, sizeof what, "root-%zu.key", i + 1);
        if (!cli_lock(c, what, true, &lock))
            s = E_KEY;
        if (s == OK)
            s = make_root_key(c, folder, root, &lock.lock, seeds[i]);
        cli_secret_done(&lock);
    }
    if (s == OK)
        s = sign_root(c, root, seeds, &note);
    explicit_bzero(seeds, sizeof seeds);
    TRY(s);
    TRY(file_path(folder, "root", path, sizeof path));
    return file_create(path, note, 0644);
}

static int run_root_new(struct cli *c)
{
    struct ceremony_root *const before = arena_take(&c->arena, sizeof *before);
    struct root root = {.number = 1};
    uint64_t keys = 0;
    uint64_t threshold = 0;

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, "roster root-new",
                        "give one folder, which the root keys and the root document go to");
    if (!number_option(c, "keys", 3, &keys) ||
        !number_option(c, "threshold", 2, &threshold))
        return EXIT_WRONG_USE;
    if (threshold > keys)
        return cli_fail(c, EXIT_WRONG_USE, "threshold",
                        "more keys would have to sign than there are: at most as many as "
                        "--keys (else 3)");
    root.threshold = (uint32_t)threshold;
    if (before == NULL)
        return cli_fail(c, EXIT_REFUSED, "root", status_sentence(E_MEMORY));
    if (cli_value(c, "from") != NULL) {
        const int read = read_root(c, cli_value(c, "from"), before);
        if (read != EXIT_DONE)
            return read;
        root.number = before->root.number + 1;
    }
    if (mkdir(c->arguments[0], 0700) != 0 && errno != EEXIST)
        return cli_fail(c, EXIT_REFUSED, c->arguments[0], strerror(errno));
    const status s = make_roots(c, c->arguments[0], &root, keys);
    if (s != OK)
        return cli_fail(c, EXIT_REFUSED, c->arguments[0],
                        s == E_DUPLICATE ? "there are root keys here already"
                                         : status_sentence(s));
    (void)printf(c->json
                     ? "{\"status\":\"ok\",\"keys\":%zu,\"threshold\":%u}\n"
                     : "%zu root keys and the root document, of which %u must sign.\nKeep "
                       "the key files apart and offline; the document `root` goes to every "
                       "node.\n",
                 root.key_count, root.threshold);
    return EXIT_DONE;
}

const struct command command_root_new = {
    .name = "roster root-new",
    .arguments = "DIR",
    .summary = "Makes the root keys of a deployment and its root document",
    .options = root_options,
    .option_count = COUNT_OF(root_options),
    .run = run_root_new,
};

static const struct option_row sign_options[] = {
    {"root", "FILE", "root document"},
    {"key", "FILE", "root key file; its name before .key is the key's name"},
};

/* "dir/root-1.key" -> "root-1" */
static const char *key_name(struct cli *c, const char *path)
{
    const char *const slash = strrchr(path, '/');
    const char *const base = slash == NULL ? path : slash + 1;
    const char *const dot = strrchr(base, '.');

    return arena_text(&c->arena,
                      bytes_of(base, dot == NULL ? strlen(base) : (size_t)(dot - base)));
}

struct bytes ceremony_text(struct bytes note)
{
    for (size_t i = note.size; i >= 2; i--) {
        if (note.at[i - 1] == '\n' && note.at[i - 2] == '\n')
            return bytes_of(note.at, i - 1);
    }
    return note;
}

static status add_signature(struct cli *c, const char *key_path, struct bytes *note)
{
    struct cli_secret lock;
    struct bytes file = {0};
    struct bytes line = {0};
    uint8_t seed[SIGN_SEED_SIZE];
    const char *const name = key_name(c, key_path);

    TRY(file_read(key_path, KEYFILE_BYTES_MAX, &c->arena, &file));
    if (name == NULL || !cli_lock(c, name, false, &lock))
        return E_KEY;
    status s = keyfile_decode(file, KEYFILE_ROOT, &lock.lock, seed, sizeof seed);
    cli_secret_done(&lock);
    if (s == OK)
        s = note_sign_seed(ceremony_text(*note), bytes_of_text(name), seed, &c->arena,
                           &line);
    explicit_bzero(seed, sizeof seed);
    TRY(s);
    return note_append(*note, line, &c->arena, note);
}

size_t ceremony_signatures(struct cli *c, const struct root *root, struct bytes note)
{
    struct note *const n = arena_take(&c->arena, sizeof *n);
    size_t good = 0;

    if (n == NULL || note_parse(note, &c->arena, n) != OK)
        return 0;
    for (size_t i = 0; i < root->key_count; i++)
        good += note_verify(n, bytes_of_text(root->keys[i].name), root->keys[i].key) == OK;
    return good;
}

/* Right but for its signatures: the empty line, or a few signatures after it, end it. */
bool ceremony_is_unsigned(struct cli *c, const struct root *root, struct bytes note)
{
    struct note *const n = arena_take(&c->arena, sizeof *n);
    const bool is_document = note.size > 9 && memcmp(note.at, "flagpost/", 9) == 0 &&
                             note.at[note.size - 1] == '\n';

    if (n == NULL || !is_document)
        return false;
    if (ceremony_text(note).size + 1 == note.size)
        return true; /* nobody has signed, and a note without signatures does not parse */
    return note_parse(note, &c->arena, n) == OK &&
           root_has_ever_signed(root, n) == E_THRESHOLD;
}

int ceremony_lacks(struct cli *c, const struct root *root, const char *path,
                   struct bytes note)
{
    char why[128];

    (void)snprintf(why, sizeof why,
                   "too few root keys have signed it: %zu of %u signatures; `flagpost "
                   "roster sign` adds one",
                   ceremony_signatures(c, root, note), root->threshold);
    return cli_fail(c, EXIT_REFUSED, path, why);
}

static int run_sign(struct cli *c)
{
    struct ceremony_root *const r = arena_take(&c->arena, sizeof *r);
    const char *const key = cli_value(c, "key");
    struct bytes note = {0};

    static const char *const needed[] = {"root", "key"};
    int code = ceremony_needs(c, needed, COUNT_OF(needed),
                              c->argument_count == 1 ? NULL : "one document to be signed");
    if (code == EXIT_DONE)
        code = ceremony_root_given(c, r);
    if (code != EXIT_DONE)
        return code;
    status s = file_read(c->arguments[0], NOTE_BYTES_MAX, &c->arena, &note);
    if (s != OK)
        return cli_fail(c, EXIT_UNREACHABLE, c->arguments[0],
                        cli_file_sentence(c->arguments[0], s));
    const size_t before = ceremony_signatures(c, &r->root, note);
    s = add_signature(c, key, &note);
    const size_t after = s == OK ? ceremony_signatures(c, &r->root, note) : 0;
    if (s == OK && after <= before)
        s = E_DUPLICATE;
    if (s == OK)
        s = file_write(c->arguments[0], note, 0644);
    if (s != OK)
        return cli_fail(c,
                        s == E_KEY       ? EXIT_FORBIDDEN
                        : s == E_UNKNOWN ? EXIT_UNREACHABLE
                                         : EXIT_REFUSED,
                        key,
                        s == E_KEY ? "this passphrase or credential does not open it"
                        : s == E_DUPLICATE
                            ? "no root key of that name, or it has signed already"
                        : s == E_FORM || s == E_LIMIT || s == E_VERSION
                            ? "that is no root key file: `flagpost roster root-new` writes "
                              "them as root-1.key and so on"
                            : cli_file_sentence(key, s));
    if (c->json)
        (void)printf("{\"status\":\"ok\",\"signatures\":%zu,\"needed\":%u}\n", after,
                     r->root.threshold);
    else
        cli_put(stdout, bytes_of_text(c->arguments[0]));
    if (!c->json)
        (void)printf(" has %zu of the %u signatures it needs\n", after, r->root.threshold);
    return EXIT_DONE;
}

const struct command command_roster_sign = {
    .name = "roster sign",
    .arguments = "DOCUMENT",
    .summary = "Adds a root key's signature to a roster or a code list",
    .options = sign_options,
    .option_count = COUNT_OF(sign_options),
    .run = run_sign,
};

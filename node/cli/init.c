#include "cli.h"
#include "clock.h"
#include "draw.h"
#include "entropy.h"
#include "file.h"
#include "journal.h"
#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* A new node: its folder, keys, configuration, and the request by which it asks to be
 * listed. */

static const struct option_row options[] = {
    {"root", "FILE", "root document of the deployment (made by `roster root-new`)"},
    {"agency", "ID", "capitals, digits and hyphens, at most 16: F55, SWROCU"},
    {"name", "TEXT", "as people call it"},
    {"kind", "WORD", "fib, rocu, fusion, ingest, immigration or partner"},
    {"force", "CODE", "two-digit force code, kept as text; for forces"},
    {"region", "ID", "regional unit that serves it: SWROCU"},
    {"listen", "URL", "tcp://host:port for other nodes"},
    {"ceiling", "MARKING", "highest marking it may have (else OFFICIAL-SENSITIVE)"},
    {"years", "N", "how long its keys are to be valid (else 2)"},
};

enum { YEAR_MS_HIGH = 366 };

struct making {
    struct cli *c;
    struct roster_agency agency;
    struct config config;
    struct draw draw;
    struct keyring *keyring;
    uint8_t kx_secret[HPKE_KEY_SIZE];
};

static bool fail(const struct making *m, const char *what, const char *why)
{
    (void)cli_fail(m->c, EXIT_REFUSED, what, why);
    return false;
}

static bool copy_option(const struct making *m, const char *name, bool needed, char *ret,
                        size_t room)
{
    const char *const value = cli_value(m->c, name);

    if (value == NULL || value[0] == '\0')
        return needed ? fail(m, name, "this option is needed; --help tells more") : true;
    if (strlen(value) >= room)
        return fail(m, name, "too long");
    memcpy(ret, value, strlen(value) + 1);
    return true;
}

static bool read_options(struct making *m)
{
    struct roster_agency *const a = &m->agency;
    const char *const ceiling = cli_value(m->c, "ceiling");
    const char *const years = cli_value(m->c, "years");
    char id[64] = "";
    char kind[32] = "";
    uint64_t n = 2;

    if (!copy_option(m, "agency", true, id, sizeof id) ||
        !copy_option(m, "name", true, a->name, sizeof a->name) ||
        !copy_option(m, "kind", true, kind, sizeof kind) ||
        !copy_option(m, "force", false, a->force, sizeof a->force) ||
        !copy_option(m, "region", false, a->region, sizeof a->region) ||
        !copy_option(m, "listen", true, a->endpoint, sizeof a->endpoint))
        return false;
    if (agency_id_read(bytes_of_text(id), &a->id) != OK)
        return fail(m, "agency", "capitals, digits and hyphens, at most 16");
    if (agency_kind_read(bytes_of_text(kind), &a->kind) != OK)
        return fail(m, "kind", "one of fib, rocu, fusion, ingest, immigration, partner");
    a->ceiling = MARKING_OFFICIAL_SENSITIVE;
    if (ceiling != NULL && strcmp(ceiling, "OFFICIAL") == 0)
        a->ceiling = MARKING_OFFICIAL;
    else if (ceiling != NULL && strcmp(ceiling, "OFFICIAL-SENSITIVE") != 0)
        return fail(m, "ceiling", "OFFICIAL or OFFICIAL-SENSITIVE");
    if (years != NULL &&
        (decimal_decode(bytes_of_text(years), &n) != OK || n < 1 || n > 10))
        return fail(m, "years", "a number from 1 to 10");
    a->immigration_access = a->kind == AGENCY_IMMIGRATION;
    a->valid_from = clock_wall() / 1000 * 1000;
    a->valid_until = a->valid_from + n * YEAR_MS_HIGH * 86400000ULL;
    return true;
}

static bool read_root(struct making *m, struct bytes *ret_note, struct hash *ret_realm)
{
    const char *const path = cli_value(m->c, "root");
    struct note *const n = arena_take(&m->c->arena, sizeof *n);
    struct root root;

    if (path == NULL || n == NULL)
        return fail(m, "root", "say to which deployment the node belongs: --root FILE");
    status s = file_read(path, NOTE_BYTES_MAX, &m->c->arena, ret_note);
    if (s == OK)
        s = root_verify(*ret_note, &m->c->arena, &root);
    if (s == OK)
        s = note_parse(*ret_note, &m->c->arena, n);
    if (s != OK)
        return fail(m, path, status_sentence(s));
    *ret_realm = realm_of(n->text);
    return true;
}

static bool make_home(const struct making *m)
{
    if (cli_home(m->c) == NULL)
        return false;
    if (mkdir(m->c->home, 0700) == 0 || errno == EEXIST)
        return true;
    return fail(m, m->c->home, strerror(errno));
}

/* A credential file that is not there yet is made: 32 random bytes for this one node. */
static bool make_credential(struct making *m)
{
    uint8_t fresh[CREDENTIAL_SIZE];
    status s = OK;

    if (m->c->credential == NULL)
        return true;
    draw_bytes(&m->draw, fresh, sizeof fresh);
    s = file_create(m->c->credential, bytes_of(fresh, sizeof fresh), 0600);
    explicit_bzero(fresh, sizeof fresh);
    return s == OK || s == E_DUPLICATE ? true
                                       : fail(m, m->c->credential, status_sentence(s));
}

static bool write_keys(struct making *m)
{
    struct cli_secret lock;
    struct keyring_secrets secrets;
    struct bytes file = {0};

    if (!make_credential(m) || !cli_lock(m->c, "node.key", true, &lock))
        return false;
    draw_bytes(&m->draw, &secrets, sizeof secrets);
    status s = keyfile_encode(KEYFILE_NODE, &lock.lock, bytes_of(&secrets, sizeof secrets),
                              &m->c->arena, &file);
    cli_secret_done(&lock);
    if (s == OK)
        s = file_create(cli_path(m->c, "node.key"), file, 0600);
    if (s == OK)
        s = keyring_open(&secrets, &m->keyring);
    explicit_bzero(&secrets, sizeof secrets);
    if (s == E_DUPLICATE)
        return fail(m, m->c->home,
                    "there is a node here already; its keys are not replaced");
    return s == OK ? true : fail(m, "node.key", status_sentence(s));
}

/* The first key-exchange key; its private half waits in keys.db. */
static bool make_kx(struct making *m, const struct hash *realm)
{
    struct hpke_key_pair pair;
    uint8_t ikm[32];

    draw_bytes(&m->draw, ikm, sizeof ikm);
    const status s = hpke_derive(bytes_of(ikm, sizeof ikm), &pair);
    explicit_bzero(ikm, sizeof ikm);
    if (s != OK)
        return fail(m, "key exchange key", status_sentence(s));
    m->agency.first_kx = (struct kx_note){
        .realm = *realm, .agency = m->agency.id, .number = 1, .from = m->agency.valid_from};
    memcpy(m->agency.first_kx.key, pair.public, sizeof pair.public);
    memcpy(m->kx_secret, pair.secret, sizeof m->kx_secret);
    hpke_key_pair_done(&pair);
    return true;
}

static bool write_journal(struct making *m)
{
    struct journal *j = NULL;
    const struct journal_setup setup = {.folder = m->c->home,
                                        .mode = JOURNAL_OFFLINE,
                                        .self = m->agency.id,
                                        .keyring = m->keyring};

    status s = journal_open(&setup, &j);
    if (s == OK)
        s = journal_kx_secret_put(j, 1, m->kx_secret);
    if (s == OK)
        s = journal_commit(j);
    j = journal_free(j);
    return s == OK ? true : fail(m, "journal", status_sentence(s));
}

static bool write_files(struct making *m, struct bytes root_note, const struct hash *realm)
{
    struct bytes request = {0};
    struct bytes text = {0};

    m->config = (struct config){
        .agency = m->agency.id, .realm = *realm, .hello_ms = 1000, .require_purpose = 1};
    memcpy(m->config.name, m->agency.name, sizeof m->config.name);
    memcpy(m->config.listen, m->agency.endpoint, sizeof m->config.listen);
    memcpy(m->agency.sign_key, keyring_sign_public(m->keyring), SIGN_PUBLIC_SIZE);
    memcpy(m->agency.curve_key, keyring_curve_public(m->keyring), CURVE_KEY_SIZE);
    status s = request_sign(&m->agency, m->keyring, &m->c->arena, &request);
    if (s == OK)
        s = config_write(&m->config, &m->c->arena, &text);
    if (s == OK)
        s = file_write(cli_path(m->c, "root"), root_note, 0600);
    if (s == OK)
        s = file_write(cli_path(m->c, "config"), text, 0600);
    if (s == OK)
        s = file_write(cli_path(m->c, "request"), request, 0644);
    return s == OK ? true : fail(m, m->c->home, status_sentence(s));
}

static bool make(struct making *m)
{
    struct bytes root_note = {0};
    struct hash realm = {{0}};

    return read_options(m) && read_root(m, &root_note, &realm) && make_home(m) &&
           write_keys(m) && make_kx(m, &realm) && write_journal(m) &&
           write_files(m, root_note, &realm);
}

static int run(struct cli *c)
{
    struct making *const m = arena_take(&c->arena, sizeof *m);
    uint8_t seed[DRAW_SEED_SIZE];

    if (m == NULL)
        return cli_fail(c, EXIT_REFUSED, "init", status_sentence(E_MEMORY));
    m->c = c;
    entropy_fill(seed, sizeof seed);
    draw_init(&m->draw, seed);
    explicit_bzero(seed, sizeof seed);
    const bool made = make(m);
    m->keyring = keyring_free(m->keyring);
    draw_done(&m->draw);
    if (!made)
        return EXIT_REFUSED;
    if (c->json)
        (void)printf("{\"status\":\"ok\",\"request\":\"%s\"}\n", cli_path(c, "request"));
    else
        (void)printf(
            "%s is ready for its roster.\nNow `flagpost roster add` puts %s into one, "
            "and root keys sign it.\n",
            m->agency.id.text, cli_path(c, "request"));
    return EXIT_DONE;
}

const struct command command_init = {
    .name = "init",
    .arguments = "",
    .summary = "Makes a node's home: keys, configuration, and its enrolment request",
    .details =
        "With --credential FILE the keys are under 32 random bytes in FILE (made when it "
        "is not\nthere) and the node starts unattended; otherwise under a passphrase.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};

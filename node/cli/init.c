#include "cli.h"
#include "clock.h"
#include "draw.h"
#include "entropy.h"
#include "file.h"
#include "journal.h"
#include "roster_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* A new node: its folder, keys, configuration, and the request by which it asks to be
 * listed. */

static const struct option_row options[] = {
    {"root", "FILE", "root document of the deployment (made by `roster root-new`)"},
    {"agency", "ID", "capitals, digits and hyphens, at most 16: F55, SWROCU"},
    {"name", "TEXT", "as people call it"},
    {"kind", "WORD", "fib, rocu, fusion, ingest, immigration, partner or abroad"},
    {"force", "CODE", "two-digit force code, kept as text; for forces"},
    {"region", "ID", "regional unit that serves it: SWROCU"},
    {"listen", "URL", "tcp://host:port for other nodes"},
    {"ceiling", "MARKING", "highest marking it may have (else OFFICIAL-SENSITIVE)"},
    {"immigration-access", NULL, "its staff have immigration enforcement access"},
    {"years", "N", "how long its keys are to be valid (else 2)"},
};

enum { YEAR_MS_HIGH = 366 };

/* What a home may hold; of these an init that fails takes back what it has made. */
static const char *const home_files[] = {
    "node.key", "journal.db",  "journal.db-wal", "journal.db-shm",  "journal.db-journal",
    "keys.db",  "keys.db-wal", "keys.db-shm",    "keys.db-journal", "lock",
    "head",     "root",        "config",         "request",
};

struct making {
    struct cli *c;
    int code; /* of the failure */
    struct roster_agency agency;
    struct config config;
    struct draw draw;
    struct keyring_secrets secrets;
    struct keyring *keyring;
    uint8_t kx_secret[HPKE_KEY_SIZE];
    struct bytes root_note, config_text, request;
    bool home_made, credential_made;
    bool there[COUNT_OF(home_files)]; /* before */
};

static bool fail(struct making *m, enum exit_code code, const char *what, const char *why)
{
    m->code = cli_fail(m->c, code, what, why);
    return false;
}

/* --- options; nothing is made yet --- */

static bool copy_option(struct making *m, const char *name, bool needed, char *ret,
                        size_t room)
{
    const char *const value = cli_text(m->c, name);

    if (value == NULL)
        return needed ? fail(m, EXIT_WRONG_USE, name,
                             "this option is needed; --help tells more")
                      : true;
    if (strlen(value) >= room)
        return fail(m, EXIT_WRONG_USE, name, "too long");
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
        return fail(m, EXIT_WRONG_USE, "agency",
                    "capitals, digits and hyphens, at most 16");
    if (agency_kind_read(bytes_of_text(kind), &a->kind) != OK)
        return fail(m, EXIT_WRONG_USE, "kind",
                    "one of fib, rocu, fusion, ingest, immigration, partner, abroad");
    a->ceiling = MARKING_OFFICIAL_SENSITIVE;
    if (ceiling != NULL && strcmp(ceiling, "OFFICIAL") == 0)
        a->ceiling = MARKING_OFFICIAL;
    else if (ceiling != NULL && strcmp(ceiling, "OFFICIAL-SENSITIVE") != 0)
        return fail(m, EXIT_WRONG_USE, "ceiling", "OFFICIAL or OFFICIAL-SENSITIVE");
    if (years != NULL &&
        (decimal_decode(bytes_of_text(years), &n) != OK || n < 1 || n > 10))
        return fail(m, EXIT_WRONG_USE, "years", "a number from 1 to 10");
    a->immigration_access =
        a->kind == AGENCY_IMMIGRATION || cli_value(m->c, "immigration-access") != NULL;
    a->valid_from = clock_wall() / 1000 * 1000;
    a->valid_until = a->valid_from + n * YEAR_MS_HIGH * 86400000ULL;
    return true;
}

static bool read_root(struct making *m, struct hash *ret_realm)
{
    const char *const path = cli_text(m->c, "root");
    struct root root;

    if (path == NULL)
        return fail(m, EXIT_WRONG_USE, "root",
                    "say to which deployment the node belongs: --root FILE");
    status s = file_read(path, NOTE_BYTES_MAX, &m->c->arena, &m->root_note);
    if (s != OK)
        return fail(m, EXIT_UNREACHABLE, path, cli_file_sentence(path, s));
    s = root_chain_verify(m->root_note, &m->c->arena, &root, ret_realm);
    return s == OK ? true : fail(m, EXIT_REFUSED, path, status_sentence(s));
}

/* Keys and the first key-exchange key, so far in memory only. */
static bool draw_keys(struct making *m, const struct hash *realm)
{
    struct roster_agency *const a = &m->agency;
    struct hpke_key_pair pair;
    uint8_t ikm[32];

    draw_bytes(&m->draw, &m->secrets, sizeof m->secrets);
    draw_bytes(&m->draw, ikm, sizeof ikm);
    /* The keyring takes over what it is given, and the key file is still to be written. */
    struct keyring_secrets taken = m->secrets;
    status s = keyring_open(&taken, &m->keyring);
    if (s == OK)
        s = hpke_derive(bytes_of(ikm, sizeof ikm), &pair);
    explicit_bzero(ikm, sizeof ikm);
    if (s != OK)
        return fail(m, EXIT_REFUSED, "keys", status_sentence(s));
    memcpy(a->sign_key, keyring_sign_public(m->keyring), SIGN_PUBLIC_SIZE);
    memcpy(a->curve_key, keyring_curve_public(m->keyring), CURVE_KEY_SIZE);
    /* Above every number that a lost home under this id has used: those go up by one a
     * week, and what was sealed for them is issued again for a newer key alone. */
    a->first_kx = (struct kx_note){.realm = *realm,
                                   .agency = a->id,
                                   .number = (uint32_t)(a->valid_from / 1000),
                                   .from = a->valid_from};
    memcpy(a->first_kx.key, pair.public, sizeof pair.public);
    memcpy(m->kx_secret, pair.secret, sizeof m->kx_secret);
    hpke_key_pair_done(&pair);
    return true;
}

/* Each option alone, beside others that are right, under the roster's own rules: what fails
 * is then this option. */
static bool check_options(struct making *m)
{
    struct roster_agency *const probe = arena_take(&m->c->arena, sizeof *probe);
    const struct roster_agency *const a = &m->agency;
    const struct {
        const char *name, *value, *rule;
        char *to;
        size_t room;
    } fields[] = {
        {"name", a->name, "1 to 64 bytes of text: no controls, no spaces around it",
         probe->name, sizeof probe->name},
        {"force", a->force, "two digits", probe->force, sizeof probe->force},
        {"region", a->region, "capitals, digits and hyphens, at most 16", probe->region,
         sizeof probe->region},
        {"listen", a->endpoint,
         "tcp://host:port, the host in lower case, a port from 1 to 65535", probe->endpoint,
         sizeof probe->endpoint},
    };

    if (probe == NULL)
        return fail(m, EXIT_REFUSED, "init", status_sentence(E_MEMORY));
    *probe = *a;
    memcpy(probe->name, "N", sizeof "N");
    probe->force[0] = probe->region[0] = probe->endpoint[0] = '\0';
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        (void)snprintf(fields[i].to, fields[i].room, "%s", fields[i].value);
        if (agency_check(probe, &a->first_kx.realm) != OK)
            return fail(m, EXIT_WRONG_USE, fields[i].name, fields[i].rule);
    }
    return true;
}

/* The texts of the files, which their own rules check once more. */
static bool write_texts(struct making *m, const struct hash *realm)
{
    m->config = (struct config){
        .agency = m->agency.id, .realm = *realm, .hello_ms = 1000, .require_purpose = 1};
    memcpy(m->config.name, m->agency.name, sizeof m->config.name);
    memcpy(m->config.listen, m->agency.endpoint, sizeof m->config.listen);
    if (config_write(&m->config, &m->c->arena, &m->config_text) != OK)
        return fail(m, EXIT_WRONG_USE, "name",
                    "it cannot stand in the configuration: a # after a space");
    const status s = request_sign(&m->agency, m->keyring, &m->c->arena, &m->request);
    return s == OK ? true : fail(m, EXIT_REFUSED, "request", status_sentence(s));
}

static bool check_home(struct making *m)
{
    const size_t room = sizeof(((struct sockaddr_un *)NULL)->sun_path);

    if (cli_home(m->c) == NULL) {
        m->code = EXIT_WRONG_USE;
        return false;
    }
    if (strlen(m->c->home) + sizeof "/control.sock" > room)
        return fail(m, EXIT_WRONG_USE, m->c->home,
                    "this path is too long: with /control.sock it may have 107 bytes");
    for (size_t i = 0; i < COUNT_OF(home_files); i++)
        m->there[i] = access(cli_path(m->c, home_files[i]), F_OK) == 0;
    if (m->there[0])
        return fail(m, EXIT_REFUSED, m->c->home,
                    "there is a node here already; its keys are not replaced");
    return true;
}

/* --- making --- */

static bool make_home(struct making *m)
{
    m->home_made = mkdir(m->c->home, 0700) == 0;
    return m->home_made || errno == EEXIST
               ? true
               : fail(m, EXIT_REFUSED, m->c->home, strerror(errno));
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
    m->credential_made = s == OK;
    return s == OK || s == E_DUPLICATE
               ? true
               : fail(m, EXIT_REFUSED, m->c->credential, status_sentence(s));
}

static bool write_keys(struct making *m)
{
    struct cli_secret lock;
    struct bytes file = {0};

    if (!make_credential(m))
        return false;
    if (!cli_lock(m->c, "node.key", true, &lock)) {
        m->code = EXIT_FORBIDDEN;
        return false;
    }
    status s =
        keyfile_encode(KEYFILE_NODE, &lock.lock, bytes_of(&m->secrets, sizeof m->secrets),
                       &m->c->arena, &file);
    cli_secret_done(&lock);
    if (s == OK)
        s = file_create(cli_path(m->c, "node.key"), file, 0600);
    return s == OK ? true : fail(m, EXIT_REFUSED, "node.key", status_sentence(s));
}

/* The private half of the first key-exchange key waits in keys.db. */
static bool write_journal(struct making *m)
{
    struct journal *j = NULL;
    const struct journal_setup setup = {.folder = m->c->home,
                                        .mode = JOURNAL_OFFLINE,
                                        .self = m->agency.id,
                                        .keyring = m->keyring};

    const struct keyring_kx first = {.id = m->agency.first_kx.number,
                                     .from = m->agency.first_kx.from};

    status s = journal_open(&setup, &j);
    if (s == OK) {
        const struct store store = journal_store(j);
        s = store.ops->kx_secret_put(store.self, &first, m->kx_secret);
    }
    if (s == OK)
        s = journal_commit(j);
    j = journal_free(j);
    return s == OK ? true : fail(m, EXIT_REFUSED, "journal", status_sentence(s));
}

static bool write_files(struct making *m)
{
    status s = file_write(cli_path(m->c, "root"), m->root_note, 0600);
    if (s == OK)
        s = file_write(cli_path(m->c, "config"), m->config_text, 0600);
    if (s == OK)
        s = file_write(cli_path(m->c, "request"), m->request, 0644);
    return s == OK ? true : fail(m, EXIT_REFUSED, m->c->home, status_sentence(s));
}

/* Only what this run has made; what cannot be removed was not what failed. */
static void take_back(const struct making *m)
{
    for (size_t i = 0; i < COUNT_OF(home_files); i++) {
        if (!m->there[i])
            (void)unlink(cli_path(m->c, home_files[i]));
    }
    if (m->home_made)
        (void)rmdir(m->c->home);
    if (m->credential_made)
        (void)unlink(m->c->credential);
}

static bool make(struct making *m)
{
    struct hash realm = {{0}};

    if (!read_options(m) || !read_root(m, &realm) || !draw_keys(m, &realm) ||
        !check_options(m) || !write_texts(m, &realm) || !check_home(m) || !make_home(m))
        return false;
    if (write_keys(m) && write_journal(m) && write_files(m))
        return true;
    take_back(m);
    return false;
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
    explicit_bzero(&m->secrets, sizeof m->secrets);
    explicit_bzero(m->kx_secret, sizeof m->kx_secret);
    draw_done(&m->draw);
    if (!made)
        return m->code;
    if (c->json) {
        (void)printf("{\"status\":\"ok\",\"request\":");
        cli_print_json_text(bytes_of_text(cli_path(c, "request")));
        (void)printf("}\n");
        return EXIT_DONE;
    }
    (void)printf("%s is ready for its roster.\nNow `flagpost roster add` puts ",
                 m->agency.id.text);
    cli_put(stdout, bytes_of_text(cli_path(c, "request")));
    (void)printf(" into one, and root keys sign it.\n");
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

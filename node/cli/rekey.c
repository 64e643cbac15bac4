#include "ceremony.h"
#include "clock.h"
#include "entropy.h"
#include "file.h"
#include "succession.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

/*
 * Other keys for a node: made here, beside those that it has, and asked for by a request
 * that both sign.  The node goes over to them by itself once a roster lists them.
 *
 * In this order, so that a crash anywhere leaves every key that a roster may come to list:
 * the file `succession` with the old and the new, `node.key` with the new, the request.
 * Asked again before a roster lists the new ones, it makes no others.
 */

static const struct option_row options[] = {
    {"transport", NULL, "the transport (CURVE) key alone"},
    {"signing", NULL, "the signing key alone"},
    {"emergency", NULL, "the key is in other hands: it is not to be used any longer"},
    {"out", "FILE", "where the request goes (else `request` in the home)"},
};

enum { OVERLAP_MS = 7 * 86400000 };

struct rekeying {
    struct cli *c;
    millis now;
    bool wanted[2]; /* signing, transport */
    bool emergency;
    struct cli_secret lock;
    struct keyring_secrets secrets; /* of node.key */
    struct keyring *ring;
    struct succession succession;
    struct roster_agency agency; /* as it is listed, then as it asks to be */
    struct bytes request;
};

/* One of the two kinds of key: where it stands. */
struct key_kind {
    enum keyring_pair pair;
    const char *word;
    uint8_t *listed, *secret;
    struct outgoing_key *outgoing;
    const uint8_t *of_file; /* public half of what node.key has */
};

static bool fail(struct rekeying *r, const char *what, const char *why)
{
    (void)cli_fail(r->c, EXIT_REFUSED, what, why);
    return false;
}

static bool read_agency(struct rekeying *r)
{
    struct ceremony_root *const root = arena_take(&r->c->arena, sizeof *root);
    struct roster *const roster = arena_take(&r->c->arena, sizeof *roster);
    struct config config;
    struct bytes note = {0};

    if (root == NULL || roster == NULL || !cli_config(r->c, &config) ||
        !ceremony_root(r->c, cli_path(r->c, "root"), root))
        return false;
    status s = ceremony_installed(r->c, &note);
    if (s == OK)
        s = roster_verify(note, &root->root, &root->realm, NULL, &r->c->arena, roster);
    if (s != OK)
        return fail(r, "roster",
                    s == E_UNKNOWN ? "none is installed: the keys that the node has are as "
                                     "good as new ones"
                                   : status_sentence(s));
    const struct roster_agency *const entry = roster_find(roster, &config.agency);
    if (entry == NULL)
        return fail(r, config.agency.text, "the roster in force does not list it");
    r->agency = *entry;
    return true;
}

static bool read_keys(struct rekeying *r)
{
    const char *const path = cli_path(r->c, "node.key");
    struct bytes file = {0};

    status s = file_read(path, KEYFILE_BYTES_MAX, &r->c->arena, &file);
    if (s != OK)
        return fail(r, "node.key", cli_file_sentence(path, s));
    if (!cli_lock(r->c, "node.key", false, &r->lock))
        return false;
    s = keyfile_decode(file, KEYFILE_NODE, &r->lock.lock, (uint8_t *)&r->secrets,
                       sizeof r->secrets);
    struct keyring_secrets taken = r->secrets;
    if (s == OK)
        s = keyring_open(&taken, &r->ring);
    explicit_bzero(&taken, sizeof taken);
    if (s != OK)
        return fail(r, "node.key",
                    s == E_KEY ? "this passphrase or credential does not open it"
                               : status_sentence(s));
    s = succession_load(r->c->home, r->ring);
    if (s == OK)
        s = succession_read(r->c->home, r->ring, &r->succession);
    return s == OK || s == E_UNKNOWN ? true : fail(r, "succession", status_sentence(s));
}

static bool check(struct rekeying *r, const struct key_kind *k)
{
    char why[160];
    char until[TIME_TEXT_ROOM];

    if (!keyring_has(r->ring, k->pair, k->listed))
        return fail(r, k->word,
                    "this home does not have the key that the roster lists: it is another "
                    "node's, or lost, and then the agency is enrolled anew");
    if (r->emergency || !outgoing_is_taken(k->outgoing, r->now))
        return true;
    time_write(k->outgoing->until, until);
    (void)snprintf(why, sizeof why,
                   "it is being changed: the key before goes out at %s and is taken for an "
                   "hour longer; then ask again",
                   until);
    return fail(r, k->word, why);
}

/* The public half, as any key ring makes it. */
static status draw_key(struct rekeying *r, const struct key_kind *k,
                       struct succession_key *ret)
{
    struct keyring_secrets drawn;
    struct keyring *ring = NULL;

    entropy_fill(&drawn, sizeof drawn);
    ret->pair = k->pair;
    memcpy(ret->secret, k->pair == KEYRING_SIGN ? drawn.sign_seed : drawn.curve_secret, 32);
    TRY(keyring_open(&drawn, &ring));
    memcpy(ret->public,
           k->pair == KEYRING_SIGN ? keyring_sign_public(ring) : keyring_curve_public(ring),
           32);
    (void)keyring_free(ring); /* NULL by design */
    TRY(keyring_add(r->ring, k->pair, ret->secret));
    return succession_add(&r->succession, ret);
}

/* The key that the home has as its newest, if the roster does not list it yet; else a fresh
 * one. */
static status next_key(struct rekeying *r, const struct key_kind *k,
                       struct succession_key *ret)
{
    const struct succession_key *const newest = succession_newest(&r->succession, k->pair);
    struct succession_key held = {.pair = k->pair};

    if (newest != NULL && memcmp(newest->public, k->listed, 32) != 0) {
        *ret = *newest;
        return OK;
    }
    memcpy(held.public, k->of_file, sizeof held.public);
    memcpy(held.secret, k->secret, sizeof held.secret);
    status s = succession_add(&r->succession, &held);
    explicit_bzero(&held, sizeof held);
    return s == OK ? draw_key(r, k, ret) : s;
}

static status take_over(struct rekeying *r, const struct key_kind *k)
{
    struct succession_key next = {.pair = k->pair};

    const status s = next_key(r, k, &next);
    if (s == OK) {
        *k->outgoing = (struct outgoing_key){0};
        if (!r->emergency) {
            k->outgoing->until = (r->now + OVERLAP_MS) / 1000 * 1000;
            memcpy(k->outgoing->key, k->listed, 32);
        }
        memcpy(k->listed, next.public, 32);
        memcpy(k->secret, next.secret, 32);
    }
    explicit_bzero(&next, sizeof next);
    return s;
}

static status write_files(struct rekeying *r)
{
    const char *const out = cli_value(r->c, "out");
    struct bytes file = {0};

    TRY(request_sign(&r->agency, r->ring, &r->c->arena, &r->request));
    TRY(succession_write(r->c->home, r->ring, &r->succession));
    TRY(keyfile_encode(KEYFILE_NODE, &r->lock.lock,
                       bytes_of(&r->secrets, sizeof r->secrets), &r->c->arena, &file));
    TRY(file_write(cli_path(r->c, "node.key"), file, 0600));
    return file_write(out == NULL ? cli_path(r->c, "request") : out, r->request, 0644);
}

static bool rekey(struct rekeying *r)
{
    if (!read_agency(r) || !read_keys(r))
        return false;
    uint8_t sign_public[SIGN_PUBLIC_SIZE];
    uint8_t curve_public[CURVE_KEY_SIZE];
    memcpy(sign_public, keyring_sign_public(r->ring), sizeof sign_public);
    memcpy(curve_public, keyring_curve_public(r->ring), sizeof curve_public);
    struct roster_agency *const a = &r->agency;
    const struct key_kind kinds[] = {
        {KEYRING_SIGN, "signing key", a->sign_key, r->secrets.sign_seed, &a->sign_out,
         sign_public},
        {KEYRING_CURVE, "transport key", a->curve_key, r->secrets.curve_secret,
         &a->curve_out, curve_public},
    };
    status s = OK;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (r->wanted[i] && !check(r, &kinds[i]))
            return false;
    }
    for (size_t i = 0; i < COUNT_OF(kinds) && s == OK; i++) {
        /* One that went out long ago is no longer here to sign. */
        if (!r->wanted[i])
            *kinds[i].outgoing = (struct outgoing_key){0};
        else
            s = take_over(r, &kinds[i]);
    }
    if (s == OK)
        s = write_files(r);
    return s == OK ? true : fail(r, "rekey", status_sentence(s));
}

static int run(struct cli *c)
{
    struct rekeying *const r = arena_take(&c->arena, sizeof *r);
    const bool transport = cli_value(c, "transport") != NULL;
    const bool signing = cli_value(c, "signing") != NULL;

    if (r == NULL)
        return cli_fail(c, EXIT_REFUSED, "rekey", status_sentence(E_MEMORY));
    if (cli_home(c) == NULL)
        return EXIT_WRONG_USE;
    r->c = c;
    r->now = clock_wall();
    r->wanted[0] = signing || !transport;
    r->wanted[1] = transport || !signing;
    r->emergency = cli_value(c, "emergency") != NULL;
    const bool done = rekey(r);
    r->ring = keyring_free(r->ring);
    cli_secret_done(&r->lock);
    explicit_bzero(&r->secrets, sizeof r->secrets);
    succession_done(&r->succession);
    if (!done)
        return EXIT_REFUSED;
    const char *const out = cli_value(c, "out");
    const struct bytes path = bytes_of_text(out == NULL ? cli_path(c, "request") : out);
    (void)printf(c->json ? "{\"status\":\"ok\",\"request\":"
                         : "Now `flagpost roster add` "
                           "puts ");
    if (c->json)
        cli_print_json_text(path);
    else
        cli_put(stdout, path);
    (void)printf(c->json ? "}\n"
                         : " into the next roster.\nThe node goes on with the keys that it "
                           "has until then, and goes over by itself.\n");
    return EXIT_DONE;
}

const struct command command_rekey = {
    .name = "rekey",
    .arguments = "",
    .summary = "Makes other keys for a node, and the request to list them",
    .details =
        "Without --transport or --signing it is both.  The request is signed by the new "
        "signing\nkey and by the one that it takes over from.  The keys that go out are in "
        "use until the\nmoment that the roster names, and destroyed afterwards.  With "
        "--emergency they are given\nup at once.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};

#include "ceremony.h"

#include "checkpoint.h"
#include "file.h"
#include "journal.h"
#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/*
 * Revoking an agency.  How far its streams are good is said by checkpoints that it had
 * signed itself, as its peers hold them: nobody types a root.
 */

/* --- roster place --- */

static const struct option_row place_options[] = {
    {"out", "FILE", "the agency's checkpoint of that place, for `roster revoke`"},
};

struct place_asked {
    struct agency_id agency;
    enum lane lane;
    bool has_size;
    sequence size;
};

/* "routine" or "routine=4318" */
static bool read_place(struct bytes text, struct place_asked *ret)
{
    const uint8_t *const sign = text.size == 0 ? NULL : memchr(text.at, '=', text.size);
    const size_t word = sign == NULL ? text.size : (size_t)(sign - text.at);

    ret->has_size = sign != NULL;
    return lane_read(bytes_of(text.at, word), &ret->lane) == OK &&
           (!ret->has_size ||
            (decimal_decode(bytes_from(text, word + 1), &ret->size) == OK &&
             ret->size > 0));
}

/* The checkpoint over the first `size` entries; E_ORDER: none is, and `ret` is that of the
 * group which has the last of them. */
static status find_place(struct cli *c, struct store s, const struct place_asked *p,
                         struct group_row *ret)
{
    struct stream_row row;

    TRY(s.ops->stream_find(s.self, &p->agency, p->lane, &row));
    const sequence size = p->has_size ? p->size : row.frontier.size;
    ENSURE(size > 0 && size <= row.frontier.size, E_LIMIT);
    TRY(s.ops->group_find(s.self, &row.id, size - 1, &c->arena, ret));
    return ret->first + ret->count == size ? OK : E_ORDER;
}

static int tell_ends(struct cli *c, const struct group_row *g)
{
    const unsigned long long first = g->first;
    char text[160];

    (void)snprintf(text, sizeof text,
                   "the agency signed no checkpoint there: the nearest are of the first "
                   "%llu entries and of the first %llu",
                   first, first + g->count);
    return cli_fail(c, EXIT_REFUSED, c->arguments[1], text);
}

static int run_place(struct cli *c)
{
    const char *const out = cli_value(c, "out");
    struct place_asked asked = {.lane = LANE_ROUTINE};
    struct config config;
    struct journal *j = NULL;
    struct group_row g = {0};

    if (out == NULL || c->argument_count != 2 ||
        agency_id_read(bytes_of_text(c->arguments[0]), &asked.agency) != OK ||
        !read_place(bytes_of_text(c->arguments[1]), &asked))
        return cli_fail(
            c, EXIT_WRONG_USE, "roster place",
            "give --out FILE, an agency's id, and a lane (immediate, routine or "
            "local) or LANE=SIZE, where SIZE counts its first entries");
    if (cli_home(c) == NULL || !cli_config(c, &config))
        return EXIT_WRONG_USE;
    const struct journal_setup setup = {
        .folder = c->home, .mode = JOURNAL_READ, .self = config.agency};
    status s = journal_open(&setup, &j);
    if (s == OK)
        s = find_place(c, journal_store(j), &asked, &g);
    j = journal_free(j);
    if (s == E_ORDER)
        return tell_ends(c, &g);
    if (s != OK)
        return cli_fail(c, cli_exit_code(s), c->arguments[1],
                        s == E_UNKNOWN ? "this home holds nothing of that stream"
                        : s == E_LIMIT ? "this home does not hold so much of that stream"
                                       : status_sentence(s));
    s = file_create(out, g.checkpoint, 0644);
    if (s != OK)
        return cli_fail(c, EXIT_REFUSED, out,
                        s == E_DUPLICATE ? cli_there_already() : status_sentence(s));
    const sequence end = g.first + g.count;
    (void)printf(c->json
                     ? "{\"status\":\"ok\",\"lane\":\"%s\",\"size\":%llu}\n"
                     : "the %s stream's first %llu entries, as the agency signed them\n",
                 lane_word(asked.lane), (unsigned long long)end);
    return EXIT_DONE;
}

const struct command command_roster_place = {
    .name = "roster place",
    .arguments = "AGENCY LANE[=SIZE]",
    .summary = "Writes the checkpoint of another's stream up to which it is good",
    .details =
        "At a node that holds the stream: its publisher's own signature over the first "
        "SIZE\n"
        "entries, or over all that is here.  `flagpost trace` and `flagpost show` tell a "
        "record's\nindex, which counts from 0.  For `flagpost roster revoke`.",
    .options = place_options,
    .option_count = COUNT_OF(place_options),
    .run = run_place,
};

/* --- roster revoke --- */

static const struct option_row revoke_options[] = {
    {"root", "FILE", "root document"},
    {"from", "FILE", "the roster in force, which this one follows"},
    {"out", "FILE", "the roster to be signed"},
    {"nothing-good", NULL, "nothing that the agency ever published is good"},
    {"at", "TIME", "since when (else now), as 2026-11-23T22:09:25Z"},
};

static status verify_place(struct cli *c, const struct roster *r,
                           const struct roster_agency *a, struct bytes note,
                           struct checkpoint *ret)
{
    TRY(agency_checkpoint_verify(note, a, &c->arena, ret));
    ENSURE(hash_equal(&ret->realm, &r->realm), E_REALM);
    ENSURE(agency_id_equal(&ret->stream.agency, &a->id), E_ADDRESS);
    return OK;
}

static const char *place_sentence(const char *path, status s)
{
    if (s == E_SIGNATURE)
        return "the agency has not signed it with a key that the roster lists";
    if (s == E_FORM)
        return "that is no checkpoint: `flagpost roster place` writes one";
    return cli_file_sentence(path, s);
}

/* In its place by agency, lane and epoch, as the text has them. */
static bool is_before(const struct revocation *a, const struct revocation *b)
{
    const int agencies = agency_id_compare(&a->agency, &b->agency);

    if (agencies != 0)
        return agencies < 0;
    if (a->lane != b->lane)
        return a->lane < b->lane;
    if (a->epoch.counter != b->epoch.counter)
        return a->epoch.counter < b->epoch.counter;
    return memcmp(a->epoch.random, b->epoch.random, sizeof a->epoch.random) < 0;
}

static status put_revocation(struct roster *r, const struct revocation *v)
{
    size_t at = 0;

    ENSURE(r->revocation_count < REVOCATIONS_MAX, E_LIMIT);
    while (at < r->revocation_count && is_before(&r->revocations[at], v))
        at++;
    ENSURE(at == r->revocation_count || is_before(v, &r->revocations[at]), E_DUPLICATE);
    memmove(&r->revocations[at + 1], &r->revocations[at],
            (r->revocation_count - at) * sizeof r->revocations[0]);
    r->revocations[at] = *v;
    r->revocation_count++;
    return OK;
}

/* False after telling. */
static bool add_place(struct cli *c, struct roster *r, const struct roster_agency *a,
                      struct revocation v, const char *path)
{
    struct bytes note = {0};
    struct checkpoint good = {0};

    status s = file_read(path, NOTE_BYTES_MAX, &c->arena, &note);
    if (s == OK)
        s = verify_place(c, r, a, note, &good);
    v.has_place = true;
    v.lane = good.stream.lane;
    v.epoch = good.stream.epoch;
    v.size = good.size;
    v.root = good.root;
    if (s == OK)
        s = put_revocation(r, &v);
    if (s == E_DUPLICATE)
        (void)cli_fail(c, EXIT_REFUSED, path, "a place of that stream was given before");
    else if (s != OK)
        (void)cli_fail(c, EXIT_REFUSED, path, place_sentence(path, s));
    return s == OK;
}

/* Who is left must be able to witness: a publisher does not witness itself. */
static void lower_quorum(struct roster *r)
{
    uint32_t left = 0;

    for (size_t i = 0; i < r->agency_count; i++)
        left += !roster_is_revoked(r, &r->agencies[i].id);
    const uint32_t others = left > 1 ? left - 1 : 1;
    if (r->quorum > others)
        r->quorum = others;
}

/* A lane of which no place was given is not believed at all: better said before it is
 * signed than found out at every node. */
static void tell_revoked(const struct roster *r, const struct agency_id *id)
{
    (void)printf("%s revoked:\n", id->text);
    for (size_t l = 0; l < LANES; l++) {
        const enum lane lane = lane_of_rank(l);
        bool any = false;
        for (size_t i = 0; i < r->revocation_count; i++) {
            const struct revocation *const v = &r->revocations[i];
            if (!agency_id_equal(&v->agency, id) || !v->has_place || v->lane != lane)
                continue;
            any = true;
            (void)printf("  %-9s  good up to %" PRIu64 " entries of epoch %" PRIu32 "\n",
                         lane_word(lane), v->size, v->epoch.counter);
        }
        if (!any)
            (void)printf("  %-9s  NOTHING is good\n", lane_word(lane));
    }
}

static int run_revoke(struct cli *c)
{
    struct ceremony_root *const root = arena_take(&c->arena, sizeof *root);
    struct roster *const r = arena_take(&c->arena, sizeof *r);
    const bool nothing = cli_value(c, "nothing-good") != NULL;
    const char *const at = cli_value(c, "at");
    struct revocation v = {0};

    static const char *const needed[] = {"root", "from", "out"};
    const bool said = c->argument_count > 0 && nothing == (c->argument_count == 1) &&
                      agency_id_read(bytes_of_text(c->arguments[0]), &v.agency) == OK;
    int code = ceremony_needs(c, needed, COUNT_OF(needed),
                              said ? NULL
                                   : "an agency's id, then the places up to which its "
                                     "streams are good (`roster place`) or --nothing-good");
    if (code == EXIT_DONE)
        code = ceremony_root_given(c, root);
    if (code == EXIT_DONE)
        code = ceremony_begin_next(c, root, r);
    if (code != EXIT_DONE)
        return code;
    const struct roster_agency *const a = roster_find(r, &v.agency);
    if (a == NULL)
        return cli_fail(c, EXIT_REFUSED, v.agency.text, ceremony_not_listed);
    if (roster_is_revoked(r, &v.agency))
        return cli_fail(c, EXIT_REFUSED, v.agency.text,
                        "the roster has revoked it already");
    if (r->issued >= r->expires)
        return cli_fail(c, EXIT_REFUSED, cli_value(c, "from"),
                        "that roster has expired: make the next one with `roster add`");
    v.at = r->issued;
    if (at != NULL && (time_read(bytes_of_text(at), &v.at) != OK || v.at > r->issued))
        return cli_fail(c, EXIT_WRONG_USE, "at",
                        "not a time that has been, as 2026-11-23T22:09:25Z");
    for (size_t i = 1; i < c->argument_count; i++) {
        if (!add_place(c, r, a, v, c->arguments[i]))
            return EXIT_REFUSED;
    }
    if (nothing && put_revocation(r, &v) != OK)
        return cli_fail(c, EXIT_REFUSED, v.agency.text, "the roster has no more room");
    lower_quorum(r);
    code = ceremony_end_next(c, r);
    if (code == EXIT_DONE && !c->json)
        tell_revoked(r, &v.agency);
    return code;
}

const struct command command_roster_revoke = {
    .name = "roster revoke",
    .arguments = "AGENCY [PLACE...]",
    .summary =
        "Makes the next roster, which revokes an agency from the last good places on",
    .details =
        "Each PLACE is a checkpoint of one of its streams (`flagpost roster place`, at a "
        "node that\nholds it), verified here by the agency's listed key: up to there it "
        "stays believed, and\nwhat is above it, and every stream that is not given, is "
        "quarantined at every node that\ninstalls the roster.  Its connections are cut "
        "within a second.  Enrolled anew it is listed\nwithout it (`flagpost roster add "
        "--anew`).",
    .options = revoke_options,
    .option_count = COUNT_OF(revoke_options),
    .run = run_revoke,
};

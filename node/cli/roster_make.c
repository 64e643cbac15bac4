#include "ceremony.h"
#include "clock.h"
#include "enrol.h"
#include "file.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

/* Making the documents that root keys then sign. */

static const struct option_row add_options[] = {
    {"root", "FILE", "root document"},
    {"from", "FILE", "the roster in force, which this one follows (none: version 1)"},
    {"out", "FILE", "the roster to be signed"},
    {"days", "N", "how long it is in force (else 365)"},
    {"quorum", "N", "cosignatures that make a record witnessed (else 2)"},
    {"until", "TIME", "when keys that others take over from go out (else in 7 days)"},
    {"anew", "ID", "an agency that lost its keys, or gives them up: enrol it anew"},
};

enum { DAY_MS = 86400000, OVERLAP_DAYS = 7 };

static bool number_option(struct cli *c, const char *name, uint64_t otherwise,
                          uint64_t most, uint64_t *ret)
{
    const char *const value = cli_value(c, name);

    *ret = otherwise;
    if (value == NULL ||
        (decimal_decode(bytes_of_text(value), ret) == OK && *ret >= 1 && *ret <= most))
        return true;
    char why[64];
    (void)snprintf(why, sizeof why, "it takes a number from 1 to %llu",
                   (unsigned long long)most);
    (void)cli_fail(c, EXIT_WRONG_USE, name, why);
    return false;
}

/* The roster that the new one follows: its agencies stay, its text is named. */
static status start_from(struct cli *c, const char *path, const struct ceremony_root *root,
                         struct roster *r)
{
    struct bytes note = {0};

    if (path == NULL) {
        r->realm = root->realm;
        r->version = 1;
        return OK;
    }
    TRY(file_read(path, NOTE_BYTES_MAX, &c->arena, &note));
    TRY(roster_verify(note, &root->root, &root->realm, NULL, &c->arena, r));
    r->version++;
    r->previous = r->text_hash;
    return OK;
}

/* What was revoked of it was revoked of the keys before: an agency that is enrolled anew is
 * listed without it (crypto/README.md). */
static void lift_revocation(struct roster *r, const struct agency_id *id)
{
    size_t kept = 0;

    for (size_t i = 0; i < r->revocation_count; i++) {
        if (!agency_id_equal(&r->revocations[i].agency, id))
            r->revocations[kept++] = r->revocations[i];
    }
    r->revocation_count = kept;
}

/* In its place by id; a request of an agency that is listed replaces its entry. */
static status put_agency(struct roster *r, const struct roster_agency *a)
{
    size_t at = 0;

    while (at < r->agency_count && agency_id_compare(&r->agencies[at].id, &a->id) < 0)
        at++;
    if (at < r->agency_count && agency_id_equal(&r->agencies[at].id, &a->id)) {
        /* `roster access` has said it; a request may tell of it and not take it back. */
        const bool access = a->immigration_access || r->agencies[at].immigration_access;
        r->agencies[at] = *a;
        r->agencies[at].immigration_access = access;
        return OK;
    }
    ENSURE(r->agency_count < AGENCIES_MAX, E_LIMIT);
    memmove(&r->agencies[at + 1], &r->agencies[at],
            (r->agency_count - at) * sizeof r->agencies[0]);
    r->agencies[at] = *a;
    r->agency_count++;
    return OK;
}

/* Two requests of one agency in one roster: which is meant, nobody can say. */
static bool is_given(const struct agency_id *given, size_t count,
                     const struct agency_id *id)
{
    size_t i = 0;

    while (i < count && !agency_id_equal(&given[i], id))
        i++;
    return i < count;
}

static status read_request(struct cli *c, const char *path,
                           const struct ceremony_root *root, struct roster_agency *ret)
{
    struct bytes request = {0};

    TRY(file_read(path, NOTE_BYTES_MAX, &c->arena, &request));
    TRY(request_verify(request, &c->arena, ret));
    return hash_equal(&ret->first_kx.realm, &root->realm) ? OK : E_REALM;
}

/* NULL; or why the request may not take the place of what is listed. */
static const char *replace_keys(struct cli *c, struct roster *r, struct roster_agency *a)
{
    const char *const anew = cli_value(c, "anew");
    const char *const until = cli_value(c, "until");
    struct enrolment e = {.listed = roster_find(r, &a->id),
                          .anew = anew != NULL && strcmp(anew, a->id.text) == 0,
                          .now = r->issued,
                          .until = r->issued + (millis)OVERLAP_DAYS * DAY_MS};

    if (until != NULL && (time_read(bytes_of_text(until), &e.until) != OK || e.until == 0))
        return "--until is not a time as 2026-11-23T22:09:25Z";
    if (e.anew)
        lift_revocation(r, &a->id);
    if (e.listed != NULL)
        return enrol_keys(&e, a);
    return a->sign_out.until != 0 || a->curve_out.until != 0
               ? "it says that keys go out, and the agency is not listed with any"
               : NULL;
}

static int add_requests(struct cli *c, const struct ceremony_root *root, struct roster *r)
{
    struct roster_agency *const a = arena_take(&c->arena, sizeof *a);
    struct agency_id *const given =
        arena_array(&c->arena, c->argument_count, sizeof *given);

    for (size_t i = 0; a != NULL && given != NULL && i < c->argument_count; i++) {
        const char *const path = c->arguments[i];
        const size_t mark = arena_mark(&c->arena);
        status s = read_request(c, path, root, a);
        if (s == OK && is_given(given, i, &a->id))
            return cli_fail(c, EXIT_REFUSED, path,
                            "a request of this agency came before: give the one that is "
                            "meant");
        const char *const why = s == OK ? replace_keys(c, r, a) : NULL;
        if (why != NULL)
            return cli_fail(c, EXIT_REFUSED, path, why);
        if (s == OK)
            s = put_agency(r, a);
        given[i] = a->id;
        arena_rewind(&c->arena, mark);
        if (s != OK)
            return cli_fail(c, s == E_UNKNOWN ? EXIT_UNREACHABLE : EXIT_REFUSED, path,
                            ceremony_request_sentence(path, s));
    }
    return a != NULL && given != NULL
               ? EXIT_DONE
               : cli_fail(c, EXIT_REFUSED, "roster", status_sentence(E_MEMORY));
}

/* The file there may be the one in force, and the only copy. */
const char *ceremony_write_sentence(status s)
{
    return s == E_DUPLICATE ? cli_there_already() : status_sentence(s);
}

status ceremony_write(struct cli *c, struct bytes text, const char *path)
{
    struct bytes note = {0};

    TRY(ceremony_unsigned(c, text, &note));
    return file_create(path, note, 0644);
}

int ceremony_begin_next(struct cli *c, const struct ceremony_root *root, struct roster *r)
{
    const char *const from = cli_value(c, "from");
    struct bytes text = {0};

    if (r == NULL)
        return cli_fail(c, EXIT_REFUSED, "roster", status_sentence(E_MEMORY));
    const status s = start_from(c, from, root, r);
    r->issued = clock_wall() / 1000 * 1000;
    if (s == OK)
        return EXIT_DONE;
    if (file_read(from, NOTE_BYTES_MAX, &c->arena, &text) == OK &&
        ceremony_is_a(text, "flagpost/roster/") &&
        ceremony_is_unsigned(c, &root->root, text))
        return ceremony_lacks(c, &root->root, from, text);
    return cli_fail(c, s == E_UNKNOWN ? EXIT_UNREACHABLE : EXIT_REFUSED, from,
                    ceremony_from_sentence(from, s));
}

int ceremony_end_next(struct cli *c, struct roster *r)
{
    const char *const out = cli_value(c, "out");
    struct bytes text = {0};

    status s = roster_write(r, &c->arena, &text);
    if (s == OK)
        s = ceremony_write(c, text, out);
    if (s != OK)
        return cli_fail(c, EXIT_REFUSED, out,
                        s == E_VALUE ? ceremony_roster_sentence(c, r)
                                     : ceremony_write_sentence(s));
    (void)printf(c->json ? "{\"status\":\"ok\",\"version\":%u,\"agencies\":%zu}\n"
                         : "roster version %u with %zu agencies, to be signed\n",
                 r->version, r->agency_count);
    return EXIT_DONE;
}

static int run_add(struct cli *c)
{
    struct ceremony_root *const root = arena_take(&c->arena, sizeof *root);
    struct roster *const r = arena_take(&c->arena, sizeof *r);
    static const char *const needed[] = {"root", "out"};
    uint64_t days = 0;
    uint64_t quorum = 0;

    int code = ceremony_needs(
        c, needed, COUNT_OF(needed),
        c->argument_count > 0 ? NULL : "the requests of the agencies to be listed");
    if (code == EXIT_DONE && (!number_option(c, "days", 365, 3650, &days) ||
                              !number_option(c, "quorum", 2, AGENCIES_MAX, &quorum)))
        code = EXIT_WRONG_USE;
    if (code == EXIT_DONE)
        code = ceremony_root_given(c, root);
    if (code == EXIT_DONE)
        code = ceremony_begin_next(c, root, r);
    if (code == EXIT_DONE)
        code = add_requests(c, root, r);
    if (code != EXIT_DONE)
        return code;
    r->expires = r->issued + days * DAY_MS;
    /* A publisher does not witness itself. */
    const size_t others = r->agency_count > 1 ? r->agency_count - 1 : 1;
    r->quorum = (uint32_t)(quorum < others ? quorum : others);
    return ceremony_end_next(c, r);
}

const struct command command_roster_add = {
    .name = "roster add",
    .arguments = "REQUEST...",
    .summary = "Makes the next roster with the agencies of these enrolment requests",
    .options = add_options,
    .option_count = COUNT_OF(add_options),
    .run = run_add,
};

static const struct option_row access_options[] = {
    {"root", "FILE", "root document"},
    {"from", "FILE", "the roster in force, which this one follows"},
    {"out", "FILE", "the roster to be signed"},
};

/* All else stays as it is in force, the day on which it ends too. */
static int run_access(struct cli *c)
{
    struct ceremony_root *const root = arena_take(&c->arena, sizeof *root);
    struct roster *const r = arena_take(&c->arena, sizeof *r);
    const char *const word = c->argument_count == 2 ? c->arguments[1] : "";
    const bool yes = strcmp(word, "yes") == 0;
    static const char *const needed[] = {"root", "from", "out"};
    struct agency_id id;
    size_t at = 0;

    const bool said = (yes || strcmp(word, "no") == 0) &&
                      agency_id_read(bytes_of_text(c->arguments[0]), &id) == OK;
    int code = ceremony_needs(c, needed, COUNT_OF(needed),
                              said ? NULL : "an agency's id, then yes or no");
    if (code == EXIT_DONE)
        code = ceremony_root_given(c, root);
    if (code == EXIT_DONE)
        code = ceremony_begin_next(c, root, r);
    if (code != EXIT_DONE)
        return code;
    while (at < r->agency_count && !agency_id_equal(&r->agencies[at].id, &id))
        at++;
    if (at == r->agency_count)
        return cli_fail(c, EXIT_REFUSED, id.text, ceremony_not_listed);
    struct roster_agency *const a = &r->agencies[at];
    if (!yes && a->kind == AGENCY_IMMIGRATION)
        return cli_fail(c, EXIT_REFUSED, id.text,
                        "it is immigration enforcement itself, whatever is said of its "
                        "staff");
    if (a->immigration_access == yes)
        return cli_fail(c, EXIT_REFUSED, id.text, "the roster says so already");
    if (r->issued >= r->expires)
        return cli_fail(c, EXIT_REFUSED, cli_value(c, "from"),
                        "that roster has expired: make the next one with `roster add`");
    a->immigration_access = yes;
    return ceremony_end_next(c, r);
}

const struct command command_roster_access = {
    .name = "roster access",
    .arguments = "AGENCY yes|no",
    .summary = "Makes the next roster, which says whether an agency's staff have "
               "immigration access",
    .details =
        "No rule sends a record to an agency whose staff have immigration enforcement "
        "access: each\nneeds a named person's decision (`flagpost decide`), and what "
        "protects a person in it stands\nin the way.  An agency may say it of itself when "
        "it enrols (`flagpost init\n--immigration-access`); its request does not take back "
        "what is said here.",
    .options = access_options,
    .option_count = COUNT_OF(access_options),
    .run = run_access,
};

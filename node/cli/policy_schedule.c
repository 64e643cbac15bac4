#include "ceremony.h"
#include "file.h"
#include "schedule.h"

#include <stdio.h>
#include <string.h>

/*
 * `flagpost policy schedule`: the schedule of a sharing agreement, from the rules.
 * Markdown, so that it can be read as it is, printed, and put under an agreement's text.
 */

static const struct option_row options[] = {
    {"roster", "FILE", "signed roster: which agency gets what from whom"},
    {"root", "FILE", "root document: checks the signatures of both"},
};

enum { SENTENCE_ROOM = 4096 };

struct schedule {
    struct cli *cli;
    struct lists *lists;
    struct roster *roster; /* NULL: rules alone */
    bool signatures;       /* of the rules, checked */
};

static int read_rules(struct schedule *s, const struct ceremony_root *root)
{
    static const char head[] = "flagpost/lists/";
    struct cli *const c = s->cli;
    struct bytes text = {0};
    struct bytes file = {0};

    status why = file_read(c->arguments[0], NOTE_BYTES_MAX, &c->arena, &file);
    if (why != OK)
        return cli_fail(c, EXIT_UNREACHABLE, c->arguments[0],
                        cli_file_sentence(c->arguments[0], why));
    const bool is_note =
        file.size > sizeof head && memcmp(file.at, head, sizeof head - 1) == 0;
    if (is_note && root != NULL) {
        why = lists_verify(file, &root->root, &root->realm, NULL, &c->arena, s->lists);
        s->signatures = true;
    } else if (is_note) {
        why = lists_read(ceremony_text(file), NULL, s->lists);
    } else {
        const struct lists_head draft = {.version = 1};
        why = lists_compose(file, &draft, &c->arena, &text);
        if (why == OK)
            why = lists_read(text, NULL, s->lists);
    }
    return why == OK
               ? EXIT_DONE
               : cli_fail(c, cli_exit_code(why), c->arguments[0], status_sentence(why));
}

static int read_roster(struct schedule *s, const char *path,
                       const struct ceremony_root *root)
{
    struct cli *const c = s->cli;
    struct bytes file = {0};

    if (root == NULL)
        return cli_fail(c, EXIT_WRONG_USE, "--roster",
                        "give --root as well: who is enrolled counts only as signed");
    status why = file_read(path, NOTE_BYTES_MAX, &c->arena, &file);
    if (why != OK)
        return cli_fail(c, EXIT_UNREACHABLE, path, cli_file_sentence(path, why));
    why = roster_verify(file, &root->root, &root->realm, NULL, &c->arena, s->roster);
    return why == OK ? EXIT_DONE
                     : cli_fail(c, cli_exit_code(why), path, status_sentence(why));
}

static struct bytes recipients_of(struct schedule *s, const struct list_route *route)
{
    struct writer w = writer_over(arena_take(&s->cli->arena, SENTENCE_ROOM), SENTENCE_ROOM);

    for (size_t i = 0; i < route->to_count; i++) {
        write_text(&w, i == 0 ? "" : "; ");
        schedule_recipient(&s->lists->routes, &route->to[i], &w);
    }
    return writer_bytes(&w);
}

static struct bytes conditions_of(struct schedule *s, const struct list_route *route)
{
    struct writer w = writer_over(arena_take(&s->cli->arena, SENTENCE_ROOM), SENTENCE_ROOM);

    schedule_when(route, &w);
    return writer_bytes(&w);
}

static const char *effect_of(const struct list_route *route)
{
    switch (route->effect) {
    case ROUTE_SEND:
        return "gets it";
    case ROUTE_CONFIDENTIAL:
        return "gets it, unseen by the others";
    case ROUTE_DENY:
        return "never gets it";
    }
    return "";
}

static void print_rule(struct schedule *s, const struct list_route *route)
{
    const struct bytes to = recipients_of(s, route);
    const struct bytes when = conditions_of(s, route);

    if (!s->cli->json) {
        (void)printf("| ");
        cli_put(stdout, route->name);
        (void)printf(" | ");
        cli_put(stdout, when);
        (void)printf(" | ");
        cli_put(stdout, to);
        (void)printf(" | %s |\n", effect_of(route));
        return;
    }
    (void)printf("{\"row\":\"rule\",\"rule\":");
    cli_print_json_text(route->name);
    (void)printf(",\"when\":");
    cli_print_json_text(when);
    (void)printf(",\"to\":");
    cli_print_json_text(to);
    (void)printf(",\"effect\":\"%s\"}\n", effect_of(route));
}

/* Every agency's own receiving, as the roster resolves the rules today. */
static void print_flow(struct schedule *s, const struct roster_agency *to,
                       const struct list_route *route)
{
    const struct roster *const roster = s->roster;
    size_t count = 0;

    for (size_t i = 0; i < roster->agency_count; i++) {
        const struct roster_agency *const owner = &roster->agencies[i];
        if (roster_is_revoked(roster, &owner->id) ||
            !schedule_joins(roster, &s->lists->routes, route, owner, to))
            continue;
        if (s->cli->json) {
            (void)printf("{\"row\":\"flow\",\"from\":\"%s\",\"to\":\"%s\",\"rule\":",
                         owner->id.text, to->id.text);
            cli_print_json_text(route->name);
            (void)printf(",\"effect\":\"%s\"}\n", effect_of(route));
            continue;
        }
        if (count++ == 0) {
            (void)printf("| %s | ", to->id.text);
            cli_put(stdout, route->name);
            (void)printf(" | %s | %s", effect_of(route), owner->id.text);
        } else {
            (void)printf(", %s", owner->id.text);
        }
    }
    if (count > 0)
        (void)printf(" |\n");
}

static void print_flows(struct schedule *s)
{
    if (!s->cli->json)
        (void)printf("\n## Who receives from whom\n\n"
                     "Roster version %u.  What a rule asks of a record is above.\n\n"
                     "| agency | rule | | from |\n|---|---|---|---|\n",
                     s->roster->version);
    for (size_t i = 0; i < s->roster->agency_count; i++) {
        if (roster_is_revoked(s->roster, &s->roster->agencies[i].id))
            continue;
        for (size_t k = 0; k < s->lists->routes.count; k++)
            print_flow(s, &s->roster->agencies[i], &s->lists->routes.at[k]);
    }
}

static void print_ceilings(const struct schedule *s)
{
    (void)printf(
        "\n## What each agency may hold at most\n\n"
        "| agency | name | kind | marking at most | flags |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < s->roster->agency_count; i++) {
        const struct roster_agency *const a = &s->roster->agencies[i];
        (void)printf("| %s | ", a->id.text);
        cli_put(stdout, bytes_of_text(a->name));
        (void)printf(" | %s%s | %s |", agency_kind_word(a->kind),
                     roster_is_revoked(s->roster, &a->id) ? ", revoked" : "",
                     a->ceiling == MARKING_OFFICIAL ? "OFFICIAL" : "OFFICIAL-SENSITIVE");
        (void)printf("%s", a->flag_count == 0 ? " any" : "");
        for (size_t k = 0; k < a->flag_count; k++)
            (void)printf("%s %s", k == 0 ? "" : ",", a->flags[k]);
        (void)printf(" |\n");
    }
}

static void print_head(const struct schedule *s)
{
    char issued[TIME_TEXT_ROOM];

    (void)printf("# Schedule: what is shared with whom\n\n");
    time_write(s->lists->issued, issued);
    if (s->lists->issued == 0)
        (void)printf("From rules that are not signed: a draft.\n");
    else
        (void)printf("From the rules, version %u of %s, %s.\n", s->lists->version, issued,
                     s->signatures ? "signed by enough root keys"
                                   : "whose signatures were not checked (no --root)");
    (void)printf(
        "Made by `flagpost policy schedule`; the node sends by the same rules, and "
        "asks them again\nfor each entry when it leaves.\n\n"
        "## The rules\n\n"
        "A rule that says never wins over all others.\n\n"
        "| rule | when | who | |\n|---|---|---|---|\n");
}

/* What no list can change; the line of the mission that is not crossed (R10, R20). */
static void print_persons_alone(void)
{
    (void)printf(
        "\n## By a named person's decision alone\n\n"
        "Immigration enforcement, agencies whose staff have that access, and "
        "authorities outside the\nUnited Kingdom are reached by no rule.  For each "
        "record a person decides, with a reason, which\nis logged before anything "
        "leaves (`flagpost decide`).  A victim, a witness, an unknown or double\n"
        "role, a child or a disputed age blocks it unless that person overrides the "
        "block, with another\nreason.\n");
}

static int run(struct cli *c)
{
    const char *const roster = cli_text(c, "roster");
    const char *const root_path = cli_text(c, "root");
    struct ceremony_root *const root = arena_take(&c->arena, sizeof *root);
    struct schedule s = {.cli = c, .lists = arena_take(&c->arena, sizeof *s.lists)};

    if (c->argument_count != 1)
        return cli_fail(c, EXIT_WRONG_USE, "policy schedule", "give one list of rules");
    MUST(root != NULL && s.lists != NULL);
    if (root_path != NULL && !ceremony_root(c, root_path, root))
        return EXIT_REFUSED;
    const struct ceremony_root *const trusted = root_path == NULL ? NULL : root;
    int code = read_rules(&s, trusted);
    if (code == EXIT_DONE && roster != NULL) {
        s.roster = arena_take(&c->arena, sizeof *s.roster);
        MUST(s.roster != NULL);
        code = read_roster(&s, roster, trusted);
    }
    if (code != EXIT_DONE)
        return code;
    if (!c->json)
        print_head(&s);
    for (size_t i = 0; i < s.lists->routes.count; i++)
        print_rule(&s, &s.lists->routes.at[i]);
    if (s.roster != NULL)
        print_flows(&s);
    if (!c->json) {
        print_persons_alone();
        if (s.roster != NULL)
            print_ceilings(&s);
    }
    return EXIT_DONE;
}

const struct command command_policy_schedule = {
    .name = "policy schedule",
    .arguments = "RULES",
    .summary = "Prints the rules as the schedule of a sharing agreement",
    .details = "RULES is a signed list, or a draft as deploy/lists/lists.txt is.  Needs no "
               "node and no home.",
    .options = options,
    .option_count = COUNT_OF(options),
    .run = run,
};

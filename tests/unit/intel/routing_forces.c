#include "routed.h"

/*
 * Which regional unit is a force's own, by the shipped list, for the forces that are not as
 * the others: those of London, those by arrangement, and the two that are served from
 * beyond their border (page 4, section 5).
 */

static const char *const units[] = {"EMSOU",  "ERSOU",  "NEROCU", "NWROCU", "SEROCU",
                                    "SWROCU", "TARIAN", "WMROCU", "YHROCU"};

static void publish_as(const char *force)
{
    set_text(agency("F55")->force, force);
    decide();
}

/* All nine units and London's team beside the fixture's two. */
static void all_units(void)
{
    start();
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        if (strcmp(units[i], "SEROCU") != 0 && strcmp(units[i], "SWROCU") != 0)
            add(units[i], AGENCY_ROCU,
                units[i]); /* out of order: only the rank would mind */
    }
    add("LROCTA", AGENCY_PARTNER, "LONDON");
}

/* Of the units and the team `only` gets it, NULL: none does; cell and PND get it anyhow. */
static void check_only(const char *force, const char *only)
{
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        const bool wanted = only != NULL && strcmp(units[i], only) == 0;
        if (decision(units[i])->yes != wanted)
            (void)fprintf(stderr, "  force %s, unit %s\n", force, units[i]);
        CHECK_INT(decision(units[i])->yes, wanted);
    }
    CHECK_INT(decision("LROCTA")->yes, only != NULL && strcmp(only, "LROCTA") == 0);
    check_rule("JFC", true, "fusion");
    check_rule("PND", true, "national");
}

static void each_force_that_is_not_as_the_others_has_its_own(void)
{
    static const struct {
        const char *force, *own, *rule;
    } cases[] = {
        {"01", "LROCTA", "london"}, /* the Met, under either of its codes */
        {"02", "LROCTA", "london"}, {"48", "LROCTA", "london"}, /* City of London */
        {"93", "LROCTA", "london"}, /* British Transport Police */
        {"60", "NWROCU", "unit"},   /* North Wales, and not Tarian */
        {"46", "ERSOU", "unit"},    /* Kent, and not the South East */
        {"61", "TARIAN", "unit"},   {"47", "SEROCU", "unit"},
    };

    all_units();
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        publish_as(cases[i].force);
        check_only(cases[i].force, cases[i].own);
        check_rule(cases[i].own, true, cases[i].rule);
        CHECK_INT(routing.gap_count, 0);
    }
}

/* MDP, CNC, Police Scotland (and the services before it), PSNI: nothing is arranged in the
 * shipped list, and whoever publishes is told. */
static void by_arrangement_is_a_finding_until_there_is_one(void)
{
    static const char *const forces[] = {"24", "59", "90", "96", "98"};

    all_units();
    for (size_t i = 0; i < COUNT_OF(forces); i++) {
        publish_as(forces[i]);
        check_only(forces[i], NULL);
        CHECK_INT(routing.gap_count, 1);
        CHECK_BYTES(routing.gaps[0].rule, b("unit"));
        CHECK(strstr(routing.gaps[0].reason, "no regional unit serves") != NULL);
    }
}

/* The shipped list as a deployment edits it: one line in the place of another. */
static void edit(struct bytes *body, const char *line, const char *by)
{
    static char room[2][64 * 1024];
    static size_t turn;
    char *const to = room[turn++ % 2];
    const char *const at = memmem(body->at, body->size, line, strlen(line));

    CHECK(at != NULL);
    const int before = (int)(at - (const char *)body->at);
    const char *const rest = at + strlen(line);
    const int after = (int)((const char *)body->at + body->size - rest);
    const int size = snprintf(to, sizeof room[0], "%.*s%s%.*s", before,
                              (const char *)body->at, by, after, rest);
    CHECK(size > 0 && (size_t)size < sizeof room[0]);
    *body = bytes_of(to, (size_t)size);
}

static void install(struct bytes body)
{
    const struct lists_head head = {.version = 1};
    struct bytes text = {0};

    CHECK_OK(lists_compose(body, &head, &arena, &text));
    CHECK_OK(lists_read(text, &head.realm, &lists));
}

/* An arrangement with a unit is its line `serves`, one with others is a rule, as London's
 * is; either way nothing is left to be told. */
static void an_arrangement_is_a_line_of_the_signed_list(void)
{
    all_units();
    struct bytes body = fixture_file("deploy/lists/lists.txt", &arena);
    edit(&body, "serves none 24 59 90 98\n", "serves SWROCU 98\nserves none 24 59 90\n");
    edit(&body, "force!=01,48,93\n",
         "force!=01,24,48,93\nroute mdp send to SEROCU,BF when owner=fib force=24\n");
    install(body);
    publish_as("98");
    check_only("98", "SWROCU");
    check_rule("SWROCU", true, "unit");
    CHECK_INT(routing.gap_count, 0);
    publish_as("24");
    check_only("24", "SEROCU");
    check_rule("SEROCU", true, "mdp");
    check_rule("BF", true, "mdp");
    CHECK_INT(routing.gap_count, 0);
    publish_as("59");
    check_only("59", NULL);
    CHECK_INT(routing.gap_count, 1);
    publish_as("55");
    check_only("55", "SWROCU");
    CHECK(!decision("BF")->yes);
}

/* What has been arranged with an agency that is not enrolled has not been kept. */
static void an_arrangement_that_cannot_be_kept_is_a_finding(void)
{
    all_units();
    rules("route psni send to PSNI-INT when owner=fib force=98\n");
    publish_as("98");
    CHECK_INT(routing.recipient_count, 0);
    CHECK_INT(routing.gap_count, 1);
    CHECK_BYTES(routing.gaps[0].rule, b("psni"));
    CHECK(strstr(routing.gaps[0].reason, "that it names is not enrolled") != NULL);
}

CASES(CASE(each_force_that_is_not_as_the_others_has_its_own),
      CASE(by_arrangement_is_a_finding_until_there_is_one),
      CASE(an_arrangement_is_a_line_of_the_signed_list),
      CASE(an_arrangement_that_cannot_be_kept_is_a_finding))

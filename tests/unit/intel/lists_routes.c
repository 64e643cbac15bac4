#include "fixture.h"

#include "force.h"

/* The grammar of routing rules and of the tables they use. */

static struct lists lists;
static struct arena arena;

static status compose(const char *lines)
{
    static char body[64 * 1024];
    struct bytes text = {0};
    const struct lists_head head = {.version = 1, .issued = 1790000000000};

    fixture_arena(&arena);
    (void)snprintf(body, sizeof body,
                   "flag OIMCR\nflag OTHER\ncode C-1 OIMCR 2026-01-01T00:00:00Z - One\n%s",
                   lines);
    TRY(lists_compose(b(body), &head, &arena, &text));
    return lists_read(text, &head.realm, &lists);
}

static const struct list_route *one(const char *line)
{
    CHECK_OK(compose(line));
    CHECK_INT(lists.routes.count, 1);
    return &lists.routes.at[0];
}

static void a_rule_reads_as_it_is_written(void)
{
    const struct list_route *const r =
        one("role TEAM F01 F48\n"
            "route a-rule-1 send to own-rocu,neighbouring-rocus,kind:fusion,region:SWROCU,"
            "role:TEAM,JFC when flag=OIMCR owner=fib,rocu priority=high needs code\n");

    CHECK_BYTES(r->name, b("a-rule-1"));
    CHECK_INT(r->effect, ROUTE_SEND);
    CHECK_INT(r->to_count, 6);
    CHECK_INT(r->to[0].to, ROUTE_OWN_ROCU);
    CHECK_INT(r->to[1].to, ROUTE_NEIGHBOURS);
    CHECK(r->to[2].to == ROUTE_KIND && r->to[2].kind == AGENCY_FUSION);
    CHECK_INT(r->to[3].to, ROUTE_REGION);
    CHECK_BYTES(r->to[3].name, b("SWROCU"));
    CHECK_INT(r->to[4].to, ROUTE_ROLE);
    CHECK_INT(r->to[5].to, ROUTE_AGENCY);
    CHECK_BYTES(r->to[5].name, b("JFC"));
    CHECK_INT(r->when_count, 3);
    CHECK_INT(r->when[1].values, 1u << AGENCY_FIB | 1u << AGENCY_ROCU);
    CHECK(!r->when[0].negated && r->needs_code);
    CHECK(routes_has_role(&lists.routes, b("TEAM"), b("F48")));
    CHECK(!routes_has_role(&lists.routes, b("TEAM"), b("F55")));
}

static void each_condition_takes_its_own_words(void)
{
    static const char *const right[] = {"flag=OIMCR",
                                        "flag=OIMCR,OTHER",
                                        "flag!=OTHER",
                                        "code=C-1",
                                        "owner=immigration",
                                        "force=01,98",
                                        "force!=55",
                                        "region=SWROCU",
                                        "handling=P",
                                        "handling=C",
                                        "action=A1,A2,A3,none",
                                        "sanitisation=S1,none",
                                        "marking<=OFFICIAL",
                                        "marking<=OFFICIAL-SENSITIVE",
                                        "priority=high,low",
                                        "role=victim,witness",
                                        "role!=unknown",
                                        "purpose=protect-life"};
    static const char *const wrong[] = {
        "flag=NOBODY",       "flag=oimcr",      "flag=",           "flag",
        "flag<=OIMCR",       "flag!OIMCR",      "code=C-2",        "owner=police",
        "force=1",           "force=02",        "force=5A",        "region=sw",
        "handling=A",        "action=A4",       "sanitisation=S3", "marking=OFFICIAL",
        "marking!=OFFICIAL", "marking<=SECRET", "priority=urgent", "role=child",
        "purpose=fun",       "nationality=GB",  "flag=OIMCR,",     "=OIMCR"};
    char line[128];

    for (size_t i = 0; i < COUNT_OF(right); i++) {
        (void)snprintf(line, sizeof line, "route a deny to JFC when %s\n", right[i]);
        CHECK_OK(compose(line));
    }
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        (void)snprintf(line, sizeof line, "route a send to JFC when %s\n", wrong[i]);
        if (compose(line) == OK)
            (void)fprintf(stderr, "%s", line);
        CHECK(compose(line) != OK);
    }
}

static void refuses_what_the_grammar_does_not_know(void)
{
    static const struct {
        const char *line;
        status wanted;
    } wrong[] = {
        {"route a send to jfc", E_VALUE},
        {"route A send to JFC", E_VALUE},
        {"route 1 send to JFC", E_VALUE},
        {"route a-name-that-is-far-too-long send to JFC", E_VALUE},
        {"route a send to JFC\nroute a deny to JFC", E_VALUE},
        {"route a give to JFC", E_FORM},
        {"route a send JFC", E_FORM},
        {"route a send to", E_FORM},
        {"route a send to JFC,", E_VALUE},
        {"route a send to JFC, BF", E_VALUE},
        {"route a send to kind:police", E_VALUE},
        {"route a send to role:NONE", E_VALUE},
        {"route a send to region:", E_VALUE},
        {"route a send to other:JFC", E_VALUE},
        {"route a send to JFC when", E_FORM},
        {"route a send to JFC when needs code", E_FORM},
        {"route a send to JFC needs", E_FORM},
        {"route a send to JFC needs codes", E_FORM},
        {"route a send to JFC needs code when flag=OIMCR", E_FORM},
        {"route a deny to JFC needs code", E_FORM},
        {"route a send to JFC flag=OIMCR", E_FORM},
        {"route a send to A,B,C,D,E,F,G,H,I", E_LIMIT},
        {"route a send to JFC when flag=OIMCR flag=OIMCR flag=OIMCR flag=OIMCR flag=OIMCR "
         "flag=OIMCR flag=OIMCR flag=OIMCR flag=OIMCR flag=OIMCR flag=OIMCR",
         E_LIMIT},
        {"serves SWROCU", E_FORM},
        {"serves SWROCU 55 55", E_VALUE},
        {"serves SWROCU 55\nserves none 55", E_VALUE},
        {"serves SWROCU 02", E_VALUE},
        {"serves sw 55", E_VALUE},
        {"neighbour SWROCU SEROCU", E_VALUE},
        {"serves SWROCU 55\nneighbour SWROCU SWROCU", E_VALUE},
        {"serves A 55\nserves B 44\nneighbour A B\nneighbour B A", E_VALUE},
        {"role TEAM", E_FORM},
        {"role TEAM F01 F01", E_VALUE},
        {"role TEAM f01", E_VALUE},
        {"route a send to JFC\nserves SWROCU 55", E_FORM},
    };
    char line[512];

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        (void)snprintf(line, sizeof line, "%s\n", wrong[i].line);
        const status got = compose(line);
        if (got != wrong[i].wanted)
            (void)fprintf(stderr, "%s", line);
        CHECK_STATUS(got, wrong[i].wanted);
    }
}

/* What no rule can do, no rule may seem to do. */
static void no_rule_can_name_immigration_enforcement_as_a_kind(void)
{
    CHECK_STATUS(compose("route a send to kind:immigration\n"), E_VALUE);
    CHECK_STATUS(compose("route a confidential to JFC,kind:immigration\n"), E_VALUE);
    CHECK_OK(compose("route a deny to kind:immigration\n"));
    CHECK_STATUS(compose("route a send to kind:abroad\n"), E_VALUE); /* R20 */
    CHECK_OK(compose("route a deny to kind:abroad\n"));
}

static void too_many_rules_are_refused(void)
{
    static char body[16 * 1024];
    struct writer w = writer_over(body, sizeof body - 1);

    for (unsigned i = 0; i <= ROUTES_MAX; i++) {
        write_text(&w, "route r");
        write_decimal(&w, i);
        write_text(&w, " send to JFC\n");
    }
    CHECK(!w.bad);
    body[w.size] = '\0';
    CHECK_STATUS(compose(body), E_LIMIT);
    char *const last = strstr(body, "route r128");
    CHECK(last != NULL);
    *last = '\0';
    CHECK_OK(compose(body));
    CHECK_INT(lists.routes.count, ROUTES_MAX);
}

/* Page 4, section 5: who serves whom. */
static void the_shipped_table_is_that_of_the_nine_units(void)
{
    static const struct {
        const char *force, *unit;
    } facts[] = {{"10", "NEROCU"}, {"60", "NWROCU"}, {"06", "NWROCU"}, {"13", "YHROCU"},
                 {"22", "WMROCU"}, {"33", "EMSOU"},  {"46", "ERSOU"},  {"42", "ERSOU"},
                 {"44", "SEROCU"}, {"55", "SWROCU"}, {"62", "TARIAN"}, {"01", ""},
                 {"48", ""},       {"93", ""},       {"24", ""},       {"59", ""},
                 {"90", ""},       {"98", ""}};

    fixture_arena(&arena);
    fixture_lists(&arena, &lists);
    CHECK_INT(lists.routes.served_count, 48); /* every force of forces.txt, once */
    for (size_t i = 0; i < COUNT_OF(facts); i++) {
        const struct list_served *const s = routes_served(&lists.routes, b(facts[i].force));
        CHECK(s != NULL);
        CHECK_BYTES(s->unit, b(facts[i].unit));
    }
    CHECK(routes_served(&lists.routes, b("02")) == NULL);
    CHECK_BYTES(force_code_now(b("02")), b("01"));
    CHECK_BYTES(force_code_now(b("74")), b("90"));
    CHECK_BYTES(force_of_urn(b(" 55-ir-2026-00000012")), b("55"));
    CHECK_BYTES(force_of_urn(b("02-IR-")), b("02"));
    static const char *const of_none[] = {
        "",      "55",       "55-2026-12", "55/IR/2026/1", "5-IR-2026-1", "SW-IR-2026-1",
        "55-IR", "IR123456", "N/A",        "555-IR-2026-1"};
    for (size_t i = 0; i < COUNT_OF(of_none); i++)
        CHECK_INT(force_of_urn(b(of_none[i])).size, 0);
    CHECK(routes_are_neighbours(&lists.routes, b("SWROCU"), b("SEROCU")));
    CHECK(routes_are_neighbours(&lists.routes, b("TARIAN"), b("SWROCU")));
    CHECK(!routes_are_neighbours(&lists.routes, b("SWROCU"), b("NEROCU")));
}

/* forces.txt beside it says the same of each force. */
static void the_shipped_table_agrees_with_the_list_of_forces(void)
{
    fixture_arena(&arena);
    fixture_lists(&arena, &lists);
    struct bytes rest = fixture_file("deploy/lists/forces.txt", &arena);
    struct bytes line = {0};
    size_t count = 0;

    while (text_cut(&rest, '\n', &line)) {
        struct bytes word = {0};
        struct bytes force = {0};
        struct bytes region = {0};
        if (!text_cut(&line, ' ', &word) || !text_is(word, "force"))
            continue;
        CHECK(text_cut(&line, ' ', &force) && text_cut(&line, ' ', &region));
        const struct list_served *const s = routes_served(&lists.routes, force);
        const bool none = text_is(region, "-") || text_is(region, "LONDON");
        CHECK(s != NULL);
        CHECK_BYTES(s->unit, none ? b("") : region);
        count++;
    }
    CHECK_INT(count, 48);
}

static void check_shipped_rule(const struct list_route *r)
{
    for (size_t k = 0; k < r->to_count; k++) {
        CHECK(r->to[k].kind != AGENCY_IMMIGRATION && !text_is(r->to[k].name, "IE"));
        CHECK_INT(r->needs_code, r->to[k].kind == AGENCY_INGEST);
    }
}

static void no_shipped_rule_names_immigration_enforcement(void)
{
    fixture_arena(&arena);
    fixture_lists(&arena, &lists);
    CHECK(lists.routes.count > 0);
    for (size_t i = 0; i < lists.routes.count; i++)
        check_shipped_rule(&lists.routes.at[i]);
}

CASES(CASE(a_rule_reads_as_it_is_written), CASE(each_condition_takes_its_own_words),
      CASE(refuses_what_the_grammar_does_not_know),
      CASE(no_rule_can_name_immigration_enforcement_as_a_kind),
      CASE(too_many_rules_are_refused), CASE(the_shipped_table_is_that_of_the_nine_units),
      CASE(the_shipped_table_agrees_with_the_list_of_forces),
      CASE(no_shipped_rule_names_immigration_enforcement))

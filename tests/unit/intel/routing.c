#include "routing.h"

#include "fixture.h"

static struct record record;
static struct lists lists;
static struct roster roster;
static struct routing routing;
static struct arena arena;
static const struct agency_id owner = {"F55"};

static struct roster_agency *agency(const char *id)
{
    for (size_t i = 0; i < roster.agency_count; i++) {
        if (strcmp(roster.agencies[i].id.text, id) == 0)
            return &roster.agencies[i];
    }
    CHECK(false);
    return NULL;
}

/* Into a field that has room for it. */
static void set_text(char *field, const char *text)
{
    memcpy(field, text, strlen(text) + 1);
}

static void add(const char *id, enum agency_kind kind, const char *region)
{
    struct roster_agency *const a = &roster.agencies[roster.agency_count++];

    *a = (struct roster_agency){.kind = kind,
                                .valid_from = 1,
                                .valid_until = fixture_now + 1,
                                .ceiling = MARKING_OFFICIAL_SENSITIVE};
    set_text(a->id.text, id);
    set_text(a->region, region);
}

/* Two forces of one region and one of London, three units, and the national bodies. */
static void start(void)
{
    fixture_arena(&arena);
    fixture_lists(&arena, &lists);
    fixture_record(&record);
    record.facts.flags = (struct text_list){1, {b("OIMCR")}};
    roster = (struct roster){.version = 1};
    add("BF", AGENCY_PARTNER, "NATIONAL");
    add("F01", AGENCY_FIB, "LONDON");
    add("F50", AGENCY_FIB, "SWROCU");
    add("F55", AGENCY_FIB, "SWROCU");
    add("IE", AGENCY_IMMIGRATION, "NATIONAL");
    add("JFC", AGENCY_FUSION, "NATIONAL");
    add("PND", AGENCY_INGEST, "NATIONAL");
    add("SEROCU", AGENCY_ROCU, "SEROCU");
    add("SWROCU", AGENCY_ROCU, "SWROCU");
}

static void decide_with(bool code_is_right)
{
    routing_decide(&record, &owner, &roster, &lists, code_is_right, fixture_now, &routing);
}

static void decide(void)
{
    decide_with(true);
}

static void check_decision(const char *id, bool yes, const char *reason)
{
    for (size_t i = 0; i < routing.count; i++) {
        const struct route_decision *const d = &routing.at[i];
        if (strcmp(d->agency.text, id) != 0)
            continue;
        if (d->yes != yes || strstr(d->reason, reason) == NULL)
            (void)fprintf(stderr, "  %s: %d, %s\n", id, d->yes, d->reason);
        CHECK(d->yes == yes && strstr(d->reason, reason) != NULL);
        return;
    }
    CHECK(false);
}

static void route(const char *flag, const char *lines)
{
    char body[512];
    struct bytes text = {0};
    const struct lists_head head = {.version = 1};

    (void)snprintf(body, sizeof body, "flag OIMCR\nflag %s\n%s", flag, lines);
    CHECK_OK(lists_compose(b(body), &head, &arena, &text));
    CHECK_OK(lists_read(text, &head.realm, &lists));
}

static void a_bureaus_record_goes_to_its_unit_the_cell_and_pnd(void)
{
    start();
    decide();
    CHECK_INT(routing.count, 8);
    CHECK_INT(routing.recipient_count, 3);
    check_decision("SWROCU", true, "owner's regional unit");
    check_decision("JFC", true, "of this kind");
    check_decision("PND", true, "of this kind");
    check_decision("SEROCU", false, "no rule sends it there");
    check_decision("F50", false, "no rule sends it there");
    check_decision("BF", false, "no rule sends it there");
    for (size_t i = 0; i < routing.count; i++)
        CHECK(!agency_id_equal(&routing.at[i].agency, &owner));
}

static void without_the_code_only_pnd_is_withheld(void)
{
    start();
    decide_with(false);
    CHECK_INT(routing.recipient_count, 2);
    check_decision("PND", false, "crime identifier code is missing or wrong (R7)");
    check_decision("SWROCU", true, "");
    check_decision("JFC", true, "");
}

static void a_side_door_does_not_open_pnd_without_the_code(void)
{
    static const char *const orders[] = {
        "route * fib region:NATIONAL\nroute * fib kind:ingest code\n",
        "route * fib kind:ingest code\nroute * fib region:NATIONAL\n"};

    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        start();
        route("OTHER", orders[i]);
        decide_with(false);
        check_decision("PND", false, "(R7)");
        check_decision("JFC", true, "region");
        decide_with(true);
        check_decision("PND", true, "");
    }
}

static void no_rule_reaches_immigration_enforcement(void)
{
    start();
    route("OTHER", "route * * kind:immigration\nroute * * IE\nroute * * JFC\n"
                   "route * fib own-rocu\n");
    agency("JFC")->immigration_access = true;
    agency("SWROCU")->immigration_access = true;
    decide();
    CHECK_INT(routing.recipient_count, 0);
    check_decision("IE", false, "never reached by a rule alone");
    check_decision("JFC", false, "never reached by a rule alone");
    check_decision("SWROCU", false, "never reached by a rule alone");
}

static void a_force_without_a_unit_or_with_two_is_told_so(void)
{
    const struct agency_id met = {"F01"};

    start();
    routing_decide(&record, &met, &roster, &lists, true, fixture_now, &routing);
    check_decision("SWROCU", false, "no regional unit serves this force");
    check_decision("JFC", true, "");

    set_text(agency("SEROCU")->region, "SWROCU");
    decide();
    check_decision("SWROCU", false, "several regional units");
    check_decision("SEROCU", false, "several regional units");

    start();
    agency("F55")->region[0] = '\0';
    agency("SEROCU")->region[0] = '\0';
    decide();
    check_decision("SEROCU", false, "no regional unit serves this force");
}

static void the_roster_can_only_take_away(void)
{
    start();
    agency("SWROCU")->ceiling = MARKING_OFFICIAL;
    decide();
    check_decision("SWROCU", false, "marking is above");
    record.label.marking = MARKING_OFFICIAL;
    decide();
    check_decision("SWROCU", true, "");

    start();
    agency("JFC")->valid_until = fixture_now;
    agency("PND")->valid_from = fixture_now + 1;
    decide();
    check_decision("JFC", false, "not valid today");
    check_decision("PND", false, "not valid today");

    start();
    roster.revocation_count = 1;
    roster.revocations[0].agency = agency("JFC")->id;
    decide();
    check_decision("JFC", false, "revoked");

    start();
    agency("F50")->ceiling = MARKING_OFFICIAL;
    decide();
    check_decision("F50", false, "no rule sends it there");
}

/* Even a roster that says so does not let SECRET out. */
static void nothing_above_official_sensitive_goes_anywhere(void)
{
    start();
    for (size_t i = 0; i < roster.agency_count; i++)
        roster.agencies[i].ceiling = MARKING_TOP_SECRET;
    record.label.marking = MARKING_SECRET;
    decide();
    CHECK_INT(routing.recipient_count, 0);
}

static void an_agency_gets_only_flags_it_may_have(void)
{
    start();
    agency("SWROCU")->flag_count = 1;
    set_text(agency("SWROCU")->flags[0], "OTHER");
    decide();
    check_decision("SWROCU", false, "this flag");
    set_text(agency("SWROCU")->flags[0], "OIMCR");
    decide();
    check_decision("SWROCU", true, "");
    record.facts.flags = (struct text_list){2, {b("OIMCR"), b("OTHER")}};
    decide();
    check_decision("SWROCU", false, "this flag");
}

static void routes_are_for_their_flag_and_kind_of_owner(void)
{
    const struct agency_id unit = {"SWROCU"};

    start();
    route("OTHER", "route OTHER fib JFC\nroute OIMCR rocu BF\n");
    decide();
    check_decision("JFC", false, "no rule");
    check_decision("BF", false, "no rule");
    routing_decide(&record, &unit, &roster, &lists, true, fixture_now, &routing);
    check_decision("BF", true, "names this agency");
    check_decision("JFC", false, "no rule");
    record.facts.flags = (struct text_list){1, {b("OTHER")}};
    decide();
    check_decision("JFC", true, "names this agency");
}

static void a_stranger_sends_nothing(void)
{
    const struct agency_id stranger = {"F99"};

    start();
    routing_decide(&record, &stranger, &roster, &lists, true, fixture_now, &routing);
    CHECK_INT(routing.count, 9);
    CHECK_INT(routing.recipient_count, 0);
    check_decision("SWROCU", false, "not enrolled");
}

static status may_send(const char *id, enum kind kind, enum marking marking, millis expires)
{
    struct header h = {.kind = kind,
                       .stream = {.agency = owner},
                       .label = {.marking = marking, .expires_at = expires}};
    struct agency_id to = {""};

    set_text(to.text, id);
    return routing_may_send(&h, &to, &roster, fixture_now);
}

static void sending_asks_the_roster_of_today(void)
{
    const enum kind kind = KIND_INTELLIGENCE;
    const enum marking os = MARKING_OFFICIAL_SENSITIVE;

    start();
    CHECK_OK(may_send("SWROCU", kind, os, 0));
    CHECK_OK(may_send("SWROCU", kind, os, fixture_now + 1));
    CHECK_STATUS(may_send("SWROCU", kind, os, fixture_now), E_EXPIRED);
    CHECK_STATUS(may_send("F99", kind, os, 0), E_POLICY);
    CHECK_STATUS(may_send("SWROCU", kind, MARKING_SECRET, 0), E_POLICY);
    CHECK_STATUS(may_send("IE", kind, os, 0), E_POLICY);
    CHECK_STATUS(may_send("IE", KIND_REWRAP, os, 0), E_POLICY);
    agency("SWROCU")->ceiling = MARKING_OFFICIAL;
    CHECK_STATUS(may_send("SWROCU", kind, os, 0), E_POLICY);
    CHECK_OK(may_send("SWROCU", kind, MARKING_OFFICIAL, 0));
    agency("JFC")->immigration_access = true;
    CHECK_STATUS(may_send("JFC", kind, os, 0), E_POLICY);
    agency("PND")->valid_until = fixture_now;
    CHECK_STATUS(may_send("PND", kind, os, 0), E_EXPIRED);
    roster.revocation_count = 1;
    roster.revocations[0].agency = agency("SWROCU")->id;
    CHECK_STATUS(may_send("SWROCU", kind, MARKING_OFFICIAL, 0), E_REVOKED);
}

static void a_recall_reaches_whoever_held_the_record(void)
{
    start();
    agency("JFC")->immigration_access = true;
    agency("SWROCU")->ceiling = MARKING_OFFICIAL;
    CHECK_OK(may_send("JFC", KIND_RECALL, MARKING_OFFICIAL_SENSITIVE, fixture_now));
    CHECK_OK(may_send("SWROCU", KIND_RECALL, MARKING_OFFICIAL_SENSITIVE, 0));
    CHECK_OK(may_send("IE", KIND_OUTCOME, MARKING_OFFICIAL, 0));
    roster.revocation_count = 1;
    roster.revocations[0].agency = agency("JFC")->id;
    CHECK_STATUS(may_send("JFC", KIND_RECALL, MARKING_OFFICIAL, 0), E_REVOKED);
}

static void calls_are_told_to_a_bureau_alone(void)
{
    const enum marking os = MARKING_OFFICIAL_SENSITIVE;

    start();
    CHECK_OK(may_send("F50", KIND_CASE, os, 0));
    agency("F50")->immigration_access = true;
    CHECK_OK(may_send("F50", KIND_CASE, os, 0));
    CHECK_STATUS(may_send("SWROCU", KIND_CASE, os, 0), E_POLICY);
    CHECK_STATUS(may_send("JFC", KIND_CASE, os, 0), E_POLICY);
    CHECK_STATUS(may_send("PND", KIND_CASE, os, 0), E_POLICY);
    CHECK_STATUS(may_send("F50", KIND_CASE, MARKING_SECRET, 0), E_POLICY);
}

static void an_agency_gets_its_own_entries_back(void)
{
    start();
    CHECK_OK(may_send("F55", KIND_INTELLIGENCE, MARKING_OFFICIAL_SENSITIVE, fixture_now));
    agency("F55")->valid_until = fixture_now;
    CHECK_STATUS(may_send("F55", KIND_INTELLIGENCE, MARKING_OFFICIAL, 0), E_EXPIRED);
}

static void high_priority_goes_by_the_immediate_lane(void)
{
    CHECK_INT(routing_lane(&(struct label){.priority = PRIORITY_HIGH}), LANE_IMMEDIATE);
    CHECK_INT(routing_lane(&(struct label){.priority = PRIORITY_MEDIUM}), LANE_ROUTINE);
    CHECK_INT(routing_lane(&(struct label){.priority = PRIORITY_LOW}), LANE_ROUTINE);
}

CASES(CASE(a_bureaus_record_goes_to_its_unit_the_cell_and_pnd),
      CASE(without_the_code_only_pnd_is_withheld),
      CASE(a_side_door_does_not_open_pnd_without_the_code),
      CASE(no_rule_reaches_immigration_enforcement),
      CASE(a_force_without_a_unit_or_with_two_is_told_so),
      CASE(the_roster_can_only_take_away),
      CASE(nothing_above_official_sensitive_goes_anywhere),
      CASE(an_agency_gets_only_flags_it_may_have),
      CASE(routes_are_for_their_flag_and_kind_of_owner), CASE(a_stranger_sends_nothing),
      CASE(sending_asks_the_roster_of_today),
      CASE(a_recall_reaches_whoever_held_the_record),
      CASE(calls_are_told_to_a_bureau_alone), CASE(an_agency_gets_its_own_entries_back),
      CASE(high_priority_goes_by_the_immediate_lane))

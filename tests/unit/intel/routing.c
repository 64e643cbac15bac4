#include "routed.h"

/* Which agency gets a record, by which rule. */

static void a_bureaus_record_goes_to_its_unit_the_cell_and_pnd(void)
{
    start();
    decide();
    CHECK_INT(routing.count, 8);
    CHECK_INT(routing.recipient_count, 3);
    CHECK_INT(routing.gap_count, 0);
    check_decision("SWROCU", true, "owner's regional unit");
    check_rule("SWROCU", true, "unit");
    check_decision("JFC", true, "of this kind");
    check_rule("JFC", true, "fusion");
    check_rule("PND", true, "national");
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
    check_rule("PND", false, "national");
    check_decision("SWROCU", true, "");
    check_decision("JFC", true, "");
}

static void a_side_door_does_not_open_pnd_without_the_code(void)
{
    static const char *const orders[] = {
        "route a send to region:NATIONAL\nroute b send to kind:ingest needs code\n",
        "route b send to kind:ingest needs code\nroute a send to region:NATIONAL\n"};

    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        start();
        rules(orders[i]);
        decide_with(false);
        check_decision("PND", false, "(R7)");
        check_rule("PND", false, "b");
        check_decision("JFC", true, "region");
        decide_with(true);
        check_decision("PND", true, "");
    }
}

/* London is served by a rule of its own, under either code of the Met (page 4, section 5).
 */
static void the_shipped_rules_serve_london_by_its_team(void)
{
    start();
    owner = (struct agency_id){"F01"};
    decide();
    check_decision("SWROCU", false, "no rule");
    check_decision("JFC", true, "");
    CHECK_INT(routing.gap_count, 1);
    CHECK_BYTES(routing.gaps[0].rule, b("london"));
    add("LROCTA", AGENCY_PARTNER, "LONDON"); /* out of order: only the rank would mind */
    decide();
    check_rule("LROCTA", true, "london");
    CHECK_INT(routing.gap_count, 0);
    set_text(agency("F01")->force, "02");
    decide();
    check_rule("LROCTA", true, "london");
    owner = (struct agency_id){"F55"};
    decide();
    check_decision("LROCTA", false, "no rule");
}

static void a_rule_that_reaches_nobody_is_a_finding(void)
{
    start();
    rules("route unit send to own-rocu\nroute cell send to JFC\n");
    owner = (struct agency_id){"F01"};
    decide();
    check_decision("SWROCU", false, "no rule");
    check_decision("JFC", true, "");
    CHECK_INT(routing.gap_count, 1);
    CHECK_BYTES(routing.gaps[0].rule, b("unit"));
    CHECK(strstr(routing.gaps[0].reason, "no regional unit serves") != NULL);

    set_text(agency("F01")->force, "99");
    decide();
    CHECK(strstr(routing.gaps[0].reason, "does not have the owner's force") != NULL);
    agency("F01")->force[0] = '\0';
    decide();
    CHECK(strstr(routing.gaps[0].reason, "no force code") != NULL);
    set_text(agency("F01")->force, "55");
    set_text(agency("SWROCU")->id.text, "TITAN");
    decide();
    CHECK(strstr(routing.gaps[0].reason, "is not enrolled") != NULL);
    rules("route a send to XX,kind:partner,region:YHROCU,role:TEAM,neighbouring-rocus\n");
    agency("BF")->kind = AGENCY_FUSION;
    decide();
    CHECK_INT(routing.gap_count, 3);
    CHECK(strstr(routing.gaps[0].reason, "that it names is not enrolled") != NULL);
    CHECK(strstr(routing.gaps[1].reason, "of that kind") != NULL);
    CHECK(strstr(routing.gaps[2].reason, "of that region") != NULL);
}

/* An agency of another kind that is enrolled under a unit's id is no unit. */
static void a_unit_is_one_by_table_and_by_kind(void)
{
    start();
    rules("route unit send to own-rocu\n");
    decide();
    check_rule("SWROCU", true, "unit");
    check_decision("SEROCU", false, "no rule");
    CHECK_INT(routing.gap_count, 0);
    agency("SWROCU")->kind = AGENCY_PARTNER;
    decide();
    CHECK_INT(routing.recipient_count, 0);
    CHECK_INT(routing.gap_count, 1);
}

static void neighbours_are_those_of_the_owners_unit(void)
{
    start();
    rules("route beside send to neighbouring-rocus\n");
    decide();
    check_decision("SEROCU", true, "beside the owner's");
    check_decision("SWROCU", false, "no rule");
    owner = (struct agency_id){"SEROCU"};
    decide();
    check_decision("SWROCU", true, "beside the owner's");
    CHECK_INT(routing.recipient_count, 1);
    CHECK_INT(routing.gap_count, 0);
    owner = (struct agency_id){"F01"};
    decide();
    CHECK_INT(routing.recipient_count, 0);
    CHECK_INT(routing.gap_count, 1);
}

static void deny_wins_whatever_the_order(void)
{
    static const char *const orders[] = {
        "route a send to JFC\nroute no deny to region:NATIONAL when role=victim\n",
        "route no deny to region:NATIONAL when role=victim\nroute a send to JFC\n"};

    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        start();
        rules(orders[i]);
        decide();
        check_rule("JFC", true, "a");
        check_rule("PND", false, "");
        record.persons[0].roles[0] = ROLE_VICTIM;
        decide();
        check_rule("JFC", false, "no");
        check_decision("JFC", false, "a rule denies it");
        check_rule("PND", false, "no");
    }
}

/* Each condition lets the rule apply and, negated or of another value, not. */
static void each_condition_looks_at_its_own_field(void)
{
    static const struct {
        const char *when;
        bool applies;
    } cases[] = {
        {"flag=OIMCR", true},
        {"flag=OTHER", false},
        {"flag=OTHER,OIMCR", true},
        {"flag!=OTHER", true},
        {"flag!=OIMCR", false},
        {"flag=OIMCR flag=OTHER", false},
        {"code=FICT-OIM-01", true},
        {"code!=FICT-OIM-01", false},
        {"owner=fib", true},
        {"owner=rocu,fusion", false},
        {"force=55", true},
        {"force=50,44", false},
        {"force!=55", false},
        {"region=SWROCU", true},
        {"region=SEROCU", false},
        {"handling=P", true},
        {"handling=C", false},
        {"action=none", true},
        {"action=A1,A2,A3", false},
        {"sanitisation!=S2", true},
        {"sanitisation=S1", false},
        {"marking<=OFFICIAL-SENSITIVE", true},
        {"marking<=OFFICIAL", false},
        {"priority=medium", true},
        {"priority=high,low", false},
        {"role=suspect", true},
        {"role=victim,witness", false},
        {"role!=victim", true},
        {"purpose=prevent", true},
        {"purpose=justice,duty", false},
    };
    char line[128];

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        start();
        (void)snprintf(line, sizeof line, "route a send to JFC when %s\n", cases[i].when);
        rules(line);
        decide();
        if (decision("JFC")->yes != cases[i].applies)
            (void)fprintf(stderr, "  %s", line);
        CHECK_INT(decision("JFC")->yes, cases[i].applies);
    }
    start();
    rules("route a send to JFC when code=FICT-OIM-01\n");
    decide_with(false);
    check_decision("JFC", false, "no rule");
    record.label.marking = MARKING_OFFICIAL;
    rules("route a send to JFC when marking<=OFFICIAL\n");
    decide();
    check_decision("JFC", true, "");
}

static void a_confidential_recipient_stands_alone(void)
{
    struct agency_id to[AGENCIES_MAX];
    struct routing_leg legs[AGENCIES_MAX];
    struct routing_decided d;
    struct agency_id kept = {"F50"};

    start();
    rules("route a send to JFC,SWROCU,F50\nroute b confidential to BF\n"
          "route c confidential to SWROCU\n");
    decided_for(&d, "IE", false);
    question.confidential_count = 1;
    question.confidential = &kept;
    decide();
    CHECK(decision("BF")->alone && decision("SWROCU")->alone && decision("F50")->alone);
    CHECK(!decision("JFC")->alone);
    CHECK_INT(routing_legs(&routing, to, legs), 5);
    CHECK(legs[0].count == 1 && legs[0].immigration == 0);
    CHECK_TEXT(to[0].text, "JFC");
    for (size_t i = 1; i < 5; i++) {
        const bool immigration = strcmp(to[legs[i].first].text, "IE") == 0;
        CHECK_INT(legs[i].count, 1);
        CHECK_INT(legs[i].immigration, immigration ? IMMIGRATION_DECIDED : 0);
    }
    rules("route b confidential to BF\n");
    question.decided_count = 0;
    decide();
    CHECK_INT(routing_legs(&routing, to, legs), 1);
    CHECK_TEXT(to[legs[0].first].text, "BF");
    rules("route b deny to BF\n");
    decide();
    CHECK_INT(routing_legs(&routing, to, legs), 0);
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

static void a_stranger_sends_nothing(void)
{
    start();
    owner = (struct agency_id){"F99"};
    decide();
    CHECK_INT(routing.count, 9);
    CHECK_INT(routing.recipient_count, 0);
    check_decision("SWROCU", false, "not enrolled");
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
      CASE(the_shipped_rules_serve_london_by_its_team),
      CASE(a_rule_that_reaches_nobody_is_a_finding),
      CASE(a_unit_is_one_by_table_and_by_kind),
      CASE(neighbours_are_those_of_the_owners_unit), CASE(deny_wins_whatever_the_order),
      CASE(each_condition_looks_at_its_own_field),
      CASE(a_confidential_recipient_stands_alone), CASE(the_roster_can_only_take_away),
      CASE(nothing_above_official_sensitive_goes_anywhere),
      CASE(an_agency_gets_only_flags_it_may_have), CASE(a_stranger_sends_nothing),
      CASE(high_priority_goes_by_the_immediate_lane))

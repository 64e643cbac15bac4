#include "routed.h"

/* Immigration enforcement, and what is asked again when an entry is sent (P7). */

static void no_rule_reaches_immigration_enforcement(void)
{
    start();
    rules("route a send to IE,JFC,region:NATIONAL\nroute b confidential to IE\n"
          "route c send to own-rocu\n");
    agency("JFC")->immigration_access = true;
    agency("SWROCU")->immigration_access = true;
    decide();
    CHECK_INT(routing.recipient_count, 2); /* BF and PND */
    check_decision("IE", false, "never reached by a rule alone");
    check_decision("JFC", false, "never reached by a rule alone");
    check_decision("SWROCU", false, "never reached by a rule alone");
}

static void a_persons_decision_reaches_it_in_an_entry_of_its_own(void)
{
    struct routing_decided d;

    start();
    decided_for(&d, "IE", false);
    decide();
    check_decision("IE", true, "a named person decided it");
    CHECK(decision("IE")->alone && decision("IE")->immigration == IMMIGRATION_DECIDED);
    CHECK(!decision("JFC")->alone && decision("JFC")->immigration == 0);
    check_rule("IE", true, "");

    /* It is that agency's decision and no other's. */
    agency("JFC")->immigration_access = true;
    decide();
    check_decision("JFC", false, "never reached by a rule alone");
    /* And it is above neither the roster nor a rule that denies. */
    agency("IE")->ceiling = MARKING_OFFICIAL;
    decide();
    check_decision("IE", false, "marking is above");
    agency("IE")->ceiling = MARKING_OFFICIAL_SENSITIVE;
    rules("route never deny to kind:immigration when priority=medium\n");
    decide();
    check_rule("IE", false, "never");
    /* A decision for an agency without that access sends nothing. */
    start();
    decided_for(&d, "BF", false);
    decide();
    check_decision("BF", false, "no rule");
}

static void whoever_needs_protection_blocks_it(void)
{
    static const struct {
        size_t count;
        enum subject_role roles[2];
        struct partial_date born;
        bool blocked;
    } cases[] = {
        {1, {ROLE_SUSPECT}, {1979, 6, 21}, false},
        {1, {ROLE_CONVICTED}, {0, 0, 0}, false},
        {1, {ROLE_OTHER}, {1979, 0, 0}, false},
        {1, {ROLE_VICTIM}, {1979, 6, 21}, true},
        {1, {ROLE_WITNESS}, {1979, 6, 21}, true},
        {1, {ROLE_UNKNOWN}, {1979, 6, 21}, true},
        {2, {ROLE_SUSPECT, ROLE_CONVICTED}, {1979, 6, 21}, true},
        {2, {ROLE_SUSPECT, ROLE_VICTIM}, {1979, 6, 21}, true},
        {0, {0}, {1979, 6, 21}, true},
        /* The intelligence is of October 2026. */
        {1, {ROLE_SUSPECT}, {2008, 9, 30}, false},
        {1, {ROLE_SUSPECT}, {2008, 10, 1}, false},
        {1, {ROLE_SUSPECT}, {2008, 10, 2}, true},
        {1, {ROLE_SUSPECT}, {2008, 0, 0}, true},
        {1, {ROLE_SUSPECT}, {2007, 0, 0}, false},
        {1, {ROLE_SUSPECT}, {2008, 1, 1}, true}, /* a registration office's guess */
        {1, {ROLE_SUSPECT}, {2008, 1, 2}, false},
        {1, {ROLE_SUSPECT}, {2015, 1, 1}, true},
    };
    struct routing_decided d;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        start();
        record.persons[0].role_count = cases[i].count;
        memcpy(record.persons[0].roles, cases[i].roles, sizeof cases[i].roles);
        record.persons[0].born = cases[i].born;
        decided_for(&d, "IE", false);
        decide();
        if (decision("IE")->yes == cases[i].blocked)
            (void)fprintf(stderr, "  case %zu\n", i);
        CHECK_INT(decision("IE")->yes, !cases[i].blocked);
        d.overridden = true;
        decide();
        CHECK(decision("IE")->yes);
        CHECK_INT(decision("IE")->immigration,
                  IMMIGRATION_DECIDED | (cases[i].blocked ? IMMIGRATION_OVERRIDDEN : 0));
        /* Everyone else gets it as before. */
        check_decision("SWROCU", true, "");
    }
}

/* Whichever of the two dates would make an adult. */
static void a_disputed_age_is_a_childs(void)
{
    static const struct {
        struct partial_date born, assessed;
    } cases[] = {{{2001, 3, 4}, {2010, 0, 0}},
                 {{2010, 3, 4}, {2001, 0, 0}},
                 {{2001, 3, 4}, {1999, 0, 0}},
                 {{0, 0, 0}, {2001, 0, 0}}};
    struct routing_decided d;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        start();
        record.persons[0].born = cases[i].born;
        record.persons[0].born_assessed = cases[i].assessed;
        decided_for(&d, "IE", false);
        decide();
        CHECK(!decision("IE")->yes);
        check_decision("SWROCU", true, "");
    }
}

/* R20: no rule sends outside the United Kingdom, a person does; and what arrives at the
 * door without that decision in its header is not sent. */
static void nobody_abroad_is_reached_by_a_rule(void)
{
    struct routing_decided d;

    start();
    agency("BF")->kind = AGENCY_ABROAD;
    rules("route a send to SWROCU,BF\n");
    decide();
    check_decision("BF", false, "never reached by a rule");
    check_decision("SWROCU", true, "");
    decided_for(&d, "BF", false);
    decide();
    check_decision("BF", true, "");
    CHECK(decision("BF")->alone);
    CHECK_INT(decision("BF")->immigration, IMMIGRATION_DECIDED);
    record.persons[0].roles[0] = ROLE_VICTIM;
    decide();
    check_decision("BF", false, "blocked from transfers abroad");
    d.overridden = true;
    decide();
    check_decision("BF", true, "");
}

/* A copy that has lost the person keeps the block. */
static void the_block_stays_when_the_person_is_taken_out(void)
{
    struct routing_decided d;

    start();
    record.persons[0].roles[0] = ROLE_VICTIM;
    decide();
    CHECK_INT(record.label.route.immigration, IMMIGRATION_BLOCKED);
    record.person_count = 0;
    decided_for(&d, "IE", false);
    decide();
    check_decision("IE", false, "blocked");
    CHECK_INT(record.label.route.roles, 0);
}

static struct header header_of(enum kind kind, enum marking marking, millis expires)
{
    return (struct header){.kind = kind,
                           .stream = {.agency = {"F55"}},
                           .recipient_count = 2,
                           .label = {.marking = marking, .expires_at = expires}};
}

static bool superseded;

static status may_send_header(const struct header *h, const char *id)
{
    const struct routing_today today = {
        .roster = &roster, .lists = &lists, .now = fixture_now, .superseded = superseded};
    struct agency_id to = {""};

    set_text(to.text, id);
    return routing_may_send(h, &to, &today);
}

static status may_send(const char *id, enum kind kind, enum marking marking, millis expires)
{
    const struct header h = header_of(kind, marking, expires);

    return may_send_header(&h, id);
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
    agency("SWROCU")->ceiling = MARKING_OFFICIAL;
    CHECK_STATUS(may_send("SWROCU", kind, os, 0), E_POLICY);
    CHECK_OK(may_send("SWROCU", kind, MARKING_OFFICIAL, 0));
    agency("PND")->valid_until = fixture_now;
    CHECK_STATUS(may_send("PND", kind, os, 0), E_EXPIRED);
    roster.revocation_count = 1;
    roster.revocations[0].agency = agency("SWROCU")->id;
    CHECK_STATUS(may_send("SWROCU", kind, MARKING_OFFICIAL, 0), E_REVOKED);
}

static void sending_asks_for_the_decision_of_this_very_entry(void)
{
    struct header h = header_of(KIND_INTELLIGENCE, MARKING_OFFICIAL_SENSITIVE, 0);
    uint32_t *const bits = &h.label.route.immigration;

    start();
    agency("JFC")->immigration_access = true;
    agency("BF")->kind = AGENCY_ABROAD;
    CHECK_STATUS(may_send_header(&h, "BF"), E_POLICY);
    CHECK_STATUS(may_send_header(&h, "IE"), E_POLICY);
    CHECK_STATUS(may_send_header(&h, "JFC"), E_POLICY);
    *bits = IMMIGRATION_DECIDED;
    CHECK_OK(may_send_header(&h, "IE"));
    CHECK_OK(may_send_header(&h, "JFC"));
    h.recipient_count = 3; /* an entry of several is nobody's decision */
    CHECK_STATUS(may_send_header(&h, "IE"), E_POLICY);
    h.recipient_count = 2;
    *bits |= IMMIGRATION_BLOCKED;
    CHECK_STATUS(may_send_header(&h, "IE"), E_POLICY);
    *bits |= IMMIGRATION_OVERRIDDEN;
    CHECK_OK(may_send_header(&h, "IE"));
    h.kind = KIND_REWRAP;
    CHECK_OK(may_send_header(&h, "IE"));
    *bits = 0;
    CHECK_STATUS(may_send_header(&h, "IE"), E_POLICY);
}

/* The person decided on what the record said then: R10, R20. */
static void a_decision_sends_no_version_that_another_has_replaced(void)
{
    struct header h = header_of(KIND_INTELLIGENCE, MARKING_OFFICIAL_SENSITIVE, 0);

    start();
    agency("BF")->kind = AGENCY_ABROAD;
    h.label.route.immigration = IMMIGRATION_DECIDED | IMMIGRATION_OVERRIDDEN;
    superseded = true;
    CHECK_STATUS(may_send_header(&h, "IE"), E_POLICY);
    CHECK_STATUS(may_send_header(&h, "BF"), E_POLICY);
    CHECK_OK(may_send_header(&h, "SWROCU")); /* whom a rule reaches has both */
    superseded = false;
    CHECK_OK(may_send_header(&h, "IE"));
}

/* P7: what was decided when sealing does not bind today. */
static void sending_asks_the_rules_of_today(void)
{
    struct header h = header_of(KIND_INTELLIGENCE, MARKING_OFFICIAL, 0);

    start();
    h.label.route.flags = (struct text_list){1, {b("OIMCR")}};
    h.label.route.roles = 1u << ROLE_SUSPECT;
    CHECK_OK(may_send_header(&h, "JFC"));
    CHECK_STATUS(may_send_header(&h, "PND"), E_POLICY); /* no code in it */
    h.label.route.code = b("FICT-OIM-01");
    CHECK_OK(may_send_header(&h, "PND"));
    rules("route no deny to JFC when flag=OIMCR role=suspect\n");
    CHECK_STATUS(may_send_header(&h, "JFC"), E_POLICY);
    h.label.route.roles = 1u << ROLE_CONVICTED;
    CHECK_OK(may_send_header(&h, "JFC"));
    /* A rule that no longer sends takes nothing back. */
    CHECK_OK(may_send_header(&h, "SWROCU"));
    agency("JFC")->flag_count = 1;
    set_text(agency("JFC")->flags[0], "OTHER");
    CHECK_STATUS(may_send_header(&h, "JFC"), E_POLICY);
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

static void who_reconciles_is_national_ingestion_and_one_other(void)
{
    const enum marking os = MARKING_OFFICIAL_SENSITIVE;
    struct header h = header_of(KIND_RECONCILIATION, os, 0);

    start();
    CHECK_OK(may_send_header(&h, "PND"));
    CHECK_STATUS(may_send_header(&h, "SWROCU"), E_POLICY);
    CHECK_STATUS(may_send_header(&h, "F50"), E_POLICY);
    h.stream.agency = agency("PND")->id;
    CHECK_OK(may_send_header(&h, "F50"));
    CHECK_OK(may_send_header(&h, "SWROCU"));
    h.label.marking = MARKING_SECRET;
    CHECK_STATUS(may_send_header(&h, "F50"), E_POLICY);
}

static void a_question_is_for_the_owner_and_its_answer_is_the_owners(void)
{
    struct header h = header_of(KIND_REQUEST, MARKING_OFFICIAL_SENSITIVE, 0);

    start();
    h.has_about = true;
    h.about.stream.agency = agency("SWROCU")->id;
    CHECK_OK(may_send_header(&h, "SWROCU"));
    CHECK_STATUS(may_send_header(&h, "JFC"), E_POLICY);
    CHECK_STATUS(may_send_header(&h, "PND"), E_POLICY);
    CHECK_STATUS(may_send_header(&h, "IE"), E_POLICY);
    h.about.stream.agency = h.stream.agency; /* the owner answers whoever asked */
    CHECK_OK(may_send_header(&h, "JFC"));
    /* Whoever may have the record, and no longer than that. */
    CHECK_STATUS(may_send_header(&h, "IE"), E_POLICY);
    h.label.route.immigration = IMMIGRATION_DECIDED;
    h.recipient_count = 2;
    CHECK_OK(may_send_header(&h, "IE"));
    superseded = true;
    CHECK_STATUS(may_send_header(&h, "IE"), E_POLICY);
    superseded = false;
    h.label.expires_at = fixture_now;
    CHECK_STATUS(may_send_header(&h, "JFC"), E_EXPIRED);
    h.label.expires_at = 0;
    h.label.marking = MARKING_SECRET;
    CHECK_STATUS(may_send_header(&h, "JFC"), E_POLICY);
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

CASES(CASE(no_rule_reaches_immigration_enforcement),
      CASE(a_persons_decision_reaches_it_in_an_entry_of_its_own),
      CASE(whoever_needs_protection_blocks_it), CASE(a_disputed_age_is_a_childs),
      CASE(nobody_abroad_is_reached_by_a_rule),
      CASE(the_block_stays_when_the_person_is_taken_out),
      CASE(sending_asks_the_roster_of_today),
      CASE(sending_asks_for_the_decision_of_this_very_entry),
      CASE(a_decision_sends_no_version_that_another_has_replaced),
      CASE(sending_asks_the_rules_of_today), CASE(a_recall_reaches_whoever_held_the_record),
      CASE(calls_are_told_to_a_bureau_alone),
      CASE(who_reconciles_is_national_ingestion_and_one_other),
      CASE(a_question_is_for_the_owner_and_its_answer_is_the_owners),
      CASE(an_agency_gets_its_own_entries_back))

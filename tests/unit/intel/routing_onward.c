#include "routing_onward.h"

#include "fixture.h"

/* R10, R12, R13: what a copy may say where its source said something else. */

static struct label was, now;
static struct republication p;

static void start(void)
{
    was = (struct label){.marking = MARKING_OFFICIAL_SENSITIVE,
                         .handling = HANDLING_C,
                         .action = ACTION_A2,
                         .sanitisation = SANITISATION_S1,
                         .priority = PRIORITY_MEDIUM,
                         .expires_at = fixture_now};
    now = was;
    p = (struct republication){.was = &was, .now = &now};
}

static void named(void)
{
    p.person = b("A Sergeant");
    p.reason = b("reviewed");
}

static void check_refused(const char *rule)
{
    const struct finding *const f = routing_may_republish(&p);

    CHECK(f != NULL);
    CHECK_TEXT(f->rule, rule);
    CHECK(f->severity == SEVERITY_REFUSE && f->sentence[0] != '\0' && f->mend[0] != '\0');
}

static void check_allowed(void)
{
    const struct finding *const f = routing_may_republish(&p);

    if (f != NULL)
        (void)fprintf(stderr, "  %s: %s\n", f->rule, f->sentence);
    CHECK(f == NULL);
}

static void what_stays_the_same_or_narrows_may_go(void)
{
    start();
    check_allowed();
    now.action = ACTION_A1;
    now.sanitisation = SANITISATION_S2;
    now.expires_at = fixture_now - 1;
    check_allowed();
    was.handling = HANDLING_P;
    was.action = ACTION_NONE;
    was.sanitisation = SANITISATION_NONE;
    check_allowed();
    was.marking = MARKING_OFFICIAL;
    check_allowed();
}

static void the_marking_falls_only_by_a_named_person_with_a_reason(void)
{
    for (int by_owner = 0; by_owner < 2; by_owner++) {
        start();
        p.by_owner = by_owner == 1;
        now.marking = MARKING_OFFICIAL;
        check_refused("R12");
        p.person = b("A Sergeant");
        check_refused("R12");
        p.person = b("");
        p.reason = b("reviewed");
        check_refused("R12");
        named();
        check_allowed();
    }
}

static void handling_never_widens_for_a_recipient(void)
{
    start();
    named(); /* no name helps */
    now.handling = HANDLING_P;
    now.action = ACTION_NONE;
    now.sanitisation = SANITISATION_NONE;
    check_refused("R12");
    start();
    named();
    now.action = ACTION_A3;
    check_refused("R13");
    start();
    named();
    now.action = ACTION_NONE;
    check_refused("R13");
    start();
    named();
    p.owner_consents = true;
    was.sanitisation = SANITISATION_S2;
    check_refused("R12"); /* now says S1 */
}

static void the_owner_widens_by_a_named_person_alone(void)
{
    start();
    p.by_owner = true;
    now.action = ACTION_A3;
    check_refused("R12");
    named();
    check_allowed();
}

static void s2_needs_the_owners_consent(void)
{
    start();
    was.sanitisation = SANITISATION_S2;
    now.sanitisation = SANITISATION_S2;
    check_refused("R12");
    named();
    check_refused("R12");
    p.owner_consents = true;
    check_allowed();
    p.owner_consents = false;
    p.by_owner = true;
    check_allowed();
}

static void a_copy_does_not_outlive_its_source(void)
{
    start();
    now.expires_at = fixture_now + 1;
    check_refused("R12");
    now.expires_at = 0;
    check_refused("R12");
    was.expires_at = 0;
    check_allowed();
    now.expires_at = 1;
    check_allowed();
}

static void the_block_cannot_be_lost(void)
{
    start();
    was.route.immigration = IMMIGRATION_BLOCKED;
    check_refused("R10");
    p.by_owner = true;
    named();
    check_refused("R10");
    now.route.immigration = IMMIGRATION_BLOCKED;
    check_allowed();
}

static void a_copy_inherits_the_block_and_no_decision(void)
{
    start();
    was.route.immigration =
        IMMIGRATION_BLOCKED | IMMIGRATION_DECIDED | IMMIGRATION_OVERRIDDEN;
    was.route.roles = 1u << ROLE_VICTIM;
    const struct label l = routing_inherit(&was);
    CHECK_INT(l.route.immigration, IMMIGRATION_BLOCKED);
    CHECK_INT(l.route.roles, 1u << ROLE_VICTIM);
    CHECK(l.marking == was.marking && l.action == was.action);
}

static void a_product_carries_the_strictest_of_both(void)
{
    const struct label a = {.marking = MARKING_OFFICIAL,
                            .handling = HANDLING_C,
                            .action = ACTION_A2,
                            .sanitisation = SANITISATION_S2,
                            .priority = PRIORITY_LOW,
                            .expires_at = 20};
    const struct label other = {.marking = MARKING_OFFICIAL_SENSITIVE,
                                .handling = HANDLING_P,
                                .priority = PRIORITY_HIGH,
                                .expires_at = 10,
                                .route.immigration =
                                    IMMIGRATION_BLOCKED | IMMIGRATION_DECIDED};

    for (int turn = 0; turn < 2; turn++) {
        const struct label l =
            turn == 0 ? routing_strictest(&a, &other) : routing_strictest(&other, &a);
        CHECK_INT(l.marking, MARKING_OFFICIAL_SENSITIVE);
        CHECK_INT(l.handling, HANDLING_C);
        CHECK_INT(l.action, ACTION_A2);
        CHECK_INT(l.sanitisation, SANITISATION_S2);
        CHECK_INT(l.priority, PRIORITY_HIGH);
        CHECK_INT(l.expires_at, 10);
        CHECK_INT(l.route.immigration, IMMIGRATION_BLOCKED);
        /* So it may be published again where each of them may. */
        p = (struct republication){.was = &a, .now = &l, .owner_consents = true};
        check_allowed();
        p.was = &other;
        check_allowed();
        p = (struct republication){.owner_consents = false}; /* borrows nothing any more */
    }
}

CASES(CASE(what_stays_the_same_or_narrows_may_go),
      CASE(the_marking_falls_only_by_a_named_person_with_a_reason),
      CASE(handling_never_widens_for_a_recipient),
      CASE(the_owner_widens_by_a_named_person_alone), CASE(s2_needs_the_owners_consent),
      CASE(a_copy_does_not_outlive_its_source), CASE(the_block_cannot_be_lost),
      CASE(a_copy_inherits_the_block_and_no_decision),
      CASE(a_product_carries_the_strictest_of_both))

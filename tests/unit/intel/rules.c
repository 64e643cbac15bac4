#include "ruled.h"

/* The finding, which must be there. */
static const struct finding *found(const char *rule, const char *field)
{
    const struct finding *const f = finding(rule, field);

    if (f == NULL)
        abort();
    return f;
}

static void conditions(void)
{
    record.label.handling = HANDLING_C;
    record.label.action = ACTION_A2;
    record.label.sanitisation = SANITISATION_S2;
    record.report.conditions = b("Covert action only.");
    record.report.condition_reason = b("Few people know it.");
}

static void a_right_record_has_no_findings(void)
{
    start();
    check_clean();
    conditions();
    check_clean();
    conditions();
    record.label.action = ACTION_A3;
    record.report.a3_usage = b("Patrols may be told the place.");
    check_clean();
    record.label.marking = MARKING_OFFICIAL;
    check_clean();
}

static void r1_refuses_above_official_sensitive(void)
{
    start();
    record.label.marking = MARKING_SECRET;
    check_refused("R1", "marking");
    record.label.marking = MARKING_TOP_SECRET;
    check_refused("R1", "marking");
    CLEAR(record.label.marking);
    check_refused("R1", "marking");
}

static void r2_wants_a_grade_for_each_text(void)
{
    start();
    record.texts[0].grade = (struct grade){0};
    check_refused("R2", "texts[0].grade");
    record.provenance.grade = (struct grade){0};
    check_refused("R2", "provenance.grade");
    record.texts[0].grade.source = 4;
    check_refused("R2", "texts[0].grade");
    record.texts[0].grade.assessment = 6;
    check_refused("R2", "texts[0].grade");
    record.texts[0].grade.assessment = 0;
    check_refused("R2", "texts[0].grade");
}

static void r3_wants_codes_and_conditions_under_c(void)
{
    start();
    conditions();
    record.label.action = ACTION_NONE;
    check_refused("R3", "action");
    conditions();
    record.label.sanitisation = SANITISATION_NONE;
    check_refused("R3", "sanitisation");
    conditions();
    record.report.conditions = b("");
    check_refused("R3", "conditions");
    conditions();
    record.report.condition_reason = b("");
    check_refused("R3", "condition_reason");
    conditions();
    record.label.action = ACTION_A3;
    check_refused("R3", "a3_usage");
    conditions();
    record.report.a3_usage = b("Use it.");
    check_refused("R3", "a3_usage");
    CLEAR(record.label.handling);
    check_refused("R3", "handling");
}

static void r3_wants_neither_under_p(void)
{
    start();
    record.label.action = ACTION_A1;
    check_refused("R3", "action");
    record.label.sanitisation = SANITISATION_S1;
    check_refused("R3", "sanitisation");
    record.report.conditions = b("Ask first.");
    check_refused("R3", "conditions");
}

static void r4_wants_reasons_for_3_and_e(void)
{
    start();
    record.texts[0].grade.source = 3;
    check_refused("R4", "texts[0].grade_reason");
    record.provenance.grade.assessment = 5;
    check_refused("R4", "provenance.grade_reason");
    record.texts[0].grade =
        (struct grade){.source = 3, .assessment = 5, .reason = b("Wrong before.")};
    check_clean();
    record.texts[0].grade.source = 2;
    record.texts[0].grade.assessment = 4;
    check_clean();
}

static void r5_wants_risk_pii_and_the_intercept_attestation(void)
{
    start();
    record.report.risk = b("  ");
    check_refused("R5", "risk");
    record.report.pii_decision = b("");
    check_refused("R5", "pii_decision");
    record.report.no_intercept = false;
    check_refused("R5", "no_intercept");
}

static void r6_asks_about_words_that_hint_at_a_source(void)
{
    start();
    record.texts[0].text = b("A CHIS says so.");
    check_advised("R6", "texts[0].text");
    record.report.title = b("Result of surveillance");
    check_advised("R6", "title");
    record.provenance.text = b("An intercept.");
    check_advised("R6", "provenance.text");
    record.texts[0].text = b("Seen by officers of Op NESTLING.");
    check_advised("R6", "texts[0].text");
    record.texts[0].text = b("The boat was intercepted at sea; an operation followed.");
    check_clean();
    record.texts[0].text = b("He chiselled the number off. Op art. Open boat.");
    check_clean();
}

static void r7_withholds_one_leg_and_refuses_nothing(void)
{
    static const char *const wrong[] = {"", "FICT-OIM-99", "FICT-OIM-00", "fict-oim-01",
                                        "IM71142"};

    start();
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        record.facts.crime_code = b(wrong[i]);
        check_rules();
        CHECK(!findings.code_is_right && !findings.refused);
        start();
        record.facts.crime_code = b(wrong[i]);
        check_one("R7", "crime_code", SEVERITY_WITHHOLD);
    }
    check_rules();
    CHECK(findings.code_is_right);
}

static void r7_knows_when_and_for_which_flag_a_code_is_valid(void)
{
    start();
    for (size_t i = 0; i < lists.code_count; i++) {
        if (text_is(lists.codes[i].code, "FICT-OIM-01"))
            lists.codes[i].flag = b("OTHER");
    }
    check_one("R7", "crime_code", SEVERITY_WITHHOLD);

    lists.codes[0].from = fixture_now;
    lists.codes[0].until = fixture_now + 1;
    check_clean();
    lists.codes[0].from = fixture_now + 1;
    check_one("R7", "crime_code", SEVERITY_WITHHOLD);
    lists.codes[0].until = fixture_now;
    check_one("R7", "crime_code", SEVERITY_WITHHOLD);
}

static void r7_only_advises_on_offence_codes(void)
{
    start();
    record.facts.offence_codes = (struct text_list){2, {b("IM71142"), b("TH68001")}};
    check_advised("R7", "offence_codes[1]");
}

static void r8_takes_a_flag_however_it_is_written_and_keeps_it_so(void)
{
    static const char *const ways[] = {"#OIMCR", "oimcr", " #Oimcr ", "##OIMCR", "OIMCR"};

    start();
    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        record.facts.flags_submitted.at[0] = b(ways[i]);
        check_rules();
        CHECK_INT(findings.count, 0);
        CHECK_INT(record.facts.flags.count, 1);
        CHECK_BYTES(record.facts.flags.at[0], b("OIMCR"));
        CHECK_BYTES(record.facts.flags_submitted.at[0], b(ways[i]));
    }
}

static void r8_makes_a_sorted_set_of_flags(void)
{
    start();
    lists.flags[1] = b("ABLE");
    lists.flags[2] = b("ZULU");
    lists.flag_count = 3;
    record.facts.flags_submitted =
        (struct text_list){4, {b("zulu"), b("#OIMCR"), b("#Able"), b("OIMCR")}};
    check_rules();
    CHECK_INT(findings.count, 0);
    CHECK_INT(record.facts.flags.count, 3);
    CHECK_BYTES(record.facts.flags.at[0], b("ABLE"));
    CHECK_BYTES(record.facts.flags.at[1], b("OIMCR"));
    CHECK_BYTES(record.facts.flags.at[2], b("ZULU"));
}

static const char *mend_of_flag(const char *flag)
{
    start();
    record.facts.flags_submitted.at[0] = b(flag);
    check_rules();
    const struct finding *const f = finding("R8", "flags[0]");
    CHECK(f != NULL && f->severity == SEVERITY_REFUSE);
    CHECK_INT(record.facts.flags.count, 0);
    return f->mend;
}

static void r8_names_the_flag_that_was_meant(void)
{
    static const char *const near[] = {"#OIMRC", "OIMC",  "#OIMCRR",
                                       "#0IMCR", "OMICR", "OIM"};
    static const char *const far[] = {"#FRAUD", "#", "O", "OI", "RCMIO", ""};

    for (size_t i = 0; i < COUNT_OF(near); i++)
        CHECK_TEXT(mend_of_flag(near[i]),
                   "Did you mean \"OIMCR\"? Correct the flag and send again.");
    for (size_t i = 0; i < COUNT_OF(far); i++)
        CHECK(strstr(mend_of_flag(far[i]), "Did you mean") == NULL);
    (void)mend_of_flag("#OIMRC");
    CHECK_TEXT(found("R8", "flags[0]")->sentence,
               "No flag \"#OIMRC\" is on the signed list; it looks like OIMCR with "
               "letters in another order.");
}

static void r8_refuses_a_record_without_a_flag(void)
{
    start();
    record.facts.flags_submitted.count = 0;
    check_rules();
    CHECK(!findings.code_is_right);
    record.facts.flags_submitted.count = 0;
    check_refused("R8", "flags");

    start();
    record.facts.flags_submitted.count = 0;
    record.texts[0].text = b("Related to #oimcr: a boat took on fuel.");
    check_rules();
    CHECK_TEXT(found("R8", "flags")->mend, "The text says \"OIMCR\": put it in the flags.");
}

static void r9_wants_a_role_for_each_person_and_a_basis_for_each_text(void)
{
    start();
    record.persons[0].role_count = 0;
    check_refused("R9", "persons[0].roles");
    record.persons[0].role_count = 2;
    record.persons[0].roles[1] = ROLE_SUSPECT;
    check_refused("R9", "persons[0].roles");
    record.persons[0].role_count = 2;
    record.persons[0].roles[1] = ROLE_VICTIM;
    check_clean();
    CLEAR(record.texts[0].basis);
    check_refused("R9", "texts[0].basis");
}

static void r14_keeps_station_codes_as_four_characters_of_text(void)
{
    static const char *const wrong[] = {"55", "5AAA", "55AAA", "AA55", "1AA", "55 A"};

    start();
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        record.facts.station = b(wrong[i]);
        check_refused("R14", "station");
    }
    record.facts.station = b("01AA");
    check_clean();
    record.facts.station = b("");
    check_clean();
    record.facts.station = b("02AA");
    check_advised("R14", "station");
    record.facts.station = b("74AA");
    check_rules();
    CHECK_TEXT(findings.at[0].mend,
               "The force is now \"90\"; give its present station code if it has one.");
}

static void r15_marks_identifiers_and_keeps_them(void)
{
    start();
    record.phone_count = 1;
    record.phones[0].raw = b("07700 900101");
    record.persons[0].pnc_id = b("2003/0011985X");
    check_rules();
    CHECK_INT(findings.count, 0);
    CHECK_BYTES(record.vehicles[0].vrm, b("HX88KMB"));
    CHECK(record.vehicles[0].vrm_valid);
    CHECK_BYTES(record.phones[0].e164, b("+447700900101"));
    CHECK(record.phones[0].valid && record.persons[0].pnc_id_valid);

    start();
    record.phone_count = 1;
    record.phones[0] = (struct item_phone){b("4.47E+11"), b("+440"), true};
    check_rules();
    CHECK(finding("R15", "phones[0]") != NULL);
    CHECK_BYTES(record.phones[0].raw, b("4.47E+11"));
    CHECK_INT(record.phones[0].e164.size, 0);
    CHECK(!record.phones[0].valid);

    start();
    record.vehicles[0].vrm_raw = b("AB50CDE");
    check_advised("R15", "vehicles[0].vrm");
    record.persons[0].pnc_id = b("2003/0011985Y");
    check_advised("R15", "persons[0].pnc_id");
    record.vessel_count = 1;
    record.vessels[0].mmsi = b("12345");
    check_advised("R15", "vessels[0].mmsi");
}

/* Claimed by whoever sent it, of something that no check would pass. */
static void r15_believes_no_claim_of_validity(void)
{
    static const struct bytes lie = {(const uint8_t *)"lie", 3};

    start();
    record.vessel_count = record.address_count = record.document_count = 1;
    record.account_count = record.email_count = record.social_count = 1;
    record.container_count = record.identifier_count = 1;
    record.vessels[0] = (struct item_vessel){.name = lie,
                                             .hull_id_canonical = lie,
                                             .hull_id_valid = true,
                                             .mmsi_canonical = lie,
                                             .mmsi_valid = true};
    record.addresses[0] = (struct item_address){.text = lie,
                                                .postcode = lie,
                                                .postcode_canonical = lie,
                                                .postcode_valid = true,
                                                .position_canonical = lie,
                                                .position_valid = true};
    record.documents[0] = (struct item_document){b("other"), lie, lie, lie, true};
    record.accounts[0] = (struct item_account){.raw = lie, .canonical = lie, .valid = true};
    record.emails[0] = (struct item_email){lie, lie, true};
    record.socials[0] = (struct item_social){(struct bytes){0}, lie, lie, true};
    record.containers[0] = (struct item_container){lie, lie, true, (struct bytes){0}};
    record.identifiers[0] =
        (struct record_identifier){{ITEM_PERSON, 0}, b("passport"), lie, b("*"), lie, true};
    record.persons[0].pnc_id_canonical = lie;
    record.persons[0].pnc_id_valid = true;
    check_rules();
    CHECK(!record.vessels[0].hull_id_valid && !record.vessels[0].mmsi_valid);
    CHECK(!record.addresses[0].position_valid && !record.containers[0].valid);
    CHECK(!record.emails[0].valid && !record.persons[0].pnc_id_valid);
    CHECK(!record.accounts[0].valid && !record.identifiers[0].valid);
    CHECK_INT(record.persons[0].pnc_id_canonical.size, 0);
    CHECK_INT(record.vessels[0].mmsi_canonical.size, 0);
    CHECK_INT(record.vessels[0].hull_id_canonical.size, 0);
    CHECK_INT(record.addresses[0].position_canonical.size, 0);
    CHECK_INT(record.addresses[0].postcode_canonical.size, 0);
    CHECK(!record.addresses[0].postcode_valid);
    start();
}

CASES(CASE(a_right_record_has_no_findings), CASE(r1_refuses_above_official_sensitive),
      CASE(r2_wants_a_grade_for_each_text), CASE(r3_wants_codes_and_conditions_under_c),
      CASE(r3_wants_neither_under_p), CASE(r4_wants_reasons_for_3_and_e),
      CASE(r5_wants_risk_pii_and_the_intercept_attestation),
      CASE(r6_asks_about_words_that_hint_at_a_source),
      CASE(r7_withholds_one_leg_and_refuses_nothing),
      CASE(r7_knows_when_and_for_which_flag_a_code_is_valid),
      CASE(r7_only_advises_on_offence_codes),
      CASE(r8_takes_a_flag_however_it_is_written_and_keeps_it_so),
      CASE(r8_makes_a_sorted_set_of_flags), CASE(r8_names_the_flag_that_was_meant),
      CASE(r8_refuses_a_record_without_a_flag),
      CASE(r9_wants_a_role_for_each_person_and_a_basis_for_each_text),
      CASE(r14_keeps_station_codes_as_four_characters_of_text),
      CASE(r15_marks_identifiers_and_keeps_them), CASE(r15_believes_no_claim_of_validity))

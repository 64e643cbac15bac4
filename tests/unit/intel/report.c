/* The rules for what a national intelligence report has beyond its texts. */

#include "ruled.h"

static void r1_knows_the_handling_instructions_and_descriptors(void)
{
    start();
    record.report.handling_instructions =
        (struct text_list){4,
                           {b("RECIPIENTS ONLY"), b("hmg use only"),
                            b("DORSET POLICE USE ONLY"), b("EMBARGOED")}};
    record.report.descriptors = (struct text_list){2, {b("PERSONAL DATA"), b("Legal")}};
    check_clean();
    record.report.handling_instructions = (struct text_list){1, {b("For Public Release")}};
    check_refused("R1", "handling_instructions[0]");
    record.report.handling_instructions =
        (struct text_list){2, {b("RECIPIENTS ONLY"), b("UK EYES ONLY")}};
    check_refused("R1", "handling_instructions[1]");
    record.report.handling_instructions = (struct text_list){1, {b("BURN AFTER READING")}};
    check_advised("R1", "handling_instructions[0]");
    record.report.handling_instructions = (struct text_list){1, {b("USE ONLY")}};
    check_advised("R1", "handling_instructions[0]");
    record.report.descriptors = (struct text_list){1, {b("LOCSEN")}};
    check_advised("R1", "descriptors[0]");
    record.report.descriptors = (struct text_list){1, {b("GARDENING")}};
    check_advised("R1", "descriptors[0]");
}

static void f5_wants_a_condition_for_sensitive_processing(void)
{
    start();
    record.report.sensitive = SENSITIVE_HEALTH;
    check_refused("F5", "schedule_8");
    record.report.sensitive = SENSITIVE_HEALTH;
    record.report.schedule_8 = SCHEDULE_8_SAFEGUARDING;
    check_clean();
    record.persons[0].ethnicity = b("A1");
    record.report.sensitive = SENSITIVE_ETHNICITY;
    check_refused("F5", "schedule_8");
    record.persons[0].biometric_reference = b("Image 12");
    record.report.sensitive = SENSITIVE_BIOMETRIC;
    check_refused("F5", "schedule_8");
    record.persons[0].biometric_reference = b("Image 12");
    record.report.schedule_8 = SCHEDULE_8_JUSTICE;
    check_advised("F5", "sensitive");
    record.persons[0].ethnicity = b("A1");
    record.report.schedule_8 = SCHEDULE_8_JUSTICE;
    check_advised("F5", "sensitive");
    record.persons[0].ethnicity = b("A1");
    record.report.sensitive = SENSITIVE_ETHNICITY;
    record.report.schedule_8 = SCHEDULE_8_JUSTICE;
    check_clean();
    record.report.sensitive = SENSITIVE_ALL + 1;
    record.report.schedule_8 = SCHEDULE_8_JUSTICE;
    check_refused("F5", "sensitive");
}

static void f8_keeps_a_restricted_record_at_home(void)
{
    start();
    record.report.restricted = true;
    check_refused("F8", "restricted");
}

static void linked(void)
{
    record.link_count = 1;
    record.links[0] =
        (struct record_link){{ITEM_PERSON, 0}, {ITEM_VEHICLE, 0}, b("drives")};
}

static void f6_refuses_a_link_that_leads_nowhere(void)
{
    start();
    linked();
    check_clean();
    linked();
    record.links[0].from.index = 1;
    check_refused("F6", "links[0].from");
    linked();
    record.links[0].to = (struct entity_ref){ITEM_TEXT, 0};
    check_refused("F6", "links[0].to");
    linked();
    record.links[0].to = (struct entity_ref){0};
    check_refused("F6", "links[0].to");
    linked();
    record.links[0].to = record.links[0].from;
    check_refused("F6", "links[0].to");
    linked();
    record.links[0].relation = b(" ");
    check_refused("F6", "links[0].relation");
}

static void numbered(const char *type, const char *raw)
{
    record.identifier_count = 1;
    record.identifiers[0] =
        (struct record_identifier){.of = {ITEM_PERSON, 0}, .type = b(type), .raw = b(raw)};
}

static void r15_checks_a_further_identifier_by_its_type(void)
{
    start();
    numbered("imei", "49-015420-323751-8");
    check_rules();
    CHECK_INT(findings.count, 0);
    CHECK(record.identifiers[0].valid);
    CHECK_BYTES(record.identifiers[0].canonical, b("490154203237518"));
    start();
    numbered("IMEI", "490154203237519");
    check_advised("R15", "identifiers[0].raw");
    numbered("Driving licence", "nonsense");
    check_advised("R15", "identifiers[0].raw");
    numbered("library card", "12");
    check_advised("R15", "identifiers[0].type");
    numbered("", "12");
    check_refused("F1", "identifiers[0].type");
    numbered("imei", "");
    check_refused("F1", "identifiers[0].raw");
    numbered("imei", "490154203237518");
    record.identifiers[0].of = (struct entity_ref){ITEM_PHONE, 0};
    check_refused("F6", "identifiers[0].of");
}

static void referred(enum reference_type type, const char *reference, const char *force)
{
    record.reference_count = 1;
    record.references[0] = (struct item_reference){type, b(reference), b(force)};
}

static void f6_knows_what_a_reference_refers_to(void)
{
    start();
    referred(REFERENCE_OCG, "OCG-55-0042", "");
    check_clean();
    referred(REFERENCE_CRIME, "55260000123", "55");
    check_clean();
    referred((enum reference_type)0, "X", "");
    check_refused("F6", "references[0].type");
    referred(REFERENCE_REQUIREMENT, " ", "");
    check_refused("F6", "references[0].reference");
    referred(REFERENCE_URN, "55-ir-2026-00000012", "");
    check_refused("F6", "references[0].reference");
    referred(REFERENCE_CRIME, "55260000123", "");
    check_advised("F6", "references[0].force");
    referred(REFERENCE_CRIME, "55260000123", "Dorset");
    check_refused("R14", "references[0].force");
}

static void f7_wants_a_threat_line(void)
{
    start();
    record.threat_count = 0;
    check_advised("F7", "threats");
}

static void f7_wants_whole_threat_lines(void)
{
    start();
    record.threat_count = 1;
    record.threats[0] = (struct item_threat){b("Immigration crime"), b("Small boats"), 2};
    check_clean();
    record.threat_count = 1;
    record.threats[0] = (struct item_threat){b("Immigration crime"), b("Small boats"), 0};
    check_advised("F7", "threats[0]");
    record.threat_count = 1;
    record.threats[0] = (struct item_threat){b("Immigration crime"), b(""), 2};
    check_advised("F7", "threats[0]");
    record.threat_count = 1;
    record.threats[0] = (struct item_threat){b(""), b("Small boats"), 2};
    check_refused("F7", "threats[0].family");
    record.threat_count = 1;
    record.threats[0] = (struct item_threat){b("A"), b("B"), THREAT_BAND_MAX + 1};
    check_refused("F7", "threats[0].band");
}

/* Raw, canonical and valid, by the form of the address's own country. */
static void r15_checks_postcodes(void)
{
    static const struct {
        const char *country, *raw, *canonical;
        bool valid;
    } cases[] = {{"", "dt11aa", "DT1 1AA", true},  {"GBR", " DT1  1AA", "DT1 1AA", true},
                 {"", "DT1 1CA", "", false},       {"", "62100", "", false},
                 {"FRA", "62 100", "62100", true}, {"", "ZZ99 3VZ", "", false}};

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        start();
        record.address_count = 1;
        record.addresses[0] = (struct item_address){.country = b(cases[i].country),
                                                    .postcode = b(cases[i].raw)};
        check_rules();
        CHECK_INT(findings.count, !cases[i].valid);
        CHECK_INT(finding("R15", "addresses[0].postcode") != NULL, !cases[i].valid);
        CHECK(!findings.refused);
        CHECK_BYTES(record.addresses[0].postcode, b(cases[i].raw));
        CHECK_BYTES(record.addresses[0].postcode_canonical, b(cases[i].canonical));
        CHECK_INT(record.addresses[0].postcode_valid, cases[i].valid);
    }
}

static void r15_checks_accounts_addresses_tags_and_containers(void)
{
    start();
    record.account_count = record.email_count = record.social_count = 1;
    record.container_count = record.address_count = record.document_count = 1;
    record.vessel_count = 1;
    record.accounts[0] = (struct item_account){.raw = b("gb82 west 1234 5698 7654 32")};
    record.emails[0].raw = b("captain@example.org");
    record.socials[0] =
        (struct item_social){.platform = b("Example"), .raw = b("@captain")};
    record.containers[0].raw = b("CSQU 305438-3");
    record.addresses[0].position = b("+50.6100-002.1300");
    record.documents[0] = (struct item_document){
        .type = b("Passport"), .number = b("123456789"), .country = b("GBR")};
    record.vessels[0] = (struct item_vessel){.mmsi = b("235 000 001")};
    check_rules();
    for (size_t i = 0; i < findings.count; i++)
        (void)fprintf(stderr, "%s %s\n", findings.at[i].field, findings.at[i].sentence);
    CHECK_INT(findings.count, 0);
    CHECK(record.accounts[0].valid && record.emails[0].valid && record.socials[0].valid);
    CHECK(record.containers[0].valid && record.addresses[0].position_valid);
    CHECK(record.documents[0].valid && record.vessels[0].mmsi_valid);
    CHECK_BYTES(record.accounts[0].canonical, b("GB82WEST12345698765432"));
    CHECK_BYTES(record.socials[0].canonical, b("example - @captain"));
    CHECK_BYTES(record.containers[0].canonical, b("CSQU3054383"));
    CHECK_BYTES(record.accounts[0].raw, b("gb82 west 1234 5698 7654 32"));

    record.containers[0].raw = b("CSQU 305438-4");
    record.emails[0].raw = b("nobody");
    record.accounts[0].raw = b("GB83WEST12345698765432");
    record.documents[0].country = b("");
    check_rules();
    CHECK(!findings.refused);
    CHECK(finding("R15", "containers[0].number") != NULL);
    CHECK(finding("R15", "emails[0]") != NULL);
    CHECK(finding("R15", "accounts[0].number") != NULL);
    CHECK(finding("R15", "documents[0].number") != NULL);
    CHECK(!record.containers[0].valid && !record.accounts[0].valid);
    CHECK_BYTES(record.containers[0].raw, b("CSQU 305438-4"));
}

static void f1_sends_no_thing_that_says_nothing(void)
{
    start();
    record.account_count = 1;
    check_refused("F1", "accounts[0]");
    record.email_count = 1;
    check_refused("F1", "emails[0]");
    record.social_count = 1;
    check_refused("F1", "social_tags[0]");
    record.container_count = 1;
    check_refused("F1", "containers[0]");
    record.organisation_count = 1;
    check_refused("F1", "organisations[0]");
    record.event_count = 1;
    check_refused("F1", "events[0]");
    record.event_count = 1;
    record.events[0] = (struct item_event){.type = b("landing"), .date = {2026, 2, 30}};
    check_refused("F2", "events[0].date");
    record.report.information_types = (struct text_list){1, {b(" ")}};
    check_refused("F1", "information_types[0]");
}

static void f3_knows_a_company_from_a_person(void)
{
    start();
    record.persons[0].surname = b("Tern Marine Ltd");
    check_advised("F3", "persons[0].surname");
}

static void r6_reads_every_text_that_travels(void)
{
    start();
    record.report.recommendations = b("Ask the informant first.");
    check_advised("R6", "recommendations");
    record.texts[0].grade.reason = b("The CHIS has been right before.");
    check_advised("R6", "texts[0].grade_reason");
    record.event_count = 1;
    record.events[0].description = b("Seen by surveillance.");
    check_advised("R6", "events[0].description");
}

static void r6_asks_for_a_desk_in_the_place_of_an_officer(void)
{
    static const char *const officers[] = {"PC 4411 Jones, 01632 960155", "Jones (DS), FIB",
                                           "Dorset FIB, Sergeant Jones", "Inspector Jones"};
    static const char *const desks[] = {"Dorset FIB desk, 01632 960155",
                                        "fib.ds@force.example", "PCC liaison, DISC team"};

    start();
    for (size_t i = 0; i < COUNT_OF(officers); i++) {
        record.report.contact = b(officers[i]);
        check_advised("R6", "contact");
    }
    for (size_t i = 0; i < COUNT_OF(desks); i++) {
        record.report.contact = b(desks[i]);
        check_clean();
    }
}

CASES(CASE(r6_asks_for_a_desk_in_the_place_of_an_officer),
      CASE(r1_knows_the_handling_instructions_and_descriptors),
      CASE(f5_wants_a_condition_for_sensitive_processing),
      CASE(f8_keeps_a_restricted_record_at_home),
      CASE(f6_refuses_a_link_that_leads_nowhere),
      CASE(r15_checks_a_further_identifier_by_its_type),
      CASE(f6_knows_what_a_reference_refers_to), CASE(f7_wants_a_threat_line),
      CASE(f7_wants_whole_threat_lines), CASE(r15_checks_postcodes),
      CASE(r15_checks_accounts_addresses_tags_and_containers),
      CASE(f1_sends_no_thing_that_says_nothing), CASE(f3_knows_a_company_from_a_person),
      CASE(r6_reads_every_text_that_travels))

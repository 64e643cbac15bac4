#include "ruled.h"

static void every_required_field_is_asked_for(void)
{
    start();
    record.facts.urn = b("");
    check_refused("F1", "urn");
    record.report.title = b(" ");
    check_refused("F1", "title");
    record.report.contact = b("");
    check_refused("F1", "contact");
    record.report.caveat = b("");
    check_refused("F1", "caveat");
    CLEAR(record.report.purpose);
    check_refused("F1", "purpose");
    CLEAR(record.label.priority);
    check_refused("F1", "priority");
    record.provenance.text = b("");
    check_refused("F1", "provenance.text");
    record.texts[0].text = b("\n");
    check_refused("F1", "texts[0].text");
    record.text_count = 0;
    check_refused("F1", "texts");
}

static void an_empty_record_is_told_everything_at_once(void)
{
    start();
    CLEAR(record);
    check_rules();
    CHECK(findings.refused && !findings.code_is_right);
    CHECK(finding("R1", "marking") != NULL && finding("R3", "handling") != NULL);
    CHECK(finding("R5", "risk") != NULL && finding("R8", "flags") != NULL);
    CHECK(finding("F1", "texts") != NULL && finding("F2", "date_created") != NULL);
    CHECK(finding("R2", "provenance.grade") != NULL);
    CHECK(finding("R7", "crime_code") != NULL);
}

static void dates_are_of_the_calendar_and_not_ahead(void)
{
    static const struct partial_date wrong[] = {
        {0, 0, 0},    {2026, 13, 0}, {2026, 2, 29},  {2026, 4, 31}, {2026, 0, 14},
        {2027, 0, 0}, {2026, 12, 0}, {2026, 11, 24}, {1799, 0, 0},  {20261, 1, 1}};

    start();
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        record.facts.date_of_intelligence = wrong[i];
        record.facts.date_created = (struct partial_date){2026, 11, 23};
        check_rules();
        const struct finding *const f = finding("F2", "date_of_intelligence");
        CHECK(f != NULL && f->severity == SEVERITY_REFUSE);
        start();
    }
    record.facts.date_of_intelligence = (struct partial_date){2026, 11, 0};
    check_clean();
    record.facts.date_of_intelligence = (struct partial_date){2024, 2, 29};
    check_clean();
    /* Of an old report no more may be known. */
    record.facts.date_created = (struct partial_date){2026, 10, 0};
    check_advised("F2", "date_created");
    record.facts.date_created = (struct partial_date){2026, 0, 0};
    check_advised("F2", "date_created");
    record.facts.date_created = (struct partial_date){2026, 12, 0};
    check_refused("F2", "date_created");
    record.facts.date_created = (struct partial_date){2026, 0, 14};
    check_refused("F2", "date_created");
    record.facts.date_created = (struct partial_date){2025, 12, 31};
    check_refused("F2", "date_created"); /* before the year of its intelligence */
}

/* 23:30 UTC in summer is already tomorrow on a British clock. */
static void today_is_the_british_day(void)
{
    millis late = 0;

    CHECK_OK(time_read(b("2026-10-13T23:30:00Z"), &late));
    start();
    rules_check(&record, &lists, late, &arena, &findings); /* created on 14 October */
    CHECK_INT(findings.count, 0);
    rules_check(&record, &lists, late - 3600000, &arena, &findings);
    CHECK(finding("F2", "date_created") != NULL);
}

static void expiry_and_retention_are_checked_when_given(void)
{
    start();
    record.label.expires_at = fixture_now;
    check_refused("F2", "expires_at");
    record.label.expires_at = fixture_now + 1;
    check_clean();
    record.label.retention_class = 5;
    check_refused("F1", "retention_class");
    record.label.retention_class = 4;
    check_clean();
}

static void a_person_has_a_name_of_some_kind(void)
{
    start();
    record.persons[0].surname = b("");
    check_clean();
    record.persons[0].given.count = 0;
    check_clean();
    record.persons[0].surname = b("");
    record.persons[0].given.count = 0;
    check_refused("F1", "persons[0]");
    record.persons[0].surname = b("");
    record.persons[0].given.count = 0;
    record.persons[0].aliases = (struct text_list){1, {b("Skip")}};
    check_clean();
}

static void names_are_names(void)
{
    static const char *const doubtful[] = {"Mr Pellow", "UNKNOWN",  "n/k",    "Pellow2",
                                           "Pellow ",   "De  Vere", "Pellow?"};
    static const char *const fine[] = {"O'Neill", "Smith-Jones", "Nguyễn", "Çobani",
                                       "Mrówka",  "Drake",       "Sirwan", "Şêrko"};

    start();
    for (size_t i = 0; i < COUNT_OF(doubtful); i++) {
        record.persons[0].surname = b(doubtful[i]);
        check_advised("F3", "persons[0].surname");
        record.persons[0].given.at[0] = b(doubtful[i]);
        check_advised("F3", "persons[0].given");
    }
    for (size_t i = 0; i < COUNT_OF(fine); i++) {
        record.persons[0].surname = b(fine[i]);
        check_clean();
    }
    record.persons[0].gender = b("male");
    check_clean();
    record.persons[0].gender = b("M");
    check_advised("F3", "persons[0].gender");
}

static void a_date_of_birth_is_possible(void)
{
    static const struct partial_date doubtful[] = {
        {2026, 11, 23}, {2027, 0, 0}, {1905, 1, 2}, {1988, 1, 1}};
    static const struct partial_date fine[] = {{0, 0, 0},      {1988, 0, 0},
                                               {1988, 3, 0},   {1988, 3, 14},
                                               {1906, 12, 31}, {2026, 11, 22}};

    start();
    for (size_t i = 0; i < COUNT_OF(doubtful); i++) {
        record.persons[0].born = doubtful[i];
        check_advised("F2", "persons[0].born");
        record.persons[0].born_assessed = doubtful[i];
        check_advised("F2", "persons[0].born_assessed");
    }
    for (size_t i = 0; i < COUNT_OF(fine); i++) {
        record.persons[0].born = fine[i];
        check_clean();
    }
    record.persons[0].born = (struct partial_date){1988, 2, 30};
    check_refused("F2", "persons[0].born");
    record.persons[0].born_assessed = (struct partial_date){1988, 2, 30};
    check_refused("F2", "persons[0].born_assessed");
}

static void nothing_empty_is_sent(void)
{
    start();
    record.vehicle_count = 2;
    check_refused("F1", "vehicles[1]");
    record.phone_count = 1;
    check_refused("F1", "phones[0]");
    record.vessel_count = 1;
    check_refused("F1", "vessels[0]");
    record.address_count = 1;
    check_refused("F1", "addresses[0]");
    record.document_count = 1;
    record.documents[0].country = b("GBR");
    check_refused("F1", "documents[0]");
}

static void what_would_not_fit_the_wire_is_refused_here(void)
{
    static uint8_t long_text[TEXT_BYTES_MAX + 1];

    memset(long_text, 'x', sizeof long_text);
    start();
    record.texts[0].text = bytes_of(long_text, TEXT_BYTES_MAX);
    check_clean();
    record.texts[0].text = bytes_of(long_text, TEXT_BYTES_MAX + 1);
    check_refused("F4", "texts[0].text");
    record.text_count = 5;
    for (size_t i = 0; i < record.text_count; i++)
        record.texts[i] = (struct graded_text){bytes_of(long_text, TEXT_BYTES_MAX),
                                               BASIS_FACT,
                                               {.source = 1, .assessment = 1}};
    check_refused("F4", "record");
    record.facts.offence_codes = (struct text_list){1, {b("")}};
    check_rules();
    CHECK(finding("F4", "record") != NULL);
}

/* Every one of them at once, by the name that a report has for it, with what it takes. */
static void what_is_too_long_is_named(void)
{
    static uint8_t long_text[SHORT_TEXT_MAX + 1];
    static const char *const wanted[] = {"title",
                                         "contact",
                                         "station",
                                         "flags[1]",
                                         "texts[0].grade_reason",
                                         "persons[0].given[1]",
                                         "vehicles[0].vrm",
                                         "phones[0].number",
                                         "addresses[0].country",
                                         "threats[0].family"};
    const struct bytes is = bytes_of(long_text, sizeof long_text);

    memset(long_text, 'x', sizeof long_text);
    start();
    record.report.title = bytes_of(long_text, SHORT_TEXT_MAX);
    check_clean();
    record.report.title = record.report.contact = record.facts.station = is;
    record.facts.flags_submitted = (struct text_list){2, {b("OIMCR"), is}};
    record.persons[0].given = (struct text_list){2, {b("A"), is}};
    record.vehicle_count = record.phone_count = record.address_count = record.threat_count =
        1;
    record.vehicles[0].vrm_raw = record.phones[0].raw = record.addresses[0].country =
        record.threats[0].family = is;
    record.texts[0].grade.reason = (struct bytes){0};
    check_rules();
    CHECK(finding("F4", "texts[0].grade_reason") == NULL);
    static uint8_t longest[TEXT_BYTES_MAX + 1];
    memset(longest, 'x', sizeof longest);
    record.texts[0].grade.reason = bytes_of(longest, sizeof longest);
    check_rules();
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        const struct finding *const f = finding("F4", wanted[i]);
        CHECK(f != NULL && f->severity == SEVERITY_REFUSE);
        CHECK(strstr(f->sentence, i == 4 ? "32769 bytes long, and this field takes 32768"
                                         : "257 bytes long, and this field takes 256") !=
              NULL);
    }
    CHECK(finding("F4", "record") == NULL);
    CHECK(finding("F4", "flags_normalised[1]") == NULL);
}

static void a_refusal_is_never_crowded_out_by_advice(void)
{
    start();
    record.person_count = RECORD_PERSONS_MAX;
    for (size_t i = 0; i < RECORD_PERSONS_MAX; i++) {
        record.persons[i] = record.persons[0];
        record.persons[i].surname = b("Mr 2");
        record.persons[i].given.at[0] = b("Unk");
        record.persons[i].gender = b("?");
    }
    record.address_count = 1;
    check_rules();
    CHECK_INT(findings.count, FINDINGS_MAX);
    CHECK(findings.refused);
    CHECK(finding("F1", "addresses[0]") != NULL);
}

static void without_memory_nothing_passes(void)
{
    static _Alignas(16) uint8_t nothing[16];
    struct arena none;

    start();
    arena_init(&none, nothing, 0);
    rules_check(&record, &lists, fixture_now, &none, &findings);
    CHECK(findings.refused && !findings.code_is_right);
}

static void the_same_record_gives_the_same_answer_again(void)
{
    struct bytes first = {0};
    struct bytes second = {0};

    start();
    check_rules();
    CHECK_OK(record_pack(&record, &arena, &first));
    CHECK_INT(record.facts.list_version, 1);
    check_rules();
    CHECK_INT(findings.count, 0);
    CHECK_OK(record_pack(&record, &arena, &second));
    CHECK_BYTES(second, first);
}

static void severities_have_words(void)
{
    CHECK_TEXT(severity_word(SEVERITY_REFUSE), "refuse");
    CHECK_TEXT(severity_word(SEVERITY_WITHHOLD), "withhold");
    CHECK_TEXT(severity_word(SEVERITY_ADVISE), "advise");
}

CASES(CASE(every_required_field_is_asked_for),
      CASE(an_empty_record_is_told_everything_at_once),
      CASE(dates_are_of_the_calendar_and_not_ahead), CASE(today_is_the_british_day),
      CASE(expiry_and_retention_are_checked_when_given),
      CASE(a_person_has_a_name_of_some_kind), CASE(names_are_names),
      CASE(a_date_of_birth_is_possible), CASE(nothing_empty_is_sent),
      CASE(what_would_not_fit_the_wire_is_refused_here), CASE(what_is_too_long_is_named),
      CASE(a_refusal_is_never_crowded_out_by_advice), CASE(without_memory_nothing_passes),
      CASE(the_same_record_gives_the_same_answer_again), CASE(severities_have_words))

#include "requirement.h"

#include "ingested.h"
#include "ruled.h"

/* What national ingestion asks of a record: the shipped file, replaced ones, wrong ones. */

static struct requirements q;

static void shipped(void)
{
    struct requirements_fault fault = {0};

    start();
    const struct bytes text = fixture_file("deploy/ingest/requirements.txt", &arena);
    CHECK_OK(requirements_read(text, &q, &fault));
}

static struct requirement_refusal asked(void)
{
    struct requirement_refusal r = {0};

    CHECK_OK(requirements_check(&q, &record, &lists, fixture_now, &arena, &r));
    if (r.rule != NULL) {
        /* Whatever is refused can be said in an answer. */
        const struct item_outcome o = {.what = OUTCOME_REFUSED,
                                       .reference = bytes_of_text(r.rule),
                                       .reason = bytes_of_text(r.mend)};
        CHECK(ingested_fault(&o) == NULL);
    }
    return r;
}

static void check_refused_by(const char *rule, const char *words)
{
    const struct requirement_refusal r = asked();

    CHECK_TEXT(r.rule == NULL ? "nothing" : r.rule, rule);
    CHECK(strstr(r.mend, words) != NULL);
    fixture_record(&record);
}

static void the_shipped_file_is_a_stand_in_and_takes_a_right_record(void)
{
    shipped();
    CHECK_INT(q.version, 1);
    CHECK(memcmp(q.title.at, "STAND-IN", 8) == 0);
    CHECK(asked().rule == NULL);
    CHECK(!requirements_gate(&q, b("55")));
}

static void checks_code_grade_and_fields_again(void)
{
    shipped();
    record.facts.crime_code = b("FICT-OIM-77");
    check_refused_by("R7", "R7 crime_code: ");
    CLEAR(record.facts.crime_code);
    check_refused_by("R7", "LOAD-2 crime_code: give the crime identifier code");
    record.texts[0].grade.source = 0;
    check_refused_by("R2", "texts[0]");
    CLEAR(record.facts.urn);
    check_refused_by("LOAD-1", "LOAD-1 urn: give the report its URN");
    CLEAR(record.report.title);
    CLEAR(record.facts.date_of_intelligence);
    check_refused_by("LOAD-3", "LOAD-3 title: give a title; LOAD-4 date_of_intelligence");
    record.text_count = 0;
    CLEAR(record.provenance.text);
    check_refused_by("LOAD-6", "LOAD-7 texts");
    /* A rule that the file does not name is no matter of ours, nor is advice. */
    record.report.no_intercept = false;
    CHECK(asked().rule == NULL);
}

static void a_replaced_file_asks_for_other_things(void)
{
    struct requirements_fault fault = {0};

    shipped();
    CHECK_OK(requirements_read(b("flagpost/requirements/v1\nversion 7\ntitle T\n"
                                 "force * gate\nforce 55 load\nforce 50 gate\n"
                                 "field X.persons persons name somebody\n"),
                               &q, &fault));
    CHECK_INT(q.version, 7);
    CHECK(!requirements_gate(&q, b("55")));
    CHECK(requirements_gate(&q, b("50")));
    CHECK(requirements_gate(&q, b("44")));
    record.person_count = 0;
    record.facts.crime_code = b("FICT-OIM-77");
    check_refused_by("X.persons", "X.persons persons: name somebody");
}

static void what_has_no_room_is_counted(void)
{
    static char text[REQUIREMENTS_FILE_MAX];
    struct requirements_fault fault = {0};
    struct writer w = writer_over(text, sizeof text);

    shipped();
    write_text(&w, "flagpost/requirements/v1\nversion 1\ntitle T\n");
    for (size_t i = 0; i < REQUIREMENT_FIELDS_MAX; i++)
        write_text(&w, "field F persons name somebody, as it is the custom here to do\n");
    CHECK_OK(requirements_read(writer_bytes(&w), &q, &fault));
    record.person_count = 0;
    const struct requirement_refusal r = asked();
    CHECK_TEXT(r.rule, "F");
    CHECK(strlen(r.mend) <= INGESTED_MEND_MAX && strlen(r.mend) > 450);
    CHECK(strstr(r.mend, " more") != NULL);
}

static void a_wrong_file_is_refused_with_its_line(void)
{
#define HEAD "flagpost/requirements/v1\nversion 1\ntitle T\n"
    static const struct {
        const char *text;
        uint32_t line;
        const char *sentence;
    } rows[] = {
        {"", 1, "first line"},
        {"flagpost/requirements/v2\nversion 1\n", 1, "first line"},
        {HEAD, 4, "asks for nothing"},
        {HEAD "rule R7", 4, "does not end"},
        {"flagpost/requirements/v1\nrule R7\n", 3, "version and a title"},
        {HEAD "version 2\nrule R7\n", 4, "given once"},
        {HEAD "\n# a remark\ncolumn R7\n", 6, "begins with"},
        {HEAD "rule\n", 4, "a word and what it says"},
        {HEAD "rule two words\n", 4, "a rule is"},
        {HEAD "field L1 urn\n", 4, "what is to be mended"},
        {HEAD "field L1 shoe_size give it\n", 4, "no field of that name"},
        {HEAD "field a/b urn give it\n", 4, "a rule is"},
        {HEAD "force 5 load\n", 4, "two digits"},
        {HEAD "force 55 both\n", 4, "load or gate"},
        {HEAD "force 55 load\nforce 55 gate\n", 5, "already"},
        {"flagpost/requirements/v1\nversion 0\n", 2, "from 1 on"},
        {HEAD "rule \xff\n", 1, "UTF-8"},
    };
#undef HEAD

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct requirements_fault fault = {0};
        CHECK_STATUS(requirements_read(b(rows[i].text), &q, &fault), E_FORM);
        CHECK_INT(fault.line, rows[i].line);
        CHECK(strstr(fault.sentence, rows[i].sentence) != NULL);
    }
}

CASES(CASE(the_shipped_file_is_a_stand_in_and_takes_a_right_record),
      CASE(checks_code_grade_and_fields_again), CASE(a_replaced_file_asks_for_other_things),
      CASE(what_has_no_room_is_counted), CASE(a_wrong_file_is_refused_with_its_line))

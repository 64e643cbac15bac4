#include "record_build.h"

#include "../intel/fixture.h"

static struct record_build *build;
static struct record record;
static struct json_fault fault;
static struct arena arena;

static void fresh(void)
{
    build = record_build_free(build);
    fixture_arena(&arena);
    CHECK_OK(record_build_open(&build));
}

static void put(const char *path, const char *value)
{
    CHECK_OK(record_build_put(build, path, b(value), " "));
}

static void take(void)
{
    CHECK_OK(record_build_take(build, &arena, &record, &fault));
}

static void every_shape_is_filled(void)
{
    fresh();
    put("title", "A");
    put("title", "b");
    put("marking", "OFFICIAL");
    put("no_intercept", "yes");
    put("retention_class", "3");
    put("date_created", "2025-10-01");
    put("flags", "x");
    put("flags", "y");
    put("provenance.grade", "2B");
    put("texts[1].text", "second");
    put("persons[0].given", "Ann");
    put("persons[0].given", "May");
    put("persons[0].roles", "victim");
    put("documents[].number", "1");
    put("documents[last].type", "passport");
    put("documents[].number", "2");
    put("phones[]", "0");
    take();
    CHECK_BYTES(record.report.title, b("A b"));
    CHECK_INT(record.label.marking, MARKING_OFFICIAL);
    CHECK(record.report.no_intercept);
    CHECK_INT(record.label.retention_class, 3);
    CHECK_INT(record.facts.date_created.day, 1);
    CHECK_INT(record.facts.flags_submitted.count, 2);
    CHECK_INT(record.provenance.grade.assessment, 2);
    CHECK_INT(record.text_count, 2);
    CHECK_BYTES(record.texts[1].text, b("second"));
    CHECK_INT(record.persons[0].given.count, 2);
    CHECK_INT(record.persons[0].roles[0], ROLE_VICTIM);
    CHECK_INT(record.document_count, 2);
    CHECK_BYTES(record.documents[0].type, b("passport"));
    CHECK_BYTES(record.documents[1].number, b("2"));
    CHECK_INT(record.phone_count, 1);
    CHECK_OK(record_build_reset(build));
    take();
    CHECK_INT(record.document_count, 0);
    CHECK_OK(record_build_put(build, "title", b("A"), NULL));
    CHECK_OK(record_build_put(build, "title", b("B"), NULL));
    take();
    CHECK_BYTES(record.report.title, b("B"));
}

static void paths_name_fields_or_nothing(void)
{
    static const char *const wrong[] = {"",
                                        "titel",
                                        "title[0]",
                                        "title.x",
                                        "persons",
                                        "persons.x",
                                        "persons[0].x",
                                        "persons[",
                                        "persons[0",
                                        "persons[0]x",
                                        "persons[x]",
                                        "persons[-1]",
                                        ".title",
                                        "title.",
                                        "persons[999].surname",
                                        "persons[0].surname.x",
                                        "phones",
                                        "persons[0].given[0]"};

    fresh();
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        CHECK_INT(record_shape_of(wrong[i]), RECORD_NO_FIELD);
        CHECK(record_build_put(build, wrong[i], b("x"), " ") != OK);
    }
    CHECK_INT(record_shape_of("title"), RECORD_TEXT);
    CHECK_INT(record_shape_of("texts[0].grade"), RECORD_WORD);
    CHECK_INT(record_shape_of("persons[3].aliases"), RECORD_LIST);
    CHECK_INT(record_shape_of("persons[last].born"), RECORD_DATE);
    CHECK_INT(record_shape_of("no_intercept"), RECORD_BOOL);
    CHECK_INT(record_shape_of("retention_class"), RECORD_NUMBER);
    CHECK_INT(record_shape_of("persons[0]"), RECORD_ELEMENT);
    CHECK_INT(record_shape_of("phones[]"), RECORD_TEXT);
}

static void values_of_another_shape_are_refused(void)
{
    fresh();
    CHECK_STATUS(record_build_put(build, "no_intercept", b("maybe"), " "), E_VALUE);
    CHECK_STATUS(record_build_put(build, "retention_class", b("three"), " "), E_VALUE);
    CHECK_STATUS(record_build_put(build, "documents[last].type", b("x"), " "), E_VALUE);
    CHECK_STATUS(record_build_put(build, "title", b("caf\xe9"), " "), E_VALUE);
    put("priority", "urgent");
    CHECK_STATUS(record_build_take(build, &arena, &record, &fault), E_VALUE);
    CHECK_TEXT(fault.path, "priority");
    build = record_build_free(build);
}

CASES(CASE(every_shape_is_filled), CASE(paths_name_fields_or_nothing),
      CASE(values_of_another_shape_are_refused))

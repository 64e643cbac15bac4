#include "unread.h"
#include "record_json.h"

#include "../intel/fixture.h"

/* Values of a record that cannot be read, all of them, and what the rules say of the rest.
 */

static struct record record;
static struct json_fault fault;
static struct lists lists;
static struct findings unread, found;
static struct arena arena;

static status read_text(const char *text)
{
    fixture_arena(&arena);
    fixture_lists(&arena, &lists);
    fault = (struct json_fault){0};
    const status s = record_json_read(b(text), &arena, &record, &fault);
    record_json_findings(&fault, &unread);
    return s;
}

/* The paths of what was found, in order, with blanks between. */
static void check_paths(const struct findings *f, const char *wanted)
{
    char paths[1024];
    struct writer w = writer_over(paths, sizeof paths - 1);

    for (size_t i = 0; i < f->count; i++) {
        write_text(&w, i == 0 ? "" : " ");
        write_text(&w, f->at[i].field);
        CHECK_INT(f->at[i].severity, SEVERITY_REFUSE);
        CHECK(f->at[i].sentence[0] != '\0' && f->at[i].mend[0] != '\0');
    }
    CHECK(!w.bad);
    paths[w.size] = '\0';
    CHECK_TEXT(paths, wanted);
}

static void every_value_that_cannot_be_read_is_told(void)
{
    CHECK_STATUS(
        read_text("{\"titel\": \"x\", \"urn\": 7, \"marking\": \"OFICIAL\","
                  " \"flags\": [\"OIMCR\", 1, \"\", \"BOATS\"],"
                  " \"date_created\": \"14/10/2026\", \"no_intercept\": \"yes\","
                  " \"provenance\": {\"grade\": \"9Z\", \"grate\": 1, \"text\": \"Seen.\"},"
                  " \"texts\": [\"x\", {\"text\": \"Seen.\", \"basis\": \"guess\","
                  " \"grade\": \"2B\"}], \"persons\": [{\"roles\": [\"boss\", \"other\", "
                  "\"aide\"],"
                  " \"surname\": \"Pellow\"}], \"sensitive\": [\"wealth\", \"health\"],"
                  " \"links\": {}, \"title\": \"Right\"}"),
        E_VALUE);
    check_paths(&unread, "titel urn marking flags[1] flags[2] date_created no_intercept "
                         "provenance.grade provenance.grate texts[0] texts[1].basis "
                         "persons[0].roles[0] persons[0].roles[2] sensitive[0] links");
    /* And the rest is there, each entry in its place. */
    CHECK_BYTES(record.report.title, b("Right"));
    CHECK_INT(record.facts.urn.size, 0);
    CHECK_INT(record.facts.flags_submitted.count, 4);
    CHECK_BYTES(record.facts.flags_submitted.at[3], b("BOATS"));
    CHECK_BYTES(record.provenance.text, b("Seen."));
    CHECK_INT(record.text_count, 2);
    CHECK_BYTES(record.texts[1].text, b("Seen."));
    CHECK_INT(record.texts[1].grade.source, 2);
    CHECK_INT(record.persons[0].role_count, 1);
    CHECK_INT(record.persons[0].roles[0], ROLE_OTHER);
    CHECK_INT(record.report.sensitive, SENSITIVE_HEALTH);
    CHECK_TEXT(unread.at[0].rule, "I3");
    CHECK_TEXT(unread.at[1].rule, "I6");
    CHECK_TEXT(unread.at[2].rule, "I4");
}

static void no_more_is_told_than_findings_hold(void)
{
    static char text[RECORD_JSON_BYTES_MAX];
    struct writer w = writer_over(text, sizeof text);

    write_text(&w, "{\"urn\": 1");
    for (uint64_t i = 0; i < 50000; i++) {
        write_text(&w, ",\"x");
        write_decimal(&w, i);
        write_text(&w, "\":1");
    }
    write_text(&w, "}");
    write_u8(&w, 0);
    CHECK(!w.bad);
    CHECK_STATUS(read_text(text), E_VALUE);
    CHECK_INT(unread.count, FINDINGS_MAX);
    size_t count = 0;
    for (const struct json_fault *f = &fault; f != NULL; f = f->next)
        count++;
    CHECK_INT(count, FINDINGS_MAX);
    unread_check(&record, &lists, fixture_now, &arena, &unread, &found);
    CHECK_INT(found.count, FINDINGS_MAX);
}

/* --- what the rules say of the rest --- */

/* A right record with `change` before its last bracket. */
static void read_changed(const char *fields)
{
    struct bytes text = {0};
    char whole[16 * 1024];
    struct writer w = writer_over(whole, sizeof whole);

    fixture_arena(&arena);
    fixture_record(&record);
    CHECK_OK(record_json_write(&record, &arena, &text));
    CHECK(text.size > 2 && text.at[text.size - 1] == '}');
    write_bytes(&w, bytes_of(text.at, text.size - 1));
    write_text(&w, ", ");
    write_text(&w, fields);
    write_text(&w, "}");
    write_u8(&w, 0);
    CHECK(!w.bad);
    CHECK_STATUS(read_text(whole), E_VALUE);
    unread_check(&record, &lists, fixture_now, &arena, &unread, &found);
    CHECK(found.refused && !found.code_is_right);
}

static void what_is_right_beside_it_is_not_blamed(void)
{
    read_changed("\"titel\": \"x\"");
    check_paths(&found, "titel");
    read_changed("\"references\": [{\"type\": \"book\", \"reference\": \"x\"}]");
    check_paths(&found, "references[0].type");
    read_changed("\"vessels\": 7, \"links\": [{\"from\": \"vessels[0]\","
                 " \"to\": \"persons[0]\", \"relation\": \"owns\"}]");
    check_paths(&found, "vessels");
    read_changed("\"descriptors\": [7]");
    check_paths(&found, "descriptors[0]");
    read_changed("\"original_scheme\": \"6x6\", \"original_handling\": \"1\"");
    check_paths(&found, "original_scheme");
}

static void what_else_is_wrong_is_told_with_it(void)
{
    CHECK_STATUS(read_text("{\"urn\": 7, \"handling\": \"Q\", \"marking\": \"SECRET\","
                           " \"provenance\": \"2B\"}"),
                 E_VALUE);
    unread_check(&record, &lists, fixture_now, &arena, &unread, &found);
    CHECK(found.count > 8);
    CHECK_TEXT(found.at[0].field, "urn");
    CHECK_TEXT(found.at[1].field, "handling");
    CHECK_TEXT(found.at[2].field, "provenance");
    CHECK_TEXT(found.at[3].rule, "R1");
    CHECK_TEXT(found.at[3].field, "marking");
    for (size_t i = 3; i < found.count; i++) {
        CHECK(strcmp(found.at[i].field, "urn") != 0);
        CHECK(strcmp(found.at[i].field, "handling") != 0);
        CHECK(strncmp(found.at[i].field, "provenance", 10) != 0);
    }
}

static void what_is_no_record_at_all_is_one_finding(void)
{
    CHECK_STATUS(read_text("[]"), E_VALUE);
    unread_check(&record, &lists, fixture_now, &arena, &unread, &found);
    check_paths(&found, "record");
}

CASES(CASE(every_value_that_cannot_be_read_is_told),
      CASE(no_more_is_told_than_findings_hold), CASE(what_is_right_beside_it_is_not_blamed),
      CASE(what_else_is_wrong_is_told_with_it),
      CASE(what_is_no_record_at_all_is_one_finding))

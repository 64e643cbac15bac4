#include "record_json.h"

#include "../intel/fixture.h"

static struct record record;
static struct json_fault fault;
static struct arena arena;

/* URNs of all records that read, one letter each, "!" for a fault. */
static void check_file(const char *text, const char *wanted)
{
    struct record_json_file *f = NULL;
    char got[32] = "";
    size_t count = 0;

    fixture_arena(&arena);
    CHECK_OK(record_json_open(b(text), &f, &fault));
    while (record_json_has_next(f)) {
        const status s = record_json_next(f, &arena, &record, &fault);
        CHECK(count + 1 < sizeof got);
        got[count] = '!';
        if (s == OK)
            memcpy(&got[count], record.facts.urn.at, 1);
        count++;
    }
    f = record_json_free(f);
    CHECK(f == NULL);
    CHECK_TEXT(got, wanted);
}

static void reads_one_object_an_array_or_lines(void)
{
    check_file("{\"urn\": \"a\"}", "a");
    check_file(" \r\n{\n\"urn\":\n\"a\"}\n\n", "a");
    check_file("[{\"urn\": \"a\"}, {\"urn\": \"b\"}]", "ab");
    check_file("[]", "");
    check_file("{\"urn\": \"a\"}\n{\"urn\": \"b\"}\r\n{\"urn\": \"c\"}", "abc");
    check_file("{\"urn\": \"a\"}{\"urn\": \"b\"}", "ab");
    check_file("\xef\xbb\xbf{\"urn\": \"a\"}\n", "a");
    check_file("\xef\xbb\xbf[{\"urn\": \"a\"}]", "a");
}

static void one_wrong_record_does_not_stop_the_rest(void)
{
    check_file("[{\"urn\": \"a\"}, {\"urn\": 1}, {\"urn\": \"b\"}]", "a!b");
    CHECK_TEXT(fault.path, "urn");
    CHECK_TEXT(fault.rule, "I6");
    check_file("{\"urn\": \"a\"}\n\n{\"urn\": 1}\n{\"urn\": \"b\"}\n", "a!b");
    CHECK_TEXT(fault.path, "urn");
    CHECK_INT(fault.line, 0);
}

static void a_line_that_is_not_json_ends_the_file(void)
{
    check_file("{\"urn\": \"a\"}\n{\"urn\": \n{\"urn\": \"b\"}\n", "a!");
    CHECK_INT(fault.line, 2); /* where the object without an end begins */
    check_file("{\"urn\": \"a\"}\n\n{\"urn\": x}\n{\"urn\": \"b\"}\n", "a!");
    CHECK_INT(fault.line, 3);
    CHECK_INT(fault.column, 9);
    check_file("{\"urn\": \"a\"} x", "a!");
    check_file("{\"urn\": \"a\"}, {\"urn\": \"b\"}", "a!");
    check_file("{\"urn\": \"a\", \"urn\": \"b\"}", "!");
}

static void a_file_that_cannot_be_opened_says_why(void)
{
    struct record_json_file *f = NULL;
    struct bytes large = bytes_of("{", RECORD_JSON_FILE_BYTES_MAX + 1);

    CHECK_STATUS(record_json_open(b(""), &f, &fault), E_FORM);
    CHECK_TEXT(fault.sentence, "The file is empty.");
    CHECK_STATUS(record_json_open(b(" \n"), &f, &fault), E_FORM);
    CHECK_STATUS(record_json_open(b("[{\"urn\": \"a\"}"), &f, &fault), E_FORM);
    CHECK(fault.sentence[0] != '\0' && fault.line == 1);
    CHECK_STATUS(record_json_open(b("[] []"), &f, &fault), E_FORM);
    CHECK_STATUS(record_json_open(b("[{},\n 7]"), &f, &fault), E_FORM);
    CHECK_INT(fault.line, 2);
    CHECK_INT(fault.column, 2);
    CHECK_STATUS(record_json_open(b("[{},\n {\"urn\": x}]"), &f, &fault), E_FORM);
    CHECK_INT(fault.line, 2);
    CHECK_INT(fault.column, 10);
    CHECK_STATUS(record_json_open(bytes_of("\xff\xfe{\0}\0", 6), &f, &fault), E_FORM);
    CHECK(strstr(fault.sentence, "UTF-16") != NULL);
    CHECK_TEXT(fault.rule, "I1");
    CHECK_STATUS(record_json_open(large, &f, &fault), E_LIMIT); /* by its size alone */
    CHECK(f == NULL);
    CHECK(record_json_free(NULL) == NULL);
}

static void put(char *to, const char *text)
{
    for (size_t i = 0; text[i] != '\0'; i++)
        to[i] = text[i];
}

/* Each is a list within a list: what the parser makes of it is fifty times as large. */
static void a_record_over_its_limit_is_not_parsed(void)
{
    enum { SIZE = 16 * 1024 * 1024 };
    char *const wall = malloc(SIZE);
    struct record_json_file *f = NULL;

    CHECK(wall != NULL);
    fixture_arena(&arena);
    for (size_t i = 0; i < SIZE; i++)
        wall[i] = "[],"[i % 3];
    put(wall, "{\"a\":[ ");
    put(wall + SIZE - 3, "]} ");
    CHECK_OK(record_json_open(bytes_of(wall, SIZE), &f, &fault));
    CHECK(record_json_has_next(f));
    CHECK_STATUS(record_json_next(f, &arena, &record, &fault), E_LIMIT);
    CHECK_TEXT(fault.rule, "I2");
    CHECK(!record_json_has_next(f));
    f = record_json_free(f);
    put(wall, "[{\"a\":["); /* in an array: none of it is given */
    CHECK_STATUS(record_json_open(bytes_of(wall, SIZE), &f, &fault), E_LIMIT);
    free(wall);
}

CASES(CASE(reads_one_object_an_array_or_lines),
      CASE(one_wrong_record_does_not_stop_the_rest),
      CASE(a_line_that_is_not_json_ends_the_file),
      CASE(a_file_that_cannot_be_opened_says_why),
      CASE(a_record_over_its_limit_is_not_parsed))

#include "json_rows.h"

#include "../intel/fixture.h"

static struct json_rows *rows;
static struct json_row row;
static struct arena arena;
static const char *sentence;

static void begin(const char *text, bool array)
{
    rows = json_rows_free(rows);
    fixture_arena(&arena);
    CHECK_OK(json_rows_open(b(text), array, &rows));
}

static status next(void)
{
    sentence = "";
    return json_rows_next(rows, &arena, &row, &sentence);
}

static const struct json_cell *cell(const char *name)
{
    for (size_t i = 0; i < row.count; i++) {
        if (strcmp(row.cells[i].name, name) == 0)
            return &row.cells[i];
    }
    (void)fprintf(stderr, "no cell %s\n", name);
    CHECK(false);
    return NULL;
}

static void whatever_is_nested_has_a_name(void)
{
    begin("\n{\"a\":\"x\",\"b\":{\"c\":{\"d\":\"y\"}},\"e\":[{\"f\":\"1\"},{\"f\":\"2\"}],"
          "\"g\":[\"p\",\"q\"],\"h\":7,\"i\":true,\"j\":null,\"k\":[],\"l\":[\"x\",1]}\n",
          false);
    CHECK_OK(next());
    CHECK_INT(row.line, 2);
    CHECK_INT(row.count, 8);
    CHECK_BYTES(cell("a")->text, b("x"));
    CHECK_BYTES(cell("b.c.d")->text, b("y"));
    CHECK_BYTES(cell("e.0.f")->text, b("1"));
    CHECK_BYTES(cell("e.1.f")->text, b("2"));
    CHECK_INT(cell("g")->kind, JSON_CELL_PARTS);
    CHECK_INT(cell("g")->part_count, 2);
    CHECK_BYTES(cell("g")->parts[1], b("q"));
    CHECK_INT(cell("h")->kind, JSON_CELL_NUMBER);
    CHECK_BYTES(cell("h")->text, b("7"));
    CHECK_BYTES(cell("i")->text, b("true"));
    CHECK_INT(cell("l")->kind, JSON_CELL_NUMBER);
    CHECK_STATUS(next(), E_UNKNOWN);
    CHECK_STATUS(next(), E_UNKNOWN);
}

static size_t count_rows(const char *text, bool array, status *ret)
{
    size_t count = 0;

    begin(text, array);
    while ((*ret = next()) == OK)
        count++;
    return count;
}

static void check_rows(const char *text, bool array, size_t wanted, status end)
{
    status s = OK;

    CHECK_INT(count_rows(text, array, &s), wanted);
    CHECK_STATUS(s, end);
}

static void files_end_as_they_should(void)
{
    check_rows("", false, 0, E_UNKNOWN);
    check_rows("{}{}\r\n{ }", false, 3, E_UNKNOWN);
    check_rows("[]", true, 0, E_UNKNOWN);
    check_rows(" [ {\"a\":\"]}\\\"\"} , {} ] \n", true, 2, E_UNKNOWN);
    check_rows("", true, 0, E_FORM);
    check_rows("{}", true, 0, E_FORM);
    check_rows("[", true, 0, E_FORM);
    check_rows("[{}", true, 1, E_FORM);
    check_rows("[{} {}]", true, 1, E_FORM);
    check_rows("[{},]", true, 1, E_FORM);
    check_rows("[{},7]", true, 1, E_FORM);
    check_rows("[{}]x", true, 1, E_FORM);
    check_rows("[7]", true, 0, E_FORM);
    check_rows("{}\n7\n{}", false, 1, E_FORM);
    check_rows("{}\n{\"a\":\"", false, 1, E_FORM);
    check_rows("{}\n{\"a\":[}\n", false, 1, E_FORM);
}

static void a_bad_row_does_not_hide_the_next(void)
{
    begin("{\"a\":\"x\",\"a\":\"y\"}\n{\"a\":\"z\"}", false);
    CHECK_STATUS(next(), E_FORM);
    CHECK_TEXT(sentence, "A field is given twice in the same row.");
    CHECK(!json_rows_ended(rows));
    CHECK_OK(next());
    CHECK_INT(row.line, 2);
    CHECK_BYTES(cell("a")->text, b("z"));
}

static void depth_is_counted_before_it_is_parsed(void)
{
    char text[128] = "{\"a\":";
    const size_t head = strlen(text);

    for (size_t depth = JSON_DEPTH_MAX - 1; depth <= JSON_DEPTH_MAX; depth++) {
        memset(text + head, '[', depth);
        memset(text + head + depth, ']', depth);
        text[head + 2 * depth] = '}';
        text[head + 2 * depth + 1] = '\0';
        begin(text, false);
        CHECK_STATUS(next(), depth < JSON_DEPTH_MAX ? OK : E_LIMIT);
    }
    CHECK(json_rows_ended(rows));
    rows = json_rows_free(rows);
}

CASES(CASE(whatever_is_nested_has_a_name), CASE(files_end_as_they_should),
      CASE(a_bad_row_does_not_hide_the_next), CASE(depth_is_counted_before_it_is_parsed))

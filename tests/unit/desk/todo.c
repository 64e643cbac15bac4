#include "todo.h"
#include "desk_fixture.h"

/* What waits for a person. */

static struct control_answer list(struct counter *c)
{
    struct call call = {0};
    struct control_answer a = {0};

    CHECK_OK(todo_prepare(&c->desk, &call));
    CHECK_OK(todo_answer(&c->desk, &call, &a));
    return a;
}

static void check_row(const struct control_row *row, const char *age, const char *kind,
                      const char *what)
{
    check_field(row, "age", age);
    check_field(row, "kind", kind);
    check_field(row, "what", what);
    CHECK(control_value(row, "do").size > 0);
}

static void lists_the_oldest_first_with_its_age(void)
{
    struct counter c;
    const record_id one = fixture_record(1);
    const record_id two = fixture_record(2);

    counter_open(&c);
    CHECK_INT(list(&c).row_count, 0);
    CHECK_OK(desk_todo_open(&c.desk, TODO_CODE, &two, "no code"));
    c.desk.exchange->now += UINT64_C(3) * 3600 * 1000;
    CHECK_OK(desk_todo_open(&c.desk, TODO_TELEPHONE, &one, "SWROCU is silent"));
    c.desk.exchange->now += UINT64_C(2) * 60 * 1000;
    const struct control_answer a = list(&c);
    CHECK_INT(a.row_count, 2);
    check_row(&a.rows[0], "3 h", "crime-code", "no code");
    check_field(&a.rows[0], "record", "0000000000000002fffffffffffffffd");
    check_row(&a.rows[1], "2 min", "telephone", "SWROCU is silent");
    check_field(&a.rows[0], "do",
                "mend the crime identifier code: flagpost supersede "
                "0000000000000002fffffffffffffffd FILE");
    c.desk.exchange->now += (millis)49 * 3600 * 1000;
    check_field(&list(&c).rows[1], "age", "2 d");
    counter_done(&c);
}

static void is_on_the_list_once_and_keeps_its_age(void)
{
    struct counter c;
    const record_id one = fixture_record(1);

    counter_open(&c);
    CHECK_OK(desk_todo_open(&c.desk, TODO_CODE, &one, "no code"));
    c.desk.exchange->now += UINT64_C(3600) * 1000;
    CHECK_OK(desk_todo_open(&c.desk, TODO_CODE, &one, "the code is not on the list"));
    CHECK_OK(desk_todo_open(&c.desk, TODO_REGRADE, &one, "5x5x5"));
    const struct control_answer a = list(&c);
    CHECK_INT(a.row_count, 2);
    check_row(&a.rows[0], "1 h", "crime-code", "the code is not on the list");
    check_row(&a.rows[1], "0 s", "re-grade", "5x5x5");
    counter_done(&c);
}

static void closes_only_what_is_done(void)
{
    struct counter c;
    const record_id one = fixture_record(1);
    const record_id two = fixture_record(2);

    counter_open(&c);
    CHECK_OK(desk_todo_open(&c.desk, TODO_CODE, &one, "one"));
    CHECK_OK(desk_todo_open(&c.desk, TODO_CODE, &two, "two"));
    CHECK_OK(desk_todo_open(&c.desk, TODO_REGRADE, &one, "three"));
    CHECK_OK(desk_todo_close(&c.desk, TODO_CODE, &one));
    CHECK_OK(desk_todo_close(&c.desk, TODO_CODE, &one));
    const struct control_answer a = list(&c);
    CHECK_INT(a.row_count, 2);
    for (size_t i = 0; i < a.row_count; i++)
        CHECK(!bytes_equal(control_value(&a.rows[i], "what"), bytes_of_text("one")));
    counter_done(&c);
}

/* A clock that was set back makes no age of centuries. */
static void has_no_age_below_zero(void)
{
    struct counter c;
    const record_id one = fixture_record(1);

    counter_open(&c);
    CHECK_OK(desk_todo_open(&c.desk, TODO_CODE, &one, "one"));
    c.desk.exchange->now -= UINT64_C(3600) * 1000;
    check_field(&list(&c).rows[0], "age", "0 s");
    counter_done(&c);
}

static void says_when_there_are_more(void)
{
    struct counter c;

    counter_open(&c);
    for (uint64_t n = 0; n < 1001; n++) {
        const record_id id = fixture_record(n);
        CHECK_OK(desk_todo_open(&c.desk, TODO_CODE, &id, "one of many"));
    }
    const struct control_answer a = list(&c);
    CHECK_INT(a.row_count, 1000);
    CHECK(a.sentence.size > 0);
    counter_done(&c);
}

CASES(CASE(lists_the_oldest_first_with_its_age),
      CASE(is_on_the_list_once_and_keeps_its_age), CASE(closes_only_what_is_done),
      CASE(has_no_age_below_zero), CASE(says_when_there_are_more))

#include "held.h"
#include "desk_fixture.h"
#include "shelf.h"
#include "todo.h"

/* What is held until a date. */

static const millis hour = 3600000;

static void put(struct counter *c, uint64_t n, uint32_t state, millis due)
{
    const struct shelf_row row = {.kind = SHELF_WAITING,
                                  .id = fixture_record(n),
                                  .state = state,
                                  .due = due,
                                  .changed = c->desk.exchange->now,
                                  .body = bytes_of_text("x")};

    CHECK_OK(journal_shelf_put(c->desk.journal, &row));
}

static struct control_answer list(struct counter *c)
{
    struct call call = {0};
    struct control_answer a = {0};

    CHECK_OK(held_prepare(&c->desk, &call));
    CHECK_OK(held_answer(&c->desk, &call, &a));
    return a;
}

static size_t todos(struct counter *c)
{
    struct call call = {0};
    struct control_answer a = {0};

    CHECK_OK(todo_answer(&c->desk, &call, &a));
    return a.row_count;
}

static void a_jump_of_more_than_a_day_is_in_doubt_until_the_clock_is_back(void)
{
    struct clock_watch w = {0};
    const millis wall = UINT64_C(1800000000000);

    CHECK(clock_agrees(&w, wall, 5000));
    CHECK(
        clock_agrees(&w, wall + UINT64_C(40) * 24 * hour, 5000 + UINT64_C(40) * 24 * hour));
    CHECK(clock_agrees(&w, wall + 24 * hour, 5000));
    CHECK(!clock_agrees(&w, wall + 24 * hour + 1, 5000));
    CHECK(!clock_agrees(&w, wall + 26 * hour, 5000 + hour)); /* not by waiting */
    CHECK(clock_agrees(&w, wall + 2 * hour, 5000 + 2 * hour));
    CHECK(clock_agrees(&w, wall - 24 * hour, 5000));
    CHECK(!clock_agrees(&w, wall - 24 * hour - 1, 5000));
}

static void what_is_due_waits_while_the_clock_is_in_doubt_and_says_so(void)
{
    struct counter c;
    struct held_told told;

    counter_open(&c);
    c.desk.exchange->roster.expires = UINT64_MAX;
    put(&c, 1, WAITING_HELD, c.desk.exchange->now + 40 * hour);
    CHECK_OK(held_tick(&c.desk, 5000, &told));
    CHECK_INT(told.delayed, 0);
    CHECK_INT(todos(&c), 0);
    c.desk.exchange->now += 50 * hour;
    CHECK_OK(held_tick(&c.desk, 10000, &told));
    CHECK_INT(told.delayed, 1);
    CHECK_INT(told.published + told.refused, 0);
    CHECK_INT(todos(&c), 1);
    CHECK_INT(list(&c).row_count, 1);
    CHECK_OK(held_tick(&c.desk, 12000, &told)); /* not said again and again */
    CHECK_INT(told.delayed, 0);
    counter_done(&c);
}

static void a_row_that_cannot_be_asked_again_is_told_and_kept(void)
{
    struct counter c;
    struct held_told told;

    counter_open(&c);
    c.desk.exchange->roster.expires = UINT64_MAX;
    put(&c, 1, WAITING_HELD, c.desk.exchange->now);
    CHECK_OK(held_tick(&c.desk, 5000, &told));
    CHECK_INT(told.refused, 1);
    CHECK_INT(todos(&c), 1);
    CHECK_INT(list(&c).row_count, 1);
    CHECK_OK(held_tick(&c.desk, 10000, &told)); /* once */
    CHECK_INT(told.refused, 0);
    counter_done(&c);
}

static void lists_what_is_held_the_next_first_and_nothing_else(void)
{
    struct counter c;

    counter_open(&c);
    CHECK_INT(list(&c).row_count, 0);
    put(&c, 1, WAITING_HELD, c.desk.exchange->now + 2 * hour);
    put(&c, 2, WAITING_HELD, c.desk.exchange->now + hour);
    put(&c, 3, WAITING_HERE_TOLD, c.desk.exchange->now + hour);
    put(&c, 4, WAITING_HELD_REFUSED, 0);
    const struct control_answer a = list(&c);
    CHECK_INT(a.row_count, 3);
    check_field(&a.rows[0], "id", "0000000000000002fffffffffffffffd");
    check_field(&a.rows[0], "state", "held");
    check_field(&a.rows[2], "until", "");
    counter_done(&c);
}

CASES(CASE(a_jump_of_more_than_a_day_is_in_doubt_until_the_clock_is_back),
      CASE(what_is_due_waits_while_the_clock_is_in_doubt_and_says_so),
      CASE(a_row_that_cannot_be_asked_again_is_told_and_kept),
      CASE(lists_what_is_held_the_next_first_and_nothing_else))

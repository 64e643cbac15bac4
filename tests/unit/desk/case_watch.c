#include "case_desk.h"

#include "check.h"

/* Reminders are judged by the wall clock and stand for ever, so they wait while it jumps.
 */

static const int64_t minute = 60000;
static const int64_t hour = 3600000;

static struct case_watch watch;
static millis wall, steady;

static void start(void)
{
    watch = (struct case_watch){.wall = 0};
    wall = UINT64_C(1800000000000);
    steady = 5000;
    CHECK(case_clocks_agree(&watch, wall, steady));
}

static bool pass(int64_t by_wall, int64_t by_steady)
{
    wall += (millis)by_wall;
    steady += (millis)by_steady;
    return case_clocks_agree(&watch, wall, steady);
}

static void clocks_that_go_together_agree(void)
{
    start();
    CHECK(pass(10000, 10000));
    CHECK(pass(hour, hour));
    /* The wall clock is set right by a few seconds at a time. */
    CHECK(pass(12000, 10000));
    CHECK(pass(-2000, 10000));
}

static void a_jump_ahead_holds_for_ten_minutes(void)
{
    start();
    CHECK(!pass(24 * hour, 10000));
    CHECK(!pass(9 * minute, 9 * minute));
    CHECK(pass(2 * minute, 2 * minute));
}

static void a_jump_back_holds_too(void)
{
    start();
    CHECK(!pass(-hour, 10000));
    CHECK(pass(11 * minute, 11 * minute));
}

static void a_second_jump_holds_anew(void)
{
    start();
    CHECK(!pass(hour, 10000));
    CHECK(!pass(9 * minute - hour, 9 * minute));
    CHECK(!pass(9 * minute, 9 * minute));
    CHECK(pass(2 * minute, 2 * minute));
}

CASES(CASE(clocks_that_go_together_agree), CASE(a_jump_ahead_holds_for_ten_minutes),
      CASE(a_jump_back_holds_too), CASE(a_second_jump_holds_anew))

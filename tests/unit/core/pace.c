#include "pace.h"

#include "check.h"

/* What a stream's pace makes of when things were sent and taken. */

enum { NOON = 43200000, MORNING = NOON - 3600000 };

/* So many bytes up to `end`, which take so long. */
static void one(struct pace *p, sequence end, size_t bytes, millis at, millis took)
{
    CHECK(pace_room(p, at) > 0);
    pace_sent(p, end, bytes, at);
    pace_taken(p, end, at + took);
}

/* Two full windows within a second each. */
static void widen(struct pace *p, sequence end, millis at)
{
    const size_t before = p->window;

    for (sequence i = 0; i < 2; i++) {
        const millis now = at + 1000 * i;
        const size_t room = pace_room(p, now);
        CHECK(room > 0);
        pace_sent(p, end + i, room, now);
        CHECK_INT(pace_room(p, now), 0);
        pace_taken(p, end + i, now + 100);
    }
    CHECK(p->window > before);
}

static void a_line_that_is_slow_gets_a_seconds_worth(void)
{
    struct pace p = {0};

    one(&p, 1, PACE_FIRST_BYTES, NOON, 2500);
    CHECK_INT(p.window, PACE_FIRST_BYTES * 1000 / 2500);
}

static void what_waited_behind_it_shrinks_nothing_more(void)
{
    struct pace p = {0};

    pace_sent(&p, 1, PACE_FIRST_BYTES / 2, NOON);
    pace_sent(&p, 2, PACE_FIRST_BYTES / 2, NOON + 10);
    pace_taken(&p, 1, NOON + 2100);
    const size_t window = p.window;
    CHECK(window > 0 && window < PACE_FIRST_BYTES);
    pace_taken(&p, 2, NOON + 60000);
    CHECK_INT(p.window, window);
}

/* The clock is one of the wall: it may be set back while the last time lies ahead. */
static void shrinks_after_the_clock_is_set_back(void)
{
    struct pace p = {0};

    one(&p, 1, PACE_FIRST_BYTES, NOON, 2500);
    widen(&p, 2, MORNING);
    const size_t wide = p.window;
    one(&p, 4, wide, MORNING + 3000, 2500);
    CHECK_INT(p.window, wide * 1000 / 2500);
}

/* Sent before it was set back, taken after: nobody knows how long that took. */
static void what_lies_ahead_measures_nothing(void)
{
    struct pace p = {0};

    one(&p, 1, PACE_FIRST_BYTES, NOON, 2500);
    const size_t window = p.window;
    pace_sent(&p, 2, window, NOON + 4000);
    pace_taken(&p, 2, MORNING);
    CHECK_INT(p.window, window);
    pace_sent(&p, 3, window, NOON + 4000);
    pace_again(&p, MORNING);
    CHECK_INT(p.window, window);
    CHECK(pace_room(&p, MORNING) > 0);
}

CASES(CASE(a_line_that_is_slow_gets_a_seconds_worth),
      CASE(what_waited_behind_it_shrinks_nothing_more),
      CASE(shrinks_after_the_clock_is_set_back), CASE(what_lies_ahead_measures_nothing))

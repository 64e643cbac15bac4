#include "desk_fixture.h"

#include <string.h>

/* A list of what has arrived that is longer than one answer looks at. */

enum { ARRIVED = 20600, SHOWN = 500, LOOKED_AT = 20000 };

static void arrive(struct counter *c)
{
    const struct store s = c->desk.exchange->store;
    const struct stream_id first = fixture_stream("F50", LANE_ROUTINE, 1);
    const struct stream_id second = fixture_stream("F51", LANE_ROUTINE, 1);

    for (sequence i = 0; i < ARRIVED; i++) {
        /* The oldest hundred are another publisher's. */
        const struct entry_row e = fixture_entry(i < 100 ? &second : &first, i);
        CHECK_OK(s.ops->entry_put(s.self, &e));
    }
}

/* The list as it is asked for with these two arguments, each of which may be empty. */
static struct control_answer ask_by(struct counter *c, const char *channel,
                                    const char *skip, const char *until)
{
    const struct control_field asked[] = {
        {.name = bytes_of_text("skip"), .value = bytes_of_text(skip)},
        {.name = bytes_of_text("until"), .value = bytes_of_text(until)}};
    struct call call = {.channel = channel,
                        .parsed = {.arguments = asked, .argument_count = COUNT_OF(asked)}};
    struct control_answer a = {0};

    arena_reset(&c->arena);
    CHECK_OK(inbox_prepare(&c->desk, &call));
    CHECK_OK(inbox_answer(&c->desk, &call, &a));
    return a;
}

static struct control_answer ask(struct counter *c, const char *skip, const char *until)
{
    return ask_by(c, "control", skip, until);
}

static void check_ends(const struct control_answer *a, const char *end)
{
    const size_t size = strlen(end);

    CHECK(a->sentence.size >= size);
    CHECK(
        bytes_equal(bytes_from(a->sentence, a->sentence.size - size), bytes_of_text(end)));
}

static void a_long_list_goes_on_where_it_ended(void)
{
    struct counter c;

    counter_open(&c);
    arrive(&c);
    struct control_answer a = ask(&c, "", "");
    CHECK_INT(a.row_count, SHOWN);
    check_field(&a.rows[0], "index", "20599");
    check_ends(&a, "the next older ones: --skip 500");
    a = ask(&c, "500", "");
    check_field(&a.rows[0], "index", "20099");
    check_ends(&a, "--skip 1000");
    a = ask(&c, "20500", "");
    CHECK_INT(a.row_count, 100);
    CHECK_INT(a.sentence.size, 0);
    a = ask(&c, "20600", "");
    CHECK_INT(a.row_count, 0);
    counter_done(&c);
}

/* Rows that match nothing cost a turn as much as others; what is behind them is reached. */
static void a_narrowed_list_says_how_to_look_further(void)
{
    struct counter c;

    counter_open(&c);
    arrive(&c);
    struct control_answer a = ask(&c, "", "1970-01-01T00:00:01Z");
    CHECK_INT(a.row_count, 0);
    check_ends(&a, "were not looked at; to look at them: --skip 20000");
    a = ask(&c, "20000", "1970-01-01T00:00:02Z");
    CHECK_INT(a.row_count, SHOWN);
    check_ends(&a, "--skip 20500");
    a = ask(&c, "20500", "1970-01-01T00:00:02Z");
    CHECK_INT(a.row_count, 100);
    counter_done(&c);
}

/* Over HTTP there is no option to be told of: where it goes on is a row. */
static void over_http_a_row_says_where_it_goes_on(void)
{
    struct counter c;

    counter_open(&c);
    arrive(&c);
    struct control_answer a = ask_by(&c, "http", "", "");
    CHECK_INT(a.row_count, SHOWN + 1);
    check_field(&a.rows[SHOWN], "row", "more");
    check_field(&a.rows[SHOWN], "skip", "500");
    a = ask_by(&c, "http", "20500", "");
    CHECK_INT(a.row_count, 100);
    counter_done(&c);
}

CASES(CASE(a_long_list_goes_on_where_it_ended),
      CASE(a_narrowed_list_says_how_to_look_further),
      CASE(over_http_a_row_says_where_it_goes_on))

#include "retention.h"

#include "fixture.h"
#include "rule.h"

/* R16 and R17: review from group and last notice, a hold above all, two persons. */

static struct retention_events set;
static struct retention r;
static struct lists lists;
static struct arena arena;
static struct partial_date born;
static millis now;

static millis day(const char *date)
{
    char text[] = "0000-00-00T00:00:00Z";
    millis t = 0;

    memcpy(text, date, 10);
    CHECK_OK(time_read(b(text), &t));
    return t;
}

static struct item_retention event(enum retention_what what, uint8_t record,
                                   const char *person)
{
    struct item_retention e = {
        .what = what, .at = now, .person = b(person), .has_record = record != 0};

    e.record.bytes[15] = record;
    if (what == RETENTION_HELD || what == RETENTION_RELEASED)
        e.reference = b("R v A");
    if (what == RETENTION_OPENED)
        e.group = 3;
    return e;
}

static const char *refusal(const struct item_retention *e)
{
    const struct retention_asked asked = {
        .rules = lists.retention, .born = born, .now = now};

    return retention_refusal(&set, e, &asked);
}

static void must(const struct item_retention *e)
{
    const char *const why = refusal(e);

    if (why != NULL)
        (void)fprintf(stderr, "%s\n", why);
    CHECK(why == NULL);
    set.at[set.count++] = *e;
    retention_of(&set, lists.retention, &r);
}

static void happens(enum retention_what what, const char *person)
{
    const struct item_retention e = event(what, 0, person);

    must(&e);
}

static void must_not(enum retention_what what, const char *person, const char *words)
{
    const struct item_retention e = event(what, 0, person);
    const char *const why = refusal(&e);

    CHECK(why != NULL);
    if (strstr(why, words) == NULL)
        (void)fprintf(stderr, "%s\n", why);
    CHECK(strstr(why, words) != NULL);
}

static void add(uint8_t record, const char *notice)
{
    struct item_retention e = event(RETENTION_ADDED, record, "uid:1 a");

    e.notice = day(notice);
    must(&e);
}

static void start(const char *notice)
{
    fixture_arena(&arena);
    fixture_lists(&arena, &lists);
    set.count = 0;
    born = (struct partial_date){0};
    now = day("2026-11-28");
    happens(RETENTION_OPENED, "uid:1 a");
    add(1, notice);
}

static void group(uint32_t number)
{
    struct item_retention e = event(RETENTION_GROUPED, 0, "uid:1 a");

    e.group = number;
    must(&e);
}

static void periods_end_with_the_day_of_their_number(void)
{
    static const struct {
        struct partial_date from;
        uint32_t years;
        const char *due;
    } cases[] = {
        {{2020, 3, 5}, 6, "2026-03-06"},   {{2020, 2, 29}, 6, "2026-03-01"},
        {{2020, 2, 29}, 8, "2028-03-01"},  {{2020, 12, 31}, 6, "2027-01-01"},
        {{2023, 2, 28}, 1, "2024-02-29"},  {{1999, 0, 0}, 100, "2100-01-01"},
        {{2000, 2, 0}, 100, "2100-03-01"}, {{1996, 4, 0}, 1, "1997-05-01"},
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_INT(retention_after(cases[i].from, cases[i].years), day(cases[i].due));
    CHECK_INT(retention_after((struct partial_date){9999, 1, 1}, 1), INT64_MAX);
}

static void each_group_has_its_clear_period(void)
{
    start("2020-02-29");
    CHECK_INT(r.due, day("2026-03-01"));
    group(2);
    CHECK_INT(r.due, day("2030-03-01"));
    group(1);
    CHECK_INT(r.due, day("2030-03-01"));
    group(4);
    CHECK_INT(r.due, day("2026-03-01"));
}

static void what_came_last_to_notice_counts(void)
{
    start("2019-05-01");
    add(2, "2021-06-15");
    add(3, "2018-01-01");
    CHECK_INT(r.last_notice, day("2021-06-15"));
    CHECK_INT(r.due, day("2027-06-16"));
    const struct item_retention out = event(RETENTION_REMOVED, 2, "uid:1 a");
    must(&out);
    CHECK_INT(r.last_notice, day("2019-05-01"));
    struct item_retention seen = event(RETENTION_NOTICED, 0, "uid:1 a");
    seen.notice = day("2025-01-01");
    must(&seen);
    CHECK_INT(r.due, day("2031-01-02"));
    CHECK_INT(r.records, 2);
}

static void a_review_that_keeps_it_is_followed_by_another(void)
{
    start("2015-01-01");
    happens(RETENTION_KEPT, "uid:1 a");
    CHECK_INT(r.due, day("2031-11-29"));
    add(2, "2026-11-27"); /* six years clear end after five more of review */
    CHECK_INT(r.due, day("2032-11-28"));
}

static void nothing_is_disposed_of_before_it_is_due(void)
{
    start("2020-11-28");
    must_not(RETENTION_CONDEMNED, "uid:1 a", "still runs");
    now = day("2026-11-29") - 1;
    must_not(RETENTION_CONDEMNED, "uid:1 a", "still runs");
    now = day("2026-11-29");
    happens(RETENTION_CONDEMNED, "uid:1 a");
    now = day("2026-11-28"); /* the clock went back meanwhile */
    must_not(RETENTION_PROPOSED, "uid:1 a", "still runs");
}

static void two_persons_dispose_of_it(void)
{
    start("2015-01-01");
    must_not(RETENTION_PROPOSED, "uid:1 a", "no review");
    happens(RETENTION_CONDEMNED, "uid:1 a");
    must_not(RETENTION_APPROVED, "uid:2 b", "nobody has proposed");
    happens(RETENTION_PROPOSED, "uid:1 a");
    must_not(RETENTION_APPROVED, "uid:1 a", "second person");
    must_not(RETENTION_APPROVED, "uid:1", "second person");
    happens(RETENTION_APPROVED, "uid:11 a");
    CHECK_INT(r.state, RETENTION_IS_APPROVED);
    CHECK_INT(r.approved_at, now);
    happens(RETENTION_UNDONE, "uid:1 a");
    CHECK_INT(r.state, RETENTION_TO_DISPOSE);
    must_not(RETENTION_UNDONE, "uid:1 a", "nothing is proposed");
}

static void approve(void)
{
    happens(RETENTION_CONDEMNED, "uid:1 a");
    happens(RETENTION_PROPOSED, "uid:1 a");
    happens(RETENTION_APPROVED, "uid:2 b");
}

static void a_hold_beats_all(void)
{
    static const enum retention_what steps[] = {RETENTION_CONDEMNED, RETENTION_PROPOSED,
                                                RETENTION_APPROVED};

    for (size_t held_before = 0; held_before < COUNT_OF(steps); held_before++) {
        start("2015-01-01");
        for (size_t i = 0; i < held_before; i++)
            happens(steps[i], "uid:1 a");
        happens(RETENTION_HELD, "uid:3 c");
        if (held_before == 0)
            must_not(RETENTION_CONDEMNED, "uid:2 b", "legal hold");
        else
            must_not(RETENTION_PROPOSED, "uid:2 b", "legal hold");
    }
    start("2015-01-01");
    approve();
    happens(RETENTION_HELD, "uid:3 c");
    CHECK_INT(r.state, RETENTION_TO_DISPOSE);
    must_not(RETENTION_ERASED, "node", "has been said");
}

static void each_hold_is_released_by_its_own_reference(void)
{
    start("2015-01-01");
    happens(RETENTION_HELD, "uid:1 a");
    must_not(RETENTION_HELD, "uid:1 a", "already");
    struct item_retention other = event(RETENTION_HELD, 0, "uid:1 a");
    other.reference = b("R v B");
    must(&other);
    CHECK_INT(r.holds, 2);
    happens(RETENTION_RELEASED, "uid:1 a");
    CHECK_INT(r.holds, 1);
    CHECK_BYTES(r.hold, b("R v B"));
    must_not(RETENTION_RELEASED, "uid:1 a", "not held for that");
    must_not(RETENTION_CONDEMNED, "uid:1 a", "legal hold");
    other.what = RETENTION_RELEASED;
    must(&other);
    happens(RETENTION_CONDEMNED, "uid:1 a");
    happens(RETENTION_HELD, "uid:1 a");
    CHECK_INT(r.holds, 1);
}

static void new_facts_void_what_was_decided_without_them(void)
{
    start("2015-01-01");
    approve();
    add(2, "2016-01-01");
    CHECK_INT(r.state, RETENTION_STANDING);
    must_not(RETENTION_PROPOSED, "uid:1 a", "no review");
    approve();
    group(2);
    CHECK_INT(r.state, RETENTION_STANDING);
}

static void group_1_stays_until_the_subject_is_of_age(void)
{
    start("1990-01-01");
    group(1);
    must_not(RETENTION_CONDEMNED, "uid:1 a", "no date of birth");
    born = (struct partial_date){1926, 11, 28};
    must_not(RETENTION_CONDEMNED, "uid:1 a", "not reached");
    born = (struct partial_date){1926, 11, 27};
    happens(RETENTION_CONDEMNED, "uid:1 a");
}

static void it_is_disposed_of_with_its_last_record(void)
{
    start("2015-01-01");
    add(2, "2015-01-02");
    approve();
    struct item_retention erased = event(RETENTION_ERASED, 3, "node");
    CHECK(strstr(refusal(&erased), "not in that set") != NULL);
    erased.record.bytes[15] = 1;
    must(&erased);
    CHECK_INT(r.state, RETENTION_ERASING);
    CHECK(strstr(refusal(&erased), "erased already") != NULL);
    must_not(RETENTION_UNDONE, "uid:1 a", "being disposed of");
    must_not(RETENTION_HELD, "uid:1 a", "being disposed of");
    erased.record.bytes[15] = 2;
    must(&erased);
    CHECK_INT(r.state, RETENTION_DISPOSED);
    must_not(RETENTION_GROUPED, "uid:1 a", "has been");
}

static void a_group_that_the_list_lacks_is_never_due(void)
{
    start("1990-01-01");
    lists.retention[2].clear_years = 0;
    retention_of(&set, lists.retention, &r);
    CHECK_INT(r.due, 0);
    must_not(RETENTION_CONDEMNED, "uid:1 a", "no intervals");
}

static void a_set_has_a_bound_and_can_still_be_ended(void)
{
    start("2015-01-01");
    const struct item_retention again = event(RETENTION_KEPT, 0, "uid:1 a");
    while (refusal(&again) == NULL)
        set.at[set.count++] = again;
    CHECK_INT(set.count, RETENTION_EVENTS_MAX - RETENTION_RECORDS_MAX);
    CHECK(strstr(refusal(&again), "open another") != NULL);
}

static void the_shipped_intervals_say_that_they_are_unconfirmed(void)
{
    fixture_arena(&arena);
    fixture_lists(&arena, &lists);
    for (size_t i = 0; i < RETENTION_GROUPS; i++) {
        CHECK(lists.retention[i].clear_years > 0);
        CHECK(lists.retention[i].title.size > 12 &&
              memcmp(lists.retention[i].title.at, "UNCONFIRMED ", 12) == 0);
    }
}

CASES(CASE(periods_end_with_the_day_of_their_number), CASE(each_group_has_its_clear_period),
      CASE(what_came_last_to_notice_counts),
      CASE(a_review_that_keeps_it_is_followed_by_another),
      CASE(nothing_is_disposed_of_before_it_is_due), CASE(two_persons_dispose_of_it),
      CASE(a_hold_beats_all), CASE(each_hold_is_released_by_its_own_reference),
      CASE(new_facts_void_what_was_decided_without_them),
      CASE(group_1_stays_until_the_subject_is_of_age),
      CASE(it_is_disposed_of_with_its_last_record),
      CASE(a_group_that_the_list_lacks_is_never_due),
      CASE(a_set_has_a_bound_and_can_still_be_ended),
      CASE(the_shipped_intervals_say_that_they_are_unconfirmed))

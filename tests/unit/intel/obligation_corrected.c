#include "owed.h"

/* R18: what was recorded of a call with a wrong time, station or role, and was corrected.
 */

static void correct(unsigned hour, unsigned reported, const char *station)
{
    struct case_event e = event(CASE_CORRECTED, hour, 0);

    e.is.reported_at = hours(reported);
    e.is.station = bytes_of_text(station);
    e.is.role = bytes_of_text("detention officer");
    CHECK_OK(case_events_add(&set, &e));
}

static void a_correction_stands_in_the_place_of_the_report(void)
{
    set.count = 0;
    correct(5, 10, "55AB"); /* in whatever order they become known */
    add(CASE_REPORTED, 1, 0);
    at(12);
    CHECK_INT(o.state, OBLIGATION_REPORTED);
    CHECK_INT(o.reported_at, hours(10));
    CHECK_INT(obligation_due(&o), hours(34));
    CHECK_BYTES(o.station, bytes_of_text("55AB"));
    CHECK_BYTES(o.role, bytes_of_text("detention officer"));
    correct(6, 2, "55AC"); /* the newest */
    at(27);
    CHECK_INT(o.reported_at, hours(2));
    CHECK_BYTES(o.station, bytes_of_text("55AC"));
    CHECK(o.overdue && o.officer.breached);
    add(CASE_SUBMITTED, 25, 3);
    at(30);
    CHECK_INT(o.state, OBLIGATION_SUBMITTED);
    CHECK(o.submitted_in_time && !o.officer.breached);
    CHECK_INT(o.officer.spent, 23 * HOUR);
}

static void a_reminder_of_what_was_corrected_counts_no_more(void)
{
    start();
    add(CASE_OVERDUE, 25, 0);
    at(26);
    CHECK(o.told && o.overdue);
    correct(27, 20, "55AA");
    at(28);
    CHECK(!o.told && !o.reminded && !o.overdue);
    CHECK_INT(obligation_due(&o), hours(44));
    add(CASE_OVERDUE, 45, 0);
    at(46);
    CHECK(o.told && o.overdue);
}

static void a_correction_alone_reports_nothing(void)
{
    set.count = 0;
    correct(5, 1, "55AB");
    at(6);
    CHECK_INT(o.state, OBLIGATION_UNREPORTED);
    CHECK_INT(o.reported_at, 0);
}

CASES(CASE(a_correction_stands_in_the_place_of_the_report),
      CASE(a_reminder_of_what_was_corrected_counts_no_more),
      CASE(a_correction_alone_reports_nothing))

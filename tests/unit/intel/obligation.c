#include "owed.h"

/* R18: a report opens it, an accepted document closes it, whatever is learned when. */

static void a_report_starts_the_officers_clock(void)
{
    start();
    at(3);
    CHECK_INT(o.state, OBLIGATION_REPORTED);
    CHECK(obligation_is_open(&o));
    CHECK(obligation_running(&o) == &o.officer);
    CHECK_INT(obligation_due(&o), hours(24));
    CHECK_INT(o.officer.spent, 3 * HOUR);
    CHECK_INT(o.age, 3 * HOUR);
    CHECK_INT(o.reported_at, hours(0));
    CHECK_BYTES(o.station, bytes_of_text("55AA"));
    CHECK(!o.overdue && !o.officer.breached);
}

static void a_document_stops_it_and_starts_the_bureaus(void)
{
    start();
    add(CASE_SUBMITTED, 20, 1);
    at(30);
    CHECK_INT(o.state, OBLIGATION_SUBMITTED);
    CHECK(obligation_running(&o) == &o.bureau);
    CHECK(o.submitted_in_time && !o.officer.running && !o.officer.breached);
    CHECK_INT(o.officer.spent, 20 * HOUR);
    CHECK_INT(o.bureau.spent, 10 * HOUR);
    CHECK_INT(obligation_due(&o), hours(68));
    at(69);
    CHECK(o.overdue && o.bureau.breached && !o.officer.breached);
}

static void acceptance_closes_it(void)
{
    start();
    add(CASE_SUBMITTED, 20, 1);
    add(CASE_ACCEPTED, 40, 1);
    at(400);
    CHECK_INT(o.state, OBLIGATION_ACCEPTED);
    CHECK(!obligation_is_open(&o) && obligation_running(&o) == NULL);
    CHECK(!o.overdue && !o.bureau.breached && !o.officer.breached);
    CHECK_INT(o.age, 40 * HOUR);
    CHECK_INT(obligation_due(&o), 0);
    CHECK_INT(o.document.bytes[15], 1);
}

static void acceptance_alone_is_submission_at_that_moment(void)
{
    start();
    add(CASE_ACCEPTED, 25, 1);
    at(26);
    CHECK_INT(o.state, OBLIGATION_ACCEPTED);
    CHECK(!o.submitted_in_time && o.officer.breached);
    CHECK_INT(o.officer.spent, 25 * HOUR);
    CHECK_INT(o.bureau.since, 0);
}

static void what_is_returned_is_the_officers_again(void)
{
    start();
    add(CASE_SUBMITTED, 2, 1);
    add(CASE_RETURNED, 10, 1);
    at(12);
    CHECK_INT(o.state, OBLIGATION_RETURNED);
    CHECK_INT(obligation_due(&o), hours(34));
    CHECK_INT(o.officer.spent, 4 * HOUR);
    add(CASE_SUBMITTED, 36, 2);
    at(37);
    CHECK_INT(o.state, OBLIGATION_SUBMITTED);
    CHECK(o.officer.breached && o.submitted_in_time);
    CHECK_INT(o.documents, 2);
    /* The first one coming back once more says nothing of the second. */
    add(CASE_RETURNED, 38, 1);
    at(39);
    CHECK_INT(o.state, OBLIGATION_SUBMITTED);
}

static void what_was_accepted_can_be_given_back(void)
{
    start();
    add(CASE_ACCEPTED, 2, 1);
    add(CASE_RETURNED, 3, 2); /* another document, which closed nothing */
    at(4);
    CHECK_INT(o.state, OBLIGATION_ACCEPTED);
    add(CASE_RETURNED, 5, 1);
    at(6);
    CHECK_INT(o.state, OBLIGATION_RETURNED);
    CHECK_INT(obligation_due(&o), hours(29));
}

static void a_discharge_closes_it_and_a_document_still_counts(void)
{
    start();
    add(CASE_DISCHARGED, 30, 0);
    at(90);
    CHECK_INT(o.state, OBLIGATION_DISCHARGED);
    CHECK(o.officer.breached && !o.overdue);
    add(CASE_SUBMITTED, 91, 1);
    at(92);
    CHECK_INT(o.state, OBLIGATION_DISCHARGED);
    add(CASE_ACCEPTED, 93, 1);
    at(94);
    CHECK_INT(o.state, OBLIGATION_ACCEPTED);
}

static void reopening_starts_the_officers_clock_again(void)
{
    start();
    add(CASE_ACCEPTED, 1, 1);
    add(CASE_REOPENED, 50, 0);
    at(51);
    CHECK_INT(o.state, OBLIGATION_REOPENED);
    CHECK_INT(obligation_due(&o), hours(74));
    CHECK(!o.overdue && !o.officer.breached);
    at(75);
    CHECK(o.overdue && o.officer.breached);
}

static void what_was_never_reported_owes_nothing(void)
{
    set.count = 0;
    add(CASE_ACCEPTED, 5, 1);
    at(9);
    CHECK_INT(o.state, OBLIGATION_UNREPORTED);
    CHECK(!obligation_is_open(&o));
    CHECK_INT(o.documents, 1);
    /* The report comes late, of a call after the document was written. */
    add(CASE_REPORTED, 7, 0);
    at(9);
    CHECK_INT(o.state, OBLIGATION_ACCEPTED);
    CHECK(o.submitted_in_time);
    CHECK_INT(o.age, 0);
}

static void due_is_the_last_moment_in_time(void)
{
    start();
    at(24);
    CHECK(!o.overdue && !o.officer.breached);
    obligation_of(&set, &allowance, hours(24) + 1, &o);
    CHECK(o.overdue && o.officer.breached);
}

static void a_clock_that_jumped_back_unbreaches_nothing(void)
{
    start();
    add(CASE_OVERDUE, 25, 0);
    obligation_of(&set, &allowance, 0, &o);
    CHECK(o.overdue && o.officer.breached && o.told && !o.reminded);
    /* But a document that is found to have come in time does. */
    add(CASE_SUBMITTED, 23, 1);
    obligation_of(&set, &allowance, 0, &o);
    CHECK(!o.officer.breached && o.submitted_in_time && !o.overdue);
    CHECK_INT(obligation_moment(&set, hours(3)), hours(23) + 1);
    CHECK_INT(obligation_moment(&set, hours(24)), hours(24));
}

static void each_run_has_reminders_of_its_own(void)
{
    start();
    add(CASE_DUE, 20, 0);
    at(21);
    CHECK(o.reminded && !o.told);
    add(CASE_SUBMITTED, 22, 1);
    at(23);
    CHECK(!o.reminded);
    add(CASE_DUE, 66, 0);
    at(66);
    CHECK(o.reminded);
}

static void the_same_event_twice_is_one(void)
{
    const struct case_event again = event(CASE_REPORTED, 0, 0);
    struct case_event other = again;

    start();
    CHECK_STATUS(case_events_add(&set, &again), E_DUPLICATE);
    other.is.station = bytes_of_text("55AB");
    CHECK_OK(case_events_add(&set, &other));
    at(1);
    CHECK_INT(o.reports, 2);
    CHECK_BYTES(o.station, bytes_of_text("55AA"));
}

static void a_full_set_takes_no_more(void)
{
    const struct case_event one_more = event(CASE_DUE, 1000, 0);

    start();
    for (unsigned i = 1; i < OBLIGATION_EVENTS_MAX; i++)
        add(CASE_DUE, i, 0);
    CHECK_STATUS(case_events_add(&set, &one_more), E_LIMIT);
}

/* --- over random sets and orders --- */

static uint64_t state;

static unsigned roll(unsigned below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)((state >> 11) % below);
}

enum { PILE_MAX = 12, ROUNDS = 3000 };

static size_t random_pile(struct case_event *pile)
{
    const size_t count = 1 + roll(PILE_MAX);

    for (size_t i = 0; i < count; i++)
        pile[i] =
            event((enum case_what)(1 + roll(CASE_OVERDUE)), roll(90), (uint8_t)roll(3));
    return count;
}

static void shuffle(struct case_event *pile, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        const size_t k = roll((unsigned)i);
        const struct case_event kept = pile[k];
        pile[k] = pile[i - 1];
        pile[i - 1] = kept;
    }
}

static void fill(const struct case_event *pile, size_t count)
{
    set.count = 0;
    for (size_t i = 0; i < count; i++)
        status_ignore(case_events_add(&set, &pile[i])); /* chance may repeat one */
}

static bool clock_equal(const struct obligation_clock *a, const struct obligation_clock *b)
{
    return a->running == b->running && a->since == b->since && a->due == b->due &&
           a->spent == b->spent && a->breached == b->breached;
}

static bool equal(const struct obligation *a, const struct obligation *b)
{
    return a->state == b->state && a->reported_at == b->reported_at &&
           clock_equal(&a->officer, &b->officer) && clock_equal(&a->bureau, &b->bureau) &&
           a->changed == b->changed && a->age == b->age && a->overdue == b->overdue &&
           a->has_document == b->has_document &&
           record_id_equal(&a->document, &b->document) && a->documents == b->documents &&
           a->reports == b->reports && a->submitted_in_time == b->submitted_in_time &&
           a->settled == b->settled && a->reminded == b->reminded && a->told == b->told;
}

static void check_shuffled(struct case_event *pile, size_t count)
{
    struct obligation first;

    fill(pile, count);
    obligation_of(&set, &allowance, hours(50), &first);
    for (unsigned k = 0; k < 6; k++) {
        shuffle(pile, count);
        fill(pile, count);
        obligation_of(&set, &allowance, hours(50), &o);
        CHECK(equal(&first, &o));
    }
}

static void the_order_of_arrival_changes_nothing(void)
{
    struct case_event pile[PILE_MAX];

    state = 20261127;
    for (unsigned round = 0; round < ROUNDS; round++) {
        const size_t count = random_pile(pile);
        check_shuffled(pile, count);
    }
}

/* Whatever the set: one clock runs exactly while it is open, time is counted once, and only
 * forward. */
static void time_only_adds(void)
{
    struct case_event pile[PILE_MAX];

    state = 77;
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct obligation before;
        fill(pile, random_pile(pile));
        obligation_of(&set, &allowance, hours(roll(60)), &before);
        obligation_of(&set, &allowance, hours(60 + roll(60)), &o);
        CHECK_INT(o.state, before.state);
        CHECK(obligation_is_open(&o) == (obligation_running(&o) != NULL));
        CHECK(!(o.officer.running && o.bureau.running));
        CHECK(!before.officer.breached || o.officer.breached);
        CHECK(!before.bureau.breached || o.bureau.breached);
        CHECK(!before.overdue || o.overdue);
        CHECK(o.officer.spent + o.bureau.spent >=
              before.officer.spent + before.bureau.spent);
        CHECK(!o.overdue || obligation_is_open(&o));
    }
}

/* Once a reminder says that it is overdue, no `now` says otherwise. */
static void what_was_told_stays_so(void)
{
    struct case_event pile[PILE_MAX];

    state = 4711;
    for (unsigned round = 0; round < ROUNDS; round++) {
        fill(pile, random_pile(pile));
        obligation_of(&set, &allowance, hours(200), &o);
        if (!o.overdue || set.count == OBLIGATION_EVENTS_MAX)
            continue;
        const struct case_event told = event(CASE_OVERDUE, 200, 0);
        CHECK_OK(case_events_add(&set, &told));
        obligation_of(&set, &allowance, hours(roll(200)), &o);
        CHECK(o.overdue && o.told);
    }
}

CASES(CASE(a_report_starts_the_officers_clock),
      CASE(a_document_stops_it_and_starts_the_bureaus), CASE(acceptance_closes_it),
      CASE(acceptance_alone_is_submission_at_that_moment),
      CASE(what_is_returned_is_the_officers_again),
      CASE(what_was_accepted_can_be_given_back),
      CASE(a_discharge_closes_it_and_a_document_still_counts),
      CASE(reopening_starts_the_officers_clock_again),
      CASE(what_was_never_reported_owes_nothing), CASE(due_is_the_last_moment_in_time),
      CASE(a_clock_that_jumped_back_unbreaches_nothing),
      CASE(each_run_has_reminders_of_its_own), CASE(the_same_event_twice_is_one),
      CASE(a_full_set_takes_no_more), CASE(the_order_of_arrival_changes_nothing),
      CASE(time_only_adds), CASE(what_was_told_stays_so))

#include "reconciled.h"

/* A peer that says what it was not asked ends the session or has no effect. */

/* Only that desk does anything by itself. */
static void rounds_of(struct world *w, size_t who, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        w->t->now += 300;
        for (size_t n = 0; n < TRIO_NODES; n++) {
            if (n == who)
                turn(w, n);
            else
                trio_turn(w->t, n);
        }
    }
}

/* BRAVO has asked, and ALFA's own desk says nothing. */
static struct item_ranges asked(struct world *w)
{
    const struct argued with = {"agency", w->t->cast.actors[ALFA].id.text};
    struct item_ranges i = {.what = RANGES_ANSWERS, .ranges = bytes_of_text("\1")};

    CHECK_OK(ask(w, BRAVO, reconcile_prepare, &with, 1));
    rounds_of(w, BRAVO, 3);
    const struct reconcile *const r = w->desks[BRAVO].reconciling.session;
    CHECK(r != NULL && r->asked);
    i.session = r->session;
    i.step = r->step;
    memcpy(i.covers, r->set.scope.covers, sizeof i.covers);
    return i;
}

static void say(struct world *w, size_t from, size_t to, const struct item_ranges *i)
{
    const struct reconcile r = {.other = w->t->cast.actors[to].id};

    trio_begin(w->t, from);
    CHECK_OK(reconcile_say(&w->desks[from], &r, i, NULL, 0));
    trio_end(w->t, from);
    rounds_of(w, to, 6);
}

static void check_stopped(struct world *w, const char *why)
{
    struct reconcile_result r = result(w, BRAVO, ALFA);

    CHECK(w->desks[BRAVO].reconciling.session == NULL);
    CHECK_INT(r.state, RECONCILE_STOPPED);
    r.sentence.at[SHORT_TEXT_MAX - 1] = 0;
    CHECK(strstr((const char *)r.sentence.at, why) != NULL);
    CHECK(r.due == r.at + RECONCILE_AGAIN_MS);
    CHECK_INT(look(w, BRAVO, NULL).count, 0);
}

static void what_is_no_answer_ends_the_session(void)
{
    static const uint8_t foreign[2 + 64] = {2, 1, 7, [2 + 32] = DIFFERENCE_WAITING};
    struct world *const w = begun();
    struct item_ranges i = asked(w);

    i.ranges = bytes_of_text("rubbish");
    say(w, ALFA, BRAVO, &i);
    check_stopped(w, "its answer is none");

    i = asked(w);
    i.ranges = bytes_of(foreign, sizeof foreign);
    say(w, ALFA, BRAVO, &i);
    check_stopped(w, "no record of its own");

    i = asked(w);
    i.step++;
    say(w, ALFA, BRAVO, &i);
    check_stopped(w, "not asked, or answered twice");

    i = asked(w);
    i.covers[COVER_RECORDS_ROUTINE].size--;
    say(w, ALFA, BRAVO, &i);
    check_stopped(w, "another part");

    i = asked(w);
    i.what = RANGES_ENDS;
    i.ranges = (struct bytes){0};
    say(w, ALFA, BRAVO, &i);
    check_stopped(w, "only national ingestion");

    /* "Not the same", without end. */
    i = asked(w);
    while (w->desks[BRAVO].reconciling.session != NULL) {
        uint8_t differs[RANGES_ASKED_MAX];
        memset(differs, 1, sizeof differs);
        i.ranges = bytes_of(differs, w->desks[BRAVO].reconciling.session->run.asked_count);
        i.step = w->desks[BRAVO].reconciling.session->step;
        say(w, ALFA, BRAVO, &i);
    }
    check_stopped(w, "no end");
    ended(w);
}

static void the_second_of_two_answers_ends_it(void)
{
    struct world *const w = begun();
    const struct item_ranges i = asked(w);
    const struct reconcile r = {.other = w->t->cast.actors[BRAVO].id};

    trio_begin(w->t, ALFA);
    CHECK_OK(reconcile_say(&w->desks[ALFA], &r, &i, NULL, 0));
    CHECK_OK(reconcile_say(&w->desks[ALFA], &r, &i, NULL, 0));
    trio_end(w->t, ALFA);
    rounds_of(w, BRAVO, 6);
    check_stopped(w, "answered twice");
    ended(w);
}

static void what_is_of_another_session_or_agency_has_no_effect(void)
{
    struct world *const w = begun();
    struct item_ranges i = asked(w);
    const struct item_ranges right = i;

    i.session.bytes[3] ^= 1;
    say(w, ALFA, BRAVO, &i);
    say(w, CHARLIE, BRAVO, &right);
    CHECK(w->desks[BRAVO].reconciling.session != NULL);
    CHECK_INT(w->desks[BRAVO].reconciling.session->step, right.step);
    CHECK_INT(result(w, BRAVO, ALFA).state, RECONCILE_NEVER);
    /* No answer at all: ten minutes, and then again in an hour. */
    w->t->now += RECONCILE_ANSWER_MS + 1;
    turn(w, BRAVO);
    check_stopped(w, "ten minutes");
    say(w, ALFA, BRAVO, &right); /* too late */
    CHECK(w->desks[BRAVO].reconciling.session == NULL);
    check_stopped(w, "ten minutes");
    ended(w);
}

static void only_national_ingestion_is_answered_and_believed(void)
{
    struct world *const w = begun();
    struct item_ranges i = asked(w);

    /* It would not leave by the roster that all have. */
    listed(w, CHARLIE, CHARLIE)->kind = AGENCY_INGEST;
    i.what = RANGES_ASKS;
    say(w, CHARLIE, ALFA, &i);
    CHECK(w->desks[ALFA].reconciling.session == NULL);
    i.what = RANGES_ENDS;
    i.ranges = (struct bytes){0};
    i.session.bytes[5] ^= 1;
    i.differences = 3;
    say(w, CHARLIE, ALFA, &i);
    CHECK_INT(result(w, ALFA, CHARLIE).state, RECONCILE_NEVER);
    ended(w);
}

/* ALFA has answered a question of a session that has this number, and BRAVO ends it: what
 * is told of ALFA's set is what it answered. */
static struct item_ranges answered_by_alfa(struct world *w, const struct item_ranges *asks,
                                           uint8_t number)
{
    static const uint8_t all[1 + 1 + 8 + 32] = {1}; /* one range, which is not alike */
    struct item_ranges i = *asks;

    i.what = RANGES_ASKS;
    i.ranges = bytes_of(all, sizeof all);
    i.session.bytes[0] = number;
    say(w, BRAVO, ALFA, &i);
    const struct reconcile *const r = w->desks[ALFA].reconciling.session;
    CHECK(r != NULL && r->set.done);
    i.what = RANGES_ENDS;
    i.ranges = (struct bytes){0};
    i.count = r->set.count + 1;
    i.other_count = r->set.count;
    i.other_root = r->set.root;
    return i;
}

static void end_with(struct world *w, struct item_ranges *i, const struct item *told,
                     uint32_t count)
{
    const struct reconcile r = {.other = w->t->cast.actors[ALFA].id};

    i->differences = count;
    trio_begin(w->t, BRAVO);
    CHECK_OK(reconcile_say(&w->desks[BRAVO], &r, i, told, count));
    trio_end(w->t, BRAVO);
    rounds_of(w, ALFA, 6);
}

/* The agency looks for itself, and at its own records alone. */
static void what_does_not_differ_is_not_listed(void)
{
    struct world *const w = begun();
    const struct item_ranges asks = asked(w);
    struct item told[2] = {
        {.kind = ITEM_DIFFERENCE,
         .difference = {records[0].agency, records[0].id, DIFFERENCE_ACCEPTED,
                        bytes_of_text("N-0")}},
        {.kind = ITEM_DIFFERENCE,
         .difference = {w->t->cast.actors[CHARLIE].id, records[1].id, DIFFERENCE_WAITING,
                        bytes_of_text("")}},
    };

    for (size_t k = 0; k < 2; k++) {
        struct item_ranges i = answered_by_alfa(w, &asks, (uint8_t)(k + 1));
        told[0].difference.reference = bytes_of_text(k == 0 ? "N-0" : "N-1");
        end_with(w, &i, told, COUNT_OF(told));
        CHECK_INT(result(w, ALFA, BRAVO).differences, 2);
        CHECK_INT(look(w, ALFA, NULL).count, k);
    }
    ended(w);
}

/* An end of a comparison that there was not, or not so, changes nothing that is listed. */
static void an_end_that_does_not_fit_what_was_answered_is_not_believed(void)
{
    struct world *const w = begun();
    const struct item_ranges asks = asked(w);
    struct item told = {.kind = ITEM_DIFFERENCE,
                        .difference = {records[0].agency, records[0].id,
                                       DIFFERENCE_ACCEPTED, bytes_of_text("N-1")}};
    struct item_ranges i = answered_by_alfa(w, &asks, 1);

    end_with(w, &i, &told, 1);
    CHECK_INT(look(w, ALFA, NULL).count, 1);
    for (uint8_t k = 0; k < 4; k++) {
        i = answered_by_alfa(w, &asks, (uint8_t)(10 + k));
        i.count = i.other_count; /* as if both agreed */
        i.root = i.other_root;
        if (k == 0)
            i.session.bytes[1] ^= 1;
        else if (k == 1)
            i.other_count++;
        else if (k == 2)
            i.other_root.bytes[0] ^= 1;
        else
            i.root.bytes[0] ^= 1;
        end_with(w, &i, NULL, 0);
        CHECK_INT(result(w, ALFA, BRAVO).state, RECONCILE_STOPPED);
        CHECK_INT(look(w, ALFA, NULL).count, 1);
    }
    ended(w);
}

static void who_asks_anew_without_end_has_no_answer(void)
{
    struct world *const w = begun();
    const struct item_ranges asks = asked(w);

    for (uint32_t k = 1; k <= RECONCILE_ASKED_ANEW_MAX; k++)
        (void)answered_by_alfa(w, &asks, (uint8_t)k);
    struct item_ranges i = asks;
    i.what = RANGES_ASKS;
    i.session.bytes[0] = RECONCILE_ASKED_ANEW_MAX + 1;
    say(w, BRAVO, ALFA, &i);
    CHECK_INT(w->desks[ALFA].reconciling.session->session.bytes[0],
              RECONCILE_ASKED_ANEW_MAX);
    ended(w);
}

/* A turn that dropped notices looks again at what it has, and says nothing twice. */
static void a_question_that_is_looked_at_again_has_one_answer(void)
{
    struct world *const w = begun();

    forget_answer(w, &records[3]);
    w->drops = true; /* all is found by looking */
    ask_for(w, ALFA);
    for (size_t k = 0; k < 12; k++) {
        w->drops = k % 2 == 0;
        w->t->now += 300;
        for (size_t n = 0; n < TRIO_NODES; n++)
            turn(w, n);
        w->desks[ALFA].recalls.all_noted = false;
    }
    w->drops = false;
    settle(w);
    CHECK_INT(result(w, BRAVO, ALFA).state, RECONCILE_DIFFERS);
    CHECK_INT(result(w, ALFA, BRAVO).differences, 1);
    ended(w);
}

/* What cannot go on now is no reason to turn without rest. */
static void a_node_that_may_not_speak_rests(void)
{
    struct world *const w = begun();

    (void)asked(w);
    w->desks[BRAVO].reconciling.session->set.done = false; /* as in the midst of it */
    w->t->nodes[BRAVO].exchange->fence = E_FENCED;
    w->t->now += 300;
    turn(w, BRAVO);
    CHECK(w->desks[BRAVO].reconciling.session != NULL);
    CHECK(!reconcile_has_more(&w->desks[BRAVO]));
    w->t->nodes[BRAVO].exchange->fence = OK;
    ended(w);
}

/* Its memory is gone: the session is not gone on with, and the next one is whole. */
static void a_session_that_is_lost_is_begun_anew(void)
{
    struct world *const w = begun();

    (void)asked(w);
    reconcile_drop(&w->desks[BRAVO]);
    w->t->now += 2000;
    settle(w);
    CHECK_INT(result(w, BRAVO, ALFA).state, RECONCILE_AGREES);
    ended(w);
}

/* The same, five seconds apart. */
static void seconds_of(struct world *w, size_t who, size_t seconds)
{
    for (size_t k = 0; k < seconds; k += 5) {
        w->t->now += 5000 - 300;
        rounds_of(w, who, 1);
    }
}

/* ALFA keeps BRAVO waiting while CHARLIE waits, and does not keep CHARLIE waiting. */
static void who_is_slow_gives_way_to_who_waits(void)
{
    struct world *const w = begun();
    const struct agency_id *const charlie = &w->t->cast.actors[CHARLIE].id;

    (void)asked(w);
    ask_for(w, CHARLIE);
    seconds_of(w, BRAVO, 55);
    CHECK(w->desks[BRAVO].reconciling.session->asked);
    CHECK(!agency_id_equal(&w->desks[BRAVO].reconciling.session->other, charlie));
    seconds_of(w, BRAVO, 15);
    const struct reconcile_result r = result(w, BRAVO, ALFA);
    CHECK_INT(r.state, RECONCILE_STOPPED);
    CHECK(r.due == r.at + RECONCILE_AGAIN_MS);
    CHECK(w->desks[BRAVO].reconciling.session != NULL);
    CHECK(agency_id_equal(&w->desks[BRAVO].reconciling.session->other, charlie));
    ended(w);
}

static void who_is_slow_and_alone_is_waited_for(void)
{
    struct world *const w = begun();

    (void)asked(w);
    seconds_of(w, BRAVO, 120);
    CHECK(w->desks[BRAVO].reconciling.session != NULL);
    CHECK(w->desks[BRAVO].reconciling.session->asked);
    ended(w);
}

static void who_has_been_due_longest_comes_first(void)
{
    struct world *const w = begun();

    ask_for(w, CHARLIE);
    w->t->now++;
    ask_for(w, ALFA);
    rounds_of(w, BRAVO, 1);
    CHECK(w->desks[BRAVO].reconciling.session != NULL);
    CHECK(agency_id_equal(&w->desks[BRAVO].reconciling.session->other,
                          &w->t->cast.actors[CHARLIE].id));
    ended(w);
}

CASES(CASE(what_is_no_answer_ends_the_session), CASE(the_second_of_two_answers_ends_it),
      CASE(what_is_of_another_session_or_agency_has_no_effect),
      CASE(only_national_ingestion_is_answered_and_believed),
      CASE(what_does_not_differ_is_not_listed),
      CASE(an_end_that_does_not_fit_what_was_answered_is_not_believed),
      CASE(who_asks_anew_without_end_has_no_answer),
      CASE(a_question_that_is_looked_at_again_has_one_answer),
      CASE(a_node_that_may_not_speak_rests), CASE(a_session_that_is_lost_is_begun_anew),
      CASE(who_is_slow_gives_way_to_who_waits), CASE(who_is_slow_and_alone_is_waited_for),
      CASE(who_has_been_due_longest_comes_first))

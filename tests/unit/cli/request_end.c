#include "requested.h"

/* Questions that nobody can answer any more: they end at both sides, and nobody is left
 * with a to-do that cannot be done. */

#define DAY UINT64_C(86400000)

static struct parent sent_until(struct world *w, millis expires)
{
    struct parent made = {.agency = w->t->cast.actors[ALFA].id, .id = {{6, 1}}};
    struct trio_batch b;

    settle(w);
    trio_batch_begin(w->t, &b, ALFA, LANE_ROUTINE, 1u << BRAVO);
    b.submission.id = made.id;
    b.submission.label.expires_at = expires;
    CHECK_OK(exchange_submit(w->t->nodes[ALFA].exchange, &b.submission));
    trio_end(w->t, ALFA);
    settle(w);
    return made;
}

static enum asked_state state_at(struct world *w, size_t n, const struct parent *record)
{
    struct asked q = {.state = 0};

    CHECK_INT(rows_at(w, n, record, &q), 1);
    return q.state;
}

static void a_question_about_an_expired_record_ends_at_both_sides(void)
{
    struct world *const w = make();
    const millis expires = w->t->now + DAY / 2;
    const struct parent record = sent_until(w, expires);
    struct asked q = {.state = 0};

    (void)asks(w, &record, REQUEST_MORE);
    CHECK_INT(rows_at(w, ALFA, &record, &q), 1);
    CHECK_INT(q.by, expires); /* and not the day that was asked for */
    CHECK_INT(todos_of(w, ALFA, TODO_QUESTION), 1);
    w->t->now = expires;
    settle(w);
    CHECK_INT(state_at(w, ALFA, &record), ASKED_ENDED);
    CHECK_INT(todos_of(w, ALFA, TODO_QUESTION), 0);
    w->t->now += DAY;
    settle(w);
    CHECK_INT(state_at(w, BRAVO, &record), ASKED_ENDED);
    CHECK_INT(todos_of(w, BRAVO, TODO_ANSWER), 1); /* nothing is coming: until it is read */
    done(w);
}

static void a_question_that_comes_after_its_records_end_is_not_heard(void)
{
    struct world *const w = make();
    const struct parent record = sent_until(w, w->t->now + DAY);

    w->t->now += DAY;
    /* Its label would keep it back: it was on its way before. */
    const struct said what = asks_alfa(w, BRAVO, REQUEST_MORE);
    w->t->now -= DAY / 2;
    trio_begin(w->t, BRAVO);
    const struct parent made = say_now(w, &record, &what);
    trio_end(w->t, BRAVO);
    w->t->now += DAY;
    settle(w);
    CHECK_INT(rows_at(w, ALFA, &record, NULL), 0);
    CHECK(disposition_of(w, ALFA, &made) != DISPOSITION_HELD);
    CHECK_INT(todos_of(w, ALFA, TODO_QUESTION), 0);
    done(w);
}

static void with_a_recall_all_questions_end(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);
    const struct parent first = asks(w, &record, REQUEST_ACT);
    struct asked_list list = {0};

    (void)answer(w, &record, ALFA, ALFA, &first.id, REQUEST_GRANTED);
    (void)asks(w, &record, REQUEST_MORE);
    CHECK_INT(todos_of(w, BRAVO, TODO_ANSWER), 1);
    CHECK_INT(todos_of(w, ALFA, TODO_QUESTION), 1);
    recall(w, &record);
    CHECK_INT(todos_of(w, ALFA, TODO_QUESTION), 0);
    settle(w);
    CHECK_INT(todos_of(w, BRAVO, TODO_ANSWER), 0); /* nobody may read it any more */
    trio_begin(w->t, BRAVO);
    CHECK_OK(asked_about(&w->desks[BRAVO], &record, &list));
    CHECK_INT(list.count, 2);
    CHECK_INT(list.at[0].state, ASKED_GRANTED);
    CHECK_INT(list.at[1].state, ASKED_ENDED);
    trio_end(w->t, BRAVO);
    w->t->now += 10 * DAY;
    settle(w);
    CHECK_INT(todos_of(w, BRAVO, TODO_ANSWER) + todos_of(w, ALFA, TODO_QUESTION), 0);
    done(w);
}

static void the_question_of_who_has_left_ends(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);

    (void)asks(w, &record, REQUEST_MORE);
    w->t->now += 2 * DAY;
    settle(w);
    CHECK_INT(state_at(w, ALFA, &record), ASKED_OVERDUE);
    leaves(w, ALFA, BRAVO);
    settle(w);
    CHECK_INT(todos_of(w, ALFA, TODO_QUESTION), 1); /* it is looked at daily */
    w->t->now += DAY;
    settle(w);
    CHECK_INT(state_at(w, ALFA, &record), ASKED_ENDED);
    CHECK_INT(todos_of(w, ALFA, TODO_QUESTION), 0);
    done(w);
}

static void another_open_question_keeps_the_to_do(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);
    struct asked q = {.state = 0};

    (void)asks(w, &record, REQUEST_MORE);
    /* As one of CHARLIE's, which is due later. */
    q = (struct asked){.record = record,
                       .from = w->t->cast.actors[CHARLIE].id,
                       .wants = REQUEST_MORE,
                       .state = ASKED_OPEN,
                       .at = w->t->now + 1,
                       .by = w->t->now + 30 * DAY,
                       .question = {{5}}};
    put(w, ALFA, &q);
    leaves(w, ALFA, BRAVO);
    w->t->now += 2 * DAY;
    settle(w);
    CHECK_INT(todos_of(w, ALFA, TODO_QUESTION), 1);
    CHECK_INT(rows_at(w, ALFA, &record, &q), 2);
    CHECK_INT(q.state, ASKED_OPEN);
    done(w);
}

CASES(CASE(a_question_about_an_expired_record_ends_at_both_sides),
      CASE(a_question_that_comes_after_its_records_end_is_not_heard),
      CASE(with_a_recall_all_questions_end), CASE(the_question_of_who_has_left_ends),

      CASE(another_open_question_keeps_the_to_do))

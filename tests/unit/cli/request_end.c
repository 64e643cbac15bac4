#include "requested.h"

#include "tamper.h"

/* Questions that nobody can answer any more: they end at both sides, and nobody is left
 * with a to-do that cannot be done. */

#define DAY UINT64_C(86400000)

static struct parent sent_by(struct world *w, size_t from, const record_id *id,
                             millis expires)
{
    const unsigned others = (1u << ALFA | 1u << BRAVO) & ~(1u << from);
    const struct parent made = {.agency = w->t->cast.actors[from].id, .id = *id};
    struct trio_batch b;

    settle(w);
    trio_batch_begin(w->t, &b, from, LANE_ROUTINE, others);
    b.submission.id = made.id;
    b.submission.label.expires_at = expires;
    CHECK_OK(exchange_submit(w->t->nodes[from].exchange, &b.submission));
    trio_end(w->t, from);
    settle(w);
    return made;
}

static struct parent sent_until(struct world *w, millis expires)
{
    return sent_by(w, ALFA, &(record_id){{6, 1}}, expires);
}

static enum asked_state state_at(struct world *w, size_t n, const struct parent *record,
                                 size_t rows)
{
    struct asked q = {.state = 0};

    CHECK_INT(rows_at(w, n, record, &q), rows);
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
    CHECK_INT(state_at(w, ALFA, &record, 1), ASKED_ENDED);
    CHECK_INT(todos_of(w, ALFA, TODO_QUESTION), 0);
    w->t->now += DAY;
    settle(w);
    CHECK_INT(state_at(w, BRAVO, &record, 1), ASKED_ENDED);
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

/* Ids of records are their publishers' to choose. */
static void a_recall_by_who_chose_the_same_id_ends_nobody_elses_to_do(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);
    struct asked q = {.state = 0};

    const struct parent first = asks(w, &record, REQUEST_ACT);
    (void)answer(w, &record, ALFA, ALFA, &first.id, REQUEST_REFUSED);
    (void)asks(w, &record, REQUEST_MORE);
    const struct parent same = sent_by(w, CHARLIE, &record.id, 0);
    for (size_t round = 0; round < 2; round++) {
        CHECK_INT(todos_of(w, ALFA, TODO_QUESTION), 1);
        CHECK_INT(todos_of(w, BRAVO, TODO_ANSWER), 1);
        CHECK_INT(state_at(w, ALFA, &record, 2), ASKED_OPEN);
        if (round == 0)
            recall(w, &same);
        settle(w);
    }
    CHECK(blocked(w, ALFA, &same) && blocked(w, BRAVO, &same));
    /* One of both that BRAVO has asked about. */
    q = (struct asked){.record = same,
                       .from = w->t->cast.actors[BRAVO].id,
                       .wants = REQUEST_MORE,
                       .state = ASKED_OPEN,
                       .at = w->t->now,
                       .by = w->t->now + DAY,
                       .question = {{5}}};
    put(w, BRAVO, &q);
    trio_begin(w->t, BRAVO);
    CHECK_OK(asked_recalled(&w->desks[BRAVO], &same));
    trio_end(w->t, BRAVO);
    CHECK_INT(state_at(w, BRAVO, &same, 1), ASKED_ENDED);
    CHECK_INT(todos_of(w, BRAVO, TODO_ANSWER), 1);
    done(w);
}

static void the_question_of_who_has_left_ends(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);

    (void)asks(w, &record, REQUEST_MORE);
    w->t->now += 2 * DAY;
    settle(w);
    CHECK_INT(state_at(w, ALFA, &record, 1), ASKED_OVERDUE);
    leaves(w, ALFA, BRAVO);
    settle(w);
    CHECK_INT(todos_of(w, ALFA, TODO_QUESTION), 1); /* it is looked at daily */
    w->t->now += DAY;
    settle(w);
    CHECK_INT(state_at(w, ALFA, &record, 1), ASKED_ENDED);
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

/* --- what does not open any more --- */

static struct control_answer shown(struct world *w, size_t n, const struct parent *record)
{
    static const struct config config;
    static char id[RECORD_ID_TEXT_ROOM];
    static struct control_field given[2];
    struct call call = {.channel = "control", .person = {.text = "uid:1000"}};
    struct control_answer a = {0};

    record_id_write(&record->id, id);
    given[0] = (struct control_field){bytes_of_text("id"), bytes_of_text(id)};
    given[1] = (struct control_field){bytes_of_text("purpose"), bytes_of_text("test")};
    call.parsed.arguments = given;
    call.parsed.argument_count = COUNT_OF(given);
    w->desks[n].config = &config;
    trio_begin(w->t, n);
    CHECK_OK(asked_prepare(&w->desks[n], &call));
    trio_end(w->t, n);
    CHECK_OK(asked_answer(&w->desks[n], &call, &a));
    return a;
}

/* As after a restore whose keys end before it. */
static void a_question_whose_key_is_gone_hides_no_other(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);

    (void)asks(w, &record, REQUEST_MORE);
    trio_close(w->t, BRAVO);
    tamper_in(w->t->nodes[BRAVO].folder, "keys.db", "DELETE FROM storage_key");
    trio_open(w->t, BRAVO);
    open_desk(w, BRAVO);
    settle(w);
    const struct parent other = asks(w, &record, REQUEST_ACT);
    (void)answer(w, &record, ALFA, ALFA, &other.id, REQUEST_REFUSED);
    const struct control_answer a = shown(w, BRAVO, &record);
    CHECK_INT(a.row_count, 2);
    CHECK_BYTES(control_value(&a.rows[0], "question"),
                bytes_of_text("(it does not open here)"));
    CHECK_BYTES(control_value(&a.rows[1], "question"),
                bytes_of_text("What is known of the yard?"));
    CHECK_BYTES(control_value(&a.rows[1], "answer"),
                bytes_of_text("What is known of the yard?"));
    done(w);
}

CASES(CASE(a_question_about_an_expired_record_ends_at_both_sides),
      CASE(a_question_that_comes_after_its_records_end_is_not_heard),
      CASE(a_recall_by_who_chose_the_same_id_ends_nobody_elses_to_do),
      CASE(with_a_recall_all_questions_end), CASE(the_question_of_who_has_left_ends),
      CASE(a_question_whose_key_is_gone_hides_no_other),
      CASE(another_open_question_keeps_the_to_do))

#include "requested.h"

/* Questions and answers of peers that keep no manners: what does not count is erased unread
 * and leaves no row. */

static void of_one_kind_one_question_is_open(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);
    struct asked q = {.state = 0};

    const struct parent first = question(w, &record, BRAVO, REQUEST_MORE);
    CHECK_INT(rows_at(w, ALFA, &record, &q), 1);
    CHECK(q.state == ASKED_OPEN && record_id_equal(&q.question, &first.id));
    const struct parent second = question(w, &record, BRAVO, REQUEST_MORE);
    CHECK_INT(rows_at(w, ALFA, &record, NULL), 1);
    CHECK_INT(disposition_of(w, ALFA, &second), DISPOSITION_ERASED);
    const struct parent other = question(w, &record, BRAVO, REQUEST_ACT);
    CHECK_INT(rows_at(w, ALFA, &record, NULL), 2);
    CHECK_INT(disposition_of(w, ALFA, &first), DISPOSITION_HELD);
    CHECK_INT(disposition_of(w, ALFA, &other), DISPOSITION_HELD);
    done(w);
}

static void so_many_and_no_more_are_heard(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);
    struct asked q = {.state = 0};

    for (size_t i = 1; i <= ASKED_EACH_MAX; i++) {
        (void)question(w, &record, BRAVO, REQUEST_MORE);
        CHECK_INT(rows_at(w, ALFA, &record, &q), i);
        q.state = ASKED_REFUSED;
        q.answered = w->t->now;
        put(w, ALFA, &q);
    }
    const struct parent more = question(w, &record, BRAVO, REQUEST_MORE);
    CHECK_INT(rows_at(w, ALFA, &record, NULL), ASKED_EACH_MAX);
    CHECK_INT(disposition_of(w, ALFA, &more), DISPOSITION_ERASED);
    done(w);
}

static void who_was_never_sent_the_record_is_not_heard(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);

    const struct parent made = question(w, &record, CHARLIE, REQUEST_MORE);
    CHECK_INT(rows_at(w, ALFA, &record, NULL), 0);
    CHECK_INT(disposition_of(w, ALFA, &made), DISPOSITION_ERASED);
    done(w);
}

static void about_what_is_recalled_nothing_is_heard(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);

    recall(w, &record);
    const struct parent made = question(w, &record, BRAVO, REQUEST_MORE);
    CHECK_INT(rows_at(w, ALFA, &record, NULL), 0);
    CHECK_INT(disposition_of(w, ALFA, &made), DISPOSITION_ERASED);
    done(w);
}

static void a_question_without_its_notice_is_found(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);

    w->drops = true;
    (void)question(w, &record, BRAVO, REQUEST_MORE);
    CHECK_INT(rows_at(w, ALFA, &record, NULL), 0);
    w->drops = false;
    settle(w);
    CHECK_INT(rows_at(w, ALFA, &record, NULL), 1);
    done(w);
}

static void the_owners_first_answer_to_an_open_question_counts(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);
    const struct parent asks = question(w, &record, BRAVO, REQUEST_ACT);
    struct asked q = {.record = record,
                      .from = w->t->cast.actors[BRAVO].id,
                      .wants = REQUEST_ACT,
                      .state = ASKED_OPEN,
                      .at = w->t->now,
                      .by = w->t->now + 86400000,
                      .question = asks.id};

    put(w, BRAVO, &q);
    /* Of another agency: as ALFA's record it is not sent, as its own it is no answer. */
    struct parent said = answer(w, &record, CHARLIE, ALFA, &asks.id, REQUEST_GRANTED);
    CHECK_INT(disposition_of(w, BRAVO, &said), 0);
    said = answer(w, &record, CHARLIE, CHARLIE, &asks.id, REQUEST_GRANTED);
    CHECK_INT(disposition_of(w, BRAVO, &said), DISPOSITION_ERASED);
    said = answer(w, &record, ALFA, ALFA, &record.id, REQUEST_GRANTED);
    CHECK_INT(disposition_of(w, BRAVO, &said), DISPOSITION_ERASED);
    CHECK_INT(rows_at(w, BRAVO, &record, &q), 1);
    CHECK_INT(q.state, ASKED_OPEN);
    const struct parent first = answer(w, &record, ALFA, ALFA, &asks.id, REQUEST_REFUSED);
    said = answer(w, &record, ALFA, ALFA, &asks.id, REQUEST_GRANTED);
    CHECK_INT(rows_at(w, BRAVO, &record, &q), 1);
    CHECK(q.state == ASKED_REFUSED && record_id_equal(&q.answer, &first.id));
    CHECK_INT(disposition_of(w, BRAVO, &first), DISPOSITION_HELD);
    CHECK_INT(disposition_of(w, BRAVO, &said), DISPOSITION_ERASED);
    done(w);
}

static void with_the_record_its_questions_and_answers_go(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);
    const struct parent other = publish(w, ALFA, 1u << BRAVO, NULL);
    const struct parent asks = question(w, &record, BRAVO, REQUEST_ACT);
    const struct parent says = answer(w, &record, ALFA, ALFA, &asks.id, REQUEST_GRANTED);
    const struct parent stays = question(w, &other, BRAVO, REQUEST_ACT);
    const struct item_audit why = {.at = w->t->now, .actor = bytes_of_text("test")};

    trio_begin(w->t, ALFA);
    CHECK_OK(recall_erase(&w->desks[ALFA], &record, &why));
    trio_end(w->t, ALFA);
    CHECK_INT(disposition_of(w, ALFA, &asks), DISPOSITION_ERASED);
    CHECK_INT(disposition_of(w, ALFA, &says), DISPOSITION_ERASED);
    CHECK_INT(disposition_of(w, ALFA, &stays), DISPOSITION_HELD);
    CHECK_INT(rows_at(w, ALFA, &record, NULL), 0);
    CHECK_INT(rows_at(w, ALFA, &other, NULL), 1);
    done(w);
}

static void a_question_that_did_not_open_is_asked_again(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);

    lose_key(w, ALFA);
    (void)question(w, &record, BRAVO, REQUEST_MORE);
    CHECK_INT(rows_at(w, ALFA, &record, NULL), 1);
    done(w);
}

/* P9: whoever knows the id can seal as many as it likes for a key that nobody has. */
static void what_nobody_can_open_does_not_keep_the_record(void)
{
    enum { MANY = 2 * ASKED_ABOUT_MAX + 1 };
    struct world *const w = make();
    const struct parent record = sent(w);
    const struct said what = asks_alfa(w, BRAVO, REQUEST_MORE);
    const struct item_audit why = {.at = w->t->now, .actor = bytes_of_text("test")};
    struct parent closed[MANY];

    lose_key(w, ALFA);
    trio_begin(w->t, BRAVO);
    for (size_t i = 0; i < MANY; i++)
        closed[i] = say_now(w, &record, &what);
    trio_end(w->t, BRAVO);
    w->rests[BRAVO] = true; /* it does not issue them again */
    settle(w);
    for (size_t i = 0; i < MANY; i++)
        CHECK_INT(place_of(w, ALFA, &closed[i]), DISPOSITION_UNOPENABLE);
    trio_begin(w->t, ALFA);
    CHECK_OK(recall_erase(&w->desks[ALFA], &record, &why));
    trio_end(w->t, ALFA);
    CHECK_INT(disposition_of(w, ALFA, &record), DISPOSITION_ERASED);
    for (size_t i = 0; i < MANY; i++)
        CHECK_INT(place_of(w, ALFA, &closed[i]), DISPOSITION_ERASED);
    done(w);
}

/* More than one turn takes, and the newest are looked at first. */
static void of_many_at_once_each_is_taken_and_then_there_is_rest(void)
{
    enum { MANY = 20 };
    struct world *const w = make();
    const struct said what = asks_alfa(w, BRAVO, REQUEST_MORE);
    struct parent records[MANY];

    settle(w);
    for (size_t i = 0; i < MANY; i++)
        records[i] = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    trio_begin(w->t, BRAVO);
    for (size_t i = 0; i < MANY; i++)
        (void)say_now(w, &records[i], &what);
    trio_end(w->t, BRAVO);
    settle(w);
    for (size_t i = 0; i < MANY; i++)
        CHECK_INT(rows_at(w, ALFA, &records[i], NULL), 1);
    CHECK(w->desks[ALFA].recalls.all_noted);
    done(w);
}

static void fill(struct arena *a, size_t room)
{
    CHECK(a->room - a->used > room);
    CHECK(arena_take(a, a->room - a->used - room) != NULL);
}

/* Neither the node ends nor is what was due forgotten, and the parts behind have room. */
static void without_memory_it_is_told_in_another_turn(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);
    struct desk *const alfa = &w->desks[ALFA];
    struct asked q = {.state = 0};

    (void)question(w, &record, BRAVO, REQUEST_MORE);
    trio_begin(w->t, ALFA);
    CHECK_OK(desk_todo_close(alfa, TODO_QUESTION, &record.id));
    trio_end(w->t, ALFA);
    w->t->now += UINT64_C(8) * 86400000;
    for (size_t short_of = 0; short_of < 2; short_of++) {
        w->t->now += 2000;
        trio_begin(w->t, ALFA);
        fill(short_of == 0 ? alfa->exchange->arena : &w->scratch, 4096);
        const size_t used = w->scratch.used;
        CHECK_OK(desk_recall_turn(alfa));
        CHECK_INT(w->scratch.used, used);
        arena_reset(&w->scratch);
        trio_end(w->t, ALFA);
        CHECK_INT(todos_of(w, ALFA, TODO_QUESTION), 0);
    }
    settle(w);
    CHECK_INT(todos_of(w, ALFA, TODO_QUESTION), 1);
    CHECK_INT(rows_at(w, ALFA, &record, &q), 1);
    CHECK_INT(q.state, ASKED_OVERDUE);
    done(w);
}

static void the_askers_clock_does_not_order_them(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);
    struct said what = asks_alfa(w, BRAVO, REQUEST_MORE);
    struct asked q = {.state = 0};

    what.says.at = w->t->now + UINT64_C(864000000);
    what.says.by = what.says.at + 86400000;
    (void)say(w, &record, &what);
    CHECK_INT(rows_at(w, ALFA, &record, &q), 1);
    CHECK(q.at <= w->t->now);
    done(w);
}

CASES(CASE(of_one_kind_one_question_is_open), CASE(so_many_and_no_more_are_heard),
      CASE(who_was_never_sent_the_record_is_not_heard),
      CASE(about_what_is_recalled_nothing_is_heard),
      CASE(a_question_without_its_notice_is_found),
      CASE(the_owners_first_answer_to_an_open_question_counts),
      CASE(with_the_record_its_questions_and_answers_go),
      CASE(a_question_that_did_not_open_is_asked_again),
      CASE(what_nobody_can_open_does_not_keep_the_record),
      CASE(of_many_at_once_each_is_taken_and_then_there_is_rest),
      CASE(without_memory_it_is_told_in_another_turn),
      CASE(the_askers_clock_does_not_order_them))

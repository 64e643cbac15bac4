#include "requested.h"
#include "restored.h"

/* Questions and answers since a backup are known again once it is put back: by who asked,
 * from its own entry and the owner's answer; by the owner, from the question and its own.
 */

static void whoever_asked_knows_it_again_with_its_answer(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);
    struct asked_list list = {0};
    char saved[64];

    save(w, BRAVO, saved);
    settle(w);
    const struct parent first = asks(w, &record, REQUEST_ACT);
    const struct parent says = answer(w, &record, ALFA, ALFA, &first.id, REQUEST_GRANTED);
    (void)asks(w, &record, REQUEST_MORE);
    put_back(w, BRAVO, saved);
    CHECK_INT(rows_at(w, BRAVO, &record, NULL), 0);
    begin_epoch(w, BRAVO);
    settle(w);
    CHECK(!waits(w, BRAVO));
    CHECK_INT(disposition_of(w, BRAVO, &says), DISPOSITION_HELD);
    trio_begin(w->t, BRAVO);
    CHECK_OK(asked_about(&w->desks[BRAVO], &record, &list));
    CHECK_INT(list.count, 2);
    CHECK(list.at[0].state == ASKED_GRANTED &&
          record_id_equal(&list.at[0].answer, &says.id));
    CHECK(list.at[1].state == ASKED_OPEN && list.at[1].wants == REQUEST_MORE);
    trio_end(w->t, BRAVO);
    CHECK_INT(todos_of(w, BRAVO, TODO_ANSWER), 1);
    done(w);
}

static void its_owner_knows_what_it_has_answered(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);
    struct asked q = {.state = 0};
    char saved[64];

    save(w, ALFA, saved);
    settle(w);
    const struct parent first = asks(w, &record, REQUEST_ACT);
    const struct parent says = answer(w, &record, ALFA, ALFA, &first.id, REQUEST_REFUSED);
    put_back(w, ALFA, saved);
    begin_epoch(w, ALFA);
    settle(w);
    CHECK(!waits(w, ALFA));
    CHECK_INT(rows_at(w, ALFA, &record, &q), 1);
    CHECK(q.state == ASKED_REFUSED && record_id_equal(&q.answer, &says.id));
    CHECK(record_id_equal(&q.question, &first.id));
    CHECK_INT(todos_of(w, ALFA, TODO_QUESTION), 0);
    done(w);
}

/* What was asked about it goes with it, although both were in no row when it went. */
static void of_an_erased_record_nothing_is_known_again(void)
{
    struct world *const w = make();
    const struct parent record = sent(w);
    const struct item_audit why = {.at = w->t->now, .actor = bytes_of_text("officer")};
    char saved[64];

    trio_begin(w->t, BRAVO);
    CHECK_OK(recall_erase(&w->desks[BRAVO], &record, &why));
    trio_end(w->t, BRAVO);
    save(w, BRAVO, saved);
    settle(w);
    const struct parent first = asks(w, &record, REQUEST_ACT);
    put_back(w, BRAVO, saved);
    begin_epoch(w, BRAVO);
    settle(w);
    CHECK_INT(rows_at(w, BRAVO, &record, NULL), 0);
    CHECK_INT(place_of(w, BRAVO, &first), DISPOSITION_ERASED);
    done(w);
}

CASES(CASE(whoever_asked_knows_it_again_with_its_answer),
      CASE(its_owner_knows_what_it_has_answered),
      CASE(of_an_erased_record_nothing_is_known_again))

#include "recalled.h"

/* What agencies answer to a recall that should not, or more than once: the owner believes
 * each of itself alone, and of the record it was asked about. */

static void answer(struct world *w, size_t who, const struct parent *record,
                   const struct item_outcome *outcome)
{
    struct item said = {.kind = ITEM_OUTCOME, .outcome = *outcome};

    said.outcome.at = w->t->now;
    said.outcome.person = bytes_of_text("P");
    trio_begin(w->t, who);
    CHECK_OK(recall_answer(&w->desks[who], record, &said, 1, 0));
    trio_end(w->t, who);
    settle(w);
}

static size_t missing(struct world *w, const struct parent *record)
{
    size_t count = 0;

    trio_begin(w->t, ALFA);
    CHECK_OK(recall_missing(&w->desks[ALFA], record, NULL, &count));
    trio_end(w->t, ALFA);
    return count;
}

/* How many agencies the owner's trace names as holders. */
static size_t traced(struct world *w, const struct parent *record)
{
    struct rows r;

    trio_begin(w->t, ALFA);
    rows_init(&r, &w->t->arena, 2 + AGENCIES_MAX);
    CHECK_OK(recall_trace(&w->desks[ALFA], record, &r));
    trio_end(w->t, ALFA);
    CHECK(!r.full && r.count > 0);
    return r.count - 1; /* the first is of the recall */
}

/* CHARLIE never got it: nothing that it says is BRAVO's answer. */
static void an_answer_of_who_never_got_it_settles_nothing(void)
{
    struct world *const w = make();

    settle(w);
    const struct parent record = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    recall(w, &record);
    settle(w);
    answer(w, CHARLIE, &record,
           &(struct item_outcome){
               .agency = record.agency, .id = record.id, .what = OUTCOME_ERASED});
    CHECK_TEXT(says(w, ALFA, &record, BRAVO, NULL), "blocked; not stated");
    CHECK_INT(traced(w, &record), 1);
    CHECK_INT(missing(w, &record), 1);
    CHECK_INT(todos(w, ALFA), 1);
    done(w);
}

/* The same id is another record where another agency has given it. */
static void an_answer_about_another_agencys_record_settles_nothing(void)
{
    struct world *const w = make();

    settle(w);
    const struct parent record = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    recall(w, &record);
    settle(w);
    answer(w, BRAVO, &record,
           &(struct item_outcome){.agency = w->t->cast.actors[CHARLIE].id,
                                  .id = record.id,
                                  .what = OUTCOME_ERASED});
    CHECK_TEXT(says(w, ALFA, &record, BRAVO, NULL), "blocked; not stated");
    CHECK_INT(traced(w, &record), 1);
    CHECK_INT(missing(w, &record), 1);
    CHECK_INT(todos(w, ALFA), 1);
    done(w);
}

/* Nor is a hold taken back by an earlier word that is said again. */
static void an_answer_that_comes_twice_says_the_same(void)
{
    struct world *const w = make();

    settle(w);
    const struct parent record = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    recall(w, &record);
    settle(w);
    struct item_outcome said = {
        .agency = record.agency, .id = record.id, .what = OUTCOME_ON_HOLD};
    answer(w, BRAVO, &record, &said);
    answer(w, BRAVO, &record, &said);
    said.what = OUTCOME_BLOCKED;
    answer(w, BRAVO, &record, &said);
    said.what = OUTCOME_NOT_HELD;
    answer(w, BRAVO, &record, &said);
    CHECK_TEXT(says(w, ALFA, &record, BRAVO, NULL), "under legal hold");
    CHECK_INT(traced(w, &record), 1);
    CHECK_INT(missing(w, &record), 0);
    CHECK_INT(todos(w, ALFA), 0);
    done(w);
}

CASES(CASE(an_answer_of_who_never_got_it_settles_nothing),
      CASE(an_answer_about_another_agencys_record_settles_nothing),
      CASE(an_answer_that_comes_twice_says_the_same))

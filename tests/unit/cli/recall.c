#include "recalled.h"

/* Recalls among three real nodes: before the record, of another's record, down a chain of
 * copies.  BRAVO makes a copy of ALFA's record, CHARLIE one of BRAVO's. */

static void blocks_from_the_turn_that_stores_it_and_says_so(void)
{
    struct world *const w = make();

    settle(w);
    const struct parent record = publish(w, ALFA, 1u << BRAVO | 1u << CHARLIE, NULL);
    settle(w);
    CHECK(!blocked(w, BRAVO, &record));
    recall(w, &record);
    turn(w, BRAVO);
    CHECK(blocked(w, BRAVO, &record));
    CHECK(!blocked(w, ALFA, &record)); /* its owner answers for it */
    settle(w);
    CHECK_TEXT(says(w, ALFA, &record, BRAVO, NULL), "blocked; not stated");
    CHECK_TEXT(says(w, ALFA, &record, CHARLIE, NULL), "blocked; not stated");
    CHECK_INT(disposition_of(w, BRAVO, &record), DISPOSITION_HELD);
    done(w);
}

/* Nobody is told that it has come, and the row is made of that alone. */
static void a_recall_whose_notice_was_dropped_is_answered_all_the_same(void)
{
    struct world *const w = make();

    settle(w);
    const struct parent record = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    recall(w, &record);
    w->drops = true;
    turn(w, BRAVO);
    w->drops = false;
    CHECK(blocked(w, BRAVO, &record)); /* it is stored */
    CHECK_INT(todos(w, BRAVO), 0);     /* and nobody knows yet */
    settle(w);
    CHECK_INT(todos(w, BRAVO), 1);
    CHECK_TEXT(says(w, ALFA, &record, BRAVO, NULL), "blocked; not stated");
    done(w);
}

/* It is not there to be told; what stands here is blocked all the same. */
static void an_owner_that_has_left_delays_nobody(void)
{
    struct world *const w = make();

    settle(w);
    const struct parent gone = publish(w, CHARLIE, 1u << BRAVO, NULL);
    const struct parent other = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    recall(w, &gone);
    recall(w, &other);
    w->drops = true;
    turn(w, BRAVO); /* stored, and not answered yet */
    w->drops = false;
    leaves(w, BRAVO, CHARLIE);
    settle(w);
    CHECK(blocked(w, BRAVO, &gone) && blocked(w, BRAVO, &other));
    CHECK_INT(todos(w, BRAVO), 2);
    CHECK_TEXT(says(w, ALFA, &other, BRAVO, NULL), "blocked; not stated");
    CHECK_TEXT(says(w, CHARLIE, &gone, BRAVO, NULL), "nothing");
    done(w);
}

static void what_was_not_sent_before_a_recall_is_not_sent_after_it(void)
{
    struct world *const w = make();

    settle(w);
    const struct parent first = publish(w, ALFA, 1u << CHARLIE, NULL);
    for (size_t i = 0; i < w->t->frame_count; i++)
        free(w->t->frames[i].bytes);
    w->t->frame_count = 0; /* lost on the way */
    recall(w, &first);
    settle(w);
    CHECK_INT(disposition_of(w, CHARLIE, &first), 0);
    CHECK_TEXT(says(w, ALFA, &first, CHARLIE, NULL), "not held");
    done(w);
}

static void nobody_recalls_what_is_not_its_own(void)
{
    struct world *const w = make();

    settle(w);
    const struct parent record = publish(w, CHARLIE, 1u << ALFA | 1u << BRAVO, NULL);
    const struct parent own = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    /* ALFA's entry names CHARLIE's record. */
    struct trio_batch b;
    trio_batch_begin(w->t, &b, ALFA, LANE_IMMEDIATE, 1u << BRAVO);
    b.submission.kind = KIND_RECALL;
    b.submission.has_previous = true;
    b.submission.previous = record.id;
    CHECK_OK(exchange_submit(w->t->nodes[ALFA].exchange, &b.submission));
    trio_end(w->t, ALFA);
    settle(w);
    CHECK(!blocked(w, BRAVO, &record));
    CHECK(!blocked(w, BRAVO, &own));
    done(w);
}

/* A recall whose content does not say what a recall says still blocks. */
static void a_recall_that_cannot_be_read_blocks_all_the_same(void)
{
    struct world *const w = make();
    struct trio_batch b;

    settle(w);
    const struct parent record = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    trio_batch_begin(w->t, &b, ALFA, LANE_IMMEDIATE, 1u << BRAVO);
    b.submission.kind = KIND_RECALL;
    b.submission.has_previous = true;
    b.submission.previous = record.id;
    CHECK_OK(exchange_submit(w->t->nodes[ALFA].exchange, &b.submission));
    trio_end(w->t, ALFA);
    settle(w);
    CHECK(blocked(w, BRAVO, &record));
    CHECK_TEXT(says(w, ALFA, &record, BRAVO, NULL), "blocked; not stated");
    done(w);
}

static void an_overdue_statement_is_a_to_do_until_it_comes(void)
{
    struct world *const w = make();

    settle(w);
    const struct parent record = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    recall(w, &record);
    turn(w, BRAVO);
    CHECK_INT(todos(w, BRAVO), 1); /* the holder knows at once */
    CHECK_INT(todos(w, ALFA), 0);
    settle(w); /* past the time given */
    CHECK_INT(todos(w, ALFA), 1);
    const struct item said = {.kind = ITEM_OUTCOME,
                              .outcome = {.agency = record.agency,
                                          .id = record.id,
                                          .what = OUTCOME_ON_HOLD,
                                          .at = w->t->now,
                                          .person = bytes_of_text("P")}};
    trio_begin(w->t, BRAVO);
    CHECK_OK(recall_answer(&w->desks[BRAVO], &record, &said, 1, 0));
    trio_end(w->t, BRAVO);
    settle(w);
    CHECK_TEXT(says(w, ALFA, &record, BRAVO, NULL), "under legal hold");
    CHECK_INT(todos(w, ALFA), 0);
    done(w);
}

/* Each made of the one before, all of ALFA's; returns the last. */
static struct parent publish_chain(struct world *w, const struct parent *first,
                                   size_t count)
{
    static struct parent chain[2000];
    struct trio_batch b;

    CHECK(count < COUNT_OF(chain));
    chain[0] = *first;
    for (size_t i = 1; i <= count; i++) {
        if (i % 400 == 1)
            trio_batch_begin(w->t, &b, ALFA, LANE_ROUTINE, 1u << BRAVO);
        chain[i] =
            (struct parent){.agency = first->agency,
                            .id = {{8, (uint8_t)(i >> 8), (uint8_t)i, first->id.bytes[1]}}};
        b.submission.id = chain[i].id;
        b.submission.parent_count = 1;
        b.submission.parents = &chain[i - 1];
        CHECK_OK(exchange_submit(w->t->nodes[ALFA].exchange, &b.submission));
        if (i % 400 != 0 && i != count)
            continue;
        trio_end(w->t, ALFA);
        settle(w);
    }
    return chain[count];
}

/* However long the way up is: what is not looked at is not opened either. */
static void a_recall_blocks_along_a_long_chain_of_copies(void)
{
    struct world *const w = make();

    settle(w);
    const struct parent first = publish(w, ALFA, 1u << BRAVO, NULL);
    const struct parent last = publish_chain(w, &first, 70);
    CHECK(!blocked(w, BRAVO, &last));
    recall(w, &first);
    settle(w);
    CHECK(blocked(w, BRAVO, &last));
    const struct parent second = publish(w, ALFA, 1u << BRAVO, NULL);
    const struct parent far = publish_chain(w, &second, RECALL_REACH_MAX + 1);
    CHECK(blocked(w, BRAVO, &far));
    done(w);
}

static void copies_are_blocked_and_recalled_in_turn_to_the_last(void)
{
    struct world *const w = make();
    size_t copies = 0;

    settle(w);
    const struct parent source = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    const struct parent copy = publish(w, BRAVO, 1u << CHARLIE, &source);
    settle(w);
    const struct parent second = publish(w, CHARLIE, 1u << BRAVO, &copy);
    const struct parent other = publish(w, BRAVO, 1u << CHARLIE, NULL);
    settle(w);
    recall(w, &source);
    settle(w);
    CHECK(blocked(w, BRAVO, &source));
    CHECK(blocked(w, BRAVO, &copy)); /* its own, but the words are ALFA's */
    CHECK(blocked(w, BRAVO, &second));
    CHECK(blocked(w, CHARLIE, &copy));
    CHECK(blocked(w, CHARLIE, &second));
    CHECK(!blocked(w, CHARLIE, &other));
    CHECK_TEXT(says(w, ALFA, &source, BRAVO, &copies), "blocked; not stated");
    CHECK_INT(copies, 1);
    CHECK_TEXT(says(w, BRAVO, &copy, CHARLIE, &copies), "blocked; not stated");
    CHECK_INT(copies, 1);
    CHECK_TEXT(says(w, CHARLIE, &second, BRAVO, NULL), "blocked; not stated");
    done(w);
}

CASES(CASE(an_owner_that_has_left_delays_nobody),
      CASE(blocks_from_the_turn_that_stores_it_and_says_so),
      CASE(a_recall_whose_notice_was_dropped_is_answered_all_the_same),
      CASE(what_was_not_sent_before_a_recall_is_not_sent_after_it),
      CASE(nobody_recalls_what_is_not_its_own),
      CASE(a_recall_that_cannot_be_read_blocks_all_the_same),
      CASE(an_overdue_statement_is_a_to_do_until_it_comes),
      CASE(a_recall_blocks_along_a_long_chain_of_copies),
      CASE(copies_are_blocked_and_recalled_in_turn_to_the_last))

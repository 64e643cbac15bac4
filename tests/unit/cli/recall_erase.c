#include "recalled.h"

/* What a recall, or a person after it, erases, and what is said of that. */

static void a_record_that_comes_after_its_recall_is_erased_at_the_door(void)
{
    struct world *const w = make();

    settle(w);
    w->hold = true;
    const struct parent record = publish(w, ALFA, 1u << BRAVO, NULL);
    recall(w, &record);
    for (size_t i = 0; i < 8; i++) {
        w->t->now += 100; /* less than it takes to ask again */
        turn(w, BRAVO);
        turn(w, ALFA);
    }
    CHECK_INT(disposition_of(w, BRAVO, &record), 0);
    CHECK(blocked(w, BRAVO, &record));
    CHECK_TEXT(says(w, ALFA, &record, BRAVO, NULL), "not held");
    w->hold = false;
    turn(w, BRAVO); /* what was on its way arrives */
    CHECK_INT(disposition_of(w, BRAVO, &record), DISPOSITION_ERASED);
    settle(w);
    CHECK_TEXT(says(w, ALFA, &record, BRAVO, NULL), "erased");
    done(w);
}

/* The ciphertext that it cannot open is here: who has the key could, so it is no "not
 * held". */
static void what_never_opened_is_erased_and_not_said_to_be_absent(void)
{
    struct world *const w = make();

    settle(w);
    lose_key(w, BRAVO);
    const struct parent record = publish(w, ALFA, 1u << BRAVO | 1u << CHARLIE, NULL);
    settle(w);
    CHECK_INT(place_of(w, BRAVO, &record), DISPOSITION_UNOPENABLE);
    recall(w, &record);
    settle(w);
    CHECK_INT(place_of(w, BRAVO, &record), DISPOSITION_ERASED);
    CHECK_TEXT(says(w, ALFA, &record, BRAVO, NULL), "erased");
    CHECK_TEXT(says(w, ALFA, &record, CHARLIE, NULL), "blocked; not stated");
    done(w);
}

static void erasing_takes_the_copies_along(void)
{
    struct world *const w = make();

    settle(w);
    const struct parent source = publish(w, ALFA, 1u << BRAVO, NULL);
    settle(w);
    const struct parent copy = publish(w, BRAVO, 1u << CHARLIE, &source);
    const struct parent other = publish(w, BRAVO, 1u << CHARLIE, NULL);
    settle(w);
    recall(w, &source);
    settle(w);
    const struct item_audit why = {.at = w->t->now, .actor = bytes_of_text("test")};
    trio_begin(w->t, BRAVO);
    CHECK_OK(recall_erase(&w->desks[BRAVO], &source, &why));
    CHECK_OK(recall_erase(&w->desks[BRAVO], &source, &why)); /* again: nothing is left */
    trio_end(w->t, BRAVO);
    CHECK_INT(disposition_of(w, BRAVO, &source), DISPOSITION_ERASED);
    CHECK_INT(disposition_of(w, BRAVO, &copy), DISPOSITION_ERASED);
    CHECK_INT(disposition_of(w, BRAVO, &other), DISPOSITION_HELD);
    done(w);
}

CASES(CASE(a_record_that_comes_after_its_recall_is_erased_at_the_door),
      CASE(what_never_opened_is_erased_and_not_said_to_be_absent),
      CASE(erasing_takes_the_copies_along))

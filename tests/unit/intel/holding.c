#include "holding.h"
#include "check.h"

/* What a holder has said about a recalled record, and what it may say next. */

static void take(struct holding *h, enum outcome_what what, millis at)
{
    const struct item_outcome o = {.what = what,
                                   .at = at,
                                   .person = bytes_of_text("P"),
                                   .reference = bytes_of_text("ref")};

    holding_take(h, &o);
}

static void is_settled_by_what_ends_it_alone(void)
{
    static const struct {
        enum outcome_what what;
        bool settles;
        const char *word;
    } rows[] = {
        {OUTCOME_OPENED, false, "no answer"},
        {OUTCOME_ACKNOWLEDGED, false, "no answer"},
        {OUTCOME_INGESTED, false, "no answer"},
        {OUTCOME_DERIVED, false, "no answer"},
        {OUTCOME_CONSENT, false, "no answer"},
        {OUTCOME_COPIED, false, "no answer"},
        {OUTCOME_SHARED, false, "no answer"},
        {OUTCOME_BLOCKED, false, "blocked; not stated"},
        {OUTCOME_NOT_HELD, true, "not held"},
        {OUTCOME_ERASED, true, "erased"},
        {OUTCOME_ON_HOLD, true, "under legal hold"},
        {OUTCOME_ADOPTED, true, "adopted as controller"},
        {OUTCOME_EXPORTED, false, "exported; its own copy not stated"},
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct holding h = {0};
        take(&h, rows[i].what, 5);
        CHECK_INT(holding_is_settled(&h), rows[i].settles);
        CHECK_TEXT(holding_word(&h), rows[i].word);
    }
}

static void tells_the_newest_statement_and_who_made_it(void)
{
    struct holding h = {0};

    take(&h, OUTCOME_BLOCKED, 10);
    take(&h, OUTCOME_OPENED, 3);
    CHECK_INT(h.answered_at, 10);
    CHECK_INT(h.opened_at, 3);
    CHECK_INT(h.person.size, 0);
    take(&h, OUTCOME_ON_HOLD, 20);
    CHECK_TEXT(holding_word(&h), "under legal hold");
    take(&h, OUTCOME_EXPORTED, 30);
    CHECK_BYTES(h.where, bytes_of_text("ref"));
    CHECK_TEXT(holding_word(&h), "under legal hold");
    take(&h, OUTCOME_ERASED, 40);
    CHECK_TEXT(holding_word(&h), "erased");
    CHECK_INT(h.stated_at, 40);
    CHECK_BYTES(h.person, bytes_of_text("P"));
}

/* It came after all: "not held" no longer ends the waiting. */
static void what_came_late_is_awaited_again(void)
{
    struct holding h = {0};

    take(&h, OUTCOME_NOT_HELD, 1);
    CHECK(holding_is_settled(&h));
    take(&h, OUTCOME_BLOCKED, 2);
    CHECK(!holding_is_settled(&h));
    take(&h, OUTCOME_ERASED, 3);
    CHECK(holding_is_settled(&h));
}

static void says_nothing_twice_and_nothing_after_erasure(void)
{
    struct holding h = {0};

    take(&h, OUTCOME_BLOCKED, 1);
    CHECK(holding_refusal(&h, OUTCOME_ON_HOLD) == NULL);
    CHECK(holding_refusal(&h, OUTCOME_ERASED) == NULL);
    CHECK(holding_refusal(&h, OUTCOME_BLOCKED) != NULL);
    CHECK(holding_refusal(&h, OUTCOME_ACKNOWLEDGED) != NULL);
    take(&h, OUTCOME_ON_HOLD, 2);
    CHECK(holding_refusal(&h, OUTCOME_ON_HOLD) != NULL);
    CHECK(holding_refusal(&h, OUTCOME_ERASED) == NULL);
    take(&h, OUTCOME_EXPORTED, 3);
    CHECK(holding_refusal(&h, OUTCOME_EXPORTED) == NULL); /* it may have gone twice */
    take(&h, OUTCOME_ERASED, 4);
    CHECK(holding_refusal(&h, OUTCOME_ON_HOLD) != NULL);
    CHECK(holding_refusal(&h, OUTCOME_ADOPTED) != NULL);
    CHECK(holding_refusal(&h, OUTCOME_ERASED) != NULL);
    CHECK(holding_refusal(&h, OUTCOME_EXPORTED) == NULL);
}

CASES(CASE(is_settled_by_what_ends_it_alone),
      CASE(tells_the_newest_statement_and_who_made_it),
      CASE(what_came_late_is_awaited_again),
      CASE(says_nothing_twice_and_nothing_after_erasure))

#include "ingested.h"
#include "check.h"

/* What national ingestion has answered, and that its first answer stands. */

static struct item_outcome answer(enum outcome_what what, const char *reference,
                                  const char *reason)
{
    return (struct item_outcome){.what = what,
                                 .at = 7,
                                 .reference = bytes_of_text(reference),
                                 .reason = bytes_of_text(reason)};
}

static void takes_no_answer_without_what_it_needs(void)
{
    static const struct {
        enum outcome_what what;
        const char *reference, *reason;
        bool right;
    } rows[] = {
        {OUTCOME_INGESTED, "PND/2026-000123", "", true},
        {OUTCOME_INGESTED, "", "", false},
        {OUTCOME_INGESTED, "two words", "", false},
        {OUTCOME_INGESTED, "caf\xc3\xa9", "", false},
        {OUTCOME_INGESTED, "line\nbreak", "", false},
        {OUTCOME_INGESTED, "N-2", "N-1", true},
        {OUTCOME_INGESTED, "N-2", "what stood there", false},
        {OUTCOME_REFUSED, "R7", "give a code of the list", true},
        {OUTCOME_REFUSED, "load.grade-2_b", "grade it", true},
        {OUTCOME_REFUSED, "", "give a code", false},
        {OUTCOME_REFUSED, "R7", "", false},
        {OUTCOME_REFUSED, "Mr Smith was seen", "give a code", false},
        {OUTCOME_REFUSED, "a-rule-of-twenty-five-let", "give a code", false},
        {OUTCOME_REFUSED, "R7", "two\nlines", false},
        {OUTCOME_REFUSED, "R7", "\xff", false},
        {OUTCOME_DELETED, "N-1", "", true},
        {OUTCOME_DELETED, "", "", false},
        {OUTCOME_NOT_DELETED, "LOCKED", "unlock it", true},
        {OUTCOME_NOT_DELETED, "LOCKED", "", false},
    };
    char long_text[INGESTED_MEND_MAX + 2] = {0};

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct item_outcome o =
            answer(rows[i].what, rows[i].reference, rows[i].reason);
        CHECK_INT(ingested_fault(&o) == NULL, rows[i].right);
    }
    for (size_t i = 0; i <= INGESTED_MEND_MAX; i++)
        long_text[i] = 'x';
    const struct item_outcome mend = answer(OUTCOME_REFUSED, "R7", long_text);
    CHECK(ingested_fault(&mend) != NULL);
    long_text[INGESTED_REFERENCE_MAX + 1] = '\0';
    const struct item_outcome reference = answer(OUTCOME_INGESTED, long_text, "");
    CHECK(ingested_fault(&reference) != NULL);
    const struct item_outcome other = answer(OUTCOME_ACKNOWLEDGED, "", "");
    CHECK(!ingested_is_answer(&other));
}

static void keeps_the_first_answer_and_counts_what_contradicts_it(void)
{
    const struct item_outcome first = answer(OUTCOME_INGESTED, "N-1", "");
    const struct item_outcome again = answer(OUTCOME_INGESTED, "N-1", "said otherwise");
    const struct item_outcome second = answer(OUTCOME_INGESTED, "N-2", "");
    const struct item_outcome refused = answer(OUTCOME_REFUSED, "N-1", "mend it");
    struct ingested i = {0};

    CHECK_TEXT(ingested_word(i.what), "waiting");
    CHECK(ingested_take(&i, &first));
    CHECK_TEXT(ingested_word(i.what), "accepted");
    CHECK_INT(i.at, 7);
    CHECK(!ingested_take(&i, &again));
    CHECK_INT(i.contradictions, 0);
    CHECK(!ingested_take(&i, &second));
    CHECK(!ingested_take(&i, &refused));
    CHECK_INT(i.contradictions, 2);
    CHECK_BYTES(i.reference, bytes_of_text("N-1"));
    CHECK_INT(i.what, OUTCOME_INGESTED);
}

static void tells_two_refusals_apart(void)
{
    const struct item_outcome first = answer(OUTCOME_REFUSED, "R7", "mend the code");
    const struct item_outcome other = answer(OUTCOME_REFUSED, "R7", "mend the grade");
    struct ingested i = {0};

    CHECK(ingested_take(&i, &first));
    CHECK_TEXT(ingested_word(i.what), "refused");
    CHECK(ingested_same(&i, &first));
    CHECK(!ingested_same(&i, &other));
    CHECK(!ingested_take(&i, &other));
    CHECK_INT(i.contradictions, 1);
    CHECK_BYTES(i.reason, bytes_of_text("mend the code"));
}

static void is_deleted_when_it_was_accepted_under_that_reference(void)
{
    const struct item_outcome accepted = answer(OUTCOME_INGESTED, "N-1", "");
    const struct item_outcome refused = answer(OUTCOME_REFUSED, "R7", "mend the code");
    const struct item_outcome deleted = answer(OUTCOME_DELETED, "N-1", "");
    const struct item_outcome another = answer(OUTCOME_DELETED, "N-2", "");
    const struct item_outcome kept = answer(OUTCOME_NOT_DELETED, "LOCKED", "unlock it");
    struct ingested never = {0};
    struct ingested wrong = {0};
    struct ingested i = {0};

    CHECK(!ingested_take(&never, &deleted));
    CHECK(!ingested_take(&never, &kept));
    CHECK_INT(never.contradictions, 2);
    CHECK(ingested_take(&wrong, &refused));
    CHECK(!ingested_take(&wrong, &deleted));

    CHECK(ingested_take(&i, &accepted));
    CHECK(!ingested_take(&i, &another));
    CHECK_INT(i.contradictions, 1);
    CHECK_INT(i.deletion.what, 0);
    CHECK(ingested_take(&i, &deleted));
    CHECK_TEXT(ingested_word(i.deletion.what), "deleted");
    CHECK(!ingested_take(&i, &deleted));
    CHECK(!ingested_take(&i, &accepted));
    CHECK_INT(i.contradictions, 1);
    CHECK(!ingested_take(&i, &kept));
    CHECK_INT(i.contradictions, 2);
    CHECK_INT(i.deletion.what, OUTCOME_DELETED);
    CHECK_BYTES(i.reference, bytes_of_text("N-1"));
}

static void what_was_not_deleted_can_be_later(void)
{
    const struct item_outcome accepted = answer(OUTCOME_INGESTED, "N-1", "");
    const struct item_outcome kept = answer(OUTCOME_NOT_DELETED, "LOCKED", "unlock it");
    const struct item_outcome other = answer(OUTCOME_NOT_DELETED, "OTHER", "unlock it");
    const struct item_outcome deleted = answer(OUTCOME_DELETED, "N-1", "");
    struct ingested i = {0};

    CHECK(ingested_take(&i, &accepted));
    CHECK(ingested_take(&i, &kept));
    CHECK_TEXT(ingested_word(i.deletion.what), "not deleted");
    CHECK_BYTES(i.deletion.rule, bytes_of_text("LOCKED"));
    CHECK_BYTES(i.deletion.mend, bytes_of_text("unlock it"));
    CHECK(ingested_same(&i, &kept));
    CHECK(!ingested_take(&i, &other));
    CHECK_INT(i.contradictions, 1);
    CHECK(ingested_take(&i, &deleted));
    CHECK_INT(i.deletion.what, OUTCOME_DELETED);
    CHECK_INT(i.deletion.rule.size, 0);
}

CASES(CASE(takes_no_answer_without_what_it_needs),
      CASE(keeps_the_first_answer_and_counts_what_contradicts_it),
      CASE(tells_two_refusals_apart),
      CASE(is_deleted_when_it_was_accepted_under_that_reference),
      CASE(what_was_not_deleted_can_be_later))

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

CASES(CASE(takes_no_answer_without_what_it_needs),
      CASE(keeps_the_first_answer_and_counts_what_contradicts_it),
      CASE(tells_two_refusals_apart))

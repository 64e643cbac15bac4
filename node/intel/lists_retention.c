#include "lists_lines.h"

#include "text.h"

enum { YEARS_MAX = 100, AGE_MIN = 18, AGE_MAX = 130 };

/* retention <group> <clear years> <review years> <kept to the age of | -> <title ...> */
status lists_read_retention(struct lines *in, struct lists *l)
{
    struct retention_rule rule = {0};
    uint64_t age = 0;

    const uint64_t group = lines_decimal(in, 1, RETENTION_GROUPS);
    rule.clear_years = (uint32_t)lines_decimal(in, 1, YEARS_MAX);
    rule.review_years = (uint32_t)lines_decimal(in, 1, YEARS_MAX);
    const struct bytes until = lines_word(in);
    rule.title = lines_tail(in);
    ENSURE(!in->bad && rule.title.size <= SHORT_TEXT_MAX, E_FORM);
    if (!text_is(until, "-")) {
        TRY(decimal_decode(until, &age));
        ENSURE(age >= AGE_MIN && age <= AGE_MAX, E_VALUE);
        rule.age = (uint32_t)age;
    }
    ENSURE(l->retention[group - 1].clear_years == 0, E_VALUE);
    l->retention[group - 1] = rule;
    return OK;
}

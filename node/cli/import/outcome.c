#include "outcome.h"

const char *outcome_word(enum outcome_state s)
{
    switch (s) {
    case OUTCOME_RIGHT:
        return "right";
    case OUTCOME_PUBLISHED:
        return "published";
    case OUTCOME_BEFORE:
        return "published-before";
    case OUTCOME_TO_HOLD:
        return "to-be-held";
    case OUTCOME_HELD:
        return "held";
    case OUTCOME_BAD:
        return "refused";
    }
    return "?";
}

void outcome_of_parcel(const struct parcel *p, struct outcome *ret)
{
    *ret = (struct outcome){
        .row = p->row, .line = p->line, .key = p->key, .state = OUTCOME_BAD};
    for (size_t i = 0; i < p->finding_count; i++) {
        const struct import_finding *const f = &p->findings[i];
        ret->findings[i] =
            (struct outcome_finding){.rule = bytes_of_text(import_rule_word(f->rule)),
                                     .severity = bytes_of_text("refuse"),
                                     .column = f->column,
                                     .field = f->field,
                                     .sentence = f->sentence,
                                     .mend = f->mend};
    }
    ret->finding_count = p->finding_count;
}

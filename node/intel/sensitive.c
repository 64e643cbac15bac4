#include "rule.h"

/*
 * F5: sensitive processing (Data Protection Act 2018 s.35) is lawful only where it is
 * strictly necessary and meets a condition of Schedule 8.  F8: restricted processing
 * (s.47).
 */

static bool speaks_of_sensitive_things(const struct record *r)
{
    bool found = r->report.sensitive != 0;

    for (size_t i = 0; i < r->person_count; i++)
        found = found || r->persons[i].ethnicity.size > 0 ||
                r->persons[i].biometric_reference.size > 0;
    return found;
}

void sensitive_check(struct check *c)
{
    const struct record *const r = c->record;
    uint32_t missing = 0;

    if (r->report.restricted)
        rule_refuse(c, "F8", "restricted",
                    "The use of this record is restricted (Data Protection Act 2018 s.47).",
                    "Keep it and do not send it; when the restriction is lifted, take the "
                    "mark out.");
    if (r->report.sensitive > SENSITIVE_ALL)
        rule_refuse(c, "F5", "sensitive", "This is no kind of sensitive processing.",
                    "Choose from the list in Data Protection Act 2018 s.35(8).");
    if (!speaks_of_sensitive_things(r))
        return;
    if (r->report.schedule_8 == 0)
        rule_refuse(c, "F5", "schedule_8",
                    "The record has sensitive personal data and no condition for it.",
                    "Name the condition of Schedule 8 that applies, for example "
                    "safeguarding, or take out what is not strictly necessary.");
    for (size_t i = 0; i < r->person_count; i++) {
        if (r->persons[i].ethnicity.size > 0)
            missing |= SENSITIVE_ETHNICITY;
        if (r->persons[i].biometric_reference.size > 0)
            missing |= SENSITIVE_BIOMETRIC;
    }
    missing &= ~r->report.sensitive;
    if (missing != 0)
        rule_advise(c, "F5", "sensitive",
                    (missing & SENSITIVE_ETHNICITY) != 0
                        ? "An ethnicity is given, and sensitive does not say so."
                        : "A biometric reference is given, and sensitive does not say so.",
                    "Add it to sensitive, so that who receives it is told.");
}

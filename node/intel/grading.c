#include "rule.h"

enum { SOURCE_MAX = 3, SOURCE_NOT_RELIABLE = 3, ASSESSMENT_MAX = 5, ASSESSED_FALSE = 5 };

/* `grade` and `reason` are the field paths. */
struct graded_place {
    const char *grade;
    const char *reason;
};

static void check_grade(struct check *c, const struct grade *g, struct graded_place at)
{
    if (g->source == 0 && g->assessment == 0) {
        if (g->original_grade.size > 0)
            return; /* R22 says more */
        rule_refuse(c, "R2", at.grade, "This text has no grade of its own.",
                    "Grade it: source 1 to 3, then assessment A to E, for example 2B.");
        return;
    }
    if (g->source < 1 || g->source > SOURCE_MAX)
        rule_refuse(c, "R2", at.grade, "The source evaluation is not 1, 2 or 3.",
                    "Use 1 reliable, 2 untested or 3 not reliable.");
    if (g->assessment < 1 || g->assessment > ASSESSMENT_MAX)
        rule_refuse(c, "R2", at.grade, "The assessment is not A, B, C, D or E.",
                    "Use A known directly, B known indirectly but corroborated, C known "
                    "indirectly, D not known or E suspected to be false.");
    if (g->reason.size > 0)
        return;
    if (g->source == SOURCE_NOT_RELIABLE)
        rule_refuse(c, "R4", at.reason, "Source 3 (not reliable) needs a reason.",
                    "Write why the source is doubted, without saying who or what it is.");
    if (g->assessment == ASSESSED_FALSE)
        rule_refuse(c, "R4", at.reason, "Assessment E (suspected false) needs a reason.",
                    "Write why it is believed to be untrue or malicious.");
}

void grading_check(struct check *c)
{
    const struct record *const r = c->record;

    check_grade(c, &r->provenance.grade,
                (struct graded_place){"provenance.grade", "provenance.grade_reason"});
    for (size_t i = 0; i < r->text_count; i++)
        check_grade(c, &r->texts[i].grade,
                    (struct graded_place){rule_path(c, "texts", i, "grade"),
                                          rule_path(c, "texts", i, "grade_reason")});
}

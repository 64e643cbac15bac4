#include "regrade.h"
#include "rule.h"

/*
 * R22: grades, handling codes and markings of other schemes.  regrade_record has filled
 * what has an equivalent; what is still empty waits for a person.
 */

/* Field paths of one grade. */
struct original_place {
    const char *grade;
    const char *original;
    const char *reason;
};

/* Nothing that the source could still say would grade it: a person has to.  A marking is
 * another matter: what may be above OFFICIAL-SENSITIVE is not kept at all (R1). */
static void wait_for_person(struct check *c, const char *field, const char *sentence,
                            const char *mend)
{
    const bool alone = c->findings->ungraded || !c->findings->refused;

    rule_refuse(c, "R22", field, sentence, mend);
    c->findings->ungraded = alone;
}

static void check_grade(struct check *c, const struct grade *g, struct original_place at)
{
    if (g->original_grade.size == 0 && g->original_scheme == 0)
        return;
    if (g->original_grade.size == 0 || g->original_scheme == 0) {
        rule_refuse(
            c, "R22", at.original,
            "An original grade needs its scheme, and a scheme its grade.",
            "Give both original_scheme (5x5x5, 4x4 or 3x5x2) and original_grade, or "
            "neither.");
        return;
    }
    if (g->source == 0 && g->assessment == 0)
        wait_for_person(
            c, at.grade,
            rule_quote(c, "The original grade ", g->original_grade,
                       " has no equivalent in 3x5x2, so a person has to give one."),
            "Evaluate it anew and give its grade; the original stays beside it.");
    else if (regrade_is_raised(g) && g->reason.size == 0)
        rule_refuse(c, "R22", at.reason,
                    rule_quote(c, "The grade is better than the original, ",
                               g->original_grade, "."),
                    "Write why it deserves more, or give it the grade of the original.");
    else if (regrade_is_doubtful(g->original_scheme, g->original_grade))
        rule_advise(c, "R22", at.grade,
                    rule_quote(c, "The original grade ", g->original_grade,
                               " lies between two of 3x5x2."),
                    "Look at it once more; the lower one was taken.");
}

static void check_handling(struct check *c)
{
    const struct item_report *const r = &c->record->report;
    struct regraded_handling h = {.handling = HANDLING_P};

    if (r->original_handling.size == 0 && r->original_scheme == 0)
        return;
    if (r->original_handling.size == 0 || r->original_scheme == 0) {
        rule_refuse(c, "R22", "original_handling",
                    "An original handling code needs its scheme, and a scheme its code.",
                    "Give both original_scheme and original_handling, or neither.");
        return;
    }
    const bool read =
        regrade_handling(r->original_scheme, r->original_handling, c->arena, &h) == OK;
    if (c->record->label.handling == 0)
        wait_for_person(
            c, "handling",
            rule_quote(c, "The original handling code ", r->original_handling,
                       " has no equivalent in 3x5x2, so a person has to give one."),
            "Choose P, or C with its codes and conditions; the original stays.");
    else if (read && h.handling == HANDLING_C && c->record->label.handling == HANDLING_P)
        rule_advise(c, "R22", "handling",
                    rule_quote(c, "The original handling code ", r->original_handling,
                               " limits sharing, and handling code P does not."),
                    "Be sure that its owner lets everybody share it.");
}

static void check_marking(struct check *c)
{
    const struct bytes original = c->record->report.original_marking;
    enum marking m = MARKING_OFFICIAL;

    if (original.size == 0)
        return;
    if (c->record->label.marking == 0)
        rule_refuse(c, "R22", "marking",
                    rule_quote(c, "The older marking ", original,
                               " has no equivalent, and no marking of today is "
                               "given."),
                    "Find out from its owner how it is marked today; above "
                    "OFFICIAL-SENSITIVE it must not be sent here.");
    else if (regrade_marking(original, &m) == OK && c->record->label.marking < m)
        rule_advise(
            c, "R22", "marking",
            rule_quote(c, "The marking is lower than the original, ", original, "."),
            "A marking falls only by a named person with a reason.");
}

void originals_check(struct check *c)
{
    const struct record *const r = c->record;

    check_marking(c);
    check_handling(c);
    check_grade(c, &r->provenance.grade,
                (struct original_place){"provenance.grade", "provenance.original_grade",
                                        "provenance.grade_reason"});
    for (size_t i = 0; i < r->text_count; i++)
        check_grade(c, &r->texts[i].grade,
                    (struct original_place){rule_path(c, "texts", i, "grade"),
                                            rule_path(c, "texts", i, "original_grade"),
                                            rule_path(c, "texts", i, "grade_reason")});
}

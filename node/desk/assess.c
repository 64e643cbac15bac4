#include "draft.h"

#include "case_desk.h"
#include "lowered.h"
#include "regrade.h"
#include "source.h"
#include "text.h"
#include "todo.h"
#include "urn.h"

/*
 * The steps between handing in and releasing.  Each asks only the rules that are its
 * business: assessing those on grade, handling and risk, sanitising all of them and that
 * nothing of the source is left.  What is refused changes nothing.
 */

static status begin(struct desk *d, struct call *c, struct draft_work **ret)
{
    struct arena *const a = d->exchange->arena;
    struct draft_work *const work = arena_take(a, sizeof *work);

    ENSURE(work != NULL, E_MEMORY);
    ENSURE(publish_may_judge(d, c), E_CONFIG);
    TRY(draft_find(d, c, &work->draft));
    work->before = work->draft.stage;
    work->was = work->draft.packed;
    const struct bytes replaced = control_argument(&c->parsed, "record");
    if (replaced.size > 0)
        work->draft.packed = replaced;
    struct publish_work *const p = &work->publication;
    p->record = arena_take(a, sizeof *p->record);
    p->findings = arena_take(a, sizeof *p->findings);
    ENSURE(p->record != NULL && p->findings != NULL, E_MEMORY);
    *ret = work;
    return OK;
}

static status unpack(struct desk *d, struct call *c, struct draft_work *work)
{
    if (record_unpack(work->draft.packed, d->exchange->arena, work->publication.record) ==
        OK)
        return OK;
    c->sentence =
        "the record could not be read: command and node are of different versions";
    return E_FORM;
}

/* Findings are content: they are given only where the refusal has its row of the log. */
static status refuse(struct desk *d, struct call *c, struct draft_work *work,
                     const char *sentence)
{
    struct publish_work *const p = &work->publication;

    work->draft.stage = work->before;
    p->packed = work->draft.packed;
    p->has_draft = true;
    p->draft = work->draft.id;
    TRY(publish_refusal(d, c, p));
    c->sentence = sentence;
    c->work = work;
    return E_VALUE;
}

/* The draft as it is now, with its row of the log; the record as it was checked. */
static status finish(struct desk *d, struct call *c, struct draft_work *work,
                     enum stage_step step)
{
    struct draft *const draft = &work->draft;
    const char *const done = step_word(step);

    TRY(record_pack(work->publication.record, d->exchange->arena, &draft->packed));
    TRY(draft_check_size(c, draft));
    TRY(draft_log(d, c, draft,
                  work->is_lower
                      ? desk_text(d->exchange->arena, done, ", marking lowered", NULL)
                      : done));
    return draft_put(d, draft);
}

/* --- assess --- */

/* "2B" for each text and the provenance that has no grade yet; what it was graded in
 * another scheme stays beside it (R22). */
static bool put_grade(struct grade *g, struct bytes text, struct bytes reason)
{
    if (text.size != 2 || text.at[0] < '1' || text.at[0] > '3' || text.at[1] < 'A' ||
        text.at[1] > 'E')
        return false;
    if (g->source != 0 || g->assessment != 0)
        return true;
    g->source = (uint32_t)(text.at[0] - '0');
    g->assessment = (uint32_t)(text.at[1] - 'A') + 1;
    if (reason.size > 0)
        g->reason = reason;
    return true;
}

static bool put_grades(struct record *r, struct bytes grade, struct bytes reason)
{
    bool good = put_grade(&r->provenance.grade, grade, reason);

    for (size_t i = 0; i < r->text_count; i++)
        good = put_grade(&r->texts[i].grade, grade, reason) && good;
    return good;
}

/* Place of the word among `words`, from 1; 0: none of them. */
static uint32_t word_number(struct bytes word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text_is(word, words[i]))
            return (uint32_t)i + 1;
    }
    return 0;
}

/* Handling is decided as a whole: what does not belong to it goes. */
static bool put_handling(struct record *r, const struct control_request *q)
{
    static const char *const handlings[] = {"P", "C"};
    static const char *const actions[] = {"A1", "A2", "A3"};
    static const char *const sanitisations[] = {"S1", "S2"};
    const struct bytes handling = control_argument(q, "handling");
    const struct bytes action = control_argument(q, "action");
    const struct bytes sanitisation = control_argument(q, "sanitisation");

    if (handling.size == 0)
        return action.size == 0 && sanitisation.size == 0;
    r->label.handling = (enum handling)word_number(handling, handlings, 2);
    r->label.action = (enum action_code)word_number(action, actions, 3);
    r->label.sanitisation =
        (enum sanitisation_code)word_number(sanitisation, sanitisations, 2);
    r->report.conditions = control_argument(q, "conditions");
    r->report.condition_reason = control_argument(q, "condition_reason");
    r->report.a3_usage = control_argument(q, "a3_usage");
    return r->label.handling != 0 && (action.size == 0 || r->label.action != 0) &&
           (sanitisation.size == 0 || r->label.sanitisation != 0);
}

static status apply(struct call *c, struct record *r)
{
    const struct control_request *const q = &c->parsed;
    const struct bytes grade = control_argument(q, "grade");
    const struct bytes risk = control_argument(q, "risk");
    const struct bytes pii = control_argument(q, "pii_decision");

    if (grade.size > 0 && !put_grades(r, grade, control_argument(q, "grade_reason"))) {
        c->sentence = "a grade is source 1 to 3 and assessment A to E, such as 2B";
        return E_USAGE;
    }
    if (!put_handling(r, q)) {
        c->sentence = "--handling is P or C; under C give --action A1, A2 or A3 and "
                      "--sanitisation S1 or S2";
        return E_USAGE;
    }
    if (risk.size > 0)
        r->report.risk = risk;
    if (pii.size > 0)
        r->report.pii_decision = pii;
    if (control_argument(q, "no_intercept").size > 0)
        r->report.no_intercept = true;
    return OK;
}

static bool is_of_assessment(const struct finding *f)
{
    static const char *const rules[] = {"R1", "R2", "R3", "R4", "R5", "R22"};
    const struct bytes rule = bytes_of_text(f->rule);

    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        if (text_is(rule, rules[i]))
            return true;
    }
    return false;
}

/* The others are about words that will be rewritten. */
static void keep_assessment(struct findings *f)
{
    const size_t count = f->count;

    f->count = 0;
    f->refused = false;
    for (size_t i = 0; i < count; i++) {
        if (!is_of_assessment(&f->at[i]))
            continue;
        f->refused = f->refused || f->at[i].severity == SEVERITY_REFUSE;
        f->at[f->count++] = f->at[i];
    }
}

status assess_prepare(struct desk *d, struct call *c)
{
    struct draft_work *work = NULL;

    ENSURE(desk_case_has_room(d), E_BUSY);
    TRY(begin(d, c, &work));
    struct publish_work *const p = &work->publication;
    TRY(draft_step(d, c, &work->draft, STEP_ASSESS));
    TRY(unpack(d, c, work));
    /* What has an equivalent in 3x5x2 is not graded by the grade for the rest. */
    TRY(regrade_record(p->record, d->exchange->arena));
    TRY(apply(c, p->record));
    rules_check(p->record, d->lists, d->exchange->now, d->exchange->arena, p->findings);
    keep_assessment(p->findings);
    TRY(lowered_draft(d, c, work, &work->is_lower));
    if (p->findings->refused)
        return refuse(d, c, work, "not assessed: give what is listed and assess it again");
    TRY(finish(d, c, work, STEP_ASSESS));
    c->sentence = "assessed: now it can be sanitised";
    c->work = work;
    return draft_cites(d, c, &work->draft, p->record, p->findings);
}

/* --- sanitise --- */

static status check_source(struct desk *d, const struct draft_work *work)
{
    struct source source;
    const status s = source_find(d, &work->draft.id, d->exchange->arena, &source);

    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    return source_check(&source, work->publication.record, d->exchange->arena,
                        work->publication.findings);
}

/* Who hints at the first report's source would stand behind the second one's text. */
static status check_report(struct desk *d, const struct draft_work *work)
{
    struct record *const was = arena_take(d->exchange->arena, sizeof *was);

    ENSURE(was != NULL, E_MEMORY);
    return record_unpack(work->was, d->exchange->arena, was) == OK
               ? urn_refuse_another(d, &work->publication, was)
               : OK;
}

status sanitise_prepare(struct desk *d, struct call *c)
{
    struct draft_work *work = NULL;

    TRY(begin(d, c, &work));
    struct publish_work *const p = &work->publication;
    TRY(draft_step(d, c, &work->draft, STEP_SANITISE));
    TRY(unpack(d, c, work));
    rules_check(p->record, d->lists, d->exchange->now, d->exchange->arena, p->findings);
    TRY(check_source(d, work));
    TRY(check_report(d, work));
    urn_advise_force(d, p);
    TRY(lowered_draft(d, c, work, &work->is_lower));
    if (p->findings->refused)
        return refuse(d, c, work,
                      "not sanitised: mend what is listed and sanitise it again");
    TRY(finish(d, c, work, STEP_SANITISE));
    c->sentence = "sanitised: now a person can release it";
    c->work = work;
    return desk_todo_open(d, TODO_RELEASE, &work->draft.id,
                          d->config->second_person == 0
                              ? "a sanitised draft waits to be released"
                              : "a sanitised draft waits for a second person");
}

/* --- rework --- */

status rework_prepare(struct desk *d, struct call *c)
{
    struct draft_work *const work = arena_take(d->exchange->arena, sizeof *work);

    ENSURE(work != NULL, E_MEMORY);
    if (control_argument(&c->parsed, "reason").size == 0) {
        c->sentence = "say what has to be done again: --reason \"...\"";
        return E_USAGE;
    }
    ENSURE(desk_case_has_room(d), E_BUSY);
    struct publish_work *const p = &work->publication;
    p->record = arena_take(d->exchange->arena, sizeof *p->record);
    p->findings = arena_take(d->exchange->arena, sizeof *p->findings);
    ENSURE(p->record != NULL && p->findings != NULL, E_MEMORY);
    TRY(draft_find(d, c, &work->draft));
    TRY(draft_step(d, c, &work->draft, STEP_REWORK));
    TRY(unpack(d, c, work));
    TRY(draft_log(d, c, &work->draft, step_word(STEP_REWORK)));
    TRY(draft_put(d, &work->draft));
    TRY(desk_todo_close(d, TODO_RELEASE, &work->draft.id));
    TRY(draft_cites(d, c, &work->draft, p->record, p->findings));
    c->sentence = "sent back: it has to be assessed and sanitised again";
    c->work = work;
    return OK;
}

#include "draft.h"

#include "case_desk.h"

#include "source.h"
#include "text.h"
#include "todo.h"

status draft_remark(struct arena *a, const struct call *c, struct bytes *ret)
{
    const struct bytes person = control_argument(&c->parsed, "person");
    const struct bytes reason = control_argument(&c->parsed, "reason");
    const size_t room = person.size + 2 + reason.size;

    *ret = person.size > 0 ? person : reason;
    if (person.size == 0 || reason.size == 0)
        return OK;
    uint8_t *const text = arena_take(a, room);
    ENSURE(text != NULL, E_MEMORY);
    struct writer w = writer_over(text, room);
    write_bytes(&w, person);
    write_text(&w, ": ");
    write_bytes(&w, reason);
    *ret = writer_bytes(&w);
    return OK;
}

status draft_log(struct desk *d, struct call *c, const struct draft *draft,
                 const char *outcome)
{
    struct item_audit row = {.operation =
                                 draft->hand_count == 1 ? AUDIT_COLLECT : AUDIT_ALTER,
                             .object = draft->id,
                             .outcome = bytes_of_text(outcome)};

    TRY(draft_remark(d->exchange->arena, c, &row.justification));
    return desk_audit(d, c, &row);
}

status draft_check_size(struct call *c, const struct draft *draft)
{
    if (draft->packed.size <= CONTENT_BYTES_MAX)
        return OK;
    c->sentence =
        "the report is larger than a record can be: shorten it, or make two of it";
    return E_LIMIT;
}

/* Handing in is submitting, and assessing is accepting: release is not required (R18). */
static enum case_what case_step(enum stage_step step)
{
    switch (step) {
    case STEP_DRAFT:
        return CASE_SUBMITTED;
    case STEP_REWORK:
        return CASE_RETURNED;
    case STEP_ASSESS:
    case STEP_SANITISE:
    case STEP_RELEASE:
        return CASE_ACCEPTED;
    }
    return CASE_ACCEPTED;
}

status draft_cites(struct desk *d, struct call *c, const struct draft *draft,
                   const struct record *record, struct findings *f)
{
    const struct draft_hand *const last = &draft->hands[draft->hand_count - 1];
    const enum case_what what = case_step(last->step);
    struct desk_citation cited = {.reference = record->facts.case_reference,
                                  .station = record->facts.station,
                                  .document = draft->id};

    if (draft->has_previous)
        desk_case_was(&cited, &draft->previous);
    if (what == CASE_RETURNED) {
        cited.person = bytes_of_text(c->person.text);
        cited.reason = control_argument(&c->parsed, "reason");
    }
    return desk_case_cited(d, &cited, what, f);
}

/* "uid:1000 jsmith" is "uid:1000" while the directory does not answer. */
static struct bytes person_id(struct bytes actor)
{
    struct bytes rest = actor;
    struct bytes id = {0};

    return text_cut(&rest, ' ', &id) ? id : actor;
}

bool draft_is_own_work(const struct draft *draft, const struct call *c)
{
    const struct bytes person = person_id(bytes_of_text(c->person.text));

    for (size_t i = 0; i < draft->hand_count; i++) {
        const struct draft_hand *const hand = &draft->hands[i];
        if ((hand->wrote || hand->step == STEP_DRAFT || hand->step == STEP_SANITISE) &&
            bytes_equal(person_id(hand->actor), person))
            return true;
    }
    return false;
}

/* The state it is in, and what it needs. */
static status say_not_now(struct desk *d, struct call *c, const struct draft *draft)
{
    c->sentence = desk_text(d->exchange->arena, "the draft is ", stage_word(draft->stage),
                            ": what comes next is to ", stage_todo(draft->stage), NULL);
    return E_ORDER;
}

status draft_step(struct desk *d, struct call *c, struct draft *draft, enum stage_step step)
{
    struct bytes reason = {0};

    TRY(draft_remark(d->exchange->arena, c, &reason));
    if (step != STEP_DRAFT && stage_next(draft->stage, step, &draft->stage) != OK)
        return say_not_now(d, c, draft);
    if (draft->hand_count == DRAFT_HANDS_MAX) {
        c->sentence = "this draft has been through too many hands: hand the report in anew";
        return E_LIMIT;
    }
    if (reason.size > DRAFT_REMARK_MAX || !utf8_is_valid(reason)) {
        c->sentence = "person and reason must be plain text of at most 200 characters";
        return E_VALUE;
    }
    draft->hands[draft->hand_count++] =
        (struct draft_hand){.step = step,
                            .at = d->exchange->now,
                            .wrote = control_argument(&c->parsed, "record").size > 0,
                            .actor = bytes_of_text(c->person.text),
                            .remark = reason};
    return OK;
}

status draft_step_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct draft_work *const work = c->work;
    const struct findings *const findings = work->publication.findings;
    struct rows r;

    rows_init(&r, d->exchange->arena, 1 + FINDINGS_MAX);
    rows_next(&r, 4);
    rows_text(&r, "row", "draft");
    rows_id(&r, "id", &work->draft.id);
    rows_text(&r, "state", stage_word(work->draft.stage));
    rows_text(&r, "next", stage_todo(work->draft.stage));
    for (size_t i = 0; findings != NULL && i < findings->count; i++) {
        rows_next(&r, 1 + PUBLISH_FINDING_FIELDS);
        rows_text(&r, "row", "finding");
        publish_give_finding(&r, &findings->at[i]);
    }
    rows_give(&r, ret);
    return OK;
}

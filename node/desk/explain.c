#include "same.h"

/*
 * Who would get a record, and by which rule; nothing is sent and nothing is kept.  It is
 * the very function that publishes which answers, up to the submission.
 */

status explain_prepare(struct desk *d, struct call *c)
{
    struct publish_work *const work = arena_take(d->exchange->arena, sizeof *work);

    ENSURE(work != NULL, E_MEMORY);
    ENSURE(publish_may_judge(d, c), E_CONFIG);
    *work = (struct publish_work){.packed = control_argument(&c->parsed, "record")};
    TRY(publish_options(d, c, work));
    TRY(publish_judge(d, c, d->exchange->arena, work));
    const status same = same_refuse(d, c, work);
    ENSURE(same == OK || same == E_DUPLICATE, same);
    c->sentence = NULL; /* it is among the findings */
    if (same == OK)
        TRY(publish_foresee(d, work));
    c->work = work;
    return OK;
}

/* A record that the rules refuse goes to nobody, and the first refusal is why. */
static void give_refused(struct desk *d, const struct findings *f, struct rows *r)
{
    const struct exchange *const x = d->exchange;
    const char *rule = "";

    for (size_t i = f->count; i > 0; i--) {
        if (f->at[i - 1].severity == SEVERITY_REFUSE)
            rule = f->at[i - 1].rule;
    }
    for (size_t i = 0; i < x->roster.agency_count; i++) {
        const struct roster_agency *const a = &x->roster.agencies[i];
        if (agency_id_equal(&a->id, &x->self))
            continue;
        rows_next(r, 6);
        rows_text(r, "row", "recipient");
        rows_agency(r, "agency", &a->id);
        rows_text(r, "sent", "no");
        rows_text(r, "alone", "no");
        rows_text(r, "rule", rule);
        rows_text(r, "reason", "the record would be refused: mend what is listed");
    }
}

status explain_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct publish_work *const work = c->work;
    struct rows r;

    rows_init(&r, d->exchange->arena, 1 + FINDINGS_MAX + AGENCIES_MAX);
    rows_next(&r, 3);
    rows_text(&r, "row", "record");
    rows_text(&r, "stream", lane_word(routing_lane(&work->record->label)));
    rows_text(&r, "blocked",
              (work->record->label.route.immigration & IMMIGRATION_BLOCKED) != 0 ? "yes"
                                                                                 : "no");
    publish_give_findings(&r, work->findings);
    if (work->findings->refused)
        give_refused(d, work->findings, &r);
    else
        publish_give_routing(&r, work->routing);
    rows_give(&r, ret);
    ret->sentence =
        bytes_of_text(work->findings->refused ? "it would be refused, and go to nobody"
                                              : "nothing was sent");
    return OK;
}

#include "link_desk.h"

#include "text.h"
#include "todo.h"
#include "words.h"

/*
 * `links decide`: a person says whether two records are about the same, and why; or takes
 * that back.  Nothing of either record is changed by it, and nobody is told of it outside;
 * whoever was told of it (`links tell`) is told when that is undone.
 */

static const struct step {
    const char *word;
    enum link_state to;
    const char *logged, *done;
} steps[] = {
    {"same", LINK_SAME, "link decided, same: ",
     "decided: they are about the same; both records stay as they are"},
    {"not-the-same", LINK_NOT_SAME, "link decided, not the same: ",
     "decided: they are not about the same; this is not proposed again"},
    {"undo", LINK_PROPOSED, "link decision undone: ",
     "undone: it is proposed as before, and waits for a decision; whoever was told of it "
     "is "
     "told"},
};

struct decide_work {
    const struct step *step;
    struct link link;
};

static const struct step *step_find(struct bytes word)
{
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        if (text_is(word, steps[i].word))
            return &steps[i];
    }
    return NULL;
}

static status check_step(struct desk *d, struct call *c, const struct decide_work *work)
{
    const struct link *const l = &work->link;
    const bool undo = work->step->to == LINK_PROPOSED;
    bool stands = false;

    TRY(link_stands(d, l, &stands));
    if (!stands)
        c->sentence = "one of its records was recalled or corrected, or has expired, so "
                      "this link is gone";
    else if (undo && l->state == LINK_PROPOSED)
        c->sentence = "nothing was decided that could be undone";
    else if (!undo && l->state != LINK_PROPOSED)
        c->sentence =
            desk_text(d->exchange->arena, "it was decided (", link_state_word(l->state),
                      "): take that back first, with --undo and a reason", NULL);
    else if (l->event_count == LINK_EVENTS_MAX)
        c->sentence = "it was decided and undone so often that no more is kept";
    return c->sentence == NULL ? OK : E_DENIED;
}

/* Each of the two has its row. */
static status log_decision(struct desk *d, struct call *c, const struct decide_work *work,
                           struct bytes reason)
{
    struct arena *const a = d->exchange->arena;
    const struct store *const store = &d->exchange->store;

    for (size_t i = 0; i < COUNT_OF(work->link.records); i++) {
        const struct parent *const one = &work->link.records[i];
        const struct parent *const other = &work->link.records[1 - i];
        struct place place = {0};
        TRY(store->ops->record_find(store->self, &one->agency, &one->id, &place));
        struct item_audit row = {.operation = AUDIT_COMBINE,
                                 .has_object = true,
                                 .object_stream = place.stream,
                                 .object_index = place.index,
                                 .object = one->id,
                                 .justification = reason,
                                 .outcome = bytes_of_text(desk_text(
                                     a, work->step->logged, "with ", other->agency.text,
                                     " ", desk_id_text(a, &other->id), NULL))};
        TRY(desk_audit(d, c, &row));
    }
    return OK;
}

static status settle_todo(struct desk *d, const struct link *l)
{
    if (l->state != LINK_PROPOSED)
        return desk_todo_close(d, TODO_LINK, &l->id);
    return desk_todo_open(d, TODO_LINK, &l->id,
                          desk_text(d->exchange->arena, "the decision on a record of ",
                                    l->records[0].agency.text, " and one of ",
                                    l->records[1].agency.text, " was undone", NULL));
}

status links_decide_prepare(struct desk *d, struct call *c)
{
    struct decide_work *const work = arena_take(d->exchange->arena, sizeof *work);
    const struct bytes reason = control_argument(&c->parsed, "reason");

    ENSURE(work != NULL, E_MEMORY);
    work->step = step_find(control_argument(&c->parsed, "says"));
    ENSURE(work->step != NULL, E_USAGE);
    if (reason.size > SHORT_TEXT_MAX || !utf8_is_valid(reason) ||
        word_trim(reason).size == 0) {
        c->sentence = "say why: --reason \"...\", at most 256 characters";
        return E_USAGE;
    }
    TRY(link_named(d, c, &work->link));
    TRY(check_step(d, c, work));
    /* With two rows of the decision: all of it in this turn, or none. */
    if (work->step->to == LINK_PROPOSED && work->link.told[0] + work->link.told[1] != 0)
        TRY(link_may_say(d, c, LINK_WORDS + 2));
    TRY(log_decision(d, c, work, reason));
    if (work->step->to == LINK_PROPOSED)
        TRY(link_take_back(d, c, &work->link));
    work->link.state = work->step->to;
    work->link.events[work->link.event_count++] =
        (struct link_event){.state = work->step->to,
                            .at = d->exchange->now,
                            .person = recall_text(bytes_of_text(c->person.text)),
                            .reason = recall_text(reason)};
    TRY(link_put(d, &work->link));
    TRY(settle_todo(d, &work->link));
    c->work = work;
    return OK;
}

status links_decide_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct decide_work *const work = c->work;
    struct rows r;

    rows_init(&r, d->exchange->arena, 1);
    rows_next(&r, 2);
    rows_id(&r, "link", &work->link.id);
    rows_text(&r, "state", link_state_word(work->link.state));
    rows_give(&r, ret);
    ret->sentence = bytes_of_text(work->step->done);
    return OK;
}

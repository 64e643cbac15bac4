#include "draft.h"

#include "source.h"
#include "todo.h"
#include "words.h"

/*
 * Releasing: the one way from a draft to the log.  A named person releases; where the
 * agency's policy asks for it, somebody else than those who drafted, wrote and sanitised.
 * The record gets an id of its own: an id tells its time, and the time at which a report
 * was handed in is the bureau's business (page 2.7).
 */

static status check_person(struct desk *d, struct call *c, const struct draft *draft)
{
    if (word_trim(control_argument(&c->parsed, "person")).size == 0) {
        c->sentence = "a release names a person: give --person";
        return E_USAGE;
    }
    if (d->config->second_person != 0 && draft_is_own_work(draft, c)) {
        c->sentence = "this agency asks for a second person: you drafted or sanitised this "
                      "report or wrote it anew, so somebody else has to release it";
        return E_DENIED;
    }
    return OK;
}

/* The record must be as it was sanitised; the rules may have changed since. */
static status judge(struct desk *d, struct call *c, struct draft_work *work)
{
    struct publish_work *const p = &work->publication;
    const struct bytes person = control_argument(&c->parsed, "person");
    struct source source = {0};

    const status s = source_find(d, &work->draft.id, d->exchange->arena, &source);
    if (s != E_UNKNOWN)
        TRY(s);
    p->packed = work->draft.packed;
    p->has_previous = work->draft.has_previous;
    p->previous = work->draft.previous;
    /* A correction says why: what was said when it was handed in.  Who releases it decides
     * that marking or handling fall (R12), and is told to whoever gets it; not who is of
     * the source, who lowers nothing. */
    if (p->has_previous) {
        p->reason = work->draft.hands[0].remark;
        if (!source_is_in(&source, person, d->exchange->arena))
            p->person = person;
    }
    p->has_draft = true;
    p->draft = work->draft.id;
    if (work->draft.has_key) {
        const struct draft *const draft = &work->draft;
        p->key_alone = bytes_of(draft->key.bytes, sizeof draft->key.bytes);
        p->key_and_record = bytes_of(draft->origin.bytes, sizeof draft->origin.bytes);
    }
    TRY(publish_judge(d, c, d->exchange->arena, p));
    if (s == OK)
        TRY(source_check(&source, p->record, d->exchange->arena, p->findings));
    if (!p->findings->refused)
        return OK;
    TRY(publish_refusal(d, c, p));
    c->sentence =
        "not released: send it back with `flagpost rework` and mend what is listed";
    c->work = p; /* what is listed is shown once the log has that it is */
    return E_VALUE;
}

/* The draft is done: what it said is in the log now, and stays here only there. */
static status settle(struct desk *d, struct call *c, struct draft_work *work)
{
    struct arena *const a = d->exchange->arena;
    struct draft *const draft = &work->draft;
    char id[RECORD_ID_TEXT_ROOM];

    draft->record = work->publication.id;
    draft->packed = (struct bytes){0};
    record_id_write(&draft->record, id);
    TRY(draft_log(d, c, draft, desk_text(a, "released as ", id, NULL)));
    TRY(draft_put(d, draft));
    TRY(source_bind(d, &draft->id, &draft->record));
    TRY(desk_todo_close(d, TODO_REGRADE, &draft->id));
    return desk_todo_close(d, TODO_RELEASE, &draft->id);
}

status release_prepare(struct desk *d, struct call *c)
{
    struct draft_work *const work = arena_take(d->exchange->arena, sizeof *work);

    ENSURE(work != NULL, E_MEMORY);
    ENSURE(publish_may_judge(d, c), E_CONFIG);
    TRY(draft_find(d, c, &work->draft));
    TRY(check_person(d, c, &work->draft));
    TRY(draft_step(d, c, &work->draft, STEP_RELEASE));
    TRY(judge(d, c, work));
    const status s = publish_submit_told(d, c, &work->publication);
    if (s == E_DUPLICATE)
        c->work = &work->publication; /* its finding says of what */
    TRY(s);
    TRY(settle(d, c, work));
    c->work = &work->publication;
    return OK;
}

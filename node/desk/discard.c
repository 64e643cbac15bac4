#include "draft.h"

#include "case_desk.h"
#include "todo.h"

/* Drafts that go: one that a person discards before its release, and what the bureau had of
 * a record of ours that is erased. */

/* What the report cited waits for another one. */
static status send_back(struct desk *d, struct call *c, struct draft_work *work)
{
    struct publish_work *const p = &work->publication;
    struct draft cited = work->draft;

    p->record = arena_take(d->exchange->arena, sizeof *p->record);
    p->findings = arena_take(d->exchange->arena, sizeof *p->findings);
    ENSURE(p->record != NULL && p->findings != NULL, E_MEMORY);
    /* A row that no longer opens is discarded all the same. */
    if (record_unpack(cited.packed, d->exchange->arena, p->record) != OK)
        return OK;
    cited.hands[cited.hand_count - 1].step = STEP_REWORK;
    return draft_cites(d, c, &cited, p->record, p->findings);
}

static status drop(struct desk *d, const record_id *draft)
{
    TRY(journal_shelf_drop(d->journal, SHELF_SOURCE, draft));
    return journal_shelf_drop(d->journal, SHELF_DRAFT, draft);
}

status draft_drop(struct desk *d, const record_id *draft)
{
    TRY(drop(d, draft));
    TRY(desk_todo_close(d, TODO_REGRADE, draft));
    return desk_todo_close(d, TODO_RELEASE, draft);
}

status discard_prepare(struct desk *d, struct call *c)
{
    struct draft_work *const work = arena_take(d->exchange->arena, sizeof *work);
    struct bytes remark = {0};

    ENSURE(work != NULL, E_MEMORY);
    TRY(draft_remark(d->exchange->arena, c, &remark));
    if (remark.size == 0) {
        c->sentence = "say why it is discarded: --reason \"...\"; the log keeps it";
        return E_USAGE;
    }
    ENSURE(desk_case_has_room(d), E_BUSY);
    TRY(draft_find(d, c, &work->draft));
    if (work->draft.stage == STAGE_RELEASED) {
        c->sentence = "it has been released: a record is taken back with `flagpost recall`";
        return E_ORDER;
    }
    ENSURE(work->draft.hand_count > 0, E_DAMAGED);
    TRY(draft_log(d, c, &work->draft, DRAFT_DISCARDED));
    TRY(draft_drop(d, &work->draft.id));
    TRY(send_back(d, c, work));
    c->sentence = "discarded: the report and its source are not kept";
    return OK;
}

static status each_draft(void *context, const struct shelf_row *row)
{
    struct desk *const d = context;

    return drop(d, &row->id); /* a walk lets its rows be dropped */
}

status draft_forget(struct desk *d, const record_id *record)
{
    return journal_shelf_about(d->journal, SHELF_DRAFT, record, d->scratch, each_draft, d);
}

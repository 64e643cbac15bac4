#include "ungraded.h"

#include "case_desk.h"
#include "draft.h"
#include "source.h"
#include "todo.h"

#include <string.h>

bool ungraded_is(const struct publish_work *work)
{
    return work->findings->ungraded && work->key.size > 0;
}

/* --- what waits --- */

struct found {
    bool there;
    enum stage stage;
    record_id id;
    struct hash origin;
};

static status each_draft(void *context, const struct shelf_row *row)
{
    struct found *const w = context;
    struct draft draft;

    TRY(draft_of_row(row, &draft));
    *w = (struct found){
        .there = true, .stage = draft.stage, .id = draft.id, .origin = draft.origin};
    return OK;
}

/* The draft is what there is of the record: the answer names it. */
static void tell(struct desk *d, struct call *c, struct publish_work *work,
                 const char *before, const char *after)
{
    char id[RECORD_ID_TEXT_ROOM];

    record_id_write(&work->id, id);
    c->sentence = desk_text(d->exchange->arena, before, id, after, NULL);
    work->is_draft = true;
}

static status say_held(struct desk *d, struct call *c, struct publish_work *work)
{
    tell(d, c, work, "held: draft ", " waits for a person to re-grade it");
    return E_HELD;
}

status ungraded_find(struct desk *d, struct call *c, struct publish_work *work)
{
    struct found w = {0};

    TRY(publish_digests(d, work));
    ENSURE(work->key_alone.size > 0, E_UNKNOWN);
    TRY(journal_shelf_tagged(d->journal, SHELF_DRAFT, work->key_alone.at, d->scratch,
                             each_draft, &w));
    ENSURE(w.there, E_UNKNOWN);
    /* In this very turn: from the next one on the key has its answer. */
    ENSURE(w.stage != STAGE_RELEASED, E_BUSY);
    work->id = w.id;
    work->mends = NULL; /* nothing is mended now */
    if (bytes_equal(bytes_of(w.origin.bytes, sizeof w.origin.bytes), work->key_and_record))
        return say_held(d, c, work);
    tell(d, c, work, "another record waits under this key as draft ",
         ": release it, or discard it and hand this one in again");
    return E_DUPLICATE;
}

/* --- keeping it --- */

static struct draft draft_of(struct desk *d, const struct publish_work *work)
{
    struct draft draft = {.id = draw_record_id(&d->exchange->draw, d->exchange->now),
                          .stage = STAGE_DRAFT,
                          .begun = d->exchange->now,
                          .has_key = true};

    MUST(work->key_alone.size == HASH_SIZE && work->key_and_record.size == HASH_SIZE);
    memcpy(draft.key.bytes, work->key_alone.at, HASH_SIZE);
    memcpy(draft.origin.bytes, work->key_and_record.at, HASH_SIZE);
    return draft;
}

static status keep(struct desk *d, struct call *c, struct publish_work *work)
{
    const struct source none = {0};
    struct draft draft = draft_of(d, work);

    ENSURE(desk_case_has_room(d), E_BUSY);
    TRY(record_pack(work->record, d->exchange->arena, &draft.packed));
    TRY(draft_check_size(c, &draft));
    TRY(draft_step(d, c, &draft, STEP_DRAFT));
    /* The log first: what cannot be logged is not taken in. */
    TRY(draft_log(d, c, &draft,
                  work->mends != NULL && work->mends->count > 0
                      ? "held to be re-graded (R22), with mends that were asked for"
                      : "held to be re-graded (R22)"));
    TRY(draft_put(d, &draft));
    TRY(source_put(d, &draft.id, &none));
    TRY(desk_todo_open(d, TODO_REGRADE, &draft.id,
                       "a grade or handling code of another scheme has no equivalent in "
                       "3x5x2 (R22)"));
    TRY(draft_cites(d, c, &draft, work->record, work->findings));
    work->id = draft.id;
    return say_held(d, c, work);
}

status ungraded_known(struct desk *d, struct call *c, struct publish_work *work)
{
    TRY(publish_known(d, c, work));
    *work->findings = (struct findings){0}; /* a person has seen to them */
    return OK;
}

status ungraded_keep(struct desk *d, struct call *c, struct publish_work *work)
{
    const status s = ungraded_known(d, c, work);

    return s == E_UNKNOWN ? keep(d, c, work) : s;
}

#include "ingest.h"

#include "text.h"
#include "todo.h"

/*
 * What became of the deletion of what the national database has accepted: by the loader's
 * result for a batch's row, or by a person with `ingest deleted`.  A refusal is a to-do
 * here as at the owner, and whoever sees to it then says that it is deleted.
 */

bool ingest_is_deletion(const struct call *c, const struct ingest_row *row)
{
    const struct bytes batch = control_argument(&c->parsed, "batch");

    return batch.size > 0 && bytes_equal(batch, row->deletion_batch);
}

/* E_DUPLICATE: it was answered otherwise. */
static status check_first(struct desk *d, struct call *c, struct ingest_work *work,
                          const struct item_outcome *o)
{
    const struct ingested_deletion *const before = &work->row.answer.deletion;
    char at[TIME_TEXT_ROOM];

    work->again = ingested_same(&work->row.answer, o);
    if (work->again || before->what == 0 ||
        (before->what == OUTCOME_NOT_DELETED && o->what == OUTCOME_DELETED))
        return OK;
    time_write(before->at, at);
    c->sentence =
        desk_text(d->exchange->arena, "the record was ", ingested_word(before->what),
                  " on ", at, ": what was said first stands", NULL);
    return E_DUPLICATE;
}

static status submit(struct desk *d, struct call *c, struct ingest_work *work,
                     const struct entry_row *e, const struct item *item)
{
    const bool deleted = item->outcome.what == OUTCOME_DELETED;

    TRY(check_first(d, c, work, &item->outcome));
    if (work->again)
        return OK;
    /* Nothing needs its URN here any more, but for the force's own extract, in which it may
     * stand still. */
    if (deleted && !text_is(work->row.batch, INGESTED_GATE))
        work->row.key.urn = bytes_of(NULL, 0);
    TRY(ingest_submit(d, c, work, e, item));
    if (deleted)
        return desk_todo_close(d, TODO_DELETE, &e->id);
    const char *const rule = arena_text(d->exchange->arena, item->outcome.reference);
    return desk_todo_open(d, TODO_DELETE, &e->id,
                          desk_text(d->exchange->arena, "taken back by ",
                                    e->stream.agency.text, ", not deleted: rule ",
                                    rule == NULL ? "" : rule, NULL));
}

status ingest_answer_deletion(struct desk *d, struct call *c, struct ingest_work *work,
                              const struct entry_row *e, struct item *item)
{
    const bool deleted = item->outcome.what == OUTCOME_INGESTED;

    if (deleted && !bytes_equal(item->outcome.reference, work->row.answer.reference)) {
        c->sentence = "the row of that batch deletes another national reference";
        return E_VALUE;
    }
    item->outcome.what = deleted ? OUTCOME_DELETED : OUTCOME_NOT_DELETED;
    return submit(d, c, work, e, item);
}

/* The owner's word alone makes it right to delete. */
static status check_taken_back(struct desk *d, struct call *c,
                               const struct ingest_work *work)
{
    const struct ingest_row *const row = &work->row;
    bool due = false;

    if (row->answer.deletion.what == OUTCOME_DELETED || row->deletion_batch.size > 0)
        return OK;
    TRY(ingest_is_to_delete(d, &work->record, row, &due));
    if (due)
        return OK;
    c->sentence = row->answer.what != OUTCOME_INGESTED
                      ? "the national database does not have it: it was never accepted"
                  : row->replaced ? "a later version has taken its place there"
                                  : "its owner has not taken it back: nothing is to be "
                                    "deleted of it";
    return E_VALUE;
}

status ingest_deleted_prepare(struct desk *d, struct call *c)
{
    struct exchange *const x = d->exchange;
    struct ingest_work *const work = arena_take(x->arena, sizeof *work);
    struct entry_row e = {0};

    ENSURE(work != NULL, E_MEMORY);
    TRY(ingest_is_here(d, c));
    TRY(ingest_find(d, c, &e, &work->record));
    TRY(ingest_row_find(d, &work->record, x->arena, &work->row));
    TRY(check_taken_back(d, c, work));
    const struct item item = {.kind = ITEM_OUTCOME,
                              .outcome = {.agency = e.stream.agency,
                                          .id = e.id,
                                          .what = OUTCOME_DELETED,
                                          .at = x->now,
                                          .reference = work->row.answer.reference}};
    TRY(submit(d, c, work, &e, &item));
    c->work = work;
    return OK;
}

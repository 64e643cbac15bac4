#include "again.h"

#include "dispose.h"
#include "draft.h"
#include "held.h"
#include "recall.h"
#include "request_desk.h"
#include "text.h"
#include "todo.h"

/* What an own entry that came back says that this node had done: it is done again. */

static status erase(struct desk *d, const struct parent *record, const char *because)
{
    const struct item_audit why = {.at = d->exchange->now,
                                   .actor = bytes_of_text("node"),
                                   .justification = bytes_of_text(because),
                                   .outcome = bytes_of_text("erased again")};
    const status s = recall_erase_again(d, record, &why);

    ENSURE(s == OK || s == E_LIMIT, s);
    d->again.erased++;
    return s == OK ? desk_todo_close(d, TODO_DISPOSAL, &record->id)
                   : desk_todo_open(d, TODO_DISPOSAL, &record->id,
                                    "it was erased again after this node was put back, "
                                    "and more was made of it here than is erased at once: "
                                    "find the copies with `flagpost trace` and recall "
                                    "each");
}

/* Unless the decisions about the set come back with a tail, a person decides again, so that
 * who it is about goes as well. */
static status tell_of_set(struct desk *d, const record_id *record)
{
    struct nominal_found found = {0};

    TRY(nominal_other(d, record, NULL, &found));
    return found.any
               ? desk_todo_open(
                     d, TODO_DISPOSAL, &found.set,
                     "its records were disposed of before this node was put back, and "
                     "are erased again: dispose of the set again, so that who it is "
                     "about goes too: flagpost review list")
               : OK;
}

/* --- what came back --- */

/* Statements are awaited again, and what was disposed of goes again. */
static status take_recall(struct desk *d, const struct entry_row *e,
                          const struct item_recall *r)
{
    const struct parent record = {.agency = d->exchange->self, .id = r->id};
    struct recall_row row = {0};
    const status known = recall_row_find(d, &record, &row);

    if (known == E_UNKNOWN) {
        row = (struct recall_row){
            .record = record, .state = RECALL_OWN, .due = r->answer_by, .since = e->at};
        TRY(recall_row_put(d, &row));
    } else {
        TRY(known);
    }
    if (r->cause != RECALL_DISPOSED)
        return OK;
    TRY(tell_of_set(d, &r->id));
    return erase(d, &record, "disposed of after review before the restore");
}

static bool is_last_word(enum outcome_what what)
{
    return what == OUTCOME_ERASED || what == OUTCOME_ON_HOLD || what == OUTCOME_ADOPTED;
}

/* A person here has answered the recall: nobody is asked a second time. */
static status take_statement(struct desk *d, const struct entry_row *e,
                             const struct item_outcome *o)
{
    const struct parent record = {.agency = o->agency, .id = o->id};
    struct recall_row row = {0};

    if (!is_last_word(o->what) || agency_id_equal(&o->agency, &d->exchange->self))
        return OK;
    const status known = recall_row_find(d, &record, &row);
    ENSURE(known == OK || known == E_UNKNOWN, known);
    row.record = record;
    row.since = row.since == 0 ? e->at : row.since;
    if (row.state != RECALL_ERASED) /* which is still to be said */
        row.state = RECALL_STATED;
    TRY(recall_row_put(d, &row));
    TRY(desk_todo_close(d, TODO_STATEMENT, &record.id));
    return o->what == OUTCOME_ERASED
               ? erase(d, &record, "stated as erased before the restore")
               : OK;
}

/* --- rows of the log, which a tail brings back (tail.h) --- */

/* What a person threw away before it was a record. */
static status take_row(struct desk *d, const struct item_audit *row)
{
    const struct parent record = {.agency = row->object_stream.agency, .id = row->object};

    if (row->operation == AUDIT_ERASE && row->has_object)
        return erase(d, &record, "erased before the restore");
    if (text_is(row->outcome, DRAFT_DISCARDED))
        return draft_drop(d, &row->object);
    return text_is(row->outcome, HELD_CANCELLED) ? held_drop(d, &row->object) : OK;
}

static bool tells_something(enum kind kind)
{
    return kind == KIND_RECALL || kind == KIND_OUTCOME || kind == KIND_AUDIT ||
           kind == KIND_RETENTION || kind == KIND_REQUEST;
}

static status take_item(struct desk *d, const struct entry_row *e, struct bytes encoded)
{
    struct item item;

    if (item_decode(encoded, d->exchange->arena, &item) != OK)
        return OK;
    if (item.kind == ITEM_RECALL)
        return take_recall(d, e, &item.recall);
    if (item.kind == ITEM_OUTCOME)
        return take_statement(d, e, &item.outcome);
    if (item.kind == ITEM_RETENTION)
        return nominal_event_again(d, &item.retention);
    if (item.kind == ITEM_REQUEST)
        return asked_again(d, e, &item.request);
    return item.kind == ITEM_AUDIT ? take_row(d, &item.audit) : OK;
}

/* What does not open here tells nothing: its key is lost with the end of keys.db. */
status again_take(struct desk *d, const struct entry_row *e)
{
    const struct salted_item *items = NULL;
    size_t count = 0;

    d->again.calls = d->again.calls || e->kind == KIND_OBLIGATION;
    if (e->disposition != DISPOSITION_HELD || !tells_something(e->kind))
        return OK;
    const status s = desk_open(d, e, d->exchange->arena, &items, &count);
    ENSURE(s != E_STORAGE && s != E_MEMORY, s);
    for (size_t i = 0; s == OK && i < count; i++)
        TRY(take_item(d, e, items[i].item));
    return OK;
}

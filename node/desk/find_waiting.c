#include "draft.h"
#include "urn.h"

/*
 * What a person names as a record and is none yet: a draft, which has another id once it is
 * released, or a record that is held until its date.  Told by its id; a draft also by its
 * URN.
 */

static const char *of_draft(struct desk *d, const char *text, const struct draft *draft)
{
    struct arena *const a = d->exchange->arena;

    if (draft->stage == STAGE_RELEASED)
        return desk_text(a, text, " is a draft, which was released as the record ",
                         desk_id_text(a, &draft->record), ": give that id", NULL);
    return desk_text(a, text, " is a draft (", stage_word(draft->stage),
                     "), which has left this node for nobody: read it with `flagpost "
                     "draft show ",
                     text, "`; next is: ", stage_todo(draft->stage), " ", text, NULL);
}

static status find_draft(struct desk *d, const char *text, struct bytes wanted,
                         const char **ret)
{
    struct arena *const a = d->exchange->arena;
    struct shelf_row row = {0};
    struct draft draft;
    record_id ids[2];
    size_t count = 0;

    status s = journal_shelf_search(d->journal, SHELF_DRAFT, wanted, ids, 2, &count);
    ENSURE(s == OK || s == E_FORM, s);
    if (count == 0) {
        TRY(draft_of_urn(d, wanted, ids, 2, &count));
        ENSURE(count > 0, E_UNKNOWN);
        *ret = desk_text(a, "more than one draft has the URN ", text,
                         ", and no record: see `flagpost draft list --titles`", NULL);
    } else {
        *ret = desk_text(a, text, " begins the ids of drafts, and of no record", NULL);
    }
    if (count > 1)
        return OK;
    TRY(journal_shelf_find(d->journal, SHELF_DRAFT, &ids[0], a, &row));
    TRY(draft_of_row(&row, &draft));
    *ret = of_draft(d, text, &draft);
    return OK;
}

static status find_held(struct desk *d, const char *text, struct bytes wanted,
                        const char **ret)
{
    struct arena *const a = d->exchange->arena;
    struct shelf_row row = {0};
    char until[TIME_TEXT_ROOM];
    record_id ids[2];
    size_t count = 0;

    const status s =
        journal_shelf_search(d->journal, SHELF_WAITING, wanted, ids, 2, &count);
    ENSURE(s == OK || s == E_FORM, s);
    ENSURE(count == 1, E_UNKNOWN);
    TRY(journal_shelf_find(d->journal, SHELF_WAITING, &ids[0], a, &row));
    ENSURE(row.state == WAITING_HELD || row.state == WAITING_HELD_REFUSED, E_UNKNOWN);
    time_write(row.due, until);
    *ret = row.state == WAITING_HELD
               ? desk_text(a, text, " is held until ", until,
                           " and has gone to nobody yet: it gets an id of its own then; "
                           "to take it back: `flagpost publish --cancel ",
                           text, "`", NULL)
               : desk_text(a, text, " was held until ", until,
                           ", was refused then and has gone to nobody: see `flagpost todo`",
                           NULL);
    return OK;
}

status desk_find_waiting(struct desk *d, const char *text, struct bytes wanted,
                         const char **ret)
{
    const status s = find_draft(d, text, wanted, ret);

    return s == E_UNKNOWN ? find_held(d, text, wanted, ret) : s;
}

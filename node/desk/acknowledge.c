#include "acknowledge.h"

#include "recall.h"

/*
 * Acknowledgement: a named person at a recipient has taken the record in hand.  It is an
 * outcome record in the recipient's own stream, addressed to the originator.
 */

struct earlier {
    struct desk *desk;
    struct parent record;
    bool found;
};

/* Other outcomes of ours, as that it was erased, are no acknowledgement. */
static status each_outcome(void *context, const struct entry_row *e)
{
    struct earlier *const earlier = context;
    struct exchange *const x = earlier->desk->exchange;
    const size_t mark = arena_mark(x->arena);
    const struct salted_item *items = NULL;
    size_t count = 0;
    struct item item;

    if (!agency_id_equal(&e->stream.agency, &x->self) || e->disposition != DISPOSITION_HELD)
        return OK;
    const status s = desk_open(earlier->desk, e, x->arena, &items, &count);
    if (s == OK && count == 1 && item_decode(items[0].item, x->arena, &item) == OK &&
        item.kind == ITEM_OUTCOME && item.outcome.what == OUTCOME_ACKNOWLEDGED &&
        record_id_equal(&item.outcome.id, &earlier->record.id) &&
        agency_id_equal(&item.outcome.agency, &earlier->record.agency))
        earlier->found = true;
    arena_rewind(x->arena, mark);
    return s == E_STORAGE || s == E_DAMAGED ? s : OK;
}

status acknowledged_here(struct desk *d, const struct parent *record, bool *ret)
{
    struct earlier earlier = {.desk = d, .record = *record};

    TRY(journal_outcomes(d->journal, &record->id, d->scratch, each_outcome, &earlier));
    *ret = earlier.found;
    return OK;
}

/* The first acknowledgement stands: a second would not show at the originator.  What is
 * withdrawn is in nobody's hand. */
static status check_open(struct desk *d, struct call *c, const struct entry_row *e)
{
    const struct parent record = {.agency = e->stream.agency, .id = e->id};
    bool acknowledged = false;
    bool recalled = false;

    TRY(acknowledged_here(d, &record, &acknowledged));
    if (acknowledged) {
        c->sentence =
            "this agency has acknowledged the record already: the first one stands";
        return E_DUPLICATE;
    }
    if (e->disposition == DISPOSITION_ERASED) {
        c->sentence = "the record was erased here: there is nothing to acknowledge";
        return E_VALUE;
    }
    TRY(recall_blocks(d, &record, &recalled));
    if (recalled) {
        c->sentence = "the record was recalled: there is nothing to acknowledge; say what "
                      "became of it with flagpost statement";
        return E_VALUE;
    }
    return OK;
}

status acknowledge_prepare(struct desk *d, struct call *c)
{
    struct exchange *const x = d->exchange;
    struct place place = {0};
    struct entry_row e = {0};
    struct item item = {.kind = ITEM_OUTCOME,
                        .outcome = {.what = OUTCOME_ACKNOWLEDGED,
                                    .at = x->now,
                                    .person = control_argument(&c->parsed, "person")}};

    if (control_argument(&c->parsed, "person").size == 0) {
        c->sentence = "an acknowledgement names a person: give --person";
        return E_USAGE;
    }
    TRY(desk_find_record(d, c, &place, &c->id));
    TRY(x->store.ops->entry_find(x->store.self, &place.stream, place.index, x->arena, &e));
    if (agency_id_equal(&place.stream.agency, &x->self) || e.kind != KIND_INTELLIGENCE) {
        c->sentence = "only a record received from another agency can be acknowledged";
        return E_VALUE;
    }
    TRY(check_open(d, c, &e));
    item.outcome.agency = e.stream.agency;
    item.outcome.id = e.id;
    TRY(desk_answer_owner(d, &e, &item, c->client + 1));
    struct item_audit row = {.operation = AUDIT_ALTER,
                             .has_object = true,
                             .object_stream = place.stream,
                             .object_index = place.index,
                             .object = e.id,
                             .outcome = bytes_of_text("acknowledged")};
    return desk_audit(d, c, &row);
}

status acknowledge_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct rows r;

    rows_init(&r, d->exchange->arena, 1);
    rows_next(&r, 3);
    rows_id(&r, "outcome", &c->id);
    rows_text(&r, "stream", lane_word(c->place.stream.lane));
    rows_number(&r, "index", c->place.index);
    ret->sentence = bytes_of_text("acknowledged: the originator will see it");
    rows_give(&r, ret);
    return OK;
}

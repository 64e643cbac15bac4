#include "ingest.h"

#include "recall.h"
#include "text.h"
#include "todo.h"

/*
 * `ingest accept` and `ingest refuse`: national ingestion's answer to one version of a
 * record.  The first stands: the same again is told as done and sent nowhere, another is
 * refused.  A correction is a record of its own and has an answer of its own.  What became
 * of its deletion is answered in ingest_delete.c.
 */

status ingest_is_here(struct desk *d, struct call *c)
{
    const struct exchange *const x = d->exchange;
    const struct roster_agency *const self = roster_find(&x->roster, &x->self);

    if (self != NULL && self->kind == AGENCY_INGEST)
        return OK;
    c->sentence = desk_text(
        x->arena, "this node is of kind ",
        self == NULL ? "?" : agency_kind_word(self->kind),
        ": only national ingestion (kind ingest) answers so; what it has answered about a "
        "record of yours is told by flagpost trace ID",
        NULL);
    return E_VALUE;
}

status ingest_is_open(struct desk *d, struct call *c, const struct entry_row *e)
{
    const struct parent record = {.agency = e->stream.agency, .id = e->id};
    bool recalled = false;

    if (e->kind != KIND_INTELLIGENCE ||
        agency_id_equal(&e->stream.agency, &d->exchange->self)) {
        c->sentence = "only a record received from another agency is taken in";
        return E_VALUE;
    }
    if (e->disposition != DISPOSITION_HELD) {
        c->sentence = "the record is not held here: it was erased, or it does not open and "
                      "is asked for again";
        return E_VALUE;
    }
    if (desk_is_unreleased(d, e)) {
        c->sentence = desk_unreleased_sentence;
        return E_EXPIRED;
    }
    TRY(recall_blocks(d, &record, &recalled));
    if (recalled) {
        c->sentence =
            "the record was recalled: it is neither loaded nor answered; say what "
            "became of it with flagpost statement";
        return E_VALUE;
    }
    return OK;
}

/* A result of the loader is about what was given to it. */
static status check_batch(struct call *c, const struct ingest_row *row)
{
    const struct bytes batch = control_argument(&c->parsed, "batch");

    if (batch.size == 0 || bytes_equal(batch, row->batch))
        return OK;
    c->sentence = "the record is not in that batch";
    return E_VALUE;
}

/* E_DUPLICATE: it was answered otherwise. */
static status check_first(struct desk *d, struct call *c, struct ingest_work *work,
                          const struct item_outcome *o)
{
    struct arena *const a = d->exchange->arena;
    const struct ingested before = work->row.answer;
    char at[TIME_TEXT_ROOM];

    if (before.what == 0)
        return OK;
    work->again = ingested_same(&before, o);
    if (work->again)
        return OK;
    time_write(before.at, at);
    const char *const reference = arena_text(a, before.reference);
    c->sentence = desk_text(a, "the record was ", ingested_word(before.what),
                            before.what == OUTCOME_INGESTED ? " as " : " by rule ",
                            reference == NULL ? "" : reference, " on ", at,
                            ": the first answer stands, and a correction is answered by "
                            "itself",
                            NULL);
    return E_DUPLICATE;
}

/* Answered without a batch of ours: by a person, or by the force's own loads. */
static bool is_by_itself(const struct ingest_row *row)
{
    return row->batch.size == 0 || text_is(row->batch, INGESTED_GATE);
}

/* In whose place it was accepted.  What went into a batch was told so there. */
static status find_before(struct desk *d, struct call *c, struct ingest_work *work)
{
    struct ingest_before before = {.is = BEFORE_NOTHING};

    if (!is_by_itself(&work->row))
        return OK;
    TRY(ingest_before(d, &work->record, d->exchange->arena, &before));
    if (before.is == BEFORE_ASKED && work->row.batch.size == 0) {
        c->sentence = desk_text(
            d->exchange->arena, "the loader has not answered the version before, ",
            desk_id_text(d->exchange->arena, &before.id), ": answer that one first", NULL);
        return E_VALUE;
    }
    if (before.is == BEFORE_THERE) {
        work->row.updates = before.reference;
        work->row.before = before.id;
    }
    return OK;
}

/* What is in a batch, also one of the force's own, was looked at when it went there.  What
 * is no whole record has no key, and can be answered all the same. */
static status take_key(struct desk *d, const struct entry_row *e, struct ingest_row *row)
{
    const status s = row->batch.size > 0 ? OK : ingest_key(d, e, &row->key);

    return s == E_STORAGE || s == E_DAMAGED || s == E_MEMORY ? s : OK;
}

/* The version before is in the national database no more. */
static status replace(struct desk *d, const struct ingest_work *work)
{
    const struct parent before = {.agency = work->record.agency, .id = work->row.before};
    struct ingest_row row = {.batch = {0}};

    TRY(ingest_row_find(d, &before, d->exchange->arena, &row));
    row.replaced = true;
    return ingest_row_put(d, &before, &row);
}

/* As desk_answer_owner submits it: into this turn's group, behind all that is in the lane.
 */
static status place_of(struct desk *d, const struct entry_row *e, struct ingest_place *ret)
{
    struct header h;

    TRY(header_decode(e->header, d->exchange->arena, &h));
    const enum lane lane = routing_lane(&h.label);
    const struct stream_row *const own = &d->exchange->own[lane_rank(lane)].row;
    *ret = (struct ingest_place){
        .lane = lane, .epoch = own->id.epoch, .size = own->frontier.size};
    return OK;
}

/* Before it is submitted: the item names what it replaces. */
static status submit(struct desk *d, struct call *c, struct ingest_work *work,
                     const struct entry_row *e, struct item *item)
{
    const bool accepted = item->outcome.what == OUTCOME_INGESTED;

    TRY(take_key(d, e, &work->row));
    if (accepted) {
        TRY(ingest_reference_is_free(d, c, &work->record, item->outcome.reference));
        TRY(find_before(d, c, work));
        item->outcome.reason = work->row.updates;
    }
    TRY(ingest_submit(d, c, work, e, item));
    return accepted && work->row.updates.size > 0 ? replace(d, work) : OK;
}

status ingest_submit(struct desk *d, struct call *c, struct ingest_work *work,
                     const struct entry_row *e, const struct item *item)
{
    const enum outcome_what what = item->outcome.what;
    const bool deletion = what == OUTCOME_DELETED || what == OUTCOME_NOT_DELETED;
    struct item_audit row = {
        .operation = AUDIT_ALTER,
        .has_object = true,
        .object_stream = e->stream,
        .object_index = e->index,
        .object = e->id,
        .outcome = bytes_of_text(
            desk_text(d->exchange->arena, "answered: ", ingested_word(what), NULL))};

    TRY(desk_answer_owner(d, e, item, c->client + 1));
    MUST(ingested_take(&work->row.answer, &item->outcome));
    TRY(place_of(d, e, deletion ? &work->row.deletion_place : &work->row.place));
    TRY(ingest_row_put(d, &work->record, &work->row));
    TRY(desk_todo_close(d, TODO_GATED, &e->id));
    return desk_audit(d, c, &row);
}

status ingest_find(struct desk *d, struct call *c, struct entry_row *ret,
                   struct parent *ret_record)
{
    struct exchange *const x = d->exchange;
    struct place place = {0};

    TRY(desk_find_record(d, c, &place, &c->id));
    TRY(x->store.ops->entry_find(x->store.self, &place.stream, place.index, x->arena, ret));
    *ret_record = (struct parent){.agency = ret->stream.agency, .id = ret->id};
    return OK;
}

static status answer_load(struct desk *d, struct call *c, struct ingest_work *work,
                          const struct entry_row *e, struct item *item)
{
    TRY(check_batch(c, &work->row));
    TRY(check_first(d, c, work, &item->outcome));
    if (work->again)
        return OK;
    /* What the loader says of what was given to it is so, whatever happened since. */
    if (work->row.batch.size == 0)
        TRY(ingest_is_open(d, c, e));
    return submit(d, c, work, e, item);
}

static status answer(struct desk *d, struct call *c, enum outcome_what what)
{
    struct exchange *const x = d->exchange;
    struct ingest_work *const work = arena_take(x->arena, sizeof *work);
    struct entry_row e = {0};
    struct item item = {.kind = ITEM_OUTCOME,
                        .outcome = {.what = what,
                                    .at = x->now,
                                    .reference = control_argument(&c->parsed, "reference"),
                                    .reason = control_argument(&c->parsed, "mend")}};

    ENSURE(work != NULL, E_MEMORY);
    TRY(ingest_is_here(d, c));
    c->sentence = ingested_fault(&item.outcome);
    ENSURE(c->sentence == NULL, E_USAGE);
    TRY(ingest_find(d, c, &e, &work->record));
    item.outcome.agency = e.stream.agency;
    item.outcome.id = e.id;
    TRY(ingest_row_find(d, &work->record, x->arena, &work->row));
    TRY(ingest_is_deletion(c, &work->row) ? ingest_answer_deletion(d, c, work, &e, &item)
                                          : answer_load(d, c, work, &e, &item));
    c->work = work;
    return OK;
}

status ingest_accept_prepare(struct desk *d, struct call *c)
{
    return answer(d, c, OUTCOME_INGESTED);
}

status ingest_refuse_prepare(struct desk *d, struct call *c)
{
    return answer(d, c, OUTCOME_REFUSED);
}

status ingest_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct ingest_work *const work = c->work;
    const struct ingested *const i = &work->row.answer;
    const bool deletion = i->deletion.what != 0;
    const bool accepted = i->what == OUTCOME_INGESTED;
    const struct bytes none = bytes_of_text("");
    struct rows r;

    rows_init(&r, d->exchange->arena, 1);
    rows_next(&r, 10);
    rows_text(&r, "row", "answer");
    rows_id(&r, "record", &work->record.id);
    rows_agency(&r, "publisher", &work->record.agency);
    rows_text(&r, "says", ingested_word(deletion ? i->deletion.what : i->what));
    rows_bytes(&r, "reference", accepted ? i->reference : none);
    rows_bytes(&r, "rule", accepted ? i->deletion.rule : i->reference);
    rows_bytes(&r, "mend", accepted ? i->deletion.mend : i->reason);
    rows_bytes(&r, "replaces", accepted ? i->reason : none);
    rows_time(&r, "answered", deletion ? i->deletion.at : i->at);
    rows_text(&r, "again", work->again ? "yes" : "");
    ret->sentence = bytes_of_text(work->again ? "answered so before: nothing was sent again"
                                              : "answered: the publisher will see it");
    rows_give(&r, ret);
    return OK;
}

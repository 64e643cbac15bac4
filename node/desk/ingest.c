#include "ingest.h"

#include "recall.h"
#include "shelf.h"

/*
 * `ingest accept` and `ingest refuse`: national ingestion's answer to one version of a
 * record.  The first stands: the same again is told as done and sent nowhere, another is
 * refused.  A correction is a record of its own and has an answer of its own.
 */

struct ingest_work {
    struct parent record;
    struct ingested answer;
    bool again;
};

enum { BODY_BYTES_MAX = 4 + INGESTED_REFERENCE_MAX + INGESTED_MEND_MAX };

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

status ingest_answered(struct desk *d, const struct parent *record, struct arena *a,
                       struct ingested *ret)
{
    const record_id id = recall_row_id(d, "ingested", record);
    struct shelf_row row = {0};
    const status s = journal_shelf_find(d->journal, SHELF_INGESTED, &id, a, &row);

    if (s == E_UNKNOWN) {
        *ret = (struct ingested){0};
        return OK;
    }
    TRY(s);
    struct reader r = {.rest = row.body};
    struct ingested found = {.what = (enum outcome_what)row.state, .at = row.changed};
    found.reference = read_bytes(&r, read_u16(&r));
    found.reason = read_bytes(&r, read_u16(&r));
    ENSURE(reader_is_done(&r), E_DAMAGED);
    *ret = found;
    return OK;
}

static status keep(struct desk *d, const struct ingest_work *work)
{
    uint8_t room[BODY_BYTES_MAX];
    struct writer w = writer_over(room, sizeof room);

    write_u16(&w, (uint16_t)work->answer.reference.size);
    write_bytes(&w, work->answer.reference);
    write_u16(&w, (uint16_t)work->answer.reason.size);
    write_bytes(&w, work->answer.reason);
    MUST(!w.bad);
    const struct shelf_row row = {.kind = SHELF_INGESTED,
                                  .id = recall_row_id(d, "ingested", &work->record),
                                  .about = work->record.id,
                                  .state = (uint32_t)work->answer.what,
                                  .changed = work->answer.at,
                                  .body = writer_bytes(&w)};
    return journal_shelf_put(d->journal, &row);
}

/* What is not here to be read was not taken in. */
static status check_here(struct desk *d, struct call *c, const struct entry_row *e,
                         const struct parent *record)
{
    bool recalled = false;

    if (e->kind != KIND_INTELLIGENCE ||
        agency_id_equal(&e->stream.agency, &d->exchange->self)) {
        c->sentence = "only a record received from another agency can be answered";
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
    TRY(recall_blocks(d, record, &recalled));
    if (recalled) {
        c->sentence =
            "the record was recalled: it is neither accepted nor refused; say what "
            "became of it with flagpost statement";
        return E_VALUE;
    }
    return OK;
}

/* E_DUPLICATE: it was answered otherwise. */
static status check_first(struct desk *d, struct call *c, struct ingest_work *work,
                          const struct item_outcome *o)
{
    struct arena *const a = d->exchange->arena;
    struct ingested before = {0};
    char at[TIME_TEXT_ROOM];

    TRY(ingest_answered(d, &work->record, a, &before));
    if (before.what == 0)
        return OK;
    work->again = ingested_same(&before, o);
    if (work->again) {
        work->answer = before;
        return OK;
    }
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

static status submit(struct desk *d, struct call *c, struct ingest_work *work,
                     const struct entry_row *e, const struct item *item)
{
    struct item_audit row = {.operation = AUDIT_ALTER,
                             .has_object = true,
                             .object_stream = e->stream,
                             .object_index = e->index,
                             .object = e->id,
                             .outcome = bytes_of_text(item->outcome.what == OUTCOME_INGESTED
                                                          ? "answered: accepted"
                                                          : "answered: refused")};

    TRY(desk_answer_owner(d, e, item, c->client + 1));
    (void)ingested_take(&work->answer, &item->outcome);
    TRY(keep(d, work));
    return desk_audit(d, c, &row);
}

static status answer(struct desk *d, struct call *c, enum outcome_what what)
{
    struct exchange *const x = d->exchange;
    struct ingest_work *const work = arena_take(x->arena, sizeof *work);
    struct place place = {0};
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
    TRY(desk_find_record(d, c, &place, &c->id));
    TRY(x->store.ops->entry_find(x->store.self, &place.stream, place.index, x->arena, &e));
    work->record = (struct parent){.agency = e.stream.agency, .id = e.id};
    item.outcome.agency = e.stream.agency;
    item.outcome.id = e.id;
    TRY(check_first(d, c, work, &item.outcome));
    if (!work->again) {
        TRY(check_here(d, c, &e, &work->record));
        TRY(submit(d, c, work, &e, &item));
    }
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
    const bool accepted = work->answer.what == OUTCOME_INGESTED;
    struct rows r;

    rows_init(&r, d->exchange->arena, 1);
    rows_next(&r, 7);
    rows_text(&r, "row", "answer");
    rows_id(&r, "record", &work->record.id);
    rows_agency(&r, "publisher", &work->record.agency);
    rows_text(&r, "says", ingested_word(work->answer.what));
    rows_bytes(&r, accepted ? "reference" : "rule", work->answer.reference);
    rows_bytes(&r, "mend", work->answer.reason);
    rows_time(&r, "answered", work->answer.at);
    ret->sentence = bytes_of_text(work->again ? "answered so before: nothing was sent again"
                                              : "answered: the publisher will see it");
    rows_give(&r, ret);
    return OK;
}

#include "attached.h"
#include "copying.h"
#include "handling.h"
#include "origins.h"
#include "parts.h"
#include "reading.h"
#include "recall.h"
#include "request_desk.h"
#include "triage.h"
#include "triage_notes.h"
#include "urn.h"
#include "watching.h"

/*
 * Reading a record.  The entry in the log says who, when and why, and is durable before the
 * first byte is opened (DPA 2018 s.62(1)(c); P12).
 */

struct show_work {
    struct place place;
    record_id id;
};

/* What is left to do about it. */
static status recall_advice(struct desk *d, const struct parent *record, const char **ret)
{
    struct recall_row row = {0};

    const status s = recall_row_find(d, record, &row);
    ENSURE(s == OK || s == E_UNKNOWN, s);
    if (row.state == RECALL_ERASED)
        *ret = ".  It has been erased here; its owner is about to be told";
    else if (row.state == RECALL_STATED)
        *ret = ".  It is not opened any more; what became of it here has been stated";
    else
        *ret = ".  It is not opened any more: say what became of it with `flagpost "
               "statement`";
    return OK;
}

/* Blocked from the commit that stored the recall; the attempt is logged. */
static status check_recall(struct desk *d, struct call *c, const struct parent *record,
                           struct item_audit *row)
{
    const char *marks = NULL;
    const char *advice = NULL;
    bool blocked = false;

    TRY(recall_blocks(d, record, &blocked));
    if (!blocked)
        return OK;
    TRY(recall_marks(d, record, &marks));
    row->outcome = bytes_of_text("not shown: recalled");
    TRY(desk_audit(d, c, row));
    TRY(recall_advice(d, record, &advice));
    c->sentence = desk_text(d->exchange->arena, marks, advice, NULL);
    return E_RECALLED;
}

/* Past the grace of the roster what arrives is held unreleased. */
static status check_released(struct desk *d, struct call *c, const struct place *place,
                             struct item_audit *row)
{
    const struct store s = d->exchange->store;
    struct entry_row e = {0};

    TRY(s.ops->entry_find(s.self, &place->stream, place->index, d->exchange->arena, &e));
    if (!desk_is_unreleased(d, &e))
        return OK;
    row->outcome = bytes_of_text("not shown: the roster has expired");
    TRY(desk_audit(d, c, row));
    c->sentence = desk_unreleased_sentence;
    return E_EXPIRED;
}

/* What it is read for, before anything is looked up. */
static status check_reasons(struct desk *d, struct call *c, struct bytes *ret_class)
{
    TRY(handling_class(d, c, ret_class));
    if (control_argument(&c->parsed, "purpose").size > 0 || d->config->require_purpose == 0)
        return OK;
    c->sentence = "say why you read it: --purpose \"...\" goes into the log";
    return E_DENIED;
}

static status log_reading(struct desk *d, struct call *c, const char *outcome,
                          const struct place *place, const record_id *id)
{
    struct item_audit row = {.operation = AUDIT_CONSULT,
                             .has_object = true,
                             .object_stream = place->stream,
                             .object_index = place->index,
                             .object = *id,
                             .justification = control_argument(&c->parsed, "purpose"),
                             .outcome = bytes_of_text(outcome)};
    const struct parent record = {.agency = place->stream.agency, .id = *id};

    TRY(check_recall(d, c, &record, &row));
    TRY(check_released(d, c, place, &row));
    return desk_audit(d, c, &row);
}

status desk_consult_beside(struct desk *d, struct call *c, const char *outcome,
                           struct place *ret, record_id *ret_id)
{
    struct bytes class = {0};

    TRY(check_reasons(d, c, &class));
    TRY(desk_find_record(d, c, ret, ret_id));
    return log_reading(d, c, outcome, ret, ret_id);
}

status desk_consult(struct desk *d, struct call *c, const char *outcome, struct place *ret,
                    record_id *ret_id)
{
    struct bytes class = {0};

    TRY(check_reasons(d, c, &class));
    TRY(desk_find_record(d, c, ret, ret_id));
    return desk_consult_at(d, c, outcome, ret, ret_id);
}

status desk_consult_at(struct desk *d, struct call *c, const char *outcome,
                       const struct place *place, const record_id *id)
{
    const struct parent record = {.agency = place->stream.agency, .id = *id};
    struct bytes class = {0};

    TRY(check_reasons(d, c, &class));
    /* What was not logged is not shown, so its owner is not told that it was opened. */
    TRY(log_reading(d, c, outcome, place, id));
    TRY(handling_note(d, c, &record, OUTCOME_OPENED, class));
    return recall_note_opening(d, &record);
}

status show_prepare(struct desk *d, struct call *c)
{
    struct show_work *const work = arena_take(d->exchange->arena, sizeof *work);
    struct bytes class = {0};

    ENSURE(work != NULL, E_MEMORY);
    TRY(desk_consult(d, c, READING_SHOWN, &work->place, &work->id));
    TRY(handling_class(d, c, &class));
    c->work = work;
    const struct parent record = {.agency = work->place.stream.agency, .id = work->id};
    TRY(watching_shown(d, c->person.uid, &record));
    const struct reading reading = {
        .outcome = bytes_of_text(READING_SHOWN), .object = work->id, .class = class};
    return reading_note(d, c, &reading);
}

/* How much of each attachment is here, behind the record's own row. */
static void give_attachments(struct desk *d, const struct entry_row *e,
                             const struct record *record, struct rows *r)
{
    for (uint32_t i = 0; i < record->attachment_count; i++) {
        const struct item_attachment *const x = &record->attachments[i];
        const struct attached_here here = attached_here(d, &e->stream.agency, &e->id, i, x);
        rows_next(r, 3);
        rows_number(r, "attachment", i + 1);
        rows_number(r, "parts", attached_parts(x));
        rows_number(r, "here", here.count);
    }
}

/* Why it was corrected stands last. */
static status give_reason(const struct salted_item *last, struct arena *a, struct rows *r)
{
    struct item item;

    TRY(item_decode(last->item, a, &item));
    const bool corrected = item.kind == ITEM_SUPERSEDES;
    rows_number(r, "version", corrected ? item.supersedes.version : 1);
    rows_bytes(r, "because", corrected ? item.supersedes.reason : (struct bytes){0});
    rows_bytes(r, "corrected_by", corrected ? item.supersedes.person : (struct bytes){0});
    return OK;
}

static status give_record(struct desk *d, const struct entry_row *e, const struct header *h,
                          struct rows *r)
{
    struct arena *const a = d->exchange->arena;
    const struct salted_item *items = NULL;
    size_t count = 0;
    struct record *const record = arena_take(a, sizeof *record);
    struct bytes packed = {0};

    ENSURE(record != NULL, E_MEMORY);
    TRY(desk_open(d, e, a, &items, &count));
    TRY(give_reason(&items[count - 1], a, r));
    TRY(record_of_items(items, count, &h->label, a, record));
    TRY(record_pack(record, a, &packed));
    const char *copied = "";
    TRY(copying_note(d, items, count, record, &copied));
    const struct parent shown = {.agency = e->stream.agency, .id = e->id};
    urn_shown(d, &shown, record->facts.urn);
    rows_text(r, "copied", copied);
    rows_bytes(r, "record", packed);
    give_attachments(d, e, record, r);
    return OK;
}

/* What colleagues here have to do with it. */
static status give_desk(struct desk *d, const struct parent *record, struct rows *r)
{
    char at[TIME_TEXT_ROOM] = "";
    struct triage t = {0};
    size_t notes = 0;

    TRY(triage_find(d, record, &t));
    TRY(triage_note_count(d, record, &notes));
    if (t.state != TRIAGE_OPEN)
        time_write(t.since, at);
    rows_text(r, "work",
              t.state == TRIAGE_OPEN ? ""
                                     : desk_text(r->arena, triage_word(t.state), " by ",
                                                 t.person, " ", at, NULL));
    rows_number(r, "notes", notes);
    return OK;
}

/* What a person can do about it; NULL: nothing but what the status says. */
static const char *why_nothing(struct desk *d, const struct entry_row *e, status s)
{
    if (s == E_UNKNOWN)
        return "its key is not here: the node was restored without the keys of its backup, "
               "or is just erasing it";
    /* Its publisher's fault, or that of a version which is not known here. */
    if (s == E_FORM || s == E_VALUE || s == E_VERSION)
        return desk_text(
            d->exchange->arena, "what ", e->stream.agency.text,
            " sent opens and is no record (", status_sentence(s),
            "): nothing of it is shown; tell that bureau to publish the report anew", NULL);
    return NULL;
}

status show_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct show_work *const work = c->work;
    struct exchange *const x = d->exchange;
    struct entry_row e = {0};
    struct header h;
    struct rows r;

    TRY(x->store.ops->entry_find(x->store.self, &work->place.stream, work->place.index,
                                 x->arena, &e));
    if (e.disposition != DISPOSITION_HELD || e.kind != KIND_INTELLIGENCE) {
        ret->status = E_UNKNOWN;
        ret->sentence = bytes_of_text("there is no content to show for this entry");
        return OK;
    }
    TRY(header_decode(e.header, x->arena, &h));
    rows_init(&r, x->arena, 1 + ATTACHMENTS_MAX);
    const struct parent id = {.agency = e.stream.agency, .id = e.id};
    const char *marks = "";
    TRY(recall_marks(d, &id, &marks));
    if (c->note != NULL)
        marks = desk_text(x->arena, c->note, marks[0] == '\0' ? "" : "; ", marks, NULL);
    const char *const made_of =
        h.parent_count == 0 ? "" : origins_text(d, h.parent_count, h.parents);
    const char *consented = "";
    TRY(asked_consented(d, &id, &consented));
    rows_next(&r, 16);
    rows_id(&r, "id", &e.id);
    rows_agency(&r, "from", &e.stream.agency);
    rows_text(&r, "stream", lane_word(e.stream.lane));
    rows_number(&r, "index", e.index);
    rows_time(&r, "sealed", h.sealed_at);
    rows_time(&r, "stored", e.at);
    rows_text(&r, "note", marks);
    rows_text(&r, "made_of", made_of);
    rows_text(&r, "consented", consented);
    TRY(give_desk(d, &id, &r));
    const status s = give_record(d, &e, &h, &r);
    const char *const why = why_nothing(d, &e, s);
    if (why != NULL) {
        ret->status = s;
        ret->sentence = bytes_of_text(why);
        return OK;
    }
    TRY(s);
    rows_give(&r, ret);
    return OK;
}

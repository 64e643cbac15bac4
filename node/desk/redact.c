#include "desk.h"

#include "copying.h"
#include "excerpt.h"
#include "handling.h"
#include "proof.h"
#include "reading.h"
#include "recall.h"

/*
 * A sanitised copy: chosen items of a record held here, each with what proves that it is
 * the originator's.  It is a disclosure, so who took which items out and why is in the log
 * before the command gets a byte of them (DPA 2018 s.62(1)(d); P12).  The items are opened
 * once before the commit, to know which ones were asked for; nobody is shown anything then.
 */

struct redact_work {
    struct place place;
    record_id id;
    struct excerpt excerpt;
    size_t item_count; /* of the whole record */
};

static const char *choice_sentence(struct arena *a, status s, struct bytes wrong)
{
    const char *const part = arena_text(a, wrong);

    if (s == E_UNKNOWN)
        return desk_text(a, "the record has no such item: ", part == NULL ? "" : part,
                         NULL);
    if (s == E_FORM)
        return desk_text(a, "not understood: \"", part == NULL ? "" : part,
                         "\"; name items by position (0, 3-5) or by what they are (facts, "
                         "text 1, persons)",
                         NULL);
    return "that is too much for one record";
}

/* Domain page 2.2: S1 lets a recipient sanitise by itself, S2 does not without its owner.
 */
static status may_redact(struct desk *d, struct call *c, const struct header *h)
{
    const struct parent record = {.agency = h->stream.agency, .id = h->id};
    bool consents = false;

    if (agency_id_equal(&h->stream.agency, &d->exchange->self) ||
        h->label.handling == HANDLING_P || h->label.sanitisation == SANITISATION_S1)
        return OK;
    TRY(copying_consent(d, &record, &consents));
    if (consents)
        return OK;
    c->sentence =
        "its owner allows no sanitised copy without being asked (S2): flagpost ask "
        "ID --sanitise --question TEXT";
    return E_POLICY;
}

static status check_recall(struct desk *d, struct call *c, const struct place *place)
{
    const struct parent record = {.agency = place->stream.agency, .id = c->id};
    const char *marks = NULL;
    bool blocked = false;

    TRY(recall_blocks(d, &record, &blocked));
    if (!blocked)
        return OK;
    TRY(recall_marks(d, &record, &marks));
    c->sentence =
        desk_text(d->exchange->arena, marks, ".  Nothing is copied from it", NULL);
    return E_DENIED;
}

/* That it has no such item tells of the content, too: no answer without a row of the log.
 */
static status log_fruitless(struct desk *d, struct call *c, const struct redact_work *work)
{
    struct item_audit row = {.operation = AUDIT_CONSULT,
                             .has_object = true,
                             .object_stream = work->place.stream,
                             .object_index = work->place.index,
                             .object = work->id,
                             .justification = control_argument(&c->parsed, "purpose"),
                             .outcome = bytes_of_text("no copy made: not its items")};

    return desk_audit(d, c, &row);
}

static status choose(struct desk *d, struct call *c, struct redact_work *work)
{
    struct exchange *const x = d->exchange;
    const struct bytes words = control_argument(&c->parsed, "items");
    const struct salted_item *items = NULL;
    struct entry_row e = {0};
    struct header h;
    struct bytes wrong = {0};

    TRY(x->store.ops->entry_find(x->store.self, &work->place.stream, work->place.index,
                                 x->arena, &e));
    if (e.disposition != DISPOSITION_HELD || e.kind != KIND_INTELLIGENCE) {
        c->sentence = "there is no content of this entry here to make a copy of";
        return E_UNKNOWN;
    }
    TRY(header_decode(e.header, x->arena, &h));
    TRY(may_redact(d, c, &h));
    TRY(check_recall(d, c, &work->place));
    if (desk_is_unreleased(d, &e)) {
        c->sentence = desk_unreleased_sentence;
        return E_EXPIRED;
    }
    TRY(desk_open(d, &e, x->arena, &items, &work->item_count));
    const status s =
        excerpt_choose(words, items, work->item_count, x->arena, &work->excerpt, &wrong);
    if (s != E_FORM && s != E_UNKNOWN && s != E_LIMIT)
        return s;
    TRY(log_fruitless(d, c, work));
    c->sentence = choice_sentence(x->arena, s, wrong);
    return s == E_UNKNOWN ? E_VALUE : s;
}

status redact_prepare(struct desk *d, struct call *c)
{
    enum { OUTCOME_ROOM = 200 };
    const struct bytes purpose = control_argument(&c->parsed, "purpose");
    struct redact_work *const work = arena_take(d->exchange->arena, sizeof *work);
    char *const outcome = arena_take(d->exchange->arena, OUTCOME_ROOM);
    struct bytes class = {0};

    ENSURE(work != NULL && outcome != NULL, E_MEMORY);
    if (purpose.size == 0) {
        c->sentence = "say what the copy is for: --purpose \"...\" goes into the log";
        return E_DENIED;
    }
    TRY(handling_class(d, c, &class));
    TRY(desk_find_record(d, c, &work->place, &work->id));
    c->id = work->id;
    TRY(choose(d, c, work));
    char positions[OUTCOME_ROOM / 2];
    const struct bytes which = excerpt_write(&work->excerpt, positions, sizeof positions);
    struct writer w = writer_over(outcome, OUTCOME_ROOM);
    write_text(&w, READING_COPY ": items ");
    write_bytes(&w, which);
    write_text(&w, " of ");
    write_decimal(&w, work->item_count);
    struct item_audit row = {.operation = AUDIT_DISCLOSE,
                             .has_object = true,
                             .object_stream = work->place.stream,
                             .object_index = work->place.index,
                             .object = work->id,
                             .justification = purpose,
                             .outcome = writer_bytes(&w)};
    TRY(desk_audit(d, c, &row));
    const struct parent record = {.agency = work->place.stream.agency, .id = work->id};
    TRY(handling_note(d, c, &record, OUTCOME_COPIED, class));
    TRY(recall_note_opening(d, &record));
    c->work = work;
    const struct reading reading = {
        .outcome = row.outcome, .object = work->id, .class = class};
    return reading_note(d, c, &reading);
}

static void give_item(struct rows *r, const struct proof_item *i)
{
    rows_next(r, 4);
    rows_number(r, "position", i->position);
    rows_bytes(r, "salt", i->salt);
    rows_bytes(r, "value", i->value);
    rows_bytes(r, "siblings", i->siblings);
}

status redact_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct redact_work *const work = c->work;
    struct exchange *const x = d->exchange;
    const struct salted_item *items = NULL;
    struct entry_row e = {0};
    size_t count = 0;
    struct proof p = {0};
    struct rows r;

    TRY(x->store.ops->entry_find(x->store.self, &work->place.stream, work->place.index,
                                 x->arena, &e));
    TRY(desk_open(d, &e, x->arena, &items, &count));
    TRY(proof_items_make(items, count, work->excerpt.positions, work->excerpt.count,
                         x->arena, &p));
    rows_init(&r, x->arena, p.item_count);
    for (size_t i = 0; i < p.item_count; i++)
        give_item(&r, &p.items[i]);
    rows_give(&r, ret);
    return OK;
}

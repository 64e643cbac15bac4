#include "draft.h"

#include "case_desk.h"
#include "reading.h"
#include "regrade.h"
#include "source.h"
#include "text.h"

/* Handing a report in, and looking at what is there.  The list says nothing of what a
 * report says, so it needs no row of the log; one with URNs and titles does, and a draft
 * that is opened. */

enum { DRAFT_ROWS = 1000 };

static status supersedes(struct desk *d, struct call *c, struct draft *draft)
{
    const struct bytes wanted = control_argument(&c->parsed, "supersedes");
    struct place place;
    record_id ids[2];
    struct place places[2];
    size_t count = 0;
    struct bytes remark = {0};

    if (wanted.size == 0)
        return OK;
    const char *const text = arena_text(d->exchange->arena, wanted);
    ENSURE(text != NULL, E_MEMORY);
    const char *const ours =
        desk_text(d->exchange->arena, d->exchange->self.text, "/", text, NULL);
    const status s = journal_record_search(d->journal, bytes_of_text(ours), places, ids,
                                           COUNT_OF(ids), &count);
    if (s != E_FORM)
        TRY(s);
    place = places[0];
    if (count != 1 || !agency_id_equal(&place.stream.agency, &d->exchange->self)) {
        c->sentence = "a report supersedes one record of this agency: give its id in full";
        return E_UNKNOWN;
    }
    TRY(draft_remark(d->exchange->arena, c, &remark));
    if (remark.size == 0) {
        c->sentence = "say why it is corrected: --reason; whoever gets the new version "
                      "reads it";
        return E_USAGE;
    }
    draft->has_previous = true;
    draft->previous = ids[0];
    return OK;
}

/* Not taken in, and its text is not kept: the log has the rule and a keyed digest. */
static status refuse(struct desk *d, struct call *c, struct publish_work *p,
                     const char *rule)
{
    p->findings->at[p->findings->count++] =
        (struct finding){.rule = rule, .severity = SEVERITY_REFUSE};
    return publish_refusal(d, c, p);
}

/* An older marking without an equivalent may be one above OFFICIAL-SENSITIVE. */
static bool is_above(const struct record *r)
{
    enum marking m = r->label.marking;

    if (m == 0 && r->report.original_marking.size > 0 &&
        regrade_marking(r->report.original_marking, &m) != OK)
        return true;
    return m > MARKING_OFFICIAL_SENSITIVE;
}

status draft_prepare(struct desk *d, struct call *c)
{
    struct draft_work *const work = arena_take(d->exchange->arena, sizeof *work);
    struct record *const record = arena_take(d->exchange->arena, sizeof *record);
    struct source source = {0};
    struct bytes remark = {0};

    ENSURE(work != NULL && record != NULL, E_MEMORY);
    ENSURE(desk_case_has_room(d), E_BUSY);
    work->publication.findings =
        arena_take(d->exchange->arena, sizeof *work->publication.findings);
    ENSURE(work->publication.findings != NULL, E_MEMORY);
    struct draft *const draft = &work->draft;
    draft->packed = control_argument(&c->parsed, "record");
    if (record_unpack(draft->packed, d->exchange->arena, record) != OK) {
        c->sentence =
            "the record could not be read: command and node are of different versions";
        return E_FORM;
    }
    work->publication.packed = draft->packed;
    work->publication.record = record;
    if (is_above(record)) {
        TRY(refuse(d, c, &work->publication, "R1"));
        c->sentence =
            "marked above OFFICIAL-SENSITIVE, or by an older marking that may be: "
            "such a report may not enter this node, not even as a draft (rule R1)";
        return E_MARKING;
    }
    TRY(draft_check_size(c, draft));
    TRY(source_of_call(c, &source));
    TRY(supersedes(d, c, draft));
    TRY(draft_remark(d->exchange->arena, c, &remark));
    if (draft->has_previous && source_is_in(&source, remark, d->exchange->arena)) {
        TRY(refuse(d, c, &work->publication, "R6"));
        c->sentence =
            "the reason names something of the source (rule R6): whoever gets the "
            "new version would read it";
        return E_VALUE;
    }
    draft->id = draw_record_id(&d->exchange->draw, d->exchange->now);
    draft->stage = STAGE_DRAFT;
    draft->begun = d->exchange->now;
    TRY(draft_step(d, c, draft, STEP_DRAFT));
    /* The log first: what cannot be logged is not taken in. */
    TRY(draft_log(d, c, draft, step_word(STEP_DRAFT)));
    TRY(draft_put(d, draft));
    TRY(source_put(d, &draft->id, &source));
    TRY(draft_cites(d, c, draft, record, work->publication.findings));
    c->sentence = "taken in as a draft: nothing has left this node";
    c->work = work;
    return OK;
}

/* --- the list --- */

struct list {
    struct desk *desk;
    struct rows rows;
    bool all;    /* those that were released too */
    bool titled; /* with what the reports are called: it is in the log */
};

/* A draft may be longer than a record, and is shown whole by `draft show`. */
static status copy_line(struct arena *a, struct bytes text, struct bytes *ret)
{
    if (text.size > SHORT_TEXT_MAX)
        text.size = SHORT_TEXT_MAX;
    while (text.size > 0 && !utf8_is_valid(text))
        text.size--;
    return arena_copy(a, text, ret);
}

static status give_title(struct list *list, const struct draft *draft)
{
    struct arena *const a = list->desk->exchange->arena;
    struct record *const record = arena_take(list->desk->scratch, sizeof *record);
    struct bytes urn = {0};
    struct bytes title = {0};

    ENSURE(record != NULL, E_MEMORY);
    if (draft->packed.size > 0 &&
        record_unpack(draft->packed, list->desk->scratch, record) == OK) {
        TRY(copy_line(a, record->facts.urn, &urn));
        TRY(copy_line(a, record->report.title, &title));
    }
    rows_bytes(&list->rows, "urn", urn);
    rows_bytes(&list->rows, "title", title);
    return OK;
}

static status each(void *context, const struct shelf_row *row)
{
    struct list *const list = context;
    struct arena *const a = list->desk->exchange->arena;
    struct draft draft;
    struct bytes actor = {0};

    TRY(draft_of_row(row, &draft));
    if (draft.stage == STAGE_RELEASED && !list->all)
        return OK;
    ENSURE(draft.hand_count > 0, E_DAMAGED);
    const struct draft_hand *const last = &draft.hands[draft.hand_count - 1];
    TRY(arena_copy(a, last->actor, &actor));
    rows_next(&list->rows, list->titled ? 10 : 8);
    rows_text(&list->rows, "row", "draft");
    rows_id(&list->rows, "id", &draft.id);
    if (list->titled)
        TRY(give_title(list, &draft));
    rows_text(&list->rows, "state", stage_word(draft.stage));
    rows_time(&list->rows, "begun", draft.begun);
    rows_time(&list->rows, "since", last->at);
    rows_bytes(&list->rows, "by", actor);
    if (draft.stage == STAGE_RELEASED)
        rows_id(&list->rows, "record", &draft.record);
    else
        rows_text(&list->rows, "record", "");
    rows_text(&list->rows, "next", stage_todo(draft.stage));
    return list->rows.full ? E_LIMIT : OK;
}

status drafts_prepare(struct desk *d, struct call *c)
{
    (void)d;
    (void)c;
    return OK;
}

status drafts_titled_prepare(struct desk *d, struct call *c)
{
    struct item_audit row = {.operation = AUDIT_CONSULT,
                             .justification = control_argument(&c->parsed, "purpose"),
                             .outcome = bytes_of_text(READING_TITLES)};

    TRY(desk_audit(d, c, &row));
    return reading_note(d, c, &(struct reading){.outcome = row.outcome});
}

status drafts_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct list list = {.desk = d,
                        .all = control_argument(&c->parsed, "all").size > 0,
                        .titled = text_is(c->parsed.verb, "drafts-titled")};

    rows_init(&list.rows, d->exchange->arena, DRAFT_ROWS);
    const status s = journal_shelf_walk(d->journal, SHELF_DRAFT, (struct shelf_filter){0},
                                        d->scratch, each, &list);
    if (s != E_LIMIT)
        TRY(s);
    ret->sentence = bytes_of_text(list.rows.count == 0 ? "there are no drafts"
                                  : s == E_LIMIT ? "these are the oldest; there are more"
                                  : list.titled  ? ""
                                                 : "with --titles each has its URN and "
                                                   "title, and that is in the log");
    rows_give(&list.rows, ret);
    return OK;
}

/* --- one of them --- */

status draft_show_prepare(struct desk *d, struct call *c)
{
    const struct bytes purpose = control_argument(&c->parsed, "purpose");
    struct draft_work *const work = arena_take(d->exchange->arena, sizeof *work);

    ENSURE(work != NULL, E_MEMORY);
    if (purpose.size == 0 && d->config->require_purpose != 0) {
        c->sentence = "say why you read it: --purpose \"...\" goes into the log";
        return E_DENIED;
    }
    TRY(draft_find(d, c, &work->draft));
    struct item_audit row = {.operation = AUDIT_CONSULT,
                             .object = work->draft.id,
                             .justification = purpose,
                             .outcome = bytes_of_text(READING_DRAFT)};
    TRY(desk_audit(d, c, &row));
    c->work = work;
    const struct reading reading = {.outcome = row.outcome, .object = row.object};
    return reading_note(d, c, &reading);
}

static void give_hand(struct rows *r, const struct draft_hand *hand)
{
    rows_next(r, 5);
    rows_text(r, "row", "hand");
    rows_time(r, "at", hand->at);
    rows_text(r, "what", step_word(hand->step));
    rows_bytes(r, "by", hand->actor);
    rows_bytes(r, "reason", hand->remark);
}

status draft_show_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct draft_work *const work = c->work;
    const struct draft *const draft = &work->draft;
    struct rows r;

    rows_init(&r, d->exchange->arena, 1 + DRAFT_HANDS_MAX);
    rows_next(&r, 6);
    rows_text(&r, "row", "draft");
    rows_id(&r, "id", &draft->id);
    rows_text(&r, "state", stage_word(draft->stage));
    rows_text(&r, "next", stage_todo(draft->stage));
    if (draft->stage == STAGE_RELEASED)
        rows_id(&r, "released", &draft->record);
    else
        rows_text(&r, "released", "");
    rows_bytes(&r, "record", draft->packed);
    for (size_t i = 0; i < draft->hand_count; i++)
        give_hand(&r, &draft->hands[i]);
    rows_give(&r, ret);
    return OK;
}

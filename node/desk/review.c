#include "backups.h"
#include "dispose.h"

#include "rule.h"
#include "text.h"
#include "todo.h"
#include "words.h"

#include <string.h>

/*
 * `review`: what a person says of a nominal's set.  One verb for all of it: each is an
 * event of the set, a row of the log, and an entry of the local stream.
 */

static const struct step {
    const char *word;
    enum retention_what what;
    enum audit_operation operation;
    bool wants_reason;
    const char *done;
} steps[] = {
    {"open", RETENTION_OPENED, AUDIT_ALTER, false,
     "opened: put its records into it with `flagpost review add`"},
    {"add", RETENTION_ADDED, AUDIT_COMBINE, true, "added"},
    {"remove", RETENTION_REMOVED, AUDIT_COMBINE, true, "taken out of the set"},
    {"notice", RETENTION_NOTICED, AUDIT_ALTER, true, "noted: the clear period runs anew"},
    {"group", RETENTION_GROUPED, AUDIT_ALTER, true, "the group is changed"},
    {"hold", RETENTION_HELD, AUDIT_ALTER, true,
     "held: nothing of it is disposed of before this hold is released"},
    {"release-hold", RETENTION_RELEASED, AUDIT_ALTER, true, "released"},
    {"keep", RETENTION_KEPT, AUDIT_ALTER, true, "reviewed: it is kept"},
    {"condemn", RETENTION_CONDEMNED, AUDIT_ALTER, true,
     "reviewed: it is to be disposed of; see `flagpost dispose preview`"},
    {"propose", RETENTION_PROPOSED, AUDIT_ALTER, false,
     "proposed: a second person has to approve it with `flagpost dispose approve`"},
    {"approve", RETENTION_APPROVED, AUDIT_ALTER, false,
     "approved: it is erased once the undo window has passed; until then `flagpost dispose "
     "undo`"},
    {"undo", RETENTION_UNDONE, AUDIT_ALTER, true, "undone: nothing is erased"},
};

struct review_work {
    struct nominal nominal;
    const struct step *step;
    struct item_retention event;
    struct place place; /* of the record that is added */
    bool unnamed;       /* which does not name the nominal, and is added all the same */
};

static const struct step *step_find(struct bytes word)
{
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        if (text_is(word, steps[i].word))
            return &steps[i];
    }
    return NULL;
}

/* --- what was given --- */

static status read_reason(struct call *c, const struct step *step, struct item_retention *e)
{
    e->reason = word_trim(control_argument(&c->parsed, "reason"));
    if (e->reason.size > RETENTION_TEXT_MAX || !utf8_is_valid(e->reason)) {
        c->sentence = "a reason is plain text of at most 200 bytes";
        return E_VALUE;
    }
    if (step->wants_reason && e->reason.size == 0) {
        c->sentence = "give --reason: it stays in the log, so write nothing of a record or "
                      "of the person in it";
        return E_USAGE;
    }
    return OK;
}

static status read_group(struct call *c, struct item_retention *e)
{
    uint64_t group = 0;

    if (decimal_decode(control_argument(&c->parsed, "group"), &group) != OK || group < 1 ||
        group > RETENTION_GROUPS) {
        c->sentence = "a group is a number from 1 to 4: see `flagpost review list`";
        return E_USAGE;
    }
    e->group = (uint32_t)group;
    return OK;
}

static status read_reference(struct call *c, struct item_retention *e)
{
    e->reference = word_trim(control_argument(&c->parsed, "reference"));
    if (e->reference.size == 0 || e->reference.size > RETENTION_REFERENCE_MAX ||
        !utf8_is_valid(e->reference)) {
        c->sentence =
            "a hold is known by what it is for: give --reference, the case or the "
            "request, at most 64 bytes";
        return E_USAGE;
    }
    return OK;
}

static status read_answers(struct call *c, struct item_retention *e)
{
    e->answers = control_argument(&c->parsed, "answers");
    if (e->answers.size != RETENTION_QUESTIONS) {
        c->sentence = "a review answers each of the six questions: yes, no or unknown";
        return E_USAGE;
    }
    return OK;
}

/* A day that has been: 2019-05-01. */
static status read_notice(struct desk *d, struct call *c, struct bytes text,
                          struct item_retention *e)
{
    const struct partial_date today = date_of(d->exchange->now);
    struct partial_date day = {0};
    char room[TIME_TEXT_ROOM] = "0000-00-00T00:00:00Z";

    if (date_read(text, &day) != OK || day.day == 0 || date_is_after(day, today)) {
        c->sentence = "--on takes the day on which the person came to notice, not after "
                      "today: 2019-05-01";
        return E_USAGE;
    }
    memcpy(room, text.at, sizeof "0000-00-00" - 1);
    return time_read(bytes_of_text(room), &e->notice);
}

static status read_nominal(struct desk *d, struct call *c, struct nominal *n)
{
    const struct bytes born = control_argument(&c->parsed, "born");

    n->name = word_trim(control_argument(&c->parsed, "name"));
    if (n->name.size == 0 || n->name.size > NOMINAL_NAME_MAX || !utf8_is_valid(n->name)) {
        c->sentence = "say who the nominal is: --name, at most 256 bytes; it is kept "
                      "sealed on this node and goes with the set";
        return E_USAGE;
    }
    if (born.size > 0 && date_read(born, &n->born) != OK) {
        c->sentence = "--born takes what is known of the date: 1988, 1988-03 or 1988-03-14";
        return E_USAGE;
    }
    n->id = draw_record_id(&d->exchange->draw, d->exchange->now);
    return OK;
}

/* --- records --- */

/* A slip of an id would put somebody else's record under this person's review, and dispose
 * of it with the others.  What was compared is in the log either way. */
static status check_named(struct desk *d, struct call *c, struct review_work *work,
                          const struct entry_row *row)
{
    const char *why = NULL;
    struct item_audit look = {.operation = AUDIT_CONSULT,
                              .has_object = true,
                              .object_stream = work->place.stream,
                              .object_index = work->place.index,
                              .object = work->event.record,
                              .outcome = bytes_of_text("compared with a set: not named")};

    TRY(nominal_named(d, row, &work->nominal, &why));
    work->unnamed = why != NULL;
    if (why == NULL || control_argument(&c->parsed, "unnamed").size > 0)
        return OK;
    TRY(desk_audit(d, c, &look));
    c->sentence = desk_text(d->exchange->arena, why,
                            "look whether the id is right.  If it is about this person all "
                            "the same, say so with --unnamed, and why in --reason",
                            NULL);
    return E_VALUE;
}

/* What another agency published is kept by that agency's schedule, and goes when it says
 * so: a set has own records alone. */
static status read_record(struct desk *d, struct call *c, struct review_work *work)
{
    struct exchange *const x = d->exchange;
    struct entry_row row = {0};
    struct header h;

    TRY(desk_find_record(d, c, &work->place, &work->event.record));
    work->event.has_record = true;
    TRY(x->store.ops->entry_find(x->store.self, &work->place.stream, work->place.index,
                                 x->arena, &row));
    if (!agency_id_equal(&work->place.stream.agency, &x->self) ||
        row.kind != KIND_INTELLIGENCE) {
        c->sentence = "only records of this agency are put into a set: one that another "
                      "agency published goes when that agency disposes of it";
        return E_VALUE;
    }
    if (work->step->what == RETENTION_ADDED && row.disposition != DISPOSITION_HELD) {
        c->sentence = "the record is erased already";
        return E_VALUE;
    }
    TRY(header_decode(row.header, x->arena, &h));
    work->event.notice = h.sealed_at;
    if (work->step->what == RETENTION_ADDED)
        return check_named(d, c, work, &row);
    return OK;
}

static status read_event(struct desk *d, struct call *c, struct review_work *work)
{
    struct item_retention *const e = &work->event;
    const struct bytes on = control_argument(&c->parsed, "on");

    switch (e->what) {
    case RETENTION_OPENED:
        TRY(read_nominal(d, c, &work->nominal));
        return read_group(c, e);
    case RETENTION_ADDED:
        TRY(read_record(d, c, work));
        return on.size == 0 ? OK : read_notice(d, c, on, e);
    case RETENTION_REMOVED:
        TRY(read_record(d, c, work));
        e->notice = 0;
        return OK;
    case RETENTION_NOTICED:
        return read_notice(d, c, on, e);
    case RETENTION_GROUPED:
        return read_group(c, e);
    case RETENTION_HELD:
    case RETENTION_RELEASED:
        return read_reference(c, e);
    case RETENTION_KEPT:
    case RETENTION_CONDEMNED:
        return read_answers(c, e);
    case RETENTION_PROPOSED:
    case RETENTION_APPROVED:
    case RETENTION_UNDONE:
    case RETENTION_ERASED:
        break;
    }
    return OK;
}

/* --- disposal --- */

/* What a person decides by the clock, and what must not be erased with it. */
static status check_disposal(struct desk *d, struct call *c, const struct review_work *work)
{
    const enum retention_what what = work->event.what;
    const bool ends = what == RETENTION_PROPOSED || what == RETENTION_APPROVED;

    if (!ends && what != RETENTION_CONDEMNED)
        return OK;
    c->sentence = doubt_sentence(d);
    ENSURE(c->sentence == NULL, E_VALUE);
    if (ends)
        TRY(dispose_obstacle(d, &work->nominal, &c->sentence));
    return c->sentence == NULL ? OK : E_VALUE;
}

/* What it was on the to-do list for has passed. */
static status close_todos(struct desk *d, const struct nominal *n)
{
    if (n->is.state <= RETENTION_TO_DISPOSE)
        TRY(desk_todo_close(d, TODO_DISPOSAL, &n->id));
    return n->is.state == RETENTION_STANDING && n->is.due != 0 &&
                   n->is.due <= d->exchange->now
               ? OK
               : desk_todo_close(d, TODO_REVIEW, &n->id);
}

/* --- the verb --- */

static status log_event(struct desk *d, struct call *c, const struct review_work *work)
{
    const struct item_retention *const e = &work->event;
    struct item_audit row = {.operation = work->step->operation,
                             .object = e->set,
                             .justification = e->reason,
                             .outcome = bytes_of_text(retention_what_word(e->what))};

    if (e->has_record) {
        row.has_object = true;
        row.object_stream = work->place.stream;
        row.object_index = work->place.index;
        row.object = e->record;
    }
    if (work->unnamed)
        row.outcome = bytes_of_text("record added that does not name the nominal");
    return desk_audit(d, c, &row);
}

status review_event_prepare(struct desk *d, struct call *c)
{
    struct review_work *const work = arena_take(d->exchange->arena, sizeof *work);

    ENSURE(work != NULL, E_MEMORY);
    memset(work, 0, sizeof *work);
    work->step = step_find(control_argument(&c->parsed, "what"));
    ENSURE(work->step != NULL, E_USAGE);
    work->event = (struct item_retention){.what = work->step->what,
                                          .at = d->exchange->now,
                                          .person = bytes_of_text(c->person.text)};
    if (work->step->what != RETENTION_OPENED)
        TRY(nominal_find(d, c, &work->nominal));
    TRY(read_reason(c, work->step, &work->event));
    TRY(read_event(d, c, work));
    work->event.set = work->nominal.id;
    TRY(check_disposal(d, c, work));
    const status s = nominal_event(d, &work->nominal, &work->event, &c->sentence);
    if (s == E_FENCED || s == E_EXPIRED || s == E_REVOKED)
        c->sentence = "this node may not publish now, so nothing was changed: see "
                      "`flagpost status`";
    TRY(s);
    TRY(close_todos(d, &work->nominal));
    if (work->step->what == RETENTION_OPENED)
        TRY(doubt_begin(d));
    TRY(log_event(d, c, work));
    c->work = work;
    return OK;
}

status review_event_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct review_work *const work = c->work;
    const char *backups = "";
    struct rows r;

    if (work->step->what == RETENTION_APPROVED)
        TRY(backup_erased_text(d, &backups));
    rows_init(&r, d->exchange->arena, 1);
    rows_next(&r, 5);
    rows_id(&r, "set", &work->nominal.id);
    rows_text(&r, "state", retention_state_word(work->nominal.is.state));
    rows_number(&r, "group", work->nominal.is.group);
    rows_number(&r, "records", work->nominal.is.records);
    rows_time(&r, "due", work->nominal.is.due);
    rows_give(&r, ret);
    ret->sentence =
        bytes_of_text(desk_text(d->exchange->arena, work->step->done, backups, NULL));
    return OK;
}

#include "case_desk.h"
#include "case_rows.h"
#include "text.h"
#include "todo.h"

#include <string.h>

/*
 * Case reports, one or a file of them: all are right and all are recorded in one turn, or
 * none is.  What is recorded already is not recorded again, so the same file may come
 * twice.
 */

struct report_work {
    size_t count;
    struct item_case_decision recorded; /* by whom, and when; of each of them */
    struct case_event *events;          /* what the rows are */
    record_id *ids;                     /* of their references */
    uint32_t *lines;
    size_t new_count;
    struct case_event *fresh; /* those that are not recorded yet */
    struct case_faults faults;
};

struct case_side case_own_side(const struct desk *d)
{
    const struct roster_agency *const self =
        roster_find(&d->exchange->roster, &d->exchange->self);
    struct case_side side = {.own = true, .now = d->exchange->now};

    if (self != NULL && self->kind == AGENCY_FIB)
        side.force = bytes_of_text(self->force);
    return side;
}

static status take_row(struct desk *d, const struct case_given_row *row,
                       struct report_work *w)
{
    struct findings f = {0};
    const size_t i = w->count;

    ENSURE(i < CASE_ROWS_MAX, E_LIMIT);
    const struct case_side ours = case_own_side(d);
    case_report_check(&row->given, &ours, d->exchange->arena, &f, &w->events[i].is);
    for (size_t k = 0; k < f.count; k++)
        case_faults_add(&w->faults, row->line, &f.at[k]);
    if (f.refused)
        return OK;
    w->events[i].why = w->recorded;
    w->lines[i] = row->line;
    w->ids[i] = case_id(d, w->events[i].is.reference);
    w->count++;
    return OK;
}

static const char *differs(struct desk *d, const struct item_case_event *there,
                           const char *where)
{
    char at[TIME_TEXT_ROOM];

    time_write(there->at, at);
    const char *const station = arena_text(d->exchange->arena, there->station);
    return desk_text(d->exchange->arena, "This call is recorded ", where, " with the time ",
                     at, " and the station ", station == NULL ? "" : station, ".", NULL);
}

static void fault_twice(struct desk *d, const struct item_case_event *there,
                        const char *where, uint32_t line, struct report_work *w)
{
    const struct finding f = {
        .rule = "R18",
        .field = "reference",
        .severity = SEVERITY_REFUSE,
        .sentence = differs(d, there, where),
        .mend = "Check both: one call has one reference.  If what is recorded is wrong, "
                "mend it with `flagpost case correct`; if the other is another call, give "
                "its own reference."};

    case_faults_add(&w->faults, line, &f);
}

static bool same_report(const struct item_case_event *a, const struct item_case_event *b)
{
    return a->at == b->at && bytes_equal(a->station, b->station) &&
           bytes_equal(a->role, b->role);
}

struct item_case_event case_report_now(const struct desk *d,
                                       const struct case_events *events)
{
    const struct obligation_allowance allowance = case_allowance(d);
    struct obligation o;

    obligation_of(events, &allowance, d->exchange->now, &o);
    return (struct item_case_event){.reference = events->at[0].is.reference,
                                    .what = CASE_REPORTED,
                                    .at = o.reported_at,
                                    .station = o.station,
                                    .role = o.role};
}

/* True when the row is not to be recorded: an earlier row, or the index, has its call. */
static status is_there(struct desk *d, size_t i, struct report_work *w, bool *ret)
{
    struct arena *const a = d->exchange->arena;
    const struct item_case_event *const mine = &w->events[i].is;
    const size_t mark = arena_mark(a);
    struct case_events *const events = arena_take(a, sizeof *events);

    ENSURE(events != NULL, E_MEMORY);
    *ret = false;
    for (size_t k = 0; k < i && !*ret; k++) {
        *ret = record_id_equal(&w->ids[k], &w->ids[i]);
        if (*ret && !same_report(&w->events[k].is, mine))
            fault_twice(d, &w->events[k].is, "twice in this file, once", w->lines[i], w);
    }
    if (*ret)
        return OK;
    const status s = case_find(d, mine->reference, a, events);
    if (s == OK && events->at[0].is.what == CASE_REPORTED) {
        const struct item_case_event now = case_report_now(d, events);
        *ret = true;
        /* The file that it came from may come again after it was corrected. */
        if (same_report(&events->at[0].is, mine) || same_report(&now, mine))
            arena_rewind(a, mark);
        else
            fault_twice(d, &now, "already", w->lines[i], w);
        return OK;
    }
    arena_rewind(a, mark);
    return s == E_UNKNOWN ? OK : s;
}

static status compare_all(struct desk *d, struct report_work *w)
{
    for (size_t i = 0; i < w->count; i++) {
        bool there = false;
        TRY(is_there(d, i, w, &there));
        if (!there)
            w->fresh[w->new_count++] = w->events[i];
    }
    return OK;
}

static status begin(struct desk *d, const struct call *c, struct report_work **ret)
{
    struct arena *const a = d->exchange->arena;
    struct report_work *const w = arena_take(a, sizeof *w);

    ENSURE(w != NULL, E_MEMORY);
    w->events = arena_array(a, CASE_ROWS_MAX, sizeof *w->events);
    w->fresh = arena_array(a, CASE_ROWS_MAX, sizeof *w->fresh);
    w->ids = arena_array(a, CASE_ROWS_MAX, sizeof *w->ids);
    w->lines = arena_array(a, CASE_ROWS_MAX, sizeof *w->lines);
    ENSURE(w->events != NULL && w->fresh != NULL && w->ids != NULL && w->lines != NULL,
           E_MEMORY);
    TRY(case_faults_init(&w->faults, a));
    char at[TIME_TEXT_ROOM];
    time_write(d->exchange->now, at);
    w->recorded = (struct item_case_decision){
        .person = bytes_of_text(c->person.text),
        .reason = bytes_of_text(desk_text(a, "recorded on ", at, NULL))};
    *ret = w;
    return OK;
}

static status take_rows(struct desk *d, struct call *c, struct report_work *w)
{
    struct reader r = {.rest = control_argument(&c->parsed, "rows")};
    struct case_given_row row;

    while (case_row_next(&r, &row)) {
        const status s = take_row(d, &row, w);
        if (s == E_LIMIT)
            c->sentence = "more than 2000 reports in one file: split it";
        TRY(s);
    }
    ENSURE(!r.bad, E_FORM);
    return OK;
}

status case_close_todos(struct desk *d, struct bytes reference)
{
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    struct case_events *const events = arena_take(a, sizeof *events);

    ENSURE(events != NULL, E_MEMORY);
    TRY(case_find(d, reference, a, events));
    for (size_t i = 0; i < events->count; i++) {
        if (events->at[i].is.has_document)
            TRY(desk_todo_close(d, TODO_CASE, &events->at[i].is.document));
    }
    arena_rewind(a, mark);
    return OK;
}

static status record_all(struct desk *d, struct call *c, const struct report_work *w)
{
    status s = case_submit(d, w->fresh, w->new_count);

    if (s == E_FENCED || s == E_EXPIRED || s == E_REVOKED)
        c->sentence =
            "this node may not write to its log now, so nothing was recorded: see "
            "`flagpost status`";
    for (size_t i = 0; s == OK && i < w->new_count; i++) {
        s = case_index(d, &w->fresh[i]);
        if (s == OK)
            s = case_close_todos(d, w->fresh[i].is.reference);
    }
    return s;
}

static status log_refusal(struct desk *d, struct call *c, const struct report_work *w)
{
    struct item_audit row = {.operation = AUDIT_REFUSE,
                             .outcome = bytes_of_text("case reports refused")};

    row.rules.at[row.rules.count++] = bytes_of_text(w->faults.at[0].finding.rule);
    return desk_audit(d, c, &row);
}

status case_report_prepare(struct desk *d, struct call *c)
{
    struct report_work *w = NULL;

    ENSURE(case_has_room(d, CASE_ROWS_MAX), E_BUSY);
    TRY(begin(d, c, &w));
    TRY(take_rows(d, c, w));
    TRY(compare_all(d, w));
    c->work = w;
    if (w->faults.count > 0) {
        c->sentence = "refused: mend what is listed and hand it in again; nothing was "
                      "recorded";
        TRY(log_refusal(d, c, w));
        return E_VALUE;
    }
    TRY(record_all(d, c, w));
    return case_log(d, c, AUDIT_COLLECT, (struct bytes){0}, "case reports recorded");
}

status case_report_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct report_work *const w = c->work;
    struct rows r;

    rows_init(&r, d->exchange->arena, 1 + w->faults.kept);
    if (c->prepared == OK) {
        rows_next(&r, 3);
        rows_text(&r, "row", "summary");
        rows_number(&r, "recorded", w->new_count);
        rows_number(&r, "already", w->count - w->new_count);
        ret->sentence =
            bytes_of_text(w->new_count == 0 ? "nothing new: all of it was recorded already"
                                            : "recorded: the obligations are open");
    }
    case_faults_give(&w->faults, &r);
    rows_give(&r, ret);
    return OK;
}

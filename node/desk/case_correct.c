#include "case_desk.h"
#include "text.h"
#include "words.h"

/*
 * A call that was recorded with a wrong time, station or role: a named person says with a
 * reason what is right.  The report stays in the log; the correction stands beside it, and
 * everything is counted by what it says (obligation.h).
 */

struct correct_work {
    struct bytes reference;
    struct item_case_event was, is;
    struct item_case_decision why;
    struct case_faults faults;
};

/* What is given, else what is recorded. */
static struct bytes given(const struct call *c, const char *name, struct bytes recorded)
{
    const struct bytes b = word_trim(control_argument(&c->parsed, name));

    return b.size > 0 ? b : recorded;
}

/* As a report is judged.  A station that was accepted once and stays is not asked about. */
static status judge(struct desk *d, struct call *c, struct correct_work *w)
{
    struct arena *const a = d->exchange->arena;
    struct case_side side = case_own_side(d);
    struct findings f = {0};
    char at[TIME_TEXT_ROOM];

    time_write(w->was.at, at);
    const struct bytes recorded_at = bytes_of_text(at);
    const struct case_given report = {
        .reference = w->reference,
        .reported_at = given(c, "reported_at", recorded_at),
        .station = given(c, "station", w->was.station),
        .role = given(c, "role", w->was.role),
    };
    if (bytes_equal(report.station, w->was.station))
        side.force = (struct bytes){0};
    case_report_check(&report, &side, a, &f, &w->is);
    if (bytes_equal(report.reported_at, recorded_at))
        w->is.at = w->was.at;
    for (size_t i = 0; i < f.count; i++)
        case_faults_add(&w->faults, 1, &f.at[i]);
    if (w->faults.count > 0) {
        c->sentence = "refused: mend what is listed; nothing was corrected";
        return E_VALUE;
    }
    if (w->is.at == w->was.at && bytes_equal(w->is.station, w->was.station) &&
        bytes_equal(w->is.role, w->was.role)) {
        c->sentence = "this is what is recorded: say what is wrong with --reported-at, "
                      "--station or --role";
        return E_VALUE;
    }
    return OK;
}

static status record(struct desk *d, struct call *c, struct correct_work *w,
                     const struct case_events *events)
{
    const struct case_event e = {.is = {.reference = w->reference,
                                        .what = CASE_CORRECTED,
                                        .at = obligation_moment(events, d->exchange->now),
                                        .station = w->is.station,
                                        .role = w->is.role,
                                        .reported_at = w->is.at},
                                 .why = w->why};

    const status s = case_record(d, &e);
    if (s == E_LIMIT)
        c->sentence = "this call has too many events to take another";
    if (s == E_FENCED || s == E_EXPIRED || s == E_REVOKED)
        c->sentence = "this node may not write to its log now: see `flagpost status`";
    TRY(s);
    if (!case_same_force(w->is.station, w->was.station))
        TRY(case_close_todos(d, w->reference));
    return case_log(d, c, AUDIT_ALTER, w->reference, "call corrected");
}

status case_correct_prepare(struct desk *d, struct call *c)
{
    struct arena *const a = d->exchange->arena;
    struct case_events *const events = arena_take(a, sizeof *events);
    struct correct_work *const w = arena_take(a, sizeof *w);

    ENSURE(events != NULL && w != NULL, E_MEMORY);
    ENSURE(desk_case_has_room(d), E_BUSY);
    TRY(case_why(c, false, &w->why));
    TRY(case_named(d, c, events, &w->reference));
    w->was = case_report_now(d, events);
    if (w->was.at == 0) {
        c->sentence = "this call was never recorded here: record it with `flagpost case "
                      "add`";
        return E_VALUE;
    }
    TRY(case_faults_init(&w->faults, a));
    c->work = w;
    TRY(judge(d, c, w));
    return record(d, c, w, events);
}

static void give_report(struct rows *r, const char *which, const struct item_case_event *e)
{
    rows_next(r, 5);
    rows_text(r, "row", "report");
    rows_text(r, "which", which);
    rows_time(r, "reported", e->at);
    rows_bytes(r, "station", e->station);
    rows_bytes(r, "role", e->role);
}

status case_correct_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct correct_work *const w = c->work;
    struct rows r;

    rows_init(&r, d->exchange->arena, 2 + w->faults.kept);
    if (c->prepared == OK) {
        give_report(&r, "was", &w->was);
        give_report(&r, "is", &w->is);
        ret->sentence =
            bytes_of_text("corrected: clocks, lists and rates count by what is right now");
    }
    case_faults_give(&w->faults, &r);
    rows_give(&r, ret);
    return OK;
}

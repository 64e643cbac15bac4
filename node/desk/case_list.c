#include "case_desk.h"
#include "force.h"
#include "text.h"
#include "words.h"

#include <stdlib.h>
#include <string.h>

/* Lists, one call with its events, and the rates; each look is in the log before it. */

enum { CASES_MAX = 4000, HOUR_MS = 3600000 };

struct listed {
    struct obligation o;
    struct bytes reference;
};

struct list {
    struct arena *arena;
    struct case_filter filter;
    size_t count;
    struct listed *at;
};

/* "2026-W48".  The last week of a year is that of its 28 December (ISO 8601). */
static bool is_week(struct bytes b)
{
    char last_day[] = "0000-12-28T00:00:00Z";
    char last[CASE_WEEK_ROOM];
    millis at = 0;

    if (b.size != CASE_WEEK_ROOM - 1)
        return false;
    memcpy(last_day, b.at, 4);
    if (time_read(bytes_of_text(last_day), &at) != OK)
        return false;
    case_week_write(at, last);
    const bool form =
        memcmp(b.at, last, 6) == 0 && word_is_digit(b.at[6]) && word_is_digit(b.at[7]);
    return form && memcmp(b.at + 6, "01", 2) >= 0 && memcmp(b.at + 6, last + 6, 2) <= 0;
}

/* A force's code and two more characters, as every station has (deploy/lists/README.md). */
static bool is_station(struct bytes b)
{
    for (size_t i = 0; i < b.size; i++) {
        if (!word_is_digit(b.at[i]) && !word_is_letter(b.at[i]))
            return false;
    }
    return b.size == 4 && force_code_is(bytes_of(b.at, 2));
}

status case_filter_read(struct call *c, struct case_filter *ret)
{
    *ret =
        (struct case_filter){.station = control_argument(&c->parsed, "station"),
                             .week = control_argument(&c->parsed, "week"),
                             .open = control_argument(&c->parsed, "open").size > 0,
                             .overdue = control_argument(&c->parsed, "overdue").size > 0};
    if (ret->week.size > 0 && !is_week(ret->week)) {
        c->sentence = "--week takes a week of ISO 8601, by UTC: 2026-W48";
        return E_USAGE;
    }
    if (ret->station.size == 0 || is_station(ret->station))
        return OK;
    c->sentence =
        "--station takes a station's four characters, the force's code first: 55AA";
    return E_USAGE;
}

bool case_filter_takes(const struct case_filter *f, const struct obligation *o)
{
    char week[CASE_WEEK_ROOM];

    case_week_write(o->reported_at, week);
    return (!f->open || obligation_is_open(o)) && (!f->overdue || o->overdue) &&
           (f->station.size == 0 || word_same(f->station, o->station)) &&
           (f->week.size == 0 || (o->reported_at != 0 && text_is(f->week, week)));
}

static status each(void *context, const struct case_seen *seen)
{
    struct list *const l = context;

    if (!case_filter_takes(&l->filter, &seen->o))
        return OK;
    ENSURE(l->count < CASES_MAX, E_LIMIT);
    struct listed *const one = &l->at[l->count++];
    one->o = seen->o;
    TRY(arena_copy(l->arena, seen->reference, &one->reference));
    TRY(arena_copy(l->arena, seen->o.station, &one->o.station));
    return arena_copy(l->arena, seen->o.role, &one->o.role);
}

static int oldest_first(const void *a, const void *b)
{
    const struct listed *const x = a;
    const struct listed *const y = b;

    if (x->o.reported_at != y->o.reported_at)
        return x->o.reported_at < y->o.reported_at ? -1 : 1;
    return bytes_compare(x->reference, y->reference);
}

status case_list_prepare(struct desk *d, struct call *c)
{
    struct case_filter filter;

    TRY(case_filter_read(c, &filter));
    return case_log(d, c, AUDIT_CONSULT, (struct bytes){0}, "case reports listed");
}

static const char *clock_word(const struct obligation *o)
{
    return o->officer.running ? "officer" : o->bureau.running ? "bureau" : "";
}

static void give_case(struct rows *r, const struct listed *one)
{
    const struct obligation *const o = &one->o;

    rows_next(r, 10);
    rows_bytes(r, "reference", one->reference);
    rows_text(r, "state", obligation_word(o->state));
    rows_bytes(r, "station", o->station);
    rows_bytes(r, "role", o->role);
    rows_time(r, "reported", o->reported_at);
    if (o->reported_at == 0)
        rows_text(r, "age_hours", "");
    else
        rows_number(r, "age_hours", o->age / HOUR_MS);
    rows_text(r, "clock", clock_word(o));
    rows_time(r, "due", obligation_due(o));
    rows_text(r, "overdue", o->overdue ? "yes" : "no");
    if (o->has_document)
        rows_id(r, "document", &o->document);
    else
        rows_text(r, "document", "");
}

status case_list_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct list l = {.arena = d->exchange->arena};
    struct rows r;

    l.at = arena_array(l.arena, CASES_MAX, sizeof *l.at);
    ENSURE(l.at != NULL, E_MEMORY);
    TRY(case_filter_read(c, &l.filter));
    const status s = case_walk(d, each, &l);
    ENSURE(s == OK || s == E_LIMIT, s);
    qsort(l.at, l.count, sizeof *l.at, oldest_first);
    rows_init(&r, l.arena, l.count);
    for (size_t i = 0; i < l.count; i++)
        give_case(&r, &l.at[i]);
    rows_give(&r, ret);
    ENSURE(!r.full, E_MEMORY);
    ret->sentence =
        bytes_of_text(l.count == 0   ? "no call is recorded here that matches"
                      : s == E_LIMIT ? "there are more: narrow it with --station or --week"
                                     : "");
    return OK;
}

/* --- one call --- */

struct show_work {
    struct bytes reference;
    struct case_events events;
};

status case_show_prepare(struct desk *d, struct call *c)
{
    struct arena *const a = d->exchange->arena;
    struct show_work *const work = arena_take(a, sizeof *work);

    ENSURE(work != NULL, E_MEMORY);
    TRY(case_named(d, c, &work->events, &work->reference));
    TRY(case_log(d, c, AUDIT_CONSULT, work->reference, "case report shown"));
    c->work = work;
    return OK;
}

static void give_event(struct rows *r, const struct case_event *e)
{
    rows_next(r, 9);
    rows_text(r, "row", "event");
    rows_time(r, "at", e->is.at);
    rows_text(r, "what", case_what_word(e->is.what));
    if (e->is.has_document)
        rows_id(r, "document", &e->is.document);
    else
        rows_text(r, "document", "");
    rows_bytes(r, "person", e->why.person);
    rows_bytes(r, "reason", e->why.reason);
    if (e->is.what != CASE_REPORTED && e->is.what != CASE_CORRECTED)
        return;
    rows_time(r, "reported", e->is.what == CASE_REPORTED ? e->is.at : e->is.reported_at);
    rows_bytes(r, "station", e->is.station);
    rows_bytes(r, "role", e->is.role);
}

static void give_clock(struct rows *r, const char *whose, const struct obligation_clock *k)
{
    rows_next(r, 7);
    rows_text(r, "row", "clock");
    rows_text(r, "clock", whose);
    rows_text(r, "running", k->running ? "yes" : "no");
    rows_time(r, "since", k->since);
    rows_time(r, "due", k->due);
    rows_number(r, "spent_hours", k->spent / HOUR_MS);
    rows_text(r, "breached", k->breached ? "yes" : "no");
}

status case_show_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct show_work *const work = c->work;
    const struct obligation_allowance allowance = case_allowance(d);
    struct listed one = {.reference = work->reference};
    struct rows r;

    obligation_of(&work->events, &allowance, d->exchange->now, &one.o);
    rows_init(&r, d->exchange->arena, 3 + work->events.count);
    give_case(&r, &one);
    give_clock(&r, "officer", &one.o.officer);
    give_clock(&r, "bureau", &one.o.bureau);
    for (size_t i = 0; i < work->events.count; i++)
        give_event(&r, &work->events.at[i]);
    rows_give(&r, ret);
    return OK;
}

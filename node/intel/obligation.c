#include "obligation.h"

#include <string.h>

/* --- the set of events --- */

static int compare_numbers(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

/* A report stands first whenever it was made: the call is what everything else is about,
 * and a document dated before it answers it all the same.  Then by time; what has one time
 * goes by its kind, so that submitting comes before accepting. */
static int compare(const struct case_event *a, const struct case_event *b)
{
    const struct item_case_event *const x = &a->is;
    const struct item_case_event *const y = &b->is;
    const int orders[] = {
        compare_numbers(x->what != CASE_REPORTED, y->what != CASE_REPORTED),
        compare_numbers(x->at, y->at),
        compare_numbers(x->what, y->what),
        memcmp(x->document.bytes, y->document.bytes, sizeof x->document.bytes),
        bytes_compare(x->station, y->station),
        bytes_compare(x->role, y->role),
        compare_numbers(x->reported_at, y->reported_at),
        bytes_compare(a->why.person, b->why.person),
        bytes_compare(a->why.reason, b->why.reason),
    };

    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        if (orders[i] != 0)
            return orders[i];
    }
    return 0;
}

status case_events_add(struct case_events *set, const struct case_event *e)
{
    size_t at = set->count;

    while (at > 0 && compare(&set->at[at - 1], e) > 0)
        at--;
    ENSURE(at == 0 || compare(&set->at[at - 1], e) != 0, E_DUPLICATE);
    ENSURE(set->count < OBLIGATION_EVENTS_MAX, E_LIMIT);
    memmove(&set->at[at + 1], &set->at[at], (set->count - at) * sizeof *set->at);
    set->at[at] = *e;
    set->count++;
    return OK;
}

/* --- the states --- */

enum { STATES = OBLIGATION_REOPENED + 1, EVENTS = CASE_REOPENED + 1 };

/* 0: the state stays.  The diagram stands in the header. */
static const uint8_t next_state[STATES][EVENTS] = {
    [OBLIGATION_UNREPORTED] = {[CASE_REPORTED] = OBLIGATION_REPORTED},
    [OBLIGATION_REPORTED] = {[CASE_SUBMITTED] = OBLIGATION_SUBMITTED,
                             [CASE_ACCEPTED] = OBLIGATION_ACCEPTED,
                             [CASE_DISCHARGED] = OBLIGATION_DISCHARGED},
    [OBLIGATION_SUBMITTED] = {[CASE_RETURNED] = OBLIGATION_RETURNED,
                              [CASE_ACCEPTED] = OBLIGATION_ACCEPTED,
                              [CASE_DISCHARGED] = OBLIGATION_DISCHARGED},
    [OBLIGATION_RETURNED] = {[CASE_SUBMITTED] = OBLIGATION_SUBMITTED,
                             [CASE_ACCEPTED] = OBLIGATION_ACCEPTED,
                             [CASE_DISCHARGED] = OBLIGATION_DISCHARGED},
    [OBLIGATION_ACCEPTED] =
        {[CASE_RETURNED] = OBLIGATION_RETURNED, [CASE_REOPENED] = OBLIGATION_REOPENED},
    [OBLIGATION_DISCHARGED] =
        {[CASE_ACCEPTED] = OBLIGATION_ACCEPTED, [CASE_REOPENED] = OBLIGATION_REOPENED},
    [OBLIGATION_REOPENED] = {[CASE_SUBMITTED] = OBLIGATION_SUBMITTED,
                             [CASE_ACCEPTED] = OBLIGATION_ACCEPTED,
                             [CASE_DISCHARGED] = OBLIGATION_DISCHARGED},
};

static enum obligation_state step(const struct obligation *o, const struct case_event *e)
{
    if (e->is.what > CASE_REOPENED)
        return o->state;
    /* Giving back one document says nothing of another that is with the bureau. */
    if (e->is.what == CASE_RETURNED && e->is.has_document && o->has_document &&
        !record_id_equal(&e->is.document, &o->document))
        return o->state;
    const uint8_t next = next_state[o->state][e->is.what];
    return next == 0 ? o->state : (enum obligation_state)next;
}

/* --- the clocks --- */

enum whose { NOBODY, OFFICER, BUREAU };

static enum whose whose_clock(enum obligation_state s)
{
    switch (s) {
    case OBLIGATION_REPORTED:
    case OBLIGATION_RETURNED:
    case OBLIGATION_REOPENED:
        return OFFICER;
    case OBLIGATION_SUBMITTED:
        return BUREAU;
    case OBLIGATION_UNREPORTED:
    case OBLIGATION_ACCEPTED:
    case OBLIGATION_DISCHARGED:
        return NOBODY;
    }
    return NOBODY;
}

static struct obligation_clock *clock_of(struct obligation *o, enum whose w)
{
    return w == OFFICER ? &o->officer : w == BUREAU ? &o->bureau : NULL;
}

static millis since(millis from, millis to)
{
    return to > from ? to - from : 0;
}

static millis later(millis t, millis by)
{
    millis sum = 0;

    return __builtin_add_overflow(t, by, &sum) || sum > INT64_MAX ? INT64_MAX : sum;
}

static void clock_start(struct obligation_clock *c, millis at, millis allowance)
{
    c->running = true;
    c->since = at;
    c->due = later(at, allowance);
}

/* The run until now counts; it may go on. */
static void clock_count(struct obligation_clock *c, millis at)
{
    c->spent += since(c->since, at);
    c->breached = c->breached || at > c->due;
}

static void move(struct obligation *o, enum obligation_state to, millis at,
                 const struct obligation_allowance *a)
{
    const enum whose was = whose_clock(o->state);
    const enum whose is = whose_clock(to);
    struct obligation_clock *const stops = clock_of(o, was);
    struct obligation_clock *const starts = clock_of(o, is);

    o->state = to;
    o->changed = at;
    if (was == is)
        return;
    if (stops != NULL) {
        clock_count(stops, at);
        stops->running = false;
    }
    if (starts != NULL)
        clock_start(starts, at, is == OFFICER ? a->officer : a->bureau);
}

/* --- what the events say together --- */

/* The first of its kind in the set. */
static bool is_new_document(const struct case_events *events, size_t i)
{
    if (!events->at[i].is.has_document)
        return false;
    for (size_t k = 0; k < i; k++) {
        if (events->at[k].is.has_document &&
            record_id_equal(&events->at[k].is.document, &events->at[i].is.document))
            return false;
    }
    return true;
}

static bool is_submission(const struct case_event *e)
{
    return e->is.what == CASE_SUBMITTED || e->is.what == CASE_ACCEPTED;
}

/* The newest; NULL: none. */
static const struct item_case_event *correction_of(const struct case_events *events)
{
    const struct item_case_event *newest = NULL;

    for (size_t i = 0; i < events->count; i++) {
        const struct item_case_event *const e = &events->at[i].is;
        if (e->what == CASE_CORRECTED && (newest == NULL || e->at >= newest->at))
            newest = e;
    }
    return newest;
}

/* A report as it was corrected; anything else as it is. */
static struct case_event corrected(const struct case_event *e,
                                   const struct item_case_event *correction)
{
    struct case_event now = *e;

    if (correction == NULL || e->is.what != CASE_REPORTED)
        return now;
    now.is.at = correction->reported_at;
    now.is.station = correction->station;
    now.is.role = correction->role;
    return now;
}

static void take(struct obligation *o, const struct case_event *e,
                 const struct obligation_allowance *a)
{
    const enum obligation_state to = step(o, e);
    const bool first = is_submission(e) && o->state == OBLIGATION_REPORTED;

    o->settled = o->settled || e->is.what == CASE_SETTLED;
    o->reports += e->is.what == CASE_REPORTED;
    if (to == o->state)
        return;
    if (first)
        o->submitted_in_time = e->is.at <= o->officer.due;
    if (to == OBLIGATION_REPORTED) {
        o->reported_at = e->is.at;
        o->station = e->is.station;
        o->role = e->is.role;
    }
    if (is_submission(e)) {
        o->has_document = e->is.has_document;
        o->document = e->is.document;
    }
    move(o, to, e->is.at, a);
}

/* Reminders since the clock that runs was started, and since it was last corrected. */
static void note_reminders(const struct case_events *events,
                           const struct item_case_event *correction, struct obligation *o)
{
    const struct obligation_clock *const c = obligation_running(o);
    const millis from = correction == NULL ? 0 : correction->at;

    for (size_t i = 0; c != NULL && i < events->count; i++) {
        const struct item_case_event *const e = &events->at[i].is;
        const bool counts = e->at >= c->since && e->at >= from;
        o->reminded = o->reminded || (counts && e->what == CASE_DUE);
        o->told = o->told || (counts && e->what == CASE_OVERDUE);
    }
}

void obligation_of(const struct case_events *events, const struct obligation_allowance *a,
                   millis now, struct obligation *ret)
{
    const struct item_case_event *const correction = correction_of(events);
    struct obligation o = {.state = OBLIGATION_UNREPORTED};
    millis horizon = now;

    for (size_t i = 0; i < events->count; i++) {
        const struct case_event e = corrected(&events->at[i], correction);
        take(&o, &e, a);
        o.documents += is_new_document(events, i);
        horizon = e.is.at > horizon ? e.is.at : horizon;
    }
    struct obligation_clock *const runs = clock_of(&o, whose_clock(o.state));
    if (runs != NULL)
        clock_count(runs, horizon);
    o.overdue = runs != NULL && horizon > runs->due;
    o.age =
        o.reported_at == 0 ? 0 : since(o.reported_at, runs != NULL ? horizon : o.changed);
    note_reminders(events, correction, &o);
    *ret = o;
}

bool obligation_is_open(const struct obligation *o)
{
    return whose_clock(o->state) != NOBODY;
}

const struct obligation_clock *obligation_running(const struct obligation *o)
{
    if (o->officer.running)
        return &o->officer;
    return o->bureau.running ? &o->bureau : NULL;
}

millis obligation_due(const struct obligation *o)
{
    const struct obligation_clock *const c = obligation_running(o);

    return c == NULL ? 0 : c->due;
}

millis obligation_moment(const struct case_events *events, millis now)
{
    millis last = 0;

    for (size_t i = 0; i < events->count; i++) {
        const struct item_case_event *const e = &events->at[i].is;
        const bool decided =
            e->what != CASE_REPORTED && e->what != CASE_DUE && e->what != CASE_OVERDUE;
        last = decided && e->at > last ? e->at : last;
    }
    return now > last ? now : later(last, 1);
}

const char *obligation_word(enum obligation_state s)
{
    switch (s) {
    case OBLIGATION_UNREPORTED:
        return "unreported";
    case OBLIGATION_REPORTED:
        return "reported";
    case OBLIGATION_SUBMITTED:
        return "submitted";
    case OBLIGATION_RETURNED:
        return "returned";
    case OBLIGATION_ACCEPTED:
        return "accepted";
    case OBLIGATION_DISCHARGED:
        return "discharged";
    case OBLIGATION_REOPENED:
        return "reopened";
    }
    return "";
}

const char *case_what_word(enum case_what w)
{
    switch (w) {
    case CASE_REPORTED:
        return "reported";
    case CASE_SUBMITTED:
        return "submitted";
    case CASE_RETURNED:
        return "returned";
    case CASE_ACCEPTED:
        return "accepted";
    case CASE_DISCHARGED:
        return "discharged";
    case CASE_REOPENED:
        return "reopened";
    case CASE_SETTLED:
        return "settled";
    case CASE_DUE:
        return "reminder: falls due";
    case CASE_OVERDUE:
        return "reminder: overdue";
    case CASE_CORRECTED:
        return "corrected";
    }
    return "";
}

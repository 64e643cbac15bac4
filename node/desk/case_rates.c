#include "case_desk.h"

#include <stdlib.h>

/* How a force does, by the week of the call and by station: the measure of recommendation
 * 2, over every call that is recorded here. */

enum { RATES_MAX = 2000 };

struct rate {
    struct bytes station;
    char week[CASE_WEEK_ROOM];
    uint64_t reported, submitted_in_time, accepted_in_time, open, overdue, discharged;
};

static int by_week_and_station(const void *a, const void *b)
{
    const struct rate *const x = a;
    const struct rate *const y = b;
    const int week = bytes_compare(bytes_of_text(x->week), bytes_of_text(y->week));

    return week != 0 ? week : bytes_compare(x->station, y->station);
}

/* NULL: there are too many. */
static struct rate *rate_of(struct rate *all, size_t *count, const struct obligation *o)
{
    struct rate new = {.station = o->station};

    case_week_write(o->reported_at, new.week);
    for (size_t i = 0; i < *count; i++) {
        if (by_week_and_station(&all[i], &new) == 0)
            return &all[i];
    }
    if (*count == RATES_MAX)
        return NULL;
    all[*count] = new;
    return &all[(*count)++];
}

static void count_case(struct rate *r, const struct obligation *o)
{
    r->reported++;
    r->submitted_in_time += o->submitted_in_time;
    r->accepted_in_time += o->state == OBLIGATION_ACCEPTED && !o->bureau.breached;
    r->open += obligation_is_open(o);
    r->overdue += o->overdue;
    r->discharged += o->state == OBLIGATION_DISCHARGED;
}

static void give_rate(struct rows *r, const struct rate *one)
{
    rows_next(r, 8);
    rows_text(r, "week", one->week);
    rows_bytes(r, "station", one->station);
    rows_number(r, "reported", one->reported);
    rows_number(r, "submitted_in_time", one->submitted_in_time);
    rows_number(r, "accepted_in_time", one->accepted_in_time);
    rows_number(r, "open", one->open);
    rows_number(r, "overdue", one->overdue);
    rows_number(r, "discharged", one->discharged);
}

struct rates {
    struct arena *arena;
    struct case_filter filter;
    size_t count;
    struct rate *at;
};

static status each(void *context, const struct case_seen *seen)
{
    struct rates *const all = context;
    struct obligation o = seen->o;

    if (o.state == OBLIGATION_UNREPORTED || !case_filter_takes(&all->filter, &o))
        return OK;
    TRY(arena_copy(all->arena, seen->o.station, &o.station));
    struct rate *const rate = rate_of(all->at, &all->count, &o);
    ENSURE(rate != NULL, E_LIMIT);
    count_case(rate, &o);
    return OK;
}

status case_rates_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct rates all = {.arena = d->exchange->arena};
    struct rows r;

    all.at = arena_array(all.arena, RATES_MAX, sizeof *all.at);
    ENSURE(all.at != NULL, E_MEMORY);
    TRY(case_filter_read(c, &all.filter));
    const status s = case_walk(d, each, &all);
    ENSURE(s == OK || s == E_LIMIT, s);
    qsort(all.at, all.count, sizeof *all.at, by_week_and_station);
    rows_init(&r, all.arena, all.count);
    for (size_t i = 0; i < all.count; i++)
        give_rate(&r, &all.at[i]);
    rows_give(&r, ret);
    ENSURE(!r.full, E_MEMORY);
    ret->sentence = bytes_of_text(
        all.count == 0 ? "no call is recorded here that matches"
        : s == E_LIMIT ? "these are not all: narrow it with --station or --week"
                       : "");
    return OK;
}

#include "dispose.h"

#include "text.h"

/*
 * Whether the wall clock may end a period.  It must not be far from the latest time that
 * this node has believed, which is kept and moved on each hour: so a clock that jumped is
 * noticed, and one that was wrong at the start too.  A person ends the doubt, by the time
 * of another clock.
 */

enum {
    SEEN_EVERY_MS = 3600 * 1000,
    BACK_MS = 5 * 60 * 1000,
    AHEAD_MS = 24 * 3600 * 1000 + SEEN_EVERY_MS,
    AGREE_MS = 10 * 60 * 1000,
};

static const record_id clock_row = {{0}};

static status load(struct desk *d)
{
    struct shelf_row row = {0};

    const status s =
        journal_shelf_find(d->journal, SHELF_CLOCK, &clock_row, d->scratch, &row);
    ENSURE(s == OK || s == E_UNKNOWN, s);
    d->disposals.seen = s == OK ? row.changed : 0;
    d->disposals.loaded = true;
    return OK;
}

static status believe(struct desk *d)
{
    const struct shelf_row row = {
        .kind = SHELF_CLOCK, .id = clock_row, .changed = d->exchange->now};

    d->disposals.seen = d->exchange->now;
    return journal_shelf_put(d->journal, &row);
}

static status end(struct desk *d)
{
    d->disposals.doubt = CLOCK_BELIEVED;
    d->disposals.loaded = true;
    return believe(d);
}

status doubt_begin(struct desk *d)
{
    if (!d->disposals.loaded)
        TRY(load(d));
    return d->disposals.seen == 0 ? end(d) : OK;
}

static enum clock_doubt doubt_of(const struct desk *d)
{
    const millis now = d->exchange->now;
    const millis seen = d->disposals.seen;

    if (now + BACK_MS < seen)
        return CLOCK_BACK;
    return now > seen + AHEAD_MS ? CLOCK_AHEAD : CLOCK_BELIEVED;
}

status doubt_look(struct desk *d)
{
    struct dispose_watch *const w = &d->disposals;
    const millis now = d->exchange->now;

    if (!w->loaded)
        TRY(load(d));
    if (w->seen == 0) /* no set was ever opened here */
        return OK;
    w->doubt = doubt_of(d);
    if (w->doubt != CLOCK_BELIEVED || now < w->seen + SEEN_EVERY_MS ||
        d->exchange->fence != OK)
        return OK;
    return believe(d);
}

const char *doubt_sentence(const struct desk *d)
{
    switch (d->disposals.doubt) {
    case CLOCK_BELIEVED:
        return NULL;
    case CLOCK_BACK:
        return "the clock is behind a time that this node has seen: nothing is disposed of "
               "until it is set right, or a person says that it is right: `flagpost "
               "dispose clock`";
    case CLOCK_AHEAD:
        return "the clock is more than 24 hours past the last time that this node has "
               "seen: nothing is disposed of until it is set right or, if the node was off "
               "for that long, a person says that it is right: `flagpost dispose clock`";
    }
    return NULL;
}

status dispose_clock_prepare(struct desk *d, struct call *c)
{
    struct item_audit row = {.operation = AUDIT_ALTER,
                             .outcome =
                                 bytes_of_text("the clock is right, by another one")};
    const millis now = d->exchange->now;
    millis by = 0;

    if (time_read(control_argument(&c->parsed, "time"), &by) != OK) {
        c->sentence = "give the time by another clock, in UTC: 2026-10-14T09:00:00Z";
        return E_USAGE;
    }
    if (by > now ? by - now > AGREE_MS : now - by > AGREE_MS) {
        char text[TIME_TEXT_ROOM];
        time_write(now, text);
        c->sentence = desk_text(d->exchange->arena, "this node's clock says ", text,
                                ", over ten minutes away from that: set it right", NULL);
        return E_VALUE;
    }
    TRY(desk_audit(d, c, &row));
    c->sentence = "noted: the clock is believed from now on";
    return end(d);
}

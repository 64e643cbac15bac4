#include "retention.h"

#include "rule.h"
#include "text.h"

#include <string.h>

/* --- the calendar --- */

static uint32_t last_day(struct partial_date d)
{
    d.day = 31;
    while (d.day > 28 && !date_is_sound(d))
        d.day--;
    return d.day;
}

/* What is not known of a date makes it as late as it can be. */
static struct partial_date latest_of(struct partial_date d)
{
    d.month = d.month == 0 ? 12 : d.month;
    d.day = d.day == 0 ? last_day(d) : d.day;
    return d;
}

static void put_digits(char *at, uint32_t v, size_t count)
{
    for (; count > 0; count--, v /= 10)
        at[count - 1] = (char)('0' + v % 10);
}

static millis start_of(struct partial_date d)
{
    char text[TIME_TEXT_ROOM] = "0000-00-00T00:00:00Z";
    millis t = 0;

    put_digits(text, d.year, 4);
    put_digits(text + 5, d.month, 2);
    put_digits(text + 8, d.day, 2);
    return time_read(bytes_of_text(text), &t) == OK ? t : INT64_MAX;
}

millis retention_after(struct partial_date from, uint32_t years)
{
    const millis day = 86400000;
    struct partial_date d = latest_of(from);

    if (years > 9999 - d.year)
        return INT64_MAX;
    d.year += years;
    if (!date_is_sound(d))
        d.day = last_day(d);
    const millis start = start_of(d);
    return start == INT64_MAX ? start : start + day;
}

/* --- the set --- */

bool retention_has(const struct retention_events *events, const record_id *record)
{
    bool has = false;

    for (size_t i = 0; i < events->count; i++) {
        const struct item_retention *const e = &events->at[i];
        if (!e->has_record || !record_id_equal(&e->record, record))
            continue;
        has = e->what == RETENTION_ADDED || (has && e->what != RETENTION_REMOVED);
    }
    return has;
}

/* The first of its kind about that record. */
static bool is_first(const struct retention_events *events, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (events->at[k].what == events->at[i].what &&
            record_id_equal(&events->at[k].record, &events->at[i].record))
            return false;
    }
    return true;
}

size_t retention_records(const struct retention_events *events, record_id *ret)
{
    size_t count = 0;

    for (size_t i = 0; i < events->count && count < RETENTION_RECORDS_MAX; i++) {
        const struct item_retention *const e = &events->at[i];
        if (e->what == RETENTION_ADDED && is_first(events, i) &&
            retention_has(events, &e->record))
            ret[count++] = e->record;
    }
    return count;
}

bool retention_has_erased(const struct retention_events *events, const record_id *record)
{
    for (size_t i = 0; i < events->count; i++) {
        if (events->at[i].what == RETENTION_ERASED &&
            record_id_equal(&events->at[i].record, record))
            return true;
    }
    return false;
}

static bool is_released_after(const struct retention_events *events, size_t i)
{
    for (size_t k = i + 1; k < events->count; k++) {
        if (events->at[k].what == RETENTION_RELEASED &&
            bytes_equal(events->at[k].reference, events->at[i].reference))
            return true;
    }
    return false;
}

static bool is_held_for(const struct retention_events *events, struct bytes reference)
{
    for (size_t i = 0; i < events->count; i++) {
        if (events->at[i].what == RETENTION_HELD &&
            bytes_equal(events->at[i].reference, reference) &&
            !is_released_after(events, i))
            return true;
    }
    return false;
}

/* A record that was taken out says nothing of this nominal any more. */
static bool is_notice(const struct retention_events *events, const struct item_retention *e)
{
    return e->what == RETENTION_NOTICED ||
           (e->what == RETENTION_ADDED && retention_has(events, &e->record));
}

/* --- the states --- */

enum { STATES = RETENTION_DISPOSED + 1, EVENTS = RETENTION_ERASED + 1 };

/* New facts, or a review that keeps it. */
#define FACTS                                                                              \
    [RETENTION_ADDED] = RETENTION_STANDING, [RETENTION_REMOVED] = RETENTION_STANDING,      \
    [RETENTION_NOTICED] = RETENTION_STANDING, [RETENTION_GROUPED] = RETENTION_STANDING,    \
    [RETENTION_KEPT] = RETENTION_STANDING

/* The state that follows; 0: the event does not come there.  The diagram stands in the
 * header. */
static const uint8_t next_state[STATES][EVENTS] = {
    [0] = {[RETENTION_OPENED] = RETENTION_STANDING},
    [RETENTION_STANDING] = {FACTS, [RETENTION_RELEASED] = RETENTION_STANDING,
                            [RETENTION_HELD] = RETENTION_STANDING,
                            [RETENTION_CONDEMNED] = RETENTION_TO_DISPOSE},
    [RETENTION_TO_DISPOSE] = {FACTS, [RETENTION_RELEASED] = RETENTION_TO_DISPOSE,
                              [RETENTION_HELD] = RETENTION_TO_DISPOSE,
                              [RETENTION_PROPOSED] = RETENTION_IS_PROPOSED},
    [RETENTION_IS_PROPOSED] = {FACTS, [RETENTION_RELEASED] = RETENTION_IS_PROPOSED,
                               [RETENTION_HELD] = RETENTION_TO_DISPOSE,
                               [RETENTION_APPROVED] = RETENTION_IS_APPROVED,
                               [RETENTION_UNDONE] = RETENTION_TO_DISPOSE},
    [RETENTION_IS_APPROVED] =
        {FACTS, [RETENTION_RELEASED] = RETENTION_IS_APPROVED,
         [RETENTION_HELD] = RETENTION_TO_DISPOSE, [RETENTION_UNDONE] = RETENTION_TO_DISPOSE,
         [RETENTION_ERASED] = RETENTION_ERASING},
    [RETENTION_ERASING] = {[RETENTION_ERASED] = RETENTION_ERASING},
};

static void take(struct retention *r, const struct retention_events *events, size_t i)
{
    const struct item_retention *const e = &events->at[i];

    if (e->what > RETENTION_ERASED || next_state[r->state][e->what] == 0)
        return;
    r->state = (enum retention_state)next_state[r->state][e->what];
    r->group = e->group != 0 ? e->group : r->group;
    if (is_notice(events, e) && e->notice > r->last_notice)
        r->last_notice = e->notice;
    if (e->what == RETENTION_KEPT)
        r->reviewed_at = e->at;
    if (e->what == RETENTION_PROPOSED)
        r->proposer = e->person;
    if (e->what == RETENTION_APPROVED) {
        r->approver = e->person;
        r->approved_at = e->at;
    }
    if (e->what == RETENTION_HELD && !is_released_after(events, i)) {
        r->holds++;
        r->hold = e->reference;
    }
    r->erased += e->what == RETENTION_ERASED && is_first(events, i);
}

static const struct retention_rule *rule_of(const struct retention_rule *rules,
                                            uint32_t group)
{
    const bool known = group >= 1 && group <= RETENTION_GROUPS;

    return known && rules[group - 1].clear_years > 0 ? &rules[group - 1] : NULL;
}

static millis due_of(const struct retention *r, const struct retention_rule *rule)
{
    if (rule == NULL || r->last_notice == 0)
        return 0;
    const millis clear = retention_after(date_of(r->last_notice), rule->clear_years);
    const millis again = r->reviewed_at == 0
                             ? 0
                             : retention_after(date_of(r->reviewed_at), rule->review_years);
    return again > clear ? again : clear;
}

void retention_of(const struct retention_events *events, const struct retention_rule *rules,
                  struct retention *ret)
{
    record_id records[RETENTION_RECORDS_MAX];
    struct retention r = {.group = 0};

    for (size_t i = 0; i < events->count; i++)
        take(&r, events, i);
    r.records = retention_records(events, records);
    if (r.state == RETENTION_ERASING && r.erased >= r.records)
        r.state = RETENTION_DISPOSED;
    r.due = due_of(&r, rule_of(rules, r.group));
    *ret = r;
}

/* --- what may follow --- */

bool retention_same_person(struct bytes a, struct bytes b)
{
    struct bytes first = a;
    struct bytes second = b;

    (void)text_cut(&a, ' ', &first); /* the name is not there when the directory is not */
    (void)text_cut(&b, ' ', &second);
    return bytes_equal(first, second);
}

/* Why a set may not be disposed of now, whatever a review says. */
static const char *must_stay(const struct retention *r, const struct retention_asked *asked)
{
    const struct retention_rule *const rule = rule_of(asked->rules, r->group);

    if (r->holds > 0)
        return "it is under legal hold: nothing of it is disposed of before the hold is "
               "released";
    if (rule == NULL)
        return "the list in force has no intervals for its group: install a list that has "
               "a line `retention` for it";
    if (r->due == 0)
        return "it has no record and no notice, so no clear period has run";
    if (asked->now < r->due)
        return "its clear period or its time to the next review still runs: `flagpost "
               "review list` tells until when";
    if (rule->age > 0 && asked->born.year == 0)
        return "its group is kept until the subject is of an age, and no date of birth is "
               "known: give it a group that is not, or open a set with --born";
    if (rule->age > 0 && asked->now < retention_after(asked->born, rule->age))
        return "its group is kept until the subject is of an age that is not reached";
    return NULL;
}

static const char *record_refusal(const struct retention_events *events,
                                  const struct retention *r,
                                  const struct item_retention *next)
{
    const bool has = retention_has(events, &next->record);

    if (next->what == RETENTION_ADDED && has)
        return "the record is in that set already";
    if (next->what == RETENTION_ADDED && r->records == RETENTION_RECORDS_MAX)
        return "the set is full: open another one for the same nominal";
    if (next->what != RETENTION_ADDED && !has)
        return "the record is not in that set";
    if (next->what == RETENTION_ERASED && retention_has_erased(events, &next->record))
        return "the record is erased already";
    return NULL;
}

static const char *wrong_state(const struct retention *r, enum retention_what what)
{
    if (r->state >= RETENTION_ERASING)
        return "it is being disposed of, or has been: nothing of it can be changed or kept";
    if (what == RETENTION_PROPOSED && r->state == RETENTION_STANDING)
        return "no review has said that it is to be disposed of: `flagpost review answer`";
    if (what == RETENTION_APPROVED)
        return "nobody has proposed to dispose of it";
    if (what == RETENTION_UNDONE)
        return "nothing is proposed or approved that could be undone";
    return "that has been said already";
}

/* What one event needs that others do not. */
static const char *own_refusal(const struct retention_events *events,
                               const struct retention *r, const struct item_retention *next,
                               const struct retention_asked *asked)
{
    switch (next->what) {
    case RETENTION_ADDED:
    case RETENTION_REMOVED:
        return record_refusal(events, r, next);
    case RETENTION_ERASED:
        return r->holds > 0 ? must_stay(r, asked) : record_refusal(events, r, next);
    case RETENTION_HELD:
        return is_held_for(events, next->reference)
                   ? "it is held for that reference already"
                   : NULL;
    case RETENTION_RELEASED:
        return is_held_for(events, next->reference)
                   ? NULL
                   : "it is not held for that reference: see `flagpost review show`";
    case RETENTION_APPROVED:
        if (retention_same_person(r->proposer, next->person))
            return "you proposed it: a second person has to approve it";
        return must_stay(r, asked);
    case RETENTION_CONDEMNED:
    case RETENTION_PROPOSED:
        return must_stay(r, asked);
    case RETENTION_OPENED:
    case RETENTION_NOTICED:
    case RETENTION_GROUPED:
    case RETENTION_KEPT:
    case RETENTION_UNDONE:
        break;
    }
    return NULL;
}

const char *retention_refusal(const struct retention_events *events,
                              const struct item_retention *next,
                              const struct retention_asked *asked)
{
    struct retention r;

    retention_of(events, asked->rules, &r);
    if (next_state[r.state][next->what] == 0 || r.state == RETENTION_DISPOSED)
        return wrong_state(&r, next->what);
    /* Room is left for the end: nothing that began may be stopped by a full set. */
    if (next->what < RETENTION_ERASED &&
        events->count + RETENTION_RECORDS_MAX >= RETENTION_EVENTS_MAX)
        return "too much has happened to this set: open another one for the same nominal";
    return own_refusal(events, &r, next, asked);
}

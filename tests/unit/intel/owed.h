#ifndef FLAGPOST_TEST_OWED_H
#define FLAGPOST_TEST_OWED_H

/* One call and its events, hour by hour. */

#include "check.h"
#include "obligation.h"

enum { HOUR = 3600000 };

static const struct obligation_allowance allowance = {
    .officer = 24 * (millis)HOUR, .bureau = 48 * (millis)HOUR, .remind = 4 * (millis)HOUR};

static struct case_events set;
static struct obligation o;

static inline millis hours(unsigned h)
{
    return UINT64_C(1800000000000) + (millis)h * HOUR;
}

static inline struct case_event event(enum case_what what, unsigned hour, uint8_t document)
{
    struct case_event e = {.is = {.reference = bytes_of_text("NCCU-1"),
                                  .what = what,
                                  .at = hours(hour),
                                  .has_document = document != 0}};

    e.is.document.bytes[15] = document;
    if (what == CASE_REPORTED) {
        e.is.station = bytes_of_text("55AA");
        e.is.role = bytes_of_text("custody sergeant");
    }
    return e;
}

static inline void add(enum case_what what, unsigned hour, uint8_t document)
{
    const struct case_event e = event(what, hour, document);

    CHECK_OK(case_events_add(&set, &e));
}

static inline void start(void)
{
    set.count = 0;
    add(CASE_REPORTED, 0, 0);
}

static inline void at(unsigned hour)
{
    obligation_of(&set, &allowance, hours(hour), &o);
}

#endif

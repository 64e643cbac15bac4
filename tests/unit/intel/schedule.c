#include "schedule.h"

#include "routed.h"

/* The rules as the schedule of a sharing agreement. */

static const char *sentence_of(const struct list_route *route)
{
    static char text[4096];
    struct writer w = writer_over(text, sizeof text - 1);

    for (size_t i = 0; i < route->to_count; i++) {
        schedule_recipient(&lists.routes, &route->to[i], &w);
        write_text(&w, "; ");
    }
    schedule_when(route, &w);
    text[writer_bytes(&w).size] = '\0';
    return text;
}

static void check_sentence(const char *line, const char *expected)
{
    rules(line);
    CHECK_BYTES(b(sentence_of(&lists.routes.at[0])), b(expected));
}

static void every_recipient_and_condition_has_words(void)
{
    start();
    check_sentence("route a send to own-rocu,neighbouring-rocus\n",
                   "the regional unit that serves the publisher's force; the units of the "
                   "neighbouring regions; always");
    check_sentence("route a deny to JFC,region:LONDON,kind:ingest when flag=OIMCR,OTHER\n",
                   "JFC; every agency of the region LONDON; national ingestion; it is "
                   "flagged OIMCR or OTHER");
    check_sentence(
        "route a send to role:TEAM when owner!=fib,rocu force=01 region!=LONDON\n",
        "whoever has the role TEAM (BF, F50); it is not published by a force "
        "intelligence bureau or a regional organised crime unit, and the "
        "publisher's force is 01, and the publisher's region is not LONDON");
    check_sentence(
        "route a send to JFC when code=FICT-OIM-01 handling=C action=A1,A2,A3 "
        "sanitisation!=S2 marking<=OFFICIAL priority=high role!=victim "
        "purpose=protect-life needs code\n",
        "JFC; its crime identifier code is FICT-OIM-01, and its handling code is "
        "C, and its action code is A1, A2 or A3, and its sanitisation code is "
        "not S2, and its marking is at most OFFICIAL, and its priority is high, "
        "and no person of it is victim, and its policing purpose is "
        "protect-life, and its crime identifier code is right (else withheld)");
    check_sentence("route a confidential to JFC needs code\n",
                   "JFC; its crime identifier code is right");
}

static bool any_joins(const struct roster_agency *from, const struct roster_agency *to,
                      struct bytes rule)
{
    for (size_t i = 0; i < lists.routes.count; i++) {
        const struct list_route *const route = &lists.routes.at[i];
        if ((rule.size == 0 || bytes_equal(route->name, rule)) &&
            route->effect != ROUTE_DENY &&
            schedule_joins(&roster, &lists.routes, route, from, to))
            return true;
    }
    return false;
}

/* What one owner's record gets, against the schedule; returns how many get it. */
static size_t compare_owner(const struct roster_agency *from)
{
    size_t sent = 0;

    owner = from->id;
    decide();
    for (size_t i = 0; i < routing.count; i++) {
        const struct route_decision *const d = &routing.at[i];
        const struct roster_agency *const to = roster_find(&roster, &d->agency);
        sent += d->yes;
        CHECK(!d->yes || any_joins(from, to, d->rule));
        CHECK(!d->yes || any_joins(from, to, (struct bytes){0}));
    }
    return sent;
}

/* The schedule may say no less than what is sent: whoever gets a record stands in it, under
 * the rule that decided. */
static void the_schedule_has_everyone_who_gets_a_record(void)
{
    static const char *const orders[] = {
        "route a send to own-rocu when owner=fib force!=01\n"
        "route b send to neighbouring-rocus when owner=rocu,fib\n"
        "route c confidential to role:TEAM when region=SWROCU\n"
        "route d deny to BF when force=50\n",
        "route a send to region:NATIONAL when owner=fib\nroute b send to kind:ingest,IE\n",
        "route a send to kind:fib when force!=01\nroute b deny to F50 when owner=rocu\n",
    };
    size_t sent = 0;

    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        start();
        agency("BF")->immigration_access = i == 1;
        rules(orders[i]);
        for (size_t k = 0; k < roster.agency_count; k++)
            sent += compare_owner(&roster.agencies[k]);
    }
    CHECK(sent > 20);
}

/* A schedule that names too many is as wrong: nothing goes where only a person may send. */
static void nobody_stands_in_it_whom_no_rule_reaches(void)
{
    start();
    rules("route a send to region:NATIONAL,IE when owner=fib\n");
    const struct list_route *const route = &lists.routes.at[0];

    CHECK(schedule_joins(&roster, &lists.routes, route, agency("F55"), agency("JFC")));
    CHECK(!schedule_joins(&roster, &lists.routes, route, agency("F55"), agency("IE")));
    CHECK(!schedule_joins(&roster, &lists.routes, route, agency("SWROCU"), agency("JFC")));
    agency("BF")->immigration_access = true;
    CHECK(!schedule_joins(&roster, &lists.routes, route, agency("F55"), agency("BF")));
    CHECK(!schedule_joins(&roster, &lists.routes, route, agency("JFC"), agency("JFC")));
}

CASES(CASE(every_recipient_and_condition_has_words),
      CASE(the_schedule_has_everyone_who_gets_a_record),
      CASE(nobody_stands_in_it_whom_no_rule_reaches))

#ifndef FLAGPOST_TEST_INTEL_ROUTED_H
#define FLAGPOST_TEST_INTEL_ROUTED_H

/* What the tests of routing share: a roster, a record, rules, and what is decided. */

#include "fixture.h"
#include "routing.h"

static struct record record;
static struct lists lists;
static struct roster roster;
static struct routing routing;
static struct arena arena;
static struct agency_id owner;
static struct routing_question question;

static inline struct roster_agency *agency(const char *id)
{
    for (size_t i = 0; i < roster.agency_count; i++) {
        if (strcmp(roster.agencies[i].id.text, id) == 0)
            return &roster.agencies[i];
    }
    CHECK(false);
    return NULL;
}

/* Into a field that has room for it. */
static inline void set_text(char *field, const char *text)
{
    memcpy(field, text, strlen(text) + 1);
}

static inline void add(const char *id, enum agency_kind kind, const char *region)
{
    struct roster_agency *const a = &roster.agencies[roster.agency_count++];

    *a = (struct roster_agency){.kind = kind,
                                .valid_from = 1,
                                .valid_until = fixture_now + 1,
                                .ceiling = MARKING_OFFICIAL_SENSITIVE};
    set_text(a->id.text, id);
    set_text(a->region, region);
    if (kind == AGENCY_FIB)
        set_text(a->force, id + 1);
}

/* Two forces of one region and one of London, two units, and the national bodies. */
static inline void start(void)
{
    fixture_arena(&arena);
    fixture_lists(&arena, &lists);
    fixture_record(&record);
    record.facts.flags = (struct text_list){1, {b("OIMCR")}};
    owner = (struct agency_id){"F55"};
    question = (struct routing_question){.decided_count = 0};
    roster = (struct roster){.version = 1};
    add("BF", AGENCY_PARTNER, "NATIONAL");
    add("F01", AGENCY_FIB, "LONDON");
    add("F50", AGENCY_FIB, "SWROCU");
    add("F55", AGENCY_FIB, "SWROCU");
    add("IE", AGENCY_IMMIGRATION, "NATIONAL");
    add("JFC", AGENCY_FUSION, "NATIONAL");
    add("PND", AGENCY_INGEST, "NATIONAL");
    add("SEROCU", AGENCY_ROCU, "SEROCU");
    add("SWROCU", AGENCY_ROCU, "SWROCU");
}

/* Rules over a table of two units and one role, instead of the shipped ones. */
static inline void rules(const char *lines)
{
    static char body[4096];
    struct bytes text = {0};
    const struct lists_head head = {.version = 1};

    (void)snprintf(body, sizeof body,
                   "flag OIMCR\nflag OTHER\n"
                   "code FICT-OIM-01 OIMCR 2025-05-16T00:00:00Z - FICTITIOUS\n"
                   "serves SWROCU 50 52 53 54 55\nserves SEROCU 43 44 45 47\n"
                   "serves none 01 24\nneighbour SWROCU SEROCU\nrole TEAM BF F50\n%s",
                   lines);
    CHECK_OK(lists_compose(b(body), &head, &arena, &text));
    CHECK_OK(lists_read(text, &head.realm, &lists));
}

static inline void decide_with(bool code_is_right)
{
    routing_label(&record, code_is_right, fixture_now);
    question.label = &record.label;
    question.owner = owner;
    question.roster = &roster;
    question.lists = &lists;
    question.now = fixture_now;
    routing_decide(&question, &routing);
}

static inline void decide(void)
{
    decide_with(true);
}

static inline const struct route_decision *decision(const char *id)
{
    for (size_t i = 0; i < routing.count; i++) {
        if (strcmp(routing.at[i].agency.text, id) == 0)
            return &routing.at[i];
    }
    CHECK(false);
    return NULL;
}

static inline void check_decision(const char *id, bool yes, const char *reason)
{
    const struct route_decision *const d = decision(id);

    if (d->yes != yes || strstr(d->reason, reason) == NULL)
        (void)fprintf(stderr, "  %s: %d, %s\n", id, d->yes, d->reason);
    CHECK(d->yes == yes && strstr(d->reason, reason) != NULL);
}

static inline void check_rule(const char *id, bool yes, const char *rule)
{
    CHECK_INT(decision(id)->yes, yes);
    CHECK_BYTES(decision(id)->rule, b(rule));
}

static inline void decided_for(struct routing_decided *d, const char *id, bool overridden)
{
    *d = (struct routing_decided){.overridden = overridden};
    set_text(d->agency.text, id);
    question.decided_count = 1;
    question.decided = d;
}

#endif

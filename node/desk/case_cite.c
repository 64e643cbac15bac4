#include "case_desk.h"
#include "todo.h"
#include "words.h"

#include <string.h>

/* A document speaks of a call: what it tells the obligation, and what is odd about it. */

/* A unit or a cell that publishes what cites a force's call owes nothing for it. */
static bool is_bureau(const struct desk *d)
{
    const struct roster_agency *const self =
        roster_find(&d->exchange->roster, &d->exchange->self);

    return self != NULL && self->kind == AGENCY_FIB;
}

/* The station whose force a document is of: its own, else the bureau's. */
static struct bytes station_of(const struct desk *d, const struct desk_citation *cited)
{
    const struct roster_agency *const self =
        roster_find(&d->exchange->roster, &d->exchange->self);
    const struct bytes own = word_trim(cited->station);

    if (own.size > 0 || self == NULL)
        return own;
    return bytes_of_text(self->force);
}

struct search {
    struct case_near near;
    struct bytes cited, station;
};

static status each_case(void *context, const struct case_seen *seen)
{
    struct search *const s = context;

    if (seen->o.state != OBLIGATION_UNREPORTED &&
        case_same_force(s->station, seen->o.station))
        case_near_look(&s->near, s->cited, seen->reference);
    return OK;
}

enum { SEARCHES_MAX = 8 }; /* in one turn */

/* What was probably meant, among the calls of the same force. */
static status look_near(struct desk *d, struct bytes cited, struct bytes station,
                        struct case_near *ret)
{
    struct search s = {.cited = cited, .station = station};
    struct case_watch *const w = &d->cases;

    if (w->searched != d->exchange->now)
        w->searches = 0;
    w->searched = d->exchange->now;
    /* Each looks at every call: an import of wrong references must not hold up the node. */
    if (w->searches++ >= SEARCHES_MAX)
        return OK;
    TRY(case_walk(d, each_case, &s));
    *ret = s.near;
    return OK;
}

void desk_case_was(struct desk_citation *cited, const record_id *earlier)
{
    MUST(cited->earlier_count < COUNT_OF(cited->earlier));
    cited->earlier[cited->earlier_count++] = *earlier;
}

/* Under another of its ids it was told of before. */
static bool is_same_document(const struct desk_citation *cited,
                             const struct case_events *events)
{
    for (size_t i = 0; i < events->count; i++) {
        const struct item_case_event *const e = &events->at[i].is;
        for (size_t k = 0; e->has_document && k < cited->earlier_count; k++) {
            if (record_id_equal(&e->document, &cited->earlier[k]))
                return true;
        }
    }
    return false;
}

/* The obligation as it was before this document; NULL where no call is recorded. */
static status known_before(struct desk *d, const struct desk_citation *cited,
                           struct bytes reference, struct case_events *events,
                           struct obligation *o, const struct obligation **ret)
{
    const struct obligation_allowance allowance = case_allowance(d);
    const status s = case_find(d, reference, d->exchange->arena, events);

    *ret = NULL;
    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    obligation_of(events, &allowance, d->exchange->now, o);
    if (o->state == OBLIGATION_UNREPORTED)
        return OK;
    /* A draft that is released, or a new version, is no second document. */
    if (is_same_document(cited, events))
        o->document = cited->document;
    *ret = o;
    return OK;
}

static status tell(struct desk *d, const struct desk_citation *cited,
                   struct bytes reference, enum case_what what,
                   const struct case_events *events)
{
    const struct case_event e = {
        .is = {.reference = reference,
               .what = what,
               .at = obligation_moment(events, d->exchange->now),
               .has_document = true,
               .document = cited->document},
        .why = {.person = cited->person, .reason = cited->reason},
    };
    const status s = case_record(d, &e);

    /* No form stops a document: not a call with too many events, and not a roster that has
     * run out, under which nothing is published and a draft is taken in all the same. */
    return s == E_DUPLICATE || s == E_LIMIT || s == E_EXPIRED || s == E_REVOKED ? OK : s;
}

static status open_todo(struct desk *d, const struct desk_citation *cited, bool known)
{
    return desk_todo_open(d, TODO_CASE, &cited->document,
                          known
                              ? "R18: this record cites a call that is answered by "
                                "another one, or is of another force"
                              : "R18: this record cites a call that is not recorded here");
}

/* What a citation is held against. */
struct cited_call {
    struct bytes reference; /* as it is looked up; empty: none that can be */
    struct case_events *events;
    struct obligation o;
    const struct obligation *known; /* NULL: no call of it is recorded here */
};

/* Without `f` nothing is said of it. */
static status judge(struct desk *d, const struct desk_citation *cited, struct findings *f,
                    struct cited_call *ret)
{
    struct arena *const a = d->exchange->arena;
    const struct bytes station = station_of(d, cited);
    const struct case_citation citation = {
        .reference = cited->reference, .station = station, .document = cited->document};
    struct case_near near = {0};

    *ret = (struct cited_call){.events = arena_take(a, sizeof *ret->events)};
    ENSURE(ret->events != NULL, E_MEMORY);
    ret->events->count = 0;
    if (word_trim(cited->reference).size == 0 || !is_bureau(d))
        return OK;
    if (case_reference_read(cited->reference, a, &ret->reference) == OK) {
        TRY(known_before(d, cited, ret->reference, ret->events, &ret->o, &ret->known));
        if (ret->known == NULL)
            TRY(look_near(d, ret->reference, station, &near));
    }
    if (f != NULL)
        case_citation_check(&citation, ret->known, &near, a, f);
    return OK;
}

status desk_case_judge(struct desk *d, const struct desk_citation *cited,
                       struct findings *f)
{
    struct cited_call call;

    return judge(d, cited, f, &call);
}

status desk_case_cited(struct desk *d, const struct desk_citation *cited,
                       enum case_what what, struct findings *f)
{
    const size_t before = f->count;
    struct cited_call call;

    TRY(judge(d, cited, what == CASE_RETURNED ? NULL : f, &call));
    if (call.reference.size == 0)
        return OK;
    /* What it was before is mended by what it is now. */
    for (size_t i = 0; i < cited->earlier_count; i++)
        TRY(desk_todo_close(d, TODO_CASE, &cited->earlier[i]));
    if (f->count > before)
        TRY(open_todo(d, cited, call.known != NULL));
    return tell(d, cited, call.reference, what, call.events);
}

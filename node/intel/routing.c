#include "routing.h"

static const char no_rule[] = "no rule sends it there";
static const char no_immigration[] =
    "immigration enforcement is never reached by a rule alone: each record needs a named "
    "person's reasoned decision, which this version cannot record";

struct question {
    const struct record *record;
    const struct roster_agency *owner;
    const struct roster *roster;
    const struct lists *lists;
    bool code_is_right;
    millis now;
};

static bool has_flag(const struct text_list *flags, struct bytes flag)
{
    for (size_t i = 0; i < flags->count; i++) {
        if (bytes_equal(flags->at[i], flag))
            return true;
    }
    return false;
}

static bool same_region(const struct roster_agency *a, const struct roster_agency *b)
{
    return bytes_equal(bytes_of_text(a->region), bytes_of_text(b->region));
}

/* Units that serve the owner's region: one is right. */
static size_t regional_units(const struct question *q)
{
    size_t count = 0;

    for (size_t i = 0; i < q->roster->agency_count; i++) {
        const struct roster_agency *const a = &q->roster->agencies[i];
        count += a->kind == AGENCY_ROCU && a->region[0] != '\0' && same_region(a, q->owner);
    }
    return count;
}

static bool route_applies(const struct question *q, const struct list_route *route)
{
    const bool flag =
        route->flag.size == 0 || has_flag(&q->record->facts.flags, route->flag);

    return flag && (route->any_owner || route->owner == q->owner->kind);
}

static bool route_names(const struct question *q, const struct list_route *route,
                        const struct roster_agency *a)
{
    switch (route->to) {
    case ROUTE_AGENCY:
        return agency_id_equal(&route->agency, &a->id);
    case ROUTE_OWN_ROCU:
        return a->kind == AGENCY_ROCU && same_region(a, q->owner) && regional_units(q) == 1;
    case ROUTE_KIND:
        return route->kind == a->kind;
    case ROUTE_REGION:
        return bytes_equal(route->region, bytes_of_text(a->region));
    }
    return false;
}

static const char *route_reason(enum route_to to)
{
    switch (to) {
    case ROUTE_AGENCY:
        return "a rule names this agency";
    case ROUTE_OWN_ROCU:
        return "a rule sends it to the owner's regional unit";
    case ROUTE_KIND:
        return "a rule sends it to agencies of this kind";
    case ROUTE_REGION:
        return "a rule sends it to agencies of this region";
    }
    return no_rule;
}

/* Why a unit is not reached although a rule speaks of the owner's regional unit. */
static const char *unit_reason(const struct question *q, const struct roster_agency *a)
{
    const size_t units = regional_units(q);

    if (a->kind != AGENCY_ROCU || units == 1)
        return no_rule;
    if (units == 0)
        return "no regional unit serves this force";
    return same_region(a, q->owner) ? "several regional units claim this force's region"
                                    : no_rule;
}

/* The rules alone.  A rule that needs the code binds even where another would not: PND must
 * not be reached by a side door. */
static struct route_decision by_rules(const struct question *q,
                                      const struct roster_agency *a)
{
    struct route_decision d = {.agency = a->id, .reason = no_rule};
    bool needs_code = false;

    for (size_t i = 0; i < q->lists->route_count; i++) {
        const struct list_route *const route = &q->lists->routes[i];

        if (!route_applies(q, route))
            continue;
        if (route_names(q, route, a)) {
            d.reason = d.yes ? d.reason : route_reason(route->to);
            d.yes = true;
            needs_code = needs_code || route->needs_code;
        } else if (!d.yes && route->to == ROUTE_OWN_ROCU) {
            d.reason = unit_reason(q, a);
        }
    }
    if (d.yes && needs_code && !q->code_is_right) {
        d.yes = false;
        d.reason = "withheld: the crime identifier code is missing or wrong (R7)";
    }
    return d;
}

static bool takes_flags(const struct roster_agency *a, const struct text_list *flags)
{
    for (size_t i = 0; a->flag_count > 0 && i < flags->count; i++) {
        bool listed = false;
        for (size_t k = 0; k < a->flag_count && !listed; k++)
            listed = bytes_equal(flags->at[i], bytes_of_text(a->flags[k]));
        if (!listed)
            return false;
    }
    return true;
}

static bool above_ceiling(enum marking marking, const struct roster_agency *a)
{
    return marking > a->ceiling || marking > MARKING_OFFICIAL_SENSITIVE;
}

static bool is_immigration(const struct roster_agency *a)
{
    return a->kind == AGENCY_IMMIGRATION || a->immigration_access;
}

static const char *denial(const struct question *q, const struct roster_agency *a)
{
    if (is_immigration(a))
        return no_immigration;
    if (roster_is_revoked(q->roster, &a->id))
        return "its keys have been revoked";
    if (!roster_is_current(q->roster, &a->id, q->now))
        return "its enrolment is not valid today";
    if (above_ceiling(q->record->label.marking, a))
        return "the marking is above what the roster lets it have";
    if (!takes_flags(a, &q->record->facts.flags))
        return "the roster does not let it have this flag";
    return NULL;
}

static struct route_decision decide(const struct question *q, const struct roster_agency *a)
{
    struct route_decision d = by_rules(q, a);
    const char *const denied = denial(q, a);

    /* A denial is the answer where a rule would have sent it, and always for immigration.
     */
    if (denied != NULL && (d.yes || denied == no_immigration)) {
        d.yes = false;
        d.reason = denied;
    }
    return d;
}

/* NOLINTNEXTLINE(readability-function-size): the contract of the header. */
void routing_decide(const struct record *r, const struct agency_id *owner,
                    const struct roster *roster, const struct lists *lists,
                    bool code_is_right, millis now, struct routing *ret)
{
    const struct question q = {.record = r,
                               .owner = roster_find(roster, owner),
                               .roster = roster,
                               .lists = lists,
                               .code_is_right = code_is_right,
                               .now = now};

    ret->count = 0;
    ret->recipient_count = 0;
    for (size_t i = 0; i < roster->agency_count; i++) {
        const struct roster_agency *const a = &roster->agencies[i];

        if (agency_id_equal(&a->id, owner))
            continue;
        struct route_decision *const d = &ret->at[ret->count++];
        *d = q.owner != NULL ? decide(&q, a)
                             : (struct route_decision){
                                   .agency = a->id, .reason = "the owner is not enrolled"};
        ret->recipient_count += d->yes;
    }
}

/* A recall must reach everyone who ever held the record, and tells nothing but its id. */
static bool carries_content(enum kind kind)
{
    switch (kind) {
    case KIND_INTELLIGENCE:
    case KIND_OUTCOME:
    case KIND_AUDIT:
    case KIND_REWRAP:
    case KIND_CASE:
    case KIND_OBLIGATION:
        return true;
    case KIND_RECALL:
    case KIND_EPOCH:
        return false;
    }
    return true;
}

status routing_may_send(const struct header *h, const struct agency_id *recipient,
                        const struct roster *roster, millis now)
{
    const struct roster_agency *const a = roster_find(roster, recipient);

    ENSURE(a != NULL, E_POLICY);
    ENSURE(!roster_is_revoked(roster, recipient), E_REVOKED);
    ENSURE(roster_is_current(roster, recipient, now), E_EXPIRED);
    /* An agency that recovers gets its own entries back, whatever they are marked. */
    if (agency_id_equal(recipient, &h->stream.agency) || !carries_content(h->kind))
        return OK;
    ENSURE(!above_ceiling(h->label.marking, a), E_POLICY);
    /* Calls are told by immigration enforcement to the force that made them: to a bureau
     * alone, and never on to anyone. */
    if (h->kind == KIND_CASE)
        return a->kind == AGENCY_FIB ? OK : E_POLICY;
    /* An outcome answers the agency that owns the record, whoever that is. */
    ENSURE(h->kind == KIND_OUTCOME || !is_immigration(a), E_POLICY);
    ENSURE(h->label.expires_at == 0 || now < h->label.expires_at, E_EXPIRED);
    return OK;
}

enum lane routing_lane(const struct label *label)
{
    return label->priority == PRIORITY_HIGH ? LANE_IMMEDIATE : LANE_ROUTINE;
}

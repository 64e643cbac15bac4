#include "routing_rule.h"

static const char no_rule[] = "no rule sends it there";

static const char *send_reason(enum route_to to)
{
    switch (to) {
    case ROUTE_AGENCY:
        return "a rule names this agency";
    case ROUTE_OWN_ROCU:
        return "a rule sends it to the owner's regional unit";
    case ROUTE_NEIGHBOURS:
        return "a rule sends it to the units beside the owner's";
    case ROUTE_KIND:
        return "a rule sends it to agencies of this kind";
    case ROUTE_REGION:
        return "a rule sends it to agencies of this region";
    case ROUTE_ROLE:
        return "a rule sends it to agencies with this role";
    }
    return no_rule;
}

/* What the rules say of one agency. */
struct verdict {
    const struct list_route *denied; /* the first that denies */
    const struct list_route *sent;   /* the first that sends */
    const struct route_recipient *as;
    const struct list_route *needs_code;
    bool alone;
};

/* A rule that needs the code binds even where another would not: PND must not be reached by
 * a side door. */
static struct verdict by_rules(const struct route_case *c, const struct roster_agency *a)
{
    struct verdict v = {0};

    for (size_t i = 0; c->routes != NULL && i < c->routes->count; i++) {
        const struct list_route *const route = &c->routes->at[i];
        const struct route_recipient *const as =
            route_applies(c, route) ? route_names(c, route, a) : NULL;

        if (as == NULL)
            continue;
        if (route->effect == ROUTE_DENY) {
            v.denied = v.denied == NULL ? route : v.denied;
            continue;
        }
        v.as = v.sent == NULL ? as : v.as;
        v.sent = v.sent == NULL ? route : v.sent;
        v.alone = v.alone || route->effect == ROUTE_CONFIDENTIAL;
        if (route->needs_code && v.needs_code == NULL)
            v.needs_code = route;
    }
    return v;
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

bool routing_is_immigration(const struct roster_agency *a)
{
    return a->kind == AGENCY_IMMIGRATION || a->immigration_access;
}

bool routing_needs_person(const struct roster_agency *a)
{
    return routing_is_immigration(a) || a->kind == AGENCY_ABROAD;
}

static const char *roster_denial(const struct routing_question *q,
                                 const struct roster_agency *a)
{
    if (roster_is_revoked(q->roster, &a->id))
        return "its keys have been revoked";
    if (!roster_is_current(q->roster, &a->id, q->now))
        return "its enrolment is not valid today";
    if (above_ceiling(q->label->marking, a))
        return "the marking is above what the roster lets it have";
    if (!takes_flags(a, &q->label->route.flags))
        return "the roster does not let it have this flag";
    return NULL;
}

static const struct routing_decided *find_decided(const struct routing_question *q,
                                                  const struct agency_id *id)
{
    for (size_t i = 0; i < q->decided_count; i++) {
        if (agency_id_equal(&q->decided[i].agency, id))
            return &q->decided[i];
    }
    return NULL;
}

/* Page 1: each record needs a named person's reasoned decision; a victim, a witness, an
 * unknown or double role, a child or an age in dispute blocks it unless another reason is
 * given.  R20 asks the same of a transfer abroad, and those people are protected there too.
 */
static void by_decision(const struct routing_question *q, bool abroad,
                        struct route_decision *d)
{
    const struct routing_decided *const decided = find_decided(q, &d->agency);
    const bool blocked = (q->label->route.immigration & IMMIGRATION_BLOCKED) != 0;

    d->rule = (struct bytes){0};
    d->yes = false;
    if (decided == NULL) {
        d->reason =
            abroad ? "an agency outside the United Kingdom is never reached by a rule: it "
                     "needs a named person's transfer (`flagpost decide`; R20)"
                   : "immigration enforcement, or staff with its access, is never reached "
                     "by a "
                     "rule alone: it needs a named person's decision (`flagpost decide`)";
        return;
    }
    if (blocked && !decided->overridden) {
        d->reason =
            abroad
                ? "blocked from transfers abroad: a victim, a witness, an unknown or "
                  "double role, a child or a disputed age; it needs a second reason"
                : "blocked from immigration enforcement: a victim, a witness, an unknown "
                  "or double role, a child or a disputed age; it needs a second reason";
        return;
    }
    d->yes = true;
    d->alone = true;
    d->immigration = IMMIGRATION_DECIDED | (blocked ? IMMIGRATION_OVERRIDDEN : 0);
    d->reason = blocked ? "a named person decided it, over the block, with reasons"
                        : "a named person decided it, with a reason";
}

static bool is_confidential(const struct routing_question *q, const struct agency_id *id)
{
    for (size_t i = 0; i < q->confidential_count; i++) {
        if (agency_id_equal(&q->confidential[i], id))
            return true;
    }
    return false;
}

static void deny(struct route_decision *d, struct bytes rule, const char *reason)
{
    *d = (struct route_decision){.agency = d->agency, .rule = rule, .reason = reason};
}

static struct route_decision decide(const struct route_case *c,
                                    const struct roster_agency *a)
{
    const struct routing_question *const q = c->q;
    const struct verdict v = by_rules(c, a);
    struct route_decision d = {.agency = a->id, .reason = no_rule};

    if (v.sent != NULL) {
        d.yes = true;
        d.alone = v.alone || is_confidential(q, &a->id);
        d.rule = v.sent->name;
        d.reason = send_reason(v.as->to);
    }
    if (routing_needs_person(a))
        by_decision(q, a->kind == AGENCY_ABROAD, &d);
    const char *const denied = roster_denial(q, a);
    if (d.yes && denied != NULL)
        deny(&d, (struct bytes){0}, denied);
    const bool waits = d.yes && v.needs_code != NULL && q->label->route.code.size == 0;
    if (waits)
        deny(&d, v.needs_code->name,
             "withheld: the crime identifier code is missing or wrong (R7)");
    d.withheld = waits && v.denied == NULL;
    if (v.denied != NULL)
        deny(&d, v.denied->name, "a rule denies it");
    return d;
}

static void add_gap(struct routing *r, struct bytes rule, const char *reason)
{
    if (reason != NULL && r->gap_count < ROUTE_GAPS_MAX)
        r->gaps[r->gap_count++] = (struct route_gap){.rule = rule, .reason = reason};
}

static void find_gaps(const struct route_case *c, struct routing *ret)
{
    for (size_t i = 0; c->routes != NULL && i < c->routes->count; i++) {
        const struct list_route *const route = &c->routes->at[i];

        if (route->effect == ROUTE_DENY || !route_applies(c, route))
            continue;
        for (size_t k = 0; k < route->to_count; k++)
            add_gap(ret, route->name, route_gap_reason(c, &route->to[k]));
    }
}

void routing_decide(const struct routing_question *q, struct routing *ret)
{
    const struct route_case c = {.q = q,
                                 .owner = roster_find(q->roster, &q->owner),
                                 .routes = q->lists == NULL ? NULL : &q->lists->routes};

    ret->count = 0;
    ret->recipient_count = 0;
    ret->gap_count = 0;
    for (size_t i = 0; i < q->roster->agency_count; i++) {
        const struct roster_agency *const a = &q->roster->agencies[i];

        if (agency_id_equal(&a->id, &q->owner))
            continue;
        struct route_decision *const d = &ret->at[ret->count++];
        *d =
            (struct route_decision){.agency = a->id, .reason = "the owner is not enrolled"};
        if (c.owner != NULL)
            *d = decide(&c, a);
        ret->recipient_count += d->yes;
    }
    if (c.owner != NULL)
        find_gaps(&c, ret);
}

size_t routing_legs(const struct routing *r, struct agency_id *ret_to,
                    struct routing_leg *ret)
{
    size_t count = 0;
    size_t legs = 0;

    for (size_t i = 0; i < r->count; i++) {
        if (r->at[i].yes && !r->at[i].alone)
            ret_to[count++] = r->at[i].agency;
    }
    if (count > 0)
        ret[legs++] = (struct routing_leg){.count = count};
    for (size_t i = 0; i < r->count; i++) {
        if (!r->at[i].yes || !r->at[i].alone)
            continue;
        ret[legs++] = (struct routing_leg){
            .immigration = r->at[i].immigration, .first = count, .count = 1};
        ret_to[count++] = r->at[i].agency;
    }
    return legs;
}

/* A recall must reach everyone who ever held the record, and so must the word that another
 * stands in its place: they tell ids, and a sentence that was written for all of them. */
static bool carries_content(enum kind kind)
{
    switch (kind) {
    case KIND_INTELLIGENCE:
    case KIND_OUTCOME:
    case KIND_AUDIT:
    case KIND_REWRAP:
    case KIND_ATTACHMENT:
    case KIND_CASE:
    case KIND_OBLIGATION:
    case KIND_DECISION:
    case KIND_RETENTION:
    case KIND_RECONCILIATION:
    case KIND_REQUEST:
        return true;
    case KIND_RECALL:
    case KIND_STATEMENT:
    case KIND_EPOCH:
        return false;
    }
    return true;
}

/* An entry for whom no rule reaches is one that a person decided, for that agency alone. */
static bool is_decided(const struct header *h)
{
    const uint32_t bits = h->label.route.immigration;
    const bool over =
        (bits & IMMIGRATION_BLOCKED) == 0 || (bits & IMMIGRATION_OVERRIDDEN) != 0;

    return (bits & IMMIGRATION_DECIDED) != 0 && over && h->recipient_count <= 2;
}

/* Between national ingestion and one other, whoever speaks. */
static status may_reconcile(const struct header *h, const struct roster_agency *a,
                            const struct roster *roster)
{
    const struct roster_agency *const from = roster_find(roster, &h->stream.agency);
    const bool tells = from != NULL && from->kind == AGENCY_INGEST;

    return tells != (a->kind == AGENCY_INGEST) ? OK : E_POLICY;
}

static status may_have(const struct header *h, const struct roster_agency *a,
                       const struct routing_today *today)
{
    const struct routing_question q = {.label = &h->label,
                                       .owner = h->stream.agency,
                                       .roster = today->roster,
                                       .lists = today->lists,
                                       .now = today->now};
    const struct route_case c = {.q = &q,
                                 .owner = roster_find(today->roster, &q.owner),
                                 .routes = q.lists == NULL ? NULL : &q.lists->routes};

    ENSURE(c.owner != NULL, E_POLICY);
    ENSURE(!routing_needs_person(a) || (is_decided(h) && !today->superseded), E_POLICY);
    ENSURE(roster_denial(&q, a) == NULL, E_POLICY);
    const struct verdict v = by_rules(&c, a);
    ENSURE(v.denied == NULL, E_POLICY);
    return v.needs_code == NULL || h->label.route.code.size > 0 ? OK : E_POLICY;
}

/* Between the owner of the record that is asked about and one other.  The owner answers
 * whoever could be sent the record itself, whose label is the answer's. */
static status may_ask(const struct header *h, const struct roster_agency *a,
                      const struct routing_today *today)
{
    const struct agency_id *const owner = &h->about.stream.agency;

    if (agency_id_equal(owner, &h->stream.agency))
        return may_have(h, a, today);
    return agency_id_equal(owner, &a->id) ? OK : E_POLICY;
}

status routing_may_send(const struct header *h, const struct agency_id *recipient,
                        const struct routing_today *today)
{
    const struct roster *const roster = today->roster;
    const struct roster_agency *const a = roster_find(roster, recipient);

    ENSURE(a != NULL, E_POLICY);
    ENSURE(!roster_is_revoked(roster, recipient), E_REVOKED);
    ENSURE(roster_is_current(roster, recipient, today->now), E_EXPIRED);
    /* An agency that recovers gets its own entries back, whatever they are marked. */
    if (agency_id_equal(recipient, &h->stream.agency) || !carries_content(h->kind))
        return OK;
    ENSURE(!above_ceiling(h->label.marking, a), E_POLICY);
    /* Calls are told by immigration enforcement to the force that made them: to a bureau
     * alone, and never on to anyone. */
    if (h->kind == KIND_CASE)
        return a->kind == AGENCY_FIB ? OK : E_POLICY;
    if (h->kind == KIND_RECONCILIATION)
        return may_reconcile(h, a, roster);
    ENSURE(h->label.expires_at == 0 || today->now < h->label.expires_at, E_EXPIRED);
    if (h->kind == KIND_REQUEST)
        return may_ask(h, a, today);
    /* An outcome answers the agency that owns the record, whoever that is. */
    return h->kind == KIND_OUTCOME ? OK : may_have(h, a, today);
}

enum lane routing_lane(const struct label *label)
{
    return label->priority == PRIORITY_HIGH ? LANE_IMMEDIATE : LANE_ROUTINE;
}

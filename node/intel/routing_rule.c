#include "routing_rule.h"

#include "force.h"

static bool any_flag(const struct text_list *flags, struct bytes words)
{
    for (size_t i = 0; i < flags->count; i++) {
        if (routes_list_has(words, flags->at[i]))
            return true;
    }
    return false;
}

static bool bit(uint32_t values, uint32_t value)
{
    return value < 32 && (values >> value & 1) != 0;
}

static bool holds(const struct route_case *c, const struct route_condition *when)
{
    const struct label *const l = c->q->label;

    switch (when->field) {
    case WHEN_FLAG:
        return any_flag(&l->route.flags, when->words);
    case WHEN_CODE:
        return l->route.code.size > 0 && routes_list_has(when->words, l->route.code);
    case WHEN_OWNER:
        return bit(when->values, c->owner->kind);
    case WHEN_FORCE:
        return routes_list_has(when->words, force_code_now(bytes_of_text(c->owner->force)));
    case WHEN_REGION:
        return routes_list_has(when->words, bytes_of_text(c->owner->region));
    case WHEN_HANDLING:
        return bit(when->values, l->handling);
    case WHEN_ACTION:
        return bit(when->values, l->action);
    case WHEN_SANITISATION:
        return bit(when->values, l->sanitisation);
    case WHEN_MARKING: /* at most: the named one, or one above the record's */
        return l->marking < 32 && when->values >> l->marking != 0;
    case WHEN_PRIORITY:
        return bit(when->values, l->priority);
    case WHEN_ROLE:
        return (l->route.roles & when->values) != 0;
    case WHEN_PURPOSE:
        return bit(when->values, l->route.purpose);
    }
    return false;
}

bool route_applies(const struct route_case *c, const struct list_route *route)
{
    for (size_t i = 0; i < route->when_count; i++) {
        if (holds(c, &route->when[i]) == route->when[i].negated)
            return false;
    }
    return true;
}

bool route_asks_owner(const struct route_case *c, const struct list_route *route)
{
    for (size_t i = 0; i < route->when_count; i++) {
        const struct route_condition *const when = &route->when[i];
        const bool of_owner = when->field == WHEN_OWNER || when->field == WHEN_FORCE ||
                              when->field == WHEN_REGION;
        if (of_owner && holds(c, when) == when->negated)
            return false;
    }
    return true;
}

/* The unit that serves the owner by the signed table; empty when none does.  A unit is its
 * own. */
static struct bytes own_unit(const struct route_case *c)
{
    const struct list_served *const served =
        routes_served(c->routes, force_code_now(bytes_of_text(c->owner->force)));

    if (c->owner->kind == AGENCY_ROCU)
        return bytes_of_text(c->owner->id.text);
    return served == NULL ? (struct bytes){0} : served->unit;
}

/* Never the owner itself.  A unit is named by its id in the table, and must be one: an
 * agency of another kind that is enrolled under that id gets nothing by it. */
static bool names(const struct route_case *c, const struct route_recipient *to,
                  const struct roster_agency *a)
{
    const struct bytes id = bytes_of_text(a->id.text);
    const struct bytes unit = own_unit(c);

    if (agency_id_equal(&a->id, &c->owner->id))
        return false;
    switch (to->to) {
    case ROUTE_AGENCY:
        return bytes_equal(id, to->name);
    case ROUTE_OWN_ROCU:
        return a->kind == AGENCY_ROCU && unit.size > 0 && bytes_equal(id, unit);
    case ROUTE_NEIGHBOURS:
        return a->kind == AGENCY_ROCU && unit.size > 0 &&
               routes_are_neighbours(c->routes, id, unit);
    case ROUTE_KIND:
        return a->kind == to->kind;
    case ROUTE_REGION:
        return bytes_equal(bytes_of_text(a->region), to->name);
    case ROUTE_ROLE:
        return routes_has_role(c->routes, to->name, id);
    }
    return false;
}

const struct route_recipient *route_names(const struct route_case *c,
                                          const struct list_route *route,
                                          const struct roster_agency *a)
{
    for (size_t i = 0; i < route->to_count; i++) {
        if (names(c, &route->to[i], a))
            return &route->to[i];
    }
    return NULL;
}

static const char *no_unit_reason(const struct route_case *c, const char *otherwise)
{
    const struct bytes force = force_code_now(bytes_of_text(c->owner->force));
    const struct list_served *const served = routes_served(c->routes, force);

    if (c->owner->kind == AGENCY_ROCU)
        return otherwise;
    if (force.size == 0)
        return "the owner has no force code in the roster, so no unit can be looked up";
    if (served == NULL)
        return "the list's table of forces does not have the owner's force";
    if (served->unit.size == 0)
        return "no regional unit serves the owner's force: an explicit rule must";
    return otherwise;
}

const char *route_gap_reason(const struct route_case *c, const struct route_recipient *to)
{
    const struct roster *const roster = c->q->roster;

    for (size_t i = 0; i < roster->agency_count; i++) {
        if (names(c, to, &roster->agencies[i]))
            return NULL;
    }
    switch (to->to) {
    case ROUTE_AGENCY:
        return "the agency that it names is not enrolled";
    case ROUTE_OWN_ROCU:
        return no_unit_reason(c, "the unit that serves the owner's force is not enrolled");
    case ROUTE_NEIGHBOURS:
        return no_unit_reason(c, "no neighbouring unit is enrolled");
    case ROUTE_KIND:
        return "no agency of that kind is enrolled";
    case ROUTE_REGION:
        return "no agency of that region is enrolled";
    case ROUTE_ROLE:
        return "no agency with that role is enrolled";
    }
    return NULL;
}

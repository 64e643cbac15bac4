#include "lists_routes.h"

#include "force.h"
#include "lists.h"

#include <string.h>

/* A comma list with something in it, and nothing left out at its end. */
static bool is_list(struct bytes words)
{
    return words.size > 0 && words.at[words.size - 1] != ',';
}

/* The next of a comma list: false at its end. */
static bool next_word(struct bytes *rest, struct bytes *ret)
{
    if (rest->size == 0)
        return false;
    if (!text_cut(rest, ',', ret)) {
        *ret = *rest;
        *rest = (struct bytes){0};
    }
    return true;
}

bool routes_list_has(struct bytes words, struct bytes word)
{
    struct bytes rest = words;
    struct bytes one = {0};

    while (next_word(&rest, &one)) {
        if (bytes_equal(one, word))
            return true;
    }
    return false;
}

/* Capitals, digits and, not first, hyphens: what agencies, units, regions and roles are
 * called. */
static bool is_name(struct bytes b)
{
    for (size_t i = 0; i < b.size; i++) {
        const uint8_t c = b.at[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (i > 0 && c == '-')))
            return false;
    }
    return b.size >= 1 && b.size <= AGENCY_ID_MAX;
}

static bool is_rule_name(struct bytes b)
{
    for (size_t i = 0; i < b.size; i++) {
        const uint8_t c = b.at[i];
        if (!((c >= 'a' && c <= 'z') || (i > 0 && ((c >= '0' && c <= '9') || c == '-'))))
            return false;
    }
    return b.size >= 1 && b.size <= ROUTE_NAME_MAX;
}

static bool is_unit(const struct list_routes *r, struct bytes unit)
{
    for (size_t i = 0; i < r->served_count; i++) {
        if (bytes_equal(r->served[i].unit, unit))
            return true;
    }
    return false;
}

/* Records and rosters may say an old code; rules and tables say today's. */
static bool is_force_of_today(struct bytes code)
{
    return force_code_is(code) && bytes_equal(force_code_now(code), code);
}

/* Each force stands in the table once, under today's code: two units for one force would be
 * a choice that nobody made. */
status routes_read_serves(struct lines *in, struct lists *l)
{
    struct list_routes *const r = &l->routes;
    struct bytes unit = lines_word(in);

    ENSURE(!in->bad, E_FORM);
    if (text_is(unit, "none"))
        unit = (struct bytes){0};
    else
        ENSURE(is_name(unit), E_VALUE);
    do {
        const struct bytes force = lines_word(in);
        ENSURE(!in->bad, E_FORM);
        ENSURE(is_force_of_today(force) && routes_served(r, force) == NULL, E_VALUE);
        ENSURE(r->served_count < SERVED_MAX, E_LIMIT);
        r->served[r->served_count++] = (struct list_served){.force = force, .unit = unit};
    } while (lines_has_word(in));
    return OK;
}

status routes_read_neighbour(struct lines *in, struct lists *l)
{
    struct list_routes *const r = &l->routes;
    struct list_pair pair = {0};

    pair.first = lines_word(in);
    pair.second = lines_word(in);
    ENSURE(!in->bad, E_FORM);
    ENSURE(is_unit(r, pair.first) && is_unit(r, pair.second), E_VALUE);
    ENSURE(!bytes_equal(pair.first, pair.second), E_VALUE);
    ENSURE(!routes_are_neighbours(r, pair.first, pair.second), E_VALUE);
    ENSURE(r->neighbour_count < NEIGHBOURS_MAX, E_LIMIT);
    r->neighbours[r->neighbour_count++] = pair;
    return OK;
}

status routes_read_role(struct lines *in, struct lists *l)
{
    struct list_routes *const r = &l->routes;
    const struct bytes role = lines_word(in);

    ENSURE(!in->bad, E_FORM);
    ENSURE(is_name(role), E_VALUE);
    do {
        const struct bytes agency = lines_word(in);
        struct agency_id id;
        ENSURE(!in->bad, E_FORM);
        TRY(agency_id_read(agency, &id));
        ENSURE(!routes_has_role(r, role, agency), E_VALUE);
        ENSURE(r->role_count < ROLES_LISTED_MAX, E_LIMIT);
        r->roles[r->role_count++] = (struct list_pair){.first = role, .second = agency};
    } while (lines_has_word(in));
    return OK;
}

static bool role_exists(const struct list_routes *r, struct bytes role)
{
    for (size_t i = 0; i < r->role_count; i++) {
        if (bytes_equal(r->roles[i].first, role))
            return true;
    }
    return false;
}

static status read_prefixed(const struct list_routes *r, struct bytes head,
                            struct bytes rest, struct route_recipient *to)
{
    if (text_is(head, "kind")) {
        to->to = ROUTE_KIND;
        return agency_kind_read(rest, &to->kind);
    }
    ENSURE(is_name(rest), E_VALUE);
    to->name = rest;
    if (text_is(head, "region")) {
        to->to = ROUTE_REGION;
        return OK;
    }
    to->to = ROUTE_ROLE;
    return text_is(head, "role") && role_exists(r, rest) ? OK : E_VALUE;
}

static status read_recipient(const struct list_routes *r, struct bytes word,
                             struct route_recipient *to)
{
    struct bytes rest = word;
    struct bytes head = {0};
    struct agency_id id;

    *to = (struct route_recipient){.to = ROUTE_AGENCY, .name = word};
    if (text_is(word, "own-rocu"))
        to->to = ROUTE_OWN_ROCU;
    else if (text_is(word, "neighbouring-rocus"))
        to->to = ROUTE_NEIGHBOURS;
    else if (text_cut(&rest, ':', &head))
        return read_prefixed(r, head, rest, to);
    else
        TRY(agency_id_read(word, &id));
    return OK;
}

static status read_recipients(const struct list_routes *r, struct bytes words,
                              struct list_route *route)
{
    struct bytes rest = words;
    struct bytes one = {0};

    ENSURE(is_list(words), E_VALUE);
    while (next_word(&rest, &one)) {
        ENSURE(route->to_count < ROUTE_TO_MAX, E_LIMIT);
        TRY(read_recipient(r, one, &route->to[route->to_count++]));
        /* What no rule can do, no rule may seem to do. */
        const struct route_recipient *const to = &route->to[route->to_count - 1];
        ENSURE(route->effect == ROUTE_DENY || to->to != ROUTE_KIND ||
                   (to->kind != AGENCY_IMMIGRATION && to->kind != AGENCY_ABROAD),
               E_VALUE);
    }
    return OK;
}

static const char *const handlings[] = {"P", "C"};
static const char *const actions[] = {"none", "A1", "A2", "A3"};
static const char *const sanitisations[] = {"none", "S1", "S2"};
static const char *const markings[] = {"OFFICIAL", "OFFICIAL-SENSITIVE"};
static const char *const priorities[] = {"high", "medium", "low"};
static const char *const purposes[] = {"protect-life", "preserve-order", "prevent",
                                       "justice", "duty"};
static const char *const roles[] = {"suspect", "convicted", "victim",
                                    "witness", "other",     "unknown"};

/* The words of each condition; without a table their form is checked by word_is_known. */
static const struct {
    const char *key;
    enum route_field field;
    const char *const *words;
    size_t count;
    uint32_t first; /* enum value of the first word */
} keys[] = {
    {"flag", WHEN_FLAG, NULL, 0, 0},
    {"code", WHEN_CODE, NULL, 0, 0},
    {"owner", WHEN_OWNER, NULL, 0, 0},
    {"force", WHEN_FORCE, NULL, 0, 0},
    {"region", WHEN_REGION, NULL, 0, 0},
    {"handling", WHEN_HANDLING, handlings, COUNT_OF(handlings), HANDLING_P},
    {"action", WHEN_ACTION, actions, COUNT_OF(actions), ACTION_NONE},
    {"sanitisation", WHEN_SANITISATION, sanitisations, COUNT_OF(sanitisations),
     SANITISATION_NONE},
    {"marking", WHEN_MARKING, markings, COUNT_OF(markings), MARKING_OFFICIAL},
    {"priority", WHEN_PRIORITY, priorities, COUNT_OF(priorities), PRIORITY_HIGH},
    {"role", WHEN_ROLE, roles, COUNT_OF(roles), ROLE_SUSPECT},
    {"purpose", WHEN_PURPOSE, purposes, COUNT_OF(purposes), PURPOSE_PROTECT_LIFE},
};

/* A word of a condition without a table; of a kind of agency the bit is set. */
static bool word_is_known(const struct lists *l, struct bytes word,
                          struct route_condition *c)
{
    enum agency_kind kind;

    if (c->field == WHEN_FLAG)
        return lists_has_flag(l, word);
    if (c->field == WHEN_CODE)
        return lists_code(l, word) != NULL;
    if (c->field == WHEN_FORCE)
        return is_force_of_today(word);
    if (c->field == WHEN_REGION)
        return is_name(word);
    if (agency_kind_read(word, &kind) != OK)
        return false;
    c->values |= 1u << kind;
    return true;
}

static bool word_in_table(size_t key, struct bytes word, struct route_condition *c)
{
    for (size_t i = 0; i < keys[key].count; i++) {
        if (text_is(word, keys[key].words[i])) {
            c->values |= 1u << (keys[key].first + i);
            return true;
        }
    }
    return false;
}

static status read_condition(const struct lists *l, struct bytes word,
                             struct route_condition *ret)
{
    struct route_condition c = {0};
    struct bytes rest = word;
    struct bytes key = {0};
    struct bytes one = {0};
    size_t k = 0;

    ENSURE(text_cut(&rest, '=', &key) && key.size >= 2, E_FORM);
    const uint8_t last = key.at[key.size - 1];
    c.negated = last == '!';
    if (last == '!' || last == '<')
        key.size--;
    while (k < COUNT_OF(keys) && !text_is(key, keys[k].key))
        k++;
    ENSURE(k < COUNT_OF(keys), E_VALUE);
    c.field = keys[k].field;
    c.words = rest;
    ENSURE(is_list(rest), E_VALUE);
    /* "At most" is what a marking can be compared by, and nothing else can. */
    ENSURE((last == '<') == (c.field == WHEN_MARKING), E_FORM);
    while (next_word(&rest, &one)) {
        const bool known =
            keys[k].words != NULL ? word_in_table(k, one, &c) : word_is_known(l, one, &c);
        ENSURE(known, E_VALUE);
    }
    *ret = c;
    return OK;
}

/* From "when" or "needs" to the end of the line. */
static status read_tail(struct lines *in, const struct lists *l, struct list_route *route)
{
    struct bytes word = lines_has_word(in) ? lines_word(in) : (struct bytes){0};

    if (text_is(word, "when")) {
        do {
            word = lines_word(in);
            ENSURE(!in->bad, E_FORM);
            if (text_is(word, "needs"))
                break;
            ENSURE(route->when_count < ROUTE_WHEN_MAX, E_LIMIT);
            TRY(read_condition(l, word, &route->when[route->when_count++]));
            word = (struct bytes){0};
        } while (lines_has_word(in));
        ENSURE(route->when_count > 0, E_FORM);
    }
    if (word.size == 0)
        return OK;
    ENSURE(text_is(word, "needs"), E_FORM);
    lines_expect(in, "code");
    route->needs_code = true;
    return in->bad || route->effect == ROUTE_DENY ? E_FORM : OK;
}

static status read_effect(struct bytes word, enum route_effect *ret)
{
    static const char *const effects[] = {"send", "confidential", "deny"};

    for (size_t i = 0; i < COUNT_OF(effects); i++) {
        if (text_is(word, effects[i])) {
            *ret = (enum route_effect)(ROUTE_SEND + i);
            return OK;
        }
    }
    return E_FORM;
}

status routes_read_route(struct lines *in, struct lists *l)
{
    struct list_routes *const r = &l->routes;
    struct list_route route = {.name = lines_word(in)};

    ENSURE(!in->bad, E_FORM);
    ENSURE(is_rule_name(route.name), E_VALUE);
    for (size_t i = 0; i < r->count; i++)
        ENSURE(!bytes_equal(r->at[i].name, route.name), E_VALUE);
    TRY(read_effect(lines_word(in), &route.effect));
    lines_expect(in, "to");
    const struct bytes to = lines_word(in);
    ENSURE(!in->bad, E_FORM);
    TRY(read_recipients(r, to, &route));
    TRY(read_tail(in, l, &route));
    ENSURE(r->count < ROUTES_MAX, E_LIMIT);
    r->at[r->count++] = route;
    return OK;
}

const struct list_served *routes_served(const struct list_routes *r, struct bytes force)
{
    for (size_t i = 0; i < r->served_count; i++) {
        if (bytes_equal(r->served[i].force, force))
            return &r->served[i];
    }
    return NULL;
}

bool routes_are_neighbours(const struct list_routes *r, struct bytes a, struct bytes b)
{
    for (size_t i = 0; i < r->neighbour_count; i++) {
        const struct list_pair *const p = &r->neighbours[i];
        if ((bytes_equal(p->first, a) && bytes_equal(p->second, b)) ||
            (bytes_equal(p->first, b) && bytes_equal(p->second, a)))
            return true;
    }
    return false;
}

bool routes_has_role(const struct list_routes *r, struct bytes role, struct bytes agency)
{
    for (size_t i = 0; i < r->role_count; i++) {
        if (bytes_equal(r->roles[i].first, role) && bytes_equal(r->roles[i].second, agency))
            return true;
    }
    return false;
}

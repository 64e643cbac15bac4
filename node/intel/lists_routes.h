#ifndef FLAGPOST_LISTS_ROUTES_H
#define FLAGPOST_LISTS_ROUTES_H

/*
 * Routing rules, and the tables that they speak of, as lines of the signed list (lists.h):
 *
 *     serves <unit | none> <force code> ...
 *     neighbour <unit> <unit>
 *     role <ROLE> <agency> ...
 *     route <name> <send | confidential | deny> to <recipient>,...
 *           [when <condition> ...] [needs code]
 *
 * A recipient is an agency id, `own-rocu`, `neighbouring-rocus`, `kind:<kind>`,
 * `region:<REGION>` or `role:<ROLE>`.  A condition is `<what>=<word>,...`: one of the words
 * is right; `!=`: none is; all conditions of a rule must hold.  What they look at:
 *
 *     flag code             of the record (a crime identifier code only where it is right)
 *     owner force region    of the agency that publishes, as the roster has it
 *     handling action sanitisation priority purpose
 *     marking<=<MARKING>    the record's marking is at most this one
 *     role                  a person of the record has this role
 *
 * A rule has a name, so that it can be told which one decided.  `confidential` sends an
 * entry of its own: the others do not see that recipient.
 */

#include "lines.h"
#include "roster.h"

enum {
    ROUTES_MAX = 128,
    ROUTE_NAME_MAX = 24,
    ROUTE_TO_MAX = 8,
    ROUTE_WHEN_MAX = 10,
    SERVED_MAX = 64,
    NEIGHBOURS_MAX = 32,
    ROLES_LISTED_MAX = 32,
};

enum route_effect { ROUTE_SEND = 1, ROUTE_CONFIDENTIAL = 2, ROUTE_DENY = 3 };

enum route_to {
    ROUTE_AGENCY,
    ROUTE_OWN_ROCU,
    ROUTE_NEIGHBOURS,
    ROUTE_KIND,
    ROUTE_REGION,
    ROUTE_ROLE,
};

struct route_recipient {
    enum route_to to;
    enum agency_kind kind;
    struct bytes name; /* agency id, region or role */
};

enum route_field {
    WHEN_FLAG,
    WHEN_CODE,
    WHEN_OWNER,
    WHEN_FORCE,
    WHEN_REGION,
    WHEN_HANDLING,
    WHEN_ACTION,
    WHEN_SANITISATION,
    WHEN_MARKING, /* at most */
    WHEN_PRIORITY,
    WHEN_ROLE,
    WHEN_PURPOSE,
};

struct route_condition {
    enum route_field field;
    bool negated;
    struct bytes words; /* "A,B", each of its form: flag, code, force, region */
    uint32_t values;    /* a bit for each enum value: the others */
};

struct list_route {
    struct bytes name;
    enum route_effect effect;
    size_t to_count;
    struct route_recipient to[ROUTE_TO_MAX];
    size_t when_count;
    struct route_condition when[ROUTE_WHEN_MAX];
    bool needs_code;
};

/* A force of the table; `unit` empty: none serves it, which is known and no gap. */
struct list_served {
    struct bytes force, unit;
};

struct list_pair {
    struct bytes first, second; /* units that are neighbours; a role and its agency */
};

struct list_routes {
    size_t served_count;
    struct list_served served[SERVED_MAX];
    size_t neighbour_count;
    struct list_pair neighbours[NEIGHBOURS_MAX];
    size_t role_count;
    struct list_pair roles[ROLES_LISTED_MAX];
    size_t count;
    struct list_route at[ROUTES_MAX];
};

struct lists;

/* One line's rest each, its first word read; borrowed from the text.  E_FORM: not the
 * grammar.  E_VALUE: a word that has no meaning here.  E_LIMIT. */
NODISCARD status routes_read_serves(struct lines *in, struct lists *l);
NODISCARD status routes_read_neighbour(struct lines *in, struct lists *l);
NODISCARD status routes_read_role(struct lines *in, struct lists *l);
NODISCARD status routes_read_route(struct lines *in, struct lists *l);

/* The table's row of a force (today's code), or NULL. */
const struct list_served *routes_served(const struct list_routes *r, struct bytes force);
bool routes_are_neighbours(const struct list_routes *r, struct bytes a, struct bytes b);
bool routes_has_role(const struct list_routes *r, struct bytes role, struct bytes agency);

/* Whether the comma list has the word. */
bool routes_list_has(struct bytes words, struct bytes word);

#endif

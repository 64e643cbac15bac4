#include "schedule.h"

#include "routing_rule.h"

static const char *kind_phrase(enum agency_kind kind)
{
    switch (kind) {
    case AGENCY_FIB:
        return "a force intelligence bureau";
    case AGENCY_ROCU:
        return "a regional organised crime unit";
    case AGENCY_FUSION:
        return "the fusion cell";
    case AGENCY_INGEST:
        return "national ingestion";
    case AGENCY_IMMIGRATION:
        return "immigration enforcement";
    case AGENCY_PARTNER:
        return "a partner agency";
    case AGENCY_ABROAD:
        return "an authority outside the United Kingdom";
    }
    return "";
}

/* "A,B,C" as "A, B or C"; kinds of agency by what they are. */
static void write_words(const struct route_condition *when, struct writer *w)
{
    struct bytes rest = when->words;
    struct bytes word = {0};
    enum agency_kind kind;
    const char *before = "";

    while (rest.size > 0) {
        if (!text_cut(&rest, ',', &word)) {
            word = rest;
            rest = (struct bytes){0};
        }
        const bool last = rest.size == 0;
        write_text(w, before[0] == '\0' ? "" : last ? " or " : ", ");
        if (when->field == WHEN_OWNER && agency_kind_read(word, &kind) == OK)
            write_text(w, kind_phrase(kind));
        else
            write_bytes(w, word);
        before = ",";
    }
}

/* What stands before the words, by field: as it is, and negated. */
static const char *const phrases[][2] = {
    [WHEN_FLAG] = {"it is flagged ", "it is not flagged "},
    [WHEN_CODE] = {"its crime identifier code is ", "its crime identifier code is not "},
    [WHEN_OWNER] = {"it is published by ", "it is not published by "},
    [WHEN_FORCE] = {"the publisher's force is ", "the publisher's force is not "},
    [WHEN_REGION] = {"the publisher's region is ", "the publisher's region is not "},
    [WHEN_HANDLING] = {"its handling code is ", "its handling code is not "},
    [WHEN_ACTION] = {"its action code is ", "its action code is not "},
    [WHEN_SANITISATION] = {"its sanitisation code is ", "its sanitisation code is not "},
    [WHEN_MARKING] = {"its marking is at most ", "its marking is above "},
    [WHEN_PRIORITY] = {"its priority is ", "its priority is not "},
    [WHEN_ROLE] = {"a person of it is ", "no person of it is "},
    [WHEN_PURPOSE] = {"its policing purpose is ", "its policing purpose is not "},
};

void schedule_when(const struct list_route *route, struct writer *w)
{
    if (route->when_count == 0 && !route->needs_code)
        write_text(w, "always");
    for (size_t i = 0; i < route->when_count; i++) {
        const struct route_condition *const when = &route->when[i];
        write_text(w, i == 0 ? "" : ", and ");
        write_text(w, phrases[when->field][when->negated ? 1 : 0]);
        write_words(when, w);
    }
    if (route->needs_code)
        write_text(w, route->when_count == 0
                          ? "its crime identifier code is right"
                          : ", and its crime identifier code is right (else withheld)");
}

static void write_role(const struct list_routes *r, struct bytes role, struct writer *w)
{
    const char *before = " (";

    write_text(w, "whoever has the role ");
    write_bytes(w, role);
    for (size_t i = 0; i < r->role_count; i++) {
        if (!bytes_equal(r->roles[i].first, role))
            continue;
        write_text(w, before);
        write_bytes(w, r->roles[i].second);
        before = ", ";
    }
    write_text(w, before[0] == ',' ? ")" : "");
}

void schedule_recipient(const struct list_routes *r, const struct route_recipient *to,
                        struct writer *w)
{
    switch (to->to) {
    case ROUTE_AGENCY:
        write_bytes(w, to->name);
        return;
    case ROUTE_OWN_ROCU:
        write_text(w, "the regional unit that serves the publisher's force");
        return;
    case ROUTE_NEIGHBOURS:
        write_text(w, "the units of the neighbouring regions");
        return;
    case ROUTE_KIND:
        write_text(w, kind_phrase(to->kind));
        return;
    case ROUTE_REGION:
        write_text(w, "every agency of the region ");
        write_bytes(w, to->name);
        return;
    case ROUTE_ROLE:
        write_role(r, to->name, w);
        return;
    }
}

bool schedule_joins(const struct roster *roster, const struct list_routes *routes,
                    const struct list_route *route, const struct roster_agency *owner,
                    const struct roster_agency *to)
{
    const struct routing_question q = {.owner = owner->id, .roster = roster};
    const struct route_case c = {.q = &q, .owner = owner, .routes = routes};

    /* What only a person's decision reaches, no rule brings anything (routing.h). */
    return (route->effect == ROUTE_DENY || !routing_needs_person(to)) &&
           route_asks_owner(&c, route) && route_names(&c, route, to) != NULL;
}

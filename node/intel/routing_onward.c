#include "routing_onward.h"

static const struct finding blocked = {
    .rule = "R10",
    .field = "persons",
    .severity = SEVERITY_REFUSE,
    .sentence =
        "the record is blocked from immigration enforcement, and a copy must be too",
    .mend = "keep the block: it is decided again for each record, with a reason",
};
static const struct finding marking = {
    .rule = "R12",
    .field = "marking",
    .severity = SEVERITY_REFUSE,
    .sentence = "the marking would fall without a named person and a reason",
    .mend = "keep the marking, or name who takes it down (--person) and why (--reason)",
};
static const struct finding handling = {
    .rule = "R12",
    .field = "handling",
    .severity = SEVERITY_REFUSE,
    .sentence =
        "the handling would widen: P where the owner said C, or S1 where it said S2",
    .mend =
        "keep the owner's handling and sanitisation code, or ask the owner to publish a "
        "version with others",
};
static const struct finding owner_handling = {
    .rule = "R12",
    .field = "handling",
    .severity = SEVERITY_REFUSE,
    .sentence = "the handling would widen without a named person and a reason",
    .mend = "keep it, or name who widens it (--person) and why (--reason)",
};
static const struct finding action = {
    .rule = "R13",
    .field = "action",
    .severity = SEVERITY_REFUSE,
    .sentence = "more action would be permitted than the owner permitted (A1, A2, A3)",
    .mend = "keep the action code, or ask the owner",
};
static const struct finding expiry = {
    .rule = "R12",
    .field = "expires_at",
    .severity = SEVERITY_REFUSE,
    .sentence = "the copy would outlive the record it is taken from",
    .mend = "give it the record's own expiry, or an earlier one",
};
static const struct finding consent = {
    .rule = "R12",
    .field = "sanitisation",
    .severity = SEVERITY_REFUSE,
    .sentence = "under S2 nothing goes to a wider audience without consulting the owner",
    .mend = "ask the owner: flagpost ask ID --sanitise --question TEXT",
};

/* Codes exist under C alone, and the lower number is the stricter action and the higher the
 * stricter sanitisation; none under P is the widest of both. */
static unsigned action_width(const struct label *l)
{
    return l->action == ACTION_NONE ? ACTION_A3 + 1u : (unsigned)l->action;
}

static unsigned sanitisation_width(const struct label *l)
{
    return SANITISATION_S2 - (unsigned)l->sanitisation;
}

static bool handling_widens(const struct label *was, const struct label *now)
{
    return now->handling < was->handling ||
           sanitisation_width(now) > sanitisation_width(was);
}

/* 0 is never: the latest of all. */
static bool is_later(millis now, millis was)
{
    return was != 0 && (now == 0 || now > was);
}

const struct finding *routing_may_republish(const struct republication *p)
{
    const bool named = p->person.size > 0 && p->reason.size > 0;

    if ((p->was->route.immigration & ~p->now->route.immigration & IMMIGRATION_BLOCKED) != 0)
        return &blocked;
    if (p->now->marking < p->was->marking && !named)
        return &marking;
    /* The owner may set its own codes anew, as a person; nobody else may widen them. */
    if (p->by_owner) {
        const bool widens =
            handling_widens(p->was, p->now) || action_width(p->now) > action_width(p->was);
        return widens && !named ? &owner_handling : NULL;
    }
    if (handling_widens(p->was, p->now))
        return &handling;
    if (action_width(p->now) > action_width(p->was))
        return &action;
    if (is_later(p->now->expires_at, p->was->expires_at))
        return &expiry;
    if (p->was->sanitisation == SANITISATION_S2 && !p->owner_consents)
        return &consent;
    return NULL;
}

struct label routing_inherit(const struct label *source)
{
    struct label l = *source;

    l.route.immigration &= IMMIGRATION_BLOCKED;
    return l;
}

struct label routing_strictest(const struct label *a, const struct label *b)
{
    struct label l = routing_inherit(a);

    if (b->marking > l.marking)
        l.marking = b->marking;
    if (b->handling > l.handling)
        l.handling = b->handling;
    if (action_width(b) < action_width(&l))
        l.action = b->action;
    if (sanitisation_width(b) < sanitisation_width(&l))
        l.sanitisation = b->sanitisation;
    if (b->priority < l.priority)
        l.priority = b->priority;
    if (is_later(l.expires_at, b->expires_at))
        l.expires_at = b->expires_at;
    l.route.roles |= b->route.roles;
    l.route.immigration |= b->route.immigration & IMMIGRATION_BLOCKED;
    return l;
}

#include "holding.h"

static uint32_t bit(enum outcome_what what)
{
    return UINT32_C(1) << (unsigned)what;
}

bool holding_has(const struct holding *h, enum outcome_what what)
{
    return (h->said & bit(what)) != 0;
}

static bool is_statement(enum outcome_what what)
{
    return what == OUTCOME_ERASED || what == OUTCOME_ON_HOLD || what == OUTCOME_ADOPTED ||
           what == OUTCOME_EXPORTED;
}

void holding_take(struct holding *h, const struct item_outcome *o)
{
    if (o->what == OUTCOME_OPENED) {
        h->opened_at = o->at;
    } else if (o->what == OUTCOME_BLOCKED || o->what == OUTCOME_NOT_HELD) {
        h->answered_at = o->at;
    } else if (is_statement(o->what)) {
        h->stated_at = o->at;
        h->person = o->person;
        if (o->what == OUTCOME_EXPORTED)
            h->where = o->reference;
    } else {
        return; /* acknowledgements and the like are about the record, not its recall */
    }
    h->said |= bit(o->what);
    h->last = o->what;
}

bool holding_is_settled(const struct holding *h)
{
    return holding_has(h, OUTCOME_ERASED) || holding_has(h, OUTCOME_ON_HOLD) ||
           holding_has(h, OUTCOME_ADOPTED) ||
           (holding_has(h, OUTCOME_NOT_HELD) && !holding_has(h, OUTCOME_BLOCKED));
}

const char *holding_word(const struct holding *h)
{
    if (holding_has(h, OUTCOME_ERASED))
        return "erased";
    if (holding_has(h, OUTCOME_ADOPTED))
        return "adopted as controller";
    if (holding_has(h, OUTCOME_ON_HOLD))
        return "under legal hold";
    if (holding_has(h, OUTCOME_EXPORTED))
        return "exported; its own copy not stated";
    if (holding_has(h, OUTCOME_BLOCKED))
        return "blocked; not stated";
    if (holding_has(h, OUTCOME_NOT_HELD))
        return "not held";
    return "no answer";
}

const char *holding_refusal(const struct holding *h, enum outcome_what next)
{
    if (!is_statement(next))
        return "that is no statement about a recalled record";
    if (holding_has(h, OUTCOME_ERASED) && next != OUTCOME_EXPORTED)
        return "it has been stated as erased: nothing is left to say but where it was "
               "exported to";
    if (next != OUTCOME_EXPORTED && holding_has(h, next))
        return "that has been stated already: the first statement stands";
    return NULL;
}

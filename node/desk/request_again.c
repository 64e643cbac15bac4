#include "request_desk.h"

#include "traces.h"

/* After a restore: what was asked from here, and what was answered here, is known by our
 * own entries alone, which peers give back. */

static status erase(struct desk *d, const struct entry_row *e)
{
    const struct parent entry = {.agency = e->stream.agency, .id = e->id};
    const struct item_audit why = {.at = d->exchange->now,
                                   .actor = bytes_of_text("node"),
                                   .justification = bytes_of_text("with its record"),
                                   .outcome = bytes_of_text("erased again")};
    const status s = traces_erase(d, &entry, &why);

    return s == E_DUPLICATE || s == E_UNKNOWN ? OK : s;
}

static status question_again(struct desk *d, const struct entry_row *e,
                             const struct parent *record, const struct item_request *says)
{
    struct asked q;
    const status known = asked_find(d, &d->exchange->self, &e->id, &q);

    if (known != E_UNKNOWN)
        return known;
    q = (struct asked){.record = *record,
                       .from = d->exchange->self,
                       .wants = says->wants,
                       .state = ASKED_OPEN,
                       .at = says->at,
                       .by = says->by,
                       .question = e->id};
    return asked_put(d, &q);
}

/* The question may not be here yet, and is not opened again when it comes. */
static status answer_again(struct desk *d, const struct entry_row *e,
                           const struct agency_id *from, const struct parent *record,
                           const struct item_request *says)
{
    struct asked q;
    const status known = asked_find(d, from, &says->question, &q);

    if (known == E_UNKNOWN)
        q = (struct asked){.record = *record,
                           .from = *from,
                           .wants = says->wants,
                           .state = ASKED_OPEN,
                           .at = says->at,
                           .by = says->at,
                           .question = says->question};
    else
        TRY(known);
    if (!asked_is_open(&q))
        return OK;
    q.state = says->what == REQUEST_GRANTED ? ASKED_GRANTED : ASKED_REFUSED;
    q.answered = says->at;
    q.answer = e->id;
    q.person = recall_text(says->person);
    return asked_settle(d, &q);
}

status asked_again(struct desk *d, const struct entry_row *e,
                   const struct item_request *says)
{
    const struct agency_id *const self = &d->exchange->self;
    struct header h;
    bool erased = false;

    if (header_decode(e->header, d->exchange->arena, &h) != OK || h.recipient_count != 2)
        return OK;
    const struct parent record = {.agency = h.about.stream.agency, .id = h.previous};
    TRY(desk_is_erased(d, &record, &erased));
    if (erased)
        return erase(d, e);
    if (says->what == REQUEST_ASKED)
        return question_again(d, e, &record, says);
    const size_t other = agency_id_equal(&h.recipients[0].agency, self) ? 1 : 0;
    return answer_again(d, e, &h.recipients[other].agency, &record, says);
}

#include "attached.h"
#include "correction.h"
#include "decision.h"
#include "legs.h"
#include "outdated.h"
#include "recall.h"

/*
 * Deciding after publication: the same record, under the same id and content root, in an
 * entry for that agency alone.  Nothing of it is opened for the person here: who decides
 * reads it with `show`, which is logged.
 */

struct decide_work {
    record_id id;
    struct place place;
    struct desk_decision decision;
    struct routing routing; /* of that one agency */
    bool sent_before;
};

/* Whether an entry of this record names the agency already. */
static status each_leg(void *context, const struct entry_row *e, const struct header *h)
{
    struct decide_work *const work = context;

    (void)e;
    work->sent_before =
        work->sent_before || header_recipient_rank(h, &work->decision.item.to) >= 0;
    return OK;
}

/* What routing says of the one agency. */
static status judge(struct desk *d, struct call *c, struct decide_work *work,
                    const struct label *label)
{
    struct exchange *const x = d->exchange;
    struct routing *const all = arena_take(x->arena, sizeof *all);
    const struct routing_question q = {.label = label,
                                       .owner = x->self,
                                       .roster = &x->roster,
                                       .lists = d->lists,
                                       .now = x->now,
                                       .decided_count = 1,
                                       .decided = &work->decision.decided};

    ENSURE(all != NULL, E_MEMORY);
    routing_decide(&q, all);
    for (size_t i = 0; i < all->count; i++) {
        if (!agency_id_equal(&all->at[i].agency, &work->decision.item.to))
            continue;
        work->routing.at[0] = all->at[i];
        work->routing.count = 1;
        work->routing.recipient_count = all->at[i].yes;
    }
    if (work->routing.recipient_count == 1)
        return OK;
    c->sentence = desk_text(x->arena, "not sent: ", work->routing.at[0].reason, NULL);
    return E_DENIED;
}

static status find_own(struct desk *d, struct call *c, struct decide_work *work,
                       struct entry_row *ret)
{
    struct exchange *const x = d->exchange;

    TRY(desk_find_record(d, c, &work->place, &work->id));
    TRY(x->store.ops->entry_find(x->store.self, &work->place.stream, work->place.index,
                                 x->arena, ret));
    if (!agency_id_equal(&work->place.stream.agency, &x->self) ||
        ret->kind != KIND_INTELLIGENCE) {
        c->sentence = "only its owner decides where a record goes: ask the agency that "
                      "published it";
        return E_DENIED;
    }
    if (ret->disposition != DISPOSITION_HELD) {
        c->sentence = "the record has been erased here";
        return E_UNKNOWN;
    }
    TRY(desk_legs_walk(d, &work->id, each_leg, work));
    if (!work->sent_before)
        return OK;
    c->sentence = "that agency is a recipient of this record already";
    return E_DUPLICATE;
}

status decide_prepare(struct desk *d, struct call *c)
{
    struct exchange *const x = d->exchange;
    struct decide_work *const work = arena_take(x->arena, sizeof *work);
    struct entry_row e = {0};
    struct header h;

    ENSURE(work != NULL, E_MEMORY);
    TRY(desk_decision_read(d, c, &work->decision));
    if (!work->decision.given) {
        c->sentence = "say which agency it goes to: --to AGENCY";
        return E_USAGE;
    }
    TRY(find_own(d, c, work, &e));
    TRY(header_decode(e.header, x->arena, &h));
    if (h.parent_count > 0 && work->decision.item.basis != 0) {
        /* DPA 2018 s.78: onward only with the authority of who transferred it first. */
        c->sentence = "it holds another agency's intelligence, which goes abroad from its "
                      "owner alone (R20): ask the owner to send it";
        return E_DENIED;
    }
    struct legs l = {.id = e.id,
                     .label = h.label,
                     .has_previous = h.has_previous,
                     .previous = h.previous,
                     .parent_count = h.parent_count,
                     .parents = h.parents,
                     .ticket = c->client + 1};
    l.label.route.immigration &= IMMIGRATION_BLOCKED;
    const struct parent record = {.agency = x->self, .id = e.id};
    struct recall_found recall = {0};
    TRY(recall_reaching(d, &record, x->arena, &recall));
    if (recall.recalled) {
        c->sentence = "the record has been recalled: nothing of it is sent any more";
        return E_DENIED;
    }
    TRY(correction_none_of(d, c, &record));
    if (h.label.expires_at != 0 && x->now >= h.label.expires_at) {
        c->sentence = "the record has expired: nothing of it is sent any more";
        return E_EXPIRED;
    }
    TRY(judge(d, c, work, &l.label));
    TRY(exchange_content_again(x, &e, &h, &l.content));
    /* Both or neither: what leaves without its decision in the log would be a rule's. */
    ENSURE(x->own[lane_rank(LANE_LOCAL)].pending_count < GROUP_ENTRIES_MAX, E_BUSY);
    TRY(desk_legs_submit(d, &l, &work->routing));
    TRY(outdated_decided(d, &h, &work->decision.item.to));
    TRY(desk_decision_log(d, c, &work->decision, &work->place, &work->id));
    c->work = work;
    return OK;
}

static bool has_parts(const struct exchange *x, const record_id *record)
{
    struct place place;

    for (uint32_t i = 0; i < ATTACHMENTS_MAX; i++) {
        const record_id id = attached_part_id(record, i, 0);
        if (x->store.ops->record_find(x->store.self, &x->self, &id, &place) == OK)
            return true;
    }
    return false;
}

status decide_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct decide_work *const work = c->work;
    struct rows r;

    rows_init(&r, d->exchange->arena, 1);
    rows_next(&r, 5);
    rows_id(&r, "id", &work->id);
    rows_agency(&r, "to", &work->decision.item.to);
    rows_text(&r, "stream", lane_word(c->place.stream.lane));
    rows_number(&r, "index", c->place.index);
    rows_text(&r, "over_block", work->decision.decided.overridden ? "yes" : "no");
    rows_give(&r, ret);
    ret->sentence =
        bytes_of_text(has_parts(d->exchange, &work->id)
                          ? "decided and logged: the record is on its way there; its "
                            "attachments are not: "
                            "send them with `flagpost attach`"
                          : "decided and logged: the record is on its way there");
    return OK;
}

#include "recall.h"

#include "draft.h"
#include "ingest.h"
#include "link_desk.h"
#include "nominal.h"
#include "request_desk.h"
#include "same.h"
#include "traces.h"
#include "triage.h"
#include "triage_notes.h"
#include "urn.h"
#include "watching.h"

#include <string.h>

/* What goes out: a recall to everyone who ever had the record, an answer to its owner. */

static bool is_among(const struct agency_id *list, size_t count, const struct agency_id *id)
{
    for (size_t i = 0; i < count; i++) {
        if (agency_id_equal(&list[i], id))
            return true;
    }
    return false;
}

static bool told_before(const struct recall_told *t, const struct agency_id *id)
{
    for (size_t i = 0; i < t->count; i++) {
        if (agency_id_equal(&t->at[i].agency, id))
            return true;
    }
    return false;
}

/* Those of one entry who can still be told; each once over all entries. */
static size_t recipients_of(struct desk *d, const struct header *h,
                            const struct recall_notice *n, struct agency_id *to,
                            struct recall_told *told)
{
    const struct exchange *const x = d->exchange;
    size_t count = 0;

    for (uint32_t i = 0; i < h->recipient_count; i++) {
        const struct agency_id *const id = &h->recipients[i].agency;
        if (agency_id_equal(id, &x->self) || told_before(told, id) ||
            is_among(n->but, n->but_count, id) || told->count == AGENCIES_MAX)
            continue;
        const struct peer *const p = exchange_peer(x, id);
        const bool reached = p != NULL && p->current;
        told->at[told->count].agency = *id;
        told->at[told->count++].told = reached;
        if (reached)
            to[count++] = *id;
    }
    return count;
}

/* It says nothing of the record, so it is for whoever had it, whatever they may have now:
 * routing_may_send lets these kinds pass. */
static struct label notice_label(const struct label *of)
{
    return (struct label){.marking = of->marking,
                          .handling = HANDLING_P,
                          .priority = PRIORITY_HIGH,
                          .retention_class = of->retention_class};
}

/* One entry of the record, one of ours: its recipients do not learn of the others'. */
static status tell_leg(struct desk *d, const struct place *place,
                       const struct recall_notice *n, bool first, struct recall_told *told)
{
    struct exchange *const x = d->exchange;
    struct agency_id *const to = arena_array(x->arena, AGENCIES_MAX, sizeof *to);
    struct bytes *const item = arena_take(x->arena, sizeof *item);
    struct entry_row e = {0};
    struct header h;

    ENSURE(to != NULL && item != NULL, E_MEMORY);
    /* There may be hundreds of entries, and nothing of them outlives this. */
    const size_t mark = arena_mark(d->scratch);
    TRY(x->store.ops->entry_find(x->store.self, &place->stream, place->index, d->scratch,
                                 &e));
    TRY(header_decode(e.header, d->scratch, &h));
    TRY(item_encode(n->item, x->arena, item));
    const size_t count = recipients_of(d, &h, n, to, told);
    arena_rewind(d->scratch, mark);
    if (count == 0 && (!first || n->kind != KIND_RECALL))
        return OK;
    /* Without recipients it is still in our own log, and stops delivery. */
    const struct submission s = {.kind = n->kind,
                                 .lane = LANE_IMMEDIATE,
                                 .label = notice_label(&h.label),
                                 .has_previous = true,
                                 .previous = e.id,
                                 .item_count = 1,
                                 .items = item,
                                 .recipient_count = count,
                                 .recipients = to,
                                 .ticket = first ? n->ticket : 0};
    return exchange_submit(x, &s);
}

status recall_publish(struct desk *d, const struct parent *record,
                      const struct recall_notice *n, struct recall_told *ret)
{
    struct exchange *const x = d->exchange;
    const struct own_lane *const own = &x->own[lane_rank(LANE_IMMEDIATE)];
    struct place place = {0};
    size_t count = 0;

    TRY(recall_place_count(d, record, &count));
    ENSURE(count > 0, E_UNKNOWN);
    ENSURE(count <= GROUP_ENTRIES_MAX, E_LIMIT);
    /* All of them in one turn or none. */
    ENSURE(count <= GROUP_ENTRIES_MAX - own->pending_count &&
               count <= ANSWERS_MAX - x->submitted,
           E_BUSY);
    for (size_t i = 0; i < count; i++) {
        TRY(recall_next_place(d, record, &place));
        TRY(tell_leg(d, &place, n, i == 0, ret));
    }
    return n->kind == KIND_RECALL ? asked_recalled(d, record) : OK;
}

/* --- answers --- */

/* The owner is to get it whatever its ceiling is. */
static enum marking answer_marking(const struct desk *d, const struct agency_id *owner)
{
    const struct roster_agency *const a = roster_find(&d->exchange->roster, owner);

    return a != NULL && a->ceiling == MARKING_OFFICIAL ? MARKING_OFFICIAL
                                                       : MARKING_OFFICIAL_SENSITIVE;
}

static status tell_owner(struct desk *d, const struct parent *record,
                         const struct item *items, struct submission *s)
{
    struct exchange *const x = d->exchange;
    struct bytes *const encoded = arena_array(x->arena, s->item_count, sizeof *encoded);

    ENSURE(encoded != NULL, E_MEMORY);
    for (size_t i = 0; i < s->item_count; i++)
        TRY(item_encode(&items[i], x->arena, &encoded[i]));
    s->kind = KIND_OUTCOME;
    s->label.marking = answer_marking(d, &record->agency);
    s->label.handling = HANDLING_P;
    s->has_previous = true;
    s->previous = record->id;
    s->items = encoded;
    s->recipient_count = 1;
    s->recipients = &record->agency;
    return exchange_submit(x, s);
}

status recall_answer(struct desk *d, const struct parent *record, const struct item *items,
                     size_t count, uint64_t ticket)
{
    struct submission s = {.lane = LANE_IMMEDIATE,
                           .label.priority = PRIORITY_HIGH,
                           .item_count = count,
                           .ticket = ticket};

    return tell_owner(d, record, items, &s);
}

status recall_outcome(struct desk *d, const struct parent *record, const struct item *item)
{
    struct submission s = {
        .lane = LANE_ROUTINE, .label.priority = PRIORITY_LOW, .item_count = 1};

    return tell_owner(d, record, item, &s);
}

struct reading_holders {
    struct desk *desk;
    const struct parent *record;
    struct recall_holder *holders;
    size_t count;
};

static struct recall_holder *holder_of(struct reading_holders *r,
                                       const struct agency_id *agency)
{
    for (size_t i = 0; i < r->count; i++) {
        if (agency_id_equal(&r->holders[i].agency, agency))
            return &r->holders[i];
    }
    if (r->count == AGENCIES_MAX)
        return NULL;
    r->holders[r->count] = (struct recall_holder){.agency = *agency};
    return &r->holders[r->count++];
}

/* The text that is kept moves to the holder's own room: the one before goes. */
static void keep_text(struct bytes *text, uint8_t room[static SHORT_TEXT_MAX])
{
    const size_t size = text->size < SHORT_TEXT_MAX ? text->size : SHORT_TEXT_MAX;

    if (size > 0)
        memmove(room, text->at, size);
    *text = bytes_of(room, size);
}

static status take_item(struct reading_holders *r, struct recall_holder *h,
                        const struct salted_item *salted)
{
    struct arena *const a = r->desk->exchange->arena;
    struct item item;

    if (item_decode(salted->item, r->desk->scratch, &item) != OK ||
        item.kind != ITEM_OUTCOME || !record_id_equal(&item.outcome.id, &r->record->id) ||
        !agency_id_equal(&item.outcome.agency, &r->record->agency))
        return OK;
    holding_take(&h->holding, &item.outcome);
    keep_text(&h->holding.person, h->person);
    keep_text(&h->holding.where, h->where);
    if (item.outcome.what == OUTCOME_DERIVED && h->copy_count < RECALL_COPIES_MAX)
        TRY(arena_copy(a, item.outcome.reference, &h->copies[h->copy_count++]));
    return OK;
}

/* An outcome that cannot be read tells nothing; the journal's own failures are ours. */
static status each_outcome(void *context, const struct entry_row *e)
{
    struct reading_holders *const r = context;
    const struct salted_item *items = NULL;
    size_t count = 0;

    if (e->disposition != DISPOSITION_HELD)
        return OK;
    const status s = desk_open(r->desk, e, r->desk->scratch, &items, &count);
    if (s == E_STORAGE || s == E_DAMAGED)
        return s;
    struct recall_holder *const h = s == OK ? holder_of(r, &e->stream.agency) : NULL;
    for (size_t i = 0; h != NULL && i < count; i++)
        TRY(take_item(r, h, &items[i]));
    return OK;
}

status recall_holders(struct desk *d, const struct parent *record,
                      struct recall_holder *ret, size_t *ret_count)
{
    struct reading_holders r = {.desk = d, .record = record, .holders = ret};

    TRY(journal_outcomes(d->journal, &record->id, d->scratch, each_outcome, &r));
    *ret_count = r.count;
    return OK;
}

/* --- erasure --- */

/* Erased before, or never held here, is as good. */
static status erase_one(struct desk *d, const struct parent *record,
                        const struct item_audit *why)
{
    if (agency_id_equal(&record->agency, &d->exchange->self)) {
        TRY(draft_forget(d, &record->id));
        TRY(same_forget(d, &record->id));
    }
    TRY(urn_forget(d, record));
    TRY(asked_forget(d, record, why));
    TRY(watching_forget(d, record));
    TRY(links_forget(d, record));
    TRY(triage_forget(d, record));
    TRY(triage_notes_forget(d, record));
    TRY(linked_forget(d, record, why));
    const status s = traces_erase(d, record, why);
    ENSURE(s == OK || s == E_DUPLICATE || s == E_UNKNOWN, s);
    return ingest_forget(d, record);
}

static status erase_all(struct desk *d, const struct parent *record,
                        const struct recall_copies *copies, const struct item_audit *why)
{
    for (size_t i = 0; i < copies->count; i++)
        TRY(erase_one(d, &copies->at[i], why));
    return erase_one(d, record, why);
}

/* A hold is on a set of our own records. */
static status check_hold(struct desk *d, const struct parent *record)
{
    struct nominal_found found = {0};

    if (agency_id_equal(&record->agency, &d->exchange->self))
        TRY(nominal_other(d, &record->id, NULL, &found));
    return found.held ? E_POLICY : OK;
}

status recall_erase(struct desk *d, const struct parent *record,
                    const struct item_audit *why)
{
    struct recall_copies copies = {0};

    TRY(recall_copies(d, record, &copies));
    /* "Erased" would not be true. */
    ENSURE(!copies.more, E_LIMIT);
    TRY(check_hold(d, record));
    for (size_t i = 0; i < copies.count; i++)
        TRY(check_hold(d, &copies.at[i]));
    return erase_all(d, record, &copies, why);
}

status recall_erase_again(struct desk *d, const struct parent *record,
                          const struct item_audit *why)
{
    struct recall_copies copies = {0};

    TRY(erase_one(d, record, why));
    TRY(recall_copies(d, record, &copies));
    TRY(erase_all(d, record, &copies, why));
    return copies.more ? E_LIMIT : OK;
}

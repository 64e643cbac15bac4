#include "unopened.h"

#include "recall.h"

/*
 * Two kinds of rows: what we ask others for, and what others ask us for.  Both stay until
 * it is done, over restarts; an ask is repeated, for an answer may be lost with its
 * publisher's journal, or its policy may be another one by then.
 */

enum {
    ASK = 1,  /* ours to ask; `agency` is its publisher */
    OWED = 2, /* ours to issue again; `agency` is who asked */
    AGAIN_MS = 24 * 60 * 60 * 1000,
    KEY_MS = 60 * 1000, /* between looks for a newer key of who asked */
    LOOK_MS = 1000,
    ROWS_OF_A_TURN = 16,
};

struct unopened {
    struct parent record;    /* by its publisher */
    struct agency_id agency; /* whom it is about */
    uint32_t state;          /* ASK or OWED */
    millis due, since;       /* since: first asked */
};

static record_id row_id(struct desk *d, const struct unopened *u)
{
    const struct parent asked = {.agency = u->agency, .id = u->record.id};

    return recall_row_id(d, u->state == ASK ? "unopened" : "owed", &asked);
}

static status put(struct desk *d, const struct unopened *u)
{
    uint8_t room[1 + AGENCY_ID_MAX];
    struct writer w = writer_over(room, sizeof room);

    desk_write_agency(&w, &u->agency);
    MUST(!w.bad);
    const struct shelf_row row = {.kind = SHELF_UNOPENED,
                                  .id = row_id(d, u),
                                  .about = u->record.id,
                                  .state = u->state,
                                  .due = u->due,
                                  .changed = u->since,
                                  .body = writer_bytes(&w)};
    return journal_shelf_put(d->journal, &row);
}

static status drop(struct desk *d, const struct unopened *u)
{
    const record_id id = row_id(d, u);

    return journal_shelf_drop(d->journal, SHELF_UNOPENED, &id);
}

static status read_row(const struct desk *d, const struct shelf_row *row,
                       struct unopened *ret)
{
    struct reader r = {.rest = row->body};
    struct unopened u = {.state = row->state, .due = row->due, .since = row->changed};

    TRY(desk_read_agency(&r, &u.agency));
    ENSURE(reader_is_done(&r), E_DAMAGED);
    u.record = (struct parent){.agency = u.state == ASK ? u.agency : d->exchange->self,
                               .id = row->about};
    *ret = u;
    return OK;
}

status unopened_asked(struct desk *d, const struct parent *record, millis *ret)
{
    const struct unopened u = {.record = *record, .agency = record->agency, .state = ASK};
    const record_id id = row_id(d, &u);
    const size_t mark = arena_mark(d->scratch);
    struct shelf_row row = {0};
    const status s = journal_shelf_find(d->journal, SHELF_UNOPENED, &id, d->scratch, &row);

    arena_rewind(d->scratch, mark);
    *ret = s == OK ? row.changed : 0;
    return s == E_UNKNOWN ? OK : s;
}

/* --- what arrives --- */

/* Somebody cannot open what we sent. */
static status note_outcome(struct desk *d, const struct entry_row *e)
{
    struct arena *const a = d->scratch;
    const size_t mark = arena_mark(a);
    const struct salted_item *items = NULL;
    size_t count = 0;
    struct item item = {.kind = ITEM_FACTS};

    status s = desk_open(d, e, a, &items, &count);
    if (s == OK && count == 1)
        s = item_decode(items[0].item, a, &item);
    const bool asks = s == OK && item.kind == ITEM_OUTCOME &&
                      item.outcome.what == OUTCOME_UNOPENABLE &&
                      agency_id_equal(&item.outcome.agency, &d->exchange->self);
    const struct unopened u = {
        .record = {.agency = d->exchange->self, .id = item.outcome.id},
        .agency = e->stream.agency,
        .state = OWED,
        .due = 1, /* at once */
        .since = d->exchange->now};
    arena_rewind(a, mark);
    ENSURE(s != E_STORAGE && s != E_DAMAGED, s);
    d->recalls.unopened = d->recalls.unopened || asks;
    return asks ? put(d, &u) : OK;
}

status unopened_arrived(struct desk *d, const struct entry_row *e, const struct header *h)
{
    const struct parent record = {.agency = e->stream.agency, .id = e->id};
    const struct unopened u = {.record = record,
                               .agency = record.agency,
                               .state = ASK,
                               .due = 1,
                               .since = d->exchange->now};
    millis asked = 0;

    if (e->kind == KIND_OUTCOME && e->disposition == DISPOSITION_HELD && h->has_previous)
        return note_outcome(d, e);
    TRY(unopened_asked(d, &record, &asked));
    if (e->disposition == DISPOSITION_HELD)
        return asked != 0 ? drop(d, &u) : OK;
    /* Issued again and still closed: it is asked for when its time comes, and not in turn
     * without end. */
    if (e->disposition != DISPOSITION_UNOPENABLE || asked != 0)
        return OK;
    d->recalls.unopened = true;
    return put(d, &u);
}

/* Stored without a notice: a turn that has much to tell drops some. */
static status each_received(void *context, const struct entry_row *e)
{
    struct desk *const d = context;
    struct exchange *const x = d->exchange;
    struct place place = {0};
    struct header h = {.kind = e->kind};

    if (e->disposition != DISPOSITION_UNOPENABLE)
        return OK;
    const status s =
        x->store.ops->record_find(x->store.self, &e->stream.agency, &e->id, &place);
    if (s != E_UNKNOWN)
        return s; /* it is held at another place */
    return unopened_arrived(d, e, &h);
}

status unopened_look_again(struct desk *d)
{
    static const enum kind kinds[] = {KIND_INTELLIGENCE, KIND_ATTACHMENT, KIND_RECALL,
                                      KIND_STATEMENT,    KIND_OUTCOME,    KIND_CASE,
                                      KIND_REQUEST};
    enum { LOOKED_AT_MAX = 1000000 };
    const struct exchange *const x = d->exchange;
    uint64_t closed = 0;

    for (size_t i = 0; i < x->peer_count; i++) {
        for (size_t l = 0; l < LANES; l++)
            closed += x->peers[i].follows[l].row.tally[DISPOSITION_UNOPENABLE];
    }
    /* Nearly always none, and a whole journal need not be looked through. */
    for (size_t i = 0; closed > 0 && i < COUNT_OF(kinds); i++) {
        const status s = journal_inbox(
            d->journal, (struct inbox_range){.kind = kinds[i], .limit = LOOKED_AT_MAX},
            d->scratch, each_received, d);
        ENSURE(s != E_STORAGE && s != E_DAMAGED, s);
    }
    return OK;
}

/* --- asking --- */

/* Its own entry that stands here closed, for the label that the answer goes under. */
static status find_closed(struct desk *d, const struct unopened *u, struct header *ret)
{
    struct exchange *const x = d->exchange;
    struct place place = {0};
    struct entry_row e = {0};

    for (;;) {
        TRY(recall_next_place(d, &u->record, &place));
        TRY(x->store.ops->entry_find(x->store.self, &place.stream, place.index, x->arena,
                                     &e));
        if (e.disposition == DISPOSITION_UNOPENABLE)
            return header_decode(e.header, x->arena, ret);
    }
}

static status ask(struct desk *d, struct unopened *u)
{
    struct exchange *const x = d->exchange;
    struct bytes *const encoded = arena_take(x->arena, sizeof *encoded);
    const struct item item = {.kind = ITEM_OUTCOME,
                              .outcome = {.agency = u->record.agency,
                                          .id = u->record.id,
                                          .what = OUTCOME_UNOPENABLE,
                                          .at = x->now}};
    struct submission s = {.kind = KIND_OUTCOME, .item_count = 1, .items = encoded};
    struct header h;

    ENSURE(encoded != NULL, E_MEMORY);
    const status found = find_closed(d, u, &h);
    if (found == E_UNKNOWN)
        return drop(d, u); /* erased since */
    TRY(found);
    s.label = h.label;
    s.lane = routing_lane(&h.label);
    s.has_previous = true;
    s.previous = u->record.id;
    s.recipients = &u->agency;
    s.recipient_count = 1;
    TRY(item_encode(&item, x->arena, encoded));
    const status sent = exchange_submit(x, &s);
    /* Its publisher has left: nobody can issue it again. */
    if (sent != E_UNKNOWN && sent != E_REVOKED)
        TRY(sent);
    u->due = x->now + AGAIN_MS;
    return put(d, u);
}

/* --- issuing again --- */

struct owed {
    struct entry_row e;
    struct header h;
    uint32_t kx_id; /* of the newest entry that went to who asks */
    size_t count;   /* of entries that did */
};

/* An entry of the record that names who asks and can still be opened here, and for which
 * key the last one was sealed. */
static status find_sent(struct desk *d, const struct unopened *u, struct owed *ret)
{
    struct exchange *const x = d->exchange;
    struct place place = {0};
    status s = OK;

    while ((s = recall_next_place(d, &u->record, &place)) == OK) {
        const size_t mark = arena_mark(x->arena);
        struct owed one = {.count = ret->count + 1};
        TRY(x->store.ops->entry_find(x->store.self, &place.stream, place.index, x->arena,
                                     &one.e));
        TRY(header_decode(one.e.header, x->arena, &one.h));
        const int rank = header_recipient_rank(&one.h, &u->agency);
        if (rank < 0 || one.e.disposition != DISPOSITION_HELD) {
            arena_rewind(x->arena, mark);
            continue;
        }
        one.kx_id = one.h.recipients[rank].kx_id;
        *ret = one;
    }
    return s == E_UNKNOWN ? OK : s;
}

/* P7: as for what leaves for the first time. */
static status may_issue(struct desk *d, const struct unopened *u, const struct owed *o,
                        bool *ret)
{
    struct exchange *const x = d->exchange;
    struct routing_today today = {.roster = &x->roster, .lists = x->lists, .now = x->now};
    const struct parent record = {.agency = x->self,
                                  .id = o->h.kind == KIND_ATTACHMENT ? o->h.previous
                                                                     : u->record.id};
    bool recalled = false;

    TRY(x->store.ops->recalled(x->store.self, &record.agency, &record.id, &recalled));
    TRY(desk_superseded(d, &record.id, &today.superseded));
    *ret = (!recalled || o->h.kind == KIND_RECALL) &&
           routing_may_send(&o->h, &u->agency, &today) == OK;
    return OK;
}

static status issue(struct desk *d, const struct owed *o, const struct unopened *u)
{
    struct exchange *const x = d->exchange;
    struct submission s = {.id = o->h.id,
                           .kind = o->h.kind,
                           .lane = o->h.stream.lane,
                           .label = o->h.label,
                           .has_previous = o->h.has_previous,
                           .previous = o->h.previous,
                           .about = o->h.about,
                           .parent_count = o->h.parent_count,
                           .parents = o->h.parents,
                           .recipients = &u->agency,
                           .recipient_count = 1};

    TRY(exchange_content_again(x, &o->e, &o->h, &s.content));
    return exchange_submit(x, &s);
}

status unopened_send_again(struct desk *d, const struct parent *record,
                           const struct agency_id *to, bool *ret)
{
    const struct unopened u = {.record = *record, .agency = *to, .state = OWED};
    struct owed o = {.count = 0};

    *ret = false;
    TRY(find_sent(d, &u, &o));
    if (o.count > 0)
        TRY(may_issue(d, &u, &o, ret));
    return *ret ? issue(d, &o, &u) : OK;
}

static status answer(struct desk *d, struct unopened *u)
{
    struct exchange *const x = d->exchange;
    const struct peer *const p = exchange_peer(x, &u->agency);
    struct owed *const o = arena_take(x->arena, sizeof *o);
    bool may = false;

    ENSURE(o != NULL, E_MEMORY);
    *o = (struct owed){.count = 0};
    TRY(find_sent(d, u, o));
    if (p == NULL || !p->current || o->count == 0)
        return drop(d, u);
    TRY(may_issue(d, u, o, &may));
    if (!may)
        return drop(d, u); /* it will ask again, and policy may be another one then */
    if (o->kx_id == p->kx_id) {
        u->due = x->now + KEY_MS; /* for the same key it would be as closed */
        return put(d, u);
    }
    /* Whoever asks chooses when it has a new key, and each issue makes our log longer. */
    const millis again = o->h.sealed_at + AGAIN_MS;
    if (o->count > 1 && x->now < again) {
        u->due = again;
        return put(d, u);
    }
    const status s = issue(d, o, u);
    if (s != E_UNKNOWN && s != E_REVOKED)
        TRY(s);
    return drop(d, u);
}

/* --- the turn --- */

struct due {
    const struct desk *desk;
    size_t count;
    struct unopened rows[ROWS_OF_A_TURN];
};

static status each_due(void *context, const struct shelf_row *row)
{
    struct due *const all = context;

    ENSURE(all->count < ROWS_OF_A_TURN, E_LIMIT);
    return read_row(all->desk, row, &all->rows[all->count++]);
}

/* What cannot be sent at all holds up none of the others. */
static status work_off(struct desk *d, struct unopened *u)
{
    const status s = u->state == ASK ? ask(d, u) : answer(d, u);

    if (s == OK || s == E_BUSY || s == E_MEMORY || s == E_STORAGE || s == E_DAMAGED)
        return s;
    u->due = d->exchange->now + AGAIN_MS;
    return put(d, u);
}

static bool may_say(const struct exchange *x)
{
    return x->fence == OK && !x->holds_back && x->peers[x->self_number].current &&
           roster_age(&x->roster, x->now) != ROSTER_FROZEN;
}

status unopened_turn(struct desk *d)
{
    struct exchange *const x = d->exchange;
    const struct shelf_filter filter = {.due_before = x->now + 1};

    if (!may_say(x) || (!d->recalls.unopened && x->now - d->recalls.unopened_at < LOOK_MS))
        return OK;
    struct due *const all = arena_take(x->arena, sizeof *all);
    ENSURE(all != NULL, E_MEMORY);
    d->recalls.unopened_at = x->now;
    all->desk = d;
    all->count = 0;
    status s =
        journal_shelf_walk(d->journal, SHELF_UNOPENED, filter, d->scratch, each_due, all);
    ENSURE(s == OK || s == E_LIMIT, s);
    d->recalls.unopened = s == E_LIMIT; /* more are due */
    s = OK;
    for (size_t i = 0; s == OK && i < all->count; i++)
        s = work_off(d, &all->rows[i]);
    /* No room in this turn: the rows stay, and the next one has some. */
    d->recalls.unopened = d->recalls.unopened || s == E_BUSY;
    return s == E_STORAGE || s == E_DAMAGED ? s : OK;
}

#include "handling.h"
#include "ingest.h"
#include "legs.h"
#include "link_desk.h"
#include "recall.h"
#include "request_desk.h"
#include "todo.h"

/*
 * Where a record is: per recipient sent, stored (its signed receipt), witnessed (as many
 * cosignatures as the roster's quorum) and acknowledged (a named person).  Four words,
 * never mixed.  Acknowledgements name persons, so the look-up is logged like any other
 * reading.
 */

struct trace_work {
    struct place place;
    record_id id;
    bool logged; /* the look-up has its row in the log */
    bool links;  /* what a fusion cell has said of it is shown */
    bool unseen; /* there is such a word, and it is not */
};

enum { HANDLED_KINDS = 3, HANDLED_MAX = HANDLED_KINDS * AGENCIES_MAX };

/* Acknowledgements found, one per agency at most. */
struct acknowledged {
    struct desk *desk;
    record_id record;
    size_t count;
    struct {
        struct agency_id by;
        millis at;
        struct bytes person;
    } at[AGENCIES_MAX];
    size_t closed_count; /* who has said that it does not open there */
    struct agency_id closed[AGENCIES_MAX];
    size_t handled_count; /* what was first done with it, each thing once an agency */
    struct {
        struct agency_id by;
        enum outcome_what what;
        millis at;
        struct bytes class;
    } handled[HANDLED_MAX];
};

/* Whose the other record is says that it is there: for a person, and for a purpose that is
 * in the log.  A system that polls has not looked. */
static status see_links(struct desk *d, struct call *c, struct trace_work *work)
{
    if (!work->logged || c->is_account ||
        !agency_id_equal(&work->place.stream.agency, &d->exchange->self))
        return OK;
    work->links = control_argument(&c->parsed, "purpose").size > 0;
    return work->links ? linked_seen(d, &work->id)
                       : linked_any(d, &work->id, &work->unseen);
}

status trace_prepare(struct desk *d, struct call *c)
{
    struct trace_work *const work = arena_take(d->exchange->arena, sizeof *work);

    ENSURE(work != NULL, E_MEMORY);
    TRY(desk_find_record(d, c, &work->place, &work->id));
    struct item_audit row = {.operation = AUDIT_CONSULT,
                             .has_object = true,
                             .object_stream = work->place.stream,
                             .object_index = work->place.index,
                             .object = work->id,
                             .justification = control_argument(&c->parsed, "purpose"),
                             .outcome = bytes_of_text("traced")};
    const status s = desk_audit(d, c, &row);
    /* Without its log a node may still say where its own records are, but names no person.
     */
    if (s != E_FENCED)
        TRY(s);
    work->logged = s == OK;
    c->work = work;
    return see_links(d, c, work);
}

static bool is_closed(const struct acknowledged *all, const struct agency_id *at)
{
    for (size_t i = 0; i < all->closed_count; i++) {
        if (agency_id_equal(&all->closed[i], at))
            return true;
    }
    return false;
}

static bool is_there(const struct acknowledged *all, const struct agency_id *by)
{
    for (size_t i = 0; i < all->count; i++) {
        if (agency_id_equal(&all->at[i].by, by))
            return true;
    }
    return false;
}

static status note_handled(struct acknowledged *all, const struct agency_id *by,
                           const struct item_outcome *o)
{
    for (size_t i = 0; i < all->handled_count; i++) {
        if (all->handled[i].what == o->what && agency_id_equal(&all->handled[i].by, by))
            return OK;
    }
    if (all->handled_count == HANDLED_MAX)
        return OK;
    all->handled[all->handled_count].by = *by;
    all->handled[all->handled_count].what = o->what;
    all->handled[all->handled_count].at = o->at;
    return arena_copy(all->desk->exchange->arena, o->reason,
                      &all->handled[all->handled_count++].class);
}

/* An outcome that cannot be read tells nothing; the journal's own failures are ours. */
static status each_outcome(void *context, const struct entry_row *e)
{
    struct acknowledged *const all = context;
    struct arena *const scratch = all->desk->scratch;
    const struct salted_item *items = NULL;
    size_t count = 0;
    struct item item;
    struct bytes person = {0};

    if (e->disposition != DISPOSITION_HELD || all->count == AGENCIES_MAX)
        return OK;
    const status s = desk_open(all->desk, e, scratch, &items, &count);
    if (s == E_STORAGE || s == E_DAMAGED)
        return s;
    if (s != OK || count != 1 || item_decode(items[0].item, scratch, &item) != OK ||
        item.kind != ITEM_OUTCOME || !record_id_equal(&item.outcome.id, &all->record))
        return OK;
    if (item.outcome.what == OUTCOME_UNOPENABLE && !is_closed(all, &e->stream.agency) &&
        all->closed_count < AGENCIES_MAX)
        all->closed[all->closed_count++] = e->stream.agency;
    if (item.outcome.what == OUTCOME_OPENED || item.outcome.what == OUTCOME_COPIED ||
        item.outcome.what == OUTCOME_SHARED)
        return note_handled(all, &e->stream.agency, &item.outcome);
    if (item.outcome.what != OUTCOME_ACKNOWLEDGED || is_there(all, &e->stream.agency))
        return OK;
    TRY(arena_copy(all->desk->exchange->arena, item.outcome.person, &person));
    all->at[all->count].by = e->stream.agency;
    all->at[all->count].at = item.outcome.at;
    all->at[all->count].person = person;
    all->count++;
    return OK;
}

/* How many agencies have cosigned a checkpoint that covers the entry, and when the quorum
 * was reached; 0 while it is not. */
static status witnessed(struct desk *d, const struct place *place, uint32_t *ret_count,
                        millis *ret_at)
{
    struct exchange *const x = d->exchange;
    millis times[AGENCIES_MAX];
    uint32_t n = 0;

    for (size_t i = 0; i < x->roster.agency_count; i++) {
        struct receipt_row row = {0};
        const size_t mark = arena_mark(d->scratch);
        const status s =
            journal_receipt_for(d->journal, &place->stream, place->index,
                                &x->roster.agencies[i].id, true, d->scratch, &row);
        arena_rewind(d->scratch, mark);
        if (s == E_UNKNOWN)
            continue;
        TRY(s);
        uint32_t at = n++;
        for (; at > 0 && times[at - 1] > row.at; at--)
            times[at] = times[at - 1];
        times[at] = row.at;
    }
    *ret_count = n;
    *ret_at =
        x->roster.quorum > 0 && n >= x->roster.quorum ? times[x->roster.quorum - 1] : 0;
    return OK;
}

/* The newest of the record's entries that name an agency, and how many there are. */
struct leg {
    struct agency_id to;
    struct place place;
    size_t count;
};

/* Its receipt covers an entry that it could not open, too. */
static const char *leg_note(const struct acknowledged *all, const struct leg *leg)
{
    if (!is_closed(all, &leg->to))
        return "";
    return leg->count > 1 ? "could not open it: issued again"
                          : "cannot open it: not issued again yet";
}

static status give_recipient(struct desk *d, const struct leg *leg,
                             const struct acknowledged *all, struct rows *r)
{
    const struct place *const place = &leg->place;
    const struct agency_id *const to = &leg->to;
    struct receipt_row receipt = {0};
    struct receipt told = {0};
    millis sent = 0;
    const size_t mark = arena_mark(d->scratch);

    status s = journal_sent_at(d->journal, &place->stream, place->index, to, &sent);
    if (s != E_UNKNOWN)
        TRY(s);
    s = journal_receipt_for(d->journal, &place->stream, place->index, to, false, d->scratch,
                            &receipt);
    if (s != E_UNKNOWN)
        TRY(s);
    if (s == OK) {
        const struct roster_agency *const entry = roster_find(&d->exchange->roster, to);
        /* The follower's own word, signed, for when it stored it. */
        if (entry == NULL ||
            agency_receipt_verify(receipt.receipt, entry, d->scratch, &told) != OK)
            told.time = receipt.at;
    }
    arena_rewind(d->scratch, mark);
    rows_next(r, 7);
    rows_text(r, "row", "recipient");
    rows_agency(r, "agency", to);
    rows_time(r, "sent", sent);
    rows_time(r, "stored", told.time);
    rows_text(r, "note", leg_note(all, leg));
    for (size_t i = 0; i < all->count; i++) {
        if (!agency_id_equal(&all->at[i].by, to))
            continue;
        rows_time(r, "acknowledged", all->at[i].at);
        rows_bytes(r, "person", all->at[i].person);
        return OK;
    }
    rows_text(r, "acknowledged", "");
    rows_text(r, "person", "");
    return OK;
}

static status give_head(struct desk *d, const struct trace_work *work,
                        const struct header *h, struct rows *r)
{
    uint32_t witnesses = 0;
    millis witnessed_at = 0;

    TRY(witnessed(d, &work->place, &witnesses, &witnessed_at));
    rows_next(r, 9);
    rows_text(r, "row", "record");
    rows_id(r, "id", &work->id);
    rows_agency(r, "publisher", &work->place.stream.agency);
    rows_text(r, "stream", lane_word(work->place.stream.lane));
    rows_number(r, "index", work->place.index);
    rows_time(r, "sealed", h->sealed_at);
    rows_number(r, "witnesses", witnesses);
    rows_number(r, "quorum", d->exchange->roster.quorum);
    rows_time(r, "witnessed", witnessed_at);
    return OK;
}

/* Recipients over all entries of the record, each told once. */
struct legs_walk {
    size_t count;
    struct leg at[AGENCIES_MAX];
};

static struct leg *leg_of(struct legs_walk *w, const struct agency_id *id)
{
    for (size_t i = 0; i < w->count; i++) {
        if (agency_id_equal(&w->at[i].to, id))
            return &w->at[i];
    }
    if (w->count == AGENCIES_MAX)
        return NULL;
    w->at[w->count] = (struct leg){.to = *id};
    return &w->at[w->count++];
}

static status each_leg(void *context, const struct entry_row *e, const struct header *h)
{
    struct legs_walk *const w = context;

    for (uint32_t i = 0; i < h->recipient_count; i++) {
        const struct agency_id *const to = &h->recipients[i].agency;
        struct leg *const leg =
            agency_id_equal(to, &e->stream.agency) ? NULL : leg_of(w, to);
        /* One entry may come twice. */
        if (leg == NULL || (leg->count > 0 && leg->place.index == e->index &&
                            stream_id_equal(&leg->place.stream, &e->stream)))
            continue;
        leg->place = (struct place){.stream = e->stream, .index = e->index};
        leg->count++;
    }
    return OK;
}

/* As its recipients tell it; who was sent nothing has nothing to tell. */
static void give_handled(const struct acknowledged *all, const struct agency_id *by,
                         struct rows *r)
{
    for (size_t i = 0; i < all->handled_count; i++) {
        if (!agency_id_equal(&all->handled[i].by, by))
            continue;
        rows_next(r, 5);
        rows_text(r, "row", "handling");
        rows_agency(r, "agency", by);
        rows_text(r, "what", handling_word(all->handled[i].what));
        rows_time(r, "at", all->handled[i].at);
        rows_bytes(r, "class", all->handled[i].class);
    }
}

static status give_legs(struct desk *d, const struct trace_work *work,
                        const struct acknowledged *all, struct rows *r)
{
    struct legs_walk *const w = arena_take(d->exchange->arena, sizeof *w);

    ENSURE(w != NULL, E_MEMORY);
    TRY(desk_legs_walk(d, &work->id, each_leg, w));
    for (size_t i = 0; i < w->count; i++)
        TRY(give_recipient(d, &w->at[i], all, r));
    for (size_t i = 0; i < w->count; i++)
        give_handled(all, &w->at[i].to, r);
    return OK;
}

/* Whom it still waits for, and what lets it go: as the to-do says it, which a
 * correction has closed; what is recalled waits for nobody. */
static status give_withheld(struct desk *d, const struct trace_work *work, struct rows *r)
{
    const struct parent record = {.agency = d->exchange->self, .id = work->id};
    struct bytes sentence = {0};
    struct recall_found recall = {0};
    millis since = 0;

    TRY(recall_reaching(d, &record, d->exchange->arena, &recall));
    const status s = recall.recalled
                         ? E_UNKNOWN
                         : desk_todo_find(d, TODO_CODE, &work->id, &sentence, &since);
    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    rows_next(r, 3);
    rows_text(r, "row", "withheld");
    rows_bytes(r, "what", sentence);
    rows_time(r, "since", since);
    return OK;
}

status trace_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct trace_work *const work = c->work;
    struct exchange *const x = d->exchange;
    struct acknowledged *const all = arena_take(x->arena, sizeof *all);
    struct entry_row e = {0};
    struct header h;
    struct rows r;

    ENSURE(all != NULL, E_MEMORY);
    all->desk = d;
    all->record = work->id;
    TRY(x->store.ops->entry_find(x->store.self, &work->place.stream, work->place.index,
                                 x->arena, &e));
    TRY(header_decode(e.header, x->arena, &h));
    const bool own = agency_id_equal(&e.stream.agency, &x->self);
    if (work->logged)
        TRY(journal_outcomes(d->journal, &work->id, d->scratch, each_outcome, all));
    rows_init(&r, x->arena,
              3 + 4 * AGENCIES_MAX + HANDLED_MAX + ASKED_ABOUT_MAX + LINKED_TOLD_MAX);
    TRY(give_head(d, work, &h, &r));
    if (own)
        TRY(give_legs(d, work, all, &r));
    const struct parent record = {.agency = e.stream.agency, .id = work->id};
    const char *marks = "";
    if (own && work->logged) {
        TRY(ingested_trace(d, &record, &r));
        TRY(recall_trace(d, &record, &r));
        if (work->links && e.disposition != DISPOSITION_ERASED)
            TRY(linked_trace(d, &record, &r));
    }
    if (work->logged)
        TRY(asked_trace(d, &record, &r));
    TRY(recall_marks(d, &record, &marks));
    if (own)
        TRY(give_withheld(d, work, &r));
    if (work->unseen)
        marks = desk_text(x->arena, marks, marks[0] != '\0' ? "; " : "",
                          "a fusion cell has said that it is linked with another agency's "
                          "record: shown with --purpose \"...\"",
                          NULL);
    ret->sentence = bytes_of_text(marks);
    if (!own)
        ret->sentence = bytes_of_text(desk_text(
            x->arena, marks, marks[0] != '\0' ? "; " : "",
            "published by another agency: only it can trace who holds the record", NULL));
    rows_give(&r, ret);
    return OK;
}

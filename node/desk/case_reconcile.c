#include "case_desk.h"

#include <string.h>

/*
 * What immigration enforcement says it took from us, held against what we recorded.  A
 * difference is closed by recording the call, or by a named person's reasoned decision
 * (`flagpost case settle`).
 */

enum {
    LISTS_MAX = 400, /* the newest; a list a day for a year */
    CALLS_MAX = 8000,
    TABLE_ROOM = 16384, /* over CALLS_MAX */
    DIFFERENCES_MAX = 2000,
};

struct call_taken {
    record_id id; /* of its reference */
    struct item_case_call call;
    struct agency_id from;
    bool used, answered;
};

struct reconcile {
    struct desk *desk;
    struct arena *arena;
    size_t list_count, unread_count, call_count;
    struct item_case_period periods[LISTS_MAX];
    struct call_taken *table;
    bool full;
    uint64_t unrecorded, unlisted;
    struct rows rows;
};

/* Keyed digests are as good as chance, so a row's place is in its first bytes. */
static struct call_taken *place_of(struct reconcile *r, const record_id *id)
{
    size_t i = ((size_t)id->bytes[0] << 8 | id->bytes[1]) % TABLE_ROOM;

    while (r->table[i].used && !record_id_equal(&r->table[i].id, id))
        i = (i + 1) % TABLE_ROOM;
    return &r->table[i];
}

static status take_call(struct reconcile *r, const struct agency_id *from,
                        const struct item_case_call *call)
{
    struct desk *const d = r->desk;
    struct bytes reference = {0};

    /* What they call a reference has our form, or it could never be matched. */
    ENSURE(case_reference_read(call->reference, r->arena, &reference) == OK, E_VALUE);
    const record_id id = case_id(d, reference);
    struct call_taken *const place = place_of(r, &id);
    if (place->used)
        return OK;
    ENSURE(r->call_count < CALLS_MAX, E_LIMIT);
    *place = (struct call_taken){.id = id, .call = *call, .from = *from, .used = true};
    place->call.reference = reference;
    r->call_count++;
    return arena_copy(r->arena, call->station, &place->call.station);
}

static status take_items(struct reconcile *r, const struct entry_row *e,
                         const struct salted_item *items, size_t count)
{
    struct arena *const a = r->desk->scratch;
    struct item item;

    TRY(item_decode(items[0].item, a, &item));
    ENSURE(item.kind == ITEM_CASE_PERIOD, E_FORM);
    r->periods[r->list_count++] = item.case_period;
    for (size_t i = 1; i < count; i++) {
        TRY(item_decode(items[i].item, a, &item));
        ENSURE(item.kind == ITEM_CASE_CALL, E_FORM);
        TRY(take_call(r, &e->stream.agency, &item.case_call));
    }
    return OK;
}

/* Whoever else sends such a list is no source of calls. */
static bool is_from_immigration(const struct desk *d, const struct entry_row *e)
{
    const struct roster_agency *const a =
        roster_find(&d->exchange->roster, &e->stream.agency);

    return a != NULL && a->kind == AGENCY_IMMIGRATION;
}

static status each_list(void *context, const struct entry_row *e)
{
    struct reconcile *const r = context;
    const struct salted_item *items = NULL;
    size_t count = 0;

    if (e->disposition != DISPOSITION_HELD || e->duplicate ||
        !is_from_immigration(r->desk, e))
        return OK;
    status s = desk_open(r->desk, e, r->desk->scratch, &items, &count);
    if (s == OK)
        s = take_items(r, e, items, count);
    r->full = r->full || s == E_LIMIT;
    /* A list that cannot be read says so and hides no other. */
    r->unread_count += s != OK && s != E_LIMIT;
    return s == E_STORAGE || s == E_DAMAGED || s == E_LIMIT ? s : OK;
}

static void give(struct reconcile *r, const char *side, const struct item_case_call *call,
                 const char *sentence, const char *mend)
{
    rows_next(&r->rows, 7);
    rows_text(&r->rows, "row", "difference");
    rows_text(&r->rows, "side", side);
    rows_bytes(&r->rows, "reference", call->reference);
    rows_time(&r->rows, "at", call->at);
    rows_bytes(&r->rows, "station", call->station);
    rows_text(&r->rows, "what", sentence);
    rows_text(&r->rows, "do", mend);
}

static bool is_covered(const struct reconcile *r, millis at)
{
    for (size_t i = 0; i < r->list_count; i++) {
        if (at >= r->periods[i].from && at < r->periods[i].until)
            return true;
    }
    return false;
}

/* Ours against theirs. */
static status each_case(void *context, const struct case_seen *seen)
{
    struct reconcile *const r = context;
    const record_id id = case_id(r->desk, seen->reference);
    struct call_taken *const theirs = place_of(r, &id);
    const bool reported = seen->o.state != OBLIGATION_UNREPORTED;
    struct item_case_call ours = {.at = seen->o.reported_at};

    if (theirs->used) {
        theirs->answered = reported || seen->o.settled;
        return OK;
    }
    if (!reported || seen->o.settled || !is_covered(r, seen->o.reported_at))
        return OK;
    r->unlisted++;
    TRY(arena_copy(r->arena, seen->reference, &ours.reference));
    TRY(arena_copy(r->arena, seen->o.station, &ours.station));
    give(
        r, "ours", &ours, "recorded here; not on their list of that period",
        "ask them to look again, or settle it: flagpost case settle REF --person --reason");
    return OK;
}

static void give_theirs(struct reconcile *r)
{
    for (size_t i = 0; i < TABLE_ROOM; i++) {
        const struct call_taken *const one = &r->table[i];
        if (!one->used || one->answered)
            continue;
        r->unrecorded++;
        give(r, "theirs", &one->call, "a call that this force never recorded",
             "record it: flagpost case add, or settle it: flagpost case settle REF "
             "--person --reason");
    }
}

static const char *sentence_of(const struct reconcile *r)
{
    if (r->list_count == 0)
        return "no list of calls has arrived from immigration enforcement yet";
    if (r->full || r->rows.full)
        return "these are not all: there are more lists or differences than one look takes";
    if (r->unread_count > 0)
        return "a list could not be read: tell immigration enforcement";
    return r->unrecorded + r->unlisted == 0 ? "both sides agree"
                                            : "the two sides differ: close each line";
}

status case_reconcile_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct arena *const a = d->exchange->arena;
    struct reconcile *const r = arena_take(a, sizeof *r);

    (void)c;
    ENSURE(r != NULL, E_MEMORY);
    r->desk = d;
    r->arena = a;
    r->table = arena_array(a, TABLE_ROOM, sizeof *r->table);
    ENSURE(r->table != NULL, E_MEMORY);
    rows_init(&r->rows, a, 1 + DIFFERENCES_MAX);
    const status s = journal_inbox(
        d->journal, (struct inbox_range){.kind = KIND_CASE, .limit = LISTS_MAX}, d->scratch,
        each_list, r);
    ENSURE(s == OK || s == E_LIMIT, s);
    TRY(case_walk(d, each_case, r));
    give_theirs(r);
    rows_next(&r->rows, 5);
    rows_text(&r->rows, "row", "summary");
    rows_number(&r->rows, "lists", r->list_count);
    rows_number(&r->rows, "calls", r->call_count);
    rows_number(&r->rows, "unrecorded", r->unrecorded);
    rows_number(&r->rows, "unlisted", r->unlisted);
    rows_give(&r->rows, ret);
    ret->sentence = bytes_of_text(sentence_of(r));
    return OK;
}

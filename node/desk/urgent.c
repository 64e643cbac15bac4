#include "urgent.h"

#include "legs.h"
#include "recall.h"
#include "shelf.h"
#include "todo.h"

enum { EVERY_MS = 2000, AGAIN_MS = 5000, LOOKED_AT_MAX = 64, MINUTE_MS = 60000 };

static millis first_look(const struct desk *d)
{
    return d->exchange->now + (millis)d->config->acknowledge_minutes * MINUTE_MS;
}

static status put(struct desk *d, const struct parent *record, uint32_t state, millis due)
{
    const bool here = state == WAITING_HERE || state == WAITING_HERE_TOLD;
    const struct shelf_row row = {.kind = SHELF_WAITING,
                                  .id = here ? recall_row_id(d, "urgent", record)
                                             : record->id,
                                  .about = record->id,
                                  .state = state,
                                  .due = due,
                                  .changed = d->exchange->now,
                                  .body = bytes_of_text(record->agency.text)};

    return journal_shelf_put(d->journal, &row);
}

status urgent_watch(struct desk *d, const record_id *id)
{
    const struct parent record = {.agency = d->exchange->self, .id = *id};

    return put(d, &record, WAITING_OURS, first_look(d));
}

status urgent_arrived(struct desk *d, const struct parent *record)
{
    const size_t mark = arena_mark(d->scratch);
    const record_id id = recall_row_id(d, "urgent", record);
    const struct roster_agency *const self =
        roster_find(&d->exchange->roster, &d->exchange->self);
    struct shelf_row row = {0};

    if (self != NULL && self->kind == AGENCY_INGEST)
        return OK;
    /* Its second entry asks nothing new. */
    const status s = journal_shelf_find(d->journal, SHELF_WAITING, &id, d->scratch, &row);
    arena_rewind(d->scratch, mark);
    return s == E_UNKNOWN ? put(d, record, WAITING_HERE, first_look(d)) : s;
}

/* Agencies of one record: who has it by its entries, and who acknowledged. */
struct agencies {
    struct desk *desk;
    struct parent record;
    size_t count;
    struct agency_id at[AGENCIES_MAX];
    bool done[AGENCIES_MAX];
};

static size_t find(const struct agencies *all, const struct agency_id *id)
{
    size_t i = 0;

    while (i < all->count && !agency_id_equal(&all->at[i], id))
        i++;
    return i;
}

static status each_leg(void *context, const struct entry_row *e, const struct header *h)
{
    struct agencies *const all = context;
    const struct roster *const roster = &all->desk->exchange->roster;

    for (uint32_t i = 0; i < h->recipient_count && all->count < AGENCIES_MAX; i++) {
        const struct agency_id *const id = &h->recipients[i].agency;
        const struct roster_agency *const a = roster_find(roster, id);
        if (a == NULL || a->kind == AGENCY_INGEST || agency_id_equal(id, &e->stream.agency))
            continue;
        if (find(all, id) == all->count)
            all->at[all->count++] = *id;
    }
    return OK;
}

/* An outcome that cannot be read tells nothing; the journal's own failures are ours. */
static status each_outcome(void *context, const struct entry_row *e)
{
    struct agencies *const all = context;
    struct arena *const a = all->desk->exchange->arena;
    const size_t mark = arena_mark(a);
    const size_t number = find(all, &e->stream.agency);
    const struct salted_item *items = NULL;
    size_t count = 0;
    struct item item;

    if (number == all->count || e->disposition != DISPOSITION_HELD)
        return OK;
    const status s = desk_open(all->desk, e, a, &items, &count);
    if (s == OK && count == 1 && item_decode(items[0].item, a, &item) == OK &&
        item.kind == ITEM_OUTCOME && item.outcome.what == OUTCOME_ACKNOWLEDGED &&
        record_id_equal(&item.outcome.id, &all->record.id) &&
        agency_id_equal(&item.outcome.agency, &all->record.agency))
        all->done[number] = true;
    arena_rewind(a, mark);
    return s == E_STORAGE || s == E_DAMAGED ? s : OK;
}

/* "telephone A, B: ..." or NULL when nobody is left to telephone. */
static const char *sentence_of(const struct desk *d, const struct agencies *all)
{
    struct arena *const a = d->exchange->arena;
    const char *names = NULL;

    for (size_t i = 0; i < all->count; i++) {
        if (!all->done[i])
            names = names == NULL ? all->at[i].text
                                  : desk_text(a, names, ", ", all->at[i].text, NULL);
    }
    return names == NULL ? NULL
                         : desk_text(a, "telephone ", names,
                                     ": an urgent record has no named person's "
                                     "acknowledgement after ",
                                     desk_number(a, d->config->acknowledge_minutes),
                                     " minutes", NULL);
}

/* An own record: who has yet to acknowledge it. */
static status look_sent(struct desk *d, struct agencies *all, const char **ret)
{
    const status s = desk_legs_walk(d, &all->record.id, each_leg, all);

    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    TRY(journal_outcomes(d->journal, &all->record.id, d->scratch, each_outcome, all));
    *ret = sentence_of(d, all);
    return OK;
}

/* What was erased is in nobody's hand; what cannot be opened is for a person all the same.
 */
static status is_here(struct desk *d, const struct parent *record, bool *ret)
{
    struct exchange *const x = d->exchange;
    const size_t mark = arena_mark(d->scratch);
    struct place place = {0};
    struct entry_row e = {0};

    status s =
        x->store.ops->record_find(x->store.self, &record->agency, &record->id, &place);
    if (s == OK)
        s = x->store.ops->entry_find(x->store.self, &place.stream, place.index, d->scratch,
                                     &e);
    *ret = s == OK &&
           (e.disposition == DISPOSITION_HELD || e.disposition == DISPOSITION_UNOPENABLE);
    arena_rewind(d->scratch, mark);
    return s == E_UNKNOWN ? OK : s;
}

/* A received record: whether anybody here has acknowledged it. */
static status look_here(struct desk *d, struct agencies *all, const char **ret)
{
    const char *const alternates = d->config->alternates;
    struct arena *const a = d->exchange->arena;
    bool here = false;

    TRY(is_here(d, &all->record, &here));
    if (!here)
        return OK;
    all->at[all->count++] = d->exchange->self;
    TRY(journal_outcomes(d->journal, &all->record.id, d->scratch, each_outcome, all));
    if (all->done[0])
        return OK;
    *ret = desk_text(a, "urgent, from ", all->record.agency.text,
                     ": nobody here has acknowledged it after ",
                     desk_number(a, d->config->acknowledge_minutes), " minutes; ",
                     alternates[0] != '\0' ? "alternates: " : "no alternates are set",
                     alternates[0] != '\0' ? alternates : " (`alternates` in the config)",
                     NULL);
    return OK;
}

static status look(struct desk *d, struct agencies *all, bool here, const char **ret)
{
    struct recall_found recall = {0};

    TRY(recall_reaching(d, &all->record, d->exchange->arena, &recall));
    if (recall.recalled)
        return OK; /* what is withdrawn is in nobody's hand */
    return here ? look_here(d, all, ret) : look_sent(d, all, ret);
}

struct looking {
    struct desk *desk;
    size_t left;
    struct urgent_told told;
};

static status each_waiting(void *context, const struct shelf_row *row)
{
    struct looking *const l = context;
    struct desk *const d = l->desk;
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    struct agencies *const all = arena_take(a, sizeof *all);
    const record_id id = row->id;
    const uint32_t state = row->state;
    const bool here = state == WAITING_HERE || state == WAITING_HERE_TOLD;
    const enum todo_kind todo = here ? TODO_ACKNOWLEDGE : TODO_TELEPHONE;
    const char *sentence = NULL;

    if (state > WAITING_HERE_TOLD)
        return OK; /* held until its date: another part's row */
    ENSURE(l->left > 0, E_LIMIT);
    ENSURE(all != NULL, E_MEMORY);
    l->left--;
    all->desk = d;
    all->record = (struct parent){.agency = d->exchange->self, .id = row->about};
    if (here)
        TRY(agency_id_read(row->body, &all->record.agency));
    TRY(look(d, all, here, &sentence));
    if (sentence == NULL) {
        TRY(desk_todo_close(d, todo, &all->record.id));
        TRY(journal_shelf_drop(d->journal, SHELF_WAITING, &id));
    } else {
        l->told.ours += state == WAITING_OURS;
        l->told.arrived += state == WAITING_HERE;
        TRY(desk_todo_open(d, todo, &all->record.id, sentence));
        TRY(put(d, &all->record, here ? WAITING_HERE_TOLD : WAITING_TOLD,
                d->exchange->now + AGAIN_MS));
    }
    arena_rewind(a, mark);
    return OK;
}

status urgent_tick(struct desk *d, millis steady, struct urgent_told *ret)
{
    struct looking l = {.desk = d, .left = LOOKED_AT_MAX};
    const struct shelf_filter due = {.due_before = d->exchange->now + 1};

    *ret = (struct urgent_told){0};
    if (steady - d->urgent_at < EVERY_MS || d->exchange->fence != OK)
        return OK;
    d->urgent_at = steady;
    const size_t mark = arena_mark(d->scratch);
    const status s =
        journal_shelf_walk(d->journal, SHELF_WAITING, due, d->scratch, each_waiting, &l);
    *ret = l.told;
    return desk_part_ends(d, mark, s);
}

static status each_told(void *context, const struct shelf_row *row)
{
    size_t *const count = context;

    (void)row;
    ENSURE(*count < URGENT_COUNT_MAX, E_LIMIT);
    ++*count;
    return OK;
}

status urgent_count(struct desk *d, size_t *ret)
{
    const struct shelf_filter told = {.state = WAITING_HERE_TOLD};

    *ret = 0;
    const status s =
        journal_shelf_walk(d->journal, SHELF_WAITING, told, d->scratch, each_told, ret);
    return s == E_LIMIT ? OK : s;
}

#include "urgent.h"

#include "legs.h"
#include "recall.h"
#include "shelf.h"
#include "todo.h"

enum { EVERY_MS = 2000, AGAIN_MS = 5000, LOOKED_AT_MAX = 64, MINUTE_MS = 60000 };
enum { WAITING = 1, TOLD = 2 }; /* states of a row */

static status put(struct desk *d, const record_id *id, uint32_t state, millis due)
{
    const struct shelf_row row = {.kind = SHELF_WAITING,
                                  .id = *id,
                                  .about = *id,
                                  .state = state,
                                  .due = due,
                                  .changed = d->exchange->now,
                                  .body = bytes_of_text("urgent")};

    return journal_shelf_put(d->journal, &row);
}

status urgent_watch(struct desk *d, const record_id *id)
{
    return put(d, id, WAITING,
               d->exchange->now + (millis)d->config->acknowledge_minutes * MINUTE_MS);
}

/* Agencies of one record: who has it by its entries, and who acknowledged. */
struct agencies {
    struct desk *desk;
    record_id id;
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
        record_id_equal(&item.outcome.id, &all->id))
        all->done[number] = true;
    arena_rewind(a, mark);
    return s == E_STORAGE || s == E_DAMAGED ? s : OK;
}

/* "telephone A, B: ..." or NULL when nobody is left to telephone. */
static const char *sentence_of(const struct desk *d, const struct agencies *all)
{
    struct arena *const a = d->exchange->arena;
    const char *names = NULL;
    char minutes[12] = {0};
    struct writer w = writer_over(minutes, sizeof minutes - 1);

    for (size_t i = 0; i < all->count; i++) {
        if (!all->done[i])
            names = names == NULL ? all->at[i].text
                                  : desk_text(a, names, ", ", all->at[i].text, NULL);
    }
    write_decimal(&w, d->config->acknowledge_minutes);
    return names == NULL ? NULL
                         : desk_text(a, "telephone ", names,
                                     ": an urgent record has no named person's "
                                     "acknowledgement after ",
                                     minutes, " minutes", NULL);
}

static status look(struct desk *d, struct agencies *all, const char **ret)
{
    const struct parent record = {.agency = d->exchange->self, .id = all->id};
    struct recall_found recall = {0};

    *ret = NULL;
    TRY(recall_reaching(d, &record, d->exchange->arena, &recall));
    if (recall.recalled)
        return OK; /* what is withdrawn is in nobody's hand */
    const status s = desk_legs_walk(d, &all->id, each_leg, all);
    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    TRY(journal_outcomes(d->journal, &all->id, d->scratch, each_outcome, all));
    *ret = sentence_of(d, all);
    return OK;
}

struct looking {
    struct desk *desk;
    size_t left, told;
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
    const char *sentence = NULL;

    ENSURE(l->left > 0, E_LIMIT);
    ENSURE(all != NULL, E_MEMORY);
    l->left--;
    all->desk = d;
    all->id = id;
    TRY(look(d, all, &sentence));
    if (sentence == NULL) {
        TRY(desk_todo_close(d, TODO_TELEPHONE, &id));
        TRY(journal_shelf_drop(d->journal, SHELF_WAITING, &id));
    } else {
        l->told += state == WAITING;
        TRY(desk_todo_open(d, TODO_TELEPHONE, &id, sentence));
        TRY(put(d, &id, TOLD, d->exchange->now + AGAIN_MS));
    }
    arena_rewind(a, mark);
    return OK;
}

status urgent_tick(struct desk *d, millis steady, size_t *ret_new)
{
    struct looking l = {.desk = d, .left = LOOKED_AT_MAX};
    const struct shelf_filter due = {.due_before = d->exchange->now + 1};

    *ret_new = 0;
    if (steady - d->urgent_at < EVERY_MS || d->exchange->fence != OK)
        return OK;
    d->urgent_at = steady;
    const status s =
        journal_shelf_walk(d->journal, SHELF_WAITING, due, d->scratch, each_waiting, &l);
    *ret_new = l.told;
    return s == E_LIMIT ? OK : s;
}

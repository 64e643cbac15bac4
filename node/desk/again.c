#include "again.h"

#include "dispose.h"
#include "recall.h"
#include "todo.h"

#include <string.h>

enum {
    LOOKED_AT_EACH = 64, /* entries of one turn */
    ROWS_LEFT = 64,      /* of the turn's log, so that what a record needs has room */
};

#define ARENA_LEFT ((size_t)CLOSE_RESERVE + (8 << 20))

/* --- the row --- */

static record_id row_id(const struct desk *d)
{
    const struct hash h =
        keyring_mac(d->keyring, KEYRING_DIGEST, bytes_of_text("flagpost/again/v1"));
    record_id id;

    memcpy(id.bytes, h.bytes, sizeof id.bytes);
    return id;
}

static void take(struct desk *d, uint32_t state)
{
    d->again = (struct again_watch){.state = state};
    d->exchange->holds_back = state == AGAIN_WAITING;
}

status again_load(struct desk *d)
{
    const record_id id = row_id(d);
    const size_t mark = arena_mark(d->scratch);
    struct shelf_row row = {0};
    const status s = journal_shelf_find(d->journal, SHELF_AGAIN, &id, d->scratch, &row);

    arena_rewind(d->scratch, mark);
    ENSURE(s == OK || s == E_UNKNOWN, s);
    take(d, row.state);
    return OK;
}

status again_begin(struct desk *d, enum again_state state)
{
    const struct shelf_row row = {.kind = SHELF_AGAIN,
                                  .id = row_id(d),
                                  .state = (uint32_t)state,
                                  .changed = d->exchange->now};

    if (d->again.state == AGAIN_WAITING)
        return OK;
    TRY(journal_shelf_put(d->journal, &row));
    take(d, row.state);
    return OK;
}

/* --- erasing --- */

static status erase(struct desk *d, const struct parent *record, const char *because)
{
    const struct item_audit why = {.at = d->exchange->now,
                                   .actor = bytes_of_text("node"),
                                   .justification = bytes_of_text(because),
                                   .outcome = bytes_of_text("erased again")};
    const status s = recall_erase_again(d, record, &why);

    if (s == E_LIMIT) /* a person's matter, and of no other record's */
        return desk_todo_open(d, TODO_DISPOSAL, &record->id,
                              "it was erased before this node was put back, and more was "
                              "made of it here than is erased at once: find the copies "
                              "with `flagpost trace` and recall each");
    TRY(s);
    d->again.erased++;
    return OK;
}

/* The decisions about the set are gone with the end of the local stream: a person decides
 * again, so that who it is about goes as well. */
static status tell_of_set(struct desk *d, const record_id *record)
{
    struct nominal_found found = {0};

    TRY(nominal_other(d, record, NULL, &found));
    return found.any
               ? desk_todo_open(
                     d, TODO_DISPOSAL, &found.set,
                     "its records were disposed of before this node was put back, and "
                     "are erased again: dispose of the set again, so that who it is "
                     "about goes too: flagpost review list")
               : OK;
}

/* --- what came back --- */

/* Statements are awaited again, and what was disposed of goes again. */
static status take_recall(struct desk *d, const struct entry_row *e,
                          const struct item_recall *r)
{
    const struct parent record = {.agency = d->exchange->self, .id = r->id};
    struct recall_row row = {0};
    const status known = recall_row_find(d, &record, &row);

    if (known == E_UNKNOWN) {
        row = (struct recall_row){
            .record = record, .state = RECALL_OWN, .due = r->answer_by, .since = e->at};
        TRY(recall_row_put(d, &row));
    } else {
        TRY(known);
    }
    if (r->cause != RECALL_DISPOSED)
        return OK;
    TRY(tell_of_set(d, &r->id));
    return erase(d, &record, "disposed of after review before the restore");
}

static bool is_last_word(enum outcome_what what)
{
    return what == OUTCOME_ERASED || what == OUTCOME_ON_HOLD || what == OUTCOME_ADOPTED;
}

/* A person here has answered the recall: nobody is asked a second time. */
static status take_statement(struct desk *d, const struct entry_row *e,
                             const struct item_outcome *o)
{
    const struct parent record = {.agency = o->agency, .id = o->id};
    const struct recall_row row = {
        .record = record, .state = RECALL_STATED, .since = e->at};

    if (!is_last_word(o->what) || agency_id_equal(&o->agency, &d->exchange->self))
        return OK;
    TRY(recall_row_put(d, &row));
    TRY(desk_todo_close(d, TODO_STATEMENT, &record.id));
    return o->what == OUTCOME_ERASED
               ? erase(d, &record, "stated as erased before the restore")
               : OK;
}

static status take_item(struct desk *d, const struct entry_row *e, struct bytes encoded)
{
    struct item item;

    if (item_decode(encoded, d->exchange->arena, &item) != OK)
        return OK;
    if (item.kind == ITEM_RECALL)
        return take_recall(d, e, &item.recall);
    return item.kind == ITEM_OUTCOME ? take_statement(d, e, &item.outcome) : OK;
}

/* What does not open here tells nothing: its key is lost with the end of keys.db. */
static status take_entry(struct desk *d, const struct entry_row *e)
{
    const struct salted_item *items = NULL;
    size_t count = 0;

    if (e->disposition != DISPOSITION_HELD ||
        (e->kind != KIND_RECALL && e->kind != KIND_OUTCOME))
        return OK;
    const status s = desk_open(d, e, d->exchange->arena, &items, &count);
    ENSURE(s != E_STORAGE && s != E_MEMORY, s);
    for (size_t i = 0; s == OK && i < count; i++)
        TRY(take_item(d, e, items[i].item));
    return OK;
}

/* --- the turn --- */

static bool turn_has_room(const struct exchange *x)
{
    return AUDIT_ROWS_MAX - x->audit_count >= ROWS_LEFT &&
           x->arena->room - x->arena->used > ARENA_LEFT;
}

static bool is_recovering(const struct exchange *x)
{
    bool any = false;

    for (size_t l = 0; l < LANES; l++)
        any = any || x->own[l].back.is_on;
    return any;
}

/* The next lane of which something came back.  E_UNKNOWN: there is none. */
static status next_lane(struct desk *d)
{
    struct again_watch *const w = &d->again;
    struct recovery *const back = arena_take(d->exchange->arena, sizeof *back);

    ENSURE(back != NULL, E_MEMORY);
    for (; w->lane < LANES; w->lane++) {
        const enum lane lane = lane_of_rank(w->lane);
        const status s = exchange_recovery(d->exchange, lane, back);
        if (s == E_UNKNOWN || lane == LANE_LOCAL) /* which goes to nobody */
            continue;
        TRY(s);
        w->stream = back->row.id;
        w->next = back->from;
        w->end = back->row.frontier.size;
        w->walks = true;
        return OK;
    }
    return E_UNKNOWN;
}

/* As many entries of it as this turn has room for; `ret` false: there are more. */
static status walk(struct desk *d, bool *ret)
{
    struct exchange *const x = d->exchange;
    struct again_watch *const w = &d->again;

    for (size_t i = 0; w->next < w->end; i++, w->next++) {
        const size_t mark = arena_mark(d->scratch);
        struct entry_row e = {0};
        *ret = false;
        if (i == LOOKED_AT_EACH || !turn_has_room(x))
            return OK;
        const status s =
            x->store.ops->entry_find(x->store.self, &w->stream, w->next, d->scratch, &e);
        ENSURE(s != E_STORAGE, s);
        if (s == OK) /* else nobody gave it, or it is damaged here, as `verify` tells */
            TRY(take_entry(d, &e));
        arena_rewind(d->scratch, mark);
    }
    *ret = true;
    w->walks = false;
    w->lane++;
    return OK;
}

static status finish(struct desk *d)
{
    const record_id id = row_id(d);
    struct arena *const a = d->exchange->arena;
    const struct item_audit row = {
        .at = d->exchange->now,
        .operation = AUDIT_INSTALL,
        .actor = bytes_of_text("node"),
        .outcome = bytes_of_text(desk_text(
            a, "what came back of this node's own was looked through: erased again ",
            desk_number(a, d->again.erased), NULL))};

    TRY(exchange_audit(d->exchange, &row));
    TRY(journal_shelf_drop(d->journal, SHELF_AGAIN, &id));
    take(d, 0);
    return OK;
}

static status work_off(struct desk *d)
{
    struct exchange *const x = d->exchange;
    struct again_watch *const w = &d->again;
    bool done = true;

    if (!w->asked) {
        const status s = exchange_recover(x);
        ENSURE(s == OK || s == E_UNKNOWN, s);
        w->asked = true;
    }
    if (is_recovering(x)) {
        w->walks = false; /* from the beginning, once it is all there */
        w->lane = 0;
        return OK;
    }
    while (done) {
        const status s = w->walks ? OK : next_lane(d);
        if (s == E_UNKNOWN)
            return finish(d);
        TRY(s);
        TRY(walk(d, &done));
    }
    x->more = true;
    return OK;
}

status again_turn(struct desk *d)
{
    if (d->again.state == 0 || d->exchange->fence != OK)
        return OK;
    const status s = work_off(d);
    /* The row stays: what could not be done in this turn is done in another. */
    return s == E_STORAGE || s == E_DAMAGED ? s : OK;
}

/* --- people --- */

status again_admit(const struct desk *d, struct call *c)
{
    /* They show nothing that a record says, and send nothing of before. */
    static const char *const names[] = {
        "publish", "publish-batch", "explain", "policy-test", "draft",      "inbox",
        "trace",   "recall",        "held",    "acknowledge", "held-cancel"};
    const enum duty duty = c->verb->duty;

    if (!d->exchange->holds_back || duty == DUTY_ANYONE || duty == DUTY_OPERATE ||
        duty == DUTY_AUDIT)
        return OK;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(c->verb->name, names[i]) == 0)
            return OK;
    }
    c->sentence = "this node was put back to an earlier day: what it erased since is asked "
                  "of its peers and erased again, and until then nothing of before is "
                  "shown or sent: try again in a minute";
    return E_FENCED;
}

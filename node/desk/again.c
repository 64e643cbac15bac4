#include "again.h"

#include "case_desk.h"
#include "dispose.h"
#include "given.h"
#include "held.h"
#include "tail.h"

#include <string.h>

enum { LOOKED_AT_EACH = 256 }; /* entries of one turn */

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
    d->exchange->holds_back = state == AGAIN_WAITING || state == AGAIN_WAITING_ALL;
    d->exchange->fetches_all = state == AGAIN_WAITING_ALL;
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

/* Of the epoch in which it was waited for, peers have an end as well as of the one before:
 * both are fetched back, and looked through from the beginning. */
static enum again_state state_after(const struct desk *d, enum again_state asked)
{
    if (!d->exchange->holds_back)
        return asked;
    return asked == AGAIN_WAITING ? AGAIN_WAITING_ALL : (enum again_state)d->again.state;
}

status again_begin(struct desk *d, enum again_state asked)
{
    const struct shelf_row row = {.kind = SHELF_AGAIN,
                                  .id = row_id(d),
                                  .state = (uint32_t)state_after(d, asked),
                                  .changed = d->exchange->now};

    TRY(journal_shelf_put(d->journal, &row));
    take(d, row.state);
    return OK;
}

/* --- the turn --- */

/* The local stream goes to nobody, so what peers give of it are hashes, in which nothing
 * tells what was erased: it is waited for where a tail brings its entries. */
static bool is_recovering(const struct exchange *x)
{
    bool any = false;

    for (size_t l = 0; l < LANES; l++)
        any = any || ((x->gives || lane_of_rank(l) != LANE_LOCAL) && x->own[l].back.is_on);
    return any;
}

/* The followers have given what they have, and the tail has not. */
static bool is_tails_turn(const struct exchange *x)
{
    bool heard = true;
    bool given = true;

    for (size_t l = 0; l < LANES; l++) {
        const struct recovery *const r = &x->own[l].back;
        heard = heard && (!r->is_on || r->heard);
        given = given && (!r->is_on || r->given);
    }
    return x->gives && heard && !given;
}

static void walk_from(struct again_watch *w, const struct recovery *back)
{
    w->stream = back->row.id;
    w->next = back->from;
    w->end = back->row.frontier.size;
    w->walks = true;
}

/* The next lane of which something came back.  E_UNKNOWN: there is none. */
static status next_lane(struct desk *d)
{
    struct again_watch *const w = &d->again;
    struct recovery *const back = arena_take(d->exchange->arena, sizeof *back);

    ENSURE(back != NULL, E_MEMORY);
    for (; w->lane < LANES; w->lane++) {
        const status s = exchange_recovery(d->exchange, lane_of_rank(w->lane), back);
        if (s == E_UNKNOWN)
            continue;
        TRY(s);
        walk_from(w, back);
        return OK;
    }
    return E_UNKNOWN;
}

/* Behind an epoch comes the one before it, then the next lane. */
static status next_stream(struct desk *d)
{
    struct again_watch *const w = &d->again;
    struct recovery *const back = arena_take(d->exchange->arena, sizeof *back);

    ENSURE(back != NULL, E_MEMORY);
    const status s = exchange_before(d->exchange, &w->stream, back);
    ENSURE(s == OK || s == E_UNKNOWN || s == E_DAMAGED, s);
    w->walks = s == OK;
    if (s == OK)
        walk_from(w, back);
    else
        w->lane++;
    return OK;
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
        if (i == LOOKED_AT_EACH || !dispose_has_room(x))
            return OK;
        const status s =
            x->store.ops->entry_find(x->store.self, &w->stream, w->next, d->scratch, &e);
        ENSURE(s != E_STORAGE, s);
        if (s == OK) /* else nobody gave it, or it is damaged here, as `verify` tells */
            TRY(again_take(d, &e));
        arena_rewind(d->scratch, mark);
    }
    *ret = true;
    return next_stream(d);
}

/* What was looked through, in words for the log. */
static const char *outcome_of(struct desk *d)
{
    struct arena *const a = d->exchange->arena;
    const struct tail_watch *const t = &d->tail;
    const char *const text =
        desk_text(a, "what came back of this node's own was looked through: erased again ",
                  desk_number(a, d->again.erased), NULL);

    return t->taken + t->refused == 0
               ? text
               : desk_text(a, text, "; of a tail frames taken ", desk_number(a, t->taken),
                           ", refused ", desk_number(a, t->refused), NULL);
}

static status finish(struct desk *d)
{
    const record_id id = row_id(d);
    const struct item_audit row = {.at = d->exchange->now,
                                   .operation = AUDIT_INSTALL,
                                   .actor = bytes_of_text("node"),
                                   .outcome = bytes_of_text(outcome_of(d))};
    struct case_rebuilt rebuilt;

    if (d->again.calls)
        TRY(case_rebuild(d, &rebuilt));
    if (d->exchange->holds_back)
        TRY(held_doubt(d));
    TRY(exchange_audit(d->exchange, &row));
    TRY(journal_shelf_drop(d->journal, SHELF_AGAIN, &id));
    d->exchange->gives = false;
    d->recalls.all_noted = false; /* answers that came before their questions were back */
    d->tail.remove = true;
    take(d, 0);
    return OK;
}

/* Its frames of the epochs that are fetched back now, all of them once more for each
 * before. */
static status take_tail(struct desk *d)
{
    bool more = false;

    TRY(tail_take(d, &more));
    d->exchange->more = true;
    if (!more)
        exchange_given_all(d->exchange);
    return OK;
}

static status ask(struct desk *d)
{
    struct again_watch *const w = &d->again;

    if (w->asked)
        return OK;
    const status s = exchange_recover(d->exchange);
    ENSURE(s == OK || s == E_UNKNOWN, s);
    w->asked = true;
    d->exchange->gives = tail_is_there(d);
    tail_begin(d);
    return OK;
}

static status work_off(struct desk *d)
{
    struct exchange *const x = d->exchange;
    struct again_watch *const w = &d->again;
    bool done = true;

    TRY(ask(d));
    if (is_recovering(x)) {
        w->walks = false; /* from the beginning, once it is all there */
        w->lane = 0;
        return is_tails_turn(x) ? take_tail(d) : OK;
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
    tail_remove(d, d->again.state == 0 && d->exchange->fence == OK);
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

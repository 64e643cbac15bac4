#include "reconcile.h"

#include "shelf.h"

#include <stdlib.h>
#include <string.h>

/*
 *     at national ingestion
 *     none --due, the other is heard of--> collecting --done--> asking <--> answered
 *       ^                                      |                   |            |
 *       +------------- stopped, with a sentence, or at its end ----+------------+
 *
 *     at an agency
 *     none --a question--> collecting --done--> answering <--> waiting for the next
 *       ^                      |                                   |
 *       +---------- the other ends it, asks anew, or is silent ----+
 */

enum {
    LOOK_MS = 1000,
    HEARD_MS = 60 * 1000,
    /* Entries of one turn: what is decrypted is fewer. */
    COLLECT_OURS = 1000,
    COLLECT_THEIRS = 200,
    ROWS_MAX = 4,
};

/* --- shared --- */

void reconcile_drop(struct desk *d)
{
    if (d->reconciling.session == NULL)
        return;
    reconcile_set_done(&d->reconciling.session->set);
    free(d->reconciling.session);
    d->reconciling.session = NULL;
}

status reconcile_log(struct desk *d, const char *outcome)
{
    const struct item_audit row = {.at = d->exchange->now,
                                   .operation = AUDIT_COMBINE,
                                   .actor = bytes_of_text("node"),
                                   .outcome = bytes_of_text(outcome)};

    return exchange_audit(d->exchange, &row);
}

status reconcile_say(struct desk *d, const struct reconcile *r,
                     const struct item_ranges *says, const struct item *more,
                     size_t more_count)
{
    struct exchange *const x = d->exchange;
    const struct roster_agency *const to = roster_find(&x->roster, &r->other);
    struct bytes *const encoded = arena_array(x->arena, 1 + more_count, sizeof *encoded);
    struct agency_id *const recipient = arena_take(x->arena, sizeof *recipient);
    const struct item first = {.kind = ITEM_RANGES, .ranges = *says};

    ENSURE(encoded != NULL && recipient != NULL, E_MEMORY);
    ENSURE(to != NULL, E_UNKNOWN);
    TRY(item_encode(&first, x->arena, &encoded[0]));
    for (size_t i = 0; i < more_count; i++)
        TRY(item_encode(&more[i], x->arena, &encoded[1 + i]));
    *recipient = r->other;
    const struct submission s = {
        .kind = KIND_RECONCILIATION,
        .lane = LANE_ROUTINE,
        .label = {.marking = to->ceiling < MARKING_OFFICIAL_SENSITIVE
                                 ? MARKING_OFFICIAL
                                 : MARKING_OFFICIAL_SENSITIVE,
                  .handling = HANDLING_P,
                  .priority = PRIORITY_LOW},
        .item_count = 1 + more_count,
        .items = encoded,
        .recipients = recipient,
        .recipient_count = 1};
    return exchange_submit(x, &s);
}

static status keep_stop(struct desk *d, const struct reconcile *r, const char *sentence)
{
    const struct reconcile_result result = {.other = r->other,
                                            .session = r->session,
                                            .state = RECONCILE_STOPPED,
                                            .due = d->exchange->now + RECONCILE_AGAIN_MS,
                                            .at = d->exchange->now,
                                            .count = r->set.count,
                                            .other_count = r->other_count,
                                            .steps = r->step,
                                            .bytes = r->run.bytes,
                                            .hashes = r->run.hashes,
                                            .sentence =
                                                recall_text(bytes_of_text(sentence))};

    TRY(reconcile_result_put(d, &result));
    return reconcile_log(d, desk_text(d->exchange->arena, "reconciliation with ",
                                      r->other.text, " stopped", NULL));
}

status reconcile_stop(struct desk *d, struct reconcile *r, const char *sentence, bool tell)
{
    const struct item_ranges said = {.session = r->session,
                                     .step = r->step == 0 ? 1 : r->step,
                                     .what = RANGES_STOPS,
                                     .reason = bytes_of_text(sentence)};
    /* A word that finds no room is not said: the other stops by itself. */
    const status told = tell ? reconcile_say(d, r, &said, NULL, 0) : OK;

    ENSURE(told != E_STORAGE && told != E_DAMAGED, told);
    if (r->asks)
        TRY(keep_stop(d, r, sentence));
    reconcile_drop(d);
    return OK;
}

/* --- beginning --- */

static struct lane_cover cover_of(const struct stream_row *row, bool known)
{
    return known ? (struct lane_cover){.epoch = row->id.epoch, .size = row->complete}
                 : (struct lane_cover){.size = 0};
}

/* In a turn in which nothing was submitted, so that the lanes' sizes are those of answers
 * that the shelf knows of. */
static struct reconcile_scope scope_of(const struct desk *d, const struct peer *p)
{
    const struct exchange *const x = d->exchange;
    const size_t now = lane_rank(LANE_IMMEDIATE);
    const size_t later = lane_rank(LANE_ROUTINE);
    struct reconcile_scope s = {.owner = p->id, .ingest = x->self};

    s.covers[COVER_RECORDS_IMMEDIATE] =
        cover_of(&p->follows[now].row, p->follows[now].known);
    s.covers[COVER_RECORDS_ROUTINE] =
        cover_of(&p->follows[later].row, p->follows[later].known);
    s.covers[COVER_OUTCOMES_IMMEDIATE] = cover_of(&x->own[now].row, true);
    s.covers[COVER_OUTCOMES_ROUTINE] = cover_of(&x->own[later].row, true);
    return s;
}

static status begin(struct desk *d, const struct peer *p)
{
    struct exchange *const x = d->exchange;
    const struct reconcile_scope scope = scope_of(d, p);
    struct reconcile *const r = calloc(1, sizeof *r);

    ENSURE(r != NULL, E_MEMORY);
    r->asks = true;
    r->other = p->id;
    r->session = draw_record_id(&x->draw, x->now);
    r->begun = x->now;
    r->heard = x->now;
    d->reconciling.session = r;
    return reconcile_set_begin(d, &scope, &r->set);
}

static bool is_heard(const struct desk *d, const struct peer *p)
{
    const millis heard = p->follows[lane_rank(LANE_ROUTINE)].heard_at;

    return p->current && heard != 0 && d->exchange->now - heard < HEARD_MS;
}

/* Each force once a day, from a day after it was first seen.  `ret_due`: since when. */
static status is_due(struct desk *d, const struct roster_agency *a, bool *ret,
                     millis *ret_due)
{
    struct reconcile_result r = {.other = a->id,
                                 .state = RECONCILE_NEVER,
                                 .due = d->exchange->now + RECONCILE_DAY_MS};
    const status s = reconcile_result_find(d, &a->id, &r);

    /* More than a day away it was set by a clock that ran ahead. */
    *ret = s == OK && r.due != 0 &&
           (r.due <= d->exchange->now || r.due - d->exchange->now > RECONCILE_DAY_MS);
    *ret_due = r.due;
    if (s == E_UNKNOWN && a->kind == AGENCY_FIB)
        return reconcile_result_put(d, &r);
    return s == E_UNKNOWN ? OK : s;
}

/* Whose comparison has been due longest, of those that are heard of and are not `but`;
 * NULL: nobody waits. */
static status find_due(struct desk *d, const struct agency_id *but, const struct peer **ret)
{
    const struct exchange *const x = d->exchange;
    millis first = 0;

    *ret = NULL;
    for (size_t i = 0; i < x->roster.agency_count; i++) {
        const struct roster_agency *const a = &x->roster.agencies[i];
        const struct peer *const p = exchange_peer(x, &a->id);
        bool due = false;
        millis since = 0;
        if (agency_id_equal(&a->id, &x->self) || p == NULL ||
            (but != NULL && agency_id_equal(&a->id, but)))
            continue;
        TRY(is_due(d, a, &due, &since));
        if (!due || !is_heard(d, p) || (*ret != NULL && since >= first))
            continue;
        *ret = p;
        first = since;
    }
    return OK;
}

static status look_for_due(struct desk *d)
{
    const struct exchange *const x = d->exchange;
    const struct roster_agency *const self = roster_find(&x->roster, &x->self);
    const struct peer *p = NULL;

    if (self == NULL || self->kind != AGENCY_INGEST)
        return OK;
    TRY(find_due(d, NULL, &p));
    return p == NULL ? OK : begin(d, p);
}

/* Once a second: it is slow, and another agency waits. */
static status is_in_the_way(struct desk *d, const struct reconcile *r, bool *ret)
{
    struct reconcile_watch *const w = &d->reconciling;
    const millis now = d->exchange->now;
    const struct peer *p = NULL;

    *ret = false;
    if (!r->asks || now - w->looked_at < LOOK_MS ||
        (now - r->heard <= RECONCILE_SLOW_ANSWER_MS &&
         now - r->begun <= RECONCILE_SLOW_WHOLE_MS))
        return OK;
    w->looked_at = now;
    TRY(find_due(d, &r->other, &p));
    *ret = p != NULL;
    return OK;
}

/* --- the turn --- */

static status collect(struct desk *d, struct reconcile *r)
{
    if (!reconcile_may_collect(d, r))
        return OK;
    const status s =
        reconcile_set_step(d, &r->set, r->asks ? COLLECT_OURS : COLLECT_THEIRS);
    ENSURE(s != E_LIMIT && s != E_MEMORY, s);
    d->reconciling.more = s == OK && !r->set.done;
    if (r->set.done && r->asks)
        ranges_begin(&r->run, r->set.set);
    return s;
}

static status go_on(struct desk *d, struct reconcile *r)
{
    if (!r->set.done)
        TRY(collect(d, r));
    if (!r->set.done)
        return OK;
    if (!r->asks)
        return r->question_size > 0 ? reconcile_reply(d, r) : OK;
    if (r->asked)
        return OK;
    if (!r->compared)
        return reconcile_ask(d, r);
    TRY(reconcile_end(d, r));
    reconcile_drop(d);
    return OK;
}

static bool may_say(const struct exchange *x)
{
    return x->fence == OK && x->peers[x->self_number].current &&
           roster_age(&x->roster, x->now) != ROSTER_FROZEN;
}

static bool is_quiet(const struct exchange *x)
{
    for (size_t l = 0; l < LANES; l++) {
        if (x->own[l].pending_count > 0)
            return false;
    }
    return true;
}

static status work(struct desk *d)
{
    struct exchange *const x = d->exchange;
    struct reconcile_watch *const w = &d->reconciling;
    bool in_the_way = false;

    if (w->session == NULL && is_quiet(x) &&
        (w->looked_at == 0 || x->now - w->looked_at >= LOOK_MS)) {
        w->looked_at = x->now;
        TRY(look_for_due(d));
    }
    if (w->session == NULL)
        return OK;
    /* What ends one is logged in the same turn. */
    ENSURE(AUDIT_ROWS_MAX - x->audit_count >= ROWS_MAX, E_BUSY);
    if (x->now - w->session->heard > RECONCILE_ANSWER_MS)
        return reconcile_stop(d, w->session, "no answer came within ten minutes", false);
    if (x->now - w->session->begun > RECONCILE_WHOLE_MS)
        return reconcile_stop(d, w->session, "it took more than half an hour", true);
    TRY(is_in_the_way(d, w->session, &in_the_way));
    if (in_the_way)
        return reconcile_stop(
            d, w->session,
            "it was slow while another agency waited: it is compared again "
            "within the hour",
            true);
    return go_on(d, w->session);
}

/* What ends a session here, in the words of who reads it. */
static const char *stop_sentence(status s)
{
    if (s == E_DAMAGED)
        return "a row is damaged there: `flagpost verify` tells which";
    return s == E_LIMIT ? "there are more records or epochs than one comparison takes"
                        : "the node's memory is too small for it";
}

status reconcile_turn(struct desk *d)
{
    d->reconciling.taken = 0;
    d->reconciling.more = false;
    if (!may_say(d->exchange))
        return OK;
    status s = work(d);
    if ((s == E_LIMIT || s == E_MEMORY || s == E_DAMAGED) && d->reconciling.session != NULL)
        s = reconcile_stop(d, d->reconciling.session, stop_sentence(s), true);
    /* No room in this turn, or the other has left: what is begun is tried again, and ends
     * by itself.  No comparison ends the node. */
    return s == E_STORAGE ? s : OK;
}

bool reconcile_has_more(const struct desk *d)
{
    return d->reconciling.more;
}

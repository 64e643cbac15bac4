#include "reconcile.h"

#include <stdlib.h>
#include <string.h>

/* The agency's side: what it answers, and what it makes of the end. */

static bool has_lane(const struct lane_cover *c, const struct stream_row *row, bool known)
{
    /* An epoch but the first begins with its statement, so this is nothing to wait for. */
    if (c->size == 0)
        return true;
    return known && (c->epoch.counter < row->id.epoch.counter ||
                     (epoch_equal(&c->epoch, &row->id.epoch) && c->size <= row->complete));
}

/* National ingestion can have no more of our log than there is. */
static bool is_ours(const struct desk *d, const struct lane_cover covers[COVERS])
{
    const struct own_lane *const own = d->exchange->own;

    return has_lane(&covers[COVER_RECORDS_IMMEDIATE], &own[lane_rank(LANE_IMMEDIATE)].row,
                    true) &&
           has_lane(&covers[COVER_RECORDS_ROUTINE], &own[lane_rank(LANE_ROUTINE)].row,
                    true);
}

/* Every answer that the other has given by then is here: it came on another lane. */
static bool is_followed(const struct desk *d, const struct reconcile *r)
{
    const struct lane_cover *const covers = r->set.scope.covers;
    const struct peer *const p = exchange_peer(d->exchange, &r->other);

    if (p == NULL)
        return false;
    const struct follow *const now = &p->follows[lane_rank(LANE_IMMEDIATE)];
    const struct follow *const later = &p->follows[lane_rank(LANE_ROUTINE)];
    return has_lane(&covers[COVER_OUTCOMES_IMMEDIATE], &now->row, now->known) &&
           has_lane(&covers[COVER_OUTCOMES_ROUTINE], &later->row, later->known);
}

static bool is_same(const struct reconcile *r, const struct agency_id *from,
                    const struct item_ranges *said)
{
    return r != NULL && !r->asks && agency_id_equal(&r->other, from) &&
           record_id_equal(&r->session, &said->session) &&
           reconcile_covers_alike(r->set.scope.covers, said->covers);
}

static status begin(struct desk *d, const struct agency_id *from,
                    const struct item_ranges *said)
{
    struct reconcile *const r = calloc(1, sizeof *r);
    struct reconcile_scope scope = {.owner = d->exchange->self, .ingest = *from};

    ENSURE(r != NULL, E_MEMORY);
    memcpy(scope.covers, said->covers, sizeof scope.covers);
    r->other = *from;
    r->session = said->session;
    r->begun = d->exchange->now;
    d->reconciling.session = r;
    const status s = reconcile_set_begin(d, &scope, &r->set);
    if (s != OK)
        reconcile_drop(d); /* the question is as if it had not come */
    return s;
}

/* A set is collected and its answers stay in our log for ever: who asks anew without end
 * has no answer. */
static bool may_ask_anew(struct desk *d)
{
    enum { HOUR_MS = 60 * 60 * 1000 };
    struct reconcile_watch *const w = &d->reconciling;
    const millis now = d->exchange->now;

    if (w->asked_anew == 0 || now < w->hour || now - w->hour >= HOUR_MS) {
        w->hour = now;
        w->asked_anew = 0;
    }
    return w->asked_anew++ < RECONCILE_ASKED_ANEW_MAX;
}

status reconcile_take_question(struct desk *d, const struct agency_id *from,
                               const struct item_ranges *said)
{
    struct reconcile *r = d->reconciling.session;

    /* Whoever asks anew has ended what it asked before. */
    if (!is_same(r, from, said)) {
        if (!may_ask_anew(d))
            return OK;
        reconcile_drop(d);
        TRY(begin(d, from, said));
        r = d->reconciling.session;
    }
    if (said->step <= r->step)
        return OK; /* it has been answered */
    r->step = said->step;
    r->heard = d->exchange->now;
    r->question_size = 0;
    if (r->step > RECONCILE_STEPS_MAX)
        return reconcile_stop(d, r, "the comparison comes to no end", true);
    if (!is_ours(d, said->covers))
        return reconcile_stop(d, r, "it was asked about more of its log than there is",
                              true);
    if (said->ranges.size > sizeof r->question)
        return reconcile_stop(d, r, "the question is none", true);
    memcpy(r->question, said->ranges.at, said->ranges.size);
    r->question_size = said->ranges.size;
    return OK;
}

status reconcile_reply(struct desk *d, struct reconcile *r)
{
    uint8_t *const room = arena_take(d->exchange->arena, RANGES_ANSWER_BYTES_MAX);
    struct item_ranges i = {.session = r->session,
                            .step = r->step,
                            .what = RANGES_ANSWERS,
                            .count = r->set.count,
                            .root = r->set.root};

    ENSURE(room != NULL, E_MEMORY);
    struct writer w = writer_over(room, RANGES_ANSWER_BYTES_MAX);
    if (ranges_answer(&r->set.set, bytes_of(r->question, r->question_size), &w) != OK)
        return reconcile_stop(d, r, "the question is none", true);
    memcpy(i.covers, r->set.scope.covers, sizeof i.covers);
    i.ranges = writer_bytes(&w);
    TRY(reconcile_say(d, r, &i, NULL, 0));
    r->question_size = 0;
    return OK;
}

bool reconcile_may_collect(const struct desk *d, const struct reconcile *r)
{
    return r->asks || is_followed(d, r);
}

/* --- the end --- */

static status each_told(struct desk *d, const struct agency_id *from,
                        const struct item_ranges *said, const struct item_difference *told)
{
    struct reconcile_scope scope = {.owner = d->exchange->self, .ingest = *from};
    struct reconcile_difference x = {
        .other = *from,
        .record = {.agency = told->agency, .id = told->id},
        .session = said->session,
        .there = {.says = told->says, .size = (uint8_t)told->reference.size}};

    /* What is said of other agencies' records is nothing between these two. */
    if (!agency_id_equal(&told->agency, &d->exchange->self))
        return OK;
    if (told->reference.size > 0)
        memcpy(x.there.reference, told->reference.at, told->reference.size);
    memcpy(scope.covers, said->covers, sizeof scope.covers);
    TRY(reconcile_says_here(d, &scope, &told->id, &x.here));
    if (x.here.says == x.there.says &&
        bytes_equal(bytes_of(x.here.reference, x.here.size), told->reference))
        return OK; /* they do not differ */
    return reconcile_difference_found(d, &x);
}

static status take_differences(struct desk *d, const struct agency_id *from,
                               const struct item_ranges *said,
                               const struct salted_item *items, size_t count)
{
    for (size_t i = 1; i < count && i <= RECONCILE_DIFFERENCES_MAX; i++) {
        struct item item;
        if (item_decode(items[i].item, d->scratch, &item) == OK &&
            item.kind == ITEM_DIFFERENCE)
            TRY(each_told(d, from, said, &item.difference));
    }
    return said->more ? OK : reconcile_differences_sweep(d, from, &said->session);
}

/* What it says of our own set is what we have answered, and of no difference that there is
 * none: an end of anything else would take what is listed here off the list. */
static bool is_believed(const struct reconcile *r, const struct agency_id *from,
                        const struct item_ranges *said, size_t count)
{
    const bool alike =
        said->count == said->other_count && hash_equal(&said->root, &said->other_root);

    return is_same(r, from, said) && r->set.done && said->other_count == r->set.count &&
           hash_equal(&said->other_root, &r->set.root) && said->differences + 1 == count &&
           (said->more || (said->differences == 0) == alike);
}

status reconcile_take_end(struct desk *d, const struct agency_id *from,
                          const struct item_ranges *said, const struct salted_item *items,
                          size_t count)
{
    struct arena *const a = d->exchange->arena;
    const bool ends =
        said->what == RANGES_ENDS && is_believed(d->reconciling.session, from, said, count);
    const struct bytes reason =
        said->what == RANGES_ENDS
            ? bytes_of_text("an end was told of a comparison that this node did not take "
                            "part in so: it is begun anew within a day")
            : said->reason;
    const struct reconcile_result result = {
        .other = *from,
        .session = said->session,
        .state = !ends                   ? RECONCILE_STOPPED
                 : said->differences > 0 ? RECONCILE_DIFFERS
                                         : RECONCILE_AGREES,
        .at = d->exchange->now,
        .count = said->other_count,
        .other_count = said->count,
        .differences = said->differences,
        .steps = said->step,
        .more = said->more,
        .sentence = recall_text(ends ? said->reason : reason)};
    struct reconcile_result before = {.at = 0};

    const status s = reconcile_result_find(d, from, &before);
    if (s != E_UNKNOWN)
        TRY(s);
    /* Told before. */
    if (s == OK && record_id_equal(&before.session, &said->session))
        return OK;
    reconcile_drop(d);
    const size_t mark = arena_mark(a);
    if (ends)
        TRY(take_differences(d, from, said, items, count));
    arena_rewind(a, mark);
    TRY(reconcile_result_put(d, &result));
    return reconcile_log(
        d, ends ? desk_text(a, "reconciled by ", from->text, ": ",
                            desk_number(a, said->other_count), " records here, ",
                            desk_number(a, said->count), " there, ",
                            desk_number(a, said->differences), " differences", NULL)
                : desk_text(a, "reconciliation stopped by ", from->text, NULL));
}

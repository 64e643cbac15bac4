#include "reconcile.h"

#include <string.h>

/* National ingestion's side: questions, what is made of the answers, and the end. */

static struct item_ranges turn_of(const struct reconcile *r, enum ranges_what what)
{
    struct item_ranges i = {.session = r->session,
                            .step = r->step,
                            .what = what,
                            .count = r->set.count,
                            .root = r->set.root};

    memcpy(i.covers, r->set.scope.covers, sizeof i.covers);
    return i;
}

status reconcile_ask(struct desk *d, struct reconcile *r)
{
    uint8_t *const room = arena_take(d->exchange->arena, RANGES_ASK_BYTES_MAX);

    ENSURE(room != NULL, E_MEMORY);
    /* Asked of a copy: a question that finds no room in this turn is asked in the next. */
    struct ranges_run *const next = arena_take(d->exchange->arena, sizeof *next);
    ENSURE(next != NULL, E_MEMORY);
    *next = r->run;
    struct writer w = writer_over(room, RANGES_ASK_BYTES_MAX);
    ranges_ask(next, &w);
    MUST(!w.bad);
    struct item_ranges i = turn_of(r, RANGES_ASKS);
    i.step++;
    i.ranges = writer_bytes(&w);
    TRY(reconcile_say(d, r, &i, NULL, 0));
    r->run = *next;
    r->step++;
    r->asked = true;
    r->heard = d->exchange->now;
    return OK;
}

/* --- an answer --- */

static status each_difference(void *context, const struct range_difference *x)
{
    struct reconcile *const r = context;
    struct reconcile_says says;
    record_id id;

    if (reconcile_key_id(&r->set.scope.owner, &x->key, &id) != OK ||
        (x->there && reconcile_value_says(&x->there_value, &says) != OK)) {
        r->foreign = true;
        return E_FORM;
    }
    if (r->difference_count == RECONCILE_DIFFERENCES_MAX) {
        r->more = true;
        return E_ORDER;
    }
    r->differences[r->difference_count++] = *x;
    return OK;
}

static const char *fault_of(const struct reconcile *r, const struct item_ranges *said)
{
    if (said->what != RANGES_ANSWERS)
        return "it said what only national ingestion says";
    if (!r->asked || said->step != r->step)
        return "it answered what it was not asked, or answered twice";
    if (!reconcile_covers_alike(said->covers, r->set.scope.covers))
        return "it answered about another part of the logs than it was asked about";
    return NULL;
}

status reconcile_take_answer(struct desk *d, struct reconcile *r,
                             const struct item_ranges *said)
{
    const char *const fault = fault_of(r, said);

    if (fault != NULL)
        return reconcile_stop(d, r, fault, true);
    if (r->step > 1 &&
        (said->count != r->other_count || !hash_equal(&said->root, &r->other_root)))
        return reconcile_stop(d, r, "its answers contradict each other", true);
    r->asked = false;
    r->heard = d->exchange->now;
    r->other_count = said->count;
    r->other_root = said->root;
    const status s = ranges_take(&r->run, said->ranges, each_difference, r);
    if (s == E_FORM)
        return reconcile_stop(d, r,
                              r->foreign ? "its answer has what is no record of its own"
                                         : "its answer is none",
                              true);
    if (s == E_LIMIT || (s == OK && r->step >= RECONCILE_STEPS_MAX))
        return reconcile_stop(d, r, "the comparison comes to no end", true);
    r->compared = r->more || ranges_is_done(&r->run);
    const bool alike =
        r->other_count == r->set.count && hash_equal(&r->other_root, &r->set.root);
    if (r->compared && !r->more && (r->difference_count == 0) != alike)
        return reconcile_stop(d, r, "its answers contradict each other", true);
    return OK;
}

/* --- the end --- */

static status difference_of(struct desk *d, const struct reconcile *r,
                            const struct range_difference *x,
                            struct reconcile_difference *ret)
{
    *ret = (struct reconcile_difference){.other = r->other,
                                         .record = {.agency = r->set.scope.owner},
                                         .session = r->session,
                                         .there = {.says = DIFFERENCE_NOT_HELD}};
    TRY(reconcile_key_id(&r->set.scope.owner, &x->key, &ret->record.id));
    if (x->there)
        TRY(reconcile_value_says(&x->there_value, &ret->there));
    return reconcile_says_here(d, &r->set.scope, &ret->record.id, &ret->here);
}

static status item_of(struct arena *a, const struct reconcile_difference *x,
                      struct item *ret)
{
    *ret = (struct item){.kind = ITEM_DIFFERENCE,
                         .difference = {.agency = x->record.agency,
                                        .id = x->record.id,
                                        .says = x->here.says}};
    return arena_copy(a, bytes_of(x->here.reference, x->here.size),
                      &ret->difference.reference);
}

static status keep(struct desk *d, const struct reconcile *r,
                   struct reconcile_difference *found)
{
    const struct reconcile_result result = {
        .other = r->other,
        .session = r->session,
        .state = r->difference_count > 0 ? RECONCILE_DIFFERS : RECONCILE_AGREES,
        .due = d->exchange->now + RECONCILE_DAY_MS,
        .at = d->exchange->now,
        .count = r->set.count,
        .other_count = r->other_count,
        .differences = (uint32_t)r->difference_count,
        .steps = r->step,
        .bytes = r->run.bytes,
        .hashes = r->run.hashes,
        .more = r->more};

    for (size_t i = 0; i < r->difference_count; i++)
        TRY(reconcile_difference_found(d, &found[i]));
    if (!r->more)
        TRY(reconcile_differences_sweep(d, &r->other, &r->session));
    TRY(reconcile_result_put(d, &result));
    struct arena *const a = d->exchange->arena;
    return reconcile_log(d, desk_text(a, "reconciled with ", r->other.text, ": ",
                                      desk_number(a, r->set.count), " records here, ",
                                      desk_number(a, r->other_count), " there, ",
                                      desk_number(a, r->difference_count), " differences",
                                      NULL));
}

status reconcile_end(struct desk *d, struct reconcile *r)
{
    struct arena *const a = d->exchange->arena;
    struct reconcile_difference *const found =
        arena_array(a, RECONCILE_DIFFERENCES_MAX, sizeof *found);
    struct item *const items = arena_array(a, RECONCILE_DIFFERENCES_MAX, sizeof *items);
    struct item_ranges i = turn_of(r, RANGES_ENDS);

    ENSURE(found != NULL && items != NULL, E_MEMORY);
    for (size_t k = 0; k < r->difference_count; k++) {
        TRY(difference_of(d, r, &r->differences[k], &found[k]));
        TRY(item_of(a, &found[k], &items[k]));
    }
    i.other_count = r->other_count;
    i.other_root = r->other_root;
    i.differences = (uint32_t)r->difference_count;
    i.more = r->more;
    TRY(reconcile_say(d, r, &i, items, r->difference_count));
    return keep(d, r, found);
}

#include "legs.h"

#include "text.h"
#include "urgent.h"

/* All entries of a record belong to one turn: what was half accepted would be half sent. */
static bool turn_has_room(const struct exchange *x, enum lane lane, size_t legs)
{
    const struct own_lane *const own = &x->own[lane_rank(lane)];

    return legs <= GROUP_ENTRIES_MAX - own->pending_count &&
           legs * ENTRY_BYTES_MAX <= GROUP_BYTES_MAX - own->pending_bytes &&
           legs <= ANSWERS_MAX - x->submitted;
}

/* The same salts in each entry, so that all have one content root. */
static status seal_once(struct desk *d, const struct legs *l,
                        const struct sealed_content **ret)
{
    struct exchange *const x = d->exchange;
    struct sealed_content *const fresh = arena_take(x->arena, sizeof *fresh);

    ENSURE(fresh != NULL, E_MEMORY);
    TRY(seal_content(l->items, l->item_count, &x->draw, x->arena, fresh));
    *ret = fresh;
    return OK;
}

status desk_legs_submit(struct desk *d, const struct legs *l, const struct routing *r)
{
    struct exchange *const x = d->exchange;
    struct agency_id *const to = arena_array(x->arena, AGENCIES_MAX, sizeof *to);
    struct routing_leg *const legs = arena_array(x->arena, AGENCIES_MAX, sizeof *legs);
    struct submission s = {.id = l->id,
                           .kind = KIND_INTELLIGENCE,
                           .lane = routing_lane(&l->label),
                           .has_previous = l->has_previous,
                           .previous = l->previous,
                           .parent_count = l->parent_count,
                           .parents = l->parents,
                           .item_count = l->item_count,
                           .items = l->items,
                           .content = l->content,
                           .idempotency_key = l->key,
                           .ticket = l->ticket};

    ENSURE(to != NULL && legs != NULL, E_MEMORY);
    const size_t count = routing_legs(r, to, legs);
    ENSURE(count > 0, E_VALUE);
    ENSURE(count <= LEGS_MAX, E_LIMIT);
    ENSURE(count == 1 || turn_has_room(x, s.lane, count), E_BUSY);
    if (count > 1 && l->content == NULL)
        TRY(seal_once(d, l, &s.content));
    for (size_t i = 0; i < count; i++) {
        const size_t before = x->effects->count;
        s.label = l->label;
        s.label.route.immigration |= legs[i].immigration;
        s.recipients = &to[legs[i].first];
        s.recipient_count = legs[i].count;
        TRY(exchange_submit(x, &s));
        /* Answered before under its key: the other legs were sealed with that one. */
        if (x->effects->count > before)
            return OK;
        s.idempotency_key = (struct bytes){0};
        s.ticket = 0;
    }
    return l->label.priority == PRIORITY_HIGH ? urgent_watch(d, &l->id) : OK;
}

static status walk_one(struct desk *d, const struct place *place, desk_each_leg each,
                       void *context)
{
    const struct exchange *const x = d->exchange;
    const size_t mark = arena_mark(x->arena);
    struct entry_row e = {0};
    struct header h;

    TRY(x->store.ops->entry_find(x->store.self, &place->stream, place->index, x->arena,
                                 &e));
    TRY(header_decode(e.header, x->arena, &h));
    TRY(each(context, &e, &h));
    arena_rewind(x->arena, mark);
    return OK;
}

status desk_legs_walk(struct desk *d, const record_id *id, desk_each_leg each,
                      void *context)
{
    const struct exchange *const x = d->exchange;
    const struct store_ops *const ops = x->store.ops;
    struct place place = {0};
    status found = ops->record_after(x->store.self, &x->self, id, NULL, &place);

    TRY(found);
    while (found == OK) {
        const struct place last = place;
        TRY(walk_one(d, &place, each, context));
        found = ops->record_after(x->store.self, &x->self, id, &last, &place);
    }
    return found == E_UNKNOWN ? OK : found;
}

static void add(struct findings *f, const struct finding *one)
{
    if (f->count < FINDINGS_MAX)
        f->at[f->count++] = *one;
    f->refused = f->refused || one->severity == SEVERITY_REFUSE;
}

static const struct route_decision *find(const struct routing *r,
                                         const struct agency_id *id)
{
    for (size_t i = 0; i < r->count; i++) {
        if (agency_id_equal(&r->at[i].agency, id))
            return &r->at[i];
    }
    return NULL;
}

/* What a person asked for by name and does not happen. */
static void check_asked(struct arena *a, const struct routing_question *q,
                        const struct routing *r, struct findings *f)
{
    struct finding one = {.field = "recipients"};

    for (size_t i = 0; i < q->decided_count; i++) {
        const struct route_decision *const d = find(r, &q->decided[i].agency);
        if (d == NULL || d->yes)
            continue;
        one.rule = "R10";
        one.severity = SEVERITY_WITHHOLD;
        one.sentence = desk_text(a, "not sent to ", d->agency.text, ": ", d->reason, NULL);
        one.mend = "where protection blocks it, another reason is needed: "
                   "--override-person and --override-reason";
        add(f, &one);
    }
    for (size_t i = 0; i < q->confidential_count; i++) {
        const struct route_decision *const d = find(r, &q->confidential[i]);
        if (d == NULL || d->yes)
            continue;
        one.rule = "M2";
        one.severity = SEVERITY_ADVISE;
        one.sentence = desk_text(a, "not sent to ", d->agency.text,
                                 ", in confidence or otherwise: ", d->reason, NULL);
        one.mend = "--confidential hides a recipient that the rules name, and adds none";
        add(f, &one);
    }
}

/* R7 where it withholds nothing: only some agencies' records go to who needs the code. */
static void check_code(const struct routing *r, struct findings *f)
{
    for (size_t i = 0; i < r->count; i++) {
        if (r->at[i].withheld)
            return;
    }
    for (size_t i = 0; i < f->count; i++) {
        struct finding *const one = &f->at[i];
        if (one->severity != SEVERITY_WITHHOLD || !text_is(bytes_of_text(one->rule), "R7"))
            continue;
        one->severity = SEVERITY_ADVISE;
        one->mend = "Nothing is withheld here: no rule sends this record to an agency that "
                    "needs the code. Give the right one all the same, for whoever passes "
                    "it on.";
    }
}

status desk_legs_check(struct arena *a, const struct routing_question *q,
                       const struct routing *r, struct findings *f)
{
    static const struct finding nobody = {
        .rule = "M2",
        .field = "recipients",
        .severity = SEVERITY_REFUSE,
        .sentence = "this record reaches nobody: no rule and no person's decision sends it "
                    "to an agency that may have it",
        .mend =
            "`flagpost explain FILE` tells why for each agency: check flag, marking and "
            "handling, or ask for a routing rule",
    };

    check_code(r, f);
    for (size_t i = 0; i < r->gap_count; i++) {
        const char *const name = arena_text(a, r->gaps[i].rule);
        ENSURE(name != NULL, E_MEMORY);
        const struct finding gap = {
            .rule = "M2",
            .field = "recipients",
            .severity = SEVERITY_ADVISE,
            .sentence = desk_text(a, "the routing rule ", name,
                                  " reaches nobody: ", r->gaps[i].reason, NULL),
            .mend =
                "if somebody should have had it, ask for a rule or for the agency to be "
                "enrolled",
        };
        add(f, &gap);
    }
    check_asked(a, q, r, f);
    if (r->recipient_count == 0)
        add(f, &nobody);
    return OK;
}

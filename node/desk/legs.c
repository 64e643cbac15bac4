#include "legs.h"

#include "text.h"

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
    return OK;
}

static void add(struct findings *f, const struct finding *one)
{
    if (f->count < FINDINGS_MAX)
        f->at[f->count++] = *one;
    f->refused = f->refused || one->severity == SEVERITY_REFUSE;
}

status desk_legs_check(struct arena *a, const struct routing *r, struct findings *f)
{
    static const struct finding nobody = {
        .rule = "M2",
        .field = "recipients",
        .severity = SEVERITY_REFUSE,
        .sentence = "no rule sends this record to any agency",
        .mend =
            "`flagpost explain FILE` tells why for each agency: check flag, marking and "
            "handling, or ask for a routing rule",
    };

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
    if (r->recipient_count == 0)
        add(f, &nobody);
    return OK;
}

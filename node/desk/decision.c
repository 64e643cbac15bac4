#include "decision.h"

#include "text.h"

static bool is_blank(struct bytes b)
{
    for (size_t i = 0; i < b.size; i++) {
        if (b.at[i] != ' ')
            return false;
    }
    return true;
}

/* An argument that is a person's own words; empty when it was not given. */
static status read_words(struct call *c, const char *name, struct bytes *ret)
{
    const struct bytes words = control_argument(&c->parsed, name);

    if (words.size > DECISION_TEXT_MAX || !utf8_is_valid(words)) {
        c->sentence = "names and reasons are plain text of at most 200 characters";
        return E_VALUE;
    }
    *ret = is_blank(words) ? (struct bytes){0} : words;
    return OK;
}

/* DPA 2018 s.73 to s.76: what the transfer rests on, and what of whom is transferred. */
static status read_transfer(struct call *c, bool abroad, struct item_decision *ret)
{
    static const char *const words[] = {"adequacy", "safeguards", "special-circumstances"};
    const struct bytes basis = control_argument(&c->parsed, "basis");

    TRY(read_words(c, "description", &ret->description));
    for (uint32_t i = 0; i < COUNT_OF(words); i++) {
        if (bytes_equal(basis, bytes_of_text(words[i])))
            ret->basis = i + 1;
    }
    if (!abroad && basis.size + ret->description.size > 0) {
        c->sentence =
            "--basis and --description are of a transfer abroad, and that agency is "
            "in the United Kingdom: leave them out";
        return E_VALUE;
    }
    if (abroad && (ret->basis == 0 || ret->description.size == 0)) {
        c->sentence =
            "a transfer outside the United Kingdom is recorded with its basis and what is "
            "transferred (R20, DPA 2018 s.73-76): give --basis adequacy, safeguards or "
            "special-circumstances, and --description";
        return E_USAGE;
    }
    return OK;
}

static status read_all(struct call *c, struct item_decision *ret)
{
    TRY(read_words(c, "person", &ret->person));
    TRY(read_words(c, "reason", &ret->reason));
    TRY(read_words(c, "override_person", &ret->override_person));
    TRY(read_words(c, "override_reason", &ret->override_reason));
    if (ret->person.size == 0 || ret->reason.size == 0) {
        c->sentence =
            "that agency is reached by a named person's decision with a reason: give "
            "--person and --reason";
        return E_USAGE;
    }
    if ((ret->override_person.size == 0) != (ret->override_reason.size == 0)) {
        c->sentence = "an override has a person and a reason of its own: give both "
                      "--override-person and --override-reason";
        return E_USAGE;
    }
    /* A second reason is one: the first one said again decides nothing anew. */
    if (ret->override_reason.size > 0 && bytes_equal(ret->override_reason, ret->reason)) {
        c->sentence = "the second reason must say why the protection does not stand in the "
                      "way, not repeat the first";
        return E_VALUE;
    }
    return OK;
}

status desk_decision_read(struct desk *d, struct call *c, struct desk_decision *ret)
{
    const struct bytes to = control_argument(&c->parsed, "to");
    struct desk_decision one = {.given = true};

    *ret = (struct desk_decision){0};
    if (to.size == 0)
        return OK;
    const struct roster_agency *const a =
        agency_id_read(to, &one.item.to) != OK
            ? NULL
            : roster_find(&d->exchange->roster, &one.item.to);
    if (a == NULL || !routing_needs_person(a)) {
        c->sentence =
            a == NULL ? "no agency of that id is enrolled"
                      : "that agency has no immigration enforcement access and is in the "
                        "United Kingdom: routing rules send there, not a person";
        return E_VALUE;
    }
    TRY(read_all(c, &one.item));
    TRY(read_transfer(c, a->kind == AGENCY_ABROAD, &one.item));
    one.decided = (struct routing_decided){.agency = one.item.to,
                                           .overridden = one.item.override_reason.size > 0};
    *ret = one;
    return OK;
}

static status submit_entry(struct desk *d, const struct item_decision *decision)
{
    struct exchange *const x = d->exchange;
    struct bytes *const encoded = arena_take(x->arena, sizeof *encoded);
    const struct item item = {.kind = ITEM_DECISION, .decision = *decision};

    ENSURE(encoded != NULL, E_MEMORY);
    TRY(item_encode(&item, x->arena, encoded));
    const struct submission s = {.kind = KIND_DECISION,
                                 .lane = LANE_LOCAL,
                                 .label = {.marking = MARKING_OFFICIAL_SENSITIVE,
                                           .handling = HANDLING_P,
                                           .priority = PRIORITY_LOW},
                                 .has_previous = true,
                                 .previous = decision->id,
                                 .item_count = 1,
                                 .items = encoded};
    return exchange_submit(x, &s);
}

static const char *outcome_of(const struct desk_decision *d)
{
    if (d->item.basis != 0)
        return d->decided.overridden ? "transferred abroad, over the block"
                                     : "transferred abroad";
    return d->decided.overridden ? "sent to immigration enforcement, over the block"
                                 : "sent to immigration enforcement";
}

status desk_decision_log(struct desk *d, struct call *c,
                         const struct desk_decision *decision, const struct place *place,
                         const record_id *id)
{
    struct exchange *const x = d->exchange;
    struct item_decision item = decision->item;
    struct agency_id *const to = arena_take(x->arena, sizeof *to);
    struct item_audit row = {.operation = AUDIT_DECIDE,
                             .has_object = true,
                             .object_stream = place->stream,
                             .object_index = place->index,
                             .object = *id,
                             .justification = item.reason,
                             .recipients.count = 1,
                             .outcome = bytes_of_text(outcome_of(decision))};

    ENSURE(to != NULL, E_MEMORY);
    *to = item.to;
    row.recipients.at[0] = bytes_of_text(to->text);
    item.id = *id;
    item.at = x->now;
    TRY(submit_entry(d, &item));
    return desk_audit(d, c, &row);
}

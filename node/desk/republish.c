#include "copying.h"

#include "consent.h"
#include "correction.h"
#include "handling.h"
#include "text.h"

/*
 * `republish`: a unit publishes items of a record onward, under its own name and rules; and
 * `consent`: the owner lets another agency do so where its handling says S2.
 */

static bool good_text(struct bytes b)
{
    return b.size > 0 && b.size <= SHORT_TEXT_MAX && utf8_is_valid(b);
}

static status check_source(struct desk *d, struct call *c, struct copying *k)
{
    struct recall_found recalled = {0};

    TRY(recall_reaching(d, &k->parent, d->exchange->arena, &recalled));
    if (recalled.recalled) {
        c->sentence = "the record that it is made of is recalled";
        return E_DENIED;
    }
    TRY(correction_none_of(d, c, &k->parent));
    return copying_consent(d, &k->parent, &k->consents);
}

static status read_proof(struct desk *d, struct call *c, struct copying *k)
{
    const struct bytes text = control_argument(&c->parsed, "proof");
    struct proof_fault fault = {0};

    if (text.size > PROOF_CARRIED_MAX) {
        c->sentence = "these items and their proof are more than 96 KiB: choose fewer";
        return E_LIMIT;
    }
    const status s = copying_read(d, text, k, &fault);
    if (s != OK && s != E_MEMORY)
        c->sentence = desk_text(d->exchange->arena, "the copy does not prove itself (",
                                fault.field == NULL ? "file" : fault.field,
                                "): ", fault.sentence, NULL);
    return s;
}

status republish_prepare(struct desk *d, struct call *c)
{
    struct arena *const a = d->exchange->arena;
    struct publish_work *const work = arena_take(a, sizeof *work);
    struct copying *const k = arena_take(a, sizeof *k);
    struct record *const record = arena_take(a, sizeof *record);
    struct bytes class = {0};

    ENSURE(work != NULL && k != NULL && record != NULL, E_MEMORY);
    ENSURE(publish_may_judge(d, c), E_CONFIG);
    TRY(publish_check_released(d, c));
    TRY(handling_class(d, c, &class));
    work->person = control_argument(&c->parsed, "person");
    work->reason = control_argument(&c->parsed, "reason");
    work->key = control_argument(&c->parsed, "key");
    if (!good_text(work->person) || !good_text(work->reason)) {
        c->sentence = "a named person decides what is published onward, and why: give "
                      "--person and --reason";
        return E_USAGE;
    }
    TRY(read_proof(d, c, k));
    TRY(check_source(d, c, k));
    TRY(excerpt_record(k->items, k->count, &k->label, a, record));
    TRY(record_pack(record, a, &work->packed));
    work->copying = k;
    TRY(publish_judge(d, c, a, work));
    c->work = work;
    if (work->findings->refused) {
        c->sentence = "refused: the chosen items make no record that may leave; see what "
                      "is listed";
        TRY(publish_refusal(d, c, work));
        return E_VALUE;
    }
    TRY(publish_submit_told(d, c, work));
    return handling_note(d, c, &k->parent, OUTCOME_SHARED, class);
}

/* --- consent --- */

static status check_consent(struct desk *d, struct call *c, struct parent *ret,
                            struct agency_id *ret_to)
{
    struct exchange *const x = d->exchange;
    struct place place = {0};

    if (!good_text(control_argument(&c->parsed, "person")) ||
        !good_text(control_argument(&c->parsed, "reason"))) {
        c->sentence = "a consent names who gives it and why: --person and --reason";
        return E_USAGE;
    }
    if (agency_id_read(control_argument(&c->parsed, "to"), ret_to) != OK ||
        exchange_peer(x, ret_to) == NULL || agency_id_equal(ret_to, &x->self)) {
        c->sentence = "--to names an agency of the roster";
        return E_USAGE;
    }
    TRY(desk_find_record(d, c, &place, &c->id));
    if (!agency_id_equal(&place.stream.agency, &x->self)) {
        c->sentence = "only the agency that published a record can consent to copies of it";
        return E_DENIED;
    }
    *ret = (struct parent){.agency = x->self, .id = c->id};
    return OK;
}

status consent_give(struct desk *d, struct call *c, const struct consent_given *given)
{
    struct exchange *const x = d->exchange;
    struct agency_id *const to = arena_take(x->arena, sizeof *to);
    struct bytes *const encoded = arena_take(x->arena, sizeof *encoded);
    const struct item item = {.kind = ITEM_OUTCOME,
                              .outcome = {.agency = given->record.agency,
                                          .id = given->record.id,
                                          .what = OUTCOME_CONSENT,
                                          .at = x->now,
                                          .person = given->person,
                                          .reason = given->reason}};

    ENSURE(to != NULL && encoded != NULL, E_MEMORY);
    *to = given->to;
    TRY(item_encode(&item, x->arena, encoded));
    const struct submission s = {.kind = KIND_OUTCOME,
                                 .lane = LANE_ROUTINE,
                                 .label = {.marking = MARKING_OFFICIAL,
                                           .handling = HANDLING_P,
                                           .priority = PRIORITY_LOW},
                                 .has_previous = true,
                                 .previous = given->record.id,
                                 .item_count = 1,
                                 .items = encoded,
                                 .recipient_count = 1,
                                 .recipients = to,
                                 .ticket = c->client + 1};
    TRY(exchange_submit(x, &s));
    struct item_audit row = {.operation = AUDIT_ALTER,
                             .has_object = true,
                             .object_stream = x->own[lane_rank(LANE_ROUTINE)].row.id,
                             .object = given->record.id,
                             .recipients = {.count = 1, .at = {bytes_of_text(to->text)}},
                             .outcome = bytes_of_text("consent to a sanitised copy")};
    return desk_audit(d, c, &row);
}

status consent_prepare(struct desk *d, struct call *c)
{
    struct consent_given given = {.person = control_argument(&c->parsed, "person"),
                                  .reason = control_argument(&c->parsed, "reason")};

    TRY(check_consent(d, c, &given.record, &given.to));
    return consent_give(d, c, &given);
}

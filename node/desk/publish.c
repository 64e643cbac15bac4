#include "desk.h"

#include "text.h"

#include <string.h>

/*
 * The bureau's desk: a record is checked, labelled, routed and submitted.  A record that is
 * refused at source is not kept: the log gets the rule ids, the station and a keyed digest.
 */

struct publish_work {
    struct record *record;
    struct findings *findings;
    struct routing *routing;
};

static status audit_refusal(struct desk *d, struct call *c, const struct publish_work *work,
                            struct bytes packed)
{
    struct arena *const a = d->exchange->arena;
    const struct hash digest = keyring_mac(d->keyring, KEYRING_DIGEST, packed);
    struct item_audit row = {.operation = AUDIT_REFUSE};

    TRY(arena_copy(a, bytes_of(digest.bytes, sizeof digest.bytes), &row.digest));
    row.station = work->record->facts.station;
    row.outcome = bytes_of_text("refused at source");
    for (size_t i = 0; i < work->findings->count && row.rules.count < LIST_MAX; i++) {
        const struct finding *const f = &work->findings->at[i];
        if (f->severity == SEVERITY_REFUSE)
            row.rules.at[row.rules.count++] = bytes_of_text(f->rule);
    }
    /* An overlong station is itself a finding; what is logged must be encodable. */
    if (row.station.size > SHORT_TEXT_MAX || !utf8_is_valid(row.station))
        row.station = (struct bytes){0};
    return desk_audit(d, c, &row);
}

static void add_finding(struct findings *f, const struct finding *one)
{
    if (f->count < FINDINGS_MAX)
        f->at[f->count++] = *one;
    f->refused = f->refused || one->severity == SEVERITY_REFUSE;
}

/* Where the routing rules send it.  To nobody is a finding, never silence. */
static status route(struct desk *d, struct publish_work *work, struct agency_id **ret,
                    size_t *ret_count)
{
    struct exchange *const x = d->exchange;
    static const struct finding nobody = {
        .rule = "M2",
        .field = "flags",
        .severity = SEVERITY_REFUSE,
        .sentence = "no rule sends this record to any agency",
        .mend = "check the flag and the marking, or ask for a routing rule",
    };

    work->routing = arena_take(x->arena, sizeof *work->routing);
    struct agency_id *const to = arena_array(x->arena, AGENCIES_MAX, sizeof *to);
    ENSURE(work->routing != NULL && to != NULL, E_MEMORY);
    routing_decide(work->record, &x->self, &x->roster, d->lists,
                   work->findings->code_is_right, x->now, work->routing);
    for (size_t i = 0; i < work->routing->count; i++) {
        if (work->routing->at[i].yes)
            to[(*ret_count)++] = work->routing->at[i].agency;
    }
    if (*ret_count == 0)
        add_finding(work->findings, &nobody);
    *ret = to;
    return OK;
}

/* The caller's key for this request, as a keyed digest: people make it from the record's
 * URN, and what a record says is nowhere in the clear.  Empty when there is none.  With
 * `record` it is the key of this request and this record together. */
static status request_key(struct desk *d, const struct call *c, struct bytes record,
                          struct bytes *ret)
{
    struct arena *const a = d->exchange->arena;
    const struct bytes key = control_argument(&c->parsed, "key");

    if (key.size == 0)
        return OK;
    struct writer w =
        writer_over(arena_take(a, key.size + 1 + record.size), key.size + 1 + record.size);
    ENSURE(w.at != NULL, E_MEMORY);
    write_bytes(&w, key);
    write_u8(&w, record.size > 0);
    write_bytes(&w, record);
    const struct hash digest = keyring_mac(d->keyring, KEYRING_DIGEST, writer_bytes(&w));
    return arena_copy(a, bytes_of(digest.bytes, sizeof digest.bytes), ret);
}

/* A key that was answered before: for the same record its answer stands, for another one it
 * would be a lie. */
static status check_again(struct desk *d, struct call *c, struct bytes both)
{
    struct exchange *const x = d->exchange;
    struct place place = {0};
    const status s = x->store.ops->idempotency_find(x->store.self, both, &place);

    if (s != E_UNKNOWN)
        return s;
    c->sentence = "this key was used for another record: nothing was published; give this "
                  "record a key of its own";
    return E_DUPLICATE;
}

static status submit(struct desk *d, struct call *c, const struct publish_work *work,
                     const struct agency_id *to, size_t to_count)
{
    struct exchange *const x = d->exchange;
    struct submission s = {.kind = KIND_INTELLIGENCE, .ticket = c->client + 1};
    const size_t before = x->effects->count;

    s.label = work->record->label;
    s.lane = routing_lane(&s.label);
    s.recipients = to;
    s.recipient_count = to_count;
    s.id = draw_record_id(&x->draw, x->now);
    struct bytes both = {0};
    const struct bytes packed = control_argument(&c->parsed, "record");
    TRY(request_key(d, c, (struct bytes){0}, &s.idempotency_key));
    TRY(request_key(d, c, packed, &both));
    TRY(record_items(work->record, x->arena, &s.items, &s.item_count));
    TRY(exchange_submit(x, &s));
    if (x->effects->count > before)
        return check_again(d, c, both); /* answered before: nothing new was collected */
    struct item_audit row = {.operation = AUDIT_COLLECT,
                             .has_object = true,
                             .object_stream = x->own[lane_rank(s.lane)].row.id,
                             .object = s.id,
                             .station = work->record->facts.station,
                             .outcome = bytes_of_text("accepted")};
    row.object_index = x->own[lane_rank(s.lane)].row.frontier.size +
                       x->own[lane_rank(s.lane)].pending_count - 1;
    const struct place place = {.stream = row.object_stream, .index = row.object_index};
    if (both.size > 0)
        TRY(x->store.ops->idempotency_put(x->store.self, both, &place));
    return desk_audit(d, c, &row);
}

static status check(struct desk *d, struct call *c, struct publish_work *work,
                    struct bytes packed)
{
    struct arena *const a = d->exchange->arena;

    work->record = arena_take(a, sizeof *work->record);
    work->findings = arena_take(a, sizeof *work->findings);
    ENSURE(work->record != NULL && work->findings != NULL, E_MEMORY);
    if (record_unpack(packed, a, work->record) != OK) {
        c->sentence =
            "the record could not be read: command and node are of different versions";
        return E_FORM;
    }
    rules_check(work->record, d->lists, d->exchange->now, a, work->findings);
    return OK;
}

status publish_prepare(struct desk *d, struct call *c)
{
    const struct bytes packed = control_argument(&c->parsed, "record");
    struct publish_work *const work = arena_take(d->exchange->arena, sizeof *work);
    struct agency_id *to = NULL;
    size_t to_count = 0;

    ENSURE(work != NULL, E_MEMORY);
    if (d->lists->version == 0) {
        c->sentence = "no code list and routing rules are installed: install them with "
                      "`flagpost roster install`";
        return E_CONFIG;
    }
    TRY(check(d, c, work, packed));
    c->work = work;
    if (!work->findings->refused)
        TRY(route(d, work, &to, &to_count));
    if (work->findings->refused) {
        c->sentence = "refused: mend what is listed and publish it again; nothing was kept";
        TRY(audit_refusal(d, c, work, packed));
        return E_VALUE;
    }
    const status s = submit(d, c, work, to, to_count);
    if (s == E_FENCED)
        c->sentence = "this node may not publish: see `flagpost status` for the reason";
    if (s == E_EXPIRED)
        c->sentence = "the roster has expired: nothing is published until a newer one is "
                      "installed";
    return s;
}

static void give_findings(struct rows *r, const struct findings *f)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct finding *const one = &f->at[i];
        rows_next(r, 6);
        rows_text(r, "row", "finding");
        rows_text(r, "rule", one->rule);
        rows_text(r, "field", one->field);
        rows_text(r, "severity", severity_word(one->severity));
        rows_text(r, "sentence", one->sentence);
        rows_text(r, "mend", one->mend);
    }
}

static void give_routing(struct rows *r, const struct routing *routing)
{
    for (size_t i = 0; i < routing->count; i++) {
        const struct route_decision *const one = &routing->at[i];
        rows_next(r, 4);
        rows_text(r, "row", "recipient");
        rows_text(r, "agency", one->agency.text);
        rows_text(r, "sent", one->yes ? "yes" : "no");
        rows_text(r, "reason", one->reason);
    }
}

static void give_place(struct rows *r, const struct call *c)
{
    rows_next(r, 5);
    rows_text(r, "row", "record");
    rows_id(r, "id", &c->id);
    rows_text(r, "stream", lane_word(c->place.stream.lane));
    rows_number(r, "index", c->place.index);
    rows_text(r, "again", c->again ? "yes" : "no");
}

status publish_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct publish_work *const work = c->work;
    struct rows r;

    rows_init(&r, d->exchange->arena, 1 + FINDINGS_MAX + AGENCIES_MAX);
    if (c->prepared == OK) {
        MUST(c->answered_by_place);
        give_place(&r, c);
        ret->sentence = bytes_of_text(
            c->again ? "this key was answered before: nothing new was published"
                     : "published: the record is durable here and on its way");
    }
    give_findings(&r, work->findings);
    if (work->routing != NULL && c->prepared == OK)
        give_routing(&r, work->routing);
    rows_give(&r, ret);
    return OK;
}

#include "publish.h"

#include "account.h"
#include "case_desk.h"
#include "copying.h"
#include "correction.h"
#include "held.h"
#include "legs.h"
#include "lowered.h"
#include "origins.h"
#include "outdated.h"
#include "same.h"
#include "stage.h"
#include "text.h"
#include "ungraded.h"
#include "urn.h"

#include <string.h>

/*
 * The bureau's desk: a record is checked, labelled, routed and submitted.  A record that is
 * refused at source is not kept: the log gets the rule ids, the station and a keyed digest.
 */

status publish_refusal(struct desk *d, struct call *c, const struct publish_work *work)
{
    struct arena *const a = d->exchange->arena;
    const struct hash digest = keyring_mac(d->keyring, KEYRING_DIGEST, work->packed);
    struct item_audit row = {.operation = AUDIT_REFUSE};

    TRY(arena_copy(a, bytes_of(digest.bytes, sizeof digest.bytes), &row.digest));
    row.station = work->record->facts.station;
    row.object = work->draft;
    row.outcome = bytes_of_text(work->has_draft ? "draft refused" : "refused at source");
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

/* Where the routing rules send it.  To nobody is a finding, never silence. */
static status route(struct desk *d, struct arena *a, struct publish_work *work)
{
    struct exchange *const x = d->exchange;
    const struct routing_question q = {.label = &work->record->label,
                                       .owner = x->self,
                                       .roster = &x->roster,
                                       .lists = d->lists,
                                       .now = x->now,
                                       .decided_count = work->decision.given,
                                       .decided = &work->decision.decided,
                                       .confidential_count = work->confidential_count,
                                       .confidential = work->confidential};

    work->routing = arena_take(a, sizeof *work->routing);
    work->to = arena_array(a, AGENCIES_MAX, sizeof *work->to);
    ENSURE(work->routing != NULL && work->to != NULL, E_MEMORY);
    if (work->copying != NULL) /* R10: what was left out does not lift the block */
        work->record->label.route = work->copying->label.route;
    if (work->origins != NULL && work->origins->foreign)
        work->record->label.route = work->origins->label.route;
    routing_label(work->record, work->findings->code_is_right, x->now);
    routing_decide(&q, work->routing);
    if (work->correction != NULL)
        correction_route(d, work);
    if (work->copying != NULL)
        copying_check(d, work);
    if (work->origins != NULL)
        origins_check(work);
    for (size_t i = 0; i < work->routing->count; i++) {
        if (work->routing->at[i].yes)
            work->to[work->to_count++] = work->routing->at[i].agency;
    }
    if (work->correction != NULL)
        TRY(outdated_advise(d, work));
    return desk_legs_check(x->arena, &q, work->routing, work->findings);
}

status publish_options(struct desk *d, struct call *c, struct publish_work *work)
{
    struct bytes rest = control_argument(&c->parsed, "confidential");
    struct bytes one = {0};

    work->once_more = control_argument(&c->parsed, "again").size > 0;
    TRY(desk_decision_read(d, c, &work->decision));
    TRY(origins_read(d, c, work));
    work->confidential =
        arena_array(d->exchange->arena, AGENCIES_MAX, sizeof *work->confidential);
    ENSURE(work->confidential != NULL, E_MEMORY);
    while (rest.size > 0) {
        struct agency_id *const to = &work->confidential[work->confidential_count];
        if (!text_cut(&rest, ',', &one)) {
            one = rest;
            rest = (struct bytes){0};
        }
        if (work->confidential_count == AGENCIES_MAX || agency_id_read(one, to) != OK ||
            roster_find(&d->exchange->roster, to) == NULL) {
            c->sentence = "--confidential takes ids of enrolled agencies, with commas";
            return E_VALUE;
        }
        work->confidential_count++;
    }
    return OK;
}

/* What the exchange said at once: the key was answered before. */
static void take_answer(const struct effect *e, struct publish_work *work)
{
    MUST(e->kind == EFFECT_ANSWER);
    work->id = e->answer.id;
    work->place = e->answer.place;
    work->again = true;
}

/* Its parts add up to less than the row's field: of many records it names one. */
static const char *outcome_text(struct desk *d, const struct publish_work *work)
{
    struct arena *const a = d->exchange->arena;
    const bool corrects = work->correction != NULL;
    const bool is_made = work->origins != NULL && !corrects;

    return desk_text(
        a, "accepted", corrects ? " as a correction of " : "",
        corrects ? desk_id_text(a, &work->previous) : "",
        work->once_more && work->same.times > 0 ? " once more, as it was asked for" : "",
        work->mends != NULL ? " with mends that were asked for" : "", is_made ? ", " : "",
        is_made ? origins_brief(d, work->origins->count, work->origins->at) : "", NULL);
}

static status log_collected(struct desk *d, struct call *c, const struct publish_work *work)
{
    struct item_audit row = {.operation = AUDIT_COLLECT,
                             .has_object = true,
                             .object_stream = work->place.stream,
                             .object_index = work->place.index,
                             .object = work->id,
                             .station = work->record->facts.station,
                             .justification = control_argument(&c->parsed, "released"),
                             .outcome = bytes_of_text(outcome_text(d, work))};

    if (row.justification.size == 0 && (work->correction != NULL || work->origins != NULL))
        row.justification = work->reason;
    for (size_t i = 0; work->mends != NULL && i < work->mends->count; i++) {
        if (row.rules.count < LIST_MAX)
            row.rules.at[row.rules.count++] = bytes_of_text(work->mends->at[i].rule);
    }
    return desk_audit(d, c, &row);
}

/* A decision that something else stops decided nothing, and is a finding. */
static bool decision_stands(const struct publish_work *work)
{
    for (size_t i = 0; i < work->routing->count; i++) {
        const struct route_decision *const one = &work->routing->at[i];
        if (one->yes && (one->immigration & IMMIGRATION_DECIDED) != 0)
            return true;
    }
    return false;
}

/* Both could be released, and would be two records of one row. */
static status check_no_draft(struct desk *d, struct call *c, struct publish_work *work)
{
    const status s = work->has_draft ? E_UNKNOWN : publish_known(d, c, work);

    return s == E_UNKNOWN ? OK : s;
}

status publish_submit(struct desk *d, struct call *c, struct publish_work *work)
{
    struct exchange *const x = d->exchange;
    struct legs l = {.id = draw_record_id(&x->draw, x->now),
                     .label = work->record->label,
                     .has_previous = work->has_previous,
                     .previous = work->previous,
                     .ticket = c->client + 1};
    const struct own_lane *const own = &x->own[lane_rank(routing_lane(&l.label))];
    const size_t pending = own->pending_count;
    const size_t before = x->effects->count;

    ENSURE(desk_case_has_room(d), E_BUSY);
    /* What leaves without its decision in the log would be a rule's. */
    ENSURE(GROUP_ENTRIES_MAX - x->own[lane_rank(LANE_LOCAL)].pending_count > 1, E_BUSY);
    TRY(publish_digests(d, work));
    l.key = work->key_alone;
    TRY(check_no_draft(d, c, work));
    if (!work->again)
        TRY(same_refuse(d, c, work));
    TRY(record_items(work->record, x->arena, &l.items, &l.item_count));
    if (work->correction != NULL)
        TRY(correction_items(d, work, &l.items, &l.item_count));
    if (work->origins != NULL) {
        l.parent_count = work->origins->count;
        l.parents = work->origins->at;
    }
    if (work->copying != NULL) {
        l.parent_count = 1;
        l.parents = &work->copying->parent;
        TRY(copying_items(d, work, &l.items, &l.item_count));
    }
    TRY(desk_legs_submit(d, &l, work->routing));
    if (x->effects->count > before) {
        take_answer(&x->effects->at[before], work);
        return publish_check_again(d, c, work); /* nothing new was collected */
    }
    TRY(urn_advise(d, work));
    work->id = l.id;
    work->place =
        (struct place){.stream = own->row.id, .index = own->row.frontier.size + pending};
    if (work->correction != NULL) {
        TRY(correction_tell(d, work));
        TRY(outdated_note(d, work));
    }
    if (work->key_and_record.size > 0)
        TRY(x->store.ops->idempotency_put(x->store.self, work->key_and_record,
                                          &work->place));
    TRY(same_note(d, work));
    if (decision_stands(work))
        TRY(desk_decision_log(d, c, &work->decision, &work->place, &work->id));
    /* Published at once is submitted and accepted in one moment. */
    const struct desk_citation cited = publish_citation(work);
    TRY(desk_case_cited(d, &cited, CASE_ACCEPTED, work->findings));
    TRY(publish_withheld(d, work));
    TRY(urn_note(d, work));
    if (work->origins != NULL && work->correction == NULL)
        TRY(origins_tell(d, c, work));
    return log_collected(d, c, work);
}

bool publish_may_judge(const struct desk *d, struct call *c)
{
    if (d->lists->version != 0)
        return true;
    c->sentence = "no code list and routing rules are installed: install them with "
                  "`flagpost roster install`";
    return false;
}

status publish_judge(struct desk *d, struct call *c, struct arena *a,
                     struct publish_work *work)
{
    work->record = arena_take(a, sizeof *work->record);
    work->findings = arena_take(a, sizeof *work->findings);
    ENSURE(work->record != NULL && work->findings != NULL, E_MEMORY);
    if (record_unpack(work->packed, a, work->record) != OK) {
        c->sentence =
            "the record could not be read: command and node are of different versions";
        return E_FORM;
    }
    if (work->has_previous)
        TRY(correction_begin(d, c, work));
    rules_check(work->record, d->lists, d->exchange->now, d->exchange->arena,
                work->findings);
    TRY(publish_mend(d, a, work));
    urn_advise_force(d, work);
    lowered_publish(d, work);
    return work->findings->refused ? OK : route(d, a, work);
}

status publish_submit_told(struct desk *d, struct call *c, struct publish_work *work)
{
    const status s = publish_submit(d, c, work);

    if (s == E_FENCED)
        c->sentence = "this node may not publish: see `flagpost status` for the reason";
    if (s == E_EXPIRED)
        c->sentence = "the roster has expired: nothing is published until a newer one is "
                      "installed";
    return s;
}

status publish_check_released(const struct desk *d, struct call *c)
{
    const struct bytes released = control_argument(&c->parsed, "released");

    if (d->config->second_person == 0 || released.size > 0)
        return OK;
    c->sentence = "this agency asks for a second person: hand it in with `flagpost draft`, "
                  "or state who released it in the force's own system (--released)";
    return E_DENIED;
}

/* Over HTTP nobody is there who could grade it; at the command line somebody is. */
static status keep_ungraded(struct desk *d, struct call *c, struct publish_work *work)
{
    TRY(ungraded_keep(d, c, work));
    c->answered_by_place = true;
    c->id = work->id;
    c->place = work->place;
    c->again = true;
    return OK;
}

status publish_prepare(struct desk *d, struct call *c)
{
    struct publish_work *const work = arena_take(d->exchange->arena, sizeof *work);

    ENSURE(work != NULL, E_MEMORY);
    ENSURE(publish_may_judge(d, c), E_CONFIG);
    TRY(publish_check_released(d, c));
    work->packed = control_argument(&c->parsed, "record");
    TRY(account_key(d, c, &work->key));
    TRY(publish_options(d, c, work));
    TRY(publish_mend_read(c, work));
    TRY(publish_judge(d, c, d->exchange->arena, work));
    c->work = work;
    if (ungraded_is(work) && text_is(bytes_of_text(c->channel), "http"))
        return keep_ungraded(d, c, work);
    if (work->findings->refused) {
        c->sentence = "refused: mend what is listed and publish it again; nothing was kept";
        TRY(publish_refusal(d, c, work));
        return E_VALUE;
    }
    return control_argument(&c->parsed, "hold_until").size > 0
               ? held_put(d, c, work)
               : publish_submit_told(d, c, work);
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

static void give_held(struct rows *r, const struct publish_work *work)
{
    rows_next(r, 3);
    rows_text(r, "row", "held");
    rows_id(r, "id", &work->id);
    rows_time(r, "until", work->held_until);
}

static void give_draft(struct rows *r, const struct publish_work *work)
{
    rows_next(r, 4);
    rows_text(r, "row", "draft");
    rows_id(r, "id", &work->id);
    rows_text(r, "state", stage_word(STAGE_DRAFT));
    rows_text(r, "next", stage_todo(STAGE_DRAFT));
}

status publish_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct publish_work *const work = c->work;
    struct rows r;

    rows_init(&r, d->exchange->arena, 1 + MENDED_MAX + FINDINGS_MAX + AGENCIES_MAX);
    if (c->prepared == OK && work->held_until != 0) {
        give_held(&r, work);
        ret->sentence = bytes_of_text("held: it is checked and routed again when the time "
                                      "has come");
    } else if (c->prepared == OK) {
        MUST(c->answered_by_place);
        give_place(&r, c);
        ret->sentence = bytes_of_text(
            c->again ? "this key was answered before: nothing new was published"
                     : "published: the record is durable here and on its way");
    }
    if (c->prepared == E_HELD)
        give_draft(&r, work);
    if (c->prepared == OK || c->prepared == E_HELD)
        publish_give_mends(&r, work);
    publish_give_findings(&r, work->findings);
    if (work->routing != NULL && c->prepared == OK)
        publish_give_routing(&r, work->routing);
    rows_give(&r, ret);
    return OK;
}

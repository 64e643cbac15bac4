#include "request_desk.h"

#include "consent.h"
#include "legs.h"
#include "source.h"
#include "text.h"
#include "todo.h"
#include "words.h"

/* `answer`: the owner's desk answers a question once, by a named person.  A grant to
 * sanitise is the consent that `consent` gives, in the same commit. */

struct answer_work {
    struct asked q;
    struct entry_row e; /* of the record */
    struct bytes person, text;
    bool grants;
};

static status read_decision(struct call *c, struct answer_work *work)
{
    const struct bytes says = control_argument(&c->parsed, "says");

    work->grants = text_is(says, "grant");
    if (!work->grants && !text_is(says, "refuse")) {
        c->sentence = "say what is answered: --grant or --refuse";
        return E_USAGE;
    }
    work->person = control_argument(&c->parsed, "person");
    work->text = control_argument(&c->parsed, "text");
    if (asked_is_text(work->person, REQUEST_PERSON_MAX) &&
        asked_is_text(work->text, REQUEST_TEXT_MAX))
        return OK;
    c->sentence = "an answer names who gives it, in at most 200 bytes, and says what or "
                  "why, in at most 4000: --person NAME and --text or --reason TEXT; the "
                  "asker reads both";
    return E_USAGE;
}

/* As what leaves this agency elsewhere: publish wants it too. */
static status check_second(const struct desk *d, struct call *c,
                           const struct answer_work *work)
{
    const struct bytes released = control_argument(&c->parsed, "released");

    if (d->config->second_person == 0)
        return OK;
    if (asked_is_text(released, REQUEST_PERSON_MAX) &&
        !word_same(word_trim(released), word_trim(work->person)))
        return OK;
    c->sentence = "this agency asks for a second person: state who released the answer, "
                  "and not who gives it (--released NAME); it goes into the log";
    return E_DENIED;
}

static status find_record(struct desk *d, struct call *c, struct answer_work *work)
{
    struct exchange *const x = d->exchange;
    struct place place = {0};
    struct header h;
    bool recalled = false;

    TRY(desk_find_record(d, c, &place, &c->id));
    TRY(x->store.ops->entry_find(x->store.self, &place.stream, place.index, x->arena,
                                 &work->e));
    if (!agency_id_equal(&place.stream.agency, &x->self)) {
        c->sentence = "only the agency that published a record answers what is asked about "
                      "it";
        return E_DENIED;
    }
    TRY(header_decode(work->e.header, x->arena, &h));
    if (h.label.expires_at != 0 && h.label.expires_at <= x->now) {
        c->sentence =
            "the record has expired: nothing about it leaves this agency any more";
        return E_EXPIRED;
    }
    TRY(x->store.ops->recalled(x->store.self, &x->self, &c->id, &recalled));
    if (!recalled)
        return OK;
    c->sentence = "the record is recalled: its recipients have been told, and nothing more "
                  "is answered about it";
    return E_VALUE;
}

/* Of what that agency has asked about the record: the one that is open, or why not. */
static status choose(struct desk *d, struct call *c, const struct asked_list *all,
                     const struct agency_id *from, struct asked *ret)
{
    struct arena *const a = d->exchange->arena;
    const struct bytes wants = control_argument(&c->parsed, "wants");
    const struct asked *answered = NULL;
    size_t open = 0;

    for (size_t i = 0; i < all->count; i++) {
        const struct asked *const one = &all->at[i];
        if (!agency_id_equal(&one->from, from) ||
            (wants.size > 0 && !text_is(wants, asking_word(one->wants))))
            continue;
        if (!asked_is_open(one)) {
            answered = one;
            continue;
        }
        *ret = *one;
        open++;
    }
    if (open == 1)
        return OK;
    if (open > 1) {
        c->sentence = "that agency has asked more than one thing about the record: say "
                      "which is answered with --more, --act or --sanitise";
        return E_USAGE;
    }
    if (answered == NULL) {
        c->sentence = "that agency has not asked this about the record: flagpost asked "
                      "lists what is open";
        return E_UNKNOWN;
    }
    if (answered->state == ASKED_ENDED) {
        c->sentence = "the question has ended: the record was recalled or has expired, or "
                      "who asked has left";
        return E_DUPLICATE;
    }
    char at[TIME_TEXT_ROOM];
    time_write(answered->answered, at);
    c->sentence =
        desk_text(a, "this was answered on ", at, ": ", asked_state_word(answered->state),
                  "; the first answer stands", NULL);
    return E_DUPLICATE;
}

static status find_question(struct desk *d, struct call *c, struct answer_work *work)
{
    const struct parent record = {.agency = d->exchange->self, .id = c->id};
    struct asked_list all = {0};
    struct agency_id from;

    if (agency_id_read(control_argument(&c->parsed, "from"), &from) != OK) {
        c->sentence = "say whose question is answered: --from AGENCY";
        return E_USAGE;
    }
    TRY(asked_about(d, &record, &all));
    TRY(choose(d, c, &all, &from, &work->q));
    if (!work->grants || work->q.wants != REQUEST_SANITISE ||
        work->text.size <= SHORT_TEXT_MAX)
        return OK;
    c->sentence = "a consent to a sanitised copy gives its reason in at most 256 bytes";
    return E_USAGE;
}

struct leg_to {
    const struct agency_id *to;
    bool found;
    struct place place;
};

/* The newest: it has what was decided last. */
static status each_leg(void *context, const struct entry_row *e, const struct header *h)
{
    struct leg_to *const leg = context;

    if (h->kind != KIND_INTELLIGENCE || e->disposition != DISPOSITION_HELD ||
        header_recipient_rank(h, leg->to) < 0)
        return OK;
    leg->found = true;
    leg->place = (struct place){.stream = e->stream, .index = e->index};
    return OK;
}

/* The entry by which the asker was sent the record; another one may be for other eyes. */
static status leg_of(struct desk *d, const struct asked *q, struct entry_row *ret,
                     struct header *ret_h)
{
    struct exchange *const x = d->exchange;
    struct leg_to leg = {.to = &q->from};

    TRY(desk_legs_walk(d, &q->record.id, each_leg, &leg));
    ENSURE(leg.found, E_UNKNOWN);
    TRY(x->store.ops->entry_find(x->store.self, &leg.place.stream, leg.place.index,
                                 x->arena, ret));
    return header_decode(ret->header, x->arena, ret_h);
}

/* What says something of a record goes to whoever could have it today, and no further. */
static status may_answer(struct desk *d, const struct asked *q, const struct header *leg)
{
    struct exchange *const x = d->exchange;
    struct routing_today today = {.roster = &x->roster, .lists = x->lists, .now = x->now};

    TRY(desk_superseded(d, &q->record.id, &today.superseded));
    return routing_may_send(leg, &q->from, &today);
}

static status find_leg(struct desk *d, struct call *c, struct answer_work *work)
{
    struct header h;
    status s = leg_of(d, &work->q, &work->e, &h);

    if (s == OK)
        s = may_answer(d, &work->q, &h);
    if (s == E_UNKNOWN || s == E_POLICY || s == E_REVOKED || s == E_EXPIRED) {
        c->sentence =
            desk_text(d->exchange->arena, work->q.from.text,
                      " could not be sent the record today, by the roster and "
                      "the rules, so nothing about it goes there while that is so",
                      NULL);
        return E_POLICY;
    }
    return s;
}

static status each_source(void *context, const struct shelf_row *row)
{
    *(record_id *)context = row->id;
    return OK;
}

/* R6: where it came from has no place in what leaves. */
static status check_source(struct desk *d, struct call *c, const struct answer_work *work)
{
    struct arena *const a = d->exchange->arena;
    struct source source = {.known_count = 0};
    record_id draft = {{0}};

    TRY(journal_shelf_about(d->journal, SHELF_SOURCE, &work->q.record.id, d->scratch,
                            each_source, &draft));
    const status s = source_find(d, &draft, a, &source);

    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    if (!source_is_in(&source, work->text, a))
        return OK;
    c->sentence = "the register number, the officer or somebody who knows stands in the "
                  "answer: nothing of the source leaves this agency (R6); say it without";
    return E_VALUE;
}

/* --- answering --- */

static status log_answer(struct desk *d, struct call *c, const struct answer_work *work)
{
    struct item_audit row = {
        .operation = AUDIT_DECIDE,
        .has_object = true,
        .object_stream = work->e.stream,
        .object_index = work->e.index,
        .object = work->e.id,
        .recipients = {.count = 1, .at = {bytes_of_text(work->q.from.text)}},
        .justification = control_argument(&c->parsed, "released"),
        .outcome = bytes_of_text(desk_text(d->exchange->arena,
                                           "answered: ", asking_word(work->q.wants), " ",
                                           asked_state_word(work->q.state), NULL))};

    return desk_audit(d, c, &row);
}

/* The answer and the consent belong to one turn. */
static bool turn_has_room(const struct exchange *x)
{
    for (size_t l = 0; l < LANES; l++) {
        const struct own_lane *const own = &x->own[l];
        if (GROUP_ENTRIES_MAX - own->pending_count < 2 ||
            GROUP_BYTES_MAX - own->pending_bytes < (size_t)2 * ENTRY_BYTES_MAX)
            return false;
    }
    return ANSWERS_MAX - x->submitted >= 2;
}

static status submit(struct desk *d, struct call *c, struct answer_work *work)
{
    struct asked *const q = &work->q;

    ENSURE(turn_has_room(d->exchange), E_BUSY);
    const struct item_request says = {.what =
                                          work->grants ? REQUEST_GRANTED : REQUEST_REFUSED,
                                      .wants = q->wants,
                                      .at = d->exchange->now,
                                      .has_question = true,
                                      .question = q->question,
                                      .person = work->person,
                                      .text = work->text};
    const status s = asked_say(d, &work->e, &says, &q->from, &q->answer);

    if (s == E_FENCED || s == E_EXPIRED)
        c->sentence = "this node may not publish now, so nothing was answered: see "
                      "`flagpost status`";
    if (s == E_REVOKED || s == E_UNKNOWN)
        c->sentence = "who asked is no current agency of the roster: if it has left, the "
                      "question ends by itself once it is overdue";
    TRY(s);
    q->state = work->grants ? ASKED_GRANTED : ASKED_REFUSED;
    q->answered = d->exchange->now;
    q->person = recall_text(work->person);
    if (work->grants && q->wants == REQUEST_SANITISE) {
        const struct consent_given given = {.record = q->record,
                                            .to = q->from,
                                            .person = work->person,
                                            .reason = work->text};
        TRY(consent_give(d, c, &given));
    }
    TRY(asked_settle(d, q));
    return log_answer(d, c, work);
}

status answer_prepare(struct desk *d, struct call *c)
{
    struct answer_work *const work = arena_take(d->exchange->arena, sizeof *work);

    ENSURE(work != NULL, E_MEMORY);
    TRY(read_decision(c, work));
    TRY(check_second(d, c, work));
    TRY(find_record(d, c, work));
    TRY(find_question(d, c, work));
    TRY(find_leg(d, c, work));
    TRY(check_source(d, c, work));
    TRY(submit(d, c, work));
    c->work = work;
    return OK;
}

status answer_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct answer_work *const work = c->work;
    struct rows r;

    rows_init(&r, d->exchange->arena, 1);
    rows_next(&r, 5);
    rows_text(&r, "row", "answer");
    rows_id(&r, "record", &work->q.record.id);
    rows_agency(&r, "from", &work->q.from);
    rows_text(&r, "wants", asking_word(work->q.wants));
    rows_text(&r, "state", asked_state_word(work->q.state));
    ret->sentence = bytes_of_text("answered: who asked will see it");
    rows_give(&r, ret);
    return OK;
}

#include "request_desk.h"

#include "copying.h"
#include "text.h"
#include "words.h"

/* `ask`: a question to the owner of a record that is held here.  What the owner's codes
 * answer already is not asked, and the same is not asked twice. */

struct ask_work {
    struct asked q;
    struct entry_row e;
    struct header h;
    struct bytes text;
};

static status read_wants(struct call *c, enum request_for *ret)
{
    const struct bytes word = control_argument(&c->parsed, "wants");

    for (enum request_for w = REQUEST_MORE; w <= REQUEST_SANITISE; w++) {
        if (!text_is(word, asking_word(w)))
            continue;
        *ret = w;
        return OK;
    }
    c->sentence = "say what is asked for: --more, --act or --sanitise";
    return E_USAGE;
}

/* "10": days; "2026-11-27": the end of that day; or a time. */
static status read_by(struct desk *d, struct call *c, millis *ret)
{
    enum { DAY_TEXT = 10 };
    const struct bytes text = control_argument(&c->parsed, "by");
    const millis now = d->exchange->now;
    const millis last = now + (millis)ASKED_DAYS_MAX * DESK_DAY_MS;
    char room[TIME_TEXT_ROOM] = "";
    uint64_t days = ASKED_DAYS;

    if (text.size == 0 || (text.size <= 3 && decimal_decode(text, &days) == OK)) {
        *ret = now + days * DESK_DAY_MS;
    } else {
        struct writer w = writer_over(room, sizeof room - 1);
        write_bytes(&w, text);
        if (text.size == DAY_TEXT)
            write_text(&w, "T23:59:59Z");
        if (w.bad || time_read(writer_bytes(&w), ret) != OK)
            *ret = 0;
    }
    if (*ret > now && *ret <= last)
        return OK;
    c->sentence = "--by takes a number of days, a day or a time within a year, in UTC: 10, "
                  "2026-11-27 or 2026-11-27T14:00:00Z";
    return E_USAGE;
}

/* --- whether it is to be asked --- */

/* What stands here, and whose it is. */
static status check_record(struct desk *d, struct call *c, struct ask_work *work)
{
    struct exchange *const x = d->exchange;
    struct place place = {0};
    struct recall_versions versions = {0};
    bool recalled = false;

    TRY(desk_find_record(d, c, &place, &c->id));
    TRY(x->store.ops->entry_find(x->store.self, &place.stream, place.index, x->arena,
                                 &work->e));
    TRY(header_decode(work->e.header, x->arena, &work->h));
    work->q.record = (struct parent){.agency = place.stream.agency, .id = c->id};
    if (agency_id_equal(&place.stream.agency, &x->self))
        c->sentence = "it is your own record: there is nobody to ask; `flagpost consent` "
                      "lets another agency sanitise it, `flagpost supersede` changes its "
                      "codes";
    else if (work->e.kind != KIND_INTELLIGENCE)
        c->sentence = "only the owner of a record is asked, about that record";
    else if (work->e.disposition != DISPOSITION_HELD)
        c->sentence = "the record is not held here: it was erased, or it does not open and "
                      "is asked for again by itself";
    else if (work->h.label.expires_at != 0 && work->h.label.expires_at <= x->now)
        c->sentence = "the record has expired: nothing more is done with it";
    if (c->sentence != NULL)
        return E_VALUE;
    if (desk_is_unreleased(d, &work->e)) {
        c->sentence = desk_unreleased_sentence;
        return E_EXPIRED;
    }
    TRY(recall_blocks(d, &work->q.record, &recalled));
    if (recalled) {
        c->sentence = "the record was recalled: say what became of it with flagpost "
                      "statement";
        return E_VALUE;
    }
    TRY(recall_versions(d, &work->q.record, &versions));
    if (!versions.has_newer)
        return OK;
    c->sentence = desk_text(x->arena, "another version stands in its place: ask about ",
                            desk_id_text(x->arena, &versions.newer), NULL);
    return E_VALUE;
}

/* Whether the owner has been asked before, or has consented without. */
static status check_before(struct desk *d, struct call *c, const struct ask_work *work)
{
    struct arena *const a = d->exchange->arena;
    const enum request_for wants = work->q.wants;
    struct asked_list all = {0};
    size_t count = 0;
    bool consents = false;
    char at[TIME_TEXT_ROOM];

    TRY(asked_about(d, &work->q.record, &all));
    const struct asked *const last = asked_newest(&all, &work->q.from, wants, &count);
    if (wants == REQUEST_SANITISE)
        TRY(copying_consent(d, &work->q.record, &consents));
    if (last != NULL && asked_is_open(last)) {
        time_write(last->at, at);
        c->sentence =
            desk_text(a, "this was asked on ", at, " (", asking_word(wants),
                      ") and is not answered yet: flagpost asked ",
                      desk_id_text(a, &work->q.record.id), " --purpose TEXT", NULL);
        return E_DUPLICATE;
    }
    if (consents ||
        (wants == REQUEST_ACT && last != NULL && last->state == ASKED_GRANTED)) {
        c->sentence = wants == REQUEST_ACT
                          ? "the owner has consented to action: flagpost show ID says who "
                            "and when, flagpost asked ID on what terms"
                          : "the owner has consented to a sanitised copy: flagpost "
                            "republish makes it";
        return E_DUPLICATE;
    }
    if (count < ASKED_EACH_MAX && all.count < ASKED_ABOUT_MAX)
        return OK;
    c->sentence = "it was asked too often already: telephone the owner";
    return E_LIMIT;
}

/* --- asking --- */

static status submit(struct desk *d, struct call *c, struct ask_work *work)
{
    const millis expires = work->h.label.expires_at;

    if (expires != 0 && expires < work->q.by)
        work->q.by = expires; /* nobody answers after that */
    const struct item_request says = {.what = REQUEST_ASKED,
                                      .wants = work->q.wants,
                                      .at = work->q.at,
                                      .by = work->q.by,
                                      .text = work->text};
    const struct agency_id *const owner = &work->q.record.agency;
    const status s = asked_say(d, &work->e, &says, owner, &work->q.question);

    if (s == E_FENCED || s == E_EXPIRED)
        c->sentence = "this node may not publish now, so nothing was asked: see `flagpost "
                      "status`";
    if (s == E_REVOKED || s == E_UNKNOWN)
        c->sentence = desk_text(d->exchange->arena, owner->text,
                                " is no current agency of the roster: nobody is there to "
                                "be asked",
                                NULL);
    TRY(s);
    TRY(asked_put(d, &work->q));
    struct item_audit row = {
        .operation = AUDIT_ALTER,
        .has_object = true,
        .object_stream = work->e.stream,
        .object_index = work->e.index,
        .object = work->e.id,
        .recipients = {.count = 1, .at = {bytes_of_text(owner->text)}},
        .outcome = bytes_of_text(desk_text(
            d->exchange->arena, "asked its owner: ", asking_word(work->q.wants), NULL))};
    return desk_audit(d, c, &row);
}

status ask_prepare(struct desk *d, struct call *c)
{
    struct ask_work *const work = arena_take(d->exchange->arena, sizeof *work);

    ENSURE(work != NULL, E_MEMORY);
    *work = (struct ask_work){.text = control_argument(&c->parsed, "question")};
    work->q.from = d->exchange->self;
    work->q.state = ASKED_OPEN;
    work->q.at = d->exchange->now;
    TRY(read_wants(c, &work->q.wants));
    TRY(read_by(d, c, &work->q.by));
    if (!asked_is_text(work->text, REQUEST_TEXT_MAX)) {
        c->sentence = "say what is asked: --question TEXT, plain text of at most 4000 "
                      "bytes; the owner's desk reads it";
        return E_USAGE;
    }
    TRY(check_record(d, c, work));
    c->sentence = asking_needless(&work->h.label, work->q.wants);
    ENSURE(c->sentence == NULL, E_POLICY);
    TRY(check_before(d, c, work));
    TRY(submit(d, c, work));
    c->work = work;
    return OK;
}

status ask_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct ask_work *const work = c->work;
    struct rows r;

    if (c->prepared != OK)
        return OK;
    rows_init(&r, d->exchange->arena, 1);
    rows_next(&r, 6);
    rows_text(&r, "row", "asked");
    rows_id(&r, "record", &work->q.record.id);
    rows_agency(&r, "owner", &work->q.record.agency);
    rows_text(&r, "wants", asking_word(work->q.wants));
    rows_time(&r, "by", work->q.by);
    rows_id(&r, "question", &work->q.question);
    ret->sentence = bytes_of_text("asked: the owner's desk is told, and `flagpost todo` "
                                  "when there is an answer");
    rows_give(&r, ret);
    return OK;
}

#include "inbox.h"

#include "asked.h"
#include "force.h"
#include "recall.h"
#include "text.h"
#include "triage.h"
#include "watching.h"
#include "words.h"

/* What has arrived: from headers alone, no content and so no consultation. */

/* The second bounds a turn: of a list that is narrowed, how many headers are looked at. */
enum { INBOX_ROWS = 500, INBOX_LOOKED_AT = 20000, HOUR_MS = 3600000 };

static const char *marking_text(enum marking m)
{
    return m == MARKING_OFFICIAL ? "OFFICIAL" : "OFFICIAL-SENSITIVE";
}

static const char *priority_text(enum priority p)
{
    switch (p) {
    case PRIORITY_HIGH:
        return "high";
    case PRIORITY_MEDIUM:
        return "medium";
    case PRIORITY_LOW:
        return "low";
    }
    return "";
}

static const char *disposition_text(const struct entry_row *e)
{
    switch (e->disposition) {
    case DISPOSITION_HELD:
        return "held";
    case DISPOSITION_UNOPENABLE:
        return "cannot be opened: it is asked for again";
    case DISPOSITION_REFUSED:
        return "refused";
    case DISPOSITION_WITHHELD:
        return "withheld";
    case DISPOSITION_ERASED:
        return "erased";
    }
    return "";
}

static const char *state_text(const struct desk *d, const struct entry_row *e)
{
    if (e->disposition == DISPOSITION_HELD && desk_is_unreleased(d, e))
        return "held, unread until a newer roster is installed";
    return e->duplicate ? "held (again)" : disposition_text(e);
}

/* Empty: all. */
struct inbox_filter {
    struct bytes from, force, flag, priority, handling, work;
    uint32_t uid;               /* who asks */
    uint64_t older;             /* hours that it has been here at least */
    struct asked_period period; /* by when it was stored here */
    bool unread;
    uint64_t skip; /* of the newest: they were looked at before */
    /* Since the asker looked last. */
    struct arrivals arrivals;
    millis since;
};

struct inbox {
    struct desk *desk;
    const struct inbox_filter *filter;
    size_t looked_at;
    size_t of_priority[PRIORITY_LOW + 1]; /* of what is listed */
    struct rows rows;
};

static const char *handling_text(const struct header *h)
{
    return h->label.handling == HANDLING_P ? "P" : "C";
}

static bool has_flag(const struct header *h, struct bytes flag)
{
    for (size_t i = 0; i < h->label.route.flags.count; i++) {
        if (word_same(h->label.route.flags.at[i], flag))
            return true;
    }
    return false;
}

/* By today's code of the publisher's force. */
static bool is_of_force(const struct desk *d, const struct agency_id *publisher,
                        struct bytes force)
{
    const struct roster_agency *const a = roster_find(&d->exchange->roster, publisher);

    return a != NULL &&
           bytes_equal(force_code_now(bytes_of_text(a->force)), force_code_now(force));
}

static bool is_old_enough(const struct inbox *in, millis at)
{
    const millis now = in->desk->exchange->now;

    return in->filter->older == 0 ||
           (now > at && (now - at) / HOUR_MS >= in->filter->older);
}

static bool takes(const struct inbox *in, const struct entry_row *e, const struct header *h)
{
    const struct inbox_filter *const f = in->filter;

    if (!asked_is_in(&f->period, e->at) || !is_old_enough(in, e->at) ||
        (f->from.size > 0 && !text_is(f->from, e->stream.agency.text)) ||
        (f->force.size > 0 && !is_of_force(in->desk, &e->stream.agency, f->force)))
        return false;
    /* Of what has no header nothing more is known. */
    if (h == NULL)
        return f->flag.size + f->priority.size + f->handling.size == 0;
    return (f->flag.size == 0 || has_flag(h, f->flag)) &&
           (f->priority.size == 0 ||
            text_is(f->priority, priority_text(h->label.priority))) &&
           (f->handling.size == 0 || text_is(f->handling, handling_text(h)));
}

/* "OIMCR, FIREARMS" */
static const char *flags_text(struct arena *a, const struct header *h)
{
    const struct text_list *const flags = &h->label.route.flags;
    const char *text = "";

    for (size_t i = 0; i < flags->count; i++) {
        const char *const flag = arena_text(a, flags->at[i]);
        text = desk_text(a, text, i == 0 ? "" : ", ", flag == NULL ? "" : flag, NULL);
    }
    return text;
}

/* Whether anybody here has opened it, and who has it in hand; of our own there is no such
 * work. */
static status give_work(struct desk *d, struct rows *r, const struct entry_row *e)
{
    const struct parent record = {.agency = e->stream.agency, .id = e->id};
    const bool own = agency_id_equal(&record.agency, &d->exchange->self);
    struct recall_openings openings = {0};
    struct bytes person = {0};
    struct triage t = {0};

    if (!own) {
        TRY(recall_openings(d, &record, &openings));
        TRY(triage_find(d, &record, &t));
        TRY(arena_copy(r->arena, bytes_of_text(t.person), &person));
    }
    rows_text(r, "age", desk_age(r->arena, e->at, d->exchange->now));
    rows_text(r, "read", own ? "" : openings.count > 0 ? "read" : "unread");
    rows_text(r, "work", own ? "" : triage_word(t.state));
    rows_bytes(r, "by", person);
    return OK;
}

status inbox_row(struct desk *d, struct rows *r, const struct inbox_entry *i)
{
    const struct entry_row *const e = i->entry;
    const struct header *const h = i->header;

    rows_next(r, INBOX_FIELDS);
    rows_id(r, "id", &e->id);
    rows_agency(r, "from", &e->stream.agency);
    rows_text(r, "priority", h == NULL ? "" : priority_text(h->label.priority));
    rows_text(r, "marking", h == NULL ? "" : marking_text(h->label.marking));
    rows_text(r, "handling", h == NULL ? "" : handling_text(h));
    rows_time(r, "stored", e->at);
    rows_text(r, "state", state_text(d, e));
    rows_text(r, "note", i->marks);
    rows_text(r, "stream", lane_word(e->stream.lane));
    rows_number(r, "index", e->index);
    rows_text(r, "flags", h == NULL ? "" : flags_text(r->arena, h));
    return give_work(d, r, e);
}

/* What is asked of the work on it; "open" is all that is not done. */
static status has_work(struct inbox *in, const struct parent *record, bool *ret)
{
    const struct inbox_filter *const f = in->filter;
    struct recall_openings openings = {0};
    struct triage t = {0};

    *ret = true;
    if (f->unread) {
        TRY(recall_openings(in->desk, record, &openings));
        *ret = openings.count == 0;
    }
    if (!*ret || f->work.size == 0)
        return OK;
    TRY(triage_find(in->desk, record, &t));
    *ret = text_is(f->work, "closed")      ? t.state == TRIAGE_CLOSED
           : text_is(f->work, "open")      ? t.state != TRIAGE_CLOSED
           : text_is(f->work, "unclaimed") ? t.state == TRIAGE_OPEN
           : text_is(f->work, "claimed")   ? t.state == TRIAGE_CLAIMED
                                           : t.state == TRIAGE_CLAIMED && t.uid == f->uid;
    return OK;
}

static status each(void *context, const struct entry_row *e)
{
    struct inbox *const in = context;
    const struct parent record = {.agency = e->stream.agency, .id = e->id};
    const char *marks = "";
    struct header h = {0};
    bool wanted = false;

    ENSURE(in->looked_at < INBOX_LOOKED_AT && in->rows.count < INBOX_ROWS, E_LIMIT);
    in->looked_at++;
    const bool readable =
        e->header.size > 0 && header_decode(e->header, in->desk->scratch, &h) == OK;
    if (!takes(in, e, readable ? &h : NULL))
        return OK;
    TRY(has_work(in, &record, &wanted));
    if (!wanted)
        return OK;
    TRY(recall_marks(in->desk, &record, &marks));
    if (readable && h.label.priority <= PRIORITY_LOW)
        in->of_priority[h.label.priority]++;
    const struct inbox_entry one = {e, readable ? &h : NULL, marks};
    return inbox_row(in->desk, &in->rows, &one);
}

/* A flag is compared as flags are: its case and a leading "#" do not matter. */
static struct bytes flag_asked(const struct call *c)
{
    const struct bytes flag = control_argument(&c->parsed, "flag");

    return flag.size > 0 && flag.at[0] == '#' ? bytes_from(flag, 1) : flag;
}

status inbox_prepare(struct desk *d, struct call *c)
{
    struct inbox_filter *const f = arena_take(d->exchange->arena, sizeof *f);
    struct agency_id from;

    ENSURE(f != NULL, E_MEMORY);
    *f = (struct inbox_filter){.from = control_argument(&c->parsed, "from"),
                               .force = control_argument(&c->parsed, "force"),
                               .flag = flag_asked(c),
                               .uid = c->person.uid,
                               .unread = control_argument(&c->parsed, "unread").size > 0};
    TRY(asked_number(d, c, "skip", &f->skip));
    TRY(asked_number(d, c, "older", &f->older));
    TRY(asked_period(c, &f->period));
    TRY(asked_word(d, c, "priority", "high, medium, low", &f->priority));
    TRY(asked_word(d, c, "handling", "P, C", &f->handling));
    TRY(asked_word(d, c, "work", "open, unclaimed, claimed, mine, closed", &f->work));
    if (f->force.size > 0 && !force_code_is(f->force)) {
        c->sentence = "--force takes the two characters of a force's code, for example 55";
        return E_USAGE;
    }
    if (f->from.size > 0 && (agency_id_read(f->from, &from) != OK ||
                             roster_find(&d->exchange->roster, &from) == NULL)) {
        c->sentence =
            "--from takes an agency's id as the roster has it: flagpost roster show";
        return E_USAGE;
    }
    c->note = f->flag.size > 0 ? asked_flag(d, f->flag) : NULL;
    c->work = f;
    return OK;
}

/* Where the list goes on: those that came meanwhile are looked at twice, none is missed. */
static const char *more(struct desk *d, const struct inbox *in)
{
    struct arena *const a = d->exchange->arena;
    const char *const skip = desk_number(a, in->filter->skip + in->looked_at);

    return desk_text(a,
                     in->rows.count == INBOX_ROWS
                         ? "there are more; the next older ones: --skip "
                         : "there are older ones that were not looked at; to look at them: "
                           "--skip ",
                     skip, NULL);
}

/* For who has no command line: a row of its own, behind the others. */
static void give_more(struct inbox *in)
{
    rows_next(&in->rows, 2);
    rows_text(&in->rows, "row", "more");
    rows_number(&in->rows, "skip", in->filter->skip + in->looked_at);
}

status inbox_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct inbox in = {.desk = d, .filter = c->work};
    const struct inbox_range range = {
        .kind = KIND_INTELLIGENCE, .skip = in.filter->skip, .limit = INBOX_LOOKED_AT + 1};
    struct rows *const r = &in.rows;

    rows_init(r, d->exchange->arena, INBOX_ROWS + 1);
    const status s = journal_inbox(d->journal, range, d->scratch, each, &in);
    if (s != E_LIMIT)
        TRY(s);
    const bool narrowed = c->parsed.argument_count > 0;
    if (s == E_LIMIT && text_is(bytes_of_text(c->channel), "http"))
        give_more(&in);
    ret->sentence = bytes_of_text(s == E_LIMIT   ? more(d, &in)
                                  : r->count > 0 ? ""
                                  : narrowed     ? "nothing that has arrived matches"
                                                 : "nothing has arrived yet");
    rows_give(r, ret);
    return OK;
}

/* --- since the asker looked last --- */

/* The oldest of what is new first, at most so many: what is left is new the next time. */
status inbox_new_prepare(struct desk *d, struct call *c)
{
    struct watcher w;

    TRY(inbox_prepare(d, c));
    struct inbox_filter *const f = c->work;
    TRY(watcher_find(d, c->person.uid, &w));
    f->since = w.marked;
    f->arrivals = (struct arrivals){.kind = KIND_INTELLIGENCE, .after = w.mark};
    TRY(journal_arrival_after(d->journal, KIND_INTELLIGENCE, w.mark,
                              w.marked == 0 ? INT64_MAX : INBOX_ROWS, &w.mark));
    f->arrivals.last = w.mark;
    w.marked = d->exchange->now;
    return watcher_put(d, &w);
}

/* "3 new since 2026-...: 1 high, 2 low; your watches found 2 that you have not seen" */
static status digest(struct desk *d, const struct call *c, const struct inbox *in,
                     const char **ret)
{
    struct arena *const a = d->exchange->arena;
    char since[TIME_TEXT_ROOM] = "";
    const char *text = "";
    size_t alerts = 0;

    TRY(watching_unseen(d, c->person.uid, &alerts));
    time_write(in->filter->since, since);
    for (enum priority p = PRIORITY_HIGH; p <= PRIORITY_LOW; p++) {
        if (in->of_priority[p] > 0)
            text =
                desk_text(a, text, text[0] == '\0' ? ": " : ", ",
                          desk_number(a, in->of_priority[p]), " ", priority_text(p), NULL);
    }
    *ret = desk_text(
        a, in->rows.count == 0 ? "nothing" : desk_number(a, in->rows.count), " new since ",
        since, text, alerts == 0 ? "" : "; your watches have found ",
        alerts == 0 ? "" : desk_number(a, alerts),
        alerts == 0 ? "" : " that you have not seen: flagpost watch alerts", NULL);
    return OK;
}

status inbox_new_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct inbox in = {.desk = d, .filter = c->work};
    struct arena *const a = d->exchange->arena;
    const char *said = "";
    uint64_t newest = 0;

    rows_init(&in.rows, a, INBOX_ROWS);
    if (in.filter->since == 0) {
        ret->sentence =
            bytes_of_text("you have not asked so before: what is here is listed "
                          "by `flagpost inbox`, and from now on what is new");
        return OK;
    }
    TRY(journal_arrivals(d->journal, in.filter->arrivals, d->scratch, each, &in));
    TRY(journal_arrival_after(d->journal, KIND_INTELLIGENCE, in.filter->arrivals.last, 1,
                              &newest));
    TRY(digest(d, c, &in, &said));
    ret->sentence = bytes_of_text(
        newest > in.filter->arrivals.last
            ? desk_text(a, said, "; there are more that are new: ask again", NULL)
            : said);
    rows_give(&in.rows, ret);
    return OK;
}

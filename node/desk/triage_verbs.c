#include "acknowledge.h"
#include "recall.h"
#include "triage.h"
#include "words.h"

#include <string.h>

/*
 * `claim`, `close` and `reopen`.
 *
 *              claim            close
 *     open ------------> claimed ------> closed
 *      ^  <------------   ^  |  ^          |
 *      |     give back     +--+  +----------+
 *      |                take over  reopen
 *      +-- close, of what nobody has -> closed
 */

struct triage_work {
    struct entry_row entry;
    struct triage now;
};

static status find(struct desk *d, struct call *c, struct triage_work **ret)
{
    struct triage_work *const work = arena_take(d->exchange->arena, sizeof *work);

    ENSURE(work != NULL, E_MEMORY);
    TRY(triage_record(d, c, &work->entry));
    const struct parent record = {.agency = work->entry.stream.agency,
                                  .id = work->entry.id};
    TRY(triage_find(d, &record, &work->now));
    *ret = work;
    return OK;
}

/* "uid:1000 jsmith has it since 2026-...", or has closed it. */
static const char *who(struct desk *d, const struct triage *t)
{
    char at[TIME_TEXT_ROOM] = "";

    time_write(t->since, at);
    return desk_text(d->exchange->arena, t->person,
                     t->state == TRIAGE_CLOSED ? " closed it " : " has it since ", at,
                     NULL);
}

static bool is_mine(const struct call *c, const struct triage *t)
{
    return t->state == TRIAGE_CLAIMED && t->uid == c->person.uid;
}

static status need_reason(struct call *c, const char *mend)
{
    const struct bytes reason = control_argument(&c->parsed, "reason");

    if (word_trim(reason).size > 0 && reason.size <= SHORT_TEXT_MAX &&
        utf8_is_valid(reason))
        return OK;
    c->sentence = mend;
    return E_DENIED;
}

/* By whoever asks, from now on. */
static status put(struct desk *d, struct call *c, const struct triage_work *work,
                  enum triage_state state)
{
    struct triage t = {.record = work->now.record,
                       .state = state,
                       .uid = c->person.uid,
                       .since = d->exchange->now};

    memcpy(t.person, c->person.text, sizeof t.person);
    return triage_put(d, &t);
}

/* --- claim --- */

static status take_over(struct desk *d, struct call *c, const struct triage_work *work)
{
    struct arena *const a = d->exchange->arena;

    TRY(need_reason(c, "say why you take it from a colleague: --reason \"...\"; it goes "
                       "into the log"));
    c->sentence = desk_text(a, "it is yours; before, ", who(d, &work->now), NULL);
    TRY(triage_log(d, c, &work->entry,
                   desk_text(a, "claimed, taken over from ", work->now.person, NULL)));
    return put(d, c, work, TRIAGE_CLAIMED);
}

static status give_back(struct desk *d, struct call *c, const struct triage_work *work)
{
    if (!is_mine(c, &work->now)) {
        c->sentence = work->now.state == TRIAGE_OPEN
                          ? "nobody has it in hand"
                          : desk_text(d->exchange->arena, who(d, &work->now),
                                      ": only who has it in hand gives it back", NULL);
        return E_VALUE;
    }
    TRY(triage_log(d, c, &work->entry, "claim given back"));
    c->sentence = "given back: nobody has it in hand";
    return put(d, c, work, TRIAGE_OPEN);
}

status claim_prepare(struct desk *d, struct call *c)
{
    const bool over = control_argument(&c->parsed, "over").size > 0;
    struct triage_work *work = NULL;

    TRY(find(d, c, &work));
    if (control_argument(&c->parsed, "back").size > 0)
        return give_back(d, c, work);
    if (work->now.state == TRIAGE_CLAIMED && over && !is_mine(c, &work->now))
        return take_over(d, c, work);
    if (work->now.state != TRIAGE_OPEN) {
        c->sentence = desk_text(
            d->exchange->arena, who(d, &work->now),
            work->now.state == TRIAGE_CLOSED ? ": flagpost reopen takes it in hand again"
            : is_mine(c, &work->now)
                ? ": that is you"
                : ": ask, or take it from him with --over and a --reason",
            NULL);
        return E_DUPLICATE;
    }
    TRY(triage_log(d, c, &work->entry, "claimed"));
    c->sentence = "it is yours, as the others see in the inbox";
    return put(d, c, work, TRIAGE_CLAIMED);
}

/* --- close --- */

/* Closing what nobody has read, or what its originator still waits for a word about, would
 * lose it. */
static status check_done(struct desk *d, struct call *c, const struct triage_work *work)
{
    const struct entry_row *const e = &work->entry;
    struct recall_openings openings = {0};
    struct header h = {0};
    bool acknowledged = false;

    if (e->disposition != DISPOSITION_HELD && e->disposition != DISPOSITION_UNOPENABLE)
        return OK; /* there is nothing here to be read */
    TRY(recall_openings(d, &work->now.record, &openings));
    if (openings.count == 0) {
        c->sentence = "nobody here has opened it: read it first, with flagpost show";
        return E_DENIED;
    }
    TRY(header_decode(e->header, d->exchange->arena, &h));
    if (h.label.priority != PRIORITY_HIGH)
        return OK;
    TRY(acknowledged_here(d, &work->now.record, &acknowledged));
    if (acknowledged)
        return OK;
    c->sentence = "it is urgent and its originator waits for a named person: say who has "
                  "it in hand with flagpost acknowledge, then close it";
    return E_DENIED;
}

status close_prepare(struct desk *d, struct call *c)
{
    struct triage_work *work = NULL;

    TRY(find(d, c, &work));
    if (work->now.state == TRIAGE_CLOSED) {
        c->sentence = who(d, &work->now);
        return E_DUPLICATE;
    }
    if (work->now.state == TRIAGE_CLAIMED && !is_mine(c, &work->now)) {
        c->sentence = desk_text(d->exchange->arena, who(d, &work->now),
                                ": it is closed by who has it in hand", NULL);
        return E_DENIED;
    }
    TRY(need_reason(c,
                    "say what was done about it, or why nothing is: --reason \"...\"; it "
                    "goes into the log"));
    TRY(check_done(d, c, work));
    TRY(triage_log(d, c, &work->entry, "closed"));
    c->sentence = "closed; flagpost reopen takes it in hand again";
    return put(d, c, work, TRIAGE_CLOSED);
}

/* Who reopens it has it in hand, so that it is not lost a second time. */
status reopen_prepare(struct desk *d, struct call *c)
{
    struct triage_work *work = NULL;

    TRY(find(d, c, &work));
    if (work->now.state != TRIAGE_CLOSED) {
        c->sentence = "it is not closed";
        return E_VALUE;
    }
    TRY(need_reason(c, "say why it is looked at again: --reason \"...\"; it goes into the "
                       "log"));
    TRY(triage_log(d, c, &work->entry, "reopened"));
    c->sentence = "open again, and yours";
    return put(d, c, work, TRIAGE_CLAIMED);
}

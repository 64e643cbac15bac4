#include "case_desk.h"
#include "text.h"
#include "todo.h"
#include "words.h"

/* What a named person decides about a call, with the reason: discharge, return, reopen, or
 * settle a difference between the two sides' lists. */

static const struct decision {
    const char *word;
    enum case_what what;
    const char *done;
    const char *not_now; /* where the state does not allow it */
} decisions[] = {
    {"discharge", CASE_DISCHARGED, "discharged: no document is owed",
     "it is closed already: `flagpost case show` tells when and by whom"},
    {"return", CASE_RETURNED, "returned: the officer's clock runs again",
     "no document of it is with the bureau, so there is nothing to return"},
    {"reopen", CASE_REOPENED, "reopened: a document is owed again",
     "it is not closed, so there is nothing to reopen"},
    {"settle", CASE_SETTLED, "settled: the difference is explained", ""},
};

struct decide_work {
    const struct decision *decision;
    struct bytes reference;
};

static const struct decision *decision_find(struct bytes word)
{
    for (size_t i = 0; i < COUNT_OF(decisions); i++) {
        if (text_is(word, decisions[i].word))
            return &decisions[i];
    }
    return NULL;
}

status case_why(struct call *c, bool self, struct item_case_decision *ret)
{
    struct bytes person = word_trim(control_argument(&c->parsed, "person"));
    const struct bytes reason = word_trim(control_argument(&c->parsed, "reason"));

    if (person.size == 0 && self)
        person = bytes_of_text(c->person.text);
    if (person.size == 0 || reason.size == 0) {
        c->sentence = "a decision names a person and a reason: give --person and --reason";
        return E_USAGE;
    }
    if (person.size > CASE_PERSON_MAX || reason.size > CASE_REASON_MAX ||
        !utf8_is_valid(person) || !utf8_is_valid(reason)) {
        c->sentence = "the person must be plain text of at most 64 characters, the reason "
                      "of at most 500";
        return E_VALUE;
    }
    *ret = (struct item_case_decision){.person = person, .reason = reason};
    return OK;
}

static status prepare(struct desk *d, struct call *c, struct decide_work *work)
{
    struct arena *const a = d->exchange->arena;
    const struct obligation_allowance allowance = case_allowance(d);
    struct case_events *const events = arena_take(a, sizeof *events);
    struct case_event e = {.is = {.what = work->decision->what}};
    struct obligation before;
    struct obligation after;

    ENSURE(events != NULL, E_MEMORY);
    /* Giving a document back is the bureau's daily work: whoever is logged in does it. */
    TRY(case_why(c, work->decision->what == CASE_RETURNED, &e.why));
    const status s = case_named(d, c, events, &e.is.reference);
    /* A call that only the other side knows can be settled here all the same. */
    ENSURE(s == OK || (s == E_UNKNOWN && e.is.what == CASE_SETTLED), s);
    e.is.at = obligation_moment(events, d->exchange->now);
    obligation_of(events, &allowance, d->exchange->now, &before);
    e.is.has_document = e.is.what == CASE_RETURNED && before.has_document;
    if (e.is.has_document)
        e.is.document = before.document;
    work->reference = e.is.reference;
    struct case_events *const then = arena_take(a, sizeof *then);
    ENSURE(then != NULL, E_MEMORY);
    *then = *events;
    status added = case_events_add(then, &e);
    obligation_of(then, &allowance, d->exchange->now, &after);
    if (added == OK && after.state == before.state && e.is.what != CASE_SETTLED) {
        c->sentence = work->decision->not_now;
        return E_VALUE;
    }
    c->sentence = added == E_LIMIT ? "this call has too many events to take another" : NULL;
    TRY(added);
    TRY(case_record(d, &e));
    for (size_t i = 0; e.is.what == CASE_SETTLED && i < events->count; i++)
        TRY(desk_todo_close(d, TODO_CASE, &events->at[i].is.document));
    return case_log(d, c, AUDIT_ALTER, e.is.reference, work->decision->done);
}

status case_decide_prepare(struct desk *d, struct call *c)
{
    struct decide_work *const work = arena_take(d->exchange->arena, sizeof *work);

    ENSURE(work != NULL, E_MEMORY);
    ENSURE(desk_case_has_room(d), E_BUSY);
    work->decision = decision_find(control_argument(&c->parsed, "what"));
    if (work->decision == NULL) {
        c->sentence = "a case is discharged, returned, reopened or settled";
        return E_USAGE;
    }
    const status s = prepare(d, c, work);
    if (s == E_FENCED || s == E_EXPIRED || s == E_REVOKED)
        c->sentence = "this node may not write to its log now: see `flagpost status`";
    if (s == OK)
        c->work = work;
    return s;
}

status case_decide_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct decide_work *const work = c->work;

    (void)d;
    ret->sentence = bytes_of_text(work->decision->done);
    return OK;
}

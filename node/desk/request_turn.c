#include "request_desk.h"

#include "legs.h"
#include "text.h"
#include "todo.h"

#include <string.h>

/* Questions and answers as they arrive, and what nobody has answered in time. */

enum { TAKEN_A_TURN = 8, LOOK_MS = 1000, REMINDED_A_TURN = 16, ROWS_MAX = 64 };

/* It does not count, so nobody reads it, and it is not kept. */
static status refuse(struct desk *d, const struct entry_row *e, const char *because)
{
    const struct item_audit why = {.at = d->exchange->now,
                                   .actor = bytes_of_text("node"),
                                   .justification = bytes_of_text(because),
                                   .outcome = bytes_of_text("erased unread")};

    return exchange_erase(d->exchange, &e->stream.agency, &e->id, &why);
}

/* --- at the owner --- */

struct sent {
    const struct agency_id *to;
    bool found, held;
    millis expires; /* 0: never */
};

static status each_leg(void *context, const struct entry_row *e, const struct header *h)
{
    struct sent *const s = context;

    s->found =
        s->found || (h->kind == KIND_INTELLIGENCE && header_recipient_rank(h, s->to) >= 0);
    s->held = s->held || e->disposition == DISPOSITION_HELD;
    s->expires = h->label.expires_at; /* of all its legs the same */
    return OK;
}

/* NULL: it counts. */
static status question_fault(struct desk *d, struct asked *q, const char **ret)
{
    struct exchange *const x = d->exchange;
    struct sent sent = {.to = &q->from};
    struct asked_list all = {0};
    bool recalled = false;
    size_t count = 0;

    status s = desk_legs_walk(d, &q->record.id, each_leg, &sent);
    if (s != E_UNKNOWN)
        TRY(s);
    TRY(x->store.ops->recalled(x->store.self, &x->self, &q->record.id, &recalled));
    TRY(asked_about(d, &q->record, &all));
    const struct asked *const last = asked_newest(&all, &q->from, q->wants, &count);
    *ret = NULL;
    if (sent.expires != 0 && sent.expires < q->by)
        q->by = sent.expires; /* nobody answers after that */
    if (!sent.found)
        *ret = "a question about a record that its asker was never sent";
    else if (recalled || !sent.held)
        *ret = "a question about a record that is recalled or erased";
    else if (sent.expires != 0 && sent.expires <= x->now)
        *ret = "a question about a record that has expired";
    else if (last != NULL && asked_is_open(last))
        *ret = "a question that is open already";
    else if (count >= ASKED_EACH_MAX || all.count >= ASKED_ABOUT_MAX)
        *ret = "one question too many about a record";
    return OK;
}

static status take_question(struct desk *d, const struct entry_row *e, struct asked *q,
                            const struct item_request *says)
{
    struct arena *const a = d->exchange->arena;
    const millis last = d->exchange->now + (millis)ASKED_DAYS_MAX * DESK_DAY_MS;
    struct asked before;
    const char *fault = NULL;
    char by[TIME_TEXT_ROOM];

    const status s = asked_find(d, &q->from, &e->id, &before);
    if (s != E_UNKNOWN)
        return s; /* a turn that dropped notices looks again at what it has */
    q->question = e->id;
    q->state = ASKED_OPEN;
    q->at = d->exchange->now; /* the asker's clock would choose their order */
    q->by = says->by < last ? says->by : last;
    TRY(question_fault(d, q, &fault));
    if (fault != NULL)
        return refuse(d, e, fault);
    TRY(asked_put(d, q));
    time_write(q->by, by);
    return desk_todo_open(d, TODO_QUESTION, &q->record.id,
                          desk_text(a, q->from.text, " asks (", asking_word(q->wants),
                                    "); answer by ", by, NULL));
}

/* --- at the asker --- */

static status take_answer(struct desk *d, const struct entry_row *e, const struct asked *of,
                          const struct item_request *says)
{
    struct asked q;
    const status s = asked_find(d, &d->exchange->self, &says->question, &q);

    if (s != E_UNKNOWN)
        TRY(s);
    if (s == OK && record_id_equal(&q.answer, &e->id))
        return OK;
    if (s == E_UNKNOWN && d->again.state != 0)
        return OK; /* the question may come back: then all is looked at again */
    /* The first answer stands. */
    if (s != OK || !asked_is_open(&q) || q.wants != of->wants ||
        !record_id_equal(&q.record.id, &of->record.id) ||
        !agency_id_equal(&q.record.agency, &of->record.agency))
        return refuse(d, e, "an answer to no open question");
    q.state = says->what == REQUEST_GRANTED ? ASKED_GRANTED : ASKED_REFUSED;
    q.answered = says->at;
    q.answer = e->id;
    q.person = recall_text(says->person);
    TRY(asked_put(d, &q));
    return desk_todo_open(d, TODO_ANSWER, &q.record.id,
                          desk_text(d->exchange->arena, q.record.agency.text,
                                    " has answered: ", asked_state_word(q.state), " (",
                                    asking_word(q.wants), ")", NULL));
}

static status take(struct desk *d, const struct entry_row *e, const struct header *h)
{
    const struct agency_id *const owner = &h->about.stream.agency;
    struct asked q = {.record = {.agency = *owner, .id = h->previous},
                      .from = e->stream.agency};
    const struct salted_item *items = NULL;
    size_t count = 0;
    struct item item = {.kind = ITEM_FACTS};

    TRY(desk_open(d, e, d->scratch, &items, &count));
    if (count != 1 || item_decode(items[0].item, d->scratch, &item) != OK ||
        item.kind != ITEM_REQUEST)
        return refuse(d, e, "neither a question nor an answer");
    const struct item_request *const says = &item.request;
    const bool asks = says->what == REQUEST_ASKED;
    q.wants = says->wants;
    if (asks && agency_id_equal(owner, &d->exchange->self))
        return take_question(d, e, &q, says);
    if (!asks && agency_id_equal(owner, &e->stream.agency))
        return take_answer(d, e, &q, says);
    return refuse(d, e, "a question that is not its owner's, or an answer of another");
}

/* It has its row: a question as itself, an answer as that of its question. */
static status was_taken(struct desk *d, const struct entry_row *e, const struct header *h,
                        bool *ret)
{
    const struct parent record = {.agency = h->about.stream.agency, .id = h->previous};
    struct asked_list all = {0};
    struct asked question;
    const status s = asked_find(d, &e->stream.agency, &e->id, &question);

    *ret = s == OK;
    if (s != E_UNKNOWN || !agency_id_equal(&record.agency, &e->stream.agency))
        return s == E_UNKNOWN ? OK : s;
    TRY(asked_about(d, &record, &all));
    for (size_t i = 0; i < all.count; i++)
        *ret =
            *ret || (all.at[i].answered != 0 && record_id_equal(&all.at[i].answer, &e->id));
    return OK;
}

static status take_new(struct desk *d, const struct entry_row *e, const struct header *h)
{
    struct exchange *const x = d->exchange;
    bool taken = false;

    TRY(was_taken(d, e, h, &taken));
    if (taken)
        return OK;
    /* A peer chooses how many of these one turn brings. */
    if (d->asked.taken == TAKEN_A_TURN || AUDIT_ROWS_MAX - x->audit_count < ROWS_MAX) {
        d->recalls.all_noted = false;
        return OK;
    }
    d->asked.taken++;
    return take(d, e, h);
}

status asked_arrived(struct desk *d, const struct entry_row *e, const struct header *h)
{
    struct exchange *const x = d->exchange;

    if (e->kind != KIND_REQUEST || e->disposition != DISPOSITION_HELD ||
        agency_id_equal(&e->stream.agency, &x->self))
        return OK;
    const size_t mark = arena_mark(x->arena);
    const size_t scratch = arena_mark(d->scratch);
    const status s = take_new(d, e, h);
    arena_rewind(d->scratch, scratch);
    arena_rewind(x->arena, mark);
    return s == E_STORAGE || s == E_DAMAGED ? s : OK;
}

static status each_received(void *context, const struct entry_row *e)
{
    struct desk *const d = context;
    struct header h;

    return header_decode(e->header, d->scratch, &h) == OK ? asked_arrived(d, e, &h) : OK;
}

status asked_look_again(struct desk *d)
{
    enum { LOOKED_AT_MAX = 4096 };

    return journal_inbox(d->journal,
                         (struct inbox_range){.kind = KIND_REQUEST, .limit = LOOKED_AT_MAX},
                         d->scratch, each_received, d);
}

/* --- overdue --- */

struct overdue {
    size_t count;
    struct asked at[REMINDED_A_TURN];
};

static status each_overdue(void *context, const struct shelf_row *row)
{
    struct overdue *const o = context;

    if (o->count == COUNT_OF(o->at))
        return OK;
    return asked_read(row, &o->at[o->count++]);
}

static status tell_overdue(struct desk *d, const struct asked *q)
{
    const bool ours = agency_id_equal(&q->from, &d->exchange->self);
    char by[TIME_TEXT_ROOM];

    time_write(q->by, by);
    return desk_todo_open(d, ours ? TODO_ANSWER : TODO_QUESTION, &q->record.id,
                          desk_text(d->exchange->arena, "overdue: ",
                                    ours ? q->record.agency.text : q->from.text,
                                    ours ? " has not answered (" : " asks (",
                                    asking_word(q->wants), "), due by ", by, NULL));
}

static status remind(struct desk *d, struct asked *q)
{
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    const status s = asked_end_where_over(d, q);

    if (s != E_UNKNOWN)
        TRY(s);
    if (s == E_UNKNOWN && q->state == ASKED_OPEN)
        TRY(tell_overdue(d, q));
    arena_rewind(a, mark);
    q->state = s == OK ? q->state : ASKED_OVERDUE; /* once it is told */
    return s == OK ? OK : asked_put(d, q);
}

status asked_turn(struct desk *d)
{
    struct exchange *const x = d->exchange;
    const struct shelf_filter due = {.due_before = x->now};

    d->asked.taken = 0;
    if (x->now - d->asked.looked_at < LOOK_MS)
        return OK;
    d->asked.looked_at = x->now;
    struct overdue *const o = arena_take(x->arena, sizeof *o);
    ENSURE(o != NULL, E_MEMORY);
    o->count = 0;
    TRY(journal_shelf_walk(d->journal, SHELF_ASKED, due, d->scratch, each_overdue, o));
    for (size_t i = 0; i < o->count; i++)
        TRY(remind(d, &o->at[i]));
    return OK;
}

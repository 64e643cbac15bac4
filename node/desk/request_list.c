#include "request_desk.h"

#include "todo.h"

/*
 * `asked`: what is asked about records of this agency, and by it, without a word of it; and
 * of one record the texts, once the row of the log that says who reads them and why is
 * durable (P12).
 */

enum { LIST_ROWS = 1000 };

struct asked_work {
    bool overdue; /* alone */
    bool of_one;
    struct asked_list list;
};

/* What was answered has been read; what is overdue still waits. */
static status close_told(struct desk *d, const struct asked_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->at[i].state == ASKED_OVERDUE)
            return OK;
    }
    return list->count == 0 ? OK : desk_todo_close(d, TODO_ANSWER, &list->at[0].record.id);
}

static status consult(struct desk *d, struct call *c, struct asked_work *work)
{
    const struct bytes purpose = control_argument(&c->parsed, "purpose");
    struct place place = {0};
    bool blocked = false;

    if (purpose.size == 0 && d->config->require_purpose != 0) {
        c->sentence = "say why you read it: --purpose \"...\" goes into the log";
        return E_DENIED;
    }
    TRY(desk_find_record(d, c, &place, &c->id));
    const struct parent record = {.agency = place.stream.agency, .id = c->id};
    struct item_audit row = {.operation = AUDIT_CONSULT,
                             .has_object = true,
                             .object_stream = place.stream,
                             .object_index = place.index,
                             .object = c->id,
                             .justification = purpose,
                             .outcome = bytes_of_text("questions and answers shown")};
    TRY(recall_blocks(d, &record, &blocked));
    if (blocked)
        row.outcome = bytes_of_text("questions not shown: recalled");
    TRY(desk_audit(d, c, &row));
    if (blocked) {
        c->sentence = "the record was recalled, and what was asked about it is not opened "
                      "any more: say what became of it with `flagpost statement`";
        return E_DENIED;
    }
    TRY(asked_about(d, &record, &work->list));
    return close_told(d, &work->list);
}

status asked_prepare(struct desk *d, struct call *c)
{
    struct asked_work *const work = arena_take(d->exchange->arena, sizeof *work);

    ENSURE(work != NULL, E_MEMORY);
    *work = (struct asked_work){.overdue = control_argument(&c->parsed, "overdue").size > 0,
                                .of_one = control_argument(&c->parsed, "id").size > 0};
    if (work->of_one)
        TRY(consult(d, c, work));
    c->work = work;
    return OK;
}

/* --- rows --- */

enum { GIVEN_FIELDS = 13 };

/* Who has answered is a person's name, and told where the look is in the log. */
static status give(struct desk *d, const struct asked *q, bool named, struct rows *r)
{
    const millis now = d->exchange->now;
    struct bytes person = {0};

    if (named)
        TRY(arena_copy(r->arena, bytes_of(q->person.at, q->person.size), &person));
    rows_next(r, GIVEN_FIELDS);
    rows_text(r, "row", "asked");
    rows_id(r, "record", &q->record.id);
    rows_agency(r, "owner", &q->record.agency);
    rows_agency(r, "from", &q->from);
    rows_text(r, "wants", asking_word(q->wants));
    rows_text(r, "state", asked_state_word(q->state));
    rows_text(r, "age",
              desk_age(r->arena, q->at,
                       asked_is_open(q) || q->answered < q->at ? now : q->answered));
    rows_time(r, "asked", q->at);
    rows_time(r, "by", q->by);
    rows_time(r, "answered", q->answered);
    rows_bytes(r, "person", person);
    return r->full ? E_LIMIT : OK;
}

struct listing {
    struct desk *desk;
    const struct asked_work *work;
    struct rows rows;
};

static status each_row(void *context, const struct shelf_row *row)
{
    struct listing *const l = context;
    struct asked q;

    TRY(asked_read(row, &q));
    return l->work->overdue && q.state != ASKED_OVERDUE
               ? OK
               : give(l->desk, &q, false, &l->rows);
}

static status give_list(struct desk *d, const struct asked_work *work,
                        struct control_answer *ret)
{
    struct listing l = {.desk = d, .work = work};

    rows_init(&l.rows, d->exchange->arena, LIST_ROWS);
    const status s = journal_shelf_walk(d->journal, SHELF_ASKED, (struct shelf_filter){0},
                                        d->scratch, each_row, &l);
    ENSURE(s == OK || s == E_LIMIT, s);
    ret->sentence = bytes_of_text(s == E_LIMIT       ? "there are more: answer these first"
                                  : l.rows.count > 0 ? ""
                                  : work->overdue    ? "no answer is overdue"
                                                     : "nothing was asked");
    rows_give(&l.rows, ret);
    return OK;
}

static status open_text(struct desk *d, const struct agency_id *of, const record_id *id,
                        struct bytes *ret)
{
    const struct store store = d->exchange->store;
    const struct salted_item *items = NULL;
    struct place place = {0};
    struct entry_row e = {0};
    struct item item;
    size_t count = 0;

    TRY(store.ops->record_find(store.self, of, id, &place));
    TRY(store.ops->entry_find(store.self, &place.stream, place.index, d->scratch, &e));
    ENSURE(e.disposition == DISPOSITION_HELD, E_UNKNOWN);
    const status s = desk_open(d, &e, d->scratch, &items, &count);
    ENSURE(s != E_UNKNOWN, E_OPEN); /* its key is not here */
    TRY(s);
    TRY(item_decode(items[0].item, d->scratch, &item));
    ENSURE(item.kind == ITEM_REQUEST, E_FORM);
    *ret = item.request.text;
    return OK;
}

/* Of one entry.  One that was erased since has none; one that does not open says so, and
 * hides none of the others. */
static status give_text(struct desk *d, const struct agency_id *of, const record_id *id,
                        const char *name, struct rows *r)
{
    const size_t mark = arena_mark(d->scratch);
    struct bytes text = {0};
    status s = open_text(d, of, id, &text);

    if (s == OK)
        s = arena_copy(r->arena, text, &text);
    arena_rewind(d->scratch, mark);
    ENSURE(s != E_STORAGE && s != E_MEMORY, s);
    if (s == E_UNKNOWN)
        return OK;
    rows_bytes(r, name, s == OK ? text : bytes_of_text("(it does not open here)"));
    return OK;
}

static status give_texts(struct desk *d, const struct asked_work *work, struct rows *r)
{
    for (size_t i = 0; i < work->list.count; i++) {
        const struct asked *const q = &work->list.at[i];
        TRY(give(d, q, true, r));
        TRY(give_text(d, &q->from, &q->question, "question", r));
        if (q->answered != 0)
            TRY(give_text(d, &q->record.agency, &q->answer, "answer", r));
    }
    return OK;
}

status asked_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct asked_work *const work = c->work;
    struct rows r;

    if (!work->of_one)
        return give_list(d, work, ret);
    rows_init(&r, d->exchange->arena, ASKED_ABOUT_MAX);
    TRY(give_texts(d, work, &r));
    ret->sentence =
        bytes_of_text(work->list.count == 0 ? "nothing was asked about this record" : "");
    rows_give(&r, ret);
    return OK;
}

/* --- for who looks at the record --- */

status asked_trace(struct desk *d, const struct parent *record, struct rows *r)
{
    struct asked_list list = {0};

    TRY(asked_about(d, record, &list));
    for (size_t i = 0; i < list.count; i++)
        TRY(give(d, &list.at[i], true, r));
    return OK;
}

status asked_consented(struct desk *d, const struct parent *record, const char **ret)
{
    struct arena *const a = d->exchange->arena;
    struct asked_list list = {0};
    size_t count = 0;
    char at[TIME_TEXT_ROOM];

    *ret = "";
    TRY(asked_about(d, record, &list));
    const struct asked *const q =
        asked_newest(&list, &d->exchange->self, REQUEST_ACT, &count);
    if (q == NULL || q->state != ASKED_GRANTED)
        return OK;
    const char *const person = arena_text(a, bytes_of(q->person.at, q->person.size));
    time_write(q->answered, at);
    *ret = desk_text(a, "action is consented to by ", q->record.agency.text, " (",
                     person == NULL ? "" : person, ") on ", at,
                     ": on what terms, `flagpost asked` tells", NULL);
    return OK;
}

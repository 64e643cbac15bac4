#include "held.h"

#include "same.h"
#include "shelf.h"
#include "text.h"
#include "todo.h"

#include <string.h>

/*
 * The body of a row is the request as it came, with who made it: when the time has come it
 * is asked again, in that person's name.
 *
 *     u8 version = 1, u8 size and person, the request to the end
 */

enum { VERSION = 1, LIST_ROWS = 1000, DUE_AT_ONCE = 4, ROWS_EACH = 4 };
enum { RECORD_ROOM = 4 * 1024 * 1024 }; /* of the turn's arena, for one of them */
#define EVERY_MS UINT64_C(1000)
#define DELAY_MS UINT64_C(60000) /* between reminders while the clock is in doubt */
#define AHEAD_MS (366 * DESK_DAY_MS)

/* --- holding --- */

static status refuse(struct call *c, struct findings *f, const struct finding *one)
{
    if (f->count < FINDINGS_MAX)
        f->at[f->count++] = *one;
    f->refused = true;
    c->sentence = "refused: it cannot be held so; nothing was kept";
    return E_VALUE;
}

static status check_time(struct desk *d, struct call *c, struct publish_work *work)
{
    struct finding one = {.rule = "M2", .field = "hold_until", .severity = SEVERITY_REFUSE};
    const struct label *const l = &work->record->label;
    const millis now = d->exchange->now;
    millis until = 0;

    if (time_read(control_argument(&c->parsed, "hold_until"), &until) != OK) {
        one.sentence = "this is not a time";
        one.mend = "write it as 2026-10-14T09:00:00Z, in UTC";
    } else if (l->priority == PRIORITY_HIGH) {
        one.sentence = "an urgent record (priority high) is never held";
        one.mend = "publish it now, without --hold-until; or correct its priority";
    } else if (until <= now) {
        one.sentence = "this time has passed";
        one.mend = "give a time to come, in UTC, or publish it now without --hold-until";
    } else if (until - now > AHEAD_MS) {
        one.sentence = "a record is held for a year at most";
        one.mend = "give an earlier time, in UTC";
    } else if (l->expires_at != 0 && until >= l->expires_at) {
        one.sentence = "the record would have expired by then";
        one.mend = "give a time before its expires_at, or a later expires_at";
    }
    if (one.sentence != NULL)
        return refuse(c, work->findings, &one);
    work->held_until = until;
    return OK;
}

static status each_same(void *context, const struct shelf_row *row)
{
    struct shelf_row *const same = context;

    if (row->state == WAITING_HELD || row->state == WAITING_HELD_REFUSED)
        *same = (struct shelf_row){.id = row->id, .state = row->state, .due = row->due};
    return OK;
}

/* E_UNKNOWN: there is none. */
static status find_same(struct desk *d, const struct hash *words, struct shelf_row *ret)
{
    *ret = (struct shelf_row){.state = 0};
    TRY(journal_shelf_tagged(d->journal, SHELF_WAITING, words->bytes, d->scratch, each_same,
                             ret));
    return ret->state == 0 ? E_UNKNOWN : OK;
}

status held_find(struct desk *d, const struct hash *words, record_id *ret,
                 millis *ret_until)
{
    struct shelf_row row;

    TRY(find_same(d, words, &row));
    ENSURE(row.state == WAITING_HELD, E_UNKNOWN); /* what was refused waits for nothing */
    *ret = row.id;
    *ret_until = row.due;
    return OK;
}

/* The same record handed in twice would go out twice. */
static status check_first(struct desk *d, struct call *c, const struct hash *words)
{
    struct shelf_row row;
    const status s = find_same(d, words, &row);

    if (s == OK)
        c->sentence = "this record is held already: see `flagpost publish --held`";
    return s == OK ? E_DUPLICATE : s == E_UNKNOWN ? OK : s;
}

static status body_of(struct arena *a, const struct call *c, struct bytes *ret)
{
    const struct bytes person = bytes_of_text(c->person.text);
    const size_t size = 2 + person.size + c->request.size;
    uint8_t *const at = arena_take(a, size);

    ENSURE(at != NULL, E_MEMORY);
    struct writer w = writer_over(at, size);
    write_u8(&w, VERSION);
    write_u8(&w, (uint8_t)person.size);
    write_bytes(&w, person);
    write_bytes(&w, c->request);
    *ret = writer_bytes(&w);
    return OK;
}

static status log_step(struct desk *d, struct call *c, const record_id *id,
                       enum audit_operation operation, const char *outcome)
{
    struct item_audit row = {
        .operation = operation, .object = *id, .outcome = bytes_of_text(outcome)};

    return desk_audit(d, c, &row);
}

status held_put(struct desk *d, struct call *c, struct publish_work *work)
{
    struct exchange *const x = d->exchange;
    struct shelf_row row = {
        .kind = SHELF_WAITING, .state = WAITING_HELD, .changed = x->now};

    if (!text_is(bytes_of_text(c->channel), "control") || work->key.size > 0) {
        c->sentence = "a record is held from the command line, and without --key: the same "
                      "record is held once";
        return E_DENIED;
    }
    TRY(check_time(d, c, work));
    TRY(same_refuse(d, c, work));
    TRY(check_first(d, c, &work->same.words));
    TRY(publish_foresee(d, work));
    TRY(body_of(x->arena, c, &row.body));
    memcpy(row.tag, work->same.words.bytes, sizeof row.tag);
    row.id = draw_record_id(&x->draw, x->now);
    row.due = work->held_until;
    /* The log first: a node that may not write to it holds nothing. */
    TRY(log_step(d, c, &row.id, AUDIT_COLLECT, "held until its date"));
    work->id = row.id;
    return journal_shelf_put(d->journal, &row);
}

/* --- publishing --- */

/* Asked again as it was asked, in the name of who asked. */
static status ask_again(struct desk *d, const struct shelf_row *row, struct call *c,
                        struct publish_work *work)
{
    char *const key = arena_take(d->exchange->arena, RECORD_ID_TEXT_ROOM);
    struct reader r = {.rest = row->body};
    const uint8_t version = read_u8(&r);
    const struct bytes person = read_bytes(&r, read_u8(&r));

    ENSURE(key != NULL, E_MEMORY);
    ENSURE(!r.bad && version == VERSION && person.size < sizeof c->person.text, E_VERSION);
    memcpy(c->person.text, person.at, person.size);
    c->request = r.rest;
    TRY(control_request_decode(c->request, d->exchange->arena, &c->parsed));
    ENSURE(publish_may_judge(d, c), E_CONFIG);
    TRY(publish_check_released(d, c));
    work->packed = control_argument(&c->parsed, "record");
    record_id_write(&row->id, key);
    work->key = bytes_of_text(desk_text(d->exchange->arena, "held/", key, NULL));
    TRY(publish_options(d, c, work));
    work->was_held = true;
    TRY(publish_judge(d, c, d->exchange->arena, work));
    if (!work->findings->refused)
        return publish_submit_told(d, c, work);
    TRY(publish_refusal(d, c, work));
    return E_VALUE;
}

/* Rules and fields; never what the record says. */
static const char *reasons(struct desk *d, const struct call *c,
                           const struct publish_work *work, status s)
{
    struct arena *const a = d->exchange->arena;
    const char *text = NULL;

    for (size_t i = 0; work->findings != NULL && i < work->findings->count; i++) {
        const struct finding *const f = &work->findings->at[i];
        if (f->severity == SEVERITY_REFUSE)
            text = desk_text(a, text == NULL ? "" : text, text == NULL ? "" : ", ", f->rule,
                             " ", f->field, NULL);
    }
    if (text != NULL)
        return desk_text(a, "a held record is refused by today's rules: ", text, NULL);
    return desk_text(a, "a held record could not be published: ",
                     c->sentence != NULL ? c->sentence : status_sentence(s), NULL);
}

static status keep_refused(struct desk *d, struct shelf_row *row, const char *sentence)
{
    row->state = WAITING_HELD_REFUSED;
    row->changed = d->exchange->now;
    row->due = 0;
    TRY(journal_shelf_put(d->journal, row));
    return desk_todo_open(d, TODO_HELD, &row->id, sentence);
}

/* What stops it now does not stop it for ever. */
static bool is_for_later(status s)
{
    return s == E_BUSY || s == E_MEMORY || s == E_FENCED || s == E_EXPIRED ||
           s == E_REVOKED;
}

static status publish_one(struct desk *d, const record_id *id, struct held_told *told)
{
    struct arena *const a = d->exchange->arena;
    struct publish_work *const work = arena_take(a, sizeof *work);
    struct call *const c = arena_take(a, sizeof *c);
    struct shelf_row row = {0};

    ENSURE(work != NULL && c != NULL, E_MEMORY);
    /* Ticket 0, one more than this client: nobody waits for the answer. */
    *c = (struct call){.channel = "control", .client = SIZE_MAX};
    TRY(journal_shelf_find(d->journal, SHELF_WAITING, id, a, &row));
    const status s = ask_again(d, &row, c, work);
    ENSURE(s != E_STORAGE && s != E_DAMAGED, s);
    if (is_for_later(s))
        return OK;
    if (s != OK) {
        told->refused++;
        return keep_refused(d, &row, reasons(d, c, work, s));
    }
    told->published++;
    TRY(desk_todo_close(d, TODO_HELD, id));
    return journal_shelf_drop(d->journal, SHELF_WAITING, id);
}

struct due {
    size_t count;
    record_id ids[DUE_AT_ONCE];
};

static status each_due(void *context, const struct shelf_row *row)
{
    struct due *const due = context;

    ENSURE(due->count < COUNT_OF(due->ids), E_LIMIT);
    due->ids[due->count++] = row->id;
    return OK;
}

static bool turn_has_room(const struct exchange *x)
{
    return AUDIT_ROWS_MAX - x->audit_count >= ROWS_EACH &&
           x->arena->room - x->arena->used > CLOSE_RESERVE + RECORD_ROOM;
}

static status delay(struct desk *d, const struct due *due, struct held_told *told)
{
    for (size_t i = 0; i < due->count; i++)
        TRY(desk_todo_open(d, TODO_HELD, &due->ids[i],
                           "its time has come by a clock that jumped by more than 24 "
                           "hours: set the clock right, or start the node again once it "
                           "is"));
    told->delayed = due->count;
    d->held.at += DELAY_MS - EVERY_MS;
    return OK;
}

status held_tick(struct desk *d, millis steady, struct held_told *ret)
{
    struct exchange *const x = d->exchange;
    const bool agrees = clock_agrees(&d->held.clock, x->now, steady);
    const struct shelf_filter filter = {.state = WAITING_HELD, .due_before = x->now + 1};
    struct due due = {0};

    *ret = (struct held_told){0};
    if (steady < d->held.at + EVERY_MS || x->fence != OK || x->holds_back ||
        roster_age(&x->roster, x->now) == ROSTER_FROZEN)
        return OK;
    d->held.at = steady;
    const status s =
        journal_shelf_walk(d->journal, SHELF_WAITING, filter, d->scratch, each_due, &due);
    ENSURE(s == OK || s == E_LIMIT, s);
    if (!agrees && due.count > 0)
        return delay(d, &due, ret);
    for (size_t i = 0; i < due.count && turn_has_room(x); i++)
        TRY(publish_one(d, &due.ids[i], ret));
    return OK;
}

/* --- the list, and cancelling --- */

static status each_held(void *context, const struct shelf_row *row)
{
    struct rows *const r = context;

    if (row->state != WAITING_HELD && row->state != WAITING_HELD_REFUSED)
        return OK;
    rows_next(r, 4);
    rows_id(r, "id", &row->id);
    rows_time(r, "until", row->due);
    rows_text(r, "state", row->state == WAITING_HELD ? "held" : "refused: see the to-do");
    rows_time(r, "since", row->changed);
    return r->full ? E_LIMIT : OK;
}

status held_prepare(struct desk *d, struct call *c)
{
    (void)d;
    (void)c;
    return OK;
}

status held_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct rows r;

    (void)c;
    rows_init(&r, d->exchange->arena, LIST_ROWS);
    const status s = journal_shelf_walk(d->journal, SHELF_WAITING, (struct shelf_filter){0},
                                        d->scratch, each_held, &r);
    ENSURE(s == OK || s == E_LIMIT, s);
    ret->sentence = bytes_of_text(r.count == 0   ? "nothing is held"
                                  : s == E_LIMIT ? "these come first; there are more"
                                                 : "");
    rows_give(&r, ret);
    return OK;
}

status held_drop(struct desk *d, const record_id *id)
{
    TRY(desk_todo_close(d, TODO_HELD, id));
    return journal_shelf_drop(d->journal, SHELF_WAITING, id);
}

static status each_doubtful(void *context, const struct shelf_row *row)
{
    struct shelf_row kept = *row;

    return keep_refused(context, &kept,
                        "its date passed before this node was put back to an earlier day: "
                        "look whether it was published then (`flagpost find URN`), and "
                        "publish it anew if it was not");
}

status held_doubt(struct desk *d)
{
    const struct shelf_filter due = {.state = WAITING_HELD,
                                     .due_before = d->exchange->now + 1};

    return journal_shelf_walk(d->journal, SHELF_WAITING, due, d->scratch, each_doubtful, d);
}

status held_cancel_prepare(struct desk *d, struct call *c)
{
    const struct bytes wanted = control_argument(&c->parsed, "id");
    struct shelf_row row = {0};
    record_id ids[2];
    size_t count = 0;

    status s = wanted.size < 4 ? E_FORM
                               : journal_shelf_search(d->journal, SHELF_WAITING, wanted,
                                                      ids, 2, &count);
    ENSURE(s == OK || s == E_FORM, s);
    s = count != 1 ? E_UNKNOWN
                   : journal_shelf_find(d->journal, SHELF_WAITING, &ids[0],
                                        d->exchange->arena, &row);
    ENSURE(s == OK || s == E_UNKNOWN, s);
    if (s != OK || (row.state != WAITING_HELD && row.state != WAITING_HELD_REFUSED)) {
        c->sentence = "no record held here, or more than one, has an id that begins so: "
                      "see `flagpost publish --held`";
        return E_UNKNOWN;
    }
    TRY(log_step(d, c, &row.id, AUDIT_ALTER, HELD_CANCELLED));
    TRY(held_drop(d, &row.id));
    c->sentence = "cancelled: it is not published, and nothing of it is kept";
    return OK;
}

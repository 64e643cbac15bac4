#include "reconcile.h"

#include "shelf.h"
#include "text.h"
#include "todo.h"
#include "unopened.h"

#include <string.h>

/*
 * `ingest reconcile`: how the last comparison with each agency ended, and asking for the
 * next.  `ingest differences`: what both sides have of each record about which they differ.
 * `ingest resend` and `ingest settle` close one: by sending again what the other lacks, or
 * by a named person's decision, which stands as long as both still say the same.
 */

enum { RESULT_ROWS = AGENCIES_MAX, DIFFERENCE_ROWS = 1000 };

/* --- reconcile --- */

status reconcile_prepare(struct desk *d, struct call *c)
{
    struct exchange *const x = d->exchange;
    const struct bytes name = control_argument(&c->parsed, "agency");
    struct agency_id id;
    struct reconcile_result r = {.state = RECONCILE_NEVER};

    const status here = ingest_is_here(d, c);
    if (here != OK)
        c->sentence =
            "only national ingestion starts a comparison, once a day: `flagpost ingest "
            "reconcile` without a name tells how the last one ended, `flagpost "
            "ingest differences` what is open";
    TRY(here);
    const struct roster_agency *const a =
        agency_id_read(name, &id) == OK ? roster_find(&x->roster, &id) : NULL;
    if (a == NULL || agency_id_equal(&id, &x->self) || a->kind == AGENCY_INGEST) {
        c->sentence = "name an agency of the roster that sends records here, such as F55";
        return E_VALUE;
    }
    const status s = reconcile_result_find(d, &id, &r);
    if (s != E_UNKNOWN)
        TRY(s);
    r.other = id;
    r.due = x->now;
    TRY(reconcile_result_put(d, &r));
    struct item_audit row = {.operation = AUDIT_COMBINE,
                             .outcome = bytes_of_text(desk_text(
                                 x->arena, "asked to be reconciled with ", id.text, NULL))};
    TRY(desk_audit(d, c, &row));
    d->reconciling.looked_at = 0;
    c->sentence = "it is compared now, if that agency is heard of, and else when it is: "
                  "flagpost ingest reconcile tells how it ended";
    return OK;
}

struct results {
    struct desk *desk;
    struct rows rows;
};

/* Another agency than the one that the session is with has ended, or has yet to begin. */
static const char *result_word(const struct desk *d, const struct reconcile_result *r)
{
    const struct reconcile *const now = d->reconciling.session;

    if (now != NULL && agency_id_equal(&now->other, &r->other))
        return "at work";
    return reconcile_state_word(r->state);
}

static status each_result(void *context, const struct shelf_row *row)
{
    struct results *const l = context;
    struct rows *const r = &l->rows;
    struct reconcile_result x;
    struct bytes sentence = {0};

    TRY(reconcile_result_read(row, &x));
    TRY(arena_copy(r->arena, bytes_of(x.sentence.at, x.sentence.size), &sentence));
    rows_next(r, 14);
    rows_text(r, "row", "reconciliation");
    rows_agency(r, "agency", &x.other);
    rows_id(r, "session", &x.session);
    rows_text(r, "state", result_word(l->desk, &x));
    rows_time(r, "ended", x.at);
    rows_number(r, "here", x.count);
    rows_number(r, "there", x.other_count);
    rows_number(r, "differences", x.differences);
    rows_text(r, "more", x.more ? "yes" : "");
    rows_number(r, "questions", x.steps);
    rows_number(r, "bytes", x.bytes);
    rows_number(r, "hashes", x.hashes);
    rows_time(r, "next", x.due);
    rows_bytes(r, "why", sentence);
    return r->full ? E_LIMIT : OK;
}

status reconciled_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct results l = {.desk = d};

    rows_init(&l.rows, d->exchange->arena, RESULT_ROWS);
    const status s =
        journal_shelf_walk(d->journal, SHELF_RECONCILED, (struct shelf_filter){0},
                           d->scratch, each_result, &l);
    ENSURE(s == OK || s == E_LIMIT, s);
    (void)c;
    const char *next = "";
    TRY(reconcile_next(d, &next));
    ret->sentence = bytes_of_text(next);
    rows_give(&l.rows, ret);
    return OK;
}

/* --- differences --- */

struct differences {
    struct desk *desk;
    bool all; /* decided ones as well */
    struct rows rows;
};

static const char *state_word(enum difference_state state)
{
    switch (state) {
    case DIFFERENCE_OPEN:
        return "open";
    case DIFFERENCE_SENT:
        return "sent again";
    case DIFFERENCE_SETTLED:
        return "settled";
    }
    return "?";
}

/* At national ingestion: the other has none of it, or not the last word. */
static bool lacks_answer(const struct reconcile_difference *x)
{
    return (x->here.says >= DIFFERENCE_ACCEPTED && x->there.says == DIFFERENCE_WAITING) ||
           (x->here.says == DIFFERENCE_DELETED && x->there.says == DIFFERENCE_ACCEPTED);
}

/* Who has something that the other lacks sends it again; else a person decides. */
static const char *mend_of(const struct desk *d, const struct reconcile_difference *x)
{
    const bool ours = agency_id_equal(&x->record.agency, &d->exchange->self);

    if (x->state == DIFFERENCE_SENT)
        return "wait for the next comparison";
    if (x->state == DIFFERENCE_SETTLED)
        return "";
    if (ours && x->there.says == DIFFERENCE_NOT_HELD)
        return "send the record again: flagpost ingest resend ID";
    if (!ours && lacks_answer(x))
        return "send the answer again: flagpost ingest resend ID";
    if (!ours && x->here.says == DIFFERENCE_ACCEPTED && x->there.says == DIFFERENCE_DELETED)
        return "say again that it was deleted: flagpost ingest deleted ID";
    if (!ours && x->here.says == DIFFERENCE_NOT_HELD)
        return "the agency sends it again, or recalls it";
    if (!ours && x->here.says == DIFFERENCE_WAITING)
        return "give the answer that was given: flagpost ingest accept ID, ingest refuse "
               "ID";
    return "find out which is right and decide: flagpost ingest settle ID --person "
           "--reason";
}

static status text_of(struct rows *r, const struct recall_text *t, struct bytes *ret)
{
    return arena_copy(r->arena, bytes_of(t->at, t->size), ret);
}

static status give(struct differences *l, const struct reconcile_difference *x)
{
    struct rows *const r = &l->rows;
    struct bytes here = {0};
    struct bytes there = {0};
    struct bytes person = {0};
    struct bytes reason = {0};

    TRY(arena_copy(r->arena, bytes_of(x->here.reference, x->here.size), &here));
    TRY(arena_copy(r->arena, bytes_of(x->there.reference, x->there.size), &there));
    TRY(text_of(r, &x->person, &person));
    TRY(text_of(r, &x->reason, &reason));
    rows_next(r, 13);
    rows_text(r, "row", "difference");
    rows_id(r, "record", &x->record.id);
    rows_agency(r, "owner", &x->record.agency);
    rows_agency(r, "with", &x->other);
    rows_text(r, "here", reconcile_says_word(x->here.says));
    rows_bytes(r, "here_as", here);
    rows_text(r, "there", reconcile_says_word(x->there.says));
    rows_bytes(r, "there_as", there);
    rows_time(r, "since", x->since);
    rows_text(r, "state", state_word(x->state));
    rows_bytes(r, "person", person);
    rows_bytes(r, "reason", reason);
    rows_text(r, "do", desk_todo_mend(r->arena, mend_of(l->desk, x), &x->record.id));
    return r->full ? E_LIMIT : OK;
}

static status each_difference(void *context, const struct shelf_row *row)
{
    struct differences *const l = context;
    struct reconcile_difference x;

    TRY(reconcile_difference_read(row, &x));
    return l->all || x.state != DIFFERENCE_SETTLED ? give(l, &x) : OK;
}

/* Of both lists. */
status differences_prepare(struct desk *d, struct call *c)
{
    (void)d;
    (void)c;
    return OK;
}

status differences_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct differences l = {.desk = d, .all = control_argument(&c->parsed, "all").size > 0};

    rows_init(&l.rows, d->exchange->arena, DIFFERENCE_ROWS);
    const status s =
        journal_shelf_walk(d->journal, SHELF_DIFFERENCE, (struct shelf_filter){0},
                           d->scratch, each_difference, &l);
    ENSURE(s == OK || s == E_LIMIT, s);
    ret->sentence = bytes_of_text(
        s == E_LIMIT        ? "there are more: close these first"
        : l.rows.count == 0 ? "no difference is open: flagpost ingest reconcile tells when "
                              "it was compared"
                            : "");
    rows_give(&l.rows, ret);
    return OK;
}

/* --- closing --- */

struct found {
    struct bytes prefix;
    size_t count;
    struct reconcile_difference x;
};

static status each_named(void *context, const struct shelf_row *row)
{
    struct found *const f = context;
    char id[RECORD_ID_TEXT_ROOM];

    record_id_write(&row->about, id);
    if (f->prefix.size >= sizeof id || memcmp(id, f->prefix.at, f->prefix.size) != 0)
        return OK;
    f->count++;
    return reconcile_difference_read(row, &f->x);
}

/* By the record's id, which may be of a record that is not here. */
static status find(struct desk *d, struct call *c, struct reconcile_difference *ret)
{
    const struct bytes given = control_argument(&c->parsed, "id");
    const uint8_t *const slash = given.size > 0 ? memchr(given.at, '/', given.size) : NULL;
    struct found f = {.prefix = given};

    if (slash != NULL)
        f.prefix = bytes_of(slash + 1, given.size - (size_t)(slash + 1 - given.at));
    if (f.prefix.size > 0)
        TRY(journal_shelf_walk(d->journal, SHELF_DIFFERENCE, (struct shelf_filter){0},
                               d->scratch, each_named, &f));
    if (f.count == 1) {
        *ret = f.x;
        return OK;
    }
    c->sentence = f.count == 0 ? "no difference of that record is known: flagpost ingest "
                                 "differences lists them"
                               : "more than one record begins so: give more of its id";
    return f.count == 0 ? E_UNKNOWN : E_VALUE;
}

static status log_closing(struct desk *d, struct call *c,
                          const struct reconcile_difference *x, const char *outcome)
{
    struct item_audit row = {.operation = AUDIT_ALTER,
                             .object = x->record.id,
                             .justification = control_argument(&c->parsed, "reason"),
                             .outcome = bytes_of_text(outcome)};

    return desk_audit(d, c, &row);
}

static status send_record(struct desk *d, struct call *c,
                          const struct reconcile_difference *x)
{
    bool may = false;

    TRY(unopened_send_again(d, &x->record, &x->other, &may));
    if (may)
        return OK;
    c->sentence = "the record is not sent: it is recalled or erased here, another version "
                  "stands in its place, or the rules of today do not send it: settle it";
    return E_POLICY;
}

static status send_answer(struct desk *d, struct call *c,
                          const struct reconcile_difference *x)
{
    struct exchange *const ex = d->exchange;
    struct ingest_row row = {.batch = {0}};
    struct entry_row e = {0};
    struct place place = {0};

    TRY(ingest_row_find(d, &x->record, ex->arena, &row));
    if (row.answer.what == 0) {
        c->sentence = "nothing was answered here: flagpost ingest accept ID, or refuse ID";
        return E_VALUE;
    }
    TRY(ex->store.ops->record_find(ex->store.self, &x->record.agency, &x->record.id,
                                   &place));
    TRY(ex->store.ops->entry_find(ex->store.self, &place.stream, place.index, ex->arena,
                                  &e));
    struct item item = {.kind = ITEM_OUTCOME,
                        .outcome = {.agency = x->record.agency,
                                    .id = x->record.id,
                                    .what = row.answer.what,
                                    .at = row.answer.at,
                                    .reference = row.answer.reference,
                                    .reason = row.answer.reason}};
    if (x->there.says == DIFFERENCE_WAITING)
        TRY(desk_answer_owner(d, &e, &item, 0));
    if (row.answer.deletion.what != OUTCOME_DELETED)
        return OK;
    item.outcome.what = OUTCOME_DELETED;
    item.outcome.at = row.answer.deletion.at;
    item.outcome.reason = bytes_of(NULL, 0);
    return desk_answer_owner(d, &e, &item, 0);
}

static status close_it(struct desk *d, struct call *c, struct reconcile_difference *x,
                       const char *outcome)
{
    TRY(reconcile_difference_put(d, x));
    TRY(desk_todo_close(d, TODO_DIFFERENCE, &x->record.id));
    return log_closing(d, c, x, outcome);
}

status difference_resend_prepare(struct desk *d, struct call *c)
{
    struct reconcile_difference *const x = arena_take(d->exchange->arena, sizeof *x);

    ENSURE(x != NULL, E_MEMORY);
    TRY(find(d, c, x));
    const bool ours = agency_id_equal(&x->record.agency, &d->exchange->self);
    const bool lacks = ours ? x->there.says == DIFFERENCE_NOT_HELD : lacks_answer(x);
    if (!lacks || x->here.says == DIFFERENCE_NOT_HELD) {
        c->sentence = "the other side lacks nothing that is here: flagpost ingest "
                      "differences tells what both have; settle it by a decision";
        return E_VALUE;
    }
    TRY(ours ? send_record(d, c, x) : send_answer(d, c, x));
    x->state = DIFFERENCE_SENT;
    c->sentence = "sent again: the next comparison tells whether it has arrived";
    return close_it(d, c, x, "difference: sent again");
}

status difference_settle_prepare(struct desk *d, struct call *c)
{
    const struct bytes person = control_argument(&c->parsed, "person");
    const struct bytes reason = control_argument(&c->parsed, "reason");
    struct reconcile_difference *const x = arena_take(d->exchange->arena, sizeof *x);

    ENSURE(x != NULL, E_MEMORY);
    if (person.size == 0 || reason.size == 0 || person.size > DECISION_TEXT_MAX ||
        reason.size > DECISION_TEXT_MAX || !utf8_is_valid(person) ||
        !utf8_is_valid(reason)) {
        c->sentence =
            "a decision names who decides and why: --person NAME --reason TEXT, of "
            "at most 200 bytes each";
        return E_USAGE;
    }
    TRY(find(d, c, x));
    x->state = DIFFERENCE_SETTLED;
    x->person = recall_text(person);
    x->reason = recall_text(reason);
    c->sentence = "settled: it stands as long as both sides say what they say now";
    return close_it(d, c, x, "difference: settled by a decision");
}

#include "backups.h"
#include "recall.h"

#include "text.h"
#include "todo.h"

/*
 * `statement`: a named person at a holder says what became of a recalled record.  It is
 * signed with the holder's log and addressed to the owner.  "Erased" is said by the node in
 * a later turn, once what was erased is in no file (recall_turn.c): when it cannot be
 * erased nothing is said.
 */

struct statement_work {
    struct parent record;
    struct recall_row row; /* of the recall */
    enum outcome_what what;
};

static const struct {
    const char *word;
    enum outcome_what what;
    const char *logged;
} statements[] = {
    {"erased", OUTCOME_ERASED, "stated: erased"},
    {"hold", OUTCOME_ON_HOLD, "stated: under legal hold"},
    {"adopted", OUTCOME_ADOPTED, "stated: adopted as controller"},
    {"exported", OUTCOME_EXPORTED, "stated: exported"},
};

static const char *logged_as(enum outcome_what what)
{
    for (size_t i = 0; i < COUNT_OF(statements); i++) {
        if (statements[i].what == what)
            return statements[i].logged;
    }
    return "";
}

static bool short_text(struct bytes b)
{
    return b.size <= SHORT_TEXT_MAX && utf8_is_valid(b);
}

static status read_what(struct call *c, struct statement_work *work)
{
    const struct bytes what = control_argument(&c->parsed, "what");

    for (size_t i = 0; i < COUNT_OF(statements); i++) {
        if (text_is(what, statements[i].word))
            work->what = statements[i].what;
    }
    const struct bytes person = control_argument(&c->parsed, "person");
    const struct bytes where = control_argument(&c->parsed, "where");
    if (work->what == 0) {
        c->sentence = "say what became of it: --erased, --hold, --adopted or --exported "
                      "WHERE";
        return E_USAGE;
    }
    if (person.size == 0 || !short_text(person) || !short_text(where) ||
        !short_text(control_argument(&c->parsed, "reason"))) {
        c->sentence = "a statement names who makes it (--person); texts have at most 256 "
                      "bytes";
        return E_USAGE;
    }
    if (work->what == OUTCOME_EXPORTED && where.size == 0) {
        c->sentence = "say where it was exported to: --exported WHERE";
        return E_USAGE;
    }
    return OK;
}

/* What this agency has said of it so far. */
static status said_here(struct desk *d, const struct parent *record, struct holding *ret)
{
    struct arena *const a = d->exchange->arena;
    struct recall_holder *const all = arena_array(a, AGENCIES_MAX, sizeof *all);
    size_t count = 0;

    ENSURE(all != NULL, E_MEMORY);
    TRY(recall_holders(d, record, all, &count));
    for (size_t i = 0; i < count; i++) {
        if (agency_id_equal(&all[i].agency, &d->exchange->self))
            *ret = all[i].holding;
    }
    return OK;
}

static status check_state(struct desk *d, struct call *c, struct statement_work *work)
{
    struct exchange *const x = d->exchange;
    struct place place = {0};
    struct recall_found found = {0};
    struct holding said = {0};

    TRY(desk_find_record(d, c, &place, &c->id));
    work->record = (struct parent){.agency = place.stream.agency, .id = c->id};
    if (agency_id_equal(&place.stream.agency, &x->self)) {
        c->sentence = "it is your own record: statements are made by those who hold it";
        return E_VALUE;
    }
    TRY(recall_of(d, &work->record, x->arena, &found));
    if (!found.recalled) {
        c->sentence = "its owner has not recalled it, so there is nothing to state";
        return E_VALUE;
    }
    const status s = recall_row_find(d, &work->record, &work->row);
    if (s != E_UNKNOWN)
        TRY(s);
    work->row.record = work->record;
    work->row.since = work->row.since == 0 ? x->now : work->row.since;
    TRY(said_here(d, &work->record, &said));
    if (work->row.state == RECALL_ERASED)
        said.said |= UINT32_C(1) << OUTCOME_ERASED; /* and not sent yet */
    c->sentence = holding_refusal(&said, work->what);
    ENSURE(c->sentence == NULL, E_DUPLICATE);
    if (work->what == OUTCOME_ERASED && holding_has(&said, OUTCOME_ON_HOLD) &&
        control_argument(&c->parsed, "reason").size == 0) {
        c->sentence = "it is stated as under legal hold: say why the hold has ended "
                      "(--reason); the owner reads it";
        return E_VALUE;
    }
    return OK;
}

static status erase(struct desk *d, struct call *c, const struct statement_work *work)
{
    const struct item_audit why = {.at = d->exchange->now,
                                   .actor = bytes_of_text(c->person.text),
                                   .channel = bytes_of_text("control"),
                                   .justification = bytes_of_text("recalled by its owner"),
                                   .outcome = bytes_of_text(logged_as(OUTCOME_ERASED))};

    const status s = recall_erase(d, &work->record, &why);
    if (s == E_LIMIT)
        c->sentence =
            "more was made of it here than one statement can erase, so nothing was "
            "erased and nothing stated";
    if (s == E_POLICY)
        c->sentence = "a record of ours that was made of it is under legal hold: state "
                      "--hold, or release the hold first (`flagpost review list`)";
    return s;
}

static status settle(struct desk *d, struct call *c, struct statement_work *work)
{
    /* Where it was exported to says nothing of the copy here. */
    if (work->what == OUTCOME_EXPORTED)
        return OK;
    if (work->what == OUTCOME_ERASED) {
        work->row.person = recall_text(control_argument(&c->parsed, "person"));
        work->row.reason = recall_text(control_argument(&c->parsed, "reason"));
        d->recalls.all_said = false;
    }
    work->row.state = work->what == OUTCOME_ERASED ? RECALL_ERASED : RECALL_STATED;
    work->row.due = 0;
    TRY(recall_row_put(d, &work->row));
    return desk_todo_close(d, TODO_STATEMENT, &work->record.id);
}

static status submit(struct desk *d, struct call *c, const struct statement_work *work)
{
    const struct item item = {
        .kind = ITEM_OUTCOME,
        .outcome = {.agency = work->record.agency,
                    .id = work->record.id,
                    .what = work->what,
                    .at = d->exchange->now,
                    .person = control_argument(&c->parsed, "person"),
                    .reference = control_argument(&c->parsed, "where"),
                    .reason = control_argument(&c->parsed, "reason")}};

    return recall_answer(d, &work->record, &item, 1, c->client + 1);
}

static status take(struct desk *d, struct call *c, struct statement_work *work)
{
    struct item_audit row = {.operation = AUDIT_ALTER,
                             .has_object = true,
                             .object_stream =
                                 d->exchange->own[lane_rank(LANE_IMMEDIATE)].row.id,
                             .object = work->record.id,
                             .outcome = bytes_of_text(logged_as(work->what))};

    /* The erasure has rows of its own in the log. */
    if (work->what == OUTCOME_ERASED) {
        TRY(erase(d, c, work));
        return settle(d, c, work);
    }
    TRY(submit(d, c, work));
    TRY(settle(d, c, work));
    return desk_audit(d, c, &row);
}

status statement_prepare(struct desk *d, struct call *c)
{
    struct statement_work *const work = arena_take(d->exchange->arena, sizeof *work);

    ENSURE(work != NULL, E_MEMORY);
    TRY(read_what(c, work));
    TRY(check_state(d, c, work));
    const status s = take(d, c, work);
    if (s == E_FENCED || s == E_EXPIRED || s == E_REVOKED)
        c->sentence = "this node may not publish now, so nothing was stated: see "
                      "`flagpost status`";
    TRY(s);
    c->work = work;
    return OK;
}

status statement_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct statement_work *const work = c->work;
    const char *backups = "";
    struct rows r;

    TRY(backup_erased_text(d, &backups));
    rows_init(&r, d->exchange->arena, 1);
    rows_next(&r, 3);
    rows_id(&r, "record", &work->record.id);
    rows_agency(&r, "owner", &work->record.agency);
    rows_text(&r, "said", logged_as(work->what));
    ret->sentence = bytes_of_text(
        work->what == OUTCOME_ERASED
            ? desk_text(d->exchange->arena,
                        "erased here; the owner is told as soon as it is in no file any "
                        "more",
                        backups, NULL)
            : "stated: the owner will see it");
    rows_give(&r, ret);
    return OK;
}

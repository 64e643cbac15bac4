#include "recall.h"

#include "text.h"
#include "todo.h"

/*
 * `statement`: a named person at a holder says what became of a recalled record.  It is
 * signed with the holder's log and addressed to the owner.  "Erased" is said in the turn
 * that erases, after the erasure: when that cannot be done nothing is said.
 */

struct statement_work {
    struct parent record;
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
    TRY(said_here(d, &work->record, &said));
    c->sentence = holding_refusal(&said, work->what);
    return c->sentence == NULL ? OK : E_DUPLICATE;
}

static status erase(struct desk *d, struct call *c, const struct statement_work *work)
{
    const struct item_audit why = {.at = d->exchange->now,
                                   .actor = bytes_of_text(c->person.text),
                                   .channel = bytes_of_text("control"),
                                   .justification = bytes_of_text("recalled by its owner"),
                                   .outcome = bytes_of_text("erased")};

    const status s = recall_erase(d, &work->record, &why);
    if (s == E_LIMIT)
        c->sentence =
            "more was made of it here than one statement can erase, so nothing was "
            "erased and nothing stated";
    return s;
}

static status settle(struct desk *d, const struct statement_work *work)
{
    struct recall_row row = {0};

    /* Where it was exported to says nothing of the copy here. */
    if (work->what == OUTCOME_EXPORTED)
        return OK;
    const status s = recall_row_find(d, &work->record, &row);
    if (s != E_UNKNOWN)
        TRY(s);
    row.record = work->record;
    row.state = RECALL_STATED;
    row.since = row.since == 0 ? d->exchange->now : row.since;
    TRY(recall_row_put(d, &row));
    return desk_todo_close(d, TODO_STATEMENT, &work->record.id);
}

static status submit(struct desk *d, struct call *c, const struct statement_work *work)
{
    struct exchange *const x = d->exchange;
    const struct item item = {
        .kind = ITEM_OUTCOME,
        .outcome = {.agency = work->record.agency,
                    .id = work->record.id,
                    .what = work->what,
                    .at = x->now,
                    .person = control_argument(&c->parsed, "person"),
                    .reference = control_argument(&c->parsed, "where"),
                    .reason = control_argument(&c->parsed, "reason")}};
    struct item_audit row = {.operation = AUDIT_ALTER,
                             .has_object = true,
                             .object_stream = x->own[lane_rank(LANE_IMMEDIATE)].row.id,
                             .object = work->record.id,
                             .outcome = bytes_of_text(logged_as(work->what))};

    TRY(recall_answer(d, &work->record, &item, 1, c->client + 1));
    TRY(settle(d, work));
    return desk_audit(d, c, &row);
}

status statement_prepare(struct desk *d, struct call *c)
{
    struct statement_work *const work = arena_take(d->exchange->arena, sizeof *work);

    ENSURE(work != NULL, E_MEMORY);
    TRY(read_what(c, work));
    TRY(check_state(d, c, work));
    status s = work->what == OUTCOME_ERASED ? erase(d, c, work) : OK;
    /* What is erased stays so if this turn is full: the next one only says it. */
    if (s == OK)
        s = submit(d, c, work);
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
    struct rows r;

    rows_init(&r, d->exchange->arena, 1);
    rows_next(&r, 4);
    rows_id(&r, "record", &work->record.id);
    rows_agency(&r, "owner", &work->record.agency);
    rows_id(&r, "statement", &c->id);
    rows_text(&r, "said", logged_as(work->what));
    ret->sentence =
        bytes_of_text(work->what == OUTCOME_ERASED ? "erased here, and stated to the owner"
                                                   : "stated: the owner will see it");
    rows_give(&r, ret);
    return OK;
}

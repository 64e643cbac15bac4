#include "asked.h"
#include "ingest.h"
#include "recall.h"
#include "reconcile.h"
#include "text.h"
#include "todo.h"

/* What has arrived at national ingestion, and how it was answered: from headers and the
 * shelf, no content and so no consultation. */

/* Of a call: rows, and entries looked at; whether one is to be deleted, or was recalled,
 * costs more. */
enum { LIST_ROWS = 500, LIST_LOOKED_AT = 20000, DELETION_COST = 10 };

static const char STATES[] =
    "waiting, recalled, loading, accepted, replaced, refused, delete, "
    "deleting, undeleted, deleted";

struct ingest_list {
    struct desk *desk;
    struct bytes state; /* empty: all */
    uint64_t skip;
    struct bytes force; /* empty: all */
    bool keys;          /* what the record is known by, which the log then tells of */
    bool paged;         /* for a program, which goes on by itself */
    size_t looked_at, cost;
    struct rows rows;
};

/* Of what was accepted and not replaced. */
static status accepted_state(struct ingest_list *l, const struct parent *record,
                             const struct ingest_row *i, const char **ret)
{
    bool due = false;

    if (i->answer.deletion.what != 0) {
        *ret = i->answer.deletion.what == OUTCOME_DELETED ? "deleted" : "undeleted";
        return OK;
    }
    if (i->deletion_batch.size > 0) {
        *ret = "deleting";
        return OK;
    }
    l->cost += DELETION_COST;
    TRY(ingest_is_to_delete(l->desk, record, i, &due));
    *ret = due ? "delete" : "accepted";
    return OK;
}

/* Of what has no answer: nobody is to load or answer what its owner has taken back. */
static status unanswered_state(struct ingest_list *l, const struct entry_row *e,
                               const struct parent *record, const char **ret)
{
    bool recalled = false;

    if (e->disposition != DISPOSITION_HELD) {
        *ret =
            e->disposition == DISPOSITION_ERASED ? "erased unanswered" : "not opened yet";
        return OK;
    }
    l->cost += DELETION_COST;
    TRY(recall_blocks(l->desk, record, &recalled));
    *ret = recalled ? "recalled" : "waiting";
    return OK;
}

static status state_of(struct ingest_list *l, const struct entry_row *e,
                       const struct parent *record, const struct ingest_row *i,
                       const char **ret)
{
    if (i->answer.what == OUTCOME_INGESTED && !i->replaced)
        return accepted_state(l, record, i, ret);
    if (i->answer.what != 0)
        *ret = i->replaced ? "replaced" : ingested_word(i->answer.what);
    else if (i->batch.size > 0)
        *ret = "loading";
    else
        return unanswered_state(l, e, record, ret);
    return OK;
}

/* What the desk must know of it before it is opened: "" when nothing. */
static status standing_of(struct desk *d, const struct parent *record, const char **ret)
{
    struct recall_versions versions = {0};
    bool recalled = false;

    TRY(recall_blocks(d, record, &recalled));
    TRY(recall_versions(d, record, &versions));
    *ret = recalled ? "recalled" : versions.has_newer ? "superseded" : "";
    return OK;
}

static status give_key(struct ingest_list *l, const record_id *id,
                       const struct ingest_key *key)
{
    struct rows *const r = &l->rows;
    struct bytes sentence = {0};
    struct bytes urn = {0};
    millis since = 0;
    const status s = desk_todo_find(l->desk, TODO_GATED, id, &sentence, &since);

    if (s != E_UNKNOWN)
        TRY(s);
    TRY(arena_copy(r->arena, key->urn, &urn));
    rows_bytes(r, "urn", urn);
    rows_number(r, "version", key->version);
    rows_text(r, "todo", s == OK ? "yes" : "");
    return OK;
}

static status give(struct ingest_list *l, const struct entry_row *e, const char *state,
                   const struct ingest_row *i)
{
    const bool refused = i->answer.what == OUTCOME_REFUSED;
    const struct parent record = {.agency = e->stream.agency, .id = e->id};
    const struct roster_agency *const owner =
        roster_find(&l->desk->exchange->roster, &record.agency);
    struct rows *const r = &l->rows;
    struct bytes reference = {0};
    struct bytes rule = {0};
    struct bytes deletion_batch = {0};
    struct bytes replaces = {0};
    struct bytes batch = {0};
    const char *standing = "";
    const char *marks = "";

    TRY(standing_of(l->desk, &record, &standing));
    TRY(recall_marks(l->desk, &record, &marks));
    TRY(arena_copy(r->arena, i->answer.reference, &reference));
    TRY(arena_copy(r->arena, i->answer.deletion.rule, &rule));
    TRY(arena_copy(r->arena, i->deletion_batch, &deletion_batch));
    TRY(arena_copy(r->arena, i->batch, &batch));
    TRY(arena_copy(r->arena, i->updates, &replaces));
    rows_next(r, 17);
    rows_text(r, "row", "record");
    rows_id(r, "id", &e->id);
    rows_agency(r, "from", &e->stream.agency);
    rows_text(r, "force", owner == NULL ? "" : owner->force);
    rows_time(r, "stored", e->at);
    rows_text(r, "state", state);
    rows_bytes(r, "reference", refused ? bytes_of_text("") : reference);
    rows_bytes(r, "rule", refused ? reference : rule);
    rows_bytes(r, "replaces", replaces);
    rows_time(r, "answered", i->answer.at);
    rows_bytes(r, "batch", batch);
    rows_bytes(r, "deletion_batch", deletion_batch);
    rows_text(r, "standing", standing);
    if (l->keys)
        TRY(give_key(l, &record.id, &i->key));
    rows_text(r, "note", marks);
    return OK;
}

static bool is_of_force(const struct ingest_list *l, const struct agency_id *owner)
{
    const struct roster_agency *const a =
        l->force.size == 0 ? NULL : roster_find(&l->desk->exchange->roster, owner);

    return l->force.size == 0 || (a != NULL && text_is(l->force, a->force));
}

static status each(void *context, const struct entry_row *e)
{
    struct ingest_list *const l = context;
    struct arena *const scratch = l->desk->scratch;
    const struct parent record = {.agency = e->stream.agency, .id = e->id};
    struct ingest_row i = {.batch = {0}};
    const char *state = "";

    ENSURE(l->cost < LIST_LOOKED_AT && l->rows.count < LIST_ROWS, E_LIMIT);
    l->looked_at++;
    l->cost++;
    /* One record is one line, however often its entry came; what its publisher withholds
     * is not known here. */
    if (e->duplicate || e->disposition == DISPOSITION_REFUSED ||
        e->disposition == DISPOSITION_WITHHELD || !is_of_force(l, &record.agency))
        return OK;
    const size_t mark = arena_mark(scratch);
    status s = ingest_row_find(l->desk, &record, scratch, &i);
    if (s == OK)
        s = state_of(l, e, &record, &i, &state);
    if (s == OK && (l->state.size == 0 || text_is(l->state, state)))
        s = give(l, e, state, &i);
    arena_rewind(scratch, mark);
    return s;
}

/* The owner's URN stands in the record: who is given it is in the log. */
static status log_keys(struct desk *d, struct call *c)
{
    struct item_audit row = {.operation = AUDIT_CONSULT,
                             .justification = control_argument(&c->parsed, "purpose"),
                             .outcome = bytes_of_text("keys of records listed")};

    if (row.justification.size == 0) {
        c->sentence = "say why their keys are listed: --purpose TEXT goes into the log";
        return E_DENIED;
    }
    return desk_audit(d, c, &row);
}

status ingest_list_prepare(struct desk *d, struct call *c)
{
    struct ingest_list *const l = arena_take(d->exchange->arena, sizeof *l);

    ENSURE(l != NULL, E_MEMORY);
    *l = (struct ingest_list){.desk = d};
    TRY(ingest_is_here(d, c));
    TRY(asked_number(d, c, "skip", &l->skip));
    l->paged = control_argument(&c->parsed, "page").size > 0;
    TRY(asked_word(d, c, "state", STATES, &l->state));
    l->force = control_argument(&c->parsed, "force");
    l->keys = control_argument(&c->parsed, "keys").size > 0;
    c->work = l;
    return l->keys ? log_keys(d, c) : OK;
}

/* And when what the two sides have is next held against each other. */
static status sentence_of(struct desk *d, const struct ingest_list *l, bool more,
                          const char **ret)
{
    struct arena *const a = d->exchange->arena;
    const char *next = "";

    TRY(reconcile_next(d, &next));
    const char *const nothing = l->rows.count > 0   ? ""
                                : l->state.size > 0 ? "nothing is in that state; "
                                                    : "nothing has arrived yet; ";
    *ret = more ? desk_text(a, "there are older ones: --skip ",
                            desk_number(a, l->skip + l->looked_at), NULL)
                : desk_text(a, nothing, next, NULL);
    return OK;
}

status ingest_list_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    struct ingest_list *const l = c->work;
    const struct inbox_range range = {
        .kind = KIND_INTELLIGENCE, .skip = l->skip, .limit = LIST_LOOKED_AT + 1};

    rows_init(&l->rows, d->exchange->arena, LIST_ROWS + 1);
    const status s = journal_inbox(d->journal, range, d->scratch, each, l);
    if (s != E_LIMIT)
        TRY(s);
    if (l->paged && s == E_LIMIT) {
        rows_next(&l->rows, 2);
        rows_text(&l->rows, "row", "more");
        rows_number(&l->rows, "skip", l->skip + l->looked_at);
    }
    const char *sentence = "";
    TRY(sentence_of(d, l, s == E_LIMIT, &sentence));
    ret->sentence = bytes_of_text(sentence);
    rows_give(&l->rows, ret);
    return OK;
}

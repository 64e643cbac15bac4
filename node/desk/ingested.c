#include "ingest.h"

#include "legs.h"
#include "recall.h"
#include "todo.h"

/* National ingestion's answers at the publisher. */

/* Who has answered about one record, and whether it counts. */
struct answerer {
    struct agency_id agency;
    bool recipient;
    struct ingested says;
    const char *ignored; /* why its answer does not count; NULL: nothing was ignored */
};

struct answers {
    struct desk *desk;
    struct parent record;
    size_t count;
    struct answerer at[AGENCIES_MAX];
};

static struct answerer *answerer_of(struct answers *all, const struct agency_id *id)
{
    for (size_t i = 0; i < all->count; i++) {
        if (agency_id_equal(&all->at[i].agency, id))
            return &all->at[i];
    }
    if (all->count == AGENCIES_MAX)
        return NULL;
    all->at[all->count] = (struct answerer){.agency = *id};
    return &all->at[all->count++];
}

static status each_leg(void *context, const struct entry_row *e, const struct header *h)
{
    struct answers *const all = context;

    (void)e;
    for (uint32_t i = 0; i < h->recipient_count; i++) {
        struct answerer *const a = answerer_of(all, &h->recipients[i].agency);
        if (a != NULL)
            a->recipient = true;
    }
    return OK;
}

static bool is_ingest(const struct desk *d, const struct agency_id *id)
{
    const struct roster_agency *const a = roster_find(&d->exchange->roster, id);

    return a != NULL && a->kind == AGENCY_INGEST;
}

/* An outcome that cannot be read tells nothing; the journal's own failures are ours. */
status ingested_read(struct desk *d, const struct entry_row *e, struct item_outcome *ret)
{
    const struct salted_item *items = NULL;
    size_t count = 0;
    struct item item;

    *ret = (struct item_outcome){0};
    if (e->disposition != DISPOSITION_HELD)
        return OK;
    const status s = desk_open(d, e, d->scratch, &items, &count);
    if (s == E_STORAGE || s == E_DAMAGED)
        return s;
    if (s != OK || count != 1 || item_decode(items[0].item, d->scratch, &item) != OK ||
        item.kind != ITEM_OUTCOME || !ingested_is_answer(&item.outcome) ||
        !agency_id_equal(&item.outcome.agency, &d->exchange->self))
        return OK;
    *ret = item.outcome;
    return OK;
}

/* Beyond the scratch, what was taken from there. */
static status keep(struct arena *a, struct ingested *i)
{
    if (i->deletion.what != 0) {
        TRY(arena_copy(a, i->deletion.rule, &i->deletion.rule));
        return arena_copy(a, i->deletion.mend, &i->deletion.mend);
    }
    TRY(arena_copy(a, i->reference, &i->reference));
    return arena_copy(a, i->reason, &i->reason);
}

static status take(struct answers *all, struct answerer *who, const struct item_outcome *o)
{
    const char *const fault = ingested_fault(o);

    if (!is_ingest(all->desk, &who->agency))
        who->ignored = "it is not national ingestion (kind ingest)";
    else if (!who->recipient)
        who->ignored = "it was not sent the record";
    else if (fault != NULL)
        who->ignored = fault;
    else if (ingested_take(&who->says, o)) {
        TRY(keep(all->desk->exchange->arena, &who->says));
    } else if (who->says.contradictions > 0) {
        who->ignored = "it has answered before, and otherwise: the first answer stands";
    }
    return OK;
}

static status each_outcome(void *context, const struct entry_row *e)
{
    struct answers *const all = context;
    struct item_outcome o;

    TRY(ingested_read(all->desk, e, &o));
    if (o.what == 0 || !record_id_equal(&o.id, &all->record.id))
        return OK;
    struct answerer *const who = answerer_of(all, &e->stream.agency);
    return who == NULL ? OK : take(all, who, &o);
}

/* In the turn's arena.  E_UNKNOWN: no own record has that id. */
static status judge(struct desk *d, const record_id *id, struct answers **ret)
{
    struct answers *const all = arena_take(d->exchange->arena, sizeof *all);

    ENSURE(all != NULL, E_MEMORY);
    all->desk = d;
    all->record = (struct parent){.agency = d->exchange->self, .id = *id};
    TRY(desk_legs_walk(d, id, each_leg, all));
    TRY(journal_outcomes(d->journal, id, d->scratch, each_outcome, all));
    *ret = all;
    return OK;
}

/* --- trace --- */

/* A later version was accepted in the place of this one. */
static status is_replaced(struct desk *d, const struct parent *record,
                          const struct answerer *who, bool *ret)
{
    struct arena *const a = d->exchange->arena;
    struct parent at = *record;

    *ret = false;
    for (size_t i = 0; i < VERSIONS_MAX && !*ret; i++) {
        struct recall_versions v = {0};
        TRY(recall_versions(d, &at, &v));
        if (!v.has_newer || !v.newer_is_here)
            break;
        at.id = v.newer;
        const size_t mark = arena_mark(a);
        struct answers *all = NULL;
        TRY(judge(d, &at.id, &all));
        const struct answerer *const later = answerer_of(all, &who->agency);
        *ret = later != NULL && later->says.what == OUTCOME_INGESTED &&
               bytes_equal(later->says.reason, who->says.reference);
        arena_rewind(a, mark);
    }
    return OK;
}

/* What is to become of what was accepted, and has become of it. */
static status deletion_word(struct desk *d, const struct parent *record,
                            const struct answerer *who, const char **ret)
{
    struct exchange *const x = d->exchange;
    bool replaced = false;
    bool recalled = false;

    if (who->says.what != OUTCOME_INGESTED)
        return OK;
    if (who->says.deletion.what != 0) {
        *ret = ingested_word(who->says.deletion.what);
        return OK;
    }
    TRY(x->store.ops->recalled(x->store.self, &record->agency, &record->id, &recalled));
    TRY(is_replaced(d, record, who, &replaced));
    *ret = replaced ? "replaced" : recalled ? "awaited" : "";
    return OK;
}

static void give_answer(struct rows *r, const struct answerer *who, const char *deletion)
{
    const struct ingested *const i = &who->says;
    const bool refused = i->what == OUTCOME_REFUSED;

    rows_next(r, 10);
    rows_text(r, "row", "ingested");
    rows_agency(r, "agency", &who->agency);
    rows_text(r, "says", ingested_word(i->what));
    rows_bytes(r, "reference", refused ? bytes_of_text("") : i->reference);
    rows_bytes(r, "rule", refused ? i->reference : i->deletion.rule);
    rows_bytes(r, "mend", refused ? i->reason : i->deletion.mend);
    rows_bytes(r, "replaces", refused ? bytes_of_text("") : i->reason);
    rows_time(r, "answered", i->at);
    rows_text(r, "deletion", deletion);
    rows_time(r, "deletion_answered", i->deletion.at);
}

status ingested_trace(struct desk *d, const struct parent *record, struct rows *r)
{
    struct answers *all = NULL;

    TRY(judge(d, &record->id, &all));
    for (size_t i = 0; i < all->count; i++) {
        const struct answerer *const who = &all->at[i];
        const char *deletion = "";
        TRY(deletion_word(d, record, who, &deletion));
        if (who->says.what != 0)
            give_answer(r, who, deletion);
        if (who->ignored == NULL)
            continue;
        rows_next(r, 3);
        rows_text(r, "row", "ignored");
        rows_agency(r, "agency", &who->agency);
        rows_text(r, "why", who->ignored);
    }
    return OK;
}

/* --- a refusal arrives --- */

/* Of a record, or of its deletion. */
static bool is_refusal(const struct ingested *i, enum todo_kind kind)
{
    return kind == TODO_REFUSED ? i->what == OUTCOME_REFUSED
                                : i->deletion.what == OUTCOME_NOT_DELETED;
}

static status open_todo(struct desk *d, const struct answers *all, enum todo_kind kind)
{
    struct arena *const a = d->exchange->arena;
    const bool refused = kind == TODO_REFUSED;
    struct recall_versions versions = {0};

    TRY(recall_versions(d, &all->record, &versions));
    if (refused && versions.has_newer)
        return OK;
    for (size_t i = 0; i < all->count; i++) {
        const struct answerer *const who = &all->at[i];
        if (!is_refusal(&who->says, kind))
            continue;
        const char *const rule =
            arena_text(a, refused ? who->says.reference : who->says.deletion.rule);
        return desk_todo_open(d, kind, &all->record.id,
                              desk_text(a, refused ? "refused by " : "not deleted by ",
                                        who->agency.text, ", rule ",
                                        rule == NULL ? "" : rule, NULL));
    }
    return desk_todo_close(d, kind, &all->record.id);
}

static status note_refusal(struct desk *d, const record_id *id, enum todo_kind kind)
{
    struct answers *all = NULL;
    struct bytes sentence = {0};
    millis since = 0;
    status s = desk_todo_find(d, kind, id, &sentence, &since);

    if (s != E_UNKNOWN)
        return s;
    s = judge(d, id, &all);
    return s == OK ? open_todo(d, all, kind) : s;
}

/* Whose word it was, and whether it counts. */
static status note_deletion(struct desk *d, const record_id *id)
{
    struct answers *all = NULL;
    struct bytes sentence = {0};
    millis since = 0;
    status s = desk_todo_find(d, TODO_STANDS, id, &sentence, &since);

    if (s != OK)
        return s == E_UNKNOWN ? OK : s;
    s = judge(d, id, &all);
    return s == OK ? open_todo(d, all, TODO_STANDS) : s;
}

static status note(struct desk *d, const record_id *id, enum outcome_what what)
{
    if (what == OUTCOME_REFUSED)
        return note_refusal(d, id, TODO_REFUSED);
    if (what == OUTCOME_NOT_DELETED)
        return note_refusal(d, id, TODO_STANDS);
    return what == OUTCOME_DELETED ? note_deletion(d, id) : OK;
}

status ingested_arrived(struct desk *d, const struct entry_row *e, const struct header *h)
{
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    const size_t scratch = arena_mark(d->scratch);
    struct item_outcome o;

    if (e->kind != KIND_OUTCOME || !h->has_previous || !is_ingest(d, &e->stream.agency))
        return OK;
    /* A peer chooses how many of these one turn brings. */
    status s = ingested_read(d, e, &o);
    const record_id id = o.id;
    const enum outcome_what what = s == OK ? o.what : 0;
    arena_rewind(d->scratch, scratch);
    if (s == OK)
        s = note(d, &id, what);
    arena_rewind(a, mark);
    return s == E_STORAGE || s == E_DAMAGED ? s : OK;
}

static status each_received(void *context, const struct entry_row *e)
{
    struct desk *const d = context;
    struct header h;

    if (!is_ingest(d, &e->stream.agency) || header_decode(e->header, d->scratch, &h) != OK)
        return OK;
    return ingested_arrived(d, e, &h);
}

status ingested_look_again(struct desk *d)
{
    /* What lost its notice came in the newest turns; each is opened. */
    enum { LOOKED_AT_MAX = 4096 };

    return journal_inbox(d->journal,
                         (struct inbox_range){.kind = KIND_OUTCOME, .limit = LOOKED_AT_MAX},
                         d->scratch, each_received, d);
}

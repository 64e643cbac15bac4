#ifndef FLAGPOST_RECONCILED_H
#define FLAGPOST_RECONCILED_H

/*
 * Three real nodes: BRAVO is national ingestion, ALFA and CHARLIE send it records.  Verbs
 * as a person asks for them, what both sides list, and rows that go lost.
 */

#include "recalled.h"

#include "reconcile.h"

enum { RECORDS = 40 };

static struct parent records[RECORDS];

static inline struct roster_agency *listed(struct world *w, size_t at, size_t who)
{
    struct roster *const r = &w->t->nodes[at].exchange->roster;

    for (size_t i = 0; i < r->agency_count; i++) {
        if (agency_id_equal(&r->agencies[i].id, &w->t->cast.actors[who].id))
            return &r->agencies[i];
    }
    CHECK(false);
    return NULL;
}

static inline void name_kinds(struct world *w)
{
    for (size_t at = 0; at < TRIO_NODES; at++) {
        for (size_t who = 0; who < TRIO_NODES; who++)
            listed(w, at, who)->kind = who == BRAVO ? AGENCY_INGEST : AGENCY_ROCU;
    }
}

/* --- verbs, as a person asks for them --- */

struct argued {
    const char *name;
    const char *value;
};

static inline status ask(struct world *w, size_t n,
                         status (*verb)(struct desk *d, struct call *c),
                         const struct argued *with, size_t count)
{
    struct control_field fields[4];
    struct call c = {.channel = "control", .person = {.text = "uid:1000 desk"}};

    for (size_t i = 0; i < count; i++)
        fields[i] = (struct control_field){.name = bytes_of_text(with[i].name),
                                           .value = bytes_of_text(with[i].value)};
    c.parsed.argument_count = count;
    c.parsed.arguments = fields;
    trio_begin(w->t, n);
    const status s = verb(&w->desks[n], &c);
    trio_end(w->t, n);
    arena_reset(&w->scratch);
    return s;
}

static inline const char *id_of(const struct parent *record)
{
    static char text[RECORD_ID_TEXT_ROOM];

    record_id_write(&record->id, text);
    return text;
}

static inline void accept(struct world *w, const struct parent *record,
                          const char *reference)
{
    const struct argued with[] = {{"id", id_of(record)}, {"reference", reference}};

    CHECK_OK(ask(w, BRAVO, ingest_accept_prepare, with, COUNT_OF(with)));
}

static inline void refuse(struct world *w, const struct parent *record, const char *rule)
{
    const struct argued with[] = {
        {"id", id_of(record)}, {"reference", rule}, {"mend", "mend it"}};

    CHECK_OK(ask(w, BRAVO, ingest_refuse_prepare, with, COUNT_OF(with)));
}

static inline void ask_for(struct world *w, size_t who)
{
    const struct argued with = {"agency", w->t->cast.actors[who].id.text};

    CHECK_OK(ask(w, BRAVO, reconcile_prepare, &with, 1));
}

static inline struct reconcile_result result(struct world *w, size_t n, size_t with)
{
    struct reconcile_result r = {.state = RECONCILE_NEVER};

    arena_reset(&w->scratch);
    (void)!reconcile_result_find(&w->desks[n], &w->t->cast.actors[with].id, &r);
    return r;
}

static inline struct reconcile_result reconcile(struct world *w)
{
    ask_for(w, ALFA);
    settle(w);
    CHECK(w->desks[BRAVO].reconciling.session == NULL);
    return result(w, BRAVO, ALFA);
}

/* --- differences --- */

struct looked {
    const struct parent *record;
    size_t count;
    struct reconcile_difference x;
};

static inline status each_difference(void *context, const struct shelf_row *row)
{
    struct looked *const l = context;
    struct reconcile_difference x;

    CHECK_OK(reconcile_difference_read(row, &x));
    l->count++;
    if (l->record != NULL && record_id_equal(&x.record.id, &l->record->id))
        l->x = x;
    return OK;
}

static inline struct looked look(struct world *w, size_t n, const struct parent *record)
{
    struct looked l = {.record = record};

    arena_reset(&w->scratch);
    CHECK_OK(journal_shelf_walk(w->t->nodes[n].journal, SHELF_DIFFERENCE,
                                (struct shelf_filter){0}, &w->scratch, each_difference,
                                &l));
    return l;
}

static inline status count_differ(void *context, const struct shelf_row *row)
{
    size_t *const count = context;

    *count += row->state == TODO_DIFFERENCE;
    return OK;
}

static inline size_t to_close(struct world *w, size_t n)
{
    size_t count = 0;

    arena_reset(&w->scratch);
    CHECK_OK(journal_shelf_walk(w->t->nodes[n].journal, SHELF_TODO,
                                (struct shelf_filter){0}, &w->scratch, count_differ,
                                &count));
    return count;
}

static inline void check_says(struct world *w, size_t n, const struct parent *record,
                              enum difference_says here, enum difference_says there)
{
    const struct looked l = look(w, n, record);

    CHECK_INT(l.x.here.says, here);
    CHECK_INT(l.x.there.says, there);
    CHECK(l.x.since > 0);
}

/* --- planting --- */

static inline void forget_answer(struct world *w, const struct parent *record)
{
    const record_id id = recall_row_id(&w->desks[BRAVO], "ingested", record);

    CHECK_OK(journal_begin(w->t->nodes[BRAVO].journal));
    CHECK_OK(journal_shelf_drop(w->t->nodes[BRAVO].journal, SHELF_INGESTED, &id));
    CHECK_OK(journal_commit(w->t->nodes[BRAVO].journal));
}

static inline void forget_entry(struct world *w, size_t n, const struct stream_id *stream,
                                sequence index)
{
    const struct store s = journal_store(w->t->nodes[n].journal);

    CHECK_OK(journal_begin(w->t->nodes[n].journal));
    CHECK_OK(s.ops->entry_drop(s.self, stream, index));
    CHECK_OK(journal_commit(w->t->nodes[n].journal));
}

static inline void forget_record(struct world *w, size_t n, const struct parent *record)
{
    const struct store s = journal_store(w->t->nodes[n].journal);
    struct place place = {0};

    CHECK_OK(s.ops->record_find(s.self, &record->agency, &record->id, &place));
    forget_entry(w, n, &place.stream, place.index);
}

static inline status first_outcome(void *context, const struct entry_row *e)
{
    struct place *const p = context;

    *p = (struct place){.stream = e->stream, .index = e->index};
    return E_LIMIT;
}

static inline void forget_outcome(struct world *w, const struct parent *record)
{
    struct place place = {0};

    arena_reset(&w->scratch);
    CHECK_STATUS(journal_outcomes(w->t->nodes[ALFA].journal, &record->id, &w->scratch,
                                  first_outcome, &place),
                 E_LIMIT);
    forget_entry(w, ALFA, &place.stream, place.index);
}

/* Of every three: accepted, refused, waiting. */
static inline struct world *begun(void)
{
    struct world *const w = make();
    char reference[16];

    settle(w);
    name_kinds(w);
    for (size_t i = 0; i < RECORDS; i++)
        records[i] = publish(w, ALFA, 1u << BRAVO | 1u << CHARLIE, NULL);
    (void)publish(w, ALFA, 1u << CHARLIE, NULL); /* is no matter of these two */
    settle(w);
    for (size_t i = 0; i < RECORDS; i++) {
        (void)snprintf(reference, sizeof reference, "N-%zu", i);
        if (i % 3 == 0)
            accept(w, &records[i], reference);
        if (i % 3 == 1)
            refuse(w, &records[i], "R7");
    }
    settle(w);
    return w;
}

static inline void ended(struct world *w)
{
    for (size_t n = 0; n < TRIO_NODES; n++)
        reconcile_drop(&w->desks[n]);
    done(w);
}

#endif

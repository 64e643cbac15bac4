#include "facts.h"

#include "text.h"

/*
 * What a controller has to know of a breach within 72 hours (DPA 2018 s.67): of one record
 * who had it and what became of it there, from `trace`; of all streams, what is not held or
 * does not open.  Who opened what here is in the log, which has a question of its own.  All
 * of it is for whoever reads the log, who reads no records, and for the integrity and
 * security of personal data (s.62(4)(c)).
 */

enum { LOSS_ROWS = 4096 };

struct breach_work {
    bool of_record;
    struct place place;
    record_id id;
    void *trace; /* what trace_answer needs */
};

static status log_look(struct desk *d, struct call *c, const struct breach_work *w)
{
    struct item_audit row = {
        .operation = AUDIT_DISCLOSE,
        .has_object = w->of_record,
        .object_stream = w->place.stream,
        .object_index = w->place.index,
        .object = w->id,
        .justification = control_argument(&c->parsed, "purpose"),
        .outcome = bytes_of_text("facts of a breach, for integrity (DPA 2018 s.62(4)(c))")};
    return desk_audit(d, c, &row);
}

status breach_prepare(struct desk *d, struct call *c)
{
    struct breach_work *const w = arena_take(d->exchange->arena, sizeof *w);

    ENSURE(w != NULL, E_MEMORY);
    *w = (struct breach_work){.of_record = control_argument(&c->parsed, "id").size > 0};
    if (control_argument(&c->parsed, "purpose").size == 0) {
        c->sentence = "say what it is for: --purpose \"...\" goes into the log";
        return E_DENIED;
    }
    if (w->of_record) {
        TRY(desk_find_record(d, c, &w->place, &w->id));
        TRY(trace_prepare(d, c));
        w->trace = c->work;
    }
    TRY(log_look(d, c, w));
    c->work = w;
    return OK;
}

/* --- of one record --- */

/* Why a record was recalled or not ingested is said in words about its content. */
static status without_words(struct arena *a, const struct control_row *row,
                            struct control_row *ret)
{
    static const char *const left_out[] = {"reason", "mend"};
    struct control_field *const fields = arena_array(a, row->field_count, sizeof *fields);

    ENSURE(fields != NULL, E_MEMORY);
    for (size_t i = 0; i < row->field_count; i++) {
        fields[i] = row->fields[i];
        for (size_t n = 0; n < COUNT_OF(left_out); n++) {
            if (text_is(fields[i].name, left_out[n]))
                fields[i].value = (struct bytes){0};
        }
    }
    *ret = (struct control_row){.field_count = row->field_count, .fields = fields};
    return OK;
}

static status give_record(struct desk *d, struct call *c, const struct breach_work *w,
                          struct control_answer *ret)
{
    struct arena *const a = d->exchange->arena;
    struct control_answer traced = {0};
    struct rows facts;

    c->work = w->trace;
    TRY(trace_answer(d, c, &traced));
    rows_init(&facts, a, 1);
    TRY(facts_give(d, &w->place, &w->id, &facts));
    ENSURE(!facts.full, E_MEMORY);
    struct control_row *const all = arena_array(a, 1 + traced.row_count, sizeof *all);
    ENSURE(all != NULL, E_MEMORY);
    all[0] = facts.rows[0];
    for (size_t i = 0; i < traced.row_count; i++)
        TRY(without_words(a, &traced.rows[i], &all[i + 1]));
    ret->rows = all;
    ret->row_count = 1 + traced.row_count;
    return OK;
}

/* --- of all streams --- */

static status each_stream(void *context, const struct stream_row *s)
{
    struct rows *const r = context;
    char *const epoch = arena_take(r->arena, EPOCH_TEXT_ROOM);

    ENSURE(epoch != NULL, E_MEMORY);
    epoch_write(&s->id.epoch, epoch);
    rows_next(r, 11);
    rows_text(r, "row", "stream");
    rows_agency(r, "agency", &s->id.agency);
    rows_text(r, "stream", lane_word(s->id.lane));
    rows_text(r, "epoch", epoch);
    rows_number(r, "size", s->frontier.size);
    rows_number(r, "held", s->tally[DISPOSITION_HELD]);
    rows_number(r, "unopenable", s->tally[DISPOSITION_UNOPENABLE]);
    rows_number(r, "refused", s->tally[DISPOSITION_REFUSED]);
    rows_number(r, "withheld", s->tally[DISPOSITION_WITHHELD]);
    rows_number(r, "erased", s->tally[DISPOSITION_ERASED]);
    rows_text(r, "quarantine", s->quarantine == OK ? "" : status_word(s->quarantine));
    return OK;
}

static status each_evidence(void *context, const struct evidence_row *e)
{
    struct rows *const r = context;

    rows_next(r, 5);
    rows_text(r, "row", "evidence");
    rows_agency(r, "agency", &e->stream.agency);
    rows_text(r, "stream", lane_word(e->stream.lane));
    rows_text(r, "why", status_word(e->why));
    rows_time(r, "at", e->at);
    return OK;
}

static status give_losses(struct desk *d, struct control_answer *ret)
{
    struct rows r;

    rows_init(&r, d->exchange->arena, LOSS_ROWS);
    TRY(journal_streams(d->journal, each_stream, &r));
    TRY(journal_evidence(d->journal, d->scratch, each_evidence, &r));
    ENSURE(!r.full, E_LIMIT);
    rows_give(&r, ret);
    return OK;
}

status breach_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct breach_work *const w = c->work;

    return w->of_record ? give_record(d, c, w, ret) : give_losses(d, ret);
}

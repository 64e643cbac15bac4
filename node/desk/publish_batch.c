#include "publish.h"

#include "same.h"
#include "text.h"
#include "ungraded.h"

/*
 * Many records in one request, for imports: what is taken of them is in one turn, hence in
 * one commit, and is durable together or not at all.  `batch` holds, for each record,
 *
 *     u32 size, key      u32 size, packed record
 *
 * `mode` is "publish" or "check", which judges and looks up the keys and changes nothing,
 * and `mend` names the classes of mends to apply.  The answer has a row for each record
 * taken, in order, with its mends and its findings behind it. A turn has only so much room:
 * the caller sends again from the first record without a row.
 */

enum {
    BATCH_MAX = 256,
    /* Rows of the log that a turn keeps for its other callers. */
    AUDIT_SPARE = 64,
    ROW_FIELDS = 8,
};

struct batch_row {
    status status;
    const char *sentence; /* NULL: the status' own */
    record_id id;
    struct place place;
    bool placed, again, is_draft;
    const char *to;
    size_t finding_count;
    const struct finding *findings;
    size_t mended_count;
    const struct mended *mended;
};

struct batch {
    size_t count;
    struct batch_row rows[BATCH_MAX];
};

/* The caller has a row for it, whatever the turn's arena still has to hold. */
static status keep_findings(struct arena *a, const struct findings *f,
                            struct batch_row *row)
{
    struct finding *const at = arena_array(a, f->count, sizeof *at);

    ENSURE(at != NULL, E_MEMORY);
    for (size_t i = 0; i < f->count; i++)
        at[i] = f->at[i];
    row->findings = at;
    row->finding_count = f->count;
    return OK;
}

/* The record was in memory that is given back. */
static status keep_mends(struct arena *a, const struct mends *m, struct batch_row *row)
{
    struct mended *const at = arena_array(a, m->count, sizeof *at);

    ENSURE(at != NULL, E_MEMORY);
    for (size_t i = 0; i < m->count; i++) {
        at[i] = m->at[i];
        at[i].field = arena_text(a, bytes_of_text(m->at[i].field));
        ENSURE(at[i].field != NULL, E_MEMORY);
        TRY(arena_copy(a, m->at[i].before, &at[i].before));
    }
    row->mended = at;
    row->mended_count = m->count;
    return OK;
}

/* "JFC PND SWROCU" */
static const char *names_of(struct arena *a, const struct agency_id *to, size_t count)
{
    char *const text = arena_take(a, count * (AGENCY_ID_MAX + 1) + 1);

    if (text == NULL)
        return "";
    struct writer w = writer_over(text, count * (AGENCY_ID_MAX + 1));
    for (size_t i = 0; i < count; i++) {
        write_text(&w, i == 0 ? "" : " ");
        write_text(&w, to[i].text);
    }
    return text;
}

/* A person grades it: kept as a draft, or in a check what would become of it. */
static status settle_ungraded(struct desk *d, struct call *c, bool publish,
                              struct publish_work *work)
{
    if (publish)
        return ungraded_keep(d, c, work);
    const status s = ungraded_known(d, c, work);
    return s == E_UNKNOWN ? E_HELD : s;
}

/* A system that gives its rows other keys, or none, exports the same row again. */
static void take_same(struct publish_work *work)
{
    work->id = work->same.id;
    work->place = work->same.place;
    work->mends = NULL; /* nothing is mended now */
    work->again = true;
}

static status settle(struct desk *d, struct call *c, bool publish,
                     struct publish_work *work)
{
    if (ungraded_is(work))
        return settle_ungraded(d, c, publish, work);
    if (work->findings->refused) {
        c->sentence = "refused by the rules";
        if (publish)
            TRY(publish_refusal(d, c, work));
        return E_VALUE;
    }
    status s = publish_known(d, c, work);
    if (s != E_UNKNOWN)
        return s;
    s = same_find(d, work);
    if (s == OK)
        take_same(work);
    if (s != E_UNKNOWN)
        return s;
    if (publish)
        return publish_submit(d, c, work);
    TRY(same_refuse(d, c, work));
    return publish_foresee(d, work);
}

/* What is wrong with this record alone; anything else ends the batch. */
static bool is_of_the_record(status s)
{
    return s == OK || s == E_VALUE || s == E_DUPLICATE || s == E_FORM || s == E_LIMIT ||
           s == E_HELD;
}

static status take_one(struct desk *d, struct call *c, bool publish,
                       struct publish_work *work, struct batch_row *row)
{
    struct arena *const a = d->exchange->arena;

    c->sentence = NULL;
    row->status = publish_judge(d, c, d->scratch, work);
    if (row->status == OK) {
        row->status = settle(d, c, publish, work);
        TRY(keep_findings(a, work->findings, row));
        if (work->mends != NULL && (row->status == OK || row->status == E_HELD))
            TRY(keep_mends(a, work->mends, row));
    }
    row->sentence = c->sentence;
    row->id = work->id;
    row->place = work->place;
    row->again = work->again;
    row->is_draft = work->is_draft;
    row->placed = row->status == OK && (publish || work->again);
    row->to = names_of(a, work->to, work->to_count);
    return is_of_the_record(row->status) ? OK : row->status;
}

static bool turn_has_room(const struct exchange *x)
{
    enum { RECORD_ROOM = 2 * ENTRY_BYTES_MAX };

    return AUDIT_ROWS_MAX - x->audit_count > AUDIT_SPARE &&
           x->arena->room - x->arena->used > CLOSE_RESERVE + RECORD_ROOM;
}

static bool publishes(const struct call *c)
{
    return text_is(control_argument(&c->parsed, "mode"), "publish");
}

static status take_all(struct desk *d, struct call *c, struct reader *r,
                       struct batch *batch)
{
    const bool publish = publishes(c);
    struct publish_work asked = {0};
    status s = publish_mend_read(c, &asked);

    while (s == OK && r->rest.size > 0 && batch->count < BATCH_MAX &&
           turn_has_room(d->exchange)) {
        struct publish_work work = asked;
        const size_t mark = arena_mark(d->scratch);
        work.key = read_bytes(r, read_u32(r));
        work.packed = read_bytes(r, read_u32(r));
        ENSURE(!r->bad, E_FORM);
        s = take_one(d, c, publish, &work, &batch->rows[batch->count]);
        batch->count += s == OK;
        arena_rewind(d->scratch, mark);
    }
    return s;
}

status batch_prepare(struct desk *d, struct call *c)
{
    struct batch *const batch = arena_take(d->exchange->arena, sizeof *batch);
    struct reader r = {.rest = control_argument(&c->parsed, "batch")};

    ENSURE(batch != NULL, E_MEMORY);
    ENSURE(publish_may_judge(d, c), E_CONFIG);
    if (publishes(c))
        TRY(publish_check_released(d, c));
    const status s = take_all(d, c, &r, batch);
    /* What was taken is in this turn and has its answer; the next request hears the rest.
     */
    if (s != OK && batch->count == 0)
        return s;
    c->sentence = NULL;
    c->work = batch;
    return s == E_STORAGE || s == E_DAMAGED ? s : OK;
}

static void give_row(struct rows *r, const struct batch_row *row, size_t number)
{
    rows_next(r, ROW_FIELDS);
    rows_text(r, "row", "record");
    rows_number(r, "number", number);
    rows_text(r, "status", status_word(row->status));
    rows_text(r, "sentence",
              row->sentence != NULL ? row->sentence : status_sentence(row->status));
    rows_text(r, "to", row->to);
    if (row->is_draft)
        rows_id(r, "draft", &row->id);
    if (!row->placed)
        return;
    rows_id(r, "id", &row->id);
    rows_text(r, "stream", lane_word(row->place.stream.lane));
    rows_text(r, "again", row->again ? "yes" : "no");
}

status batch_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct batch *const batch = c->work;
    struct rows r;
    size_t room = 0;

    for (size_t i = 0; i < batch->count; i++)
        room += 1 + batch->rows[i].finding_count + batch->rows[i].mended_count;
    rows_init(&r, d->exchange->arena, room);
    for (size_t i = 0; i < batch->count; i++) {
        const struct batch_row *const row = &batch->rows[i];
        give_row(&r, row, i);
        for (size_t k = 0; k < row->mended_count; k++) {
            rows_next(&r, 2 + PUBLISH_MENDED_FIELDS);
            rows_text(&r, "row", "mended");
            rows_number(&r, "number", i);
            publish_give_mended(&r, &row->mended[k]);
        }
        for (size_t k = 0; k < row->finding_count; k++) {
            rows_next(&r, 2 + PUBLISH_FINDING_FIELDS);
            rows_text(&r, "row", "finding");
            rows_number(&r, "number", i);
            publish_give_finding(&r, &row->findings[k]);
        }
    }
    rows_give(&r, ret);
    ENSURE(!r.full, E_MEMORY);
    return OK;
}

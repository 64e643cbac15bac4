#include "ingest.h"

#include "recall.h"
#include "shelf.h"
#include "text.h"

/* What the shelf keeps of each record that has arrived at national ingestion. */

enum { STATE_BATCHED = 1, STATE_ANSWERED_MIN = OUTCOME_INGESTED };

enum {
    FORCE_MAX = 2,
    SIZES = 9 * 2, /* of the texts */
    PLACE_BYTES = 1 + 4 + 8 + 8,
    BODY_BYTES_MAX = SIZES + INGEST_BATCH_MAX + 2 * INGESTED_REFERENCE_MAX +
                     INGESTED_MEND_MAX + PLACE_BYTES + FORCE_MAX + SHORT_TEXT_MAX + 4 +
                     (int)sizeof(record_id) + 1 + INGEST_BATCH_MAX + 1 + 8 +
                     INGESTED_RULE_MAX + INGESTED_MEND_MAX + PLACE_BYTES
};

_Static_assert(sizeof((struct roster_agency *)NULL)->force == FORCE_MAX + 1,
               "a force's code has a place in a row");

static status read_place(struct reader *r, struct ingest_place *ret)
{
    struct ingest_place p = {.lane = (enum lane)read_u8(r)};

    p.epoch.counter = read_u32(r);
    read_copy(r, p.epoch.random, sizeof p.epoch.random);
    p.size = read_u64(r);
    ENSURE(!r->bad && p.lane <= LANE_ROUTINE, E_DAMAGED);
    *ret = p;
    return OK;
}

static struct bytes read_sized(struct reader *r)
{
    return read_bytes(r, read_u16(r));
}

/* Its place among the versions. */
static void read_version(struct reader *r, struct ingest_row *ret)
{
    ret->key.force = read_sized(r);
    ret->key.urn = read_sized(r);
    ret->key.version = read_u32(r);
    ret->updates = read_sized(r);
    read_copy(r, ret->before.bytes, sizeof ret->before.bytes);
    ret->replaced = read_u8(r) != 0;
}

static status read_deletion(struct reader *r, struct ingest_row *ret)
{
    struct ingested_deletion *const x = &ret->answer.deletion;

    ret->deletion_batch = read_sized(r);
    x->what = (enum outcome_what)read_u8(r);
    x->at = read_u64(r);
    x->rule = read_sized(r);
    x->mend = read_sized(r);
    return read_place(r, &ret->deletion_place);
}

record_id ingest_row_id(struct desk *d, const struct parent *record)
{
    return recall_row_id(d, "ingested", record);
}

status ingest_row_find(struct desk *d, const struct parent *record, struct arena *a,
                       struct ingest_row *ret)
{
    const record_id id = ingest_row_id(d, record);
    struct shelf_row row = {0};
    const status s = journal_shelf_find(d->journal, SHELF_INGESTED, &id, a, &row);

    *ret = (struct ingest_row){.batch = {0}};
    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    struct reader r = {.rest = row.body};
    ret->batch = read_sized(&r);
    ret->answer.reference = read_sized(&r);
    ret->answer.reason = read_sized(&r);
    /* A row of an older release ends before one of these. */
    if (r.rest.size > 0)
        TRY(read_place(&r, &ret->place));
    if (r.rest.size > 0)
        read_version(&r, ret);
    if (r.rest.size > 0)
        TRY(read_deletion(&r, ret));
    ENSURE(reader_is_done(&r), E_DAMAGED);
    if (row.state < STATE_ANSWERED_MIN)
        return OK;
    ret->answer.what = (enum outcome_what)row.state;
    ret->answer.at = row.changed;
    return OK;
}

static void write_sized(struct writer *w, struct bytes b)
{
    write_u16(w, (uint16_t)b.size);
    write_bytes(w, b);
}

static void write_place(struct writer *w, const struct ingest_place *p)
{
    write_u8(w, (uint8_t)p->lane);
    write_u32(w, p->epoch.counter);
    write_bytes(w, bytes_of(p->epoch.random, sizeof p->epoch.random));
    write_u64(w, p->size);
}

static void write_version(struct writer *w, const struct ingest_row *row)
{
    write_sized(w, row->key.force);
    write_sized(w, row->key.urn);
    write_u32(w, row->key.version);
    write_sized(w, row->updates);
    write_bytes(w, bytes_of(row->before.bytes, sizeof row->before.bytes));
    write_u8(w, row->replaced);
}

static void write_deletion(struct writer *w, const struct ingest_row *row)
{
    const struct ingested_deletion *const x = &row->answer.deletion;

    write_sized(w, row->deletion_batch);
    write_u8(w, (uint8_t)x->what);
    write_u64(w, x->at);
    write_sized(w, x->rule);
    write_sized(w, x->mend);
    write_place(w, &row->deletion_place);
}

/* The loader deletes by the URN, and a force's own extract is compared by it. */
static bool needs_urn(const struct ingest_row *row)
{
    const bool is_there = row->answer.what == OUTCOME_INGESTED && !row->replaced &&
                          row->answer.deletion.what != OUTCOME_DELETED;
    const bool is_asked = row->answer.what == 0 && row->batch.size > 0;

    return is_there || is_asked || text_is(row->batch, INGESTED_GATE);
}

status ingest_row_put(struct desk *d, const struct parent *record,
                      const struct ingest_row *row)
{
    const bool answered = row->answer.what != 0;
    struct ingest_row kept = *row;
    uint8_t room[BODY_BYTES_MAX];
    struct writer w = writer_over(room, sizeof room);
    bool erased = false;

    TRY(desk_is_erased(d, record, &erased));
    if (erased && !needs_urn(row))
        kept.key.urn = (struct bytes){0};
    write_sized(&w, row->batch);
    write_sized(&w, row->answer.reference);
    write_sized(&w, row->answer.reason);
    write_place(&w, &row->place);
    write_version(&w, &kept);
    write_deletion(&w, row);
    MUST(!w.bad);
    struct shelf_row put = {.kind = SHELF_INGESTED,
                            .id = ingest_row_id(d, record),
                            .about = record->id,
                            .state = answered ? (uint32_t)row->answer.what : STATE_BATCHED,
                            .changed = answered ? row->answer.at : d->exchange->now,
                            .body = writer_bytes(&w)};
    if (row->answer.what == OUTCOME_INGESTED)
        TRY(ingest_reference_tag(d, row->answer.reference, put.tag));
    return journal_shelf_put(d->journal, &put);
}

status ingest_forget(struct desk *d, const struct parent *record)
{
    struct arena *const a = d->exchange->arena;
    const size_t mark = arena_mark(a);
    struct ingest_row row = {.batch = {0}};
    status s = ingest_row_find(d, record, a, &row);

    if (s == OK && row.key.urn.size > 0)
        s = ingest_row_put(d, record, &row);
    arena_rewind(a, mark);
    return s;
}

#include "ingest.h"

#include "recall.h"
#include "text.h"

/*
 * `ingest-batch`: a record goes into a batch for the loader.  It is in one batch for good,
 * and that is durable before a byte of it is in a file: a batch that was not finished is
 * written again, under its name and with its records, and none is ever in two.
 */

static bool is_name(struct bytes b)
{
    if (b.size == 0 || b.size > INGEST_BATCH_MAX)
        return false;
    for (size_t i = 0; i < b.size; i++) {
        const uint8_t c = b.at[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return true;
}

struct batch_work {
    struct parent record;
    struct ingest_row row;
};

static status check_free(struct desk *d, struct call *c, const struct batch_work *work)
{
    struct recall_versions versions = {0};

    if (work->row.answer.what != 0) {
        c->sentence = "the record has been answered: it goes into no batch";
        return E_DUPLICATE;
    }
    if (work->row.batch.size > 0) {
        c->sentence = "the record is in another batch already";
        return E_DUPLICATE;
    }
    /* Else the newer one would find nothing before it, and both would be loaded. */
    TRY(recall_versions(d, &work->record, &versions));
    if (versions.has_newer) {
        c->sentence = "a newer version has taken its place: refuse this one by the rule "
                      "superseded";
        return E_VALUE;
    }
    return OK;
}

/* In whose place it is loaded.  What goes by the force's own loads is asked when it is
 * answered. */
static status find_before(struct desk *d, struct call *c, struct bytes batch,
                          struct ingest_row *row, const struct parent *record)
{
    struct arena *const a = d->exchange->arena;
    struct ingest_before before = {.is = BEFORE_NOTHING};

    if (text_is(batch, INGESTED_GATE))
        return OK;
    TRY(ingest_before(d, record, a, &before));
    if (before.is == BEFORE_ASKED) {
        c->sentence =
            desk_text(a, "the loader has not answered the version before, ",
                      desk_id_text(a, &before.id), ": this one waits for it", NULL);
        return E_VALUE;
    }
    if (before.is == BEFORE_THERE) {
        row->updates = before.reference;
        row->before = before.id;
    }
    return OK;
}

static status log_it(struct desk *d, struct call *c, const struct entry_row *e,
                     struct bytes batch)
{
    struct arena *const a = d->exchange->arena;
    const char *const name = arena_text(a, batch);

    ENSURE(name != NULL, E_MEMORY);
    struct item_audit row = {
        .operation = AUDIT_DISCLOSE,
        .has_object = true,
        .object_stream = e->stream,
        .object_index = e->index,
        .object = e->id,
        .outcome = bytes_of_text(desk_text(a, "into the batch ", name, NULL))};
    return desk_audit(d, c, &row);
}

static status put_into(struct desk *d, struct call *c, struct batch_work *work,
                       const struct entry_row *e)
{
    const struct bytes batch = control_argument(&c->parsed, "batch");

    TRY(check_free(d, c, work));
    TRY(ingest_is_open(d, c, e));
    TRY(find_before(d, c, batch, &work->row, &work->record));
    TRY(ingest_key(d, e, &work->row.key));
    TRY(log_it(d, c, e, batch));
    work->row.batch = batch;
    return ingest_row_put(d, &work->record, &work->row);
}

status ingest_batch_prepare(struct desk *d, struct call *c)
{
    const struct bytes batch = control_argument(&c->parsed, "batch");
    struct batch_work *const work = arena_take(d->exchange->arena, sizeof *work);
    struct entry_row e = {0};

    ENSURE(work != NULL, E_MEMORY);
    TRY(ingest_is_here(d, c));
    if (!is_name(batch)) {
        c->sentence = "a batch is named by 1 to 40 small letters, digits and '-'";
        return E_USAGE;
    }
    TRY(ingest_find(d, c, &e, &work->record));
    TRY(ingest_row_find(d, &work->record, d->exchange->arena, &work->row));
    if (work->row.answer.what != 0 || !bytes_equal(work->row.batch, batch))
        TRY(put_into(d, c, work, &e));
    c->sentence = "in the batch";
    c->work = work;
    return OK;
}

/* What stands in the batch beside the record itself, the same however often it is asked. */
status ingest_batch_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct batch_work *const work = c->work;
    const struct ingest_row *const row = &work->row;
    struct rows r;

    rows_init(&r, d->exchange->arena, 1);
    rows_next(&r, 8);
    rows_text(&r, "row", "load");
    rows_id(&r, "record", &work->record.id);
    rows_agency(&r, "publisher", &work->record.agency);
    rows_text(&r, "operation", row->updates.size > 0 ? "update" : "add");
    rows_bytes(&r, "reference", row->updates);
    rows_bytes(&r, "force", row->key.force);
    rows_bytes(&r, "urn", row->key.urn);
    rows_number(&r, "version", row->key.version);
    rows_give(&r, ret);
    return OK;
}

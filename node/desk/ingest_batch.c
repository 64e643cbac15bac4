#include "ingest.h"

#include "shelf.h"
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

static status check_free(struct call *c, const struct ingest_row *row)
{
    if (row->answer.what != 0) {
        c->sentence = "the record has been answered: it goes into no batch";
        return E_DUPLICATE;
    }
    if (row->batch.size > 0) {
        c->sentence = "the record is in another batch already";
        return E_DUPLICATE;
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

status ingest_batch_prepare(struct desk *d, struct call *c)
{
    const struct bytes batch = control_argument(&c->parsed, "batch");
    struct ingest_row row = {.batch = {0}};
    struct parent record;
    struct entry_row e = {0};

    TRY(ingest_is_here(d, c));
    if (!is_name(batch)) {
        c->sentence = "a batch is named by 1 to 40 small letters, digits and '-'";
        return E_USAGE;
    }
    TRY(ingest_find(d, c, &e, &record));
    TRY(ingest_row_find(d, &record, d->exchange->arena, &row));
    if (row.answer.what != 0 || !bytes_equal(row.batch, batch)) {
        TRY(check_free(c, &row));
        TRY(ingest_is_open(d, c, &e));
        TRY(log_it(d, c, &e, batch));
        row.batch = batch;
        TRY(ingest_row_put(d, &record, &row));
    }
    c->sentence = "in the batch";
    return OK;
}

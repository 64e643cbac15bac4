#include "ingest.h"

#include "asked.h"
#include "recall.h"
#include "text.h"

/*
 * `ingest-batch`: a record goes into a batch for the loader, to be loaded or, later, to be
 * deleted.  It is in one batch for good, and that is durable before a byte of it is in a
 * file: a batch that was not finished is written again, under its name and with its
 * records, and none is ever in two.  Only what may not be opened any more is left out then;
 * the loader has not seen it.
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
    bool deletes;
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
                     const char *what)
{
    struct arena *const a = d->exchange->arena;
    const char *const name = arena_text(a, control_argument(&c->parsed, "batch"));

    ENSURE(name != NULL, E_MEMORY);
    struct item_audit row = {.operation = AUDIT_DISCLOSE,
                             .has_object = true,
                             .object_stream = e->stream,
                             .object_index = e->index,
                             .object = e->id,
                             .outcome = bytes_of_text(desk_text(a, what, name, NULL))};
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
    TRY(log_it(d, c, e, "into the batch "));
    work->row.batch = batch;
    return ingest_row_put(d, &work->record, &work->row);
}

static status put_load(struct desk *d, struct call *c, struct batch_work *work,
                       const struct entry_row *e)
{
    const struct bytes batch = control_argument(&c->parsed, "batch");

    return work->row.answer.what == 0 && bytes_equal(work->row.batch, batch)
               ? OK
               : put_into(d, c, work, e);
}

/* By its key and reference alone: nothing of it is opened. */
static status put_deletion(struct desk *d, struct call *c, struct batch_work *work,
                           const struct entry_row *e)
{
    const struct bytes batch = control_argument(&c->parsed, "batch");
    struct ingest_row *const row = &work->row;
    const bool asked = row->deletion_batch.size > 0 && row->answer.deletion.what == 0;
    bool due = false;

    work->deletes = true;
    if (asked && bytes_equal(row->deletion_batch, batch))
        return OK;
    TRY(ingest_is_to_delete(d, &work->record, row, &due));
    if (!due || row->deletion_batch.size > 0 || text_is(row->batch, INGESTED_GATE) ||
        bytes_equal(row->batch, batch)) {
        c->sentence = "nothing is to be deleted of it, or another batch deletes it";
        return E_VALUE;
    }
    TRY(log_it(d, c, e, "to be deleted, into the batch "));
    row->deletion_batch = batch;
    return ingest_row_put(d, &work->record, row);
}

/* Out of a batch that is written again. */
static status leave_out(struct desk *d, struct call *c, struct batch_work *work,
                        const struct entry_row *e)
{
    const struct bytes batch = control_argument(&c->parsed, "batch");

    if (work->row.answer.what != 0 || !bytes_equal(work->row.batch, batch)) {
        c->sentence = "the record is not in that batch";
        return E_VALUE;
    }
    status s = ingest_is_open(d, c, e);
    if (s == OK)
        s = ingest_key(d, e, &work->row.key); /* its key may be gone */
    ENSURE(s != E_STORAGE && s != E_DAMAGED && s != E_EXPIRED, s);
    if (s == OK) {
        c->sentence = "the record opens: it stays in its batch";
        return E_VALUE;
    }
    TRY(log_it(d, c, e, "left out of the batch "));
    work->row.batch = bytes_of(NULL, 0);
    work->row.updates = bytes_of(NULL, 0);
    return ingest_row_put(d, &work->record, &work->row);
}

status ingest_batch_prepare(struct desk *d, struct call *c)
{
    const struct bytes batch = control_argument(&c->parsed, "batch");
    struct batch_work *const work = arena_take(d->exchange->arena, sizeof *work);
    struct bytes what = {0};
    struct entry_row e = {0};

    ENSURE(work != NULL, E_MEMORY);
    TRY(ingest_is_here(d, c));
    if (!is_name(batch)) {
        c->sentence = "a batch is named by 1 to 40 small letters, digits and '-'";
        return E_USAGE;
    }
    TRY(ingest_find(d, c, &e, &work->record));
    TRY(ingest_row_find(d, &work->record, d->exchange->arena, &work->row));
    TRY(asked_word(d, c, "what", "load, delete, leave", &what));
    TRY(text_is(what, "delete")  ? put_deletion(d, c, work, &e)
        : text_is(what, "leave") ? leave_out(d, c, work, &e)
                                 : put_load(d, c, work, &e));
    c->sentence = text_is(what, "leave") ? "left out of the batch" : "in the batch";
    c->work = work;
    return OK;
}

/* What stands in the batch beside the record itself, the same however often it is asked. */
status ingest_batch_answer(struct desk *d, struct call *c, struct control_answer *ret)
{
    const struct batch_work *const work = c->work;
    const struct ingest_row *const row = &work->row;
    const struct bytes reference = work->deletes ? row->answer.reference : row->updates;
    struct rows r;

    rows_init(&r, d->exchange->arena, 1);
    rows_next(&r, 8);
    rows_text(&r, "row", "load");
    rows_id(&r, "record", &work->record.id);
    rows_agency(&r, "publisher", &work->record.agency);
    rows_text(&r, "operation",
              work->deletes           ? "delete"
              : row->updates.size > 0 ? "update"
                                      : "add");
    rows_bytes(&r, "reference", reference);
    rows_bytes(&r, "force", row->key.force);
    rows_bytes(&r, "urn", row->key.urn);
    rows_number(&r, "version", row->key.version);
    rows_give(&r, ret);
    return OK;
}

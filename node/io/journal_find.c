#include "journal_parts.h"

status find_stream_current(void *self, const struct agency_id *agency, enum lane lane,
                           struct stream_row *ret)
{
    struct journal *const j = self;

    QUERY(q, &j->main, STREAM_FIND);
    bind_text(&q, agency->text);
    bind_int(&q, lane);
    TRY(query_row(&q));
    return row_stream(&q, ret);
}

status find_stream(void *self, const struct stream_id *id, struct stream_row *ret)
{
    struct journal *const j = self;

    QUERY(q, &j->main, STREAM_GET);
    bind_stream(&q, id);
    TRY(query_row(&q));
    return row_stream(&q, ret);
}

status find_stream_after(void *self, const struct stream_id *id, struct stream_row *ret)
{
    struct journal *const j = self;

    QUERY(q, &j->main, STREAM_AFTER);
    bind_stream(&q, id);
    TRY(query_row(&q));
    return row_stream(&q, ret);
}

status find_group(void *self, const struct stream_id *stream, sequence index,
                  struct arena *a, struct group_row *ret)
{
    struct journal *const j = self;
    const size_t mark = arena_mark(a);
    struct group_row row;
    int64_t first = 0;
    int64_t place = 0;

    TRY(place_number(&j->main, stream, 0, &first));
    TRY(place_number(&j->main, stream, index, &place));
    QUERY(q, &j->main, GROUP_FIND);
    bind_int(&q, first);
    bind_int(&q, place);
    TRY(query_row(&q));
    TRY(row_group(&q, a, &row));
    if (index - row.first >= row.count) {
        arena_rewind(a, mark);
        return E_UNKNOWN;
    }
    *ret = row;
    return OK;
}

status find_entry(void *self, const struct stream_id *stream, sequence index,
                  struct arena *a, struct entry_row *ret)
{
    struct journal *const j = self;
    int64_t place = 0;

    TRY(place_number(&j->main, stream, index, &place));
    QUERY(q, &j->main, ENTRY_FIND);
    bind_int(&q, place);
    TRY(query_row(&q));
    return row_entry(&q, a, ret);
}

static status take_place(struct query *q, struct place *ret)
{
    struct stream_id stream = {0};
    struct place place;

    TRY(query_row(q));
    column_stream(q, &stream);
    column_place(q, &stream, &place);
    TRY(columns_end(q));
    *ret = place;
    return OK;
}

status find_record(void *self, const struct agency_id *agency, const record_id *id,
                   struct place *ret)
{
    struct journal *const j = self;

    QUERY(q, &j->main, RECORD_FIND);
    bind_bytes(&q, bytes_of(id->bytes, sizeof id->bytes));
    bind_text(&q, agency->text);
    return take_place(&q, ret);
}

/* Places are numbered from 1 << PLACE_BITS, so 0 stands before them all. */
static status number_after(struct journal *j, const struct place *after, int64_t *ret)
{
    *ret = 0;
    return after == NULL ? OK : place_number(&j->main, &after->stream, after->index, ret);
}

status find_record_after(void *self, const struct agency_id *agency, const record_id *id,
                         const struct place *after, struct place *ret)
{
    struct journal *const j = self;
    int64_t place = 0;

    TRY(number_after(j, after, &place));
    QUERY(q, &j->main, RECORD_AFTER);
    bind_bytes(&q, bytes_of(id->bytes, sizeof id->bytes));
    bind_text(&q, agency->text);
    bind_int(&q, place);
    return take_place(&q, ret);
}

_Static_assert(KIND_ATTACHMENT == 8 && DISPOSITION_HELD == 1 && DISPOSITION_UNOPENABLE == 2,
               "as journal_sql.h has them");

status find_part_after(void *self, const struct agency_id *agency, const record_id *id,
                       const struct place *after, struct place *ret)
{
    struct journal *const j = self;
    int64_t place = 0;

    TRY(number_after(j, after, &place));
    QUERY(q, &j->main, PART_AFTER);
    bind_bytes(&q, bytes_of(id->bytes, sizeof id->bytes));
    bind_int(&q, place);
    bind_text(&q, agency->text);
    return take_place(&q, ret);
}

status find_receipt_size(void *self, const struct stream_id *stream,
                         const struct agency_id *peer, sequence *ret)
{
    struct journal *const j = self;
    int64_t number = 0;

    TRY(stream_number(&j->main, stream, &number));
    QUERY(q, &j->main, RECEIPT_SIZE);
    bind_int(&q, number);
    bind_text(&q, peer->text);
    TRY(query_row(&q));
    const sequence size = column_u64(&q);
    TRY(columns_end(&q));
    *ret = size;
    return OK;
}

status find_own_receipt(void *self, const struct stream_id *stream, struct arena *a,
                        struct receipt_row *ret)
{
    struct journal *const j = self;
    int64_t number = 0;

    TRY(stream_number(&j->main, stream, &number));
    QUERY(q, &j->main, OWN_RECEIPT_FIND);
    bind_int(&q, number);
    TRY(query_row(&q));
    return row_receipt(&q, a, ret);
}

status find_idempotency(void *self, struct bytes key, struct place *ret)
{
    struct journal *const j = self;

    QUERY(q, &j->main, IDEMPOTENCY_FIND);
    bind_bytes(&q, key);
    return take_place(&q, ret);
}

/* A recall that does not open here is one all the same; a refused one is none. */
status find_recalled(void *self, const struct agency_id *agency, const record_id *id,
                     bool *ret)
{
    struct journal *const j = self;

    QUERY(q, &j->main, ENTRY_NAMED);
    bind_bytes(&q, bytes_of(id->bytes, sizeof id->bytes));
    bind_int(&q, KIND_RECALL);
    bind_text(&q, agency->text);
    const status s = query_row(&q);
    ENSURE(s == OK || s == E_UNKNOWN, s);
    *ret = s == OK;
    return OK;
}

static status take_note(struct query *q, struct arena *a, struct bytes *ret)
{
    TRY(query_row(q));
    const struct bytes note = column_kept(q, a);
    TRY(columns_end(q));
    *ret = note;
    return OK;
}

status find_document(void *self, enum document_kind kind, uint32_t version, struct arena *a,
                     struct bytes *ret)
{
    struct journal *const j = self;

    if (version == 0) {
        QUERY(newest, &j->main, DOCUMENT_NEWEST);
        bind_int(&newest, kind);
        return take_note(&newest, a, ret);
    }
    QUERY(q, &j->main, DOCUMENT_FIND);
    bind_int(&q, kind);
    bind_int(&q, version);
    return take_note(&q, a, ret);
}

status find_kx(void *self, const struct agency_id *agency, struct arena *a,
               struct bytes *ret)
{
    struct journal *const j = self;

    QUERY(q, &j->main, KX_FIND);
    bind_text(&q, agency->text);
    return take_note(&q, a, ret);
}

status load_kx_secrets(void *self, struct keyring *ring)
{
    struct journal *const j = self;

    ENSURE(j->mode != JOURNAL_READ, E_DENIED);
    return keys_secrets_load(&j->keys, ring);
}

status find_key(void *self, const struct stream_id *stream, sequence index, uint8_t ret[32])
{
    struct journal *const j = self;

    ENSURE(j->mode != JOURNAL_READ, E_DENIED);
    return keys_find(&j->keys, stream, index, ret);
}

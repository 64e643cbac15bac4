#include "journal_parts.h"

#include "text.h"

#include <string.h>

/* The end of a walk: no further row is how it should end. */
static status walked(status s)
{
    return s == E_UNKNOWN ? OK : s;
}

status journal_streams(struct journal *j, journal_each_stream each, void *context)
{
    QUERY(q, &j->main, STREAM_EACH);
    status s = query_row(&q);

    for (; s == OK; s = query_row(&q)) {
        struct stream_row row;
        TRY(row_stream(&q, &row));
        TRY(each(context, &row));
    }
    return walked(s);
}

/* Places of a stream from an index on; E_UNKNOWN when it has none. */
struct span {
    int64_t base, from, last;
};

static status span_of(struct journal *j, const struct stream_id *stream, sequence from,
                      struct span *ret)
{
    struct span span;

    TRY(place_number(&j->main, stream, 0, &span.base));
    TRY(place_number(&j->main, stream, from, &span.from));
    span.last = span.base | ((INT64_C(1) << PLACE_BITS) - 1);
    *ret = span;
    return OK;
}

status journal_groups(struct journal *j, const struct stream_id *stream, sequence from,
                      struct arena *a, journal_each_group each, void *context)
{
    const size_t mark = arena_mark(a);
    struct span span;

    const status found = span_of(j, stream, from, &span);
    ENSURE(found == OK, walked(found));
    QUERY(q, &j->main, GROUP_EACH);
    bind_int(&q, span.base);
    bind_int(&q, span.from);
    bind_int(&q, span.last);
    status s = query_row(&q);
    for (; s == OK; s = query_row(&q)) {
        struct group_row row;
        arena_rewind(a, mark);
        TRY(row_group(&q, a, &row));
        if (row.first + row.count > from)
            TRY(each(context, &row));
    }
    arena_rewind(a, mark);
    return walked(s);
}

/* Rows of any query that selects entries. */
static status each_entry(struct query *q, struct arena *a, journal_each_entry each,
                         void *context)
{
    const size_t mark = arena_mark(a);
    status s = query_row(q);

    for (; s == OK; s = query_row(q)) {
        struct entry_row row;
        arena_rewind(a, mark);
        TRY(row_entry(q, a, &row));
        TRY(each(context, &row));
    }
    arena_rewind(a, mark);
    return walked(s);
}

status journal_entries(struct journal *j, const struct stream_id *stream, sequence from,
                       struct arena *a, journal_each_entry each, void *context)
{
    struct span span;

    const status found = span_of(j, stream, from, &span);
    ENSURE(found == OK, walked(found));
    QUERY(q, &j->main, ENTRY_EACH);
    bind_int(&q, span.from);
    bind_int(&q, span.last);
    return each_entry(&q, a, each, context);
}

status journal_inbox(struct journal *j, struct inbox_range range, struct arena *a,
                     journal_each_entry each, void *context)
{
    QUERY(q, &j->main, ENTRY_INBOX);
    bind_int(&q, range.kind);
    bind_u64(&q, range.skip);
    bind_u64(&q, range.limit);
    return each_entry(&q, a, each, context);
}

status journal_arrival_after(struct journal *j, enum kind kind, uint64_t after,
                             size_t limit, uint64_t *ret)
{
    QUERY(q, &j->main, ARRIVAL_AFTER);
    bind_int(&q, kind);
    bind_u64(&q, after);
    bind_u64(&q, limit);
    TRY(query_row(&q));
    *ret = column_u64(&q);
    return columns_end(&q);
}

status journal_arrivals(struct journal *j, struct arrivals range, struct arena *a,
                        journal_each_entry each, void *context)
{
    QUERY(q, &j->main, ENTRY_ARRIVED);
    bind_int(&q, range.kind);
    bind_u64(&q, range.after);
    bind_u64(&q, range.last);
    return each_entry(&q, a, each, context);
}

status journal_outcomes(struct journal *j, const record_id *record, struct arena *a,
                        journal_each_entry each, void *context)
{
    return journal_naming(j, record, KIND_OUTCOME, a, each, context);
}

status journal_naming(struct journal *j, const record_id *record, enum kind kind,
                      struct arena *a, journal_each_entry each, void *context)
{
    QUERY(q, &j->main, ENTRY_OUTCOMES);
    bind_bytes(&q, bytes_of(record->bytes, sizeof record->bytes));
    bind_int(&q, kind);
    return each_entry(&q, a, each, context);
}

status journal_children(struct journal *j, const struct agency_id *agency,
                        const record_id *record, struct arena *a, journal_each_entry each,
                        void *context)
{
    QUERY(q, &j->main, ENTRY_CHILDREN);
    bind_bytes(&q, bytes_of(record->bytes, sizeof record->bytes));
    bind_text(&q, agency->text);
    return each_entry(&q, a, each, context);
}

static status receipt_from(struct query *q, int64_t number, sequence index,
                           const struct agency_id *peer)
{
    bind_int(q, number);
    bind_text(q, peer->text);
    bind_u64(q, index);
    return query_row(q);
}

/* NOLINTNEXTLINE(readability-function-size): seven parameters, as the desk calls it. */
status journal_receipt_for(struct journal *j, const struct stream_id *stream,
                           sequence index, const struct agency_id *peer, bool witness,
                           struct arena *a, struct receipt_row *ret)
{
    int64_t number = 0;

    TRY(stream_number(&j->main, stream, &number));
    struct query q DEFER(query_done) =
        query_open(&j->main, witness ? QUERY_WITNESS_FOR : QUERY_RECEIPT_FOR);
    TRY(receipt_from(&q, number, index, peer));
    return row_receipt(&q, a, ret);
}

status journal_sent_at(struct journal *j, const struct stream_id *stream, sequence index,
                       const struct agency_id *peer, millis *ret)
{
    struct span span;

    TRY(span_of(j, stream, index, &span));
    QUERY(q, &j->main, SENT_AT);
    bind_int(&q, span.base);
    bind_int(&q, span.from);
    bind_text(&q, peer->text);
    TRY(query_row(&q));
    const millis at = column_u64(&q);
    TRY(columns_end(&q));
    *ret = at;
    return OK;
}

status journal_receipts(struct journal *j, const struct stream_id *stream, struct arena *a,
                        journal_each_receipt each, void *context)
{
    const size_t mark = arena_mark(a);
    int64_t number = 0;

    const status found = stream_number(&j->main, stream, &number);
    ENSURE(found == OK, walked(found));
    QUERY(q, &j->main, RECEIPT_EACH);
    bind_int(&q, number);
    status s = query_row(&q);
    for (; s == OK; s = query_row(&q)) {
        struct receipt_row row;
        arena_rewind(a, mark);
        TRY(row_receipt(&q, a, &row));
        TRY(each(context, &row));
    }
    arena_rewind(a, mark);
    return walked(s);
}

static status fill(struct bytes hex_prefix, char digit, record_id *ret)
{
    char text[RECORD_ID_TEXT_ROOM - 1];

    ENSURE(hex_prefix.size <= sizeof text, E_FORM);
    memset(text, digit, sizeof text);
    if (hex_prefix.size > 0)
        memcpy(text, hex_prefix.at, hex_prefix.size);
    return record_id_read(bytes_of(text, sizeof text), ret);
}

status record_id_range(struct bytes hex_prefix, record_id *ret_least, record_id *ret_most)
{
    TRY(fill(hex_prefix, '0', ret_least));
    return fill(hex_prefix, 'f', ret_most);
}

status journal_record_search(struct journal *j, struct bytes text, struct place *ret,
                             record_id *ret_ids, size_t limit, size_t *ret_count)
{
    struct bytes digits = text;
    struct bytes of = {0};
    record_id least;
    record_id most;
    size_t n = 0;

    const bool named = text_cut(&digits, '/', &of);
    TRY(record_id_range(digits, &least, &most));
    QUERY(q, &j->main, RECORD_SEARCH);
    bind_bytes(&q, bytes_of(least.bytes, sizeof least.bytes));
    bind_bytes(&q, bytes_of(most.bytes, sizeof most.bytes));
    status s = n < limit ? query_row(&q) : E_UNKNOWN;
    while (s == OK) {
        struct agency_id agency = {0};
        column_agency(&q, &agency);
        column_copy(&q, ret_ids[n].bytes, sizeof ret_ids[n].bytes);
        TRY(columns_end(&q));
        const status found = !named || text_is(of, agency.text)
                                 ? find_record(j, &agency, &ret_ids[n], &ret[n])
                                 : E_UNKNOWN;
        ENSURE(found == OK || found == E_UNKNOWN, found);
        n += found == OK; /* what never opened here is not to be found by people */
        s = n < limit ? query_row(&q) : E_UNKNOWN;
    }
    TRY(walked(s));
    *ret_count = n;
    return OK;
}

status journal_evidence(struct journal *j, struct arena *a, journal_each_evidence each,
                        void *context)
{
    const size_t mark = arena_mark(a);
    QUERY(q, &j->main, EVIDENCE_EACH);
    status s = query_row(&q);

    for (; s == OK; s = query_row(&q)) {
        struct evidence_row row;
        arena_rewind(a, mark);
        TRY(row_evidence(&q, a, &row));
        TRY(each(context, &row));
    }
    arena_rewind(a, mark);
    return walked(s);
}

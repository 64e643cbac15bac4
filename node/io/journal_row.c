#include "journal_parts.h"

/* Everything here comes from a file that may be damaged: each value is checked against what
 * its type can hold, so that no caller meets an enum or a size out of its range. */

static void frontier_column(struct query *q, struct frontier *ret)
{
    if (frontier_decode(column_bytes(q), ret) != OK)
        query_damaged(q);
}

status row_stream(struct query *q, struct stream_row *ret)
{
    struct stream_row row = {0};

    column_stream(q, &row.id);
    row.own = column_bool(q);
    row.current = column_bool(q);
    frontier_column(q, &row.frontier);
    row.complete = column_u64(q);
    row.mine.count = column_u64(q);
    row.mine.last = column_u64(q);
    for (size_t i = DISPOSITION_HELD; i < DISPOSITIONS; i++)
        row.tally[i] = column_u64(q);
    row.receipted = column_u64(q);
    row.quarantine = column_status(q);
    if (row.complete > row.frontier.size)
        query_damaged(q);
    TRY(columns_end(q));
    *ret = row;
    return OK;
}

status row_group(struct query *q, struct arena *a, struct group_row *ret)
{
    struct group_row row = {0};
    struct place place;

    column_stream(q, &row.stream);
    column_place(q, &row.stream, &place);
    row.first = place.index;
    row.count = (uint32_t)column_int(q, 1, GROUP_ENTRIES_MAX);
    row.roster_version = (uint32_t)column_int(q, 0, UINT32_MAX);
    row.at = column_u64(q);
    column_copy(q, row.salt, sizeof row.salt);
    row.leaves = column_kept(q, a);
    row.checkpoint = column_kept(q, a);
    row.counts = column_kept(q, a);
    row.withheld = column_kept(q, a);
    if (row.leaves.size != (size_t)row.count * HASH_SIZE)
        query_damaged(q);
    TRY(columns_end(q));
    *ret = row;
    return OK;
}

status row_entry(struct query *q, struct arena *a, struct entry_row *ret)
{
    struct entry_row row = {0};
    struct place place;

    column_stream(q, &row.stream);
    column_place(q, &row.stream, &place);
    row.index = place.index;
    row.ordinal = column_u64(q);
    column_copy(q, row.id.bytes, sizeof row.id.bytes);
    /* 0: withheld, so nobody told us. */
    row.kind = (enum kind)column_int(q, 0, KIND_REQUEST);
    row.disposition = (enum disposition)column_int(q, DISPOSITION_HELD, DISPOSITION_ERASED);
    row.reason = column_status(q);
    row.duplicate = column_bool(q);
    row.at = column_u64(q);
    column_copy(q, row.leaf.bytes, sizeof row.leaf.bytes);
    row.kept = column_kept(q, a);
    row.wraps = column_kept(q, a);
    row.header = column_kept(q, a);
    row.ciphertext = column_kept(q, a);
    TRY(columns_end(q));
    *ret = row;
    return OK;
}

status row_receipt(struct query *q, struct arena *a, struct receipt_row *ret)
{
    struct receipt_row row = {0};

    column_stream(q, &row.stream);
    column_agency(q, &row.peer);
    row.size = column_u64(q);
    row.cosignature = column_kept(q, a);
    row.receipt = column_kept(q, a);
    row.at = column_u64(q);
    TRY(columns_end(q));
    *ret = row;
    return OK;
}

status row_evidence(struct query *q, struct arena *a, struct evidence_row *ret)
{
    struct evidence_row row = {0};

    column_stream(q, &row.stream);
    row.why = column_status(q);
    row.first = column_kept(q, a);
    row.second = column_kept(q, a);
    row.at = column_u64(q);
    TRY(columns_end(q));
    *ret = row;
    return OK;
}

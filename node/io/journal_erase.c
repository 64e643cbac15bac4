#include "journal_parts.h"

/*
 * Erasing, over two files.  The journal decides: it commits the entry without its content
 * and remembers that the key must go; then the key goes; then both write-ahead logs are
 * emptied, because they hold the pages as they were (page "reliability", F19).  A crash
 * between any two of these is mended at the next start, before anything leaves the node.
 */

status erase_entry(void *self, const struct stream_id *stream, sequence index)
{
    struct journal *const j = self;
    int64_t place = 0;

    TRY(database_begin(&j->main));
    TRY(place_number(&j->main, stream, index, &place));
    QUERY(q, &j->main, ENTRY_ERASE);
    bind_int(&q, place);
    bind_int(&q, DISPOSITION_ERASED);
    TRY(query_put(&q));
    QUERY(later, &j->main, ERASING_PUT);
    bind_int(&later, place);
    TRY(query_put(&later));
    TRY(tokens_erase(j, place));
    j->erasing = true;
    return OK;
}

/* The same for a KX private key: what it opened in this turn is in the journal by then. */
status erase_kx_secret(void *self, uint32_t number)
{
    struct journal *const j = self;

    MUST(j->mode != JOURNAL_READ);
    ENSURE(j->spent_count < KX_KEPT_MAX, E_LIMIT);
    TRY(database_begin(&j->keys.database));
    j->spent[j->spent_count++] = number;
    j->erasing = true;
    return OK;
}

static status delete_secrets(struct journal *j, bool *ret_any)
{
    *ret_any = *ret_any || j->spent_count > 0;
    while (j->spent_count > 0)
        TRY(keys_secret_destroy(&j->keys, j->spent[--j->spent_count]));
    return OK;
}

static status delete_keys(struct journal *j, bool *ret_any)
{
    QUERY(q, &j->main, ERASING_EACH);

    status s = query_row(&q);
    *ret_any = s == OK;
    for (; s == OK; s = query_row(&q)) {
        struct stream_id stream;
        struct place place;
        column_stream(&q, &stream);
        column_place(&q, &stream, &place);
        TRY(columns_end(&q));
        TRY(keys_delete(&j->keys, &place.stream, place.index));
    }
    return s == E_UNKNOWN ? OK : s;
}

static status clear(struct journal *j)
{
    TRY(database_begin(&j->main));
    QUERY(q, &j->main, ERASING_CLEAR);
    TRY(query_put(&q));
    return database_commit(&j->main);
}

status erase_keys(struct journal *j)
{
    bool any = false;

    if (!j->erasing)
        return OK;
    TRY(delete_keys(j, &any));
    TRY(delete_secrets(j, &any));
    j->erasing = false;
    if (!any)
        return OK;
    TRY(database_commit(&j->keys.database));
    TRY(clear(j));
    j->wal_to_empty = true;
    (void)journal_checkpoint(j, false); /* now, or when no reader needs it any more */
    return OK;
}

/* A process that ended before it had emptied the logs told nobody of that. */
status erase_start(struct journal *j)
{
    j->erasing = true;
    j->wal_to_empty = true;
    TRY(tokens_start(j));
    TRY(erase_keys(j));
    (void)journal_checkpoint(j, false);
    return OK;
}

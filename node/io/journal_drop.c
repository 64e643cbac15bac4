#include "journal_parts.h"

/*
 * Rows that are not what their log says, because another hand or the disk has changed them:
 * they go, so that those which the publisher gives again, or of an own stream its
 * followers, can be put.
 */

static status drop_at(struct journal *j, enum query_name name, int64_t place)
{
    struct query q DEFER(query_done) = query_open(&j->main, name);

    bind_int(&q, place);
    return query_put(&q);
}

status drop_entry(void *self, const struct stream_id *stream, sequence index)
{
    struct journal *const j = self;
    int64_t place = 0;

    TRY(database_begin(&j->main));
    TRY(place_number(&j->main, stream, index, &place));
    TRY(tokens_erase(j, place));
    TRY(drop_at(j, QUERY_ENTRY_DROP, place));
    TRY(drop_at(j, QUERY_INBOX_DROP, place));
    TRY(drop_at(j, QUERY_RECORD_DROP, place));
    TRY(drop_at(j, QUERY_LINEAGE_DROP, place));
    return keys_delete(&j->keys, stream, index);
}

status drop_groups(void *self, const struct stream_id *stream, sequence from)
{
    struct journal *const j = self;
    int64_t first = 0;

    MUST(!agency_id_equal(&stream->agency, &j->self));
    TRY(database_begin(&j->main));
    TRY(place_number(&j->main, stream, from, &first));
    QUERY(q, &j->main, GROUPS_DROP);
    bind_int(&q, first);
    bind_int(&q, first | ((INT64_C(1) << PLACE_BITS) - 1));
    return query_put(&q);
}

#include "journal_token_parts.h"

#include <stdlib.h>
#include <string.h>

/*
 * The pages that pairs are filed in.  The records of a segment are either all in pages or
 * all in rows of their own: while a segment is being filed its rows are still there and say
 * what it has, and with its last pages they go.
 */

enum {
    FILED_AT_ONCE = 16, /* pages by one step: some two milliseconds */
    FIRST_ROOM = 16 * 1024,
};

_Static_assert(TOKEN_PAGES % FILED_AT_ONCE == 0, "whole steps");

size_t pairs_from(struct bytes pairs, uint64_t token)
{
    size_t from = 0;
    size_t to = pairs.size / TOKEN_PAIR;

    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (pair_token(pairs, middle) < token)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

struct bytes column_pairs(struct query *q)
{
    const struct bytes pairs = column_bytes(q);

    if (pairs.size % TOKEN_PAIR != 0)
        query_damaged(q);
    return pairs;
}

status tokens_first_new(struct journal *j, uint64_t *ret)
{
    QUERY(q, &j->main, TOKEN_NEW_FIRST);
    TRY(query_row(&q));
    *ret = column_u64(&q);
    return columns_end(&q);
}

status tokens_put_page(struct journal *j, uint64_t page, struct bytes pairs)
{
    struct query q DEFER(query_done) =
        query_open(&j->main, pairs.size > 0 ? QUERY_TOKEN_PAGE_PUT : QUERY_TOKEN_PAGE_DROP);

    bind_u64(&q, page);
    if (pairs.size > 0)
        bind_bytes(&q, pairs);
    return query_put(&q);
}

static status drop_new(struct journal *j, uint64_t first, uint64_t last)
{
    QUERY(q, &j->main, TOKEN_NEW_DROP);
    bind_u64(&q, first);
    bind_u64(&q, last);
    return query_put(&q);
}

/* --- filing --- */

/* Pairs of some pages, of all records of a segment. */
struct gathered {
    uint8_t *at;
    size_t size, room;
};

static status gather(struct gathered *g, struct bytes pairs)
{
    size_t room = g->room == 0 ? FIRST_ROOM : g->room;

    while (room - g->size < pairs.size)
        room *= 2;
    if (room != g->room) {
        uint8_t *const more = realloc(g->at, room);
        ENSURE(more != NULL, E_MEMORY);
        g->at = more;
        g->room = room;
    }
    if (pairs.size > 0)
        memcpy(g->at + g->size, pairs.at, pairs.size);
    g->size += pairs.size;
    return OK;
}

/* The pairs from page `first` to before `end`. */
static struct bytes part_of(struct bytes pairs, unsigned first, unsigned end)
{
    const size_t from = pairs_from(pairs, (uint64_t)first << 57);
    const size_t to = end == TOKEN_PAGES ? pairs.size / TOKEN_PAIR
                                         : pairs_from(pairs, (uint64_t)end << 57);

    return bytes_of(pairs.at + from * TOKEN_PAIR, (to - from) * TOKEN_PAIR);
}

static status gather_segment(struct journal *j, uint64_t segment, unsigned first,
                             unsigned end, struct gathered *g)
{
    QUERY(q, &j->main, TOKEN_NEW_EACH);
    bind_u64(&q, segment * TOKEN_SEGMENT);
    bind_u64(&q, segment * TOKEN_SEGMENT + TOKEN_SEGMENT - 1);
    status s = query_row(&q);
    for (; s == OK; s = query_row(&q)) {
        const struct bytes pairs = column_pairs(&q);
        TRY(columns_end(&q));
        TRY(gather(g, part_of(pairs, first, end)));
    }
    return s == E_UNKNOWN ? OK : s;
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, TOKEN_PAIR);
}

static status put_pages(struct journal *j, uint64_t segment, unsigned first, unsigned end,
                        const struct gathered *g)
{
    const struct bytes all = bytes_of(g->at, g->size);

    if (g->size > 0)
        qsort(g->at, g->size / TOKEN_PAIR, TOKEN_PAIR, by_bytes);
    for (unsigned page = first; page < end; page++)
        TRY(tokens_put_page(j, segment * TOKEN_PAGES + page,
                            g->size > 0 ? part_of(all, page, page + 1)
                                        : (struct bytes){0}));
    return OK;
}

static status file_pages(struct journal *j, uint64_t segment, unsigned first, unsigned end)
{
    struct gathered g = {.size = 0};

    status s = gather_segment(j, segment, first, end, &g);
    if (s == OK)
        s = put_pages(j, segment, first, end, &g);
    free(g.at);
    return s;
}

status journal_tokens_file(struct journal *j, bool *ret_more)
{
    uint64_t done = 0;
    uint64_t oldest = 0;

    *ret_more = false;
    TRY(tokens_done(j, &done));
    const status s = tokens_first_new(j, &oldest);
    ENSURE(s == OK || s == E_UNKNOWN, s);
    const uint64_t segment = oldest / TOKEN_SEGMENT;
    if (s == E_UNKNOWN || done < segment * TOKEN_SEGMENT + TOKEN_SEGMENT - 1)
        return OK;
    if (j->filing.segment != segment)
        j->filing = (struct filing){.segment = segment};
    const unsigned end = j->filing.page + FILED_AT_ONCE;
    TRY(database_begin(&j->main));
    TRY(file_pages(j, segment, j->filing.page, end));
    j->filing.page = end;
    *ret_more = true;
    if (end < TOKEN_PAGES)
        return OK;
    j->filing = (struct filing){0};
    return drop_new(j, segment * TOKEN_SEGMENT,
                    segment * TOKEN_SEGMENT + TOKEN_SEGMENT - 1);
}

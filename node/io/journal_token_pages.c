#include "journal_tokens.h"

#include "journal_parts.h"

#include <stdlib.h>
#include <string.h>

/*
 * The pages that pairs are filed in, and looking for them.  The records of a segment are
 * either all in pages or all in rows of their own: while a segment is being filed its rows
 * are still there and say what it has, and with its last pages they go.
 */

enum {
    FILED_AT_ONCE = 16, /* pages by one step: some two milliseconds */
    FIRST_ROOM = 16 * 1024,
    WORDS = TOKEN_SEGMENT / 64,
};

_Static_assert(TOKEN_PAGES == 128, "page_of takes seven bits");
_Static_assert(TOKEN_PAGES % FILED_AT_ONCE == 0, "whole steps");

static uint64_t big_endian(const uint8_t *at)
{
    struct reader r = {.rest = bytes_of(at, 8)};

    return read_u64(&r);
}

static uint64_t token_at(struct bytes pairs, size_t i)
{
    return big_endian(pairs.at + i * TOKEN_PAIR);
}

static uint64_t number_at(struct bytes pairs, size_t i)
{
    return big_endian(pairs.at + i * TOKEN_PAIR + 8);
}

static unsigned page_of(uint64_t token)
{
    return (unsigned)(token >> 57);
}

static uint64_t page_number(uint64_t segment, unsigned page)
{
    return segment * TOKEN_PAGES + page;
}

/* The first pair whose token is not below. */
static size_t lower_bound(struct bytes pairs, uint64_t token)
{
    size_t from = 0;
    size_t to = pairs.size / TOKEN_PAIR;

    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (token_at(pairs, middle) < token)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static struct bytes column_pairs(struct query *q)
{
    const struct bytes pairs = column_bytes(q);

    if (pairs.size % TOKEN_PAIR != 0)
        query_damaged(q);
    return pairs;
}

/* The number of the oldest record that is in no page.  E_UNKNOWN: all are. */
static status first_new(struct journal *j, uint64_t *ret)
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
    const size_t from = lower_bound(pairs, (uint64_t)first << 57);
    const size_t to = end == TOKEN_PAGES ? pairs.size / TOKEN_PAIR
                                         : lower_bound(pairs, (uint64_t)end << 57);

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
        TRY(tokens_put_page(j, page_number(segment, page),
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
    const status s = first_new(j, &oldest);
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

/* --- looking --- */

/* Which records of a segment. */
struct marks {
    uint64_t words[WORDS];
};

static void mark(struct marks *m, struct bytes pairs, uint64_t token, uint64_t first)
{
    const size_t count = pairs.size / TOKEN_PAIR;

    for (size_t i = lower_bound(pairs, token); i < count && token_at(pairs, i) == token;
         i++) {
        const uint64_t at = number_at(pairs, i) - first;
        if (at < TOKEN_SEGMENT)
            m->words[at / 64] |= UINT64_C(1) << at % 64;
    }
}

static status mark_token(struct journal *j, uint64_t segment, uint64_t token,
                         struct marks *m)
{
    QUERY(q, &j->main, TOKEN_PAGE_FIND);
    bind_u64(&q, page_number(segment, page_of(token)));
    const status s = query_row(&q);
    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    const struct bytes pairs = column_pairs(&q);
    TRY(columns_end(&q));
    mark(m, pairs, token, segment * TOKEN_SEGMENT);
    return OK;
}

static status mark_segment(struct journal *j, uint64_t segment, const struct token_query *q,
                           struct marks *ret)
{
    memset(ret, q->term_count > 0 ? 0xff : 0, sizeof *ret);
    for (size_t i = 0; i < q->term_count; i++) {
        struct marks any = {{0}};
        uint64_t left = 0;
        for (size_t k = 0; k < q->terms[i].count; k++)
            TRY(mark_token(j, segment, q->terms[i].any[k], &any));
        for (size_t w = 0; w < WORDS; w++) {
            ret->words[w] &= any.words[w];
            left |= ret->words[w];
        }
        if (left == 0)
            return OK;
    }
    return OK;
}

struct looking {
    const struct token_query *query;
    uint64_t before;
    size_t limit;
    struct token_found *found;
};

/* False: no more are wanted, and the search goes on below the last one. */
static bool take(struct looking *l, uint64_t number)
{
    struct token_found *const f = l->found;

    f->at[f->count++] = number;
    f->before = number;
    return f->count < l->limit;
}

static bool has_token(struct bytes pairs, uint64_t token)
{
    const size_t i = lower_bound(pairs, token);

    return i < pairs.size / TOKEN_PAIR && token_at(pairs, i) == token;
}

static bool has_all(struct bytes pairs, const struct token_query *q)
{
    for (size_t i = 0; i < q->term_count; i++) {
        size_t k = 0;
        while (k < q->terms[i].count && !has_token(pairs, q->terms[i].any[k]))
            k++;
        if (k == q->terms[i].count)
            return false;
    }
    return q->term_count > 0;
}

/* What is in no page yet.  `ret_full`: the limit was reached. */
static status look_at_new(struct journal *j, struct looking *l, uint64_t first,
                          bool *ret_full)
{
    QUERY(q, &j->main, TOKEN_NEW_DOWN);
    bind_u64(&q, first);
    bind_u64(&q, l->before - 1);
    status s = query_row(&q);
    for (; s == OK && !*ret_full; s = query_row(&q)) {
        const uint64_t number = column_u64(&q);
        const struct bytes pairs = column_pairs(&q);
        TRY(columns_end(&q));
        if (has_all(pairs, l->query))
            *ret_full = !take(l, number);
    }
    return s == E_UNKNOWN ? OK : s;
}

static status look_at_segment(struct journal *j, struct looking *l, uint64_t segment,
                              bool *ret_full)
{
    const uint64_t first = segment * TOKEN_SEGMENT;
    struct marks m;

    TRY(mark_segment(j, segment, l->query, &m));
    for (size_t i = TOKEN_SEGMENT; i-- > 0 && !*ret_full;) {
        if ((m.words[i / 64] >> i % 64 & 1) != 0 && first + i < l->before)
            *ret_full = !take(l, first + i);
    }
    return OK;
}

status journal_tokens_find(struct journal *j, const struct token_query *q, uint64_t before,
                           size_t limit, struct token_found *ret)
{
    struct looking l = {.query = q, .before = before, .limit = limit, .found = ret};
    uint64_t oldest = 0;
    bool full = false;
    size_t looked_at = 0;

    MUST(limit > 0 && limit <= TOKEN_FOUND_MAX);
    *ret = (struct token_found){.count = 0};
    if (before == 0 || before > INT64_MAX)
        l.before = INT64_MAX;
    TRY(tokens_done(j, &oldest));
    oldest++;
    const status s = first_new(j, &oldest);
    ENSURE(s == OK || s == E_UNKNOWN, s);
    /* The segment of the oldest one is in no page as a whole. */
    uint64_t segment = (oldest + (s == OK ? 0 : TOKEN_SEGMENT - 1)) / TOKEN_SEGMENT;
    TRY(look_at_new(j, &l, segment * TOKEN_SEGMENT, &full));
    const uint64_t below = (l.before + TOKEN_SEGMENT - 1) / TOKEN_SEGMENT;
    if (segment > below)
        segment = below;
    while (!full && segment > 0 && looked_at++ < TOKEN_SEGMENTS_LOOKED_AT)
        TRY(look_at_segment(j, &l, --segment, &full));
    if (!full)
        ret->before = segment * TOKEN_SEGMENT;
    return OK;
}

#include "journal_token_parts.h"

#include <string.h>

/* Looking: newest first, through what stands alone and then segment by segment, in each of
 * which a term is a set of bits, one for each record. */

enum { WORDS = TOKEN_SEGMENT / 64 };

/* Which records of a segment. */
struct marks {
    uint64_t words[WORDS];
};

static void mark(struct marks *m, struct bytes pairs, uint64_t token, uint64_t first)
{
    const size_t count = pairs.size / TOKEN_PAIR;

    for (size_t i = pairs_from(pairs, token); i < count && pair_token(pairs, i) == token;
         i++) {
        const uint64_t at = pair_number(pairs, i) - first;
        if (at < TOKEN_SEGMENT)
            m->words[at / 64] |= UINT64_C(1) << at % 64;
    }
}

static status mark_token(struct journal *j, uint64_t segment, uint64_t token,
                         struct marks *m)
{
    QUERY(q, &j->main, TOKEN_PAGE_FIND);
    bind_u64(&q, token_page(segment, token));
    const status s = query_row(&q);
    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    const struct bytes pairs = column_pairs(&q);
    TRY(columns_end(&q));
    mark(m, pairs, token, segment * TOKEN_SEGMENT);
    return OK;
}

static status mark_term(struct journal *j, uint64_t segment, const struct token_term *t,
                        struct marks *ret)
{
    *ret = (struct marks){{0}};
    for (size_t k = 0; k < t->count; k++)
        TRY(mark_token(j, segment, t->any[k], ret));
    return OK;
}

static void count_marks(const struct marks *m, uint8_t counts[TOKEN_SEGMENT])
{
    for (size_t i = 0; i < TOKEN_SEGMENT; i++)
        counts[i] = (uint8_t)(counts[i] + (m->words[i / 64] >> i % 64 & 1));
}

static void keep_counted(struct marks *m, const uint8_t counts[TOKEN_SEGMENT],
                         size_t needed)
{
    for (size_t i = 0; i < TOKEN_SEGMENT; i++) {
        if (counts[i] < needed)
            m->words[i / 64] &= ~(UINT64_C(1) << i % 64);
    }
}

static bool is_empty(const struct marks *m)
{
    uint64_t any = 0;

    for (size_t w = 0; w < WORDS; w++)
        any |= m->words[w];
    return any == 0;
}

static status mark_segment(struct journal *j, uint64_t segment, const struct token_query *q,
                           struct marks *ret)
{
    uint8_t counts[TOKEN_SEGMENT] = {0};

    memset(ret, q->term_count > 0 ? 0xff : 0, sizeof *ret);
    for (size_t i = 0; i < q->term_count && !is_empty(ret); i++) {
        struct marks any;
        TRY(mark_term(j, segment, &q->terms[i], &any));
        if (q->terms[i].is_soft)
            count_marks(&any, counts);
        for (size_t w = 0; w < WORDS && !q->terms[i].is_soft; w++)
            ret->words[w] &= any.words[w];
    }
    keep_counted(ret, counts, q->soft_needed);
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
    const size_t i = pairs_from(pairs, token);

    return i < pairs.size / TOKEN_PAIR && pair_token(pairs, i) == token;
}

static bool has_any(struct bytes pairs, const struct token_term *t)
{
    size_t k = 0;

    while (k < t->count && !has_token(pairs, t->any[k]))
        k++;
    return k < t->count;
}

static bool has_all(struct bytes pairs, const struct token_query *q)
{
    size_t soft = 0;

    for (size_t i = 0; i < q->term_count; i++) {
        const bool has = has_any(pairs, &q->terms[i]);
        if (!has && !q->terms[i].is_soft)
            return false;
        soft += has && q->terms[i].is_soft;
    }
    return q->term_count > 0 && soft >= q->soft_needed;
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
    const status s = tokens_first_new(j, &oldest);
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

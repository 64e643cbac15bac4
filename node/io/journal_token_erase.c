#include "journal_token_parts.h"

#include <stdlib.h>
#include <string.h>

/*
 * What one record has in the index, wherever it stands: to be looked for after it was
 * erased, and to be taken out.  Its pages are found by its number alone, since its words
 * are gone by then.
 */

static bool is_of(struct bytes pairs, size_t i, uint64_t number)
{
    return pair_number(pairs, i) == number;
}

static status each_of(struct bytes pairs, uint64_t number, journal_each_pair each,
                      void *context)
{
    for (size_t i = 0; i < pairs.size / TOKEN_PAIR; i++) {
        if (is_of(pairs, i, number))
            TRY(each(context, pairs.at + i * TOKEN_PAIR));
    }
    return OK;
}

static status each_new(struct journal *j, uint64_t number, journal_each_pair each,
                       void *context)
{
    QUERY(q, &j->main, TOKEN_NEW_FIND);
    bind_u64(&q, number);
    TRY(query_row(&q));
    const struct bytes pairs = column_pairs(&q);
    TRY(columns_end(&q));
    return each_of(pairs, number, each, context);
}

static status each_in_page(struct journal *j, uint64_t page, uint64_t number,
                           journal_each_pair each, void *context)
{
    QUERY(q, &j->main, TOKEN_PAGE_FIND);
    bind_u64(&q, page);
    const status s = query_row(&q);
    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    const struct bytes pairs = column_pairs(&q);
    TRY(columns_end(&q));
    return each_of(pairs, number, each, context);
}

static uint64_t first_page(uint64_t number)
{
    return number / TOKEN_SEGMENT * TOKEN_PAGES;
}

status journal_token_pairs(struct journal *j, const struct place *place,
                           journal_each_pair each, void *context)
{
    uint64_t number = 0;
    const status found = journal_token_number(j, place, &number);

    if (found == E_UNKNOWN)
        return OK;
    TRY(found);
    const status s = each_new(j, number, each, context);
    if (s != E_UNKNOWN)
        return s; /* in no page, or in a page with these same pairs */
    for (unsigned i = 0; i < TOKEN_PAGES; i++)
        TRY(each_in_page(j, first_page(number) + i, number, each, context));
    return OK;
}

/* --- taking out --- */

static status drop_new(struct journal *j, uint64_t number)
{
    QUERY(q, &j->main, TOKEN_NEW_DROP);
    bind_u64(&q, number);
    bind_u64(&q, number);
    return query_put(&q);
}

/* A page without the record's pairs. */
struct page_left {
    uint8_t *at;
    size_t size;
    bool changed; /* it had some */
};

static status leave_others(struct journal *j, uint64_t page, uint64_t number,
                           struct page_left *ret)
{
    QUERY(q, &j->main, TOKEN_PAGE_FIND);
    bind_u64(&q, page);
    const status s = query_row(&q);
    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    const struct bytes pairs = column_pairs(&q);
    TRY(columns_end(&q));
    ret->at = malloc(pairs.size + 1);
    ENSURE(ret->at != NULL, E_MEMORY);
    for (size_t i = 0; i < pairs.size / TOKEN_PAIR; i++) {
        if (is_of(pairs, i, number))
            continue;
        memcpy(ret->at + ret->size, pairs.at + i * TOKEN_PAIR, TOKEN_PAIR);
        ret->size += TOKEN_PAIR;
    }
    ret->changed = ret->size != pairs.size;
    return OK;
}

static status clean_page(struct journal *j, uint64_t page, uint64_t number)
{
    struct page_left left = {.size = 0};

    status s = leave_others(j, page, number, &left);
    if (s == OK && left.changed)
        s = tokens_put_page(j, page, bytes_of(left.at, left.size));
    free(left.at);
    return s;
}

status tokens_erase(struct journal *j, int64_t place)
{
    uint64_t number = 0;
    const status s = tokens_number_at(j, place, &number);

    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    TRY(drop_new(j, number));
    for (unsigned i = 0; i < TOKEN_PAGES; i++)
        TRY(clean_page(j, first_page(number) + i, number));
    return OK;
}

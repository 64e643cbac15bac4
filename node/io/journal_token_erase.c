#include "journal_token_parts.h"

#include <stdlib.h>
#include <string.h>

/*
 * What one record has in the index, wherever it stands: to be looked for after it was
 * erased, and to be taken out.  Its pages are found by its number alone, since its words
 * are gone by then, so all pages of its segment are looked at.
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

/* Of the newest segment there is none: then nothing is left. */
static status has_pages(struct journal *j, uint64_t number, bool *ret)
{
    QUERY(q, &j->main, TOKEN_PAGE_ANY);
    bind_u64(&q, first_page(number));
    bind_u64(&q, first_page(number) + TOKEN_PAGES - 1);
    const status s = query_row(&q);
    ENSURE(s == OK || s == E_UNKNOWN, s);
    *ret = s == OK;
    return OK;
}

status tokens_erase(struct journal *j, int64_t place)
{
    uint64_t number = 0;
    bool is_filed = false;
    const status s = tokens_number_at(j, place, &number);

    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    TRY(drop_new(j, number));
    TRY(has_pages(j, number, &is_filed));
    if (!is_filed)
        return OK;
    QUERY(q, &j->main, TOKEN_ERASED_PUT);
    bind_u64(&q, number);
    TRY(query_put(&q));
    j->tokens_to_clean = true;
    return OK;
}

/* --- cleaning --- */

/* Those of one segment together.  What is erased while they are taken out waits for the
 * next time, since it may have stood in the pages that are done. */
static status begin(struct journal *j)
{
    struct cleaning *const c = &j->cleaning;

    *c = (struct cleaning){0};
    QUERY(q, &j->main, TOKEN_ERASED_EACH);
    status s = query_row(&q);
    for (; s == OK; s = query_row(&q)) {
        const uint64_t number = column_u64(&q);
        TRY(columns_end(&q));
        if (!c->is_on)
            c->segment = number / TOKEN_SEGMENT;
        if (number / TOKEN_SEGMENT != c->segment)
            return OK;
        c->is_on = true;
        c->erased[number % TOKEN_SEGMENT] = true;
    }
    return s == E_UNKNOWN ? OK : s;
}

status tokens_start(struct journal *j)
{
    TRY(begin(j));
    j->tokens_to_clean = j->cleaning.is_on;
    return OK;
}

static bool is_erased(const struct cleaning *c, uint64_t number)
{
    return number / TOKEN_SEGMENT == c->segment && c->erased[number % TOKEN_SEGMENT];
}

/* A page without the pairs of what was erased. */
struct page_left {
    uint8_t *at;
    size_t size;
    bool changed; /* it had some */
};

static status leave_others(const struct cleaning *c, struct bytes pairs,
                           struct page_left *ret)
{
    ret->at = malloc(pairs.size + 1);
    ENSURE(ret->at != NULL, E_MEMORY);
    for (size_t i = 0; i < pairs.size / TOKEN_PAIR; i++) {
        if (is_erased(c, pair_number(pairs, i)))
            continue;
        memcpy(ret->at + ret->size, pairs.at + i * TOKEN_PAIR, TOKEN_PAIR);
        ret->size += TOKEN_PAIR;
    }
    ret->changed = ret->size != pairs.size;
    return OK;
}

/* E_UNKNOWN: there is no such page. */
static status read_page(struct journal *j, uint64_t page, struct page_left *ret)
{
    QUERY(q, &j->main, TOKEN_PAGE_FIND);
    bind_u64(&q, page);
    TRY(query_row(&q));
    const struct bytes pairs = column_pairs(&q);
    TRY(columns_end(&q));
    return leave_others(&j->cleaning, pairs, ret);
}

static status put_changed(struct journal *j, uint64_t page, const struct page_left *left)
{
    if (!left->changed)
        return OK;
    TRY(database_begin(&j->main));
    return tokens_put_page(j, page, bytes_of(left->at, left->size));
}

static status clean_page(struct journal *j, uint64_t page)
{
    struct page_left left = {.size = 0};

    status s = read_page(j, page, &left);
    if (s == OK)
        s = put_changed(j, page, &left);
    free(left.at);
    return s;
}

/* The pages as they were go with the write-ahead log, once this is committed. */
static status end(struct journal *j)
{
    struct cleaning *const c = &j->cleaning;

    TRY(database_begin(&j->main));
    for (size_t i = 0; i < TOKEN_SEGMENT; i++) {
        if (!c->erased[i])
            continue;
        QUERY(q, &j->main, TOKEN_ERASED_DROP);
        bind_u64(&q, c->segment * TOKEN_SEGMENT + i);
        TRY(query_put(&q));
    }
    c->is_on = false;
    j->wal_to_empty = true;
    return OK;
}

status journal_tokens_clean(struct journal *j, bool *ret_more)
{
    struct cleaning *const c = &j->cleaning;
    size_t cleaned = 0;

    *ret_more = false;
    if (!j->tokens_to_clean)
        return OK;
    if (!c->is_on)
        TRY(begin(j));
    j->tokens_to_clean = c->is_on;
    if (!c->is_on)
        return OK;
    while (c->page < TOKEN_PAGES && cleaned < TOKEN_PAGES_CLEANED) {
        const status s = clean_page(j, c->segment * TOKEN_PAGES + c->page);
        ENSURE(s == OK || s == E_UNKNOWN, s);
        cleaned += s == OK;
        c->page++;
    }
    *ret_more = true;
    return c->page < TOKEN_PAGES ? OK : end(j);
}

#include "journal_tokens.h"

#include "journal_parts.h"

#include <stdlib.h>
#include <string.h>

/* Numbers, what was looked at, and the pairs of one record. */

enum { STORED_STEP = 512 };

/* Behind all places: everything that was stored before has a number. */
#define STORED_ALL INT64_MAX

_Static_assert(TOKENS_RECORD_MAX *TOKEN_PAIR <= JOURNAL_SCRATCH / 4,
               "a record's pairs are written in the scratch");

/* --- what is kept of the index itself --- */

static status state_find(struct journal *j, const char *name, uint64_t otherwise,
                         uint64_t *ret)
{
    QUERY(q, &j->main, TOKEN_STATE_FIND);
    bind_text(&q, name);
    const status s = query_row(&q);
    ENSURE(s == OK || s == E_UNKNOWN, s);
    *ret = s == OK ? column_u64(&q) : otherwise;
    return columns_end(&q);
}

static status state_put(struct journal *j, const char *name, uint64_t value)
{
    TRY(database_begin(&j->main));
    QUERY(q, &j->main, TOKEN_STATE_PUT);
    bind_text(&q, name);
    bind_u64(&q, value);
    return query_put(&q);
}

static status load_done(struct journal *j)
{
    if (j->token_done_known)
        return OK;
    TRY(state_find(j, "done", 0, &j->token_done));
    j->token_done_known = true;
    return OK;
}

status tokens_done(struct journal *j, uint64_t *ret)
{
    TRY(load_done(j));
    *ret = j->token_done;
    return OK;
}

/* --- numbers --- */

status tokens_number(struct journal *j, int64_t place)
{
    QUERY(q, &j->main, TOKEN_RECORD_PUT);
    bind_int(&q, place);
    return query_put(&q);
}

status tokens_number_at(struct journal *j, int64_t place, uint64_t *ret)
{
    QUERY(q, &j->main, TOKEN_RECORD_FIND);
    bind_int(&q, place);
    TRY(query_row(&q));
    *ret = column_u64(&q);
    return columns_end(&q);
}

status journal_token_number(struct journal *j, const struct place *place, uint64_t *ret)
{
    int64_t number = 0;

    TRY(place_number(&j->main, &place->stream, place->index, &number));
    return tokens_number_at(j, number, ret);
}

status journal_token_newest(struct journal *j, uint64_t *ret)
{
    QUERY(q, &j->main, TOKEN_RECORD_LAST);
    const status s = query_row(&q);
    ENSURE(s == OK || s == E_UNKNOWN, s);
    *ret = s == OK ? column_u64(&q) : 0;
    return columns_end(&q);
}

/* The first behind `after`. */
static status next_number(struct journal *j, uint64_t after, uint64_t *ret_number,
                          struct place *ret)
{
    struct stream_id stream = {0};
    struct place place;

    QUERY(q, &j->main, TOKEN_NEXT);
    bind_u64(&q, after);
    TRY(query_row(&q));
    column_stream(&q, &stream);
    column_place(&q, &stream, &place);
    *ret_number = column_u64(&q);
    TRY(columns_end(&q));
    *ret = place;
    return OK;
}

status journal_token_place(struct journal *j, uint64_t number, struct place *ret)
{
    struct place place;
    uint64_t found = 0;

    ENSURE(number > 0, E_UNKNOWN);
    TRY(next_number(j, number - 1, &found, &place));
    ENSURE(found == number, E_UNKNOWN);
    *ret = place;
    return OK;
}

status journal_token_due(struct journal *j, uint64_t *ret_number, struct place *ret)
{
    TRY(load_done(j));
    return next_number(j, j->token_done, ret_number, ret);
}

void journal_token_looked(struct journal *j, uint64_t number)
{
    MUST(j->token_done_known && number > j->token_done);
    j->token_done = number;
}

status journal_tokens_keep(struct journal *j)
{
    MUST(j->token_done_known);
    return state_put(j, "done", j->token_done);
}

status journal_token_uncompared(struct journal *j, uint64_t *ret_number, struct place *ret)
{
    uint64_t compared = 0;
    uint64_t number = 0;
    struct place place = {0};

    TRY(load_done(j));
    TRY(state_find(j, "compared", 0, &compared));
    TRY(next_number(j, compared, &number, &place));
    ENSURE(number <= j->token_done, E_UNKNOWN);
    *ret_number = number;
    *ret = place;
    return OK;
}

status journal_token_compared(struct journal *j, uint64_t number)
{
    return state_put(j, "compared", number);
}

/* --- what was stored before there was an index --- */

static status clear_all(struct journal *j, uint32_t form)
{
    static const enum query_name names[] = {QUERY_TOKEN_RECORD_CLEAR, QUERY_TOKEN_NEW_CLEAR,
                                            QUERY_TOKEN_PAGE_CLEAR,
                                            QUERY_TOKEN_ERASED_CLEAR};

    TRY(database_begin(&j->main));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct query q DEFER(query_done) = query_open(&j->main, names[i]);
        TRY(query_put(&q));
    }
    j->token_done = 0;
    j->token_done_known = true;
    j->filing = (struct filing){0};
    j->cleaning.is_on = false;
    TRY(state_put(j, "stored", 0));
    TRY(state_put(j, "done", 0));
    TRY(state_put(j, "compared", 0));
    return state_put(j, "form", form);
}

status journal_tokens_forget(struct journal *j)
{
    return clear_all(j, 0);
}

static status add_number(struct journal *j, int64_t place)
{
    QUERY(q, &j->main, TOKEN_RECORD_ADD);
    bind_int(&q, place);
    return query_put(&q);
}

static status add_stored(struct journal *j, uint64_t after, uint64_t *ret_last)
{
    size_t count = 0;

    QUERY(q, &j->main, TOKEN_STORED);
    bind_u64(&q, after);
    bind_int(&q, STORED_STEP);
    status s = query_row(&q);
    for (; s == OK; s = query_row(&q)) {
        const int64_t place = column_int(&q, 0, INT64_MAX);
        const int64_t kind = column_int(&q, 0, INT64_MAX);
        const int64_t disposition = column_int(&q, 0, DISPOSITIONS);
        const bool duplicate = column_bool(&q);
        TRY(columns_end(&q));
        if (kind == KIND_INTELLIGENCE && disposition == DISPOSITION_HELD && !duplicate)
            TRY(add_number(j, place));
        *ret_last = (uint64_t)place;
        count++;
    }
    ENSURE(s == E_UNKNOWN, s);
    if (count < STORED_STEP)
        *ret_last = STORED_ALL;
    return OK;
}

status journal_tokens_begin(struct journal *j, uint32_t form, bool *ret_more)
{
    uint64_t made_with = 0;
    uint64_t stored = 0;

    MUST(j->mode != JOURNAL_READ && form != 0);
    TRY(state_find(j, "form", 0, &made_with));
    if (made_with != form)
        TRY(clear_all(j, form));
    TRY(state_find(j, "stored", 0, &stored));
    *ret_more = stored != STORED_ALL;
    if (!*ret_more)
        return OK;
    TRY(database_begin(&j->main));
    TRY(add_stored(j, stored, &stored));
    *ret_more = stored != STORED_ALL;
    return state_put(j, "stored", stored);
}

/* --- the pairs of one record --- */

static int by_value(const void *a, const void *b)
{
    uint64_t x = 0;
    uint64_t y = 0;

    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return x < y ? -1 : x > y;
}

static status put_pairs(struct journal *j, uint64_t number, struct bytes pairs)
{
    TRY(database_begin(&j->main));
    QUERY(q, &j->main, TOKEN_NEW_PUT);
    bind_u64(&q, number);
    bind_bytes(&q, pairs);
    return query_put(&q);
}

status journal_tokens_put(struct journal *j, uint64_t number, uint64_t *tokens,
                          size_t count)
{
    const size_t mark = arena_mark(&j->scratch);
    const size_t room = count * TOKEN_PAIR;

    MUST(j->mode != JOURNAL_READ && count <= TOKENS_RECORD_MAX);
    if (count == 0)
        return OK;
    struct writer w = writer_over(arena_take(&j->scratch, room), room);
    ENSURE(w.at != NULL, E_MEMORY);
    qsort(tokens, count, sizeof *tokens, by_value);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && tokens[i] == tokens[i - 1])
            continue;
        write_u64(&w, tokens[i]);
        write_u64(&w, number);
    }
    MUST(!w.bad);
    const status s = put_pairs(j, number, writer_bytes(&w));
    arena_rewind(&j->scratch, mark);
    return s;
}

#include "journal_db.h"

#include <sqlite3.h>
#include <string.h>

static const struct {
    const char *name;
    const char *sql;
} queries[QUERY_COUNT] = {
#define QUERY_ROW(name, sql) {#name, sql},
    JOURNAL_QUERIES(QUERY_ROW)
#undef QUERY_ROW
};

struct query query_open(struct database *d, enum query_name name)
{
    struct query q = {.database = d, .name = name};

    if (d->statements[name] == NULL) {
        const int code =
            sqlite3_prepare_v3(d->handle, queries[name].sql, -1, SQLITE_PREPARE_PERSISTENT,
                               &d->statements[name], NULL);
        if (code != SQLITE_OK)
            q.fault = database_fail(d, queries[name].name, code);
    }
    q.statement = d->statements[name];
    MUST(!sqlite3_stmt_busy(q.statement)); /* a callback asks what is being asked */
    return q;
}

void query_done(struct query *q)
{
    (void)sqlite3_reset(q->statement); /* repeats the step's result */
    if (q->statement != NULL)
        (void)sqlite3_clear_bindings(q->statement);
}

/* --- binding --- */

static void bound(struct query *q, int code)
{
    if (code == SQLITE_OK || q->fault != OK)
        return;
    q->fault = database_fail(q->database, queries[q->name].name, code);
    if (code == SQLITE_TOOBIG)
        q->fault = E_LIMIT; /* ours; in a file it would be damage */
}

void bind_int(struct query *q, int64_t v)
{
    bound(q, sqlite3_bind_int64(q->statement, ++q->bound, v));
}

void bind_u64(struct query *q, uint64_t v)
{
    if (v > INT64_MAX && q->fault == OK)
        q->fault = E_LIMIT;
    bind_int(q, (int64_t)(v & INT64_MAX));
}

void bind_bytes(struct query *q, struct bytes b)
{
    /* A NULL pointer would bind NULL, which is not an empty blob. */
    const void *const at = b.size > 0 ? (const void *)b.at : "";

    bound(q, sqlite3_bind_blob64(q->statement, ++q->bound, at, b.size, SQLITE_STATIC));
}

void bind_none(struct query *q)
{
    bound(q, sqlite3_bind_null(q->statement, ++q->bound));
}

void bind_text(struct query *q, const char *text)
{
    bound(q, sqlite3_bind_text(q->statement, ++q->bound, text, -1, SQLITE_STATIC));
}

void bind_stream(struct query *q, const struct stream_id *s)
{
    bind_text(q, s->agency.text);
    bind_int(q, s->lane);
    bind_int(q, s->epoch.counter);
    bind_bytes(q, bytes_of(s->epoch.random, sizeof s->epoch.random));
}

/* --- running --- */

status query_row(struct query *q)
{
    ENSURE(!q->database->failure->stopped, E_STORAGE);
    TRY(q->fault);
    const int code = sqlite3_step(q->statement);

    switch (code) {
    case SQLITE_ROW:
        q->column = 0;
        return OK;
    case SQLITE_DONE:
        return E_UNKNOWN;
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
    case SQLITE_CONSTRAINT_UNIQUE:
        return E_DUPLICATE;
    default:
        return database_fail(q->database, queries[q->name].name, code);
    }
}

status query_put(struct query *q)
{
    const status s = query_row(q);

    if (s == E_UNKNOWN)
        return OK;
    if (s == E_DUPLICATE)
        return s;
    q->database->failure->stopped = true;
    return s == E_DAMAGED ? E_DAMAGED : E_STORAGE;
}

/* --- columns --- */

void query_damaged(struct query *q)
{
    if (q->fault == OK)
        q->fault = database_fail(q->database, queries[q->name].name, SQLITE_CORRUPT);
}

int64_t column_int(struct query *q, int64_t least, int64_t most)
{
    const int i = q->column++;
    const int64_t v = sqlite3_column_int64(q->statement, i);

    if (sqlite3_column_type(q->statement, i) == SQLITE_INTEGER && v >= least && v <= most)
        return v;
    query_damaged(q);
    return least;
}

uint64_t column_u64(struct query *q)
{
    return (uint64_t)column_int(q, 0, INT64_MAX);
}

bool column_bool(struct query *q)
{
    return column_int(q, 0, 1) != 0;
}

struct bytes column_bytes(struct query *q)
{
    const int i = q->column++;

    if (sqlite3_column_type(q->statement, i) != SQLITE_BLOB) {
        query_damaged(q);
        return (struct bytes){0};
    }
    /* SQLite's order: the pointer first, then its size. */
    const void *const at = sqlite3_column_blob(q->statement, i);
    const size_t size = (size_t)sqlite3_column_bytes(q->statement, i);
    if (at == NULL && size > 0)
        query_damaged(q);
    return bytes_of(at, at != NULL ? size : 0);
}

void column_copy(struct query *q, void *to, size_t size)
{
    const struct bytes b = column_bytes(q);

    if (b.size == size)
        memcpy(to, b.at, size);
    else
        query_damaged(q);
}

struct bytes column_kept(struct query *q, struct arena *a)
{
    struct bytes kept = {0};

    const status s = arena_copy(a, column_bytes(q), &kept);
    if (s != OK && q->fault == OK)
        q->fault = s;
    return kept;
}

static struct bytes column_text(struct query *q)
{
    const int i = q->column++;

    if (sqlite3_column_type(q->statement, i) != SQLITE_TEXT) {
        query_damaged(q);
        return (struct bytes){0};
    }
    const unsigned char *const at = sqlite3_column_text(q->statement, i);
    return bytes_of(at, at != NULL ? (size_t)sqlite3_column_bytes(q->statement, i) : 0);
}

void column_agency(struct query *q, struct agency_id *ret)
{
    if (agency_id_read(column_text(q), ret) != OK)
        query_damaged(q);
}

void column_stream(struct query *q, struct stream_id *ret)
{
    column_agency(q, &ret->agency);
    ret->lane = (enum lane)column_int(q, LANE_IMMEDIATE, LANE_LOCAL);
    ret->epoch.counter = (uint32_t)column_int(q, 0, UINT32_MAX);
    column_copy(q, ret->epoch.random, sizeof ret->epoch.random);
}

void column_place(struct query *q, const struct stream_id *s, struct place *ret)
{
    const int64_t number = column_int(q, 0, INT64_MAX);

    ret->stream = *s;
    ret->index = (sequence)number & ((UINT64_C(1) << PLACE_BITS) - 1);
}

status column_status(struct query *q)
{
    const struct bytes word = column_text(q);
    size_t i = 0;

    /* Kept as words, because the numbers follow the table and move when it grows. */
    while (i < STATUS_COUNT && !bytes_equal(word, bytes_of_text(status_word((status)i))))
        i++;
    if (i == STATUS_COUNT)
        query_damaged(q);
    return i < STATUS_COUNT ? (status)i : OK;
}

status columns_end(const struct query *q)
{
    return q->fault;
}

/* --- places --- */

enum { STREAM_NUMBER_MAX = (1 << (63 - PLACE_BITS)) - 1 };

static const sequence index_end = UINT64_C(1) << PLACE_BITS;

static void remember(struct database *d, const struct stream_id *s, int64_t number)
{
    d->named = *s;
    d->named_number = number;
}

status stream_number(struct database *d, const struct stream_id *s, int64_t *ret)
{
    if (d->named_number == 0 || !stream_id_equal(&d->named, s)) {
        QUERY(q, d, NAME_FIND);
        bind_stream(&q, s);
        TRY(query_row(&q));
        const int64_t number = column_int(&q, 1, STREAM_NUMBER_MAX);
        TRY(columns_end(&q));
        remember(d, s, number);
    }
    *ret = d->named_number;
    return OK;
}

status stream_number_make(struct database *d, const struct stream_id *s, int64_t *ret)
{
    const status found = stream_number(d, s, ret);

    ENSURE(found == E_UNKNOWN, found);
    MUST(d->in_turn);
    QUERY(q, d, NAME_PUT);
    bind_stream(&q, s);
    TRY(query_put(&q));
    const int64_t number = sqlite3_last_insert_rowid(d->handle);
    ENSURE(number >= 1 && number <= STREAM_NUMBER_MAX, E_LIMIT);
    remember(d, s, number);
    *ret = number;
    return OK;
}

status place_number(struct database *d, const struct stream_id *s, sequence index,
                    int64_t *ret)
{
    int64_t number = 0;

    ENSURE(index < index_end, E_UNKNOWN);
    TRY(stream_number(d, s, &number));
    *ret = number << PLACE_BITS | (int64_t)index;
    return OK;
}

status place_number_make(struct database *d, const struct stream_id *s, sequence index,
                         int64_t *ret)
{
    int64_t number = 0;

    ENSURE(index < index_end, E_LIMIT);
    TRY(stream_number_make(d, s, &number));
    *ret = number << PLACE_BITS | (int64_t)index;
    return OK;
}

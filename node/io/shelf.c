#include "shelf.h"

#include "journal_parts.h"

#include <string.h>

/* "Never" stands behind every due, so that one order serves all walks. */
#define DUE_NEVER INT64_MAX

enum { NONCE_ROOM = 24, AAD_ROOM = 128 };

_Static_assert(SHELF_BODY_MAX + 4096 < JOURNAL_SCRATCH, "a row is sealed in the scratch");

/* All that a row says in the clear: to change any of it the seal must be made anew. */
static struct bytes row_aad(const struct shelf_row *row, uint8_t room[AAD_ROOM])
{
    struct writer w = writer_over(room, AAD_ROOM);

    write_text(&w, "flagpost/shelf/v1");
    write_u8(&w, (uint8_t)row->kind);
    write_bytes(&w, bytes_of(row->id.bytes, sizeof row->id.bytes));
    write_bytes(&w, bytes_of(row->about.bytes, sizeof row->about.bytes));
    write_bytes(&w, bytes_of(row->tag, sizeof row->tag));
    write_u32(&w, row->state);
    write_u64(&w, row->due);
    write_u64(&w, row->changed);
    MUST(!w.bad);
    return writer_bytes(&w);
}

static void bind_id(struct query *q, const record_id *id)
{
    bind_bytes(q, bytes_of(id->bytes, sizeof id->bytes));
}

/* --- writing --- */

static status seal_body(struct journal *j, const struct shelf_row *row, struct bytes *ret)
{
    const size_t size = row->body.size + KEYRING_WRAP_EXTRA;
    uint8_t *const sealed = arena_take(&j->scratch, size);
    uint8_t nonce[NONCE_ROOM];
    uint8_t aad[AAD_ROOM];

    ENSURE(sealed != NULL, E_MEMORY);
    draw_bytes(&j->keys.draw, nonce, sizeof nonce);
    keyring_wrap(j->keys.keyring, nonce, row_aad(row, aad), row->body, sealed);
    *ret = bytes_of(sealed, size);
    return OK;
}

static status put_sealed(struct journal *j, const struct shelf_row *row,
                         struct bytes sealed)
{
    QUERY(q, &j->main, SHELF_PUT);
    bind_int(&q, row->kind);
    bind_id(&q, &row->id);
    bind_id(&q, &row->about);
    bind_bytes(&q, bytes_of(row->tag, sizeof row->tag));
    bind_int(&q, row->state);
    bind_int(&q, row->due == 0 ? DUE_NEVER : (int64_t)row->due);
    bind_u64(&q, row->changed);
    bind_bytes(&q, sealed);
    return query_put(&q);
}

status journal_shelf_put(struct journal *j, const struct shelf_row *row)
{
    const size_t mark = arena_mark(&j->scratch);
    struct bytes sealed = {0};

    MUST(j->mode != JOURNAL_READ);
    MUST(row->kind >= SHELF_DRAFT && row->kind <= SHELF_LAST);
    ENSURE(row->body.size <= SHELF_BODY_MAX, E_LIMIT);
    ENSURE(row->due < DUE_NEVER, E_LIMIT);
    TRY(database_begin(&j->main));
    status s = seal_body(j, row, &sealed);
    if (s == OK)
        s = put_sealed(j, row, sealed);
    arena_rewind(&j->scratch, mark);
    return s;
}

status journal_shelf_drop(struct journal *j, enum shelf_kind kind, const record_id *id)
{
    MUST(j->mode != JOURNAL_READ);
    TRY(database_begin(&j->main));
    QUERY(q, &j->main, SHELF_DROP);
    bind_int(&q, kind);
    bind_id(&q, id);
    TRY(query_put(&q));
    /* A report's words are erased; what else goes is only done with. */
    j->wal_to_empty = j->wal_to_empty || kind == SHELF_DRAFT || kind == SHELF_SOURCE;
    return OK;
}

status journal_shelf_clear(struct journal *j, enum shelf_kind kind)
{
    MUST(j->mode != JOURNAL_READ);
    TRY(database_begin(&j->main));
    QUERY(q, &j->main, SHELF_CLEAR);
    bind_int(&q, kind);
    return query_put(&q);
}

/* --- reading --- */

static status open_body(struct journal *j, struct bytes sealed, struct arena *a,
                        struct shelf_row *row)
{
    uint8_t aad[AAD_ROOM];

    ENSURE(sealed.size >= KEYRING_WRAP_EXTRA, E_DAMAGED);
    const size_t size = sealed.size - KEYRING_WRAP_EXTRA;
    uint8_t *const body = arena_take(a, size);
    ENSURE(body != NULL, E_MEMORY);
    ENSURE(keyring_unwrap(j->keys.keyring, row_aad(row, aad), sealed, body) == OK,
           E_DAMAGED);
    row->body = bytes_of(body, size);
    return OK;
}

static status take_row(struct journal *j, struct query *q, struct arena *a,
                       struct shelf_row *ret)
{
    struct shelf_row row = {0};

    row.kind = (enum shelf_kind)column_int(q, SHELF_DRAFT, SHELF_LAST);
    column_copy(q, row.id.bytes, sizeof row.id.bytes);
    column_copy(q, row.about.bytes, sizeof row.about.bytes);
    column_copy(q, row.tag, sizeof row.tag);
    row.state = (uint32_t)column_int(q, 0, UINT32_MAX);
    const uint64_t due = column_u64(q);
    row.due = due == DUE_NEVER ? 0 : due;
    row.changed = column_u64(q);
    const struct bytes sealed = column_bytes(q);
    TRY(columns_end(q));
    *ret = row;
    return open_body(j, sealed, a, ret);
}

status journal_shelf_find(struct journal *j, enum shelf_kind kind, const record_id *id,
                          struct arena *a, struct shelf_row *ret)
{
    ENSURE(j->mode != JOURNAL_READ, E_DENIED);
    QUERY(q, &j->main, SHELF_FIND);
    bind_int(&q, kind);
    bind_id(&q, id);
    TRY(query_row(&q));
    return take_row(j, &q, a, ret);
}

status journal_shelf_search(struct journal *j, enum shelf_kind kind,
                            struct bytes hex_prefix, record_id *ret_ids, size_t limit,
                            size_t *ret_count)
{
    record_id least;
    record_id most;
    size_t n = 0;

    TRY(record_id_range(hex_prefix, &least, &most));
    QUERY(q, &j->main, SHELF_SEARCH);
    bind_int(&q, kind);
    bind_id(&q, &least);
    bind_id(&q, &most);
    bind_u64(&q, limit);
    status s = query_row(&q);
    for (; s == OK && n < limit; s = query_row(&q)) {
        column_copy(&q, ret_ids[n].bytes, sizeof ret_ids[n].bytes);
        TRY(columns_end(&q));
        n++;
    }
    ENSURE(s == OK || s == E_UNKNOWN, s);
    *ret_count = n;
    return OK;
}

/* One walk: each row is asked for by its own query, from where the last one stood, so that
 * nothing is open while `each` writes. */
struct walk {
    struct journal *journal;
    enum shelf_kind kind;
    enum query_name query;
    struct bytes key; /* of SHELF_TAGGED and SHELF_ABOUT */
    struct shelf_filter filter;
    bool begun;
    struct shelf_row last;
};

static void bind_walk(const struct walk *w, struct query *q)
{
    const int64_t last_due = w->last.due == 0 ? DUE_NEVER : (int64_t)w->last.due;

    bind_int(q, w->kind);
    if (w->query == QUERY_SHELF_TAGGED || w->query == QUERY_SHELF_ABOUT) {
        bind_bytes(q, w->key);
    } else {
        if (w->query == QUERY_SHELF_WALK_STATE)
            bind_int(q, w->filter.state);
        bind_int(q,
                 w->filter.due_before == 0 ? DUE_NEVER : (int64_t)w->filter.due_before - 1);
        bind_int(q, w->begun ? last_due : 0);
    }
    /* An empty id stands before every id. */
    bind_bytes(q, bytes_of(w->last.id.bytes, w->begun ? sizeof w->last.id.bytes : 0));
}

static status walk_next(struct walk *w, struct arena *a, struct shelf_row *ret)
{
    struct query q DEFER(query_done) = query_open(&w->journal->main, w->query);

    bind_walk(w, &q);
    TRY(query_row(&q));
    return take_row(w->journal, &q, a, ret);
}

static bool passes_over(enum shelf_kind kind)
{
    return kind == SHELF_WATCH || kind == SHELF_ALERT;
}

uint64_t journal_shelf_passed(const struct journal *j)
{
    return j->shelf_passed;
}

static status walk_all(struct walk *w, struct arena *a, journal_each_shelf each,
                       void *context)
{
    ENSURE(w->journal->mode != JOURNAL_READ, E_DENIED);
    for (;;) {
        const size_t mark = arena_mark(a);
        struct shelf_row row = {0};
        const status s = walk_next(w, a, &row);
        /* The row's columns are known, and its body is not. */
        const bool passed = s == E_DAMAGED && row.kind != 0 && passes_over(row.kind);
        if (s != OK && !passed)
            return s == E_UNKNOWN ? OK : s;
        w->begun = true;
        w->last = row;
        w->journal->shelf_passed += passed;
        const status told = passed ? OK : each(context, &row);
        arena_rewind(a, mark);
        TRY(told);
    }
}

status journal_shelf_tagged(struct journal *j, enum shelf_kind kind, const uint8_t tag[32],
                            struct arena *a, journal_each_shelf each, void *context)
{
    struct walk w = {
        .journal = j, .kind = kind, .query = QUERY_SHELF_TAGGED, .key = bytes_of(tag, 32)};

    return walk_all(&w, a, each, context);
}

status journal_shelf_about(struct journal *j, enum shelf_kind kind, const record_id *about,
                           struct arena *a, journal_each_shelf each, void *context)
{
    struct walk w = {.journal = j,
                     .kind = kind,
                     .query = QUERY_SHELF_ABOUT,
                     .key = bytes_of(about->bytes, sizeof about->bytes)};

    return walk_all(&w, a, each, context);
}

status journal_shelf_walk(struct journal *j, enum shelf_kind kind,
                          struct shelf_filter filter, struct arena *a,
                          journal_each_shelf each, void *context)
{
    struct walk w = {.journal = j,
                     .kind = kind,
                     .query = filter.state == 0 ? QUERY_SHELF_WALK : QUERY_SHELF_WALK_STATE,
                     .filter = filter};

    MUST(filter.due_before <= INT64_MAX);
    return walk_all(&w, a, each, context);
}

/* Debian builds SQLite with the hook; its header shows it to who asks. */
#define SQLITE_ENABLE_PREUPDATE_HOOK

#include "rowsum.h"

#include "draw.h"
#include "text.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum {
    COLUMNS_MAX = 24,
    INLINE_MAX = 64, /* longer values go in as their hash */
    ROW_ROOM = 128 + COLUMNS_MAX * (8 + INLINE_MAX),
    NAME_MAX_SIZE = 64,
};

/* --- one row --- */

static void write_value(struct writer *w, sqlite3_value *v)
{
    const int type = sqlite3_value_type(v);

    write_u8(w, (uint8_t)type);
    if (type == SQLITE_INTEGER) {
        write_u64(w, (uint64_t)sqlite3_value_int64(v));
    } else if (type != SQLITE_NULL) {
        const void *const at = sqlite3_value_blob(v);
        const size_t size = (size_t)sqlite3_value_bytes(v);
        const struct bytes b = bytes_of(at, at != NULL ? size : 0);
        const struct hash h = b.size > INLINE_MAX ? blake(b) : (struct hash){0};
        write_u32(w, (uint32_t)b.size);
        write_bytes(w, b.size > INLINE_MAX ? bytes_of(h.bytes, HASH_SIZE) : b);
    }
}

static struct writer row_begin(uint8_t room[ROW_ROOM], const char *table)
{
    struct writer w = writer_over(room, ROW_ROOM);

    write_u8(&w, (uint8_t)strlen(table));
    write_text(&w, table);
    return w;
}

/* Adds the row to the sum, or takes it away. */
static void row_end(struct rowsum *s, const struct writer *w, bool add)
{
    uint8_t stretched[ROWSUM_SIZE];
    struct draw d;

    MUST(!w->bad);
    const struct hash h = blake(writer_bytes(w));
    draw_init(&d, h.bytes);
    draw_bytes(&d, stretched, sizeof stretched);
    for (size_t i = 0; i < ROWSUM_LANES; i++) {
        const unsigned lane = stretched[2 * i] | (unsigned)stretched[2 * i + 1] << 8;
        s->lanes[i] = (uint16_t)(add ? s->lanes[i] + lane : s->lanes[i] - lane);
    }
}

/* --- as rows change --- */

typedef int (*value_of)(sqlite3 *, int, sqlite3_value **);

static void mix(struct rowsum *s, sqlite3 *handle, const char *table, value_of get,
                bool add)
{
    const int count = sqlite3_preupdate_count(handle);
    uint8_t room[ROW_ROOM];
    struct writer w = row_begin(room, table);

    MUST(count <= COLUMNS_MAX && strlen(table) < NAME_MAX_SIZE);
    for (int i = 0; i < count; i++) {
        sqlite3_value *v = NULL;
        if (get(handle, i, &v) != SQLITE_OK) {
            s->bad = true;
            return;
        }
        write_value(&w, v);
    }
    row_end(s, &w, add);
}

/* NOLINTNEXTLINE(readability-function-size): SQLite's signature */
static void row_changes(void *context, sqlite3 *handle, int how, const char *schema,
                        const char *table, sqlite3_int64 old, sqlite3_int64 new)
{
    struct rowsum *const s = context;

    (void)schema;
    (void)old;
    (void)new;
    if (strcmp(table, "rowsum") == 0)
        return;
    s->moved = true;
    if (how != SQLITE_INSERT)
        mix(s, handle, table, sqlite3_preupdate_old, false);
    if (how != SQLITE_DELETE)
        mix(s, handle, table, sqlite3_preupdate_new, true);
}

void rowsum_follow(struct rowsum *s, struct sqlite3 *handle)
{
    (void)sqlite3_preupdate_hook(handle, row_changes, s); /* there was none before */
}

/* --- kept --- */

void rowsum_encode(const struct rowsum *s, uint8_t ret[ROWSUM_SIZE])
{
    struct writer w = writer_over(ret, ROWSUM_SIZE);

    for (size_t i = 0; i < ROWSUM_LANES; i++)
        write_u16(&w, s->lanes[i]);
}

void rowsum_decode(const uint8_t bytes[ROWSUM_SIZE], struct rowsum *s)
{
    struct reader r = {.rest = bytes_of(bytes, ROWSUM_SIZE)};

    for (size_t i = 0; i < ROWSUM_LANES; i++)
        s->lanes[i] = read_u16(&r);
}

struct hash rowsum_mac(const struct rowsum *s, const char *file, struct keyring *k)
{
    uint8_t message[64 + ROWSUM_SIZE];
    uint8_t lanes[ROWSUM_SIZE];
    struct writer w = writer_over(message, sizeof message);

    rowsum_encode(s, lanes);
    write_text(&w, "flagpost/rows/v1");
    write_u8(&w, (uint8_t)strlen(file));
    write_text(&w, file);
    write_u64(&w, s->commits);
    write_bytes(&w, bytes_of(lanes, sizeof lanes));
    MUST(!w.bad);
    return keyring_mac(k, KEYRING_GUARD, writer_bytes(&w));
}

/* --- added up again --- */

static status step(sqlite3_stmt *q)
{
    switch (sqlite3_step(q)) {
    case SQLITE_ROW:
        return OK;
    case SQLITE_DONE:
        return E_UNKNOWN;
    case SQLITE_NOMEM:
        return E_MEMORY;
    default:
        return E_DAMAGED;
    }
}

static void finalize(sqlite3_stmt **q)
{
    (void)sqlite3_finalize(*q); /* repeats the step's result */
}

static status count_table(sqlite3 *handle, const char *table, struct rowsum *s,
                          uint64_t *rows)
{
    char sql[NAME_MAX_SIZE * 2 + 32];
    sqlite3_stmt *q DEFER(finalize) = NULL;

    (void)sqlite3_snprintf(sizeof sql, sql, "SELECT * FROM \"%w\"", table);
    ENSURE(sqlite3_prepare_v2(handle, sql, -1, &q, NULL) == SQLITE_OK, E_DAMAGED);
    const int count = sqlite3_column_count(q);
    ENSURE(count <= COLUMNS_MAX, E_DAMAGED);
    status got = step(q);
    for (; got == OK; got = step(q)) {
        uint8_t room[ROW_ROOM];
        struct writer w = row_begin(room, table);
        for (int i = 0; i < count; i++)
            write_value(&w, sqlite3_column_value(q, i));
        row_end(s, &w, true);
        ++*rows;
    }
    return got == E_UNKNOWN ? OK : got;
}

/* A lookup goes by the indexes: they must have what their tables have. */
static status check_indexes(sqlite3 *handle)
{
    sqlite3_stmt *q DEFER(finalize) = NULL;

    ENSURE(sqlite3_prepare_v2(handle, "PRAGMA integrity_check(1)", -1, &q, NULL) ==
               SQLITE_OK,
           E_DAMAGED);
    TRY(step(q));
    const char *const said = (const char *)sqlite3_column_text(q, 0);
    return said != NULL && strcmp(said, "ok") == 0 ? OK : E_DAMAGED;
}

status rowsum_count(struct sqlite3 *handle, struct rowsum *ret, uint64_t *ret_rows)
{
    static const char sql[] = "SELECT name FROM sqlite_schema WHERE type = 'table' AND "
                              "name <> 'rowsum' AND name NOT LIKE 'sqlite_%'";
    sqlite3_stmt *q DEFER(finalize) = NULL;
    struct rowsum sum = {0};
    uint64_t rows = 0;

    ENSURE(sqlite3_prepare_v2(handle, sql, -1, &q, NULL) == SQLITE_OK, E_DAMAGED);
    status got = step(q);
    for (; got == OK; got = step(q)) {
        const char *const name = (const char *)sqlite3_column_text(q, 0);
        ENSURE(name != NULL && strlen(name) < NAME_MAX_SIZE, E_DAMAGED);
        TRY(count_table(handle, name, &sum, &rows));
    }
    ENSURE(got == E_UNKNOWN, got);
    TRY(check_indexes(handle));
    *ret = sum;
    *ret_rows = rows;
    return OK;
}

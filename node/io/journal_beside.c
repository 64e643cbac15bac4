#include "journal_parts.h"

#include "file.h"
#include "journal_home.h"

#include <sqlite3.h>
#include <stdio.h>

enum { COPY_BUSY_MS = 1000 };

/* What a reader does beside the running node: adds up all rows, and copies both files. */

/* keys.db, read only; the caller calls database_done, also after a failure. */
static status open_keys(struct journal *j, struct database *ret)
{
    char path[PATH_MAX];

    MUST(j->mode == JOURNAL_READ);
    TRY(file_path(j->folder, schema_keys.file, path, sizeof path));
    TRY(home_inspect(path));
    const struct database_setup setup = {
        .schema = &schema_keys, .path = path, .read_only = true, .failure = &j->failure};
    return database_open(ret, &setup);
}

status journal_check_rows(struct journal *j, const char **ret_file, uint64_t *ret_rows)
{
    struct database keys DEFER(database_done) = {0};
    uint64_t rows = 0;

    *ret_file = schema_journal.file;
    TRY(database_check_rows(&j->main, ret_rows));
    *ret_file = schema_keys.file;
    TRY(open_keys(j, &keys));
    TRY(database_check_rows(&keys, &rows));
    *ret_rows += rows;
    return OK;
}

/* --- copying --- */

static void close_handle(sqlite3 **handle)
{
    (void)sqlite3_close(*handle); /* what went wrong was told before */
}

static void finalize(sqlite3_stmt **q)
{
    (void)sqlite3_finalize(*q); /* repeats the step's result */
}

static status copy_failed(struct journal *j, const char *file, sqlite3 *handle, int code)
{
    const bool damaged = (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;

    (void)snprintf(j->failure.sentence, sizeof j->failure.sentence, "%s, copy: %s", file,
                   handle == NULL ? sqlite3_errstr(code) : sqlite3_errmsg(handle));
    return damaged ? E_DAMAGED : E_STORAGE;
}

/* Row by row, and not the pages as they are: those have bytes of rows that are gone, and
 * in a copy nobody would look for them.  By a connection of its own, since ours may attach
 * nothing. */
static status copy_rows(struct journal *j, const char *file, const char *folder)
{
    char from[PATH_MAX];
    char to[PATH_MAX];
    sqlite3 *handle DEFER(close_handle) = NULL;
    sqlite3_stmt *q DEFER(finalize) = NULL;

    TRY(file_path(j->folder, file, from, sizeof from));
    TRY(file_path(folder, file, to, sizeof to));
    const status there = home_inspect(to);
    ENSURE(there == E_UNKNOWN, there == OK ? E_DUPLICATE : there);
    TRY(home_inspect(from));
    TRY(home_prepare(to)); /* an empty one, private to us: VACUUM INTO takes it */
    int code = sqlite3_open_v2(
        from, &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW,
        NULL);
    if (code == SQLITE_OK)
        code = sqlite3_busy_timeout(handle, COPY_BUSY_MS);
    if (code == SQLITE_OK)
        code = sqlite3_prepare_v2(handle, "VACUUM INTO ?1", -1, &q, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_bind_text(q, 1, to, -1, SQLITE_STATIC);
    if (code == SQLITE_OK)
        code = sqlite3_step(q);
    return code == SQLITE_DONE ? OK : copy_failed(j, file, handle, code);
}

/* The journal first: what is put after its moment has a key too many, which harms nothing.
 */
status journal_copy(struct journal *j, const char *folder)
{
    MUST(j->mode == JOURNAL_READ);
    TRY(copy_rows(j, schema_journal.file, folder));
    return copy_rows(j, schema_keys.file, folder);
}

status journal_keys_create(const char *folder)
{
    struct failure failure = {0};
    struct database keys DEFER(database_done) = {0};
    char path[PATH_MAX];

    TRY(file_path(folder, schema_keys.file, path, sizeof path));
    TRY(home_prepare(path));
    const struct database_setup setup = {
        .schema = &schema_keys, .path = path, .failure = &failure};
    TRY(database_open(&keys, &setup));
    return database_checkpoint(&keys, true) ? OK : E_STORAGE;
}

/* --- vouching for a copy --- */

_Static_assert((int)JOURNAL_MARK_SIZE == 8 + (int)ROWSUM_SIZE + (int)HASH_SIZE, "a sum");
_Static_assert((int)JOURNAL_MARKS == (int)GUARD_FILES, "one of each file");

static void mark_write(const struct rowsum *s, uint8_t ret[JOURNAL_MARK_SIZE])
{
    struct writer w = writer_over(ret, JOURNAL_MARK_SIZE);
    uint8_t lanes[ROWSUM_SIZE];

    rowsum_encode(s, lanes);
    write_u64(&w, s->commits);
    write_bytes(&w, bytes_of(lanes, sizeof lanes));
    write_bytes(&w, bytes_of(s->mac.bytes, HASH_SIZE));
    MUST(!w.bad);
}

/* As they were when the files were opened, which nobody writes to. */
status journal_marks(struct journal *j, uint8_t ret[JOURNAL_MARKS][JOURNAL_MARK_SIZE])
{
    struct database keys DEFER(database_done) = {0};

    TRY(open_keys(j, &keys));
    mark_write(&j->main.sum, ret[GUARD_JOURNAL]);
    mark_write(&keys.sum, ret[GUARD_KEYS]);
    return OK;
}

status journal_vouch(struct journal *j, struct bytes mark, size_t file)
{
    const struct database *const d = file == GUARD_JOURNAL ? &j->main : &j->keys.database;
    struct reader r = {.rest = mark};
    struct rowsum s = {.commits = read_u64(&r)};
    const struct bytes lanes = read_bytes(&r, ROWSUM_SIZE);

    MUST(j->mode != JOURNAL_READ && file < GUARD_FILES);
    read_copy(&r, s.mac.bytes, HASH_SIZE);
    ENSURE(reader_is_done(&r), E_FORM);
    rowsum_decode(lanes.at, &s);
    const struct hash wanted = rowsum_mac(&s, d->file, j->keys.keyring);
    ENSURE(hash_equal(&wanted, &s.mac), E_SIGNATURE);
    return s.commits <= d->sum.commits ? OK : E_ORDER;
}

#include "journal_db.h"

#include "journal_home.h"
#include "text.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum {
    /* No row is larger; a length beyond it is damage, and must not be allocated. */
    ROW_BYTES_MAX = 1024 * 1024,
    READER_BUSY_MS = 1000,
    WRITER_BUSY_MS = 200,
    WAL_PASSIVE_BYTES = 4 * 1024 * 1024,
    WAL_TRUNCATE_BYTES = 64 * 1024 * 1024,
};

status database_fail(struct database *d, const char *step, int code)
{
    const char *const words =
        d->handle != NULL ? sqlite3_errmsg(d->handle) : sqlite3_errstr(code);

    (void)snprintf(d->failure->sentence, sizeof d->failure->sentence, "%s, %s: %s (%d)",
                   d->file, step, words, code);
    switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_TOOBIG:
        return E_DAMAGED;
    case SQLITE_BUSY:
        return E_BUSY;
    default:
        return E_STORAGE;
    }
}

/* --- opening --- */

static int wal_grew(void *context, sqlite3 *handle, const char *name, int pages)
{
    struct database *const d = context;

    (void)handle;
    (void)name;
    d->wal_pages = (uint32_t)pages;
    return SQLITE_OK;
}

static status run(struct database *d, const char *sql)
{
    const int code = sqlite3_exec(d->handle, sql, NULL, NULL, NULL);

    return code == SQLITE_OK ? OK : database_fail(d, "setup", code);
}

/* The first column of the one row, as text.  What the statement changed is committed behind
 * it: by the step after the row. */
static status ask(struct database *d, const char *sql, char *ret, size_t room)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(d->handle, sql, -1, &s, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_step(s);
    const bool has_row = code == SQLITE_ROW;
    if (has_row) {
        const char *const text = (const char *)sqlite3_column_text(s, 0);
        (void)snprintf(ret, room, "%s", text != NULL ? text : "");
        code = sqlite3_step(s);
    }
    (void)sqlite3_finalize(s); /* repeats the step's result */
    return has_row && code == SQLITE_DONE ? OK : database_fail(d, "setup", code);
}

/* The main file's own pragmas: SQLite's page "How To Corrupt" and our 6.1 say why each. */
static status set_writer_pragmas(struct database *d, const struct database_setup *s)
{
    char mode[16];
    char sql[64];

    (void)snprintf(sql, sizeof sql, "PRAGMA page_size = %u",
                   (unsigned)s->schema->page_size);
    TRY(run(d, sql));
    /* Where WAL cannot be had, SQLite answers with the mode it stays in, and no error. */
    TRY(ask(d, "PRAGMA journal_mode = WAL", mode, sizeof mode));
    ENSURE(strcmp(mode, "wal") == 0, E_STORAGE);
    TRY(run(d, "PRAGMA synchronous = FULL;"
               "PRAGMA foreign_keys = ON;"
               "PRAGMA secure_delete = ON;"
               "PRAGMA journal_size_limit = 16777216"));
    /* The hook takes the place of SQLite's automatic checkpoint, which would run in the
     * middle of a turn. */
    (void)sqlite3_wal_hook(d->handle, wal_grew, d);
    return OK;
}

static status set_pragmas(struct database *d, const struct database_setup *s)
{
    (void)sqlite3_limit(d->handle, SQLITE_LIMIT_LENGTH, ROW_BYTES_MAX);
    (void)sqlite3_limit(d->handle, SQLITE_LIMIT_ATTACHED, 0);
    int code = sqlite3_db_config(d->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
    /* Closing never touches the disk: journal_free checkpoints first when all is well. */
    if (code == SQLITE_OK)
        code =
            sqlite3_db_config(d->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)NULL);
    if (code == SQLITE_OK)
        code = sqlite3_wal_autocheckpoint(d->handle, 0);
    if (code == SQLITE_OK)
        code =
            sqlite3_busy_timeout(d->handle, s->read_only ? READER_BUSY_MS : WRITER_BUSY_MS);
    ENSURE(code == SQLITE_OK, database_fail(d, "setup", code));

    /* A VFS of the tests has no shared memory, so its WAL needs the exclusive lock before
     * anything is read: sqlite.org/wal.html, "Use of WAL Without Shared-Memory". */
    if (s->vfs != NULL)
        TRY(run(d, "PRAGMA locking_mode = EXCLUSIVE"));
    TRY(run(d, "PRAGMA trusted_schema = OFF;"
               "PRAGMA cell_size_check = ON;"
               "PRAGMA mmap_size = 0;"
               "PRAGMA temp_store = MEMORY;"
               "PRAGMA cache_size = -2048"));
    return s->read_only ? run(d, "PRAGMA query_only = ON") : set_writer_pragmas(d, s);
}

static status migrate(struct database *d, const struct database_setup *s)
{
    char text[16];
    uint64_t version = 0;

    TRY(ask(d, "PRAGMA user_version", text, sizeof text));
    ENSURE(decimal_decode(bytes_of_text(text), &version) == OK, E_DAMAGED);
    if (s->version != NULL)
        *s->version = (struct journal_version){
            .file = d->file, .found = version, .known = s->schema->step_count};
    ENSURE(version <= s->schema->step_count, E_VERSION);
    ENSURE(version == s->schema->step_count || !s->read_only, E_VERSION);
    if (version == s->schema->step_count)
        return OK;
    /* All steps or none: after a crash the file is of one version that was released.  What
     * was begun and failed is rolled back when the file is closed. */
    TRY(run(d, "BEGIN IMMEDIATE"));
    for (uint64_t i = version; i < s->schema->step_count; i++)
        TRY(run(d, s->schema->steps[i]));
    return run(d, "COMMIT");
}

/* --- the sum of the rows --- */

/* What cannot be a sum is kept for one that is not ours: the guard tells. */
static status load_sum(struct database *d)
{
    QUERY(q, d, ROWSUM_FIND);
    const status s = query_row(&q);
    uint8_t lanes[ROWSUM_SIZE] = {0};
    struct hash mac = {0};

    d->sum.is_ours = true;
    if (s == E_UNKNOWN)
        return OK;
    TRY(s);
    d->sum.commits = column_u64(&q);
    column_copy(&q, lanes, sizeof lanes);
    column_copy(&q, mac.bytes, sizeof mac.bytes);
    d->sum.is_ours = columns_end(&q) == OK;
    rowsum_decode(lanes, &d->sum);
    d->sum.mac = mac;
    if (d->keyring != NULL) {
        const struct hash wanted = rowsum_mac(&d->sum, d->file, d->keyring);
        d->sum.is_ours = d->sum.is_ours && hash_equal(&wanted, &mac);
    }
    return OK;
}

/* Joins the turn that changed the rows. */
static status put_sum(struct database *d)
{
    uint8_t lanes[ROWSUM_SIZE];

    if (d->sum.bad) {
        d->failure->stopped = true;
        return database_fail(d, "sum of rows", SQLITE_NOMEM);
    }
    if (!d->sum.moved)
        return OK;
    d->sum.moved = false;
    d->sum.commits++;
    d->sum.mac = rowsum_mac(&d->sum, d->file, d->keyring);
    rowsum_encode(&d->sum, lanes);
    QUERY(q, d, ROWSUM_PUT);
    bind_u64(&q, d->sum.commits);
    bind_bytes(&q, bytes_of(lanes, sizeof lanes));
    bind_bytes(&q, bytes_of(d->sum.mac.bytes, HASH_SIZE));
    return query_put(&q);
}

status database_check_rows(struct database *d, uint64_t *ret_rows)
{
    struct rowsum found;

    MUST(d->read_only);
    TRY(run(d, "BEGIN"));
    status s = load_sum(d);
    if (s == OK)
        s = rowsum_count(d->handle, &found, ret_rows);
    if (s == OK &&
        (!d->sum.is_ours || memcmp(found.lanes, d->sum.lanes, sizeof found.lanes) != 0))
        s = E_DAMAGED;
    const status end = run(d, "COMMIT");
    return s == OK ? end : s;
}

status database_recount(struct database *d)
{
    struct rowsum found;
    uint64_t rows = 0;

    TRY(rowsum_count(d->handle, &found, &rows));
    memcpy(d->sum.lanes, found.lanes, sizeof found.lanes);
    d->sum.is_ours = true;
    d->sum.moved = true;
    TRY(database_begin(d));
    return database_commit(d);
}

status database_open(struct database *d, const struct database_setup *s)
{
    const int how =
        s->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

    d->file = s->schema->file;
    d->failure = s->failure;
    d->read_only = s->read_only;
    d->keyring = s->keyring;
    d->page_size = s->schema->page_size;
    d->wal_pages = !s->read_only; /* what the process before left is not known */
    if (!s->read_only)
        ENSURE(home_renew_log(s->path) == OK,
               database_fail(d, "put its log on the disk", SQLITE_IOERR_FSYNC));
    const int code = sqlite3_open_v2(
        s->path, &d->handle,
        how | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE, s->vfs);
    ENSURE(code == SQLITE_OK, database_fail(d, "open", code));
    TRY(set_pragmas(d, s));
    rowsum_follow(&d->sum, d->handle);
    TRY(migrate(d, s));
    return load_sum(d);
}

void database_done(struct database *d)
{
    for (size_t i = 0; i < COUNT_OF(d->statements); i++)
        (void)sqlite3_finalize(d->statements[i]); /* repeats an old failure */
    MUST(sqlite3_close(d->handle) == SQLITE_OK);
    *d = (struct database){0};
}

/* --- turns --- */

status database_begin(struct database *d)
{
    ENSURE(!d->failure->stopped, E_STORAGE);
    if (d->in_turn)
        return OK;
    QUERY(q, d, BEGIN);
    TRY(query_put(&q));
    d->in_turn = true;
    return OK;
}

status database_commit(struct database *d)
{
    ENSURE(!d->failure->stopped, E_STORAGE);
    if (!d->in_turn)
        return OK;
    /* SQLite may roll back by itself (disk full, I/O error); a COMMIT would then make
     * only what was put after that durable. */
    if (sqlite3_get_autocommit(d->handle) != 0) {
        d->failure->stopped = true;
        return database_fail(d, "commit after a rollback", SQLITE_ABORT);
    }
    TRY(put_sum(d));
    QUERY(q, d, COMMIT);
    ENSURE(query_put(&q) == OK, E_STORAGE);
    d->in_turn = false;
    return OK;
}

bool database_checkpoint(struct database *d, bool idle)
{
    const uint64_t bytes = (uint64_t)d->wal_pages * d->page_size;
    const bool truncate = bytes > WAL_TRUNCATE_BYTES || (idle && bytes > 0);

    if (d->handle == NULL || d->read_only || d->in_turn || d->failure->stopped)
        return !idle;
    if (!truncate && bytes <= WAL_PASSIVE_BYTES)
        return true;
    /* A reader in the way must not hold up the loop: what fails now runs later. */
    (void)sqlite3_busy_timeout(d->handle, 0);
    const int mode = truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
    const bool done =
        sqlite3_wal_checkpoint_v2(d->handle, NULL, mode, NULL, NULL) == SQLITE_OK;
    if (done)
        d->wal_pages = 0;
    (void)sqlite3_busy_timeout(d->handle, WRITER_BUSY_MS);
    return done || !truncate;
}

#include "journal_parts.h"

#include "file.h"
#include "journal_home.h"

#include <sqlite3.h>

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

enum { COPY_STEP_PAGES = 256 };

static void close_handle(sqlite3 **handle)
{
    (void)sqlite3_close(*handle); /* what could not be written was told before */
}

/* All pages of the pinned snapshot.  The copy has no journal of its own, and nobody to need
 * one: it is whole, or it is thrown away. */
static status copy_pages(struct database *d, const char *path)
{
    sqlite3 *to DEFER(close_handle) = NULL;
    int code = sqlite3_open_v2(
        path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW,
        NULL);

    if (code == SQLITE_OK)
        code = sqlite3_exec(to, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", NULL,
                            NULL, NULL);
    ENSURE(code == SQLITE_OK, database_fail(d, "copy", code));
    sqlite3_backup *const b = sqlite3_backup_init(to, "main", d->handle, "main");
    ENSURE(b != NULL, database_fail(d, "copy", sqlite3_errcode(to)));
    do
        code = sqlite3_backup_step(b, COPY_STEP_PAGES);
    while (code == SQLITE_OK);
    const int end = sqlite3_backup_finish(b);
    ENSURE(code == SQLITE_DONE && end == SQLITE_OK, database_fail(d, "copy", code));
    return OK;
}

static status copy_to(struct database *d, const char *folder)
{
    char path[PATH_MAX];

    TRY(file_path(folder, d->file, path, sizeof path));
    const status there = home_inspect(path);
    ENSURE(there == E_UNKNOWN, there == OK ? E_DUPLICATE : there);
    TRY(home_prepare(path));
    return copy_pages(d, path);
}

/* The journal is pinned first: what is put after that has a key too many, which harms
 * nothing.  The keys are copied first: the shorter their log is held, the better. */
static status copy_both(struct journal *j, struct database *keys, const char *folder)
{
    TRY(database_pin(keys));
    const status s = copy_to(keys, folder);
    const status end = database_release(keys);
    TRY(s);
    TRY(end);
    return copy_to(&j->main, folder);
}

status journal_copy(struct journal *j, const char *folder)
{
    struct database keys DEFER(database_done) = {0};

    TRY(open_keys(j, &keys));
    TRY(database_pin(&j->main));
    const status s = copy_both(j, &keys, folder);
    const status end = database_release(&j->main);
    return s == OK ? end : s;
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

static status mark_of(struct database *d, uint8_t ret[JOURNAL_MARK_SIZE])
{
    TRY(database_pin(d));
    mark_write(&d->sum, ret);
    return database_release(d);
}

status journal_marks(struct journal *j, uint8_t ret[JOURNAL_MARKS][JOURNAL_MARK_SIZE])
{
    struct database keys DEFER(database_done) = {0};

    TRY(open_keys(j, &keys));
    TRY(mark_of(&j->main, ret[GUARD_JOURNAL]));
    return mark_of(&keys, ret[GUARD_KEYS]);
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

#include "journal_scan.h"

#include "journal_parts.h"

#include <sqlite3.h>
#include <string.h>

/*
 * The files are read and written through SQLite's own handles: closing a descriptor of ours
 * on one of them would drop the locks that the process holds on it (POSIX advisory locks).
 */

enum { STEP_BYTES = 1 << 20, CHUNK = 64 * 1024 };

status journal_trace(struct journal *j, const struct place *place,
                     struct journal_trace *ret)
{
    const size_t mark = arena_mark(&j->scratch);
    struct entry_row e = {0};

    ENSURE(j->mode != JOURNAL_READ, E_DENIED);
    TRY(keys_trace(&j->keys, &place->stream, place->index, TRACE_PART, ret->bytes));
    const status s = find_entry(j, &place->stream, place->index, &j->scratch, &e);
    /* Behind its nonce, which others may have seen. */
    const bool is_kept = s == OK && e.kept.size >= TRACE_PART;
    if (is_kept)
        memcpy(ret->bytes + TRACE_PART, e.kept.at + e.kept.size - TRACE_PART, TRACE_PART);
    arena_rewind(&j->scratch, mark);
    TRY(s);
    return is_kept ? OK : E_UNKNOWN;
}

static uint32_t big_endian(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

struct searching {
    const struct journal_trace *traces;
    size_t count;
    uint8_t *buffer; /* CHUNK bytes */
    uint8_t *page;   /* of the largest size */
    uint8_t *starts; /* a bit for each two bytes */
};

enum { STARTS = 65536 / 8 };

/* Which two bytes a part of a trace begins with: one look for each byte that is read,
 * however many traces there are, so that a step stays short. */
static void learn_starts(struct searching *s)
{
    memset(s->starts, 0, STARTS);
    for (size_t i = 0; i < 2 * s->count; i++) {
        const uint8_t *const part = s->traces[i / 2].bytes + i % 2 * TRACE_PART;
        const size_t start = big_endian(part);
        s->starts[start / 8] |= (uint8_t)(1U << start % 8);
    }
}

static bool is_part(const struct searching *s, const uint8_t *at)
{
    for (size_t i = 0; i < 2 * s->count; i++) {
        if (memcmp(at, s->traces[i / 2].bytes + i % 2 * TRACE_PART, TRACE_PART) == 0)
            return true;
    }
    return false;
}

/* The first trace in it; NULL. */
static const uint8_t *find_in(const struct searching *s, struct bytes b)
{
    for (size_t i = 0; i + TRACE_PART <= b.size; i++) {
        const size_t start = big_endian(b.at + i);
        if ((s->starts[start / 8] >> start % 8 & 1) != 0 && is_part(s, b.at + i))
            return b.at + i;
    }
    return NULL;
}

/* --- the files --- */

static const struct {
    const char *name;
    bool keys; /* of keys.db, else of journal.db */
    bool log;  /* its write-ahead log */
} files[] = {{"keys.db", true, false},
             {"keys.db-wal", true, true},
             {"journal.db", false, false},
             {"journal.db-wal", false, true}};

static const struct database *database_of(const struct journal *j, uint32_t number)
{
    return files[number].keys ? &j->keys.database : &j->main;
}

/* NULL: SQLite has not opened it, so there is none. */
static sqlite3_file *file_of(const struct journal *j, uint32_t number)
{
    const int which =
        files[number].log ? SQLITE_FCNTL_JOURNAL_POINTER : SQLITE_FCNTL_FILE_POINTER;
    sqlite3_file *file = NULL;

    if (sqlite3_file_control(database_of(j, number)->handle, "main", which, &file) !=
            SQLITE_OK ||
        file == NULL || file->pMethods == NULL)
        return NULL;
    return file;
}

/* --- what SQLite leaves behind --- */

/*
 * Where a page of a table has nothing: between its pointers and its cells (SQLite's
 * "Database File Format", 1.6).  A cell that moved to another page when this one was
 * balanced is still there as bytes, whatever secure_delete says: it overwrites what is
 * deleted, and not what is moved (rebuildPage in btree.c; first seen by net/disposal).
 */
static bool gap_of(const uint8_t *page, size_t size, bool first, size_t *ret_from,
                   size_t *ret_to)
{
    enum { DATABASE_HEADER = 100, INNER_INDEX = 2, INNER_TABLE = 5, LEAF_INDEX = 10 };
    enum { LEAF_TABLE = 13, INNER_SIZE = 12, LEAF_SIZE = 8, LARGEST = 65536 };
    const size_t at = first ? DATABASE_HEADER : 0;
    const uint8_t type = page[at];
    const bool inner = type == INNER_INDEX || type == INNER_TABLE;

    if (!inner && type != LEAF_INDEX && type != LEAF_TABLE)
        return false;
    const size_t cells = big_endian(page + at + 3);
    const size_t start = big_endian(page + at + 5);
    *ret_from = at + (inner ? INNER_SIZE : LEAF_SIZE) + 2 * cells;
    *ret_to = start == 0 ? LARGEST : start;
    return *ret_from <= *ret_to && *ret_to <= size;
}

/*
 * Overwrites the gap of the page that has something at `at`, if it is in the gap.  No
 * reader looks there, and only these bytes are written, so a power cut harms no page.
 * SQLite's own copies of pages go, or it would write the old bytes again.  The log is empty
 * of this: it is searched after the file.
 */
static status scrub(const struct searching *s, const struct database *db,
                    sqlite3_file *file, uint64_t at, bool *ret_scrubbed)
{
    const size_t size = db->page_size;
    const uint64_t begin = at - at % size;
    const size_t offset = (size_t)(at - begin);
    size_t from = 0;
    size_t to = 0;

    *ret_scrubbed = false;
    ENSURE(file->pMethods->xRead(file, s->page, (int)size, (sqlite3_int64)begin) ==
               SQLITE_OK,
           E_STORAGE);
    if (!gap_of(s->page, size, begin == 0, &from, &to) || offset < from || offset >= to)
        return OK;
    memset(s->page, 0, to - from);
    ENSURE(file->pMethods->xWrite(file, s->page, (int)(to - from),
                                  (sqlite3_int64)(begin + from)) == SQLITE_OK &&
               file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) == SQLITE_OK,
           E_STORAGE);
    (void)sqlite3_db_release_memory(db->handle); /* gives no failure */
    *ret_scrubbed = true;
    return OK;
}

/* --- reading --- */

struct reading {
    const struct database *db;
    sqlite3_file *file;
    bool log;
    size_t left; /* of the step */
    bool found;
};

/* One part, which overlaps the one before; met again when something in it was scrubbed. */
static status search_part(const struct searching *s, struct reading *r,
                          struct journal_scan *scan, uint64_t size)
{
    const uint64_t overlap = TRACE_PART - 1;
    const uint64_t from = scan->at > overlap ? scan->at - overlap : 0;
    const size_t n = size - from < CHUNK ? (size_t)(size - from) : CHUNK;
    bool scrubbed = false;

    const int got =
        r->file->pMethods->xRead(r->file, s->buffer, (int)n, (sqlite3_int64)from);
    /* It was cut short meanwhile: what was there is gone. */
    ENSURE(got == SQLITE_OK || got == SQLITE_IOERR_SHORT_READ, E_STORAGE);
    r->left -= r->left < n ? r->left : n;
    const uint8_t *const at = find_in(s, bytes_of(s->buffer, n));
    if (at != NULL && !r->log)
        TRY(scrub(s, r->db, r->file, from + (uint64_t)(at - s->buffer), &scrubbed));
    r->found = at != NULL && !scrubbed;
    if (at == NULL)
        scan->at = from + n;
    return OK;
}

static status search_file(const struct searching *s, struct reading *r,
                          struct journal_scan *scan)
{
    sqlite3_int64 size = 0;

    ENSURE(r->file->pMethods->xFileSize(r->file, &size) == SQLITE_OK, E_STORAGE);
    while (r->left > 0 && !r->found && scan->at < (uint64_t)size)
        TRY(search_part(s, r, scan, (uint64_t)size));
    return OK;
}

/* In a log it is a page as it was: once the log is emptied it is looked for anew. */
static void found_in(struct journal *j, struct journal_scan *scan, const char **ret_file)
{
    const uint32_t file = scan->file;

    if (!files[file].log) {
        *ret_file = files[file].name;
        return;
    }
    j->wal_to_empty = true;
    *scan = (struct journal_scan){0};
}

static status search_files(struct journal *j, const struct searching *s,
                           struct journal_scan *scan, const char **ret_file)
{
    struct reading r = {.left = STEP_BYTES};

    while (r.left > 0 && !r.found && scan->file < COUNT_OF(files)) {
        r.db = database_of(j, scan->file);
        r.file = file_of(j, scan->file);
        r.log = files[scan->file].log;
        if (r.file != NULL)
            TRY(search_file(s, &r, scan));
        if (!r.found && r.left > 0)
            *scan = (struct journal_scan){.file = scan->file + 1};
    }
    if (r.found)
        found_in(j, scan, ret_file);
    return OK;
}

status journal_scan_step(struct journal *j, struct journal_scan *scan,
                         const struct journal_trace *traces, size_t count, bool *ret_done,
                         const char **ret_file)
{
    enum { PAGE_MAX = 65536 };
    const size_t mark = arena_mark(&j->scratch);
    struct searching s = {.traces = traces,
                          .count = count,
                          .buffer = arena_take(&j->scratch, CHUNK),
                          .page = arena_take(&j->scratch, PAGE_MAX),
                          .starts = arena_take(&j->scratch, STARTS)};
    const bool room = s.buffer != NULL && s.page != NULL && s.starts != NULL;

    MUST(j->mode != JOURNAL_READ && !journal_is_dirty(j));
    *ret_file = NULL;
    if (room)
        learn_starts(&s);
    const status result = room ? search_files(j, &s, scan, ret_file) : E_MEMORY;
    arena_rewind(&j->scratch, mark);
    *ret_done = scan->file == COUNT_OF(files);
    return result;
}

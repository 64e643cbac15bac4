#include "journal_fixture.h"
#include "journal_sql.h"
#include "memvfs.h"

#include <sqlite3.h>
#include <time.h>

/* A journal that has grown is as quick to open and to ask as a new one. */

enum { ENTRIES = 100000, GROUP = 128, OPEN_MS_MAX = 250 };

static uint64_t now_ms(void)
{
    struct timespec t;

    CHECK(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static status see_stream(void *context, const struct stream_row *row)
{
    *(sequence *)context += row->frontier.size;
    return OK;
}

static void opens_as_fast_with_many_entries(void)
{
    struct memvfs *disk = NULL;
    struct keyring *ring = fixture_ring(7);
    struct stream_row row = fixture_row("F55", LANE_ROUTINE, 1);
    const struct journal_setup s = {.folder = "",
                                    .mode = JOURNAL_WRITE,
                                    .self = fixture_agency("F55"),
                                    .keyring = ring,
                                    .vfs = "flagpost-mem-size",
                                    .guard_off = true};
    struct journal *j = NULL;
    sequence total = 0;

    CHECK_OK(memvfs_open(s.vfs, 1, &disk));
    CHECK_OK(journal_open(&s, &j));
    const uint64_t start = now_ms();
    while (row.frontier.size < ENTRIES) {
        CHECK_OK(fixture_publish(j, &row, GROUP));
        CHECK_OK(journal_commit(j));
        journal_checkpoint(j, false);
    }
    const uint64_t filled = now_ms();
    (void)journal_free(j);
    const uint64_t closed = now_ms();
    CHECK_OK(journal_open(&s, &j));
    CHECK_OK(journal_streams(j, see_stream, &total));
    const uint64_t opened = now_ms() - closed;
    CHECK(total >= ENTRIES);
    (void)printf("    %d entries in %" PRIu64 " ms, opened in %" PRIu64 " ms\n", ENTRIES,
                 filled - start, opened);
    CHECK(opened < OPEN_MS_MAX);
    (void)journal_free(j);
    memvfs_free(disk);
    (void)keyring_free(ring);
}

/* Lists of all streams or all evidence are asked for as such; what is to be erased is empty
 * but for a moment; what finds a damaged row may be what was changed in it; an index that
 * is made anew goes as a whole. */
static bool may_scan(const char *name)
{
    static const char *const names[] = {
        "STREAM_EACH",  "EVIDENCE_EACH",      "INBOX_DROP",      "RECORD_DROP",
        "LINEAGE_DROP", "TOKEN_RECORD_CLEAR", "TOKEN_NEW_CLEAR", "TOKEN_PAGE_CLEAR"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return strncmp(name, "ERASING_", 8) == 0;
}

static bool is_of_keys(const char *name)
{
    return strncmp(name, "KEY_", 4) == 0 || strncmp(name, "SECRET_", 7) == 0;
}

static void check_plan(sqlite3 *db, const char *name, const char *sql)
{
    char text[2048];
    sqlite3_stmt *q = NULL;

    (void)snprintf(text, sizeof text, "EXPLAIN QUERY PLAN %s", sql);
    CHECK(sqlite3_prepare_v2(db, text, -1, &q, NULL) == SQLITE_OK);
    while (sqlite3_step(q) == SQLITE_ROW) {
        const char *const step = (const char *)sqlite3_column_text(q, 3);
        const bool bad = strncmp(step, "SCAN", 4) == 0 || strstr(step, "B-TREE") != NULL;
        if (bad)
            (void)fprintf(stderr, "%s: %s\n", name, step);
        CHECK(!bad);
    }
    CHECK(sqlite3_finalize(q) == SQLITE_OK);
}

static void no_statement_reads_a_whole_table(void)
{
    static const char *const queries[][2] = {
#define QUERY_ROW(name, sql) {#name, sql},
        JOURNAL_QUERIES(QUERY_ROW)
#undef QUERY_ROW
    };
    struct home h = home_make();
    char path[128];
    sqlite3 *db = NULL;

    home_path(&h, "journal.db", path);
    CHECK(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    for (size_t i = 0; i < COUNT_OF(queries); i++) {
        if (!may_scan(queries[i][0]) && !is_of_keys(queries[i][0]))
            check_plan(db, queries[i][0], queries[i][1]);
    }
    CHECK(sqlite3_close(db) == SQLITE_OK);
    home_remove(&h);
}

CASES(CASE(opens_as_fast_with_many_entries), CASE(no_statement_reads_a_whole_table))

#include "journal_fixture.h"
#include "journal_tokens.h"
#include "memvfs.h"
#include "schema.h"

#include <sqlite3.h>

/*
 * The power goes at every write, sync and truncation of a start that brings the tables of
 * an older version up to date: afterwards the file is of the old version or of the new one,
 * never between, the next start finishes, and every row is as it was.
 */

enum { CALLS_MAX = 400, ENTRIES = 40 };

static const char vfs[] = "flagpost-upgrade";

static struct journal_setup setup_of(struct keyring *ring)
{
    return (struct journal_setup){.folder = "",
                                  .mode = JOURNAL_WRITE,
                                  .self = fixture_agency("F55"),
                                  .keyring = ring,
                                  .vfs = vfs,
                                  .guard_off = true};
}

static sqlite3 *open_file(void)
{
    sqlite3 *db = NULL;

    CHECK_INT(sqlite3_open_v2("/journal.db", &db, SQLITE_OPEN_READWRITE, vfs), SQLITE_OK);
    CHECK_INT(sqlite3_exec(db,
                           "PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = MEMORY",
                           NULL, NULL, NULL),
              SQLITE_OK);
    return db;
}

static int number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *s = NULL;

    CHECK_INT(sqlite3_prepare_v2(db, sql, -1, &s, NULL), SQLITE_OK);
    CHECK_INT(sqlite3_step(s), SQLITE_ROW);
    const int value = sqlite3_column_int(s, 0);
    CHECK_INT(sqlite3_finalize(s), SQLITE_OK);
    return value;
}

/* Version 2, as it was: without the tables that steps 3 to 5 add. */
static void make_old(struct keyring *ring, const struct stream_id *s)
{
    const struct journal_setup setup = setup_of(ring);
    struct journal *j = NULL;
    uint8_t key[32] = {0x5c};

    CHECK_OK(journal_open(&setup, &j));
    const struct store store = journal_store(j);
    for (sequence i = 0; i < ENTRIES; i++) {
        const struct entry_row e = fixture_entry(s, i);
        CHECK_OK(store.ops->entry_put(store.self, &e));
        CHECK_OK(store.ops->key_put(store.self, s, i, key));
    }
    CHECK_OK(journal_commit(j));
    (void)journal_free(j);
    sqlite3 *const db = open_file();
    CHECK_INT(sqlite3_exec(db,
                           "BEGIN; DROP TABLE erasing; DROP TABLE lineage;"
                           "DROP TABLE token; DROP TABLE token_new;"
                           "DROP TABLE token_record; DROP TABLE token_state;"
                           "PRAGMA user_version = 2; COMMIT;"
                           "PRAGMA wal_checkpoint(TRUNCATE)",
                           NULL, NULL, NULL),
              SQLITE_OK);
    CHECK_INT(sqlite3_close(db), SQLITE_OK);
}

/* Old or new as a whole; gives the version. */
static int judge_version(void)
{
    sqlite3 *const db = open_file();
    const int version = number(db, "PRAGMA user_version");
    const int tables =
        number(db, "SELECT count(*) FROM sqlite_schema "
                   "WHERE name IN ('erasing', 'lineage', 'token', 'token_new', "
                   "'token_record', 'token_state') AND type = 'table'");

    CHECK(version == 2 || version == (int)schema_journal.step_count);
    CHECK_INT(tables, version == 2 ? 0 : 6);
    CHECK_INT(sqlite3_close(db), SQLITE_OK);
    return version;
}

static void judge_rows(struct keyring *ring, const struct stream_id *s)
{
    const struct journal_setup setup = setup_of(ring);
    struct journal *j = NULL;
    struct arena a;

    fixture_arena(&a);
    CHECK_OK(journal_open(&setup, &j));
    const struct store store = journal_store(j);
    for (sequence i = 0; i < ENTRIES; i++) {
        const struct entry_row wanted = fixture_entry(s, i);
        struct entry_row e;
        uint8_t key[32];
        CHECK_OK(store.ops->entry_find(store.self, s, i, &a, &e));
        CHECK_BYTES(e.ciphertext, wanted.ciphertext);
        CHECK_OK(store.ops->key_find(store.self, s, i, key));
    }
    /* And what the new tables are for can be done: what was stored before gets its numbers.
     */
    uint64_t first = 0;
    struct place place;
    bool more = true;
    while (more)
        CHECK_OK(journal_tokens_begin(j, 1, &more));
    CHECK_OK(journal_token_due(j, &first, &place));
    CHECK_OK(journal_token_place(j, first + ENTRIES - 1, &place));
    CHECK_INT(place.index, ENTRIES - 1);
    CHECK_OK(store.ops->entry_erase(store.self, s, 1));
    CHECK_OK(journal_commit(j));
    (void)journal_free(j);
    free(a.at);
    CHECK_INT(judge_version(), (int)schema_journal.step_count);
}

/* False when the whole start took fewer calls. */
static bool cut_at(unsigned calls, unsigned met[2])
{
    struct keyring *ring = fixture_ring(7);
    const struct stream_id s = fixture_stream("F50", LANE_ROUTINE, 1);
    const struct journal_setup setup = setup_of(ring);
    struct memvfs *disk = NULL;
    struct journal *j = NULL;

    CHECK_OK(memvfs_open(vfs, calls, &disk));
    make_old(ring, &s);
    memvfs_cut_after(disk, calls);
    const status got = journal_open(&setup, &j);
    const bool cut = memvfs_is_cut(disk);
    CHECK(got == OK || cut);
    memvfs_crash(disk);
    (void)journal_free(j);
    const int version = judge_version();
    CHECK(got != OK || version != 2);
    met[version != 2]++;
    judge_rows(ring, &s);
    memvfs_free(disk);
    (void)keyring_free(ring);
    return cut;
}

int main(void)
{
    unsigned met[2] = {0};
    unsigned calls = 1;

    while (calls < CALLS_MAX && cut_at(calls, met))
        calls++;
    (void)printf("%u cuts: %u before the upgrade, %u after\n", calls, met[0], met[1]);
    CHECK(calls > 5 && calls < CALLS_MAX);
    CHECK(met[0] > 0 && met[1] > 1);
    return 0;
}

#include "journal_scan.h"

#include "journal_fixture.h"

#include <sqlite3.h>

/* What was erased is looked for as bytes, and found while it is in any file. */

static const char kept[] = "a content key under its storage key, tag at its end 61d2";

static void put(struct home *h, const struct stream_id *s, sequence index, uint8_t first)
{
    const struct store store = journal_store(h->j);
    struct entry_row e = fixture_entry(s, index);
    uint8_t key[32];

    memset(key, first, sizeof key);
    e.kept = bytes_of_text(kept);
    CHECK_OK(store.ops->entry_put(store.self, &e));
    CHECK_OK(store.ops->key_put(store.self, s, index, key));
}

/* The file that has it where its rows are; "a log" while one has to be emptied; "". */
static const char *found(struct home *h, const struct journal_trace *t, size_t count)
{
    struct journal_scan scan = {0};
    const char *file = NULL;
    bool done = false;

    while (!done && file == NULL && journal_erased_is_gone(h->j))
        CHECK_OK(journal_scan_step(h->j, &scan, t, count, &done, &file));
    return file != NULL ? file : done ? "" : "a log";
}

static void finds_what_is_there_and_not_what_was_erased(void)
{
    struct home h = home_make();
    const struct stream_id s = fixture_stream("F50", LANE_ROUTINE, 1);
    const struct store store = journal_store(h.j);
    const struct place place = {.stream = s, .index = 0};
    struct journal_trace traces[2] = {0};
    struct journal_trace part;

    put(&h, &s, 0, 0x5c);
    CHECK_OK(journal_commit(h.j));
    CHECK_OK(journal_trace(h.j, &place, &traces[1]));
    memset(&traces[0], 0xa7, sizeof traces[0]); /* of nothing that is here */
    CHECK_TEXT(found(&h, traces, 1), "");
    CHECK_TEXT(found(&h, traces, 2), "a log");
    CHECK(journal_checkpoint(h.j, true));
    CHECK_TEXT(found(&h, traces, 2), "keys.db");
    /* Each half is looked for by itself. */
    memset(&part, 0xa7, sizeof part);
    memcpy(part.bytes + TRACE_PART, traces[1].bytes + TRACE_PART, TRACE_PART);
    CHECK_TEXT(found(&h, &part, 1), "journal.db");

    CHECK_OK(store.ops->entry_erase(store.self, &s, 0));
    CHECK_OK(journal_commit(h.j));
    CHECK(journal_erased_is_gone(h.j));
    CHECK_TEXT(found(&h, traces, 2), "");
    CHECK_STATUS(journal_trace(h.j, &place, &part), E_UNKNOWN);
    home_remove(&h);
}

/* Two streams in turn: an entry comes in the middle of the table, and its pages are
 * balanced again and again. */
enum { MANY = 400 };

/* Bytes that stand nowhere else. */
static void fill(uint8_t ret[32], uint64_t seed)
{
    for (size_t i = 0; i < 32; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        ret[i] = (uint8_t)(seed >> 56);
    }
}

static void put_many(struct home *h, const struct stream_id *one,
                     const struct stream_id *two)
{
    static const uint8_t large[3000];

    for (sequence i = 0; i < MANY; i++) {
        const struct store store = journal_store(h->j);
        struct entry_row e = fixture_entry(i % 2 == 0 ? one : two, i / 2);
        uint8_t text[32];
        fill(text, i + (uint64_t)one->agency.text[2] * MANY);
        e.kept = bytes_of(text, sizeof text);
        e.ciphertext = bytes_of(large, 500 + i * 37 % 2500);
        CHECK_OK(store.ops->entry_put(store.self, &e));
        CHECK_OK(store.ops->key_put(store.self, &e.stream, e.index, text));
        CHECK_OK(journal_commit(h->j));
    }
}

/* Whether the file has one of the traces, read past the node. */
static bool has_any(struct home *h, const char *name, const struct journal_trace *t,
                    size_t count)
{
    char path[128];
    static uint8_t all[8 << 20];
    bool any = false;

    home_path(h, name, path);
    FILE *const f = fopen(path, "rbe");
    CHECK(f != NULL);
    const size_t size = fread(all, 1, sizeof all, f);
    CHECK(size < sizeof all);
    CHECK_INT(fclose(f), 0);
    for (size_t i = 0; i < 2 * count; i++)
        any = any || memmem(all, size, t[i / 2].bytes + i % 2 * TRACE_PART, TRACE_PART);
    return any;
}

static void erase(struct home *h, const struct stream_id *s, sequence from, sequence to)
{
    const struct store store = journal_store(h->j);

    for (sequence i = from; i < to; i++) {
        CHECK_OK(store.ops->entry_erase(store.self, s, i));
        CHECK_OK(journal_commit(h->j));
    }
    CHECK(journal_checkpoint(h->j, true));
}

static void read_all(struct home *h, const struct stream_id *s, sequence from)
{
    const struct store store = journal_store(h->j);
    struct entry_row e;
    struct arena a;
    uint8_t key[32];

    fixture_arena(&a);
    for (sequence i = from; i < MANY / 2; i++) {
        CHECK_OK(store.ops->entry_find(store.self, s, i, &a, &e));
        CHECK_INT(e.disposition, DISPOSITION_HELD);
        CHECK_OK(store.ops->key_find(store.self, s, i, key));
    }
    free(a.at);
}

static void overwrites_what_sqlite_has_left_behind(void)
{
    enum { FIRST = MANY / 4, KEPT = 8 };
    struct home h = home_make();
    const struct stream_id one = fixture_stream("F50", LANE_ROUTINE, 1);
    const struct stream_id two = fixture_stream("F51", LANE_ROUTINE, 1);
    static struct journal_trace traces[FIRST];

    put_many(&h, &one, &two);
    for (sequence i = 0; i < FIRST; i++) {
        const struct place place = {.stream = one, .index = i};
        CHECK_OK(journal_trace(h.j, &place, &traces[i]));
    }
    erase(&h, &one, 0, FIRST);
    /* Else SQLite has mended it, and so much less is to be done here. */
    CHECK(has_any(&h, "journal.db", traces, FIRST));
    /* SQLite has the pages in its memory, too. */
    read_all(&h, &one, FIRST);
    read_all(&h, &two, 0);
    for (size_t i = 0; i < FIRST; i += FIRST / 4)
        CHECK_TEXT(found(&h, traces + i, FIRST / 4), "");
    CHECK(!has_any(&h, "journal.db", traces, FIRST));
    CHECK(!has_any(&h, "keys.db", traces, FIRST));
    read_all(&h, &one, FIRST);
    read_all(&h, &two, 0);
    /* Nor does it come back when its pages are written again. */
    erase(&h, &one, FIRST, MANY / 2 - KEPT);
    erase(&h, &two, 0, MANY / 2 - KEPT);
    CHECK(!has_any(&h, "journal.db", traces, FIRST));
    CHECK(!has_any(&h, "keys.db", traces, FIRST));
    read_all(&h, &two, MANY / 2 - KEPT);
    home_remove(&h);
}

static void waits_for_a_log_that_a_reader_keeps(void)
{
    struct home h = home_make();
    const struct stream_id s = fixture_stream("F50", LANE_ROUTINE, 1);
    const struct store store = journal_store(h.j);
    const struct place place = {.stream = s, .index = 0};
    struct journal_trace trace;
    char path[128];
    sqlite3 *db = NULL;

    put(&h, &s, 0, 0x5c);
    CHECK_OK(journal_commit(h.j));
    CHECK_OK(journal_trace(h.j, &place, &trace));
    home_path(&h, "journal.db", path);
    CHECK(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    CHECK(sqlite3_exec(db, "BEGIN; SELECT count(*) FROM entry", NULL, NULL, NULL) ==
          SQLITE_OK);
    CHECK_OK(store.ops->entry_erase(store.self, &s, 0));
    CHECK_OK(journal_commit(h.j));
    CHECK_TEXT(found(&h, &trace, 1), "a log");
    CHECK(!journal_checkpoint(h.j, true));
    CHECK(sqlite3_close(db) == SQLITE_OK);
    CHECK(journal_checkpoint(h.j, false));
    CHECK_TEXT(found(&h, &trace, 1), "");
    home_remove(&h);
}

/* More than a step reads, and what is looked for lies over the edge of two reads. */
static void goes_on_where_it_stood(void)
{
    enum { ENTRIES = 90, LARGE = 100 * 1024 };
    static uint8_t large[LARGE];
    struct home h = home_make();
    const struct stream_id s = fixture_stream("F50", LANE_ROUTINE, 1);
    const struct store store = journal_store(h.j);
    const struct place last = {.stream = s, .index = ENTRIES};
    struct journal_scan scan = {0};
    struct journal_trace trace;
    const char *file = NULL;
    size_t steps = 0;
    bool done = false;

    for (sequence i = 0; i < ENTRIES; i++) {
        struct entry_row e = fixture_entry(&s, i);
        e.ciphertext = bytes_of(large, sizeof large);
        CHECK_OK(store.ops->entry_put(store.self, &e));
    }
    put(&h, &s, ENTRIES, 0x5c);
    CHECK_OK(journal_commit(h.j));
    CHECK_OK(journal_trace(h.j, &last, &trace));
    CHECK(journal_checkpoint(h.j, true));
    memset(trace.bytes, 0xa7, TRACE_PART); /* the storage key's is in the first file */
    for (; !done && file == NULL; steps++)
        CHECK_OK(journal_scan_step(h.j, &scan, &trace, 1, &done, &file));
    CHECK(file != NULL && steps > 2);
    CHECK_TEXT(file, "journal.db");
    home_remove(&h);
}

CASES(CASE(finds_what_is_there_and_not_what_was_erased),
      CASE(overwrites_what_sqlite_has_left_behind),
      CASE(waits_for_a_log_that_a_reader_keeps), CASE(goes_on_where_it_stood))

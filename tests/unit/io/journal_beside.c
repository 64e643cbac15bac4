#include "journal_fixture.h"

#include "file.h"

#include <sqlite3.h>

/* Copies made beside the writer, and what the writer says of them. */

static struct stream_row lane;

static void publish(struct home *h, uint32_t count)
{
    const struct store store = journal_store(h->j);
    const uint8_t key[32] = {1, 2, 3};

    for (uint32_t i = 0; i < count; i++)
        CHECK_OK(store.ops->key_put(store.self, &lane.id, lane.frontier.size + i, key));
    CHECK_OK(fixture_publish(h->j, &lane, count));
    CHECK_OK(journal_commit(h->j));
}

static struct home make(struct home *ret_copy)
{
    struct home h = home_make();

    lane = fixture_row("F55", LANE_ROUTINE, 1);
    publish(&h, 5);
    *ret_copy = (struct home){.folder = "/tmp/flagpost-test-XXXXXX", .ring = NULL};
    CHECK(mkdtemp(ret_copy->folder) != NULL);
    return h;
}

static void open_reader(const struct home *h, struct journal **ret)
{
    const struct journal_setup setup = home_setup(h, JOURNAL_READ);

    CHECK_OK(journal_open(&setup, ret));
}

static void copy(const struct home *h, const struct home *to)
{
    struct journal *reader = NULL;

    open_reader(h, &reader);
    CHECK_OK(journal_copy(reader, to->folder));
    reader = journal_free(reader);
}

static void marks_of(const struct home *copied,
                     uint8_t ret[JOURNAL_MARKS][JOURNAL_MARK_SIZE])
{
    struct journal *reader = NULL;
    const char *file = NULL;
    uint64_t rows = 0;

    open_reader(copied, &reader);
    CHECK_OK(journal_check_rows(reader, &file, &rows));
    CHECK(rows > 10);
    CHECK_OK(journal_marks(reader, ret));
    reader = journal_free(reader);
}

static status vouch(struct home *h, uint8_t marks[JOURNAL_MARKS][JOURNAL_MARK_SIZE],
                    size_t file)
{
    return journal_vouch(h->j, bytes_of(marks[file], JOURNAL_MARK_SIZE), file);
}

static void a_copy_is_as_the_node_left_its_rows(void)
{
    uint8_t marks[JOURNAL_MARKS][JOURNAL_MARK_SIZE];
    struct home copied;
    struct home h = make(&copied);

    copy(&h, &copied);
    publish(&h, 3); /* it goes on meanwhile */
    marks_of(&copied, marks);
    CHECK_OK(vouch(&h, marks, 0));
    CHECK_OK(vouch(&h, marks, 1));
    CHECK_STATUS(journal_vouch(h.j, bytes_of(marks[0], JOURNAL_MARK_SIZE), 1), E_SIGNATURE);
    CHECK_STATUS(journal_vouch(h.j, bytes_of(marks[0], JOURNAL_MARK_SIZE - 1), 0), E_FORM);
    for (size_t at = 0; at < JOURNAL_MARK_SIZE; at += 97) {
        marks[0][at] ^= 1;
        CHECK_STATUS(vouch(&h, marks, 0), E_SIGNATURE);
        marks[0][at] ^= 1;
    }
    home_remove(&copied);
    home_remove(&h);
}

/* Another home's, or this one's from a time that it does not know. */
static void a_strange_copy_is_told(void)
{
    uint8_t marks[JOURNAL_MARKS][JOURNAL_MARK_SIZE];
    struct home copied, other_copied;
    struct home h = make(&copied);
    struct home other = make(&other_copied);

    copy(&h, &copied);
    marks_of(&copied, marks);
    home_close(&other);
    other.ring = keyring_free(other.ring);
    other.ring = fixture_ring(8);
    home_open(&other);
    CHECK_STATUS(vouch(&other, marks, 0), E_SIGNATURE);
    /* The same keys and fewer commits: an older state of the same home. */
    struct home older = home_make();
    CHECK_STATUS(vouch(&older, marks, 0), E_ORDER);
    home_remove(&older);
    home_remove(&other_copied);
    home_remove(&other);
    home_remove(&copied);
    home_remove(&h);
}

static const char gone[] = "the bytes of a row that is gone";

/* SQLite without secure_delete leaves them on the page, as it does with it when a cell was
 * moved from one page to another. */
static void leave_bytes(const struct home *h)
{
    char path[128];
    char sql[256];
    sqlite3 *db = NULL;

    home_path(h, "keys.db", path);
    (void)snprintf(sql, sizeof sql,
                   "PRAGMA secure_delete = OFF;"
                   "INSERT INTO storage_key VALUES (99, CAST('%s' AS BLOB));"
                   "DELETE FROM storage_key WHERE place = 99;"
                   "PRAGMA wal_checkpoint(TRUNCATE)",
                   gone);
    CHECK(sqlite3_open(path, &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
    CHECK(sqlite3_close(db) == SQLITE_OK);
}

static bool has_bytes(const struct home *h)
{
    static _Alignas(16) uint8_t memory[1 << 20];
    struct arena a;
    struct bytes b = {0};
    char path[128];

    arena_init(&a, memory, sizeof memory);
    home_path(h, "keys.db", path);
    CHECK_OK(file_read(path, sizeof memory, &a, &b));
    return memmem(b.at, b.size, gone, sizeof gone - 1) != NULL;
}

static void a_copy_has_nothing_of_rows_that_are_gone(void)
{
    uint8_t marks[JOURNAL_MARKS][JOURNAL_MARK_SIZE];
    struct home copied;
    struct home h = make(&copied);

    home_close(&h);
    leave_bytes(&h);
    home_open(&h);
    copy(&h, &copied);
    CHECK(has_bytes(&h) && !has_bytes(&copied));
    marks_of(&copied, marks);
    CHECK_OK(vouch(&h, marks, 0));
    CHECK_OK(vouch(&h, marks, 1));
    home_remove(&copied);
    home_remove(&h);
}

static void a_copy_goes_into_no_file_that_is_there(void)
{
    struct home copied;
    struct home h = make(&copied);
    struct journal *reader = NULL;

    copy(&h, &copied);
    open_reader(&h, &reader);
    CHECK_STATUS(journal_copy(reader, copied.folder), E_DUPLICATE);
    CHECK_STATUS(journal_copy(reader, "/nonexistent"), E_IO);
    reader = journal_free(reader);
    home_remove(&copied);
    home_remove(&h);
}

CASES(CASE(a_copy_is_as_the_node_left_its_rows), CASE(a_strange_copy_is_told),
      CASE(a_copy_has_nothing_of_rows_that_are_gone),
      CASE(a_copy_goes_into_no_file_that_is_there))

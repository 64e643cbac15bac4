#include "journal_fixture.h"
#include "schema.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

static status open_as(struct home *h, enum journal_mode mode)
{
    const struct journal_setup s = home_setup(h, mode);
    struct journal *j = NULL;
    const status result = journal_open(&s, &j);

    CHECK((result == OK) == (j != NULL));
    (void)journal_free(j);
    return result;
}

/* As a tool of another version would. */
static void run_sql(const struct home *h, const char *file, const char *sql)
{
    char path[128];
    sqlite3 *db = NULL;

    home_path(h, file, path);
    CHECK(sqlite3_open(path, &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
    CHECK(sqlite3_close(db) == SQLITE_OK);
}

static void makes_files_that_only_the_owner_can_read(void)
{
    struct home h = home_make();
    struct stream_row row = fixture_row("F50", LANE_ROUTINE, 1);
    const uint8_t key[32] = {0};
    const struct store s = journal_store(h.j);

    CHECK_OK(fixture_publish(h.j, &row, 1));
    CHECK_OK(s.ops->key_put(s.self, &row.id, 0, key));
    CHECK_OK(journal_commit(h.j));
    CHECK_OK(journal_guard_reset(h.j));
    for (size_t i = 0; i < COUNT_OF(home_files); i++) {
        char path[128];
        struct stat st;
        home_path(&h, home_files[i], path);
        CHECK(stat(path, &st) == 0);
        CHECK_INT(st.st_mode & 0777, 0600);
    }
    home_remove(&h);
}

static void refuses_a_second_writer(void)
{
    struct home h = home_make();

    CHECK_STATUS(open_as(&h, JOURNAL_WRITE), E_BUSY);
    CHECK_STATUS(open_as(&h, JOURNAL_OFFLINE), E_BUSY);
    home_close(&h);
    CHECK_OK(open_as(&h, JOURNAL_OFFLINE));
    CHECK_OK(open_as(&h, JOURNAL_WRITE));
    home_remove(&h);
}

static void reads_beside_a_writer_and_after_it(void)
{
    struct home h = home_make();
    struct stream_row row = fixture_row("F50", LANE_ROUTINE, 1);
    const struct journal_setup s = home_setup(&h, JOURNAL_READ);
    struct journal *reader = NULL;
    struct stream_row got;
    uint8_t key[32];

    CHECK_OK(journal_open(&s, &reader));
    const struct store store = journal_store(reader);
    CHECK_OK(fixture_publish(h.j, &row, 3));
    CHECK_STATUS(store.ops->stream_get(store.self, &row.id, &got), E_UNKNOWN);
    CHECK_OK(journal_commit(h.j));
    CHECK_OK(store.ops->stream_get(store.self, &row.id, &got));
    CHECK_INT(got.frontier.size, 3);
    /* A checkpoint and the end of the writer leave the reader be. */
    journal_checkpoint(h.j, true);
    home_close(&h);
    CHECK_OK(store.ops->stream_get(store.self, &row.id, &got));
    CHECK_STATUS(store.ops->key_find(store.self, &row.id, 0, key), E_DENIED);
    CHECK_STATUS(store.ops->kx_secrets_load(store.self, h.ring), E_DENIED);
    struct guard_report report;
    CHECK_STATUS(journal_guard(reader, &report), E_DENIED);
    (void)journal_free(reader);
    CHECK_OK(open_as(&h, JOURNAL_READ));
    home_remove(&h);
}

static void does_not_write_when_reading(void)
{
    struct home h = home_make();
    const struct journal_setup s = home_setup(&h, JOURNAL_READ);
    struct stream_row row = fixture_row("F50", LANE_ROUTINE, 1);
    struct journal *reader = NULL;

    CHECK_OK(journal_open(&s, &reader));
    const struct store store = journal_store(reader);
    CHECK_STATUS(store.ops->stream_put(store.self, &row), E_STORAGE);
    (void)journal_free(reader);
    home_remove(&h);
}

static void finds_nothing_to_read_before_the_first_start(void)
{
    struct home h = home_make();
    char path[128];

    home_close(&h);
    home_path(&h, "journal.db", path);
    CHECK(unlink(path) == 0);
    CHECK_STATUS(open_as(&h, JOURNAL_READ), E_UNKNOWN);
    home_remove(&h);
}

static void refuses_a_newer_schema(void)
{
    struct home h = home_make();

    home_close(&h);
    run_sql(&h, "journal.db", "PRAGMA user_version = 1000");
    CHECK_STATUS(open_as(&h, JOURNAL_WRITE), E_VERSION);
    CHECK_STATUS(open_as(&h, JOURNAL_READ), E_VERSION);
    struct journal_version version = {0};
    struct journal_setup s = home_setup(&h, JOURNAL_WRITE);
    struct journal *j = NULL;
    char room[JOURNAL_SENTENCE_ROOM];
    s.version = &version;
    CHECK_STATUS(journal_open(&s, &j), E_VERSION);
    const char *const why = journal_open_sentence(E_VERSION, &version, room);
    CHECK(strstr(why, "journal.db has version 1000 ") != NULL);
    CHECK(strstr(why, "install that one again") != NULL);
    char back[48];
    (void)snprintf(back, sizeof back, "PRAGMA user_version = %u",
                   (unsigned)schema_journal.step_count);
    run_sql(&h, "journal.db", back);
    run_sql(&h, "keys.db", "PRAGMA user_version = 1000");
    CHECK_STATUS(open_as(&h, JOURNAL_WRITE), E_VERSION);
    CHECK_OK(open_as(&h, JOURNAL_READ));
    home_remove(&h);
}

/* A journal as the first version made it takes the steps that were added since. */
static void brings_an_older_schema_up_to_date(void)
{
    struct home h = home_make();
    char path[128];

    home_close(&h);
    for (size_t i = 0; i < 3; i++) {
        home_path(&h, home_files[i], path);
        (void)unlink(path); /* the WAL and its index may be gone already */
    }
    run_sql(&h, "journal.db", schema_journal.steps[0]);
    run_sql(&h, "journal.db", "INSERT INTO meta VALUES ('agency', CAST('F55' AS BLOB))");
    home_path(&h, "journal.db", path);
    CHECK(chmod(path, 0600) == 0);
    CHECK_STATUS(open_as(&h, JOURNAL_READ), E_VERSION);
    CHECK_OK(open_as(&h, JOURNAL_WRITE));
    CHECK_OK(open_as(&h, JOURNAL_READ));
    home_remove(&h);
}

static void refuses_another_agencys_journal(void)
{
    struct home h = home_make();
    struct journal_setup s = home_setup(&h, JOURNAL_WRITE);
    struct journal *j = NULL;

    home_close(&h);
    s.self = fixture_agency("F50");
    CHECK_STATUS(journal_open(&s, &j), E_CONFIG);
    s.mode = JOURNAL_READ;
    CHECK_STATUS(journal_open(&s, &j), E_CONFIG);
    home_remove(&h);
}

static void refuses_a_folder_that_others_may_write_in(void)
{
    struct home h = home_make();
    struct journal_setup s = home_setup(&h, JOURNAL_WRITE);
    struct journal *j = NULL;

    home_close(&h);
    CHECK(chmod(h.folder, 0770) == 0);
    CHECK_STATUS(open_as(&h, JOURNAL_WRITE), E_DENIED);
    CHECK(chmod(h.folder, 0750) == 0);
    CHECK_OK(open_as(&h, JOURNAL_WRITE));
    s.folder = "/tmp/flagpost-test-that-is-not-there";
    CHECK_STATUS(journal_open(&s, &j), E_IO);
    home_remove(&h);
}

static void refuses_files_that_are_links_or_open_to_others(void)
{
    struct home h = home_make();
    char path[128];
    char moved[128];

    home_close(&h);
    home_path(&h, "journal.db", path);
    home_path(&h, "elsewhere.db", moved);
    CHECK(chmod(path, 0640) == 0);
    CHECK_STATUS(open_as(&h, JOURNAL_WRITE), E_DENIED);
    CHECK(chmod(path, 0600) == 0);
    CHECK(link(path, moved) == 0);
    CHECK_STATUS(open_as(&h, JOURNAL_WRITE), E_DENIED);
    CHECK(unlink(path) == 0);
    CHECK(symlink(moved, path) == 0);
    CHECK_STATUS(open_as(&h, JOURNAL_WRITE), E_DENIED);
    CHECK_STATUS(open_as(&h, JOURNAL_READ), E_DENIED);
    CHECK(unlink(path) == 0);
    CHECK(rename(moved, path) == 0);
    CHECK_OK(open_as(&h, JOURNAL_WRITE));
    home_remove(&h);
}

static void says_that_a_file_is_damaged(void)
{
    struct home h = home_make();
    char path[128];
    static const char text[] = "this is no database, whatever its name says, and is long "
                               "enough to have the header that it lacks: one hundred bytes";

    home_close(&h);
    home_path(&h, "keys.db", path);
    const int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    CHECK(fd >= 0 && write(fd, text, sizeof text) == (ssize_t)sizeof text);
    CHECK(close(fd) == 0);
    CHECK_STATUS(open_as(&h, JOURNAL_WRITE), E_DAMAGED);
    home_remove(&h);
}

/* Values that SQLite holds but our types cannot: each is refused, and none is taken. */
static void refuses_values_out_of_their_range(void)
{
    static const char *const damage[] = {
        "UPDATE stream_state SET own = 2",
        "UPDATE stream_state SET complete = -1",
        "UPDATE stream_state SET complete = 4000",
        "UPDATE stream_state SET frontier = x'00000000000000'",
        "UPDATE stream_state SET frontier = x'0000000000000003'",
        "UPDATE stream_state SET quarantine = 'no such word'",
        "UPDATE stream SET lane = 4",
        "UPDATE stream SET random = x'00'",
        "UPDATE stream SET agency = 'a small one'",
        "UPDATE stream SET epoch = 4294967296",
    };

    for (size_t i = 0; i < COUNT_OF(damage); i++) {
        struct home h = home_make();
        struct stream_row row = fixture_row("F50", LANE_ROUTINE, 1);
        CHECK_OK(fixture_publish(h.j, &row, 3));
        CHECK_OK(journal_commit(h.j));
        home_close(&h);
        run_sql(&h, "journal.db", damage[i]);
        home_open(&h);
        CHECK_STATUS(journal_streams(h.j, NULL, NULL), E_DAMAGED);
        home_remove(&h);
    }
}

static status find_both(struct home *h, const struct stream_id *id, struct arena *a)
{
    const struct store s = journal_store(h->j);
    struct group_row group;
    struct entry_row entry;

    TRY(s.ops->group_find(s.self, id, 1, a, &group));
    return s.ops->entry_find(s.self, id, 1, a, &entry);
}

static void refuses_damaged_groups_and_entries(void)
{
    static const char *const damage[] = {
        "UPDATE commit_group SET count = 2",
        "UPDATE commit_group SET count = 513",
        "UPDATE commit_group SET salt = x'00'",
        "UPDATE commit_group SET leaves = x'00'",
        "UPDATE entry SET kind = 99",
        "UPDATE entry SET disposition = 0",
        "UPDATE entry SET disposition = 6",
        "UPDATE entry SET reason = ''",
        "UPDATE entry SET id = zeroblob(17)",
        "UPDATE entry SET leaf = zeroblob(31)",
        "UPDATE entry SET ciphertext = zeroblob(1500000)",
    };
    struct arena a;

    fixture_arena(&a);
    for (size_t i = 0; i < COUNT_OF(damage); i++) {
        struct home h = home_make();
        struct stream_row row = fixture_row("F50", LANE_ROUTINE, 1);
        CHECK_OK(fixture_publish(h.j, &row, 3));
        CHECK_OK(journal_commit(h.j));
        CHECK_OK(find_both(&h, &row.id, &a));
        home_close(&h);
        run_sql(&h, "journal.db", damage[i]);
        home_open(&h);
        CHECK_STATUS(find_both(&h, &row.id, &a), E_DAMAGED);
        CHECK(journal_error(h.j)[0] != '\0');
        home_remove(&h);
        arena_reset(&a);
    }
    free(a.at);
}

CASES(CASE(makes_files_that_only_the_owner_can_read), CASE(refuses_a_second_writer),
      CASE(reads_beside_a_writer_and_after_it), CASE(does_not_write_when_reading),
      CASE(finds_nothing_to_read_before_the_first_start), CASE(refuses_a_newer_schema),
      CASE(brings_an_older_schema_up_to_date), CASE(refuses_another_agencys_journal),
      CASE(refuses_a_folder_that_others_may_write_in),
      CASE(refuses_files_that_are_links_or_open_to_others),
      CASE(says_that_a_file_is_damaged), CASE(refuses_values_out_of_their_range),
      CASE(refuses_damaged_groups_and_entries))

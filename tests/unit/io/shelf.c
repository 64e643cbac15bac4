#include "shelf.h"
#include "journal_fixture.h"

#include <sqlite3.h>

/* The desks' sealed rows. */

enum { STATE_OPEN = 1, STATE_CLOSED = 2 };

static struct shelf_row make_row(uint64_t number, const char *body)
{
    return (struct shelf_row){.kind = SHELF_TODO,
                              .id = fixture_record(number),
                              .state = STATE_OPEN,
                              .due = 1000 + number,
                              .changed = 77,
                              .body = bytes_of_text(body)};
}

static void put(struct home *h, const struct shelf_row *row)
{
    CHECK_OK(journal_shelf_put(h->j, row));
}

static status find(struct home *h, struct arena *a, uint64_t number, struct shelf_row *ret)
{
    const record_id id = fixture_record(number);

    return journal_shelf_find(h->j, SHELF_TODO, &id, a, ret);
}

static void check_same(const struct shelf_row *got, const struct shelf_row *wanted)
{
    CHECK_INT(got->kind, wanted->kind);
    CHECK(record_id_equal(&got->id, &wanted->id));
    CHECK(record_id_equal(&got->about, &wanted->about));
    CHECK(memcmp(got->tag, wanted->tag, sizeof got->tag) == 0);
    CHECK_INT(got->state, wanted->state);
    CHECK_INT(got->due, wanted->due);
    CHECK_INT(got->changed, wanted->changed);
    CHECK_BYTES(got->body, wanted->body);
}

static void run_sql(const struct home *h, const char *sql)
{
    char path[128];
    sqlite3 *db = NULL;

    home_path(h, "journal.db", path);
    CHECK(sqlite3_open(path, &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
    CHECK(sqlite3_close(db) == SQLITE_OK);
}

static void gives_back_what_was_put(void)
{
    struct home h = home_make();
    struct arena a;
    struct shelf_row row = make_row(1, "the body");
    struct shelf_row got;

    fixture_arena(&a);
    row.about = fixture_record(900);
    row.tag[0] = 9;
    CHECK_STATUS(find(&h, &a, 1, &got), E_UNKNOWN);
    put(&h, &row);
    CHECK(journal_is_dirty(h.j));
    CHECK_OK(find(&h, &a, 1, &got));
    check_same(&got, &row);
    CHECK_OK(journal_commit(h.j));
    home_close(&h);
    home_open(&h);
    CHECK_OK(find(&h, &a, 1, &got));
    check_same(&got, &row);
    /* The same id within another kind is another row. */
    CHECK_STATUS(journal_shelf_find(h.j, SHELF_DRAFT, &row.id, &a, &got), E_UNKNOWN);
    free(a.at);
    home_remove(&h);
}

static void replaces_a_row_and_drops_it(void)
{
    struct home h = home_make();
    struct arena a;
    struct shelf_row row = make_row(1, "first");
    struct shelf_row got;

    fixture_arena(&a);
    put(&h, &row);
    row.body = bytes_of_text("");
    row.state = STATE_CLOSED;
    row.due = 0;
    put(&h, &row);
    CHECK_OK(find(&h, &a, 1, &got));
    check_same(&got, &row);
    CHECK_OK(journal_shelf_drop(h.j, SHELF_TODO, &row.id));
    CHECK_STATUS(find(&h, &a, 1, &got), E_UNKNOWN);
    CHECK_OK(journal_shelf_drop(h.j, SHELF_TODO, &row.id));
    CHECK_OK(journal_commit(h.j));
    free(a.at);
    home_remove(&h);
}

static void clears_one_kind_and_no_other(void)
{
    struct home h = home_make();
    struct arena a;
    struct shelf_row one = make_row(1, "first");
    struct shelf_row two = make_row(2, "second");
    struct shelf_row other = make_row(1, "of another kind");
    struct shelf_row got;

    fixture_arena(&a);
    other.kind = SHELF_OBLIGATION;
    put(&h, &one);
    put(&h, &two);
    put(&h, &other);
    CHECK_OK(journal_shelf_clear(h.j, SHELF_TODO));
    CHECK_STATUS(find(&h, &a, 1, &got), E_UNKNOWN);
    CHECK_STATUS(find(&h, &a, 2, &got), E_UNKNOWN);
    CHECK_OK(journal_shelf_find(h.j, SHELF_OBLIGATION, &other.id, &a, &got));
    CHECK_OK(journal_commit(h.j));
    free(a.at);
    home_remove(&h);
}

static void takes_the_largest_body_and_no_larger(void)
{
    struct home h = home_make();
    struct arena a;
    uint8_t *const body = malloc(SHELF_BODY_MAX + 1);
    struct shelf_row row = make_row(1, "");
    struct shelf_row got;

    fixture_arena(&a);
    CHECK(body != NULL);
    memset(body, 0x5a, SHELF_BODY_MAX + 1);
    row.body = bytes_of(body, SHELF_BODY_MAX);
    put(&h, &row);
    CHECK_OK(find(&h, &a, 1, &got));
    check_same(&got, &row);
    row.body = bytes_of(body, SHELF_BODY_MAX + 1);
    CHECK_STATUS(journal_shelf_put(h.j, &row), E_LIMIT);
    CHECK_OK(journal_commit(h.j));
    free(body);
    free(a.at);
    home_remove(&h);
}

/* Two rows alike but for their keys, so that an exchange of any column could go unseen. */
static void refuses_an_edited_row(void)
{
    static const char *const edits[] = {
        "UPDATE shelf SET state = 2 WHERE number = 1",
        "UPDATE shelf SET due = due + 1 WHERE number = 1",
        "UPDATE shelf SET due = 9223372036854775807 WHERE number = 1",
        "UPDATE shelf SET changed = changed - 1 WHERE number = 1",
        "UPDATE shelf SET about = (SELECT id FROM shelf WHERE number = 2) WHERE number = 1",
        "UPDATE shelf SET tag = zeroblob(32) WHERE number = 1",
        ("UPDATE shelf SET sealed = (SELECT sealed FROM shelf WHERE number = 2) "
         "WHERE number = 1"),
        "UPDATE shelf SET sealed = zeroblob(length(sealed)) WHERE number = 1",
        "UPDATE shelf SET sealed = zeroblob(8) WHERE number = 1",
        "UPDATE shelf SET id = zeroblob(3) WHERE number = 1",
        "UPDATE shelf SET kind = 99 WHERE number = 1",
        "UPDATE shelf SET kind = 1 WHERE number = 1",
        ("DELETE FROM shelf WHERE number = 1; UPDATE shelf SET id = X'"
         "0000000000000001fffffffffffffffe' WHERE number = 2"),
    };

    for (size_t i = 0; i < COUNT_OF(edits); i++) {
        struct home h = home_make();
        struct arena a;
        struct shelf_row row = make_row(1, "a body");
        struct shelf_row other = make_row(2, "a body");
        struct shelf_row got;
        fixture_arena(&a);
        row.tag[3] = 1;
        put(&h, &row);
        put(&h, &other);
        CHECK_OK(journal_commit(h.j));
        CHECK_OK(find(&h, &a, 1, &got));
        run_sql(&h, edits[i]);
        status s = find(&h, &a, 1, &got);
        /* A row under another key is met there. */
        if (s == E_UNKNOWN)
            s = journal_shelf_find(h.j, SHELF_DRAFT, &row.id, &a, &got);
        CHECK(s == E_DAMAGED || (s == E_UNKNOWN && i >= 9 && i <= 10));
        free(a.at);
        home_remove(&h);
    }
}

static void refuses_rows_of_another_keyring(void)
{
    struct home h = home_make();
    struct arena a;
    const struct shelf_row row = make_row(1, "a body");
    struct shelf_row got;

    fixture_arena(&a);
    put(&h, &row);
    CHECK_OK(journal_commit(h.j));
    home_close(&h);
    h.ring = keyring_free(h.ring);
    h.ring = fixture_ring(8);
    home_open(&h);
    CHECK_STATUS(find(&h, &a, 1, &got), E_DAMAGED);
    free(a.at);
    home_remove(&h);
}

/* --- what stays in the files --- */

static bool file_has(const struct home *h, const char *name, struct bytes what)
{
    char path[128];
    bool found = false;

    home_path(h, name, path);
    FILE *const f = fopen(path, "rbe");
    if (f == NULL)
        return false;
    CHECK(fseek(f, 0, SEEK_END) == 0);
    const size_t size = (size_t)ftell(f);
    rewind(f);
    uint8_t *const all = malloc(size + 1);
    CHECK(all != NULL && fread(all, 1, size, f) == size);
    CHECK(fclose(f) == 0);
    for (size_t i = 0; !found && i + what.size <= size; i++)
        found = memcmp(all + i, what.at, what.size) == 0;
    free(all);
    return found;
}

static bool files_have(const struct home *h, struct bytes what)
{
    return file_has(h, "journal.db", what) || file_has(h, "journal.db-wal", what);
}

/* Some bytes of a row as sealed on the disk, from its middle. */
static void sealed_bytes(const struct home *h, int number, uint8_t ret[32])
{
    char path[128];
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;

    home_path(h, "journal.db", path);
    CHECK(sqlite3_open(path, &db) == SQLITE_OK);
    CHECK(sqlite3_prepare_v2(db,
                             "SELECT substr(sealed, length(sealed) / 2, 32) FROM shelf "
                             "WHERE number = ?1",
                             -1, &s, NULL) == SQLITE_OK);
    CHECK(sqlite3_bind_int(s, 1, number) == SQLITE_OK);
    CHECK(sqlite3_step(s) == SQLITE_ROW && sqlite3_column_bytes(s, 0) == 32);
    memcpy(ret, sqlite3_column_blob(s, 0), 32);
    CHECK(sqlite3_finalize(s) == SQLITE_OK && sqlite3_close(db) == SQLITE_OK);
}

/* A small row stands in its page, a large one in pages of its own. */
static void leaves_no_trace_of_what_was_dropped(void)
{
    static uint8_t big[100000];
    struct home h = home_make();
    struct shelf_row small = make_row(1, "A-CANARY-IN-A-BODY of some length, in one page");
    struct shelf_row large = make_row(2, "");
    uint8_t traces[2][32];

    memset(big, 'L', sizeof big);
    static const char canary[] = "A-CANARY-IN-A-BODY";
    for (size_t i = 0; i < sizeof canary - 1; i++)
        big[50000 + i] = (uint8_t)canary[i];
    large.body = bytes_of(big, sizeof big);
    put(&h, &small);
    put(&h, &large);
    CHECK_OK(journal_commit(h.j));
    journal_checkpoint(h.j, true);
    CHECK(!files_have(&h, bytes_of_text("A-CANARY-IN-A-BODY")));
    sealed_bytes(&h, 1, traces[0]);
    sealed_bytes(&h, 2, traces[1]);
    CHECK(file_has(&h, "journal.db", bytes_of(traces[0], 32)));
    CHECK(file_has(&h, "journal.db", bytes_of(traces[1], 32)));

    /* One is dropped, the other put again with another body. */
    CHECK_OK(journal_shelf_drop(h.j, SHELF_TODO, &small.id));
    large.body = bytes_of_text("short");
    put(&h, &large);
    CHECK_OK(journal_commit(h.j));
    journal_checkpoint(h.j, true);
    CHECK(!files_have(&h, bytes_of(traces[0], 32)));
    CHECK(!files_have(&h, bytes_of(traces[1], 32)));
    home_remove(&h);
}

CASES(CASE(gives_back_what_was_put), CASE(replaces_a_row_and_drops_it),
      CASE(clears_one_kind_and_no_other), CASE(takes_the_largest_body_and_no_larger),
      CASE(refuses_an_edited_row), CASE(refuses_rows_of_another_keyring),
      CASE(leaves_no_trace_of_what_was_dropped))

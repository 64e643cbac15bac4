#include "journal_fixture.h"

#include <sqlite3.h>
#include <sys/stat.h>

/* Storage keys and KX secrets, through the journal whose turns they join. */

static void run_sql(const struct home *h, const char *sql)
{
    char path[128];
    sqlite3 *db = NULL;

    home_path(h, "keys.db", path);
    CHECK(sqlite3_open(path, &db) == SQLITE_OK);
    CHECK(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK);
    CHECK(sqlite3_close(db) == SQLITE_OK);
}

static void fill_key(uint8_t key[32], uint8_t with)
{
    memset(key, with, 32);
}

static status put_key(struct home *h, const struct stream_id *s, sequence index,
                      uint8_t with)
{
    const struct store store = journal_store(h->j);
    uint8_t key[32];

    fill_key(key, with);
    return store.ops->key_put(store.self, s, index, key);
}

static void check_key(struct home *h, const struct stream_id *s, sequence index,
                      uint8_t with)
{
    const struct store store = journal_store(h->j);
    uint8_t wanted[32];
    uint8_t got[32];

    fill_key(wanted, with);
    CHECK_OK(store.ops->key_find(store.self, s, index, got));
    CHECK_BYTES(bytes_of(got, 32), bytes_of(wanted, 32));
}

static status find_key(struct home *h, const struct stream_id *s, sequence index)
{
    const struct store store = journal_store(h->j);
    uint8_t got[32];

    return store.ops->key_find(store.self, s, index, got);
}

static void gives_back_storage_keys(void)
{
    struct home h = home_make();
    const struct stream_id first = fixture_stream("F50", LANE_ROUTINE, 1);
    const struct stream_id second = fixture_stream("F50", LANE_ROUTINE, 2);

    CHECK_STATUS(find_key(&h, &first, 0), E_UNKNOWN);
    CHECK_OK(put_key(&h, &first, 0, 1));
    CHECK_OK(put_key(&h, &first, 1, 2));
    CHECK_OK(put_key(&h, &second, 0, 3));
    CHECK(journal_is_dirty(h.j));
    check_key(&h, &first, 0, 1);
    CHECK_OK(journal_commit(h.j));
    CHECK(!journal_is_dirty(h.j));
    home_close(&h);
    home_open(&h);
    check_key(&h, &first, 0, 1);
    check_key(&h, &first, 1, 2);
    check_key(&h, &second, 0, 3);
    CHECK_STATUS(find_key(&h, &second, 1), E_UNKNOWN);
    /* The entry of the first key was lost in a crash; its index is used again. */
    CHECK_OK(put_key(&h, &first, 0, 9));
    CHECK_OK(journal_commit(h.j));
    check_key(&h, &first, 0, 9);
    home_remove(&h);
}

static void loses_keys_that_were_not_committed(void)
{
    struct home h = home_make();
    const struct stream_id stream = fixture_stream("F50", LANE_ROUTINE, 1);

    CHECK_OK(put_key(&h, &stream, 0, 1));
    home_close(&h);
    home_open(&h);
    CHECK_STATUS(find_key(&h, &stream, 0), E_UNKNOWN);
    home_remove(&h);
}

static void opens_a_key_only_in_its_own_place(void)
{
    struct home h = home_make();
    const struct stream_id stream = fixture_stream("F50", LANE_ROUTINE, 1);

    CHECK_OK(put_key(&h, &stream, 0, 1));
    CHECK_OK(put_key(&h, &stream, 1, 2));
    CHECK_OK(journal_commit(h.j));
    home_close(&h);
    run_sql(&h, "UPDATE storage_key SET wrapped = (SELECT wrapped FROM storage_key "
                "ORDER BY place LIMIT 1)");
    home_open(&h);
    check_key(&h, &stream, 0, 1);
    CHECK_STATUS(find_key(&h, &stream, 1), E_DAMAGED);
    home_close(&h);
    run_sql(&h, "UPDATE stream SET random = zeroblob(8)");
    home_open(&h);
    struct stream_id moved = stream;
    memset(moved.epoch.random, 0, sizeof moved.epoch.random);
    CHECK_STATUS(find_key(&h, &moved, 0), E_DAMAGED);
    home_close(&h);
    run_sql(&h, "UPDATE storage_key SET wrapped = x'00'");
    home_open(&h);
    CHECK_STATUS(find_key(&h, &moved, 0), E_DAMAGED);
    home_remove(&h);
}

static status put_secret(struct home *h, uint32_t number, const uint8_t secret[32])
{
    const struct store s = journal_store(h->j);
    const struct keyring_kx kx = {.id = number, .from = 1000 + number};

    return s.ops->kx_secret_put(s.self, &kx, secret);
}

static status load_secrets(struct home *h)
{
    const struct store s = journal_store(h->j);

    return s.ops->kx_secrets_load(s.self, h->ring);
}

static status destroy_secret(struct home *h, uint32_t number)
{
    const struct store s = journal_store(h->j);

    return s.ops->kx_secret_destroy(s.self, number);
}

static void opens_nothing_under_another_keyring(void)
{
    struct home h = home_make();
    const struct stream_id stream = fixture_stream("F50", LANE_ROUTINE, 1);
    const uint8_t secret[32] = {5};

    CHECK_OK(put_key(&h, &stream, 0, 1));
    CHECK_OK(put_secret(&h, 1, secret));
    CHECK_OK(journal_commit(h.j));
    home_close(&h);
    h.ring = keyring_free(h.ring);
    h.ring = fixture_ring(8);
    home_open(&h);
    CHECK_STATUS(find_key(&h, &stream, 0), E_DAMAGED);
    CHECK_STATUS(load_secrets(&h), E_DAMAGED);
    home_remove(&h);
}

static void loads_the_newest_kx_secrets(void)
{
    struct home h = home_make();

    for (uint32_t i = 1; i <= KX_KEPT_MAX + 2; i++) {
        uint8_t secret[32];
        fill_key(secret, (uint8_t)i);
        CHECK_OK(put_secret(&h, i, secret));
    }
    CHECK_OK(journal_commit(h.j));
    home_close(&h);
    home_open(&h);
    CHECK(!keyring_has_kx(h.ring, KX_KEPT_MAX));
    CHECK_OK(load_secrets(&h));
    for (uint32_t i = 1; i <= KX_KEPT_MAX + 2; i++)
        CHECK_INT(keyring_has_kx(h.ring, i), i > 2);
    /* Since when each is in use came along; edited, the key does not open. */
    for (size_t i = 0; i < KX_KEPT_MAX; i++)
        CHECK_INT(keyring_kx_all(h.ring)[i].from, 1000 + keyring_kx_all(h.ring)[i].id);
    home_close(&h);
    run_sql(&h, "UPDATE kx_secret SET since = since + 1");
    home_open(&h);
    CHECK_STATUS(load_secrets(&h), E_DAMAGED);
    home_remove(&h);
}

static void forgets_a_kx_secret(void)
{
    struct home h = home_make();
    const uint8_t secret[32] = {5};

    CHECK_OK(put_secret(&h, 4, secret));
    CHECK_OK(put_secret(&h, 5, secret));
    CHECK_STATUS(put_secret(&h, 5, secret), E_DUPLICATE);
    CHECK_OK(journal_commit(h.j));
    CHECK_OK(destroy_secret(&h, 4));
    CHECK_OK(journal_commit(h.j));
    CHECK_OK(load_secrets(&h));
    CHECK(!keyring_has_kx(h.ring, 4));
    CHECK(keyring_has_kx(h.ring, 5));
    home_remove(&h);
}

static bool file_has(const struct home *h, const char *name, struct bytes wanted)
{
    char path[128];
    struct stat st;
    bool found = false;

    home_path(h, name, path);
    FILE *const f = fopen(path, "re");
    if (f == NULL)
        return false;
    CHECK(fstat(fileno(f), &st) == 0);
    const size_t size = (size_t)st.st_size;
    uint8_t *const all = malloc(size + 1);
    CHECK(all != NULL && fread(all, 1, size, f) == size);
    CHECK(fclose(f) == 0);
    for (size_t i = 0; i + wanted.size <= size && !found; i++)
        found = memcmp(all + i, wanted.at, wanted.size) == 0;
    free(all);
    return found;
}

/* Destroying is of no use while a page or the WAL still has the bytes. */
static void leaves_no_copy_of_a_destroyed_secret(void)
{
    struct home h = home_make();
    char path[128];
    const uint8_t secret[32] = {5};
    uint8_t wrapped[72];
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;

    CHECK_OK(put_secret(&h, 4, secret));
    CHECK_OK(put_secret(&h, 5, secret));
    CHECK_OK(journal_commit(h.j));
    home_path(&h, "keys.db", path);
    CHECK(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    CHECK(sqlite3_prepare_v2(db, "SELECT wrapped FROM kx_secret WHERE number = 4", -1, &q,
                             NULL) == SQLITE_OK);
    CHECK(sqlite3_step(q) == SQLITE_ROW && sqlite3_column_bytes(q, 0) == 72);
    memcpy(wrapped, sqlite3_column_blob(q, 0), sizeof wrapped);
    CHECK(sqlite3_finalize(q) == SQLITE_OK && sqlite3_close(db) == SQLITE_OK);

    const struct bytes needle = bytes_of(wrapped, sizeof wrapped);
    CHECK(file_has(&h, "keys.db-wal", needle));
    CHECK(!file_has(&h, "keys.db-wal", bytes_of(secret, sizeof secret)));
    CHECK_OK(destroy_secret(&h, 4));
    CHECK_OK(journal_commit(h.j));
    CHECK(!file_has(&h, "keys.db-wal", needle));
    CHECK(!file_has(&h, "keys.db", needle));
    home_remove(&h);
}

CASES(CASE(gives_back_storage_keys), CASE(loses_keys_that_were_not_committed),
      CASE(opens_a_key_only_in_its_own_place), CASE(opens_nothing_under_another_keyring),
      CASE(loads_the_newest_kx_secrets), CASE(forgets_a_kx_secret),
      CASE(leaves_no_copy_of_a_destroyed_secret))

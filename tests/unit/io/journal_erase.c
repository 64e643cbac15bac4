#include "journal_fixture.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

/* What was erased is in no file once the turn is durable, and nothing else is touched. */

static const char secret[] = "the-ciphertext-that-must-go-8f3a61d2";

static struct entry_row entry_with(const struct stream_id *s, sequence index,
                                   struct bytes ciphertext)
{
    struct entry_row e = fixture_entry(s, index);

    e.ciphertext = ciphertext;
    return e;
}

/* Enough of it that it spills over many pages. */
static struct bytes large_secret(struct arena *a)
{
    enum { TIMES = 3000 };
    uint8_t *const at = arena_take(a, TIMES * (sizeof secret - 1));

    CHECK(at != NULL);
    for (size_t i = 0; i < TIMES; i++)
        memcpy(at + i * (sizeof secret - 1), secret, sizeof secret - 1);
    return bytes_of(at, TIMES * (sizeof secret - 1));
}

static void put(struct home *h, const struct entry_row *e)
{
    const struct store store = journal_store(h->j);
    uint8_t key[32];

    memset(key, 0x5c, sizeof key);
    CHECK_OK(store.ops->entry_put(store.self, e));
    CHECK_OK(store.ops->key_put(store.self, &e->stream, e->index, key));
}

/* How often a file of the home has the bytes. */
static size_t times_in(const struct home *h, const char *name, struct bytes what)
{
    char path[128];
    struct stat st;
    size_t times = 0;

    home_path(h, name, path);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    CHECK(fstat(fd, &st) == 0);
    uint8_t *const all = malloc((size_t)st.st_size + 1);
    CHECK(all != NULL && read(fd, all, (size_t)st.st_size) == st.st_size);
    (void)close(fd);
    for (size_t i = 0; i + what.size <= (size_t)st.st_size; i++)
        times += memcmp(all + i, what.at, what.size) == 0;
    free(all);
    return times;
}

static size_t times_anywhere(const struct home *h, struct bytes what)
{
    size_t times = 0;

    for (size_t i = 0; i < COUNT_OF(home_files); i++)
        times += times_in(h, home_files[i], what);
    return times;
}

/* The wrapped storage key as keys.db has it. */
static size_t wrapped_key(const struct home *h, uint8_t ret[256])
{
    char path[128];
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;

    home_path(h, "keys.db", path);
    CHECK(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    CHECK(sqlite3_prepare_v2(db, "SELECT wrapped FROM storage_key ORDER BY place LIMIT 1",
                             -1, &s, NULL) == SQLITE_OK);
    CHECK(sqlite3_step(s) == SQLITE_ROW);
    const size_t size = (size_t)sqlite3_column_bytes(s, 0);
    CHECK(size > 0 && size <= 256);
    memcpy(ret, sqlite3_column_blob(s, 0), size);
    (void)sqlite3_finalize(s);
    CHECK(sqlite3_close(db) == SQLITE_OK);
    return size;
}

static void leaves_nothing_in_any_file(void)
{
    struct home h = home_make();
    const struct stream_id s = fixture_stream("F50", LANE_ROUTINE, 1);
    const struct store store = journal_store(h.j);
    struct entry_row got;
    struct arena a;
    uint8_t wrapped[256];
    uint8_t key[32];

    fixture_arena(&a);
    const struct entry_row first = entry_with(&s, 0, large_secret(&a));
    const struct entry_row second = fixture_entry(&s, 1);
    put(&h, &first);
    put(&h, &second);
    CHECK_OK(journal_commit(h.j));
    const size_t size = wrapped_key(&h, wrapped);
    CHECK(times_anywhere(&h, bytes_of_text(secret)) > 0);
    CHECK(times_anywhere(&h, bytes_of(wrapped, size)) > 0);

    CHECK_OK(store.ops->entry_erase(store.self, &s, 0));
    CHECK_OK(journal_commit(h.j));
    CHECK_INT(times_anywhere(&h, bytes_of_text(secret)), 0);
    CHECK_INT(times_anywhere(&h, bytes_of(wrapped, size)), 0);
    CHECK_OK(store.ops->entry_find(store.self, &s, 0, &a, &got));
    CHECK_INT(got.disposition, DISPOSITION_ERASED);
    CHECK(got.ciphertext.size == 0 && got.wraps.size == 0 && got.kept.size == 0);
    CHECK_BYTES(got.header, first.header);
    CHECK(hash_equal(&got.leaf, &first.leaf));
    CHECK_STATUS(store.ops->key_find(store.self, &s, 0, key), E_UNKNOWN);
    /* The neighbour is as it was. */
    CHECK_OK(store.ops->entry_find(store.self, &s, 1, &a, &got));
    CHECK_INT(got.disposition, DISPOSITION_HELD);
    CHECK_BYTES(got.ciphertext, second.ciphertext);
    CHECK_OK(store.ops->key_find(store.self, &s, 1, key));
    home_remove(&h);
    free(a.at);
}

/* A reader holds the write-ahead log back; when it has gone, the log is emptied. */
static void waits_for_a_reader_and_then_empties_the_log(void)
{
    struct home h = home_make();
    const struct stream_id s = fixture_stream("F50", LANE_ROUTINE, 1);
    const struct store store = journal_store(h.j);
    char path[128];
    sqlite3 *db = NULL;
    struct arena a;

    fixture_arena(&a);
    const struct entry_row e = entry_with(&s, 0, large_secret(&a));
    put(&h, &e);
    CHECK_OK(journal_commit(h.j));
    home_path(&h, "journal.db", path);
    CHECK(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    CHECK(sqlite3_exec(db, "BEGIN; SELECT count(*) FROM entry", NULL, NULL, NULL) ==
          SQLITE_OK);
    CHECK_OK(store.ops->entry_erase(store.self, &s, 0));
    CHECK_OK(journal_commit(h.j));
    CHECK(!journal_checkpoint(h.j, false));
    CHECK(times_anywhere(&h, bytes_of_text(secret)) > 0);
    CHECK(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK);
    CHECK(sqlite3_close(db) == SQLITE_OK);
    CHECK(journal_checkpoint(h.j, false));
    CHECK_INT(times_anywhere(&h, bytes_of_text(secret)), 0);
    home_remove(&h);
    free(a.at);
}

static void finds_where_else_a_record_stands(void)
{
    struct home h = home_make();
    const struct stream_id old = fixture_stream("F50", LANE_ROUTINE, 1);
    const struct stream_id now = fixture_stream("F50", LANE_ROUTINE, 2);
    const struct store store = journal_store(h.j);
    const struct entry_row first = fixture_entry(&old, 0);
    struct entry_row again = fixture_entry(&now, 4);
    struct entry_row other = fixture_entry(&now, 5);
    struct entry_row sealed = fixture_entry(&now, 6);
    struct place place;
    struct place next;

    again.id = first.id;
    again.duplicate = true;
    sealed.id = first.id;
    sealed.disposition = DISPOSITION_UNOPENABLE;
    CHECK_OK(store.ops->entry_put(store.self, &first));
    CHECK_OK(store.ops->entry_put(store.self, &again));
    CHECK_OK(store.ops->entry_put(store.self, &other));
    CHECK_OK(store.ops->entry_put(store.self, &sealed));
    const struct agency_id *const agency = &old.agency;
    CHECK_OK(store.ops->record_after(store.self, agency, &first.id, NULL, &place));
    CHECK(stream_id_equal(&place.stream, &old) && place.index == 0);
    CHECK_OK(store.ops->record_after(store.self, agency, &first.id, &place, &next));
    CHECK(stream_id_equal(&next.stream, &now) && next.index == 4);
    CHECK_OK(store.ops->record_after(store.self, agency, &first.id, &next, &place));
    CHECK(stream_id_equal(&place.stream, &now) && place.index == 6);
    CHECK_STATUS(store.ops->record_after(store.self, agency, &first.id, &place, &next),
                 E_UNKNOWN);
    const struct agency_id stranger = fixture_agency("F51");
    CHECK_STATUS(store.ops->record_after(store.self, &stranger, &first.id, NULL, &next),
                 E_UNKNOWN);
    /* One that never opened has no first place, and is found all the same. */
    sealed.id = fixture_entry(&now, 7).id;
    sealed.index = 7;
    CHECK_OK(store.ops->entry_put(store.self, &sealed));
    CHECK_STATUS(store.ops->record_find(store.self, agency, &sealed.id, &place), E_UNKNOWN);
    CHECK_OK(store.ops->record_after(store.self, agency, &sealed.id, NULL, &place));
    CHECK_INT(place.index, 7);
    CHECK_OK(store.ops->entry_erase(store.self, &now, 7));
    CHECK_OK(store.ops->record_find(store.self, agency, &sealed.id, &place));
    CHECK_OK(journal_commit(h.j));
    home_remove(&h);
}

/* A header of that kind whose `previous` is the record. */
static struct bytes part_header(const struct stream_id *stream, const record_id *record,
                                struct arena *a)
{
    struct recipient to = {.agency = stream->agency, .kx_id = 1};
    struct header h = {.stream = *stream,
                       .index = 3,
                       .kind = KIND_ATTACHMENT,
                       .label = {.marking = MARKING_OFFICIAL},
                       .roster_version = 1,
                       .has_previous = true,
                       .previous = *record,
                       .item_count = 1,
                       .ciphertext_size = 100,
                       .recipient_count = 1,
                       .recipients = &to};
    uint8_t hash[HASH_SIZE];
    struct bytes core = {0};
    struct bytes whole = {0};

    memset(&h.realm, 1, sizeof h.realm);
    memset(&h.id, 1, sizeof h.id);
    memset(&h.content_root, 1, sizeof h.content_root);
    memset(h.nonce, 1, sizeof h.nonce);
    memset(h.group_key, 1, sizeof h.group_key);
    memset(hash, 1, sizeof hash);
    CHECK_OK(header_encode_core(&h, a, &core));
    CHECK_OK(header_finish(core, &h.realm, bytes_of(hash, sizeof hash), a, &whole));
    return whole;
}

static void finds_the_parts_of_what_is_attached(void)
{
    struct home h = home_make();
    const struct stream_id stream = fixture_stream("F50", LANE_ROUTINE, 1);
    const struct stream_id other = fixture_stream("F51", LANE_ROUTINE, 1);
    const struct store store = journal_store(h.j);
    const struct entry_row record = fixture_entry(&stream, 0);
    static _Alignas(16) uint8_t room[65536];
    struct arena a;
    struct place place;
    struct place next;

    arena_init(&a, room, sizeof room);
    CHECK_OK(store.ops->entry_put(store.self, &record));
    for (sequence i = 1; i < 5; i++) {
        struct entry_row part = fixture_entry(i == 3 ? &other : &stream, i);
        part.kind = KIND_ATTACHMENT;
        part.header = part_header(&part.stream, &record.id, &a);
        CHECK_OK(store.ops->entry_put(store.self, &part));
    }
    const struct agency_id *const agency = &stream.agency;
    CHECK_OK(store.ops->part_after(store.self, agency, &record.id, NULL, &place));
    CHECK_INT(place.index, 1);
    CHECK_OK(store.ops->entry_erase(store.self, &stream, 2));
    CHECK_OK(store.ops->part_after(store.self, agency, &record.id, &place, &next));
    CHECK_INT(next.index, 4); /* 2 is erased, and 3 is another agency's */
    CHECK_STATUS(store.ops->part_after(store.self, agency, &record.id, &next, &place),
                 E_UNKNOWN);
    CHECK_OK(journal_commit(h.j));
    home_remove(&h);
}

CASES(CASE(leaves_nothing_in_any_file), CASE(waits_for_a_reader_and_then_empties_the_log),
      CASE(finds_where_else_a_record_stands), CASE(finds_the_parts_of_what_is_attached))

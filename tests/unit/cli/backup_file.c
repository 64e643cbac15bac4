#include "backup_file.h"

#include "check.h"

#include <sys/stat.h>
#include <unistd.h>

/* A part of a backup as a file: whole homes of strange sizes, and every way to damage it.
 */

enum { NOW = 1795824000, DAY = 86400, ROOM = 192 };

static char base[ROOM], from[ROOM], to[ROOM], path[ROOM];
static struct hpke_key_pair recovery;
static _Alignas(16) uint8_t memory[1 << 21];
static struct arena arena;

static void folder(const char *name, char ret[ROOM])
{
    CHECK_OK(file_path(base, name, ret, ROOM));
    CHECK(mkdir(ret, 0700) == 0);
}

static void start(void)
{
    static const uint8_t seed[RECOVERY_SEED_SIZE] = {1};

    (void)snprintf(base, sizeof base, "/tmp/flagpost-backup-XXXXXX");
    CHECK(mkdtemp(base) != NULL);
    folder("from", from);
    folder("to", to);
    CHECK_OK(file_path(base, "part", path, sizeof path));
    CHECK_OK(hpke_derive(bytes_of(seed, sizeof seed), &recovery));
    arena_init(&arena, memory, sizeof memory);
}

static void empty(const char *in)
{
    static const char *const names[] = {"config", "root", "journal.db", "keys.db", "tail"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char one[2 * ROOM];
        CHECK_OK(file_path(in, names[i], one, sizeof one));
        (void)unlink(one); /* not each is there */
    }
}

static void stop(void)
{
    empty(from);
    empty(to);
    (void)unlink(path);
    CHECK(rmdir(from) == 0 && rmdir(to) == 0);
    CHECK(rmdir(base) == 0); /* nothing else was left */
}

/* Bytes that tell where they stand. */
static struct bytes content(size_t size)
{
    uint8_t *const at = arena_take(&arena, size + 1);

    CHECK(at != NULL);
    for (size_t i = 0; i < size; i++)
        at[i] = (uint8_t)(i * 31 + (i >> 8));
    return bytes_of(at, size);
}

static void put(const char *name, size_t size)
{
    char one[2 * ROOM];

    CHECK_OK(file_path(from, name, one, sizeof one));
    CHECK_OK(file_write(one, content(size), 0600));
}

static void check_file(const char *name, size_t size)
{
    char one[2 * ROOM];
    struct bytes got = {0};
    struct stat st;

    CHECK_OK(file_path(to, name, one, sizeof one));
    CHECK_OK(file_read(one, size, &arena, &got));
    CHECK_BYTES(got, content(size));
    CHECK(stat(one, &st) == 0);
    CHECK_INT(st.st_mode & 07777, 0600);
}

static void make(enum backup_part part)
{
    struct backup_header h = {.part = part,
                              .made = NOW * 1000ULL,
                              .expires = part == BACKUP_KEYS ? (NOW + DAY) * 1000ULL : 0};
    struct file_draft draft;

    CHECK_OK(agency_id_read(bytes_of_text("F55"), &h.agency));
    memcpy(h.recovery, recovery.public, sizeof h.recovery);
    CHECK_OK(file_draft_open(&draft, path));
    CHECK_OK(backup_file_make(&draft, &h, from, &arena));
    (void)unlink(path); /* of the size before */
    CHECK_OK(file_draft_keep(&draft));
}

static status unpack_at(uint64_t now, char said[BACKUP_SENTENCE_ROOM])
{
    struct backup_file f;
    const size_t mark = arena_mark(&arena);

    empty(to);
    status s = backup_file_open(&f, path, &recovery, now * 1000ULL, &arena);
    if (s == OK)
        s = backup_file_unpack(&f, to);
    memcpy(said, f.sentence, BACKUP_SENTENCE_ROOM);
    backup_file_done(&f);
    arena_rewind(&arena, mark);
    return s;
}

static status unpack(void)
{
    char said[BACKUP_SENTENCE_ROOM];

    return unpack_at(NOW, said);
}

static void every_size_comes_back(void)
{
    static const size_t sizes[] = {1,
                                   100,
                                   BACKUP_CHUNK_SIZE - 1,
                                   BACKUP_CHUNK_SIZE,
                                   BACKUP_CHUNK_SIZE + 1,
                                   3UL * BACKUP_CHUNK_SIZE};

    start();
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        put("config", 17);
        put("root", i % 2 == 0 ? 0 : 900); /* one of no bytes is as one that is not there */
        put("journal.db", sizes[i]);
        make(BACKUP_JOURNAL);
        CHECK_OK(unpack());
        check_file("config", 17);
        check_file("journal.db", sizes[i]);
        arena_reset(&arena);
    }
    stop();
}

static void change(size_t at, size_t *ret_size)
{
    struct bytes b = {0};

    CHECK_OK(file_read(path, sizeof memory, &arena, &b));
    uint8_t *const bytes = arena.at + (b.at - arena.at);
    *ret_size = b.size;
    if (at < b.size)
        bytes[at] ^= 0x10;
    CHECK_OK(file_write(path, b, 0600));
    arena_reset(&arena);
}

static void says_which_bytes_are_not_as_they_were(void)
{
    char said[BACKUP_SENTENCE_ROOM];
    size_t size = 0;

    start();
    put("config", 17);
    put("journal.db", 2UL * BACKUP_CHUNK_SIZE + 5);
    make(BACKUP_JOURNAL);
    change(SIZE_MAX, &size);
    for (size_t at = 0; at < size; at += at < BACKUP_HEADER_SIZE + 60 ? 1 : 1009) {
        change(at, &size);
        const status s = unpack_at(NOW, said);
        CHECK(s != OK && said[0] != '\0');
        if (at >= BACKUP_HEADER_SIZE)
            CHECK_STATUS(s, E_OPEN);
        change(at, &size);
    }
    change(size - 1, &size);
    CHECK_STATUS(unpack_at(NOW, said), E_OPEN);
    CHECK_TEXT(said,
               "journal.db in it, bytes 131072 to 131077, is not as it was made: this "
               "backup does not count, take another");
    change(size - 1, &size);
    CHECK_OK(unpack());
    CHECK(truncate(path, (off_t)size - 1) == 0);
    CHECK_STATUS(unpack(), E_OPEN);
    CHECK(truncate(path, (off_t)size - HPKE_TAG_SIZE) == 0);
    CHECK_STATUS(unpack(), E_OPEN);
    CHECK(truncate(path, (off_t)size) == 0); /* zeros in place of the whole tag */
    CHECK_STATUS(unpack(), E_OPEN);
    CHECK(truncate(path, 100) == 0);
    CHECK_STATUS(unpack(), E_FORM);
    stop();
}

static void keys_are_not_opened_past_their_time(void)
{
    char said[BACKUP_SENTENCE_ROOM];

    start();
    put("keys.db", 4096);
    make(BACKUP_KEYS);
    CHECK_OK(unpack_at(NOW + DAY, said));
    CHECK_STATUS(unpack_at(NOW + DAY + 1, said), E_EXPIRED);
    CHECK(strstr(said, "may not come back") != NULL && strstr(said, "2026-11-") != NULL);
    put("journal.db", 10);
    make(BACKUP_JOURNAL);
    CHECK_OK(unpack_at(NOW + 1000 * DAY, said));
    put("tail", 100000);
    make(BACKUP_TAIL);
    CHECK_OK(unpack_at(NOW + 1000 * DAY, said));
    check_file("tail", 100000);
    stop();
}

static void nothing_is_written_over(void)
{
    char said[BACKUP_SENTENCE_ROOM] = "";
    struct backup_file f;

    start();
    put("keys.db", 10);
    make(BACKUP_KEYS);
    CHECK_OK(unpack_at(NOW, said));
    CHECK_OK(backup_file_open(&f, path, &recovery, NOW * 1000ULL, &arena));
    CHECK_STATUS(backup_file_unpack(&f, to), E_IO);
    CHECK(strstr(f.sentence, "no place for keys.db") != NULL);
    backup_file_done(&f);
    CHECK_STATUS(backup_file_open(&f, from, &recovery, 0, &arena), E_FORM);
    backup_file_done(&f);
    stop();
}

CASES(CASE(every_size_comes_back), CASE(says_which_bytes_are_not_as_they_were),
      CASE(keys_are_not_opened_past_their_time), CASE(nothing_is_written_over))

#ifndef FLAGPOST_JOURNAL_FIXTURE_H
#define FLAGPOST_JOURNAL_FIXTURE_H

/* A home in a folder of its own, and rows to put into its journal. */

#include "check.h"
#include "journal.h"
#include "text.h"

#include <unistd.h>

struct home {
    char folder[64];
    struct keyring *ring;
    struct journal *j;
};

static const char *const home_files[] = {
    "journal.db",  "journal.db-wal", "journal.db-shm", "keys.db",
    "keys.db-wal", "keys.db-shm",    "head",           "lock"};

static inline struct keyring *fixture_ring(uint8_t seed)
{
    struct keyring_secrets secrets;
    struct keyring *ring = NULL;

    memset(&secrets, seed, sizeof secrets);
    CHECK_OK(keyring_open(&secrets, &ring));
    return ring;
}

static inline void home_path(const struct home *h, const char *name, char ret[128])
{
    (void)snprintf(ret, 128, "%s/%s", h->folder, name);
}

static inline struct agency_id fixture_agency(const char *text)
{
    struct agency_id id = {0};

    CHECK_OK(agency_id_read(bytes_of_text(text), &id));
    return id;
}

static inline struct journal_setup home_setup(const struct home *h, enum journal_mode mode)
{
    return (struct journal_setup){.folder = h->folder,
                                  .mode = mode,
                                  .self = fixture_agency("F55"),
                                  .keyring = mode == JOURNAL_READ ? NULL : h->ring};
}

static inline void home_open(struct home *h)
{
    const struct journal_setup s = home_setup(h, JOURNAL_WRITE);

    CHECK_OK(journal_open(&s, &h->j));
}

static inline void home_close(struct home *h)
{
    h->j = journal_free(h->j);
}

static inline struct home home_make(void)
{
    struct home h = {.folder = "/tmp/flagpost-test-XXXXXX", .ring = fixture_ring(7)};

    CHECK(mkdtemp(h.folder) != NULL);
    home_open(&h);
    return h;
}

static inline void home_remove(struct home *h)
{
    home_close(h);
    for (size_t i = 0; i < COUNT_OF(home_files); i++) {
        char path[128];
        home_path(h, home_files[i], path);
        (void)unlink(path); /* not every test makes every file */
    }
    CHECK(rmdir(h->folder) == 0);
    h->ring = keyring_free(h->ring);
}

static inline void fixture_arena(struct arena *a)
{
    void *const memory = malloc(4 << 20);

    CHECK(memory != NULL);
    arena_init(a, memory, 4 << 20);
}

static inline struct stream_id fixture_stream(const char *agency, enum lane lane,
                                              uint32_t counter)
{
    struct stream_id s = {
        .agency = fixture_agency(agency), .lane = lane, .epoch = {.counter = counter}};

    memset(s.epoch.random, (int)(0xa0 + counter), sizeof s.epoch.random);
    return s;
}

static inline struct hash fixture_leaf(sequence index)
{
    struct hash h = {0};
    struct writer w = writer_over(h.bytes, sizeof h.bytes);

    write_u64(&w, index + 1);
    write_text(&w, "leaf");
    return h;
}

static inline record_id fixture_record(uint64_t number)
{
    record_id id = {0};
    struct writer w = writer_over(id.bytes, sizeof id.bytes);

    write_u64(&w, number);
    write_u64(&w, ~number);
    return id;
}

/* Held, with content that its index tells. */
static inline struct entry_row fixture_entry(const struct stream_id *s, sequence index)
{
    return (struct entry_row){.stream = *s,
                              .index = index,
                              .ordinal = index + 1,
                              .id = fixture_record(index * 7 + s->lane),
                              .kind = KIND_INTELLIGENCE,
                              .disposition = DISPOSITION_HELD,
                              .leaf = fixture_leaf(index),
                              .header = bytes_of_text("a header"),
                              .ciphertext = bytes_of_text("a ciphertext"),
                              .wraps = bytes_of_text("some wraps"),
                              .kept = bytes_of_text("a kept key"),
                              .at = 1000 + index};
}

/* The row's frontier grows by a group of `count` leaves, and all three are put. */
static inline status fixture_publish(struct journal *j, struct stream_row *row,
                                     uint32_t count)
{
    const struct store store = journal_store(j);
    uint8_t leaves[GROUP_ENTRIES_MAX * HASH_SIZE];
    const sequence first = row->frontier.size;

    for (uint32_t i = 0; i < count; i++) {
        const struct hash leaf = fixture_leaf(first + i);
        const struct entry_row entry = fixture_entry(&row->id, first + i);
        memcpy(leaves + (size_t)i * HASH_SIZE, leaf.bytes, HASH_SIZE);
        frontier_append(&row->frontier, &leaf);
        TRY(store.ops->entry_put(store.self, &entry));
    }
    const struct group_row group = {.stream = row->id,
                                    .first = first,
                                    .count = count,
                                    .roster_version = 3,
                                    .leaves = bytes_of(leaves, (size_t)count * HASH_SIZE),
                                    .checkpoint = bytes_of_text("a checkpoint"),
                                    .salt = {1, 2, 3},
                                    .counts = bytes_of_text("counts"),
                                    .withheld = bytes_of_text("withheld"),
                                    .at = 5000 + first};
    TRY(store.ops->group_put(store.self, &group));
    row->complete = row->frontier.size;
    return store.ops->stream_put(store.self, row);
}

static inline struct stream_row fixture_row(const char *agency, enum lane lane,
                                            uint32_t counter)
{
    return (struct stream_row){.id = fixture_stream(agency, lane, counter),
                               .own = strcmp(agency, "F55") == 0,
                               .current = true};
}

#endif

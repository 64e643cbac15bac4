#ifndef FLAGPOST_FAULTS_HOME_H
#define FLAGPOST_FAULTS_HOME_H

/*
 * A whole home of a node that was killed: journal.db and keys.db with their WALs, the head
 * guard, key file, configuration and root document; each file's bytes in memory, to be put
 * into the folder as often as wanted, damaged or not.
 */

#include "config.h"
#include "keyfile.h"
#include "shelf.h"
#include "trio.h"

#include <fcntl.h>

enum { HOME_FILES_MAX = 8 };

struct home_file {
    const char *name;
    uint8_t *at;
    size_t size;
};

struct killed_home {
    struct trio *t;
    const char *folder;
    size_t count;
    struct home_file files[HOME_FILES_MAX];
    struct home_file
        yesterday[2]; /* both WALs as they were before they were last emptied */
};

static inline struct home_file home_load(const char *folder, const char *name)
{
    struct home_file f = {.name = name};
    char path[512];
    struct stat st;

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0 && fstat(fd, &st) == 0);
    f.size = (size_t)st.st_size;
    f.at = malloc(f.size + 1);
    CHECK(f.at != NULL && read(fd, f.at, f.size) == (ssize_t)f.size);
    CHECK_INT(close(fd), 0);
    return f;
}

static inline void home_put(const char *folder, const char *name, struct bytes b)
{
    char path[512];

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    CHECK(fd >= 0 && write(fd, b.at, b.size) == (ssize_t)b.size);
    CHECK_INT(close(fd), 0);
}

static inline void home_drop(const char *folder, const char *name)
{
    char path[512];

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    (void)unlink(path); /* not every name is there each time */
}

/* As the files were when the node was killed. */
static inline void home_restore(const struct killed_home *h)
{
    home_drop(h->folder, "journal.db-shm");
    home_drop(h->folder, "keys.db-shm");
    for (size_t i = 0; i < h->count; i++)
        home_put(h->folder, h->files[i].name, bytes_of(h->files[i].at, h->files[i].size));
}

static inline struct keyfile_lock home_lock_of(uint8_t credential[CREDENTIAL_SIZE])
{
    memset(credential, 0x5a, CREDENTIAL_SIZE);
    return (struct keyfile_lock){.credential = bytes_of(credential, CREDENTIAL_SIZE)};
}

/* Files beside the journal, as `flagpost init` makes them. */
static inline void home_documents(struct trio *t, const char *folder)
{
    struct config c = {.agency = t->cast.actors[BRAVO].id,
                       .name = "Bravo",
                       .realm = t->cast.realm,
                       .listen = "tcp://127.0.0.1:5655",
                       .hello_ms = 1000,
                       .acknowledge_minutes = 15,
                       .case_officer_hours = 24,
                       .case_bureau_hours = 48,
                       .case_remind_hours = 4,
                       .require_purpose = 1};
    uint8_t credential[CREDENTIAL_SIZE];
    const struct keyfile_lock lock = home_lock_of(credential);
    uint8_t secret[96];
    struct bytes text = {0};

    memset(secret, 7, sizeof secret);
    arena_reset(&t->arena);
    CHECK_OK(config_write(&c, &t->arena, &text));
    home_put(folder, "config", text);
    CHECK_OK(keyfile_encode(KEYFILE_NODE, &lock, bytes_of(secret, sizeof secret), &t->arena,
                            &text));
    home_put(folder, "node.key", text);
    home_put(folder, "root", t->root_note);
}

static inline void home_shelve(struct journal *j, uint8_t number)
{
    const struct shelf_row row = {.id = {.bytes = {number}},
                                  .kind = SHELF_DRAFT,
                                  .about = {.bytes = {9}},
                                  .state = 1,
                                  .due = UINT64_C(5000) + number,
                                  .changed = 4000,
                                  .body = bytes_of_text("a draft that nobody has yet")};

    CHECK_OK(journal_shelf_put(j, &row));
}

/*
 * BRAVO's, killed: it holds, has erased, has published, has drafts; part of each database
 * is in its file, and part in its WAL.
 */
static inline struct killed_home home_of_the_killed(void)
{
    static const char *const names[] = {
        "journal.db", "journal.db-wal", "keys.db",  "keys.db-wal",
        "head",       "config",         "node.key", "root"};
    struct killed_home h = {.t = trio_make()};
    struct trio *const t = h.t;
    struct journal *const j = t->nodes[BRAVO].journal;

    h.folder = t->nodes[BRAVO].folder;
    CHECK_OK(journal_guard_reset(j)); /* as a node does at its first start */
    trio_publish(t, ALFA, LANE_ROUTINE, 1u << BRAVO, 3);
    trio_settle(t);
    trio_publish(t, BRAVO, LANE_ROUTINE, 1u << ALFA | 1u << CHARLIE, 2);
    trio_publish(t, ALFA, LANE_ROUTINE, 1u << BRAVO | 1u << CHARLIE, 1);
    trio_settle(t);
    home_shelve(j, 1);
    CHECK_OK(journal_commit(j));
    h.yesterday[0] = home_load(h.folder, "journal.db-wal");
    h.yesterday[1] = home_load(h.folder, "keys.db-wal");
    CHECK(journal_checkpoint(j, true));
    trio_publish(t, BRAVO, LANE_IMMEDIATE, 1u << CHARLIE, 1);
    home_shelve(j, 2);
    CHECK_OK(journal_commit(j));
    home_documents(t, h.folder);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        h.files[h.count] = home_load(h.folder, names[i]);
        CHECK(h.files[h.count++].size > 0);
    }
    trio_close(t, BRAVO);
    home_restore(&h);
    return h;
}

static inline void home_forget(struct killed_home *h)
{
    for (size_t i = 0; i < h->count; i++)
        free(h->files[i].at);
    free(h->yesterday[0].at);
    free(h->yesterday[1].at);
    trio_free(h->t);
}

#endif

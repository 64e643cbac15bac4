#ifndef FLAGPOST_FAULTS_FOUND_H
#define FLAGPOST_FAULTS_FOUND_H

/* Whether a damaged home is found out, and whether it says what it said before. */

#include "home.h"
#include "verify.h"

#include <sqlite3.h>

struct judge {
    struct killed_home home;
    struct arena arena; /* verify's */
    struct hash said;   /* by the home as it was */
};

/* --- what the journal says --- */

struct saying {
    uint8_t room[160];
    struct hash so_far;
};

static inline void say_bytes(struct saying *s, struct bytes b)
{
    struct writer w = writer_over(s->room, sizeof s->room);
    const struct hash h = blake(b);

    write_bytes(&w, bytes_of(s->so_far.bytes, HASH_SIZE));
    write_u64(&w, b.size);
    write_bytes(&w, bytes_of(h.bytes, HASH_SIZE));
    s->so_far = blake(writer_bytes(&w));
}

/* Every value of every row, as SQLite reads them; false when it cannot. */
static inline bool say_query(struct saying *s, sqlite3 *db, const char *sql)
{
    sqlite3_stmt *q = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &q, NULL);

    while (code == SQLITE_OK && (code = sqlite3_step(q)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(q); i++) {
            const int type = sqlite3_column_type(q, i);
            const void *const at = sqlite3_column_blob(q, i);
            say_bytes(s, bytes_of((const uint8_t *)&type, sizeof type));
            say_bytes(s, bytes_of(at, at != NULL ? (size_t)sqlite3_column_bytes(q, i) : 0));
        }
        code = SQLITE_OK;
    }
    (void)sqlite3_finalize(q); /* repeats the step's result */
    return code == SQLITE_DONE;
}

/* All tables by their own trees, and what is asked by an index, by that index. */
static inline bool say_database(struct saying *s, const char *folder, const char *name)
{
    static const char *const journal[] = {
        "SELECT * FROM meta ORDER BY 1",
        "SELECT * FROM stream ORDER BY 1",
        "SELECT * FROM stream_state ORDER BY 1",
        "SELECT * FROM commit_group ORDER BY 1",
        "SELECT * FROM entry ORDER BY 1",
        "SELECT * FROM inbox ORDER BY 1, 2",
        "SELECT * FROM record ORDER BY 1, 2",
        "SELECT * FROM receipt ORDER BY 1, 2, 3",
        "SELECT * FROM own_receipt ORDER BY 1",
        "SELECT * FROM sent ORDER BY 1, 2",
        "SELECT * FROM evidence ORDER BY 1",
        "SELECT * FROM idempotency ORDER BY 1",
        "SELECT kind, version, note FROM document NOT INDEXED ORDER BY 1, 2",
        "SELECT kind, version FROM document ORDER BY 1, 2",
        "SELECT * FROM kx ORDER BY 1",
        "SELECT * FROM shelf NOT INDEXED ORDER BY 1",
        "SELECT id FROM shelf WHERE kind = 1 ORDER BY due, id",
        "SELECT id FROM shelf WHERE kind = 1 AND state = 1 ORDER BY due, id",
        "SELECT place FROM entry WHERE previous IS NOT NULL ORDER BY previous",
        "SELECT number, peer, size FROM receipt WHERE length(receipt) > 0 ORDER BY 1, 2, 3",
        "SELECT number FROM stream ORDER BY agency, lane, epoch, random",
        "SELECT * FROM erasing ORDER BY 1",
        "SELECT * FROM lineage ORDER BY 1, 2, 3",
    };
    static const char *const keys[] = {
        "SELECT * FROM stream ORDER BY 1", "SELECT * FROM storage_key ORDER BY 1",
        "SELECT number FROM stream ORDER BY agency, lane, epoch, random",
        "SELECT * FROM kx_secret ORDER BY 1"};
    const bool is_keys = name[0] == 'k';
    char path[512];
    sqlite3 *db = NULL;

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    bool good = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK;
    for (size_t i = 0; good && i < (is_keys ? COUNT_OF(keys) : COUNT_OF(journal)); i++)
        good = say_query(s, db, is_keys ? keys[i] : journal[i]);
    CHECK_INT(sqlite3_close(db), SQLITE_OK);
    return good;
}

/* Configuration and keys as they are read, not as they are written. */
static inline bool say_documents(struct saying *s, struct judge *j)
{
    struct home_file file = home_load(j->home.folder, "node.key");
    uint8_t credential[CREDENTIAL_SIZE];
    const struct keyfile_lock lock = home_lock_of(credential);
    uint8_t secret[96];
    struct root root;
    struct hash realm;

    arena_reset(&j->arena);
    bool good = keyfile_decode(bytes_of(file.at, file.size), KEYFILE_NODE, &lock, secret,
                               sizeof secret) == OK;
    say_bytes(s, bytes_of(secret, sizeof secret));
    free(file.at);
    file = home_load(j->home.folder, "root");
    good = good &&
           root_chain_verify(bytes_of(file.at, file.size), &j->arena, &root, &realm) == OK;
    free(file.at);
    return good;
}

static inline bool say(struct judge *j, struct hash *ret)
{
    struct saying s = {0};

    if (!say_documents(&s, j) || !say_database(&s, j->home.folder, "journal.db") ||
        !say_database(&s, j->home.folder, "keys.db"))
        return false;
    *ret = s.so_far;
    return true;
}

/* --- what finds it out --- */

static inline void ignore_stream(void *context, const struct verify_stream *s)
{
    (void)context;
    (void)s;
}

static inline bool verify_is_content(struct judge *j)
{
    struct trio *const t = j->home.t;
    struct journal_setup setup = trio_setup(t, BRAVO, JOURNAL_READ);
    struct journal *journal = NULL;
    struct verify_totals totals = {0};

    setup.keyring = NULL;
    arena_reset(&j->arena);
    if (journal_open(&setup, &journal) != OK)
        return false;
    const struct verify_setup v = {.journal = journal,
                                   .self = setup.self,
                                   .realm = t->cast.realm,
                                   .root = &t->cast.root,
                                   .arena = &j->arena,
                                   .stream = ignore_stream};
    CHECK_OK(verify_journal(&v, &totals));
    journal = journal_free(journal);
    return verify_agrees(&totals);
}

static inline bool start_is_content(struct judge *j)
{
    const struct journal_setup setup = trio_setup(j->home.t, BRAVO, JOURNAL_WRITE);
    struct guard_report report = {0};
    struct journal *journal = NULL;

    status s = journal_open(&setup, &journal);
    if (s == OK)
        s = journal_guard(journal, &report);
    journal = journal_free(journal);
    return s == OK && (report.state == GUARD_AGREES || report.state == GUARD_BEHIND);
}

enum verdict { FOUND_BY_VERIFY, FOUND_AT_START, FOUND_AT_LOAD, HARMLESS, UNDETECTED };
enum { VERDICTS = 5 };

static const char *const verdict_words[VERDICTS] = {"verify", "start", "load", "harmless",
                                                    "undetected"};

/* Of the home as it now stands in its folder. */
static inline enum verdict judge_home(struct judge *j)
{
    struct saying documents = {0};
    struct hash said = {0};

    if (!say_documents(&documents, j))
        return FOUND_AT_LOAD;
    if (!verify_is_content(j))
        return FOUND_BY_VERIFY;
    if (!start_is_content(j))
        return FOUND_AT_START;
    return say(j, &said) && hash_equal(&said, &j->said) ? HARMLESS : UNDETECTED;
}

static inline struct judge judge_make(void)
{
    struct judge j = {.home = home_of_the_killed()};

    trio_arena(&j.arena, VERIFY_ARENA_BYTES + (1 << 20));
    CHECK(say(&j, &j.said));
    home_restore(&j.home);
    CHECK_INT(judge_home(&j), HARMLESS);
    return j;
}

static inline void judge_done(struct judge *j)
{
    free(j->arena.at);
    home_forget(&j->home);
}

#endif

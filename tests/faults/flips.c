#include "chance.h"
#include "figures.h"
#include "found.h"
#include "tamper.h"

/*
 * Any bit of any file of a home flips; a WAL is cut, lost or that of another day; rows are
 * edited, exchanged, deleted and put in with SQLite's own tool.  Each is found by `verify`,
 * by the guard at the start or where the file is loaded, or the journal says what it said.
 */

enum {
    FLIPS = 300,
    FLIPS_LONG = 6000,
    TAMPERS = 120,
    TAMPERS_LONG = 1000,
    SEED = 20261127
};

static struct judge judge;

static void tell(const char *what, const unsigned counts[VERDICTS])
{
    (void)printf("    %s:", what);
    for (size_t i = 0; i < VERDICTS; i++)
        (void)printf(" %u %s", counts[i], verdict_words[i]);
    (void)printf("\n");
}

/* Most of a page is empty: where something stands is tried more often. */
static size_t somewhere(struct chance *c, const struct home_file *f)
{
    size_t at = chance_below(c, f->size);

    for (unsigned tries = 0; tries < 64 && f->at[at] == 0; tries++)
        at = chance_below(c, f->size);
    return at;
}

static void finds_every_flip_that_changes_anything(void)
{
    const unsigned flips = figures_share(FLIPS, FLIPS_LONG);
    struct chance chance = {.state = SEED};
    unsigned counts[VERDICTS] = {0};
    unsigned met[HOME_FILES_MAX] = {0};

    for (unsigned i = 0; i < flips; i++) {
        const size_t which = i % judge.home.count;
        struct home_file *const f = &judge.home.files[which];
        const size_t at = somewhere(&chance, f);
        const uint8_t bit = (uint8_t)(1u << chance_below(&chance, 8));
        f->at[at] ^= bit;
        home_restore(&judge.home);
        const enum verdict v = judge_home(&judge);
        f->at[at] ^= bit;
        counts[v]++;
        met[which] += v < HARMLESS ? 1 : 0;
        if (v == UNDETECTED)
            (void)fprintf(stderr, "flip %u: %s byte %zu bit %u is not found\n", i, f->name,
                          at, (unsigned)bit);
    }
    tell("flips", counts);
    for (size_t i = 0; i < judge.home.count; i++)
        (void)printf("      %-14s %6zu bytes, %u found\n", judge.home.files[i].name,
                     judge.home.files[i].size, met[i]);
    CHECK_INT(counts[UNDETECTED], 0);
    CHECK(counts[FOUND_BY_VERIFY] > flips / 50 && counts[FOUND_AT_START] > flips / 5);
    figures_print("flips", flips);
}

/* --- WALs --- */

static struct home_file *file_named(const char *name)
{
    size_t which = 0;

    while (strcmp(judge.home.files[which].name, name) != 0)
        CHECK(++which < judge.home.count);
    return &judge.home.files[which];
}

static void finds_a_wal_that_is_cut_lost_or_another(void)
{
    static const char *const names[] = {"journal.db-wal", "keys.db-wal"};
    unsigned counts[VERDICTS] = {0};

    for (size_t n = 0; n < COUNT_OF(names); n++) {
        struct home_file *const wal = file_named(names[n]);
        const size_t whole = wal->size;
        for (size_t part = 0; part < 20; part++) {
            wal->size = whole * part / 20;
            home_restore(&judge.home);
            counts[judge_home(&judge)]++;
            wal->size = whole;
        }
        home_restore(&judge.home);
        home_drop(judge.home.folder, names[n]);
        const enum verdict v = judge_home(&judge);
        CHECK(v == FOUND_AT_START || v == FOUND_BY_VERIFY);
        /* That of another day, over what was made of it since. */
        const struct home_file *const old = &judge.home.yesterday[n];
        CHECK(old->size > 0);
        home_restore(&judge.home);
        home_put(judge.home.folder, names[n], bytes_of(old->at, old->size));
        counts[judge_home(&judge)]++;
    }
    /* Each database under the other's WAL. */
    home_restore(&judge.home);
    home_put(judge.home.folder, names[0],
             bytes_of(file_named(names[1])->at, file_named(names[1])->size));
    counts[judge_home(&judge)]++;
    tell("write-ahead logs", counts);
    CHECK_INT(counts[UNDETECTED] + counts[HARMLESS], 0);
}

/* --- SQL --- */

static const char *const tables[] = {
    "meta",    "stream",      "stream_state", "commit_group", "entry", "inbox", "record",
    "receipt", "own_receipt", "sent",         "document",     "shelf", "rowsum"};

/* A column of the table, by chance. */
static char column_of(sqlite3 *db, struct chance *c, const char *table, char ret[64])
{
    sqlite3_stmt *q = NULL;
    char sql[128];

    (void)snprintf(sql, sizeof sql, "SELECT name, type FROM pragma_table_info('%s')",
                   table);
    CHECK_INT(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    char kind = 0;
    for (size_t left = chance_below(c, 14) + 1; left > 0; left--) {
        if (sqlite3_step(q) != SQLITE_ROW)
            CHECK_INT(sqlite3_step(q), SQLITE_ROW); /* from the first one again */
        (void)snprintf(ret, 64, "%s", (const char *)sqlite3_column_text(q, 0));
        kind = (char)sqlite3_column_text(q, 1)[0];
    }
    (void)sqlite3_finalize(q); /* it was good */
    return kind;
}

/* One statement on a row that chance chooses, whatever the table is. */
static void choose(sqlite3 *db, struct chance *c, char sql[512])
{
    const char *const table = tables[chance_below(c, COUNT_OF(tables))];
    const unsigned row = (unsigned)chance_below(c, 3);
    char column[64] = "";
    const char kind = column_of(db, c, table, column);

    switch (chance_below(c, 8)) {
    case 0:
    case 1:
        (void)snprintf(sql, 512,
                       "DELETE FROM %s WHERE %s = (SELECT %s FROM %s LIMIT 1 "
                       "OFFSET %u)",
                       table, column, column, table, row);
        break;
    case 2: /* one more, and two that change places */
        (void)snprintf(sql, 512,
                       "INSERT INTO sent SELECT place, 'X' || peer, at FROM sent LIMIT %u;"
                       "UPDATE entry SET at = (SELECT max(at) + min(at) FROM entry) - at",
                       row + 1);
        break;
    default:
        (void)snprintf(sql, 512,
                       "UPDATE %s SET %s = %s WHERE %s = (SELECT %s FROM %s LIMIT 1 "
                       "OFFSET %u)",
                       table, column,
                       kind == 'I'   ? "9876543"
                       : kind == 'T' ? "'F50'"
                                     : "zeroblob(7)",
                       column, column, table, row);
    }
}

static void finds_every_row_that_another_hand_touched(void)
{
    const unsigned tampers = figures_share(TAMPERS, TAMPERS_LONG);
    struct chance chance = {.state = SEED + 1};
    unsigned counts[VERDICTS] = {0};
    char path[512];

    (void)snprintf(path, sizeof path, "%s/journal.db", judge.home.folder);
    for (unsigned i = 0; i < tampers;) {
        sqlite3 *db = NULL;
        char sql[512];
        home_restore(&judge.home);
        CHECK_INT(sqlite3_open(path, &db), SQLITE_OK);
        choose(db, &chance, sql);
        /* What breaks a constraint changes nothing. */
        const bool done = sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK &&
                          sqlite3_total_changes(db) > 0;
        CHECK_INT(sqlite3_close(db), SQLITE_OK);
        if (!done)
            continue;
        i++;
        const enum verdict v = judge_home(&judge);
        counts[v]++;
        if (v == UNDETECTED)
            (void)fprintf(stderr, "%s\n", sql);
    }
    tell("rows", counts);
    CHECK_INT(counts[UNDETECTED], 0);
    CHECK(counts[HARMLESS] < tampers / 10); /* an edit that writes what was there */
    figures_print("tampers", tampers);
}

/* --- whole folders --- */

static void refuses_a_home_that_was_cloned(void)
{
    struct trio *const t = judge.home.t;
    char kept[64];

    memcpy(kept, t->nodes[BRAVO].folder, sizeof kept);
    memcpy(t->nodes[BRAVO].folder, "/tmp/flagpost-test-XXXXXX", 26);
    CHECK(mkdtemp(t->nodes[BRAVO].folder) != NULL);
    home_restore(&judge.home); /* its folder is the node's */
    CHECK(verify_is_content(&judge));
    CHECK(!start_is_content(&judge));
    trio_remove_folder(t->nodes[BRAVO].folder);
    memcpy(t->nodes[BRAVO].folder, kept, sizeof kept);
}

int main(int argc, char **argv)
{
    static const struct check_case cases[] = {
        CASE(finds_every_flip_that_changes_anything),
        CASE(finds_a_wal_that_is_cut_lost_or_another),
        CASE(finds_every_row_that_another_hand_touched),
        CASE(refuses_a_home_that_was_cloned)};

    judge = judge_make();
    const int code = check_main(cases, COUNT_OF(cases), argc, argv);
    judge_done(&judge);
    return code;
}

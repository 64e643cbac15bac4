#ifndef FLAGPOST_TAMPER_H
#define FLAGPOST_TAMPER_H

/* Damages a journal behind the node's back, as a person with SQLite's own tool would. */

#include "check.h"

#include <sqlite3.h>

/* Runs `sql` over a database of the folder, with flip(blob, offset) beside SQLite's
 * functions: the blob with one bit changed.  At least one row must change. */
static inline void tamper_flip(sqlite3_context *context, int count, sqlite3_value **values)
{
    const int size = sqlite3_value_bytes(values[0]);
    const int at = sqlite3_value_int(values[1]);
    uint8_t *const copy = sqlite3_malloc(size + 1);

    CHECK_INT(count, 2);
    CHECK(copy != NULL && at < size);
    memcpy(copy, sqlite3_value_blob(values[0]), (size_t)size);
    copy[at] ^= 1;
    sqlite3_result_blob(context, copy, size, sqlite3_free);
}

static inline void tamper_in(const char *folder, const char *file, const char *sql)
{
    char path[256];
    sqlite3 *db = NULL;
    char *error = NULL;

    (void)snprintf(path, sizeof path, "%s/%s", folder, file);
    CHECK_INT(sqlite3_open(path, &db), SQLITE_OK);
    CHECK_INT(
        sqlite3_create_function(db, "flip", 2, SQLITE_UTF8, NULL, tamper_flip, NULL, NULL),
        SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK) {
        (void)fprintf(stderr, "%s: %s\n", sql, error);
        exit(1);
    }
    CHECK(sqlite3_total_changes(db) > 0);
    CHECK_INT(sqlite3_close(db), SQLITE_OK);
}

static inline void tamper(const char *folder, const char *sql)
{
    tamper_in(folder, "journal.db", sql);
}

#endif

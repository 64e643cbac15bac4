#ifndef FLAGPOST_SCHEMA_H
#define FLAGPOST_SCHEMA_H

/*
 * The tables of journal.db and keys.db, as the steps that make them: PRAGMA user_version is
 * the number of steps taken.  A step that was ever released is never changed; the next one
 * is added below it.
 */

#include "bytes.h"

struct schema {
    const char *file; /* "journal.db" */
    uint32_t page_size;
    const char *const *steps;
    uint32_t step_count;
};

extern const struct schema schema_journal;
extern const struct schema schema_keys;

#endif

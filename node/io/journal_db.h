#ifndef FLAGPOST_JOURNAL_DB_H
#define FLAGPOST_JOURNAL_DB_H

/*
 * A small layer over SQLite: a database with its prepared statements, values bound in
 * order, columns read in order with their type and size checked.  A damaged file gives
 * E_DAMAGED and never a value out of its range.
 *
 * It is fail-stop: after any write or commit that SQLite did not do, the outcome on the
 * disk is unknown and every later call on either file gives E_STORAGE.
 */

#include "journal.h"
#include "journal_sql.h"
#include "rowsum.h"
#include "schema.h"
#include "store.h"

struct sqlite3;
struct sqlite3_stmt;

enum { FAILURE_ROOM = 256 };

/* Shared by both files of a journal. */
struct failure {
    bool stopped;
    char sentence[FAILURE_ROOM];
};

struct database {
    const char *file; /* "journal.db" */
    struct failure *failure;
    struct sqlite3 *handle;
    struct sqlite3_stmt *statements[QUERY_COUNT];
    bool read_only;
    bool in_turn; /* BEGIN was done and COMMIT was not */
    uint32_t page_size;
    uint32_t wal_pages; /* in the WAL since the last complete checkpoint */
    /* The stream looked up last: a turn's rows mostly are of one. */
    struct stream_id named;
    int64_t named_number; /* 0: none */
    struct keyring *keyring;
    struct rowsum sum;
};

struct database_setup {
    const struct schema *schema;
    const char *path;
    const char *vfs; /* NULL: the system's */
    bool read_only;
    struct keyring *keyring; /* for the MAC of the sum of rows; NULL: read only */
    struct failure *failure;
    struct journal_version *version; /* NULL, or told with E_VERSION */
};

/* Opens, sets what durability and safety need, and brings the schema up to date. E_VERSION:
 * a newer schema (or, read-only, an older one).  The database's memory is zeroed by the
 * caller; database_done accepts it at any stage. */
NODISCARD status database_open(struct database *d, const struct database_setup *s);
void database_done(struct database *d);

NODISCARD status database_begin(struct database *d); /* OK when in a turn already */
NODISCARD status database_commit(struct database *d);
/* PASSIVE when the WAL is large, TRUNCATE when idle or it is very large.  False: a TRUNCATE
 * was wanted and could not be had, because of a reader say. */
bool database_checkpoint(struct database *d, bool idle);

/* Adds up all rows again, beside the node: E_DAMAGED when a row was changed, added or taken
 * away by another hand, or an index does not agree with its table.  Read-only databases. */
NODISCARD status database_check_rows(struct database *d, uint64_t *ret_rows);
/* Takes the rows as they are for right, and commits that. */
NODISCARD status database_recount(struct database *d);

/* Records what failed; `step` is a word, `code` SQLite's.  Gives the status it means. */
status database_fail(struct database *d, const char *step, int code);

/* --- one statement --- */

struct query {
    struct database *database;
    struct sqlite3_stmt *statement;
    enum query_name name;
    int bound;
    int column;
    status fault; /* first binding or column that was wrong */
};

/* Only one query of a name can be open at a time.  What is bound must live until it is
 * done. */
struct query query_open(struct database *d, enum query_name name);
void query_done(struct query *q);
#define QUERY(variable, database_, name)                                                   \
    struct query variable DEFER(query_done) = query_open((database_), QUERY_##name)

void bind_int(struct query *q, int64_t v);
void bind_u64(struct query *q, uint64_t v); /* over INT64_MAX: E_LIMIT */
void bind_bytes(struct query *q, struct bytes b);
void bind_none(struct query *q);
void bind_text(struct query *q, const char *text);
void bind_stream(struct query *q,
                 const struct stream_id *s); /* agency, lane, epoch, random */

/* The next row; E_UNKNOWN when there is none. */
NODISCARD status query_row(struct query *q);
/* Runs a writing statement.  E_DUPLICATE harms nothing; any other failure stops. */
NODISCARD status query_put(struct query *q);

int64_t column_int(struct query *q, int64_t least, int64_t most);
uint64_t column_u64(struct query *q);
bool column_bool(struct query *q);
void column_copy(struct query *q, void *to, size_t size); /* a blob of that very size */
struct bytes column_bytes(struct query *q);               /* borrowed until the next row */
/* Copied to the arena. */
struct bytes column_kept(struct query *q, struct arena *a);
void column_agency(struct query *q, struct agency_id *ret);
void column_stream(struct query *q, struct stream_id *ret); /* as SQL_NAME */
void column_place(struct query *q, const struct stream_id *s, struct place *ret);
status column_status(struct query *q);
/* What was read cannot be: columns_end will say so. */
void query_damaged(struct query *q);
/* OK when every column was as it must be. */
NODISCARD status columns_end(const struct query *q);

/* --- places --- */

enum { PLACE_BITS = 40 };

/* Number of a stream.  E_UNKNOWN. */
NODISCARD status stream_number(struct database *d, const struct stream_id *s, int64_t *ret);
/* The same, and gives it a number when it has none.  In a turn only. */
NODISCARD status stream_number_make(struct database *d, const struct stream_id *s,
                                    int64_t *ret);
/* E_UNKNOWN: no such stream, or an index that no stream reaches. */
NODISCARD status place_number(struct database *d, const struct stream_id *s, sequence index,
                              int64_t *ret);
NODISCARD status place_number_make(struct database *d, const struct stream_id *s,
                                   sequence index, int64_t *ret);

#endif

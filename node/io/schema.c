#include "schema.h"

/* Streams have the same table in both files, each with its own numbers: keys.db is flushed
 * first, so after a crash it may know a stream that journal.db does not. */
#define STREAM_NAMES                                                                       \
    "CREATE TABLE stream ("                                                                \
    " number INTEGER PRIMARY KEY,"                                                         \
    " agency TEXT NOT NULL,"                                                               \
    " lane INTEGER NOT NULL,"                                                              \
    " epoch INTEGER NOT NULL,"                                                             \
    " random BLOB NOT NULL,"                                                               \
    " UNIQUE (agency, lane, epoch, random)"                                                \
    ") STRICT;"

/* rowsum.h: the sum of all rows of all other tables of the file. */
#define ROWSUM                                                                             \
    "CREATE TABLE rowsum ("                                                                \
    " number INTEGER PRIMARY KEY,"                                                         \
    " commits INTEGER NOT NULL,"                                                           \
    " lanes BLOB NOT NULL,"                                                                \
    " mac BLOB NOT NULL"                                                                   \
    ") STRICT;"

/* Big blobs stand last in their rows, so that what is before them is read without them. */
static const char *const journal_steps[] = {
    STREAM_NAMES ROWSUM
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;"

    "CREATE TABLE stream_state ("
    " number INTEGER PRIMARY KEY REFERENCES stream,"
    " own INTEGER NOT NULL,"
    " current INTEGER NOT NULL,"
    " frontier BLOB NOT NULL,"
    " complete INTEGER NOT NULL,"
    " mine_count INTEGER NOT NULL,"
    " mine_last INTEGER NOT NULL,"
    " held INTEGER NOT NULL,"
    " unopenable INTEGER NOT NULL,"
    " refused INTEGER NOT NULL,"
    " withheld INTEGER NOT NULL,"
    " erased INTEGER NOT NULL,"
    " receipted INTEGER NOT NULL,"
    " quarantine TEXT NOT NULL"
    ") STRICT;"

    "CREATE TABLE commit_group ("
    " place INTEGER PRIMARY KEY,"
    " count INTEGER NOT NULL,"
    " roster_version INTEGER NOT NULL,"
    " at INTEGER NOT NULL,"
    " salt BLOB NOT NULL,"
    " leaves BLOB NOT NULL,"
    " checkpoint BLOB NOT NULL,"
    " counts BLOB NOT NULL,"
    " withheld BLOB NOT NULL"
    ") STRICT;"

    "CREATE TABLE entry ("
    " place INTEGER PRIMARY KEY,"
    " ordinal INTEGER NOT NULL,"
    " id BLOB NOT NULL,"
    " kind INTEGER NOT NULL,"
    " disposition INTEGER NOT NULL,"
    " reason TEXT NOT NULL,"
    " duplicate INTEGER NOT NULL,"
    " at INTEGER NOT NULL,"
    " leaf BLOB NOT NULL,"
    " previous BLOB,"
    " kept BLOB NOT NULL,"
    " wraps BLOB NOT NULL,"
    " header BLOB NOT NULL,"
    " ciphertext BLOB NOT NULL"
    ") STRICT;"
    "CREATE INDEX entry_previous ON entry (previous) WHERE previous IS NOT NULL;"

    /* Arrivals are numbered: a clock that jumps must not change their order. */
    "CREATE TABLE inbox ("
    " kind INTEGER NOT NULL,"
    " arrival INTEGER NOT NULL,"
    " place INTEGER NOT NULL,"
    " PRIMARY KEY (kind, arrival)"
    ") STRICT, WITHOUT ROWID;"

    /* Every place of a record, so that all of them are erased: also those that do not open
     * here.  Ids start with their time, so this index grows at its end. */
    "CREATE TABLE record ("
    " id BLOB NOT NULL,"
    " agency TEXT NOT NULL,"
    " place INTEGER NOT NULL,"
    " PRIMARY KEY (id, agency, place)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE receipt ("
    " number INTEGER NOT NULL REFERENCES stream,"
    " peer TEXT NOT NULL,"
    " size INTEGER NOT NULL,"
    " cosignature BLOB NOT NULL,"
    " receipt BLOB NOT NULL,"
    " at INTEGER NOT NULL,"
    " PRIMARY KEY (number, peer, size)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX receipt_full ON receipt (number, peer, size) WHERE length(receipt) > 0;"

    "CREATE TABLE own_receipt ("
    " number INTEGER PRIMARY KEY REFERENCES stream,"
    " peer TEXT NOT NULL,"
    " size INTEGER NOT NULL,"
    " cosignature BLOB NOT NULL,"
    " receipt BLOB NOT NULL,"
    " at INTEGER NOT NULL"
    ") STRICT;"

    "CREATE TABLE sent ("
    " place INTEGER NOT NULL,"
    " peer TEXT NOT NULL,"
    " at INTEGER NOT NULL,"
    " PRIMARY KEY (place, peer)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE evidence ("
    " number INTEGER PRIMARY KEY,"
    " agency TEXT NOT NULL,"
    " lane INTEGER NOT NULL,"
    " epoch INTEGER NOT NULL,"
    " random BLOB NOT NULL,"
    " why TEXT NOT NULL,"
    " first BLOB NOT NULL,"
    " second BLOB NOT NULL,"
    " at INTEGER NOT NULL"
    ") STRICT;"

    "CREATE TABLE idempotency ("
    " key BLOB PRIMARY KEY,"
    " place INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE document ("
    " kind INTEGER NOT NULL,"
    " version INTEGER NOT NULL,"
    " note BLOB NOT NULL,"
    " PRIMARY KEY (kind, version)"
    ") STRICT;"

    "CREATE TABLE kx ("
    " agency TEXT PRIMARY KEY,"
    " number INTEGER NOT NULL,"
    " note BLOB NOT NULL"
    ") STRICT, WITHOUT ROWID;"

    "PRAGMA user_version = 1;",

    /* The desks' own working state; `due` is the largest number when there is none. */
    "CREATE TABLE shelf ("
    " number INTEGER PRIMARY KEY,"
    " kind INTEGER NOT NULL,"
    " id BLOB NOT NULL,"
    " about BLOB NOT NULL,"
    " tag BLOB NOT NULL,"
    " state INTEGER NOT NULL,"
    " due INTEGER NOT NULL,"
    " changed INTEGER NOT NULL,"
    " sealed BLOB NOT NULL,"
    " UNIQUE (kind, id)"
    ") STRICT;"
    "CREATE INDEX shelf_due ON shelf (kind, due, id);"
    "CREATE INDEX shelf_state ON shelf (kind, state, due, id);"
    "CREATE INDEX shelf_about ON shelf (kind, about, id) WHERE about <> zeroblob(16);"
    "CREATE INDEX shelf_tag ON shelf (kind, tag, id) WHERE tag <> zeroblob(32);"

    "PRAGMA user_version = 2;",

    /* Entries erased whose storage keys may still be in keys.db. */
    "CREATE TABLE erasing (place INTEGER PRIMARY KEY) STRICT;"

    "PRAGMA user_version = 3;",

    /* Which entries were made of which records: what is recalled takes its copies along. */
    "CREATE TABLE lineage ("
    " parent BLOB NOT NULL,"
    " agency TEXT NOT NULL,"
    " place INTEGER NOT NULL,"
    " PRIMARY KEY (parent, agency, place)"
    ") STRICT, WITHOUT ROWID;"

    "PRAGMA user_version = 4;",

    /* What records are found by (journal_tokens.h): keyed tokens, and no word of a record.
     */
    "CREATE TABLE token_record ("
    " number INTEGER PRIMARY KEY,"
    " place INTEGER NOT NULL UNIQUE"
    ") STRICT;"
    "CREATE TABLE token_new (number INTEGER PRIMARY KEY, pairs BLOB NOT NULL) STRICT;"
    "CREATE TABLE token (page INTEGER PRIMARY KEY, pairs BLOB NOT NULL) STRICT;"
    "CREATE TABLE token_state (name TEXT PRIMARY KEY, value INTEGER NOT NULL)"
    " STRICT, WITHOUT ROWID;"

    "PRAGMA user_version = 5;",
};

static const char *const keys_steps[] = {
    STREAM_NAMES ROWSUM
    "CREATE TABLE storage_key (place INTEGER PRIMARY KEY, wrapped BLOB NOT NULL) STRICT;"
    "CREATE TABLE kx_secret ("
    " number INTEGER PRIMARY KEY,"
    " since INTEGER NOT NULL,"
    " wrapped BLOB NOT NULL"
    ") STRICT;"

    "PRAGMA user_version = 1;",
};

/* An entry's row is a few KiB: with 16 KiB pages most need no overflow page. */
const struct schema schema_journal = {"journal.db", 16384, journal_steps,
                                      COUNT_OF(journal_steps)};
const struct schema schema_keys = {"keys.db", 4096, keys_steps, COUNT_OF(keys_steps)};

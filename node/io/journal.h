#ifndef FLAGPOST_JOURNAL_H
#define FLAGPOST_JOURNAL_H

/*
 * The node's memory: journal.db (streams, groups, entries, receipts, documents) and keys.db
 * (storage keys, KX private keys), both SQLite in WAL mode with synchronous=FULL, and the
 * head guard beside them.  Exactly one connection writes and checkpoints each file: SQLite
 * before 3.51.3 may lose committed data when two do.  Readers open read-only.
 *
 * A turn is one transaction over journal.db.  journal_commit makes it durable in this
 * order: keys.db, journal.db, head guard; then keys of what was erased, and KX private keys
 * that were destroyed, go from keys.db.
 * When it fails the outcome is unknown: the process must end with exit code 74 and start
 * again from what is on the disk.
 */

#include "keyring.h"
#include "store.h"

struct journal;

enum journal_mode {
    JOURNAL_WRITE,   /* the daemon: takes the home's lock */
    JOURNAL_READ,    /* beside a running daemon; no keys */
    JOURNAL_OFFLINE, /* as WRITE, by a tool: refuses while a daemon runs */
};

/* Of a file that another version of Flagpost made: how many steps of the schema it took. */
struct journal_version {
    const char *file; /* "journal.db" */
    uint64_t found, known;
};

struct journal_setup {
    const char *folder; /* the node's home */
    enum journal_mode mode;
    struct agency_id self;
    struct keyring *keyring;         /* NULL with JOURNAL_READ */
    const char *vfs;                 /* NULL: the system's; tests name theirs */
    bool guard_off;                  /* tests on a VFS that has no other files */
    struct journal_version *version; /* NULL, or told with E_VERSION */
};

/* What the head guard says of the journal. */
enum guard_state {
    GUARD_AGREES,
    GUARD_BEHIND,  /* the guard lacks the last commit: a crash between the two; mended */
    GUARD_AHEAD,   /* the journal lacks commits that the guard saw: fenced */
    GUARD_MISSING, /* first start, or the file was removed */
    GUARD_FOREIGN, /* another machine's, or its MAC is wrong */
    GUARD_CHANGED, /* the rows are not as this node left them: fenced */
};

struct guard_report {
    enum guard_state state;
    /* Entries that the guard saw and the journal lacks, per lane. */
    sequence missing[LANES];
    uint64_t commits; /* that the guard saw and the files lack, of either */
};

/*
 * Creates the files on first use (mode 0600), migrates an older schema, refuses a newer one
 * (E_VERSION), refuses a second writer (E_BUSY), checks realm and agency once stored.
 */
NODISCARD status journal_open(const struct journal_setup *s, struct journal **ret);
/* Why it was not opened, and what to do; `room` is for a version's. */
enum { JOURNAL_SENTENCE_ROOM = 256 };
const char *journal_open_sentence(status s, const struct journal_version *v,
                                  char room[JOURNAL_SENTENCE_ROOM]);
struct journal *journal_free(struct journal *j); /* closes; NULL accepted */

/* The exchange's view. */
struct store journal_store(struct journal *j);

/* Opens the turn's transaction if none is open; puts do so themselves. */
NODISCARD status journal_begin(struct journal *j);
bool journal_is_dirty(const struct journal *j);
/* Durable, or E_STORAGE with unknown outcome. */
NODISCARD status journal_commit(struct journal *j);

/* Compares journal and guard; call once after opening, before anything is published.  A
 * guard that neither agrees nor is merely behind is left as it is by every commit until it
 * is reset, so a fence outlives the process.  E_DENIED with JOURNAL_READ. */
NODISCARD status journal_guard(struct journal *j, struct guard_report *ret);
/* Makes the guard agree with the journal: first start, or after a new epoch. */
NODISCARD status journal_guard_reset(struct journal *j);

/* Moves the WAL into the database: passive when large, truncate when idle or when it has
 * something that was erased.  Never fails a turn: a checkpoint that cannot run now runs
 * later.  False while what was erased may still be in a WAL, because a reader needs it. */
bool journal_checkpoint(struct journal *j, bool idle);
/* True when all that was erased by now is in no file; false also in a turn that erases. */
bool journal_erased_is_gone(const struct journal *j);

/* --- reading, for people --- */

/* Calls `each` for rows in order until it returns other than OK, which is returned.  `each`
 * may ask anything of the journal but the question that is being answered. */
typedef status (*journal_each_stream)(void *context, const struct stream_row *row);
NODISCARD status journal_streams(struct journal *j, journal_each_stream each,
                                 void *context);

typedef status (*journal_each_group)(void *context, const struct group_row *row);
NODISCARD status journal_groups(struct journal *j, const struct stream_id *stream,
                                sequence from, struct arena *a, journal_each_group each,
                                void *context);

typedef status (*journal_each_entry)(void *context, const struct entry_row *row);
/* Entries of one stream in order; the arena is rewound between rows. */
NODISCARD status journal_entries(struct journal *j, const struct stream_id *stream,
                                 sequence from, struct arena *a, journal_each_entry each,
                                 void *context);
/* Received entries of a kind, newest first: the newest `skip` not, then at most `limit`. */
struct inbox_range {
    enum kind kind;
    uint64_t skip;
    size_t limit;
};
NODISCARD status journal_inbox(struct journal *j, struct inbox_range range, struct arena *a,
                               journal_each_entry each, void *context);

/* Arrivals are numbered from 1, whatever the clock does: of those of a kind behind `after`,
 * at most `limit`, the last one's number; `after` where there is none. */
NODISCARD status journal_arrival_after(struct journal *j, enum kind kind, uint64_t after,
                                       size_t limit, uint64_t *ret);
/* Received entries of a kind, oldest first: those behind `after`, up to `last`. */
struct arrivals {
    enum kind kind;
    uint64_t after, last;
};
NODISCARD status journal_arrivals(struct journal *j, struct arrivals range, struct arena *a,
                                  journal_each_entry each, void *context);

/* The first receipt of `peer` whose size is over `index`; cosignature-only ones count where
 * `witness` is true.  E_UNKNOWN. */
NODISCARD status journal_receipt_for(struct journal *j, const struct stream_id *stream,
                                     sequence index, const struct agency_id *peer,
                                     bool witness, struct arena *a,
                                     struct receipt_row *ret);
/* When entries of the group with `index` first went to `peer`.  E_UNKNOWN. */
NODISCARD status journal_sent_at(struct journal *j, const struct stream_id *stream,
                                 sequence index, const struct agency_id *peer, millis *ret);
typedef status (*journal_each_receipt)(void *context, const struct receipt_row *row);
NODISCARD status journal_receipts(struct journal *j, const struct stream_id *stream,
                                  struct arena *a, journal_each_receipt each,
                                  void *context);

/* Records whose id starts with the given hex digits, own or received: at most `limit`.  An
 * agency can give a record another's id, so "F55/01a2..." asks for those of one agency. */
NODISCARD status journal_record_search(struct journal *j, struct bytes text,
                                       struct place *ret, record_id *ret_ids, size_t limit,
                                       size_t *ret_count);

/* Outcomes (opened, acknowledged ...) of others about a record of ours are entries of kind
 * KIND_OUTCOME whose header names it as `previous`. */
NODISCARD status journal_outcomes(struct journal *j, const record_id *record,
                                  struct arena *a, journal_each_entry each, void *context);

/* Entries of a kind whose header names the record as `previous`: recalls of it, answers to
 * it, what stands in its place; of any agency. */
NODISCARD status journal_naming(struct journal *j, const record_id *record, enum kind kind,
                                struct arena *a, journal_each_entry each, void *context);
/* Entries whose header says that they were made of that agency's record. */
NODISCARD status journal_children(struct journal *j, const struct agency_id *agency,
                                  const record_id *record, struct arena *a,
                                  journal_each_entry each, void *context);

typedef status (*journal_each_evidence)(void *context, const struct evidence_row *row);
NODISCARD status journal_evidence(struct journal *j, struct arena *a,
                                  journal_each_evidence each, void *context);

/*
 * Copies all rows of both databases, each as it stands, into new files of their names in
 * `folder`, beside a running node; with JOURNAL_READ.  First the journal, then the keys, so
 * that no entry lacks its key but one that is being erased.  Nothing of a row that is gone
 * is in the copy.  The node's write-ahead logs grow meanwhile.  Not down to the disk.
 * E_DUPLICATE: one is there.  E_STORAGE, E_DAMAGED.
 */
NODISCARD status journal_copy(struct journal *j, const char *folder);

/* A keys.db without any key, beside a journal whose own is lost. */
NODISCARD status journal_keys_create(const char *folder);

/* What each database's sum of rows was when the node left it so: commits, lanes, MAC. */
enum { JOURNAL_MARK_SIZE = 8 + 2048 + 32, JOURNAL_MARKS = 2 };
/* Of a copy; with JOURNAL_READ. */
NODISCARD status journal_marks(struct journal *j,
                               uint8_t ret[JOURNAL_MARKS][JOURNAL_MARK_SIZE]);
/* Of the node whose copy it was: E_SIGNATURE when the rows are not as it left them once,
 * E_ORDER when that was after its last commit. */
NODISCARD status journal_vouch(struct journal *j, struct bytes mark, size_t file);

/*
 * Adds up every row of journal.db and keys.db again; with JOURNAL_READ.  E_DAMAGED: a row
 * was changed, added or taken away other than by this node, or an index does not agree with
 * its table; `ret_file` names the file meant, also on other failures.
 */
NODISCARD status journal_check_rows(struct journal *j, const char **ret_file,
                                    uint64_t *ret_rows);

/* Takes all rows as they stand for those that this node left, over both files, and the
 * guard with them: what journal_check_rows found by then is found no more.  Outside a turn.
 */
NODISCARD status journal_recount(struct journal *j);

/* A sentence about the last failure, with SQLite's own words; never content. */
const char *journal_error(const struct journal *j);

#endif

#ifndef FLAGPOST_SHELF_H
#define FLAGPOST_SHELF_H

/*
 * The desks' own working state: rows in journal.db that join the turn's one transaction,
 * each sealed under the keyring.  Everything a row says is bound to its seal, so a row that
 * was edited, swapped or copied to another key does not open (E_DAMAGED).  What must be
 * provable later is also an entry of a signed stream; a row here is the index made from it.
 *
 * Kinds, ids, times and states are readable to whoever has the file; text belongs in the
 * body, and what is looked up by text goes in as a keyed digest (`tag`).
 */

#include "journal.h"

/* The numbers are on the disk: a kind is never given to something else.  6, 10 and 11 have
 * none yet. */
enum shelf_kind {
    SHELF_DRAFT = 1,
    SHELF_SOURCE, /* source fields and raw text: no wire form exists for them */
    SHELF_TODO,
    SHELF_WORDS, /* by which the same record is known again, word for word */
    SHELF_OBLIGATION = 5,
    SHELF_RECALL = 7,
    SHELF_STATEMENT,
    SHELF_WAITING,
    SHELF_ACCOUNT = 12, /* of a force's own system, that hands records in over HTTP */
    SHELF_URN,          /* which of our records a URN stands for */
    SHELF_UNOPENED,     /* what does not open here, and what others cannot open of ours */
    SHELF_OPERATOR,     /* who has which roles at this node */
    SHELF_NOMINAL,      /* what is kept about one person, and when it is reviewed */
    SHELF_MEMBER,       /* that a record is of a nominal */
    SHELF_INGESTED, /* what this node, national ingestion, has answered about a record */
    SHELF_HANDLING, /* what was done here with others' records, and that they were told */
    SHELF_BACKUP,   /* when the last was made, how long its keys are kept, where it ends */
    SHELF_CLOCK,    /* the latest time that this node has believed */
    SHELF_TRACE,    /* what is looked for in the files after an erasure */
    SHELF_PASSWORD, /* of a person who is named as an operator, for HTTP */
    SHELF_RECONCILED, /* how the last comparison with an agency ended */
    SHELF_DIFFERENCE, /* a record about which national ingestion and its owner differ */
    SHELF_AGAIN,      /* what was erased since a backup is yet to be erased again */
    SHELF_ASKED,      /* what a recipient of a record asks its owner */
    SHELF_WATCH,      /* what an operator looks for among what arrives */
    SHELF_ALERT,      /* that a watch has found a record */
    SHELF_WATCHER,    /* an operator's quiet hours, and how far the inbox was read */
    SHELF_LINK,       /* that records of two agencies may be about the same */
    SHELF_OFTEN,      /* by which identifier nothing is linked any more */
    SHELF_TRIAGE,     /* who has what arrived in hand here, or that it is done */
    SHELF_NOTE,       /* what somebody here notes about it */
    SHELF_TOLD,       /* that a fusion cell has linked one of our records */
    SHELF_LAST = SHELF_TOLD,
};

/* States of SHELF_WAITING: urgent records, ours and those that arrived, without and with a
 * to-do; records held until a date. */
enum waiting {
    WAITING_OURS = 1,
    WAITING_TOLD,
    WAITING_HERE,
    WAITING_HERE_TOLD,
    WAITING_HELD,
    WAITING_HELD_REFUSED,
};

enum { SHELF_BODY_MAX = 192 * 1024 }; /* a record of the largest size fits */

struct shelf_row {
    record_id id; /* key within the kind */
    enum shelf_kind kind;
    record_id about;   /* the record it concerns; all zero: none */
    uint8_t tag[32];   /* keyed digest to look up by; all zero: none */
    uint32_t state;    /* the kind's own, from 1; 0 is no state */
    millis due;        /* 0: never */
    millis changed;    /* the kind's own; of no effect here */
    struct bytes body; /* at most SHELF_BODY_MAX (else E_LIMIT) */
};

/* Inserts, or replaces what has the same kind and id: what stood there is overwritten. */
NODISCARD status journal_shelf_put(struct journal *j, const struct shelf_row *row);

/* E_UNKNOWN: none.  E_DAMAGED: not as it was put.  The body goes to `a`. */
NODISCARD status journal_shelf_find(struct journal *j, enum shelf_kind kind,
                                    const record_id *id, struct arena *a,
                                    struct shelf_row *ret);

/* Ids of a kind that start with the given hex digits, at most `limit`.  E_FORM: not hex. */
NODISCARD status journal_shelf_search(struct journal *j, enum shelf_kind kind,
                                      struct bytes hex_prefix, record_id *ret_ids,
                                      size_t limit, size_t *ret_count);

/* OK also when there is none.  The bytes are gone from the file at once, and from the WAL
 * with the next checkpoint that truncates it: for drafts and sources as what is erased. */
NODISCARD status journal_shelf_drop(struct journal *j, enum shelf_kind kind,
                                    const record_id *id);

/* Every row of a kind, readable or not, so that an index can be made again. */
NODISCARD status journal_shelf_clear(struct journal *j, enum shelf_kind kind);

/*
 * The walks call `each` until it returns other than OK, which is returned.  The arena is
 * rewound between rows.  `each` may ask anything and may put and drop rows, also of the
 * walk itself; a row that it moves on in the walk's order is met again, so who sets a new
 * due walks with `due_before`.
 */
typedef status (*journal_each_shelf)(void *context, const struct shelf_row *row);

/* Watches and alerts that do not open are passed over, so that one of them stops neither
 * the others nor the node; so many were since the journal was opened. */
uint64_t journal_shelf_passed(const struct journal *j);

/* In the order of their ids. */
NODISCARD status journal_shelf_tagged(struct journal *j, enum shelf_kind kind,
                                      const uint8_t tag[32], struct arena *a,
                                      journal_each_shelf each, void *context);
NODISCARD status journal_shelf_about(struct journal *j, enum shelf_kind kind,
                                     const record_id *about, struct arena *a,
                                     journal_each_shelf each, void *context);

/* Which rows: 0 for any. */
struct shelf_filter {
    uint32_t state;
    millis due_before; /* due, and earlier than this */
};
/* Oldest due first; those without one come last. */
NODISCARD status journal_shelf_walk(struct journal *j, enum shelf_kind kind,
                                    struct shelf_filter filter, struct arena *a,
                                    journal_each_shelf each, void *context);

#endif

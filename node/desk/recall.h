#ifndef FLAGPOST_RECALL_H
#define FLAGPOST_RECALL_H

/*
 * Recalls, at both sides.  A recall is an entry of the owner's log that names its record:
 * that entry, and nothing beside it, is what blocks the record, so the block holds from the
 * commit that stores it, also for a record that arrives later.  It reaches the copies that
 * were made of the record, and theirs, by the parents that stand in their headers.
 * Private to this folder.
 */

#include "desk.h"
#include "holding.h"
#include "shelf.h"

enum {
    RECALL_REACH_MAX = 1024, /* records looked at, up from one: beyond them it is blocked */
    RECALL_DOWN_MAX = 4096,  /* and down: beyond them a to-do asks a person */
    VERSIONS_MAX = 64, /* of one record, as far as they are counted or recalled at once */
    RECALL_HOURS = 72, /* for a statement, when the owner says nothing else */
    RECALL_HOURS_COMPROMISE = 4,
};

struct recall_found {
    bool recalled;
    struct parent
        record;    /* the one whose owner recalled it: itself, or what it is made of */
    bool readable; /* the recall opened here; else what follows is not known */
    enum recall_cause cause;
    struct bytes reason;
    millis at;      /* when its owner recalled it */
    millis arrived; /* when the recall was stored here */
    millis answer_by;
};

/* Whether its owner has recalled this very record.  The reason goes to `a`. */
NODISCARD status recall_of(struct desk *d, const struct parent *record, struct arena *a,
                           struct recall_found *ret);
/* The same, or anything that it was made of, as far up as is held here; `a` is not the
 * desk's scratch. */
NODISCARD status recall_reaching(struct desk *d, const struct parent *record,
                                 struct arena *a, struct recall_found *ret);
/* True when a recall by another agency reaches it: then it is not opened here.  Also when
 * it was made of more than RECALL_REACH_MAX records: one beyond them may be recalled. */
NODISCARD status recall_blocks(struct desk *d, const struct parent *record, bool *ret);
/* Whether one was made of the other, or both of a third, as far up as is held here; true
 * also beyond RECALL_REACH_MAX. */
NODISCARD status recall_related(struct desk *d, const struct parent *a,
                                const struct parent *b, bool *ret);
/* Records held or owned here that were made of this one, and of those; it is not among
 * them.  In the turn's arena. */
struct recall_copies {
    size_t count; /* at most RECALL_DOWN_MAX */
    const struct parent *at;
    bool more; /* than these */
};
NODISCARD status recall_copies(struct desk *d, const struct parent *record,
                               struct recall_copies *ret);

/* The next place at which a record stands here behind `p`, all zero for the first: there is
 * one for each of its legs, again for each time that they were issued, also where it did
 * not open.  E_UNKNOWN: there are no more. */
NODISCARD status recall_next_place(struct desk *d, const struct parent *record,
                                   struct place *p);
NODISCARD status recall_place_count(struct desk *d, const struct parent *record,
                                    size_t *ret);

/* Who is told, and who cannot be any more. */
struct recall_told {
    size_t count;
    struct {
        struct agency_id agency;
        bool told;
    } at[AGENCIES_MAX];
};

/* Publishes to everyone who was ever wrapped for an own record: items of `kind` that name
 * it.  `ticket` 0: nobody waits.  As exchange_submit. */
struct recall_notice {
    enum kind kind;
    const struct item *item;
    uint64_t ticket;
    const struct agency_id *but; /* these get something else; NULL: none */
    size_t but_count;
};
NODISCARD status recall_publish(struct desk *d, const struct parent *record,
                                const struct recall_notice *n, struct recall_told *ret);

/* --- what is awaited: rows of SHELF_RECALL --- */

enum recall_state {
    RECALL_NEW = 1,        /* received: the node has yet to answer */
    RECALL_CAME_AFTER = 2, /* the record came after its recall */
    RECALL_ANSWERED = 3,   /* a person's statement is awaited here */
    RECALL_STATED = 4,
    RECALL_NOT_HERE = 5,
    RECALL_OWN = 6, /* our own: statements of others are awaited */
    RECALL_DONE = 7,
    RECALL_ERASED = 8, /* erased; said once it is in no file any more */
};

struct recall_text {
    uint16_t size;
    uint8_t at[SHORT_TEXT_MAX];
};

struct recall_row {
    struct parent record;
    enum recall_state state;
    millis due, since;
    struct recall_text person, reason; /* of an erasure that is still to be said */
};
/* At most SHORT_TEXT_MAX bytes of it. */
struct recall_text recall_text(struct bytes b);
/* Ids of records are unique to their agency only, so both are in a row's key. */
record_id recall_row_id(struct desk *d, const char *what, const struct parent *record);
NODISCARD status recall_row_find(struct desk *d, const struct parent *record,
                                 struct recall_row *ret);
NODISCARD status recall_row_put(struct desk *d, const struct recall_row *row);
NODISCARD status recall_row_read(const struct shelf_row *from, struct recall_row *ret);

/* Rows for what this turn has stored.  E_STORAGE or E_DAMAGED alone: one entry that cannot
 * be taken in stops neither the others nor the node. */
NODISCARD status recall_arrivals(struct desk *d);

/* --- openings here, so that a holder can say whether it was read --- */

struct recall_openings {
    millis first; /* 0: never */
    uint32_t count;
};
NODISCARD status recall_note_opening(struct desk *d, const struct parent *record);
NODISCARD status recall_openings(struct desk *d, const struct parent *record,
                                 struct recall_openings *ret);

/* --- answers --- */

/* Items of one outcome entry to the owner of the record. */
NODISCARD status recall_answer(struct desk *d, const struct parent *record,
                               const struct item *items, size_t count, uint64_t ticket);
/* What was done with it here, to its owner, in no haste. */
NODISCARD status recall_outcome(struct desk *d, const struct parent *record,
                                const struct item *item);

enum { RECALL_COPIES_MAX = 8 };
struct recall_holder {
    struct agency_id agency;
    struct holding holding; /* its texts are the two below */
    uint8_t person[SHORT_TEXT_MAX];
    uint8_t where[SHORT_TEXT_MAX];
    size_t copy_count; /* of its own records that it has recalled in turn */
    struct bytes copies[RECALL_COPIES_MAX];
};
/* What each agency has answered about a record; the copies' ids go to the turn's arena.
 * However much a holder says, it takes no more room than this. */
NODISCARD status recall_holders(struct desk *d, const struct parent *record,
                                struct recall_holder *ret, size_t *ret_count);

/* How many recipients of an own record have yet to say what became of it, and, where
 * `ret_names` is not NULL, who. */
NODISCARD status recall_missing(struct desk *d, const struct parent *record,
                                const char **ret_names, size_t *ret_count);
/* The rows of `trace` about the recall of an own record; none when it is not recalled. */
NODISCARD status recall_trace(struct desk *d, const struct parent *record, struct rows *r);

/* What stands in a record's place and what it stands in place of, as a person is told. */
struct recall_versions {
    bool has_newer, has_older;
    bool newer_is_here; /* else only the fact is known */
    record_id newer, older;
    millis expires_at; /* as its label says; 0: never, or it is not here */
};
NODISCARD status recall_versions(struct desk *d, const struct parent *record,
                                 struct recall_versions *ret);

/* "RECALLED by F55 on 2026-...: reason", "EXPIRED on ...", "SUPERSEDED by ..." joined; ""
 * when it is none of them.
 * In the turn's arena. */
NODISCARD status recall_marks(struct desk *d, const struct parent *record,
                              const char **ret);

/* Erases the record and what was made of it, wherever it stands here.  E_LIMIT: too much
 * was made of it; E_POLICY: one of ours among it is under legal hold.  Then nothing is
 * erased. */
NODISCARD status recall_erase(struct desk *d, const struct parent *record,
                              const struct item_audit *why);
/* The same of what was erased before, and came back with a backup: a hold of the backup's
 * day did not keep it then.  E_LIMIT: it is erased, and as many of its copies as are found
 * at once.  E_BUSY: some of it is, and the rest when it is asked for in another turn. */
NODISCARD status recall_erase_again(struct desk *d, const struct parent *record,
                                    const struct item_audit *why);

#endif

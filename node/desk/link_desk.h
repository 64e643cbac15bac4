#ifndef FLAGPOST_LINK_DESK_H
#define FLAGPOST_LINK_DESK_H

/*
 * Links between two agencies' records at a node of kind `fusion` (R16; design page 4, 4.6):
 * proposed by the node where both hold the same identifier (intel/linkage.h), decided by a
 * person with a reason, and undone by one.
 *
 *     proposed --> same | not the same        decide; back again with --undo
 *
 * The records stay as they are: a link is a row beside them that says which two, of what
 * kinds the identifiers are, and what was decided.  The identifiers themselves stand in the
 * records alone, which are opened for a purpose that is in the log (P12).  A proposal, a
 * decision and its undoing are each a combination of DPA 2018 s.62(1)(e), a row of the log.
 *
 * A link stands while both its records do: what was recalled or corrected takes its links
 * out of every list, and with what is erased they are erased.  Private to this folder.
 */

#include "linkage.h"
#include "recall.h"

enum {
    LINK_OFTEN = 12, /* records with one identifier: with more than so many before it, the
                        next one is not linked by it, and it is listed */
    LINK_RECORD_MAX =
        64, /* records compared with a new one; more are not, which is listed */
    LINK_EVENTS_MAX = 32, /* of one link */
    LINK_TYPES_MAX = 12,
    LINKED_TOLD_MAX = 64, /* words about one record that `trace` shows */
};

enum link_state {
    LINK_PROPOSED = 1,
    LINK_SAME = 2,
    LINK_NOT_SAME = 3,
    LINK_TOLD = 4, /* on the shelf alone: the same, and somebody was told */
};
const char *link_state_word(enum link_state state);

struct link_event {
    enum link_state state; /* LINK_PROPOSED: it was undone */
    millis at;
    struct recall_text person, reason;
};

struct link {
    record_id id;
    struct parent records[2]; /* the one that was here first is first */
    enum link_state state;
    enum linkage_strength strength;
    size_t type_count;
    enum identifier_type types[LINK_TYPES_MAX];
    millis at;      /* when it was proposed */
    millis told[2]; /* when the owner of each was told of the other; 0: not */
    size_t event_count;
    struct link_event events[LINK_EVENTS_MAX];
};

/* --- rows (link_rows.c) --- */

/* The same of two records whichever is first. */
record_id link_id(struct desk *d, const struct parent *a, const struct parent *b);
NODISCARD status link_put(struct desk *d, const struct link *l);
/* E_DAMAGED. */
NODISCARD status link_read(const struct shelf_row *row, struct link *ret);
/* E_UNKNOWN: the two were not proposed. */
NODISCARD status link_find(struct desk *d, const record_id *id, struct link *ret);
/* The one whose id begins with the call's argument `link`.  E_USAGE or E_UNKNOWN with the
 * sentence set. */
NODISCARD status link_named(struct desk *d, struct call *c, struct link *ret);
/* "phone, vrm", in the arena. */
const char *link_types_text(struct arena *a, const struct link *l);

/* Whether a record is here to be linked: held, not recalled, not
 * expired, and no newer version is known. */
NODISCARD status link_record_stands(struct desk *d, const struct parent *record, bool *ret);
/* What was decided where one of the two was an earlier version of the record that it is
 * now: "same, of the version before" and the like; "" when nothing was.  In the arena. */
NODISCARD status link_before(struct desk *d, const struct link *l, const char **ret);
/* Whether both do. */
NODISCARD status link_stands(struct desk *d, const struct link *l, bool *ret);
/* The same of a row known by its id; false when there is none. */
NODISCARD status link_id_stands(struct desk *d, const record_id *id, bool *ret);

/* With the record: its links, what was said of them, and what it was seen with. */
NODISCARD status links_forget(struct desk *d, const struct parent *record);

/* --- identifiers seen too often --- */

struct link_often {
    uint32_t count;            /* of records that had it before the newest one */
    bool is_least;             /* there may be more */
    enum identifier_type type; /* 0: a record that shares identifiers with too many */
    struct parent newest;
    millis since, changed;
};
/* `key`: the token; of a record any. */
NODISCARD status link_often_put(struct desk *d, uint64_t key, const struct link_often *o);
NODISCARD status link_often_drop(struct desk *d, uint64_t key);
NODISCARD status link_often_read(const struct shelf_row *row, struct link_often *ret);

/* --- telling owners (link_tell.c) --- */

enum link_way {
    LINK_POINTER = 1,
    LINK_ASK = 2,
    LINK_SILENT = 3,
};
enum { LINK_WORDS = 2 }; /* of a link at most: one to either owner */
/* Whether a word to both owners can be said in this turn, with so many rows of the log.
 * E_BUSY: not in this one; E_FENCED, E_REVOKED, E_EXPIRED: this node may not publish, and
 * the sentence of `c` (NULL: the node itself asks) says so. */
NODISCARD status link_may_say(struct desk *d, struct call *c, size_t rows);
/* Whoever was told and is still there is told that it does not hold any more: both, or, as
 * link_may_say, none. */
NODISCARD status link_take_back(struct desk *d, struct call *c, struct link *l);
/* The same where a record was recalled or corrected since, some at a time. */
NODISCARD status links_fall(struct desk *d);

/* --- at an owner (link_told.c) --- */

/* By the roster in force. */
bool link_is_fusion(const struct desk *d, const struct agency_id *id);

/* An entry is stored.  E_STORAGE or E_DAMAGED alone. */
NODISCARD status linked_arrived(struct desk *d, const struct entry_row *e,
                                const struct header *h);
NODISCARD status linked_look_again(struct desk *d);
/* The rows of `trace` of a record of ours, and that somebody has looked. */
NODISCARD status linked_trace(struct desk *d, const struct parent *record, struct rows *r);
NODISCARD status linked_seen(struct desk *d, const record_id *record);
/* Whether a fusion cell has said anything of a record of ours. */
NODISCARD status linked_any(struct desk *d, const record_id *record, bool *ret);
/* With the record: its rows, and what was said of it.  As traces_erase. */
NODISCARD status linked_forget(struct desk *d, const struct parent *record,
                               const struct item_audit *why);

/* --- proposing (link_turn.c) --- */

/* Before the turn is closed: compares what was indexed with what was before it.  E_STORAGE
 * or E_DAMAGED alone. */
NODISCARD status links_turn(struct desk *d);
/* Something was indexed. */
static inline void links_wake(struct desk *d)
{
    d->linking.more = true;
}

/* Something came that may take a record's place away. */
static inline void links_may_fall(struct desk *d)
{
    d->linking.fallen = true;
}

bool links_have_more(const struct desk *d);

#endif

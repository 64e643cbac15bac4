#ifndef FLAGPOST_FRAME_H
#define FLAGPOST_FRAME_H

/*
 * Messages between nodes: one ZeroMQ frame each, never multipart.  A frame is
 *
 *     u8 wire version (1) || u8 lane || message
 *
 * so that a connection's lane is known before anything is parsed.  The message holds
 * exactly one of the kinds below.  Strings and bytes are borrowed from the frame or the
 * arena.
 */

#include "entry.h"

enum { WIRE_VERSION = 1, FRAME_PREFIX_SIZE = 2, FRAME_WITHHELD_MAX = 512 };

enum frame_kind {
    FRAME_HELLO = 1,
    FRAME_FETCH = 2,
    FRAME_GROUP = 3,
    FRAME_ENTRIES = 4,
    FRAME_RECEIPT = 5,
    FRAME_NOTIFY = 6,
    FRAME_ROSTER = 7,
    FRAME_KX = 8,
    FRAME_GOSSIP = 9,
    FRAME_EVIDENCE = 10,
    FRAME_ERROR = 11,
};

/*
 * First message on a connection, and then the heartbeat.  From a follower: what it holds of
 * the listener's stream on this lane.  From a publisher: the answer, with its own head.
 */
struct frame_hello {
    struct hash realm;
    uint32_t roster_version;
    struct epoch epoch; /* all zero: none held yet */
    sequence size;      /* entries verified up to here */
    struct hash root;
    uint64_t instance; /* random per process: a change tells that the other end restarted */
    uint32_t kx_id;    /* newest KX note of the other end that the sender knows; 0 = none */
    sequence receipted; /* newest receipt of the other end that the sender has */
};

/* "Send me groups from `from` on", which is absolute: it replaces any earlier request. */
struct frame_fetch {
    struct epoch epoch; /* all zero: whatever epoch you are in, from its start */
    sequence from;      /* the first index of a group */
    uint32_t credit;    /* groups, at most CREDIT_GROUPS_MAX */
    struct bytes list;  /* u64 each, ascending: these alone, once, and no cursor moves */
};

/* An entry addressed to the follower that today's policy keeps back. */
struct withheld {
    sequence index;
    uint64_t ordinal;
};

struct frame_group {
    struct epoch epoch;
    sequence first;
    struct bytes leaves;     /* RFC 6962 leaf hashes, 32 * count */
    struct bytes checkpoint; /* signed note */
    uint8_t count_salt[16];  /* the follower's own count leaf */
    uint64_t count;          /* entries addressed to it so far in this epoch */
    sequence count_last;     /* index of the last of them; 0 when count is 0 */
    struct bytes count_path; /* sibling hashes from the leaf up, 32 each */
    uint32_t withheld_count;
    const struct withheld *withheld; /* ascending */
};

/* One entry as its recipient gets it. */
struct entry_copy {
    sequence index;
    struct bytes header;
    struct bytes ciphertext;
    struct bytes wrap;           /* the recipient's own */
    struct bytes publisher_wrap; /* so that the publisher can get its own record back */
    uint64_t ordinal; /* for the recipient; 0: a statement, or asked for by list */
};

/* Entries of one group, ascending; as many as fit a frame. */
struct frame_entries {
    struct epoch epoch;
    uint32_t entry_count;
    const struct entry_copy *entries;
};

/* What a follower returns when it holds everything addressed to it up to a checkpoint. */
struct frame_receipt {
    struct epoch epoch;
    struct bytes cosignature; /* the checkpoint's text with the follower's cosignature */
    struct bytes receipt;     /* signed note flagpost/receipt/v1; empty: a witness only */
};

struct frame_notify {
    struct epoch epoch;
    sequence size;
};

struct frame_note {
    struct bytes note;
};

struct frame_evidence {
    struct bytes first, second; /* two checkpoints that cannot both be of one history */
};

struct frame_error {
    enum reject reject;
    struct epoch epoch;
    sequence index;
};

struct frame {
    enum lane lane;
    enum frame_kind kind;
    union {
        struct frame_hello hello;
        struct frame_fetch fetch;
        struct frame_group group;
        struct frame_entries entries;
        struct frame_receipt receipt;
        struct frame_notify notify;
        struct frame_note roster; /* a signed roster or list */
        struct frame_note kx;     /* a numbered KX note */
        struct frame_note gossip; /* a checkpoint with the cosignatures known */
        struct frame_evidence evidence;
        struct frame_error error;
    };
};

/* E_LIMIT when the frame would be over FRAME_BYTES_MAX. */
NODISCARD status frame_encode(const struct frame *f, struct arena *a, struct bytes *ret);

/* Strict.  Borrows from `a` and `bytes`.  Entries' headers are left as bytes. */
NODISCARD status frame_decode(struct bytes bytes, struct arena *a, struct frame *ret);

/*
 * Bytes that one entry adds to a FRAME_ENTRIES, and what the frame has besides its entries,
 * at most: prefix, tag and length of the message, epoch.
 */
enum { FRAME_ENTRIES_OVERHEAD = FRAME_PREFIX_SIZE + 4 + 14 };
size_t frame_entry_size(const struct entry_copy *e);
/* Behind the last of the copies that fit one frame with the one at `from`, which is there.
 */
size_t frame_entries_end(const struct entry_copy *copies, size_t from, size_t count);

#endif

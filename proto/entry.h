#ifndef FLAGPOST_ENTRY_H
#define FLAGPOST_ENTRY_H

/*
 * The header of an entry: what is hashed into an agency's log and stays for ever.  Bytes
 * are born once: a header is encoded when it is sealed and never again; whoever receives
 * one keeps and compares the bytes.  README.md in this folder has the exact layout.
 *
 * The core of a header is the bytes before its last two fields.  It is a prefix of the very
 * bytes, so what sealing authenticates is never a re-encoding.
 */

#include "arena.h"
#include "report.h"
#include "types.h"

enum {
    HEADER_VERSION = 1,
    NONCE_SIZE = 24,
    KX_KEY_SIZE = 32,
    WRAP_PLAIN_SIZE = 40, /* content key, ordinal as u64 */
    WRAP_SIZE = WRAP_PLAIN_SIZE + 16,
};

enum kind {
    KIND_INTELLIGENCE = 1,
    KIND_OUTCOME = 2,
    KIND_RECALL = 3,
    KIND_AUDIT = 4, /* local lane only */
    KIND_EPOCH = 5, /* leaf 0 of every epoch but the first: a statement, no ciphertext */
    KIND_REWRAP = 6,
    KIND_ATTACHMENT = 8,  /* a part of a file that belongs to `previous` */
    KIND_CASE = 9,        /* calls that immigration enforcement took from one force */
    KIND_OBLIGATION = 10, /* local lane only: what became of a call */
    KIND_STATEMENT = 7, /* the owner's, about its record `previous`: without intelligence */
    KIND_DECISION = 11, /* local lane only: a person sends to immigration enforcement */
    KIND_RETENTION = 12,      /* local lane only; of an erasure, `previous` is the record */
    KIND_RECONCILIATION = 13, /* national ingestion and one agency compare their sets */
    KIND_REQUEST = 14, /* a recipient asks the owner of a record, and the owner answers */
};

/* Government Security Classifications; the last two exist so that they can be refused. */
enum marking {
    MARKING_OFFICIAL = 1,
    MARKING_OFFICIAL_SENSITIVE = 2,
    MARKING_SECRET = 3,
    MARKING_TOP_SECRET = 4,
};

enum handling {
    HANDLING_P = 1, /* lawful sharing permitted */
    HANDLING_C = 2, /* lawful sharing permitted with conditions */
};

enum action_code { ACTION_NONE = 0, ACTION_A1 = 1, ACTION_A2 = 2, ACTION_A3 = 3 };

enum sanitisation_code { SANITISATION_NONE = 0, SANITISATION_S1 = 1, SANITISATION_S2 = 2 };

enum priority { PRIORITY_HIGH = 1, PRIORITY_MEDIUM = 2, PRIORITY_LOW = 3 };

/* Page 1, "Lines that are not crossed": a rule alone never sends to immigration
 * enforcement. */
enum {
    IMMIGRATION_BLOCKED = 1, /* a person in it needs protection; copies keep it */
    IMMIGRATION_DECIDED = 2, /* a named person sent this entry to its one recipient */
    IMMIGRATION_OVERRIDDEN =
        4, /* and another reason was given for doing so over the block */
    IMMIGRATION_ALL = 7,
};

/*
 * What routing asks again when an entry is sent (P7).  Nothing of it is the record's own
 * text: flags and a crime identifier code that stand on the signed list, and numbers.
 */
struct route_facts {
    struct text_list flags;
    struct bytes code;    /* empty: missing or wrong when it was sealed (R7) */
    uint32_t roles;       /* 1 << enum subject_role, of all its persons */
    uint32_t purpose;     /* enum purpose */
    uint32_t immigration; /* IMMIGRATION_ bits */
};

struct label {
    enum marking marking;
    enum handling handling;
    enum action_code action;
    enum sanitisation_code sanitisation;
    enum priority priority;
    uint32_t retention_class; /* advisory, 1 to 4; 0 = not given */
    millis expires_at;        /* 0 = never */
    struct route_facts route; /* derived by routing_label; never typed */
};

struct recipient {
    struct agency_id agency;
    uint32_t kx_id; /* number of the KX note whose key the wrap is for */
};

enum epoch_reason {
    EPOCH_RESTORED = 1,  /* from a backup */
    EPOCH_CUT_SHORT = 2, /* the journal lost its end */
    EPOCH_RE_ENROLLED = 3,
};

enum { PARENTS_MAX = 8 };

/* A record that this one was made of: what is recalled takes its copies along. */
struct parent {
    struct agency_id agency;
    record_id id;
};

/* Which entry an entry is about: its place, and the hash of its header. */
struct about {
    struct stream_id stream;
    sequence index;
    struct hash leaf;
};

/* What the new epoch knows of the old one. */
struct epoch_statement {
    struct epoch old_epoch;
    sequence old_size;
    struct hash old_root;
    enum epoch_reason reason;
};

struct header {
    struct hash realm;
    struct stream_id stream;
    sequence index;
    record_id id;
    millis sealed_at;
    enum kind kind;
    struct label label;
    uint32_t roster_version;
    bool has_previous;
    record_id previous; /* the record that this one supersedes, recalls or answers */
    struct hash content_root;
    uint32_t item_count;
    uint32_t ciphertext_size; /* 0 for KIND_EPOCH and KIND_REWRAP */
    uint8_t nonce[NONCE_SIZE];
    sequence group_first;
    uint8_t group_key[KX_KEY_SIZE]; /* the group's ephemeral public key */
    uint32_t recipient_count;
    const struct recipient *recipients; /* strictly ascending by agency */
    uint32_t parent_count;
    const struct parent *parents; /* strictly ascending by agency, then id */
    bool has_statement;           /* exactly when kind is KIND_EPOCH */
    struct epoch_statement statement;
    /* A rewrap: whose key it carries; an outcome: what does not open; a request: the record
     * that is asked about. */
    bool has_about;
    struct about about;
    struct hash ciphertext_hash; /* BLAKE2b-256 */
    struct bytes wrap_hashes;    /* BLAKE2b-256 each, 32 * recipient_count, their order */
};

/*
 * The core of `h`: everything before ciphertext_hash and wrap_hashes, which are ignored.
 * E_VALUE names a field out of its rule, E_LIMIT a header over HEADER_BYTES_MAX.
 */
NODISCARD status header_encode_core(const struct header *h, struct arena *a,
                                    struct bytes *ret);

/* core || ciphertext_hash || wrap_hashes (which is 32 bytes for each recipient). */
NODISCARD status header_finish(struct bytes core, const struct hash *ciphertext_hash,
                               struct bytes wrap_hashes, struct arena *a,
                               struct bytes *ret);

/*
 * Scans strictly, unpacks, and checks every field's rule, so that a struct header can be
 * trusted in form (not in truth: hash and signature are the caller's).  Borrows from `a`
 * and `bytes`.  E_FORM: not canonical.  E_VALUE: a field breaks its rule.  E_LIMIT: too
 * large. E_VERSION: another format version.
 */
NODISCARD status header_decode(struct bytes bytes, struct arena *a, struct header *ret);

/* Length of the core within a header that header_decode has accepted. */
NODISCARD status header_core_size(struct bytes bytes, size_t *ret);

/* Position of an agency among the recipients, or -1. */
int header_recipient_rank(const struct header *h, const struct agency_id *agency);

#endif

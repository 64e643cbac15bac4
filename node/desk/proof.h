#ifndef FLAGPOST_PROOF_H
#define FLAGPOST_PROOF_H

/* clang-format off */
/*
 * A proof: that one record was published, by whom and under which index, who has witnessed
 * the log that has it and who has signed for storing it.  One file, judged with nothing
 * but the root document that the reader trusts; it has no key, and no content but the items
 * that somebody chose to show.
 *
 * Lines of text, each a word and its value, in this order:
 *
 *     flagpost/proof/v1
 *     realm <hex>
 *     root <base64>          the root document; more lines: its successors, in order
 *     roster <base64>        in force when the record's group was signed
 *     record <hex>           its id, as in the header
 *     header <base64>        the bytes that were hashed into the log; they commit to the
 *                            ciphertext (BLAKE2b-256) and to the content (content root)
 *     leaf <base64>          RFC 6962 leaf hash of the header
 *     index <decimal>        in its stream, from 0
 *     ciphertext <base64>    only when asked for
 *     item <decimal>         in a redacted copy: the position of an item that is shown, and
 *     salt <hex>             what it was blinded with,
 *     value <base64>         its bytes (proto/content.proto, Item),
 *     siblings <base64>      its path to the header's content root; "-" for a record of
 *                            one.  One block for each item, positions ascending; the
 *                            header says how many items there are, so what is left out
 *                            is seen
 *     checkpoint <base64>    one block of lines for each checkpoint, sizes ascending: the
 *                            publisher's signed note with others' cosignatures
 *     path <base64>          RFC 6962 inclusion path of the leaf; "-" in a tree of one
 *     receipt <base64>       a recipient's receipt for that checkpoint; none or more
 *     end
 *
 * Notes are C2SP signed notes, and each signature line in them must be good and of a known
 * signer, once: so there is no byte that could be changed and not be noticed.
 */
/* clang-format on */

#include "journal.h"
#include "roster.h"
#include "seal.h"

enum {
    PROOF_BYTES_MAX = 8 * 1024 * 1024,
    PROOF_ROOTS_MAX = 8,
    PROOF_VIEWS_MAX = AGENCIES_MAX + 1,
    PROOF_SENTENCE_ROOM = 192,
};

/* A value and the line of the file it stands in, from 1. */
struct proof_value {
    struct bytes bytes;
    uint32_t line;
};

/* One item that is shown. */
struct proof_item {
    uint32_t position; /* in its record, from 0 */
    uint32_t line;     /* of the block's first line */
    struct bytes salt; /* SALT_SIZE bytes */
    struct bytes value;
    struct bytes siblings;
};

/* The record as one checkpoint has it. */
struct proof_view {
    struct proof_value checkpoint, path;
    size_t receipt_count;
    struct proof_value *receipts;
};

struct proof {
    struct proof_value realm; /* HASH_SIZE bytes */
    size_t root_count;
    struct proof_value roots[PROOF_ROOTS_MAX];
    struct proof_value roster;
    struct proof_value record; /* 16 bytes */
    struct proof_value header;
    struct proof_value leaf; /* HASH_SIZE bytes */
    sequence index;
    uint32_t index_line;
    struct proof_value ciphertext; /* line 0: not in it */
    size_t item_count;             /* of those shown */
    struct proof_item *items;      /* positions ascending */
    size_t view_count;
    struct proof_view *views;
};

/* Why a proof is refused. */
struct proof_fault {
    uint32_t line;     /* 0: of the whole, or of the root document given */
    const char *field; /* "header"; static storage */
    status why;
    char sentence[PROOF_SENTENCE_ROOM];
};

/* The first fault stays; gives `why` back. */
status proof_fail(struct proof_fault *f, uint32_t line, const char *field, status why,
                  const char *sentence);

/* --- proof_text.c --- */

NODISCARD status proof_write(const struct proof *p, struct arena *a, struct bytes *ret);
/* The form alone.  E_FORM, E_LIMIT or E_MEMORY with the fault filled in; borrows from `a`.
 */
NODISCARD status proof_read(struct bytes text, struct arena *a, struct proof *ret,
                            struct proof_fault *ret_fault);

/* --- proof_check.c, proof_items.c, proof_views.c --- */

struct proof_witness {
    struct agency_id agency;
    millis at;     /* by its clock */
    sequence size; /* entries it had seen */
};

/* What a good proof shows.  Large. */
struct proof_facts {
    struct header header; /* borrows from the proof */
    struct hash realm;
    struct root root;     /* the last of the chain */
    uint32_t newest_root; /* number of the last one that the reader knows of */
    struct roster roster;
    sequence size; /* of the first checkpoint */
    struct hash log_root;
    size_t witness_count;
    struct proof_witness witnesses[AGENCIES_MAX];
    size_t receipt_count;
    struct receipt receipts[AGENCIES_MAX];
};

/* Every hash and signature; `trusted` is the root document of the reader's own.  On
 * failure the fault says which line and why. */
NODISCARD status proof_check(const struct proof *p, struct bytes trusted, struct arena *a,
                             struct proof_facts *ret, struct proof_fault *ret_fault);
/* Root keys have signed it from which others have taken over: if those keys are in other
 * hands by now, so may be what they signed, whatever day it says. */
bool proof_is_by_former_roots(const struct proof_facts *f);

/* The items shown, against the content root of the header in `facts`. */
NODISCARD status proof_check_items(const struct proof *p, struct arena *a,
                                   const struct proof_facts *facts,
                                   struct proof_fault *fault);
/* Roots and roster alone. */
NODISCARD status proof_check_trust(const struct proof *p, struct bytes trusted,
                                   struct arena *a, struct proof_facts *facts,
                                   struct proof_fault *fault);
/*
 * A checkpoint of the stream of facts->header, past its index and past `before`, under the
 * roster in `facts`, which has that agency: the agency's signature and every cosignature,
 * whose signers join the witnesses.
 */
NODISCARD status proof_check_head(const struct proof_view *v, sequence before,
                                  struct arena *a, struct proof_facts *facts,
                                  struct proof_fault *fault, struct checkpoint *ret);
/* The checkpoints of a proof whose roots, roster and header are in `facts` already. */
NODISCARD status proof_check_views(const struct proof *p, struct arena *a,
                                   struct proof_facts *facts, struct proof_fault *fault);

/*
 * Blocks for the chosen positions (ascending) of an opened record: salts, bytes and paths.
 * E_VALUE: a position past the record's end or out of order.
 */
NODISCARD status proof_items_make(const struct salted_item *items, size_t count,
                                  const uint32_t *positions, size_t position_count,
                                  struct arena *a, struct proof *ret);

/* What the note's signature lines are held against. */
struct proof_signer {
    struct bytes name;
    uint8_t type; /* NOTE_ED25519 or NOTE_COSIGNATURE */
    const uint8_t *key;
};
/* True when each line is the first one of a signer listed.  That it is good is another
 * question. */
bool proof_signers_known(const struct note *n, const struct proof_signer *signers,
                         size_t count);

/* --- proof_make.c, proof_path.c --- */

struct proof_source {
    struct journal *journal;
    struct agency_id self;
    struct hash realm;
    struct bytes root; /* the home's root document */
    bool with_ciphertext;
    bool lean; /* as many witnesses as the quorum asks for, and no receipts */
};

/*
 * From the journal; needs no keys.  E_UNKNOWN: the entry's header is not held here (it was
 * withheld).  E_SIGNATURE, E_HASH, ...: the journal is not in order, see verify_journal.
 */
NODISCARD status proof_make(const struct proof_source *source, const struct place *place,
                            struct arena *a, struct proof *ret);

/* A stream's heads by themselves, for a file that has all its leaves; `source` is lean and
 * outlives it.  A roster goes first, and holds until the next. */
struct proof_making;
NODISCARD status proof_log_open(const struct proof_source *source,
                                const struct stream_id *stream, struct arena *a,
                                struct proof_making **ret);
/* Root and roster of that version, into p->roots and p->roster. */
NODISCARD status proof_log_roster(struct proof_making *m, uint32_t version,
                                  struct proof *p);
/* The agency's checkpoint of a size at which a group ends. */
NODISCARD status proof_log_head(struct proof_making *m, sequence size, struct bytes *ret);
/* The same of that size, and where those have cosigned that the quorum asks for: the first
 * is of `size`, sizes ascend. */
struct proof_log_heads {
    bool witnessed; /* enough have */
    size_t count;
    sequence sizes[PROOF_VIEWS_MAX];
    struct bytes notes[PROOF_VIEWS_MAX];
};
NODISCARD status proof_log_heads(struct proof_making *m, sequence size,
                                 struct proof_log_heads *ret);

/* Inclusion path of an entry in the tree of the stream's first `size` leaves, read once
 * from first to last: PATH(index, D[size]) of RFC 6962 section 2.1.1. */
NODISCARD status proof_path(struct journal *j, const struct place *place, sequence size,
                            struct arena *a, struct bytes *ret);

#endif

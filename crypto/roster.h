#ifndef FLAGPOST_ROSTER_H
#define FLAGPOST_ROSTER_H

/*
 * The roster: who takes part, with which keys, signed by k of n offline root keys.  Text of
 * signed notes, one fact a line (crypto/README.md has the grammar).  Two kinds of document:
 *
 *   root    "flagpost/root/v1": the n root keys and the threshold k, numbered from 1.  The
 * realm is the SHA-256 of the text of root 1.  Root n+1 is signed by a threshold of old and
 * of new. roster  "flagpost/roster/v1": realm, version, SHA-256 of the previous roster's
 * text, issued, expires, quorum, agencies, revocations.
 *
 * An enrolment request ("flagpost/request/v1") is one agency's own lines, signed by the key
 * it asks to enrol (proof of possession), with its first KX note.
 */

#include "checkpoint.h"
#include "content.h"

enum {
    ROOT_KEYS_MAX = 8,
    ROOTS_MAX = 8, /* documents of one deployment, one after the other */
    REVOCATIONS_MAX = 64,
    ROSTER_FLAGS_MAX = 16,
    FLAG_MAX = 16,
    ENDPOINT_MAX = 128,
    NAME_MAX_BYTES = 64,
    REGION_MAX = 16,
    ROSTER_GRACE_MS = 14 * 86400000, /* past expiry: warn and carry on this long */
};

enum agency_kind {
    AGENCY_FIB = 1,
    AGENCY_ROCU = 2,
    AGENCY_FUSION = 3,
    AGENCY_INGEST = 4,
    AGENCY_IMMIGRATION = 5,
    AGENCY_PARTNER = 6,
    AGENCY_ABROAD = 7, /* a relevant authority outside the United Kingdom (DPA 2018 s.73) */
};

struct root_key {
    char name[32];
    uint8_t key[SIGN_PUBLIC_SIZE];
};

struct root {
    uint32_t number;
    uint32_t threshold;
    size_t key_count;
    struct root_key keys[ROOT_KEYS_MAX];
    /* Those that it took over from, of a file (root_chain_verify): what they have signed
     * before still stands, and they sign nothing new. */
    size_t former_count;
    struct root_former {
        uint32_t threshold;
        size_t key_count;
        struct root_key keys[ROOT_KEYS_MAX];
    } former[ROOTS_MAX - 1];
};

/* The key that the listed one takes over from.  It is the one in use until then, and
 * everyone takes both; so a new key is known to all before it is used. */
struct outgoing_key {
    uint8_t key[SIGN_PUBLIC_SIZE];
    millis until; /* 0: there is none */
};

struct roster_agency {
    struct agency_id id;
    char name[NAME_MAX_BYTES + 1];
    enum agency_kind kind;
    char force[3]; /* two-digit code, or "" */
    char region[REGION_MAX + 1];
    uint8_t sign_key[SIGN_PUBLIC_SIZE];
    uint8_t curve_key[CURVE_KEY_SIZE];
    struct outgoing_key sign_out, curve_out;
    char endpoint[ENDPOINT_MAX + 1]; /* tcp://host:port; empty: it dials only */
    millis valid_from, valid_until;
    enum marking ceiling;
    bool immigration_access; /* staff with immigration-enforcement access */
    size_t flag_count;
    char flags[ROSTER_FLAGS_MAX][FLAG_MAX + 1]; /* flags it may receive; none = any */
    struct kx_note first_kx;
    uint8_t first_kx_signature[SIGNATURE_SIZE]; /* over kx_note_text, by sign_key */
};

/* The last good place of one stream of a revoked agency; leaves above it are quarantined.
 */
struct revocation {
    struct agency_id agency;
    millis at;
    bool has_place; /* false: nothing of that agency is good */
    enum lane lane;
    struct epoch epoch;
    sequence size;
    struct hash root;
};

struct roster {
    struct hash realm;
    uint32_t version; /* from 1 */
    struct hash previous;
    struct hash text_hash; /* SHA-256 of this one's text */
    millis issued, expires;
    uint32_t quorum; /* cosignatures that make a record "witnessed" */
    size_t agency_count;
    struct roster_agency agencies[AGENCIES_MAX]; /* ascending */
    size_t revocation_count;
    struct revocation revocations[REVOCATIONS_MAX];
};

/* Realm of a deployment from the text of its first root document. */
struct hash realm_of(struct bytes root_text);

/* E_VALUE when a rule of the grammar is broken: a threshold out of 1 to key_count, a name
 * or key used twice, a key that is not sound. */
NODISCARD status root_write(const struct root *r, struct arena *a, struct bytes *ret_text);
/* Threshold of different root keys on any note of theirs: roster, root, list.  E_THRESHOLD
 * when too few have signed, E_SIGNATURE when the line of a root key is bad. */
NODISCARD status root_has_signed(const struct root *root, const struct note *n);
/* The same, or by those of a document before it. */
NODISCARD status root_has_ever_signed(const struct root *root, const struct note *n);
/* Verifies that `threshold` different keys of the document itself have signed. */
NODISCARD status root_verify(struct bytes note, struct arena *a, struct root *ret);
/* Also a threshold of `old`, and number = old.number + 1 (E_ROLLBACK, E_ORDER). */
NODISCARD status root_verify_next(struct bytes note, const struct root *old,
                                  struct arena *a, struct root *ret);

/* A file with root 1 and its successors, each note after the one before; mostly root 1
 * alone. Gives the newest, with what came before it, and the realm, which is of root 1.
 * E_LIMIT: over ROOTS_MAX. */
NODISCARD status root_chain_verify(struct bytes file, struct arena *a, struct root *ret,
                                   struct hash *ret_realm);
/* Cuts the next note off such a file; false at its end. */
bool root_chain_cut(struct bytes *rest, struct bytes *ret_note);

/*
 * The two are inverse: what roster_read accepts, roster_write writes again byte for byte.
 * E_FORM: not the grammar.  E_VALUE: a rule is broken (order, a key or endpoint used twice,
 * a key that is not sound, a KX note of another agency or realm, ...).  E_SIGNATURE: a
 * first KX note is not signed by its agency's key.  E_LIMIT: too many agencies or
 * revocations, or a text that would not fit a note with its signatures.  `ret` is large:
 * keep it out of the stack of deep callers.
 */
NODISCARD status roster_read(struct bytes text, struct arena *a, struct roster *ret);
NODISCARD status roster_write(const struct roster *r, struct arena *a,
                              struct bytes *ret_text);

/*
 * Verify and parse: threshold of different root keys (E_THRESHOLD, E_SIGNATURE), realm
 * (E_REALM), no root key among the agencies' (E_VALUE), and against `installed` (NULL for
 * the first, or one that was installed once: then root keys that others have taken over
 * from count too): the same text E_DUPLICATE, a lower version E_ROLLBACK, a jump in
 * versions E_ORDER; another text of the same version, or a next one whose previous hash
 * does not name the installed text, E_HASH.  Expiry is the caller's.
 */
NODISCARD status roster_verify(struct bytes note, const struct root *root,
                               const struct hash *realm, const struct roster *installed,
                               struct arena *a, struct roster *ret);

/* The version rules of roster_verify alone, of two that are verified. */
NODISCARD status roster_follows(const struct roster *r, const struct roster *installed);

/* NULL when unknown. */
const struct roster_agency *roster_find(const struct roster *r, const struct agency_id *id);
/* Rank among the agencies, or -1. */
int roster_rank(const struct roster *r, const struct agency_id *id);

/* The agency itself uses the key that goes out until its moment; others take it for an hour
 * longer, because clocks differ. */
enum { OUTGOING_GRACE_MS = 3600000 };
bool outgoing_is_used(const struct outgoing_key *o, millis now);
bool outgoing_is_taken(const struct outgoing_key *o, millis now);

/*
 * As the functions without the agency (checkpoint.h), by either of its listed keys.  For
 * what any node may be shown: the caller judges whether the roster is the one to judge by.
 */
NODISCARD status agency_checkpoint_verify(struct bytes note, const struct roster_agency *g,
                                          struct arena *a, struct checkpoint *ret);
NODISCARD status agency_cosignature_verify(const struct note *n, const struct hash *realm,
                                           const struct roster_agency *g, millis *ret_time);
NODISCARD status agency_receipt_verify(struct bytes note, const struct roster_agency *g,
                                       struct arena *a, struct receipt *ret);
NODISCARD status agency_kx_note_verify(struct bytes note, const struct roster_agency *g,
                                       struct arena *a, struct kx_note *ret);
/* The one of its keys under which the note has a line; sign_key when it has none. */
const uint8_t *agency_signer(const struct roster_agency *g, const struct note *n,
                             struct bytes name, uint8_t type);

/* Revoked at all, and the good place for a stream (NULL: none is good). */
bool roster_is_revoked(const struct roster *r, const struct agency_id *id);
const struct revocation *roster_good_place(const struct roster *r,
                                           const struct stream_id *stream);

/* Valid now: within validity, not revoked.  It is never earlier than when it was issued. */
bool roster_is_current(const struct roster *r, const struct agency_id *id, millis now);

enum roster_age { ROSTER_FRESH, ROSTER_EXPIRED, ROSTER_FROZEN /* past the grace */ };
enum roster_age roster_age(const struct roster *r, millis now);

const char *agency_kind_word(enum agency_kind k);
NODISCARD status agency_kind_read(struct bytes text, enum agency_kind *ret);

/* A request: the agency as it asks to be listed, signed by its signing key and by the one
 * that goes out, if there is one; the first is then in use.  Signs the first KX note as
 * well: first_kx_signature is not looked at.  E_VALUE when a key is not in the keyring or a
 * rule of the grammar is broken. */
NODISCARD status request_sign(const struct roster_agency *agency, struct keyring *k,
                              struct arena *a, struct bytes *ret);
/* Checks the request's own signatures under the keys it names, the KX note inside, and
 * every rule of an agency's lines.  The realm it asks for is that of first_kx. */
NODISCARD status request_verify(struct bytes note, struct arena *a,
                                struct roster_agency *ret);

#endif

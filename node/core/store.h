#ifndef FLAGPOST_STORE_H
#define FLAGPOST_STORE_H

/*
 * What the exchange needs of a journal.  io/journal keeps it in SQLite, the simulator in
 * memory; the exchange is the same code over both.
 *
 * Everything put joins the turn's one transaction and can be read back at once.  Whoever
 * drives the exchange commits when the turn is closed, and lets nothing out before.  A put
 * that fails ends the process (exit 74): memory is rebuilt from the journal, never rolled
 * back.  Bytes that a find returns live in the arena given to it.
 */

#include "counts.h"
#include "entry.h"
#include "keyring.h"
#include "merkle.h"

/* What we have for an index that is addressed to us; no row: not addressed to us. */
enum disposition {
    DISPOSITION_HELD = 1,
    DISPOSITION_UNOPENABLE = 2, /* our key for it is gone, or it does not open */
    DISPOSITION_REFUSED = 3,    /* hash and reason kept, content not */
    DISPOSITION_WITHHELD = 4,   /* kept back by the publisher's policy of that day */
    DISPOSITION_ERASED = 5,
};
enum { DISPOSITIONS = 6 }; /* a tally has a slot for each, and slot 0 unused */

/* One stream, own or followed; one row for each (agency, lane, epoch). */
struct stream_row {
    struct stream_id id;
    bool own;
    bool current;             /* the newest epoch of its agency and lane known here */
    struct frontier frontier; /* over all leaves verified */
    sequence complete;        /* each index below has its durable disposition */
    struct count mine;        /* entries for us disposed of, and the last such index */
    uint64_t tally[DISPOSITIONS];
    sequence receipted; /* size of the newest receipt we signed (followed streams) */
    status quarantine;  /* OK, or why the stream is no longer believed */
};

/* One commit group as its publisher signed it. */
struct group_row {
    struct stream_id stream;
    sequence first;
    uint32_t count;
    uint32_t roster_version; /* whose agencies the count tree has */
    struct bytes leaves;     /* 32 * count */
    struct bytes checkpoint; /* signed note, the bytes first produced */
    uint8_t
        salt[COUNT_SALT_SIZE]; /* own: the group's salt key; followed: our leaf's salt */
    struct bytes
        counts; /* own: (u64 count, u64 last) per agency; followed: ours, then path */
    struct bytes withheld; /* followed: (u64 index, u64 ordinal) each */
    millis at;             /* when it was sealed or verified here */
};

/* One entry: each of our own, and of others those addressed to us. */
struct entry_row {
    struct stream_id stream;
    sequence index;
    uint64_t ordinal; /* for us */
    record_id id;
    enum kind kind;
    enum disposition disposition;
    status reason; /* why it was refused or could not be opened */
    bool
        duplicate; /* the same record as one before, received or issued again: shown once */
    struct hash leaf;
    struct bytes header;     /* empty when withheld */
    struct bytes ciphertext; /* empty when withheld, refused or erased */
    struct bytes wraps; /* own: all, recipients' order; others: ours, the publisher's */
    struct bytes kept;  /* content key under the record's storage key */
    millis at;
};

/* Where a record is. */
struct place {
    struct stream_id stream;
    sequence index;
};

/* A receipt or cosignature that a peer gave for an own stream. */
struct receipt_row {
    struct stream_id stream;
    struct agency_id peer;
    sequence size;
    struct bytes cosignature; /* checkpoint note with the peer's cosignature */
    struct bytes receipt;     /* empty: a witness only */
    millis at;                /* when it arrived */
};

struct evidence_row {
    struct stream_id stream;
    status why;
    struct bytes first, second;
    millis at;
};

enum document_kind { DOCUMENT_ROOT = 1, DOCUMENT_ROSTER = 2, DOCUMENT_LISTS = 3 };

struct store_ops {
    /* --- find: E_UNKNOWN when there is none; E_STORAGE or E_DAMAGED end the process --- */

    /* The current epoch of an agency's lane. */
    status (*stream_find)(void *self, const struct agency_id *agency, enum lane lane,
                          struct stream_row *ret);
    /* That very epoch. */
    status (*stream_get)(void *self, const struct stream_id *id, struct stream_row *ret);
    /* The next epoch of its agency's lane, in order of counter, then of random part. */
    status (*stream_after)(void *self, const struct stream_id *id, struct stream_row *ret);
    /* The group whose leaves include `index`. */
    status (*group_find)(void *self, const struct stream_id *stream, sequence index,
                         struct arena *a, struct group_row *ret);
    status (*entry_find)(void *self, const struct stream_id *stream, sequence index,
                         struct arena *a, struct entry_row *ret);
    /* The first in order of the places at which a record of `agency` was held (or
     * published); one where it did not open is none. */
    status (*record_find)(void *self, const struct agency_id *agency, const record_id *id,
                          struct place *ret);
    /* The next place behind `after` (NULL: the first) at which anything of a record is or
     * was here: for each of its legs, issued again in a later epoch, received again, and
     * also where it did not open. */
    status (*record_after)(void *self, const struct agency_id *agency, const record_id *id,
                           const struct place *after, struct place *ret);
    /* Whether its agency has recalled the record, as far as is known here; also before the
     * record itself is known. */
    status (*recalled)(void *self, const struct agency_id *agency, const record_id *id,
                       bool *ret);
    /* The next place behind `after` (NULL: the first) at which a part of one of the
     * record's attachments is, opened or not: an entry of `agency` that names it as
     * `previous`. */
    status (*part_after)(void *self, const struct agency_id *agency, const record_id *id,
                         const struct place *after, struct place *ret);
    /* Newest receipt of a peer for an own stream: size only. */
    status (*receipt_size)(void *self, const struct stream_id *stream,
                           const struct agency_id *peer, sequence *ret);
    /* Our newest receipt for a followed stream, to give the same bytes again. */
    status (*own_receipt_find)(void *self, const struct stream_id *stream, struct arena *a,
                               struct receipt_row *ret);
    /* Answer given to an idempotency key. */
    status (*idempotency_find)(void *self, struct bytes key, struct place *ret);
    /* Signed note; version 0 = the newest. */
    status (*document_find)(void *self, enum document_kind kind, uint32_t version,
                            struct arena *a, struct bytes *ret);
    /* Newest KX note of an agency. */
    status (*kx_find)(void *self, const struct agency_id *agency, struct arena *a,
                      struct bytes *ret);
    /* Storage key of an entry; E_UNKNOWN once erased. */
    status (*key_find)(void *self, const struct stream_id *stream, sequence index,
                       uint8_t ret[32]);

    /* Makes the KX keys in the ring those that are kept, the newest KX_KEPT_MAX. */
    status (*kx_secrets_load)(void *self, struct keyring *ring);

    /* --- put: into the turn's transaction --- */

    status (*stream_put)(void *self, const struct stream_row *row); /* insert or replace */
    status (*group_put)(void *self, const struct group_row *row);   /* E_DUPLICATE */
    status (*entry_put)(void *self, const struct entry_row *row);   /* E_DUPLICATE */
    status (*receipt_put)(void *self, const struct receipt_row *row);
    status (*own_receipt_put)(void *self, const struct receipt_row *row); /* newest wins */
    /* First time that entries of the group at `first` went to `peer`; later ones ignored.
     */
    status (*sent_put)(void *self, const struct stream_id *stream, sequence first,
                       const struct agency_id *peer, millis at);
    status (*evidence_put)(void *self, const struct evidence_row *row);
    status (*idempotency_put)(void *self, struct bytes key, const struct place *place);
    status (*document_put)(void *self, enum document_kind kind, uint32_t version,
                           struct bytes note);
    status (*kx_put)(void *self, const struct agency_id *agency, uint32_t number,
                     struct bytes note);
    /* In keys.db; flushed with or before the commit that needs it. */
    status (*key_put)(void *self, const struct stream_id *stream, sequence index,
                      const uint8_t key[32]);
    /* The private half of a KX key of our own, in keys.db: with the turn's commit. */
    status (*kx_secret_put)(void *self, const struct keyring_kx *kx,
                            const uint8_t secret[32]);
    /* Erased, in every file, once the turn is durable: what the key opened in this turn
     * must not need it again.  E_LIMIT: over KX_KEPT_MAX in a turn. */
    status (*kx_secret_destroy)(void *self, uint32_t number);
    /* The entry becomes DISPOSITION_ERASED: its ciphertext, wraps, kept key and storage key
     * go with the turn's commit and are in no file after it; header and leaf stay. */
    status (*entry_erase)(void *self, const struct stream_id *stream, sequence index);

    /* --- drop: rows that are not what their log says, so that they can be put again --- */

    /* The entry's row, whatever stands in it, what finds it, and its storage key. */
    status (*entry_drop)(void *self, const struct stream_id *stream, sequence index);
    /* Groups of a followed stream that begin at `from` or behind it. */
    status (*groups_drop)(void *self, const struct stream_id *stream, sequence from);
};

struct store {
    void *self;
    const struct store_ops *ops;
};

#endif

#ifndef FLAGPOST_JOURNAL_PARTS_H
#define FLAGPOST_JOURNAL_PARTS_H

/* What the parts of the journal share with each other and with no one else. */

#include "guard.h"
#include "journal.h"
#include "journal_tokens.h"
#include "keys.h"

#include <limits.h>

enum { JOURNAL_SCRATCH = 256 * 1024 }; /* a header of the largest size, unpacked */

/* The segment of the index that is being filed, and its next page. */
struct filing {
    uint64_t segment;
    unsigned page;
};

/* Records of one segment that were erased, and the next of its pages to be looked at. */
struct cleaning {
    bool is_on;
    uint64_t segment;
    unsigned page;
    bool erased[TOKEN_SEGMENT];
};

struct journal {
    enum journal_mode mode;
    bool opened; /* journal_open came to its end */
    struct agency_id self;
    char folder[PATH_MAX];
    int lock_fd; /* -1: none */
    struct failure failure;
    struct database main;
    struct keys keys;

    bool has_guard;
    /* The guard agreed once, or was made to.  Until then no commit touches it, so that a
     * fence outlives whatever is done before the mend. */
    bool guard_armed;
    struct guard guard;
    struct guard_head head; /* of the own streams as put so far */

    bool erasing;       /* an entry was erased whose key may be in keys.db */
    size_t spent_count; /* KX private keys to be erased once the turn is durable */
    uint32_t spent[KX_KEPT_MAX];
    bool wal_to_empty; /* what was erased may be in a write-ahead log */

    bool token_done_known;
    uint64_t token_done; /* numbers up to it were looked at */
    struct filing filing;
    bool tokens_to_clean; /* pages may have pairs of what was erased */
    struct cleaning cleaning;

    uint64_t shelf_passed; /* rows that do not open, and were passed over */

    struct arena scratch;
};

/* --- journal_row.c: rows from columns, in the order that journal_sql.h selects them --- */

NODISCARD status row_stream(struct query *q, struct stream_row *ret);
NODISCARD status row_group(struct query *q, struct arena *a, struct group_row *ret);
NODISCARD status row_entry(struct query *q, struct arena *a, struct entry_row *ret);
NODISCARD status row_receipt(struct query *q, struct arena *a, struct receipt_row *ret);
NODISCARD status row_evidence(struct query *q, struct arena *a, struct evidence_row *ret);

/* The least and the greatest id that start with the digits.  E_FORM: not hex. */
NODISCARD status record_id_range(struct bytes hex_prefix, record_id *ret_least,
                                 record_id *ret_most);

/* --- journal_find.c --- */

NODISCARD status find_stream_current(void *self, const struct agency_id *agency,
                                     enum lane lane, struct stream_row *ret);
NODISCARD status find_stream(void *self, const struct stream_id *id,
                             struct stream_row *ret);
NODISCARD status find_stream_after(void *self, const struct stream_id *id,
                                   struct stream_row *ret);
NODISCARD status find_group(void *self, const struct stream_id *stream, sequence index,
                            struct arena *a, struct group_row *ret);
NODISCARD status find_entry(void *self, const struct stream_id *stream, sequence index,
                            struct arena *a, struct entry_row *ret);
NODISCARD status find_record(void *self, const struct agency_id *agency,
                             const record_id *id, struct place *ret);
NODISCARD status find_record_after(void *self, const struct agency_id *agency,
                                   const record_id *id, const struct place *after,
                                   struct place *ret);
NODISCARD status find_part_after(void *self, const struct agency_id *agency,
                                 const record_id *id, const struct place *after,
                                 struct place *ret);
NODISCARD status find_receipt_size(void *self, const struct stream_id *stream,
                                   const struct agency_id *peer, sequence *ret);
NODISCARD status find_own_receipt(void *self, const struct stream_id *stream,
                                  struct arena *a, struct receipt_row *ret);
NODISCARD status find_idempotency(void *self, struct bytes key, struct place *ret);
NODISCARD status find_recalled(void *self, const struct agency_id *agency,
                               const record_id *id, bool *ret);
NODISCARD status find_document(void *self, enum document_kind kind, uint32_t version,
                               struct arena *a, struct bytes *ret);
NODISCARD status find_kx(void *self, const struct agency_id *agency, struct arena *a,
                         struct bytes *ret);
NODISCARD status load_kx_secrets(void *self, struct keyring *ring);
NODISCARD status find_key(void *self, const struct stream_id *stream, sequence index,
                          uint8_t ret[32]);

/* --- journal_put.c --- */

NODISCARD status put_stream(void *self, const struct stream_row *row);
NODISCARD status put_group(void *self, const struct group_row *row);
NODISCARD status put_entry(void *self, const struct entry_row *row);
NODISCARD status put_receipt(void *self, const struct receipt_row *row);
NODISCARD status put_own_receipt(void *self, const struct receipt_row *row);
NODISCARD status put_sent(void *self, const struct stream_id *stream, sequence first,
                          const struct agency_id *peer, millis at);
NODISCARD status put_evidence(void *self, const struct evidence_row *row);
NODISCARD status put_idempotency(void *self, struct bytes key, const struct place *place);
NODISCARD status put_document(void *self, enum document_kind kind, uint32_t version,
                              struct bytes note);
NODISCARD status put_kx(void *self, const struct agency_id *agency, uint32_t number,
                        struct bytes note);
NODISCARD status put_kx_secret(void *self, const struct keyring_kx *kx,
                               const uint8_t secret[32]);
NODISCARD status put_key(void *self, const struct stream_id *stream, sequence index,
                         const uint8_t key[32]);

/* --- journal_erase.c --- */

NODISCARD status erase_entry(void *self, const struct stream_id *stream, sequence index);
NODISCARD status erase_kx_secret(void *self, uint32_t number);
/* After a commit: the keys of what it erased go. */
NODISCARD status erase_keys(struct journal *j);
/* At the start: what a crash left undone. */
NODISCARD status erase_start(struct journal *j);

/* --- journal_drop.c --- */

NODISCARD status drop_entry(void *self, const struct stream_id *stream, sequence index);
NODISCARD status drop_groups(void *self, const struct stream_id *stream, sequence from);

/* --- the index: journal_tokens.c, journal_token_pages.c, journal_token_erase.c --- */

/* A record has come to stand at a place: it is to be looked at, again if it was before. */
NODISCARD status tokens_number(struct journal *j, int64_t place);
/* E_UNKNOWN: it has none. */
NODISCARD status tokens_number_at(struct journal *j, int64_t place, uint64_t *ret);
NODISCARD status tokens_done(struct journal *j, uint64_t *ret);
/* Empty: there is no such page any more. */
NODISCARD status tokens_put_page(struct journal *j, uint64_t page, struct bytes pairs);
/* What the index has of the record at a place goes, by journal_tokens_clean. */
NODISCARD status tokens_start(struct journal *j); /* what is left of that from before */
NODISCARD status tokens_erase(struct journal *j, int64_t place);

/* --- journal_guard.c --- */

/* What the guard is to say of an own stream. */
struct guard_lane guard_lane_of(const struct stream_row *row);
/* Reads the own streams' heads; opens the guard file. */
NODISCARD status guard_start(struct journal *j, const char *folder);
/* After a commit.  A failure stops the journal, as that of a commit does. */
NODISCARD status guard_follow(struct journal *j);

#endif

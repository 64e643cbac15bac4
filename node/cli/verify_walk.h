#ifndef FLAGPOST_VERIFY_WALK_H
#define FLAGPOST_VERIFY_WALK_H

/* What the parts of `verify` share with each other and with no one else. */

#include "verify.h"

struct verifying {
    const struct verify_setup *setup;
    struct journal *journal;
    struct store store;
    struct arena rows;  /* the row that the journal gives, until the next */
    struct arena group; /* the group that is open */
    struct arena work;  /* one check */
    struct roster *newest;
    struct roster *past; /* the older one used last; version 0: none */
    uint64_t entries;
    struct verify_totals *totals;
};

struct agency_count {
    struct agency_id agency;
    struct count count;
};

/* One stream, from its first entry to its last. */
struct walk {
    struct verifying *v;
    const struct stream_row *row;
    struct verify_stream *out;
    struct frontier frontier; /* over the groups that are closed: each is proved */
    bool is_open;
    struct group_row group;
    sequence next;     /* after the last entry seen */
    struct count mine; /* entries for us so far */
    uint64_t tally[DISPOSITIONS];
    size_t agency_count; /* own streams: what each agency was sent, ascending */
    struct agency_count counts[AGENCIES_MAX];
};

/* A group of an own epoch that was given up, fetched back from those who hold it
 * (core/recovering.c): without counts of the others, and with the entries that somebody
 * had.
 */
bool verify_is_returned(const struct walk *w);

/* Keeps the finding with the lowest index; gives `why` back. */
status verify_find(struct walk *w, sequence index, status why, const char *sentence);
status verify_part_find(struct verifying *v, enum verify_part part, sequence index,
                        status why, const char *sentence);

/* --- verify_documents.c --- */

/* Newest roster, the chain below it, the code lists. */
void verify_documents(struct verifying *v);
void verify_evidence(struct verifying *v);
/* Borrowed until the next call.  E_UNKNOWN; or it does not verify. */
NODISCARD status verify_roster(struct verifying *v, uint32_t version,
                               const struct roster **ret);

/* Keys under which a signature of an agency may stand: those of the roster version it
 * names, and today's, since a key may change before the roster that says so arrives; of
 * each the one that goes out as well. */
struct verify_keys {
    size_t count;
    uint8_t keys[4][SIGN_PUBLIC_SIZE];
};
NODISCARD status verify_keys_of(struct verifying *v, const struct agency_id *agency,
                                uint32_t version, struct verify_keys *ret);
/* checkpoint_verify under one of the keys. */
NODISCARD status verify_checkpoint(struct verifying *v, const struct verify_keys *keys,
                                   struct bytes note, struct checkpoint *ret);

/* --- verify_group.c --- */

/* Opens the group that starts where the last one ended. */
NODISCARD status verify_group_open(struct walk *w);
/* All its entries have been seen: leaves, root, checkpoint, counts. */
NODISCARD status verify_group_close(struct walk *w);

/* --- verify_entry.c --- */

/* An entry of the group that is open. */
NODISCARD status verify_entry(struct walk *w, const struct entry_row *e);

/* --- verify_receipts.c --- */

/* Peers' receipts of an own stream, our own of a followed one. */
void verify_receipts(struct walk *w);

#endif

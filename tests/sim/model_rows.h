#ifndef FLAGPOST_SIM_MODEL_ROWS_H
#define FLAGPOST_SIM_MODEL_ROWS_H

/* The rows of the model store, shared by model_store.c, which puts, and model_find.c. */

#include "store.h"

enum table {
    STREAMS,
    GROUPS,
    ENTRIES,
    RECEIPTS,
    OWN_RECEIPTS,
    SENT,
    EVIDENCE,
    ANSWERS,
    DOCUMENTS,
    KX_NOTES,
    KEYS,
    ERASED,
    SECRETS,
    SPENT,
    TABLES,
};

enum { ROWS_MAX = 16384, BLOB_BYTES = 96 * 1024 * 1024 };

struct mark {
    size_t counts[TABLES];
    size_t used;
};

struct model {
    struct store_ops ops;
    struct arena arena;
    struct mark now, committed, kept;
    bool only_committed;
    const void *rows[TABLES][ROWS_MAX];
};

/* A full frontier has two kilobytes of empty slots; its encoding has none. */
struct stream_kept {
    struct stream_id id;
    bool own, current;
    struct bytes frontier;
    sequence complete;
    struct count mine;
    uint64_t tally[DISPOSITIONS];
    sequence receipted;
    status quarantine;
};

struct sent_kept {
    struct stream_id stream;
    sequence first;
    struct agency_id peer;
    millis at;
};

struct answer_kept {
    struct bytes key;
    struct place place;
};

struct document_kept {
    enum document_kind kind;
    uint32_t version;
    struct bytes note;
};

struct kx_kept {
    struct agency_id agency;
    uint32_t number;
    struct bytes note;
};

struct key_kept {
    struct stream_id stream;
    sequence index;
    uint8_t key[32];
};

struct secret_kept {
    struct keyring_kx kx;
    uint8_t secret[32];
};

struct spent_kept {
    uint32_t number;
};

struct erased_kept {
    struct place place;
};

/* How many rows of a table a find may look at. */
static inline size_t rows_seen(const struct model *m, enum table t)
{
    return m->only_committed ? m->committed.counts[t] : m->now.counts[t];
}

/* Fills in the find half of the operations. */
void model_find_ops(struct store_ops *ops);

#endif

#include "model_store.h"

#include "model_rows.h"

#include <stdlib.h>
#include <string.h>

static void *row_new(struct model *m, enum table t, size_t size)
{
    void *const row = arena_take(&m->arena, size);

    MUST(row != NULL && m->now.counts[t] < ROWS_MAX);
    m->rows[t][m->now.counts[t]++] = row;
    return row;
}

static struct bytes kept(struct model *m, struct bytes b)
{
    struct bytes copy = {0};

    MUST(arena_copy(&m->arena, b, &copy) == OK);
    return copy;
}

static status stream_put(void *self, const struct stream_row *row)
{
    struct model *const m = self;
    struct bytes frontier = {0};

    MUST(frontier_encode(&row->frontier, &m->arena, &frontier) == OK);
    struct stream_kept *const k = row_new(m, STREAMS, sizeof *k);
    *k = (struct stream_kept){.id = row->id,
                              .own = row->own,
                              .current = row->current,
                              .frontier = frontier,
                              .complete = row->complete,
                              .mine = row->mine,
                              .receipted = row->receipted,
                              .quarantine = row->quarantine};
    memcpy(k->tally, row->tally, sizeof k->tally);
    return OK;
}

static bool has_group(const struct model *m, const struct group_row *row)
{
    for (size_t i = m->now.counts[GROUPS]; i > 0; i--) {
        const struct group_row *const g = m->rows[GROUPS][i - 1];
        if (!stream_id_equal(&g->stream, &row->stream))
            continue;
        if (g->count == 0 && g->first <= row->first)
            return false; /* dropped since */
        if (g->first == row->first && g->count > 0)
            return true;
    }
    return false;
}

static status group_put(void *self, const struct group_row *row)
{
    struct model *const m = self;

    ENSURE(!has_group(m, row), E_DUPLICATE);
    struct group_row *const g = row_new(m, GROUPS, sizeof *g);
    *g = *row;
    g->leaves = kept(m, row->leaves);
    g->checkpoint = kept(m, row->checkpoint);
    g->counts = kept(m, row->counts);
    g->withheld = kept(m, row->withheld);
    return OK;
}

static bool has_entry(const struct model *m, const struct entry_row *row)
{
    for (size_t i = m->now.counts[ENTRIES]; i > 0; i--) {
        const struct entry_row *const e = m->rows[ENTRIES][i - 1];
        if (e->index == row->index && stream_id_equal(&e->stream, &row->stream))
            return e->disposition != 0;
    }
    return false;
}

static status entry_put(void *self, const struct entry_row *row)
{
    struct model *const m = self;

    ENSURE(!has_entry(m, row), E_DUPLICATE);
    struct entry_row *const e = row_new(m, ENTRIES, sizeof *e);
    *e = *row;
    e->header = kept(m, row->header);
    e->ciphertext = kept(m, row->ciphertext);
    e->wraps = kept(m, row->wraps);
    e->kept = kept(m, row->kept);
    return OK;
}

static status receipt_into(struct model *m, enum table t, const struct receipt_row *row)
{
    struct receipt_row *const r = row_new(m, t, sizeof *r);

    *r = *row;
    r->cosignature = kept(m, row->cosignature);
    r->receipt = kept(m, row->receipt);
    return OK;
}

static status receipt_put(void *self, const struct receipt_row *row)
{
    return receipt_into(self, RECEIPTS, row);
}

static status own_receipt_put(void *self, const struct receipt_row *row)
{
    return receipt_into(self, OWN_RECEIPTS, row);
}

static status sent_put(void *self, const struct stream_id *stream, sequence first,
                       const struct agency_id *peer, millis at)
{
    struct sent_kept *const k = row_new(self, SENT, sizeof *k);

    *k = (struct sent_kept){.stream = *stream, .first = first, .peer = *peer, .at = at};
    return OK;
}

static status evidence_put(void *self, const struct evidence_row *row)
{
    struct model *const m = self;
    struct evidence_row *const e = row_new(m, EVIDENCE, sizeof *e);

    *e = *row;
    e->first = kept(m, row->first);
    e->second = kept(m, row->second);
    return OK;
}

static status idempotency_put(void *self, struct bytes key, const struct place *place)
{
    struct model *const m = self;
    struct answer_kept *const k = row_new(m, ANSWERS, sizeof *k);

    *k = (struct answer_kept){.key = kept(m, key), .place = *place};
    return OK;
}

static status document_put(void *self, enum document_kind kind, uint32_t version,
                           struct bytes note)
{
    struct model *const m = self;
    struct document_kept *const k = row_new(m, DOCUMENTS, sizeof *k);

    *k = (struct document_kept){.kind = kind, .version = version, .note = kept(m, note)};
    return OK;
}

static status kx_put(void *self, const struct agency_id *agency, uint32_t number,
                     struct bytes note)
{
    struct model *const m = self;
    struct kx_kept *const k = row_new(m, KX_NOTES, sizeof *k);

    *k = (struct kx_kept){.agency = *agency, .number = number, .note = kept(m, note)};
    return OK;
}

static status key_put(void *self, const struct stream_id *stream, sequence index,
                      const uint8_t key[32])
{
    struct key_kept *const k = row_new(self, KEYS, sizeof *k);

    *k = (struct key_kept){.stream = *stream, .index = index};
    memcpy(k->key, key, sizeof k->key);
    return OK;
}

static status kx_secret_put(void *self, const struct keyring_kx *kx,
                            const uint8_t secret[32])
{
    struct secret_kept *const k = row_new(self, SECRETS, sizeof *k);

    k->kx = *kx;
    memcpy(k->secret, secret, sizeof k->secret);
    return OK;
}

static status kx_secret_destroy(void *self, uint32_t number)
{
    struct spent_kept *const k = row_new(self, SPENT, sizeof *k);

    *k = (struct spent_kept){.number = number};
    return OK;
}

/* Rows never change: what is erased is listed, and a find leaves it out. */
static status entry_erase(void *self, const struct stream_id *stream, sequence index)
{
    struct erased_kept *const k = row_new(self, ERASED, sizeof *k);

    *k = (struct erased_kept){.place = {.stream = *stream, .index = index}};
    return OK;
}

/* A row of no disposition, or of no count, says that those before it were dropped. */
static status entry_drop(void *self, const struct stream_id *stream, sequence index)
{
    struct entry_row *const e = row_new(self, ENTRIES, sizeof *e);

    *e = (struct entry_row){.stream = *stream, .index = index};
    return OK;
}

static status groups_drop(void *self, const struct stream_id *stream, sequence from)
{
    struct group_row *const g = row_new(self, GROUPS, sizeof *g);

    *g = (struct group_row){.stream = *stream, .first = from};
    return OK;
}

/* --- the disk --- */

static void roll_to(struct model *m, struct mark to)
{
    m->now = to;
    m->committed = to;
    arena_rewind(&m->arena, to.used);
}

static void reset(void *self, const struct backing_owner *owner)
{
    struct model *const m = self;

    (void)owner;
    m->kept = (struct mark){.used = 0};
    m->only_committed = false;
    roll_to(m, m->kept);
}

static struct store store(void *self)
{
    struct model *const m = self;

    return (struct store){.self = m, .ops = &m->ops};
}

static void commit(void *self)
{
    struct model *const m = self;

    m->now.used = arena_mark(&m->arena);
    m->committed = m->now;
}

static void crash(void *self)
{
    struct model *const m = self;

    roll_to(m, m->committed);
}

static void backup(void *self)
{
    struct model *const m = self;

    m->kept = m->committed;
}

static void restore(void *self)
{
    struct model *const m = self;

    roll_to(m, m->kept);
}

/* Put again, table by table, what another model has committed. */
static void copy(void *self, const void *other)
{
    const struct model *const from = other;
    struct model *const m = self;
    const size_t *const n = from->committed.counts;

    reset(m, NULL);
    for (size_t t = 0; t < TABLES; t++) {
        for (size_t i = 0; i < n[t]; i++)
            m->rows[t][i] = from->rows[t][i];
    }
    /* Rows never change once put, so that two models may share them until a reset. */
    m->now = from->committed;
    m->now.used = 0;
    m->committed = m->now;
}

static void view_committed(void *self, bool on)
{
    struct model *const m = self;

    m->only_committed = on;
}

static void free_model(void *self)
{
    struct model *const m = self;

    free(m->arena.at);
    free(m);
}

static struct store_ops model_ops(void)
{
    struct store_ops ops = {
        .stream_put = stream_put,
        .group_put = group_put,
        .entry_put = entry_put,
        .receipt_put = receipt_put,
        .own_receipt_put = own_receipt_put,
        .sent_put = sent_put,
        .evidence_put = evidence_put,
        .idempotency_put = idempotency_put,
        .document_put = document_put,
        .kx_put = kx_put,
        .key_put = key_put,
        .kx_secret_put = kx_secret_put,
        .kx_secret_destroy = kx_secret_destroy,
        .entry_erase = entry_erase,
        .entry_drop = entry_drop,
        .groups_drop = groups_drop,
    };

    model_find_ops(&ops);
    return ops;
}

struct backing model_backing(unsigned number)
{
    static const struct backing_ops disk = {
        .reset = reset,
        .store = store,
        .commit = commit,
        .crash = crash,
        .free = free_model,
        .backup = backup,
        .restore = restore,
        .copy = copy,
        .view_committed = view_committed,
    };
    struct model *const m = calloc(1, sizeof *m);
    void *const blob = malloc(BLOB_BYTES);

    (void)number;
    MUST(m != NULL && blob != NULL);
    arena_init(&m->arena, blob, BLOB_BYTES);
    m->ops = model_ops();
    return (struct backing){.self = m, .ops = &disk};
}

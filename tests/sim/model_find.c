#include "model_rows.h"

#include <string.h>

static void stream_give(const struct stream_kept *k, struct stream_row *ret)
{
    *ret = (struct stream_row){.id = k->id,
                               .own = k->own,
                               .current = k->current,
                               .complete = k->complete,
                               .mine = k->mine,
                               .receipted = k->receipted,
                               .quarantine = k->quarantine};
    memcpy(ret->tally, k->tally, sizeof ret->tally);
    MUST(frontier_decode(k->frontier, &ret->frontier) == OK);
}

static const struct stream_kept *stream_newest(const struct model *m,
                                               const struct stream_id *id)
{
    for (size_t i = rows_seen(m, STREAMS); i > 0; i--) {
        const struct stream_kept *const k = m->rows[STREAMS][i - 1];
        if (stream_id_equal(&k->id, id))
            return k;
    }
    return NULL;
}

static status stream_get(void *self, const struct stream_id *id, struct stream_row *ret)
{
    const struct stream_kept *const k = stream_newest(self, id);

    ENSURE(k != NULL, E_UNKNOWN);
    stream_give(k, ret);
    return OK;
}

static int epoch_compare(const struct epoch *a, const struct epoch *b)
{
    return a->counter != b->counter ? (a->counter > b->counter ? 1 : -1)
                                    : memcmp(a->random, b->random, sizeof a->random);
}

static status stream_after(void *self, const struct stream_id *id, struct stream_row *ret)
{
    const struct model *const m = self;
    const struct stream_kept *next = NULL;

    for (size_t i = rows_seen(m, STREAMS); i > 0; i--) {
        const struct stream_kept *const k = m->rows[STREAMS][i - 1];
        if (k->id.lane != id->lane || !agency_id_equal(&k->id.agency, &id->agency) ||
            epoch_compare(&k->id.epoch, &id->epoch) <= 0)
            continue;
        if (next == NULL || epoch_compare(&k->id.epoch, &next->id.epoch) < 0)
            next = k;
    }
    ENSURE(next != NULL, E_UNKNOWN);
    stream_give(next, ret);
    return OK;
}

static status stream_find(void *self, const struct agency_id *agency, enum lane lane,
                          struct stream_row *ret)
{
    const struct model *const m = self;

    for (size_t i = rows_seen(m, STREAMS); i > 0; i--) {
        const struct stream_kept *const k = m->rows[STREAMS][i - 1];
        if (k->id.lane != lane || !agency_id_equal(&k->id.agency, agency))
            continue;
        if (k != stream_newest(m, &k->id) || !k->current)
            continue;
        stream_give(k, ret);
        return OK;
    }
    return E_UNKNOWN;
}

static const struct group_row *group_at(const struct model *m, const struct stream_id *id,
                                        sequence index)
{
    for (size_t i = rows_seen(m, GROUPS); i > 0; i--) {
        const struct group_row *const g = m->rows[GROUPS][i - 1];
        if (index < g->first || !stream_id_equal(&g->stream, id))
            continue;
        if (g->count == 0)
            return NULL; /* dropped since */
        if (index - g->first < g->count)
            return g;
    }
    return NULL;
}

static status group_find(void *self, const struct stream_id *stream, sequence index,
                         struct arena *a, struct group_row *ret)
{
    const struct group_row *const g = group_at(self, stream, index);

    ENSURE(g != NULL, E_UNKNOWN);
    struct group_row r = *g;
    TRY(arena_copy(a, g->leaves, &r.leaves));
    TRY(arena_copy(a, g->checkpoint, &r.checkpoint));
    TRY(arena_copy(a, g->counts, &r.counts));
    TRY(arena_copy(a, g->withheld, &r.withheld));
    *ret = r;
    return OK;
}

static const struct entry_row *entry_at(const struct model *m, const struct stream_id *id,
                                        sequence index)
{
    for (size_t i = rows_seen(m, ENTRIES); i > 0; i--) {
        const struct entry_row *const e = m->rows[ENTRIES][i - 1];
        if (e->index == index && stream_id_equal(&e->stream, id))
            return e->disposition == 0 ? NULL : e;
    }
    return NULL;
}

static bool is_erased(const struct model *m, const struct stream_id *stream, sequence index)
{
    for (size_t i = 0; i < rows_seen(m, ERASED); i++) {
        const struct erased_kept *const k = m->rows[ERASED][i];
        if (k->place.index == index && stream_id_equal(&k->place.stream, stream))
            return true;
    }
    return false;
}

static status entry_find(void *self, const struct stream_id *stream, sequence index,
                         struct arena *a, struct entry_row *ret)
{
    const struct entry_row *const e = entry_at(self, stream, index);

    ENSURE(e != NULL, E_UNKNOWN);
    struct entry_row r = *e;
    TRY(arena_copy(a, e->header, &r.header));
    if (is_erased(self, stream, index)) {
        r.disposition = DISPOSITION_ERASED;
        r.ciphertext = r.wraps = r.kept = (struct bytes){0};
        *ret = r;
        return OK;
    }
    TRY(arena_copy(a, e->ciphertext, &r.ciphertext));
    TRY(arena_copy(a, e->wraps, &r.wraps));
    TRY(arena_copy(a, e->kept, &r.kept));
    *ret = r;
    return OK;
}

static status record_find(void *self, const struct agency_id *agency, const record_id *id,
                          struct place *ret)
{
    const struct model *const m = self;

    for (size_t i = 0; i < rows_seen(m, ENTRIES); i++) {
        const struct entry_row *const e = m->rows[ENTRIES][i];
        if (e->disposition != DISPOSITION_HELD || !record_id_equal(&e->id, id) ||
            !agency_id_equal(&e->stream.agency, agency) ||
            entry_at(m, &e->stream, e->index) != e)
            continue;
        *ret = (struct place){.stream = e->stream, .index = e->index};
        return OK;
    }
    return E_UNKNOWN;
}

static status recalled(void *self, const struct agency_id *agency, const record_id *id,
                       bool *ret)
{
    const struct model *const m = self;

    *ret = false;
    for (size_t i = 0; i < rows_seen(m, ENTRIES) && !*ret; i++) {
        static uint8_t room[64 * 1024] __attribute__((aligned(16)));
        const struct entry_row *const e = m->rows[ENTRIES][i];
        struct arena a;
        struct header h;
        arena_init(&a, room, sizeof room);
        *ret = e->kind == KIND_RECALL && agency_id_equal(&e->stream.agency, agency) &&
               header_decode(e->header, &a, &h) == OK && record_id_equal(&h.previous, id);
    }
    return OK;
}

static bool has_content(const struct entry_row *e)
{
    return e->disposition == DISPOSITION_HELD || e->disposition == DISPOSITION_UNOPENABLE;
}

static bool is_part_of(const struct entry_row *e, const struct agency_id *agency,
                       const record_id *id)
{
    static _Alignas(16) uint8_t room[2 * HEADER_BYTES_MAX];
    struct header h = {0};
    struct arena a;

    if (e->kind != KIND_ATTACHMENT || !has_content(e) ||
        !agency_id_equal(&e->stream.agency, agency))
        return false;
    arena_init(&a, room, sizeof room);
    return header_decode(e->header, &a, &h) == OK && record_id_equal(&h.previous, id);
}

static bool is_at(const struct entry_row *e, const struct place *place)
{
    return e->index == place->index && stream_id_equal(&e->stream, &place->stream);
}

/* In the order of arrival. */
static status part_after(void *self, const struct agency_id *agency, const record_id *id,
                         const struct place *after, struct place *ret)
{
    const struct model *const m = self;
    bool behind = after == NULL;

    for (size_t i = 0; i < rows_seen(m, ENTRIES); i++) {
        const struct entry_row *const e = m->rows[ENTRIES][i];
        if (behind && is_part_of(e, agency, id) && !is_erased(m, &e->stream, e->index)) {
            *ret = (struct place){.stream = e->stream, .index = e->index};
            return OK;
        }
        behind = behind || is_at(e, after);
    }
    return E_UNKNOWN;
}

static status record_after(void *self, const struct agency_id *agency, const record_id *id,
                           const struct place *after, struct place *ret)
{
    const struct model *const m = self;
    bool behind = after == NULL;

    for (size_t i = 0; i < rows_seen(m, ENTRIES); i++) {
        const struct entry_row *const e = m->rows[ENTRIES][i];
        if (behind && record_id_equal(&e->id, id) &&
            agency_id_equal(&e->stream.agency, agency) &&
            (has_content(e) || e->disposition == DISPOSITION_ERASED)) {
            *ret = (struct place){.stream = e->stream, .index = e->index};
            return OK;
        }
        behind = behind || is_at(e, after);
    }
    return E_UNKNOWN;
}

static status receipt_size(void *self, const struct stream_id *stream,
                           const struct agency_id *peer, sequence *ret)
{
    const struct model *const m = self;
    bool found = false;
    sequence size = 0;

    for (size_t i = 0; i < rows_seen(m, RECEIPTS); i++) {
        const struct receipt_row *const r = m->rows[RECEIPTS][i];
        /* A cosignature alone says nothing of what the peer holds. */
        if (r->receipt.size == 0 || !stream_id_equal(&r->stream, stream) ||
            !agency_id_equal(&r->peer, peer))
            continue;
        found = true;
        size = r->size > size ? r->size : size;
    }
    ENSURE(found, E_UNKNOWN);
    *ret = size;
    return OK;
}

static status own_receipt_find(void *self, const struct stream_id *stream, struct arena *a,
                               struct receipt_row *ret)
{
    const struct model *const m = self;

    for (size_t i = rows_seen(m, OWN_RECEIPTS); i > 0; i--) {
        const struct receipt_row *const r = m->rows[OWN_RECEIPTS][i - 1];
        if (!stream_id_equal(&r->stream, stream))
            continue;
        struct receipt_row copy = *r;
        TRY(arena_copy(a, r->cosignature, &copy.cosignature));
        TRY(arena_copy(a, r->receipt, &copy.receipt));
        *ret = copy;
        return OK;
    }
    return E_UNKNOWN;
}

static status idempotency_find(void *self, struct bytes key, struct place *ret)
{
    const struct model *const m = self;

    for (size_t i = 0; i < rows_seen(m, ANSWERS); i++) {
        const struct answer_kept *const k = m->rows[ANSWERS][i];
        if (bytes_equal(k->key, key)) {
            *ret = k->place;
            return OK;
        }
    }
    return E_UNKNOWN;
}

static status document_find(void *self, enum document_kind kind, uint32_t version,
                            struct arena *a, struct bytes *ret)
{
    const struct model *const m = self;
    const struct document_kept *best = NULL;

    for (size_t i = 0; i < rows_seen(m, DOCUMENTS); i++) {
        const struct document_kept *const d = m->rows[DOCUMENTS][i];
        if (d->kind == kind && (version == 0 || d->version == version) &&
            (best == NULL || d->version > best->version))
            best = d;
    }
    ENSURE(best != NULL, E_UNKNOWN);
    return arena_copy(a, best->note, ret);
}

static status kx_find(void *self, const struct agency_id *agency, struct arena *a,
                      struct bytes *ret)
{
    const struct model *const m = self;

    for (size_t i = rows_seen(m, KX_NOTES); i > 0; i--) {
        const struct kx_kept *const k = m->rows[KX_NOTES][i - 1];
        if (agency_id_equal(&k->agency, agency))
            return arena_copy(a, k->note, ret);
    }
    return E_UNKNOWN;
}

static status key_find(void *self, const struct stream_id *stream, sequence index,
                       uint8_t ret[32])
{
    const struct model *const m = self;

    ENSURE(!is_erased(m, stream, index), E_UNKNOWN);
    for (size_t i = rows_seen(m, KEYS); i > 0; i--) {
        const struct key_kept *const k = m->rows[KEYS][i - 1];
        if (k->index == index && stream_id_equal(&k->stream, stream)) {
            memcpy(ret, k->key, sizeof k->key);
            return OK;
        }
    }
    return E_UNKNOWN;
}

static bool is_spent(const struct model *m, uint32_t number)
{
    for (size_t i = 0; i < rows_seen(m, SPENT); i++) {
        const struct spent_kept *const k = m->rows[SPENT][i];
        if (k->number == number)
            return true;
    }
    return false;
}

static status kx_secrets_load(void *self, struct keyring *ring)
{
    const struct model *const m = self;

    for (size_t i = 0; i < KX_KEPT_MAX; i++)
        keyring_kx_destroy(ring, keyring_kx_all(ring)[i].id);
    for (size_t i = 0; i < rows_seen(m, SECRETS); i++) {
        const struct secret_kept *const k = m->rows[SECRETS][i];
        if (!is_spent(m, k->kx.id))
            TRY(keyring_kx_add(ring, &k->kx, k->secret));
    }
    return OK;
}

void model_find_ops(struct store_ops *ops)
{
    ops->stream_find = stream_find;
    ops->stream_get = stream_get;
    ops->stream_after = stream_after;
    ops->group_find = group_find;
    ops->entry_find = entry_find;
    ops->record_find = record_find;
    ops->record_after = record_after;
    ops->recalled = recalled;
    ops->part_after = part_after;
    ops->receipt_size = receipt_size;
    ops->own_receipt_find = own_receipt_find;
    ops->idempotency_find = idempotency_find;
    ops->document_find = document_find;
    ops->kx_find = kx_find;
    ops->key_find = key_find;
    ops->kx_secrets_load = kx_secrets_load;
}

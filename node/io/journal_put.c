#include "journal_parts.h"

#include <string.h>

status put_stream(void *self, const struct stream_row *row)
{
    struct journal *const j = self;
    const size_t mark = arena_mark(&j->scratch);
    struct bytes frontier = {0};
    int64_t number = 0;

    TRY(database_begin(&j->main));
    TRY(stream_number_make(&j->main, &row->id, &number));
    TRY(frontier_encode(&row->frontier, &j->scratch, &frontier));

    QUERY(q, &j->main, STREAM_PUT);
    bind_int(&q, number);
    bind_int(&q, row->own);
    bind_int(&q, row->current);
    bind_bytes(&q, frontier);
    bind_u64(&q, row->complete);
    bind_u64(&q, row->mine.count);
    bind_u64(&q, row->mine.last);
    for (size_t i = DISPOSITION_HELD; i < DISPOSITIONS; i++)
        bind_u64(&q, row->tally[i]);
    bind_u64(&q, row->receipted);
    bind_text(&q, status_word(row->quarantine));
    const status s = query_put(&q);
    arena_rewind(&j->scratch, mark);
    TRY(s);

    if (row->own && row->current)
        j->head.lanes[lane_rank(row->id.lane)] = guard_lane_of(row);
    return OK;
}

status put_group(void *self, const struct group_row *row)
{
    struct journal *const j = self;
    int64_t place = 0;

    MUST(row->count >= 1 && row->count <= GROUP_ENTRIES_MAX);
    MUST(row->leaves.size == (size_t)row->count * HASH_SIZE);
    TRY(database_begin(&j->main));
    TRY(place_number_make(&j->main, &row->stream, row->first, &place));
    QUERY(q, &j->main, GROUP_PUT);
    bind_int(&q, place);
    bind_int(&q, row->count);
    bind_int(&q, row->roster_version);
    bind_u64(&q, row->at);
    bind_bytes(&q, bytes_of(row->salt, sizeof row->salt));
    bind_bytes(&q, row->leaves);
    bind_bytes(&q, row->checkpoint);
    bind_bytes(&q, row->counts);
    bind_bytes(&q, row->withheld);
    return query_put(&q);
}

/* --- entries --- */

/* What an entry is found by beside its own id: the record that it supersedes, recalls or
 * answers, and those that it was made of. */
struct ties {
    bool has_previous;
    record_id previous;
    size_t parent_count;
    struct parent parents[PARENTS_MAX];
};

/* Content that was refused may have a header that does not decode: then there are none. */
static struct ties ties_of(struct journal *j, const struct entry_row *row)
{
    const size_t mark = arena_mark(&j->scratch);
    struct ties ties = {0};
    struct header h;

    if (row->header.size == 0 || row->kind == KIND_AUDIT || row->kind == KIND_EPOCH)
        return ties;
    if (header_decode(row->header, &j->scratch, &h) == OK) {
        ties.has_previous = h.has_previous;
        ties.previous = h.previous;
        ties.parent_count = h.parent_count;
        for (size_t i = 0; i < h.parent_count; i++)
            ties.parents[i] = h.parents[i];
    }
    arena_rewind(&j->scratch, mark);
    return ties;
}

static status put_lineage(struct journal *j, const struct ties *ties, int64_t place)
{
    for (size_t i = 0; i < ties->parent_count; i++) {
        const struct parent *const p = &ties->parents[i];
        QUERY(q, &j->main, LINEAGE_PUT);
        bind_bytes(&q, bytes_of(p->id.bytes, sizeof p->id.bytes));
        bind_text(&q, p->agency.text);
        bind_int(&q, place);
        TRY(query_put(&q));
    }
    return OK;
}

static status put_entry_row(struct journal *j, const struct entry_row *row,
                            const struct ties *ties, int64_t place)
{

    QUERY(q, &j->main, ENTRY_PUT);
    bind_int(&q, place);
    bind_u64(&q, row->ordinal);
    bind_bytes(&q, bytes_of(row->id.bytes, sizeof row->id.bytes));
    bind_int(&q, row->kind);
    bind_int(&q, row->disposition);
    bind_text(&q, status_word(row->reason));
    bind_int(&q, row->duplicate);
    bind_u64(&q, row->at);
    bind_bytes(&q, bytes_of(row->leaf.bytes, sizeof row->leaf.bytes));
    if (ties->has_previous)
        bind_bytes(&q, bytes_of(ties->previous.bytes, sizeof ties->previous.bytes));
    else
        bind_none(&q);
    bind_bytes(&q, row->kept);
    bind_bytes(&q, row->wraps);
    bind_bytes(&q, row->header);
    bind_bytes(&q, row->ciphertext);
    return query_put(&q);
}

static status put_record(struct journal *j, const struct entry_row *row, int64_t place)
{
    QUERY(q, &j->main, RECORD_PUT);
    bind_bytes(&q, bytes_of(row->id.bytes, sizeof row->id.bytes));
    bind_text(&q, row->stream.agency.text);
    bind_int(&q, place);
    return query_put(&q);
}

static status put_inbox(struct journal *j, const struct entry_row *row, int64_t place)
{
    QUERY(q, &j->main, INBOX_PUT);
    bind_int(&q, row->kind);
    bind_int(&q, place);
    return query_put(&q);
}

/* What is refused or withheld has no content here. */
static bool names_a_record(const struct entry_row *row)
{
    return row->disposition != DISPOSITION_REFUSED &&
           row->disposition != DISPOSITION_WITHHELD && row->kind != KIND_AUDIT &&
           row->kind != KIND_EPOCH;
}

status put_entry(void *self, const struct entry_row *row)
{
    struct journal *const j = self;
    int64_t place = 0;

    TRY(database_begin(&j->main));
    TRY(place_number_make(&j->main, &row->stream, row->index, &place));
    const struct ties ties = ties_of(j, row);
    TRY(put_entry_row(j, row, &ties, place));
    TRY(put_lineage(j, &ties, place));
    if (names_a_record(row))
        TRY(put_record(j, row, place));
    if (row->kind == KIND_INTELLIGENCE && row->disposition == DISPOSITION_HELD &&
        !row->duplicate)
        TRY(tokens_number(j, place));
    if (!agency_id_equal(&row->stream.agency, &j->self) && !row->duplicate)
        TRY(put_inbox(j, row, place));
    return OK;
}

/* --- the rest --- */

static status run_receipt_put(struct query *q, int64_t number,
                              const struct receipt_row *row)
{
    bind_int(q, number);
    bind_text(q, row->peer.text);
    bind_u64(q, row->size);
    bind_bytes(q, row->cosignature);
    bind_bytes(q, row->receipt);
    bind_u64(q, row->at);
    return query_put(q);
}

status put_receipt(void *self, const struct receipt_row *row)
{
    struct journal *const j = self;
    int64_t number = 0;

    TRY(database_begin(&j->main));
    TRY(stream_number_make(&j->main, &row->stream, &number));
    QUERY(q, &j->main, RECEIPT_PUT);
    return run_receipt_put(&q, number, row);
}

status put_own_receipt(void *self, const struct receipt_row *row)
{
    struct journal *const j = self;
    int64_t number = 0;

    TRY(database_begin(&j->main));
    TRY(stream_number_make(&j->main, &row->stream, &number));
    QUERY(q, &j->main, OWN_RECEIPT_PUT);
    return run_receipt_put(&q, number, row);
}

status put_sent(void *self, const struct stream_id *stream, sequence first,
                const struct agency_id *peer, millis at)
{
    struct journal *const j = self;
    int64_t place = 0;

    TRY(database_begin(&j->main));
    TRY(place_number_make(&j->main, stream, first, &place));
    QUERY(q, &j->main, SENT_PUT);
    bind_int(&q, place);
    bind_text(&q, peer->text);
    bind_u64(&q, at);
    return query_put(&q);
}

status put_evidence(void *self, const struct evidence_row *row)
{
    struct journal *const j = self;

    TRY(database_begin(&j->main));
    QUERY(q, &j->main, EVIDENCE_PUT);
    bind_stream(&q, &row->stream);
    bind_text(&q, status_word(row->why));
    bind_bytes(&q, row->first);
    bind_bytes(&q, row->second);
    bind_u64(&q, row->at);
    return query_put(&q);
}

status put_idempotency(void *self, struct bytes key, const struct place *place)
{
    struct journal *const j = self;
    int64_t number = 0;

    TRY(database_begin(&j->main));
    TRY(place_number_make(&j->main, &place->stream, place->index, &number));
    QUERY(q, &j->main, IDEMPOTENCY_PUT);
    bind_bytes(&q, key);
    bind_int(&q, number);
    return query_put(&q);
}

status put_document(void *self, enum document_kind kind, uint32_t version,
                    struct bytes note)
{
    struct journal *const j = self;

    TRY(database_begin(&j->main));
    QUERY(q, &j->main, DOCUMENT_PUT);
    bind_int(&q, kind);
    bind_int(&q, version);
    bind_bytes(&q, note);
    return query_put(&q);
}

status put_kx(void *self, const struct agency_id *agency, uint32_t number,
              struct bytes note)
{
    struct journal *const j = self;

    TRY(database_begin(&j->main));
    QUERY(q, &j->main, KX_PUT);
    bind_text(&q, agency->text);
    bind_int(&q, number);
    bind_bytes(&q, note);
    return query_put(&q);
}

/* Keys join the turn although they are in a file of their own. */
status put_key(void *self, const struct stream_id *stream, sequence index,
               const uint8_t key[32])
{
    struct journal *const j = self;

    MUST(j->mode != JOURNAL_READ);
    return keys_put(&j->keys, stream, index, key);
}

status put_kx_secret(void *self, const struct keyring_kx *kx, const uint8_t secret[32])
{
    struct journal *const j = self;

    MUST(j->mode != JOURNAL_READ);
    return keys_secret_put(&j->keys, kx, secret);
}

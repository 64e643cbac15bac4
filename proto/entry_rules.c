#include "entry_rules.h"

enum { CIPHERTEXT_SIZE_MIN = 1 + 16 }; /* one byte and the tag of XChaCha20-Poly1305 */

static bool is_zero(const void *p, size_t size)
{
    static const uint8_t zeros[HASH_SIZE];

    MUST(size <= sizeof zeros);
    return bytes_equal(bytes_of(p, size), bytes_of(zeros, size));
}

static bool has_no_content(const struct header *h)
{
    return h->item_count == 0 && h->ciphertext_size == 0 &&
           is_zero(h->content_root.bytes, sizeof h->content_root.bytes) &&
           is_zero(h->nonce, sizeof h->nonce);
}

/* Leaf 0 of an epoch: a statement in the header and nothing to open. */
static status check_statement(const struct header *h)
{
    const bool empty = has_no_content(h) && h->recipient_count == 0 &&
                       is_zero(h->group_key, sizeof h->group_key) && !h->has_about;

    return h->has_statement && empty && h->index == 0 ? OK : E_VALUE;
}

/* Wraps, which carry the content key of another entry, and nothing else. */
static status check_rewrap(const struct header *h)
{
    ENSURE(h->has_about && !h->has_statement && has_no_content(h), E_VALUE);
    ENSURE(h->about.stream.lane != LANE_LOCAL && h->stream.lane != LANE_LOCAL, E_VALUE);
    ENSURE(!is_zero(h->group_key, sizeof h->group_key), E_VALUE);
    return h->recipient_count >= 1 ? OK : E_VALUE;
}

static status check_content(const struct header *h)
{
    ENSURE(!h->has_statement, E_VALUE);
    ENSURE(!h->has_about || h->kind == KIND_OUTCOME || h->kind == KIND_REQUEST, E_VALUE);
    ENSURE(h->label.marking >= MARKING_OFFICIAL, E_VALUE);
    ENSURE(h->item_count >= 1, E_VALUE);
    ENSURE(h->ciphertext_size >= CIPHERTEXT_SIZE_MIN, E_VALUE);
    ENSURE(!is_zero(h->content_root.bytes, sizeof h->content_root.bytes), E_VALUE);
    ENSURE(!is_zero(h->nonce, sizeof h->nonce), E_VALUE);
    ENSURE(!is_zero(h->group_key, sizeof h->group_key), E_VALUE);
    ENSURE(h->recipient_count >= 1, E_VALUE);
    return OK;
}

/* Between the owner of a record and one other, and it says whose record that is: what is
 * asked goes nowhere else (node/intel/routing.c). */
static status check_request(const struct header *h)
{
    ENSURE(h->has_previous && h->has_about && h->recipient_count <= 2, E_VALUE);
    ENSURE(h->stream.lane != LANE_LOCAL && h->about.stream.lane != LANE_LOCAL, E_VALUE);
    return check_content(h);
}

static status check_kind(const struct header *h)
{
    switch (h->kind) {
    case KIND_EPOCH:
        return check_statement(h);
    case KIND_INTELLIGENCE:
        ENSURE(h->label.handling >= HANDLING_P, E_VALUE);
        ENSURE(h->label.priority >= PRIORITY_HIGH, E_VALUE);
        return check_content(h);
    case KIND_ATTACHMENT:
        /* Files never stand before what is urgent. */
        ENSURE(h->stream.lane == LANE_ROUTINE && h->has_previous, E_VALUE);
        return check_content(h);
    case KIND_AUDIT:
    case KIND_OBLIGATION:
    case KIND_DECISION:
    case KIND_RETENTION:
        ENSURE(h->stream.lane == LANE_LOCAL, E_VALUE);
        return check_content(h);
    case KIND_RECALL:
    case KIND_STATEMENT:
        ENSURE(h->has_previous, E_VALUE);
        return check_content(h);
    case KIND_RECONCILIATION:
        /* Nothing of it is urgent, and it is between two. */
        ENSURE(h->stream.lane == LANE_ROUTINE && h->recipient_count <= 2, E_VALUE);
        return check_content(h);
    case KIND_REQUEST:
        return check_request(h);
    case KIND_OUTCOME:
    case KIND_CASE:
        /* One force's calls are for that force: the publisher and one other. */
        ENSURE(h->recipient_count <= 2, E_VALUE);
        return check_content(h);
    case KIND_REWRAP:
        return check_rewrap(h);
    }
    return E_VALUE;
}

static status check_recipients(const struct header *h)
{
    for (size_t i = 1; i < h->recipient_count; i++) {
        const struct agency_id *const before = &h->recipients[i - 1].agency;
        ENSURE(agency_id_compare(before, &h->recipients[i].agency) < 0, E_VALUE);
    }
    if (h->stream.lane != LANE_LOCAL || h->recipient_count == 0)
        return OK;
    /* What an agency keeps to itself names no one else. */
    ENSURE(h->recipient_count == 1, E_VALUE);
    return agency_id_equal(&h->recipients[0].agency, &h->stream.agency) ? OK : E_VALUE;
}

/* A decision for immigration enforcement is one agency's: the entry has no other recipient,
 * so that a later roster cannot stretch it to another one. */
static status check_route(const struct header *h)
{
    const uint32_t bits = h->label.route.immigration;

    ENSURE((bits & IMMIGRATION_DECIDED) == 0 || h->recipient_count <= 2, E_VALUE);
    ENSURE((bits & IMMIGRATION_OVERRIDDEN) == 0 ||
               (bits & (IMMIGRATION_BLOCKED | IMMIGRATION_DECIDED)) ==
                   (IMMIGRATION_BLOCKED | IMMIGRATION_DECIDED),
           E_VALUE);
    return OK;
}

static int id_compare(const record_id *a, const record_id *b)
{
    return bytes_compare(bytes_of(a->bytes, sizeof a->bytes),
                         bytes_of(b->bytes, sizeof b->bytes));
}

/* Only intelligence is made of intelligence. */
static status check_parents(const struct header *h)
{
    ENSURE(h->parent_count == 0 || h->kind == KIND_INTELLIGENCE, E_VALUE);
    for (size_t i = 0; i < h->parent_count; i++) {
        const struct parent *const p = &h->parents[i];
        ENSURE(!record_id_equal(&p->id, &h->id), E_VALUE);
        if (i == 0)
            continue;
        const struct parent *const before = &h->parents[i - 1];
        const int order = agency_id_compare(&before->agency, &p->agency);
        ENSURE(order < 0 || (order == 0 && id_compare(&before->id, &p->id) < 0), E_VALUE);
    }
    return OK;
}

status header_check(const struct header *h)
{
    ENSURE(h->index >= h->group_first, E_VALUE);
    ENSURE(h->index - h->group_first < GROUP_ENTRIES_MAX, E_VALUE);
    TRY(check_recipients(h));
    TRY(check_route(h));
    TRY(check_parents(h));
    return check_kind(h);
}

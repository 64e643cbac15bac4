#include "entry_rules.h"

#include "layout.h"
#include "message.h"
#include "varint.h"

#include "entry.pb-c.h"

enum {
    TAG_VERSION = 1 << 3,
    TAG_CIPHERTEXT_HASH = 30 << 3 | PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED,
    TAG_WRAP_HASHES = 31 << 3 | PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED,
    TAG_ROOM = 2,
    RETENTION_CLASS_MAX = 4,
    WRAP_HASHES_SIZE_MAX = HASH_SIZE * RECIPIENTS_MAX,
    ROUTE_WORD_MAX = 32,
    ROLES_BITS_MAX = 0xffff,
    PURPOSE_NUMBER_MAX = 0xff,
};

static const struct wire header_wire = {
    .type = &flagpost__header__descriptor,
    .bytes_max = HEADER_BYTES_MAX,
    .fields_max = WIRE_FIELDS_MAX,
    .repeated_max = RECIPIENTS_MAX,
};

static const struct field recipient_fields[] = {
    FIELD(struct recipient, 1, FIELD_AGENCY, agency, 1, 0),
    FIELD(struct recipient, 2, FIELD_U32, kx_id, 1, UINT32_MAX),
};

static const struct layout recipient_layout =
    LAYOUT(flagpost__recipient__descriptor, recipient_fields, struct recipient);

static const struct field parent_fields[] = {
    FIELD(struct parent, 1, FIELD_AGENCY, agency, 1, 0),
    FIELD(struct parent, 2, FIELD_FIXED, id, 1, sizeof(record_id)),
};

static const struct layout parent_layout =
    LAYOUT(flagpost__parent__descriptor, parent_fields, struct parent);

static const struct field statement_fields[] = {
    FIELD(struct epoch_statement, 1, FIELD_EPOCH, old_epoch, 1, 0),
    FIELD(struct epoch_statement, 2, FIELD_U64, old_size, 0, UINT64_MAX),
    FIELD(struct epoch_statement, 3, FIELD_FIXED, old_root, 1, HASH_SIZE),
    FIELD(struct epoch_statement, 4, FIELD_U32, reason, EPOCH_RESTORED, EPOCH_RE_ENROLLED),
};

static const struct layout statement_layout =
    LAYOUT(flagpost__epoch_statement__descriptor, statement_fields, struct epoch_statement);

static const struct field about_fields[] = {
    FIELD(struct about, 1, FIELD_AGENCY, stream.agency, 1, 0),
    FIELD(struct about, 2, FIELD_U32, stream.lane, LANE_IMMEDIATE, LANE_LOCAL),
    FIELD(struct about, 3, FIELD_EPOCH, stream.epoch, 1, 0),
    FIELD(struct about, 4, FIELD_U64, index, 0, UINT64_MAX),
    FIELD(struct about, 5, FIELD_FIXED, leaf, 1, HASH_SIZE),
};

static const struct layout about_layout =
    LAYOUT(flagpost__place__descriptor, about_fields, struct about);

static const struct field route_fields[] = {
    FIELD(struct route_facts, 1, FIELD_TEXTS, flags, 1, ROUTE_WORD_MAX),
    FIELD(struct route_facts, 2, FIELD_TEXT, code, 0, ROUTE_WORD_MAX),
    FIELD(struct route_facts, 3, FIELD_U32, roles, 0, ROLES_BITS_MAX),
    FIELD(struct route_facts, 4, FIELD_U32, purpose, 0, PURPOSE_NUMBER_MAX),
    FIELD(struct route_facts, 5, FIELD_U32, immigration, 0, IMMIGRATION_ALL),
};

static const struct layout route_layout =
    LAYOUT(flagpost__route_facts__descriptor, route_fields, struct route_facts);

/* What a KIND_EPOCH goes without is not required here; header_check has the rest. */
static const struct field core_fields[] = {
    FIELD(struct header, 2, FIELD_FIXED, realm, 1, HASH_SIZE),
    FIELD(struct header, 3, FIELD_AGENCY, stream.agency, 1, 0),
    FIELD(struct header, 4, FIELD_U32, stream.lane, LANE_IMMEDIATE, LANE_LOCAL),
    FIELD(struct header, 5, FIELD_EPOCH, stream.epoch, 1, 0),
    FIELD(struct header, 6, FIELD_U64, index, 0, UINT64_MAX),
    FIELD(struct header, 7, FIELD_FIXED, id, 1, sizeof(record_id)),
    FIELD(struct header, 8, FIELD_U64, sealed_at, 0, UINT64_MAX),
    FIELD(struct header, 9, FIELD_U32, kind, KIND_INTELLIGENCE, KIND_REQUEST),
    FIELD(struct header, 10, FIELD_U32, label.marking, 0, MARKING_TOP_SECRET),
    FIELD(struct header, 11, FIELD_U32, label.handling, 0, HANDLING_C),
    FIELD(struct header, 12, FIELD_U32, label.action, ACTION_NONE, ACTION_A3),
    FIELD(struct header, 13, FIELD_U32, label.sanitisation, SANITISATION_NONE,
          SANITISATION_S2),
    FIELD(struct header, 14, FIELD_U32, label.priority, 0, PRIORITY_LOW),
    FIELD(struct header, 15, FIELD_U32, label.retention_class, 0, RETENTION_CLASS_MAX),
    FIELD(struct header, 16, FIELD_U64, label.expires_at, 0, UINT64_MAX),
    FIELD(struct header, 17, FIELD_U32, roster_version, 1, UINT32_MAX),
    FIELD(struct header, 18, FIELD_FIXED, previous, 0, sizeof(record_id)),
    FIELD(struct header, 18, FIELD_HAS, has_previous, 0, 0),
    FIELD(struct header, 19, FIELD_FIXED, content_root, 0, HASH_SIZE),
    FIELD(struct header, 20, FIELD_U32, item_count, 0, ITEMS_MAX),
    FIELD(struct header, 21, FIELD_U32, ciphertext_size, 0, CONTENT_BYTES_MAX + 16),
    FIELD(struct header, 22, FIELD_FIXED, nonce, 0, NONCE_SIZE),
    FIELD(struct header, 23, FIELD_U64, group_first, 0, UINT64_MAX),
    FIELD(struct header, 24, FIELD_FIXED, group_key, 0, KX_KEY_SIZE),
};

static const struct layout core_layout =
    LAYOUT(flagpost__header__descriptor, core_fields, struct header);

static const struct field tail_fields[] = {
    FIELD(struct header, 30, FIELD_FIXED, ciphertext_hash, 1, HASH_SIZE),
    FIELD(struct header, 31, FIELD_BYTES, wrap_hashes, 0, WRAP_HASHES_SIZE_MAX),
};

static const struct layout tail_layout =
    LAYOUT(flagpost__header__descriptor, tail_fields, struct header);

static bool has_route(const struct route_facts *r)
{
    return r->flags.count > 0 || r->code.size > 0 || r->roles != 0 || r->purpose != 0 ||
           r->immigration != 0;
}

static size_t tail_size(size_t recipients)
{
    const size_t wraps = HASH_SIZE * recipients;

    return TAG_ROOM + 1 + HASH_SIZE +
           (wraps == 0 ? 0 : TAG_ROOM + varint_size(wraps) + wraps);
}

status header_encode_core(const struct header *h, struct arena *a, struct bytes *ret)
{
    ProtobufCMessage *m = NULL;
    ProtobufCMessage *statement = NULL;
    ProtobufCMessage *route = NULL;
    ProtobufCMessage *about = NULL;
    ProtobufCMessage **recipients = NULL;
    ProtobufCMessage **parents = NULL;
    struct bytes core = {0};

    ENSURE(h->recipient_count <= RECIPIENTS_MAX, E_LIMIT);
    ENSURE(h->parent_count <= PARENTS_MAX, E_LIMIT);
    TRY(layout_fill(&core_layout, h, a, &m));
    TRY(layout_fill_list(&recipient_layout, h->recipients, h->recipient_count, a,
                         &recipients));
    TRY(layout_fill_list(&parent_layout, h->parents, h->parent_count, a, &parents));
    TRY(header_check(h));
    if (h->has_statement)
        TRY(layout_fill(&statement_layout, &h->statement, a, &statement));
    if (h->has_about)
        TRY(layout_fill(&about_layout, &h->about, a, &about));
    if (has_route(&h->label.route))
        TRY(layout_fill(&route_layout, &h->label.route, a, &route));

    Flagpost__Header *const pb = (Flagpost__Header *)m;
    pb->has_version = 1;
    pb->version = HEADER_VERSION;
    pb->n_recipients = h->recipient_count;
    pb->recipients = (void *)recipients;
    pb->n_parents = h->parent_count;
    pb->parents = (void *)parents;
    pb->statement = (void *)statement;
    pb->about = (void *)about;
    pb->route = (void *)route;
    TRY(message_pack(&header_wire, m, (struct bytes){0}, a, &core));
    ENSURE(core.size <= HEADER_BYTES_MAX - tail_size(h->recipient_count), E_LIMIT);
    *ret = core;
    return OK;
}

status header_finish(struct bytes core, const struct hash *ciphertext_hash,
                     struct bytes wrap_hashes, struct arena *a, struct bytes *ret)
{
    ENSURE(wrap_hashes.size % HASH_SIZE == 0, E_VALUE);
    ENSURE(wrap_hashes.size <= WRAP_HASHES_SIZE_MAX, E_LIMIT);
    const size_t tail = tail_size(wrap_hashes.size / HASH_SIZE);
    ENSURE(core.size <= HEADER_BYTES_MAX - tail, E_LIMIT);

    uint8_t *const out = arena_take(a, core.size + tail);
    ENSURE(out != NULL, E_MEMORY);
    struct writer w = writer_over(out, core.size + tail);
    write_bytes(&w, core);
    varint_write(&w, TAG_CIPHERTEXT_HASH);
    varint_write(&w, HASH_SIZE);
    write_bytes(&w, bytes_of(ciphertext_hash->bytes, HASH_SIZE));
    if (wrap_hashes.size > 0) {
        varint_write(&w, TAG_WRAP_HASHES);
        varint_write(&w, wrap_hashes.size);
        write_bytes(&w, wrap_hashes);
    }
    MUST(!w.bad && w.size == w.room);
    *ret = writer_bytes(&w);
    return OK;
}

/* Read before the scan, because a later version may have fields that the scan refuses.
 */
static status check_version(struct bytes bytes)
{
    struct reader r = {.rest = bytes};
    const uint64_t tag = varint_read(&r);
    const uint64_t version = varint_read(&r);

    ENSURE(!r.bad, E_FORM);
    return tag == TAG_VERSION && version == HEADER_VERSION ? OK : E_VERSION;
}

status header_decode(struct bytes bytes, struct arena *a, struct header *ret)
{
    const ProtobufCMessage *m = NULL;
    const void *recipients = NULL;
    const void *parents = NULL;
    struct header h = {0};

    ENSURE(bytes.size <= HEADER_BYTES_MAX, E_LIMIT);
    TRY(check_version(bytes));
    TRY(message_unpack(&header_wire, bytes, a, &m));
    const Flagpost__Header *const pb = (const Flagpost__Header *)m;
    TRY(layout_read(&core_layout, m, &h));
    TRY(layout_read(&tail_layout, m, &h));
    TRY(layout_read_list(&recipient_layout, (void *)pb->recipients, pb->n_recipients, a,
                         &recipients));
    ENSURE(pb->n_parents <= PARENTS_MAX, E_LIMIT);
    TRY(layout_read_list(&parent_layout, (void *)pb->parents, pb->n_parents, a, &parents));
    h.parents = parents;
    h.parent_count = (uint32_t)pb->n_parents;
    h.recipients = recipients;
    h.recipient_count = (uint32_t)pb->n_recipients;
    h.has_statement = pb->statement != NULL;
    if (h.has_statement)
        TRY(layout_read(&statement_layout, &pb->statement->base, &h.statement));
    h.has_about = pb->about != NULL;
    if (h.has_about)
        TRY(layout_read(&about_layout, &pb->about->base, &h.about));
    if (pb->route != NULL)
        TRY(layout_read(&route_layout, &pb->route->base, &h.label.route));
    TRY(header_check(&h));
    ENSURE(h.wrap_hashes.size == (size_t)HASH_SIZE * h.recipient_count, E_VALUE);
    *ret = h;
    return OK;
}

status header_core_size(struct bytes bytes, size_t *ret)
{
    struct reader r = {.rest = bytes};

    while (r.rest.size > 0) {
        const size_t at = bytes.size - r.rest.size;
        const uint64_t tag = varint_read(&r);
        if (!r.bad && tag == TAG_CIPHERTEXT_HASH) {
            *ret = at;
            return OK;
        }
        const uint64_t value = varint_read(&r);
        if ((tag & 7) == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
            (void)read_bytes(&r, (size_t)value);
        ENSURE(!r.bad, E_FORM);
    }
    return E_FORM;
}

int header_recipient_rank(const struct header *h, const struct agency_id *agency)
{
    for (uint32_t i = 0; i < h->recipient_count; i++) {
        if (agency_id_equal(&h->recipients[i].agency, agency))
            return (int)i;
    }
    return -1;
}

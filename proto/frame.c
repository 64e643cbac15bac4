#include "frame_fields.h"
#include "message.h"
#include "varint.h"

#include "frame.pb-c.h"

#include <string.h>

static const struct wire frame_wire = {
    .type = &flagpost__frame__descriptor,
    .bytes_max = FRAME_BYTES_MAX - FRAME_PREFIX_SIZE,
    .fields_max = WIRE_FIELDS_MAX,
    .repeated_max = GROUP_ENTRIES_MAX,
};

_Static_assert((int)FRAME_WITHHELD_MAX <= (int)GROUP_ENTRIES_MAX, "withheld fit the scan");

/* All members of the union start where this one does. */
enum { BODY = offsetof(struct frame, hello) };

static bool lane_is_known(unsigned lane)
{
    return lane >= LANE_IMMEDIATE && lane <= LANE_LOCAL;
}

/* The lists, which the tables leave out. */
static status fill_lists(const struct frame *f, struct arena *a, ProtobufCMessage *body)
{
    ProtobufCMessage **list = NULL;

    if (f->kind == FRAME_GROUP) {
        Flagpost__Group *const pb = (Flagpost__Group *)body;
        TRY(layout_fill_list(&frame_withheld_layout, f->group.withheld,
                             f->group.withheld_count, a, &list));
        pb->n_withheld = f->group.withheld_count;
        pb->withheld = (void *)list;
    }
    if (f->kind == FRAME_ENTRIES) {
        Flagpost__Entries *const pb = (Flagpost__Entries *)body;
        TRY(layout_fill_list(&frame_entry_layout, f->entries.entries,
                             f->entries.entry_count, a, &list));
        pb->n_entries = f->entries.entry_count;
        pb->entries = (void *)list;
    }
    return OK;
}

static status read_lists(const ProtobufCMessage *body, struct arena *a, struct frame *f)
{
    const void *list = NULL;

    if (f->kind == FRAME_GROUP) {
        const Flagpost__Group *const pb = (const Flagpost__Group *)body;
        TRY(layout_read_list(&frame_withheld_layout, (void *)pb->withheld, pb->n_withheld,
                             a, &list));
        f->group.withheld = list;
        f->group.withheld_count = (uint32_t)pb->n_withheld;
    }
    if (f->kind == FRAME_ENTRIES) {
        const Flagpost__Entries *const pb = (const Flagpost__Entries *)body;
        TRY(layout_read_list(&frame_entry_layout, (void *)pb->entries, pb->n_entries, a,
                             &list));
        f->entries.entries = list;
        f->entries.entry_count = (uint32_t)pb->n_entries;
    }
    return OK;
}

status frame_encode(const struct frame *f, struct arena *a, struct bytes *ret)
{
    const struct layout *const layout = frame_layout(f->kind);
    const uint8_t prefix[FRAME_PREFIX_SIZE] = {WIRE_VERSION, (uint8_t)f->lane};
    Flagpost__Frame pb = FLAGPOST__FRAME__INIT;
    ProtobufCMessage *body = NULL;

    ENSURE(layout != NULL && lane_is_known(f->lane), E_VALUE);
    TRY(frame_check(f));
    TRY(layout_fill(layout, (const uint8_t *)f + BODY, a, &body));
    TRY(fill_lists(f, a, body));
    layout_set_member(&pb.base, (uint32_t)f->kind, body);
    return message_pack(&frame_wire, &pb.base, bytes_of(prefix, sizeof prefix), a, ret);
}

status frame_decode(struct bytes bytes, struct arena *a, struct frame *ret)
{
    const ProtobufCMessage *m = NULL;
    const ProtobufCMessage *body = NULL;
    struct reader r = {.rest = bytes};
    struct frame f;
    uint32_t number = 0;

    ENSURE(bytes.size <= FRAME_BYTES_MAX, E_LIMIT);
    const uint8_t version = read_u8(&r);
    const uint8_t lane = read_u8(&r);
    ENSURE(!r.bad, E_FORM);
    ENSURE(version == WIRE_VERSION, E_VERSION);
    ENSURE(lane_is_known(lane), E_VALUE);

    memset(&f, 0, sizeof f);
    TRY(message_unpack(&frame_wire, r.rest, a, &m));
    TRY(layout_only_member(m, &number, &body));
    f.lane = (enum lane)lane;
    f.kind = (enum frame_kind)number;
    const struct layout *const layout = frame_layout(f.kind);
    MUST(layout != NULL);
    TRY(layout_read(layout, body, (uint8_t *)&f + BODY));
    TRY(read_lists(body, a, &f));
    TRY(frame_check(&f));
    *ret = f;
    return OK;
}

/* A one-byte tag, a length and the bytes; an empty field is absent. */
static size_t sized_field(size_t size)
{
    return size == 0 ? 0 : 1 + varint_size(size) + size;
}

size_t frame_entry_size(const struct entry_copy *e)
{
    const size_t index = e->index == 0 ? 0 : 1 + varint_size(e->index);
    const size_t ordinal = e->ordinal == 0 ? 0 : 1 + varint_size(e->ordinal);

    return sized_field(index + sized_field(e->header.size) +
                       sized_field(e->ciphertext.size) + sized_field(e->wrap.size) +
                       sized_field(e->publisher_wrap.size) + ordinal);
}

size_t frame_entries_end(const struct entry_copy *copies, size_t from, size_t count)
{
    size_t size = FRAME_ENTRIES_OVERHEAD;
    size_t to = from;

    while (to < count && size + frame_entry_size(&copies[to]) <= FRAME_BYTES_MAX)
        size += frame_entry_size(&copies[to++]);
    MUST(to > from);
    return to;
}

#include "message.h"

#include <protobuf-c/protobuf-c.h>

static void *take(void *arena, size_t size)
{
    return arena_take(arena, size);
}

/* An arena gives everything back at once. */
static void keep(void *arena, void *p)
{
    (void)arena;
    (void)p;
}

status message_unpack(const struct wire *wire, struct bytes bytes, struct arena *a,
                      const struct ProtobufCMessage **ret)
{
    ProtobufCAllocator allocator = {.alloc = take, .free = keep, .allocator_data = a};

    TRY(scan(wire, bytes));
    const ProtobufCMessage *const m =
        protobuf_c_message_unpack(wire->type, &allocator, bytes.size, bytes.at);
    /* What the scanner passes is well formed, so only memory can have been short. */
    ENSURE(m != NULL, E_MEMORY);
    *ret = m;
    return OK;
}

status message_pack(const struct wire *wire, const struct ProtobufCMessage *m,
                    struct bytes prefix, struct arena *a, struct bytes *ret)
{
    const size_t size = protobuf_c_message_get_packed_size(m);
    struct writer w = {0};

    ENSURE(size <= wire->bytes_max, E_LIMIT);
    uint8_t *const out = arena_take(a, prefix.size + size);
    ENSURE(out != NULL, E_MEMORY);
    w = writer_over(out, prefix.size);
    write_bytes(&w, prefix);
    MUST(!w.bad);
    MUST(protobuf_c_message_pack(m, out + prefix.size) == size);
    TRY(scan(wire, bytes_of(out + prefix.size, size)));
    *ret = bytes_of(out, prefix.size + size);
    return OK;
}

#include "content.h"
#include "frame.h"

#include "check.h"

/*
 * What comes off the wire: the first byte chooses a frame, a header, a content or an item.
 *
 * Oracle: one form only.  What is accepted encodes to the very bytes that were read, so no
 * two parties can see different things in the same bytes; what is refused has one of the
 * classes of bad bytes; and memory stays within the turn's arena.
 */

enum { ARENA_BYTES = 32 * 1024 * 1024 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static _Alignas(16) uint8_t memory[ARENA_BYTES];

static status frame_again(struct bytes in, struct arena *a, struct bytes *ret)
{
    struct frame f;

    TRY(frame_decode(in, a, &f));
    CHECK_OK(frame_encode(&f, a, ret));
    return OK;
}

static status header_again(struct bytes in, struct arena *a, struct bytes *ret)
{
    struct header h;
    struct bytes core = {0};
    size_t core_size = 0;

    TRY(header_decode(in, a, &h));
    CHECK_OK(header_encode_core(&h, a, &core));
    CHECK_OK(header_core_size(in, &core_size));
    CHECK_INT(core.size, core_size);
    CHECK_OK(header_finish(core, &h.ciphertext_hash, h.wrap_hashes, a, ret));
    return OK;
}

static status content_again(struct bytes in, struct arena *a, struct bytes *ret)
{
    const struct salted_item *items = NULL;
    size_t count = 0;

    TRY(content_decode(in, a, &items, &count));
    CHECK_OK(content_encode(items, count, a, ret));
    return OK;
}

static status item_again(struct bytes in, struct arena *a, struct bytes *ret)
{
    static struct item item;

    TRY(item_decode(in, a, &item));
    CHECK_OK(item_encode(&item, a, ret));
    return OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static status (*const again[])(struct bytes, struct arena *, struct bytes *) = {
        frame_again, header_again, content_again, item_again};
    struct bytes out = {0};
    struct arena a;

    if (size == 0)
        return 0;
    arena_init(&a, memory, sizeof memory);
    const struct bytes in = bytes_of(data + 1, size - 1);
    const status s = again[data[0] % COUNT_OF(again)](in, &a, &out);
    if (s == OK)
        CHECK_BYTES(out, in);
    else
        CHECK(s == E_FORM || s == E_VALUE || s == E_LIMIT || s == E_VERSION ||
              s == E_MEMORY);
    return 0;
}

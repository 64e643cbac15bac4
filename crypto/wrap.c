#include "wrap.h"

static void write_agency(struct writer *w, const struct agency_id *agency)
{
    const struct bytes id = bytes_of_text(agency->text);

    write_u8(w, (uint8_t)id.size);
    write_bytes(w, id);
}

struct bytes wrap_info(const struct wrap_binding *b, uint8_t room[WRAP_INFO_MAX])
{
    struct writer w = writer_over(room, WRAP_INFO_MAX);

    write_text(&w, "flagpost/wrap/v1");
    write_bytes(&w, bytes_of(b->realm->bytes, HASH_SIZE));
    write_agency(&w, &b->stream->agency);
    write_agency(&w, b->recipient);
    write_u32(&w, b->kx_id);
    write_u8(&w, (uint8_t)b->stream->lane);
    write_u32(&w, b->stream->epoch.counter);
    write_bytes(&w, bytes_of(b->stream->epoch.random, sizeof b->stream->epoch.random));
    write_u64(&w, b->group_first);
    MUST(!w.bad);
    return writer_bytes(&w);
}

struct bytes wrap_aad(struct bytes core, const struct hash *ciphertext_hash,
                      uint8_t room[WRAP_AAD_MAX])
{
    struct writer w = writer_over(room, WRAP_AAD_MAX);

    write_bytes(&w, core);
    write_bytes(&w, bytes_of(ciphertext_hash->bytes, HASH_SIZE));
    MUST(!w.bad);
    return writer_bytes(&w);
}

#include "keep.h"

#include "aead.h"
#include "entry.h"

#include <sodium.h>
#include <string.h>

struct content_key {
    uint8_t bytes[CONTENT_KEY_SIZE];
};

static void content_key_done(struct content_key *k)
{
    sodium_memzero(k, sizeof *k);
}

/* "flagpost/kept/v1" || record id: a kept key stays with its record. */
enum { KEPT_AAD_SIZE = 16 + sizeof(record_id) };

static void kept_aad(const record_id *id, uint8_t ret[KEPT_AAD_SIZE])
{
    struct writer w = writer_over(ret, KEPT_AAD_SIZE);

    write_text(&w, "flagpost/kept/v1");
    write_bytes(&w, bytes_of(id->bytes, sizeof id->bytes));
    MUST(!w.bad && w.size == KEPT_AAD_SIZE);
}

void keep_key(const uint8_t storage_key[32], const record_id *id,
              const uint8_t content_key[CONTENT_KEY_SIZE], struct draw *d,
              uint8_t ret[KEPT_KEY_SIZE])
{
    uint8_t aad[KEPT_AAD_SIZE];

    kept_aad(id, aad);
    draw_bytes(d, ret, NONCE_SIZE);
    xchacha_seal(storage_key, ret, bytes_of(aad, sizeof aad),
                 bytes_of(content_key, CONTENT_KEY_SIZE), ret + NONCE_SIZE);
}

status open_kept_key(const uint8_t storage_key[32], const record_id *id, struct bytes kept,
                     uint8_t ret_key[CONTENT_KEY_SIZE])
{
    struct content_key key DEFER(content_key_done) = {0};
    uint8_t aad[KEPT_AAD_SIZE];

    ENSURE(kept.size == KEPT_KEY_SIZE, E_OPEN);
    kept_aad(id, aad);
    TRY(xchacha_open(storage_key, kept.at, bytes_of(aad, sizeof aad),
                     bytes_from(kept, NONCE_SIZE), key.bytes));
    memcpy(ret_key, key.bytes, CONTENT_KEY_SIZE);
    return OK;
}

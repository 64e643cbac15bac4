#include "draw.h"

#include <sodium.h>

void draw_init(struct draw *d, const uint8_t seed[DRAW_SEED_SIZE])
{
    *d = (struct draw){0};
    struct writer w = writer_over(d->key, sizeof d->key);
    write_bytes(&w, bytes_of(seed, DRAW_SEED_SIZE));
}

void draw_done(struct draw *d)
{
    sodium_memzero(d, sizeof *d);
}

void draw_bytes(struct draw *d, void *to, size_t size)
{
    uint8_t nonce[crypto_stream_chacha20_NONCEBYTES];
    struct writer w = writer_over(nonce, sizeof nonce);

    /* The original ChaCha20: its 64-bit nonce is the counter, and each draw has a stream of
     * 2^64 blocks to itself, so no two draws overlap. */
    write_u64(&w, d->counter++);
    MUST(crypto_stream_chacha20(to, size, nonce, d->key) == 0);
}

record_id draw_record_id(struct draw *d, millis now)
{
    record_id id;
    struct writer w = writer_over(id.bytes, sizeof id.bytes);
    uint8_t random[10];

    draw_bytes(d, random, sizeof random);
    /* A clock past the year 10889 wraps: a wrong time is no reason to stop. */
    write_u16(&w, (uint16_t)(now >> 32));
    write_u32(&w, (uint32_t)now);
    write_bytes(&w, bytes_of(random, sizeof random));
    MUST(!w.bad);
    return id;
}

struct epoch draw_epoch(struct draw *d, uint32_t counter)
{
    struct epoch e = {.counter = counter};

    draw_bytes(d, e.random, sizeof e.random);
    return e;
}

struct hash blake(struct bytes b)
{
    struct hash h;

    MUST(crypto_generichash(h.bytes, sizeof h.bytes, b.at, b.size, NULL, 0) == 0);
    return h;
}

void blake_keyed(struct bytes key, struct bytes b, uint8_t *ret, size_t size)
{
    /* libsodium takes a shorter key without a word, and an empty one as no key at all. */
    MUST(key.size >= crypto_generichash_KEYBYTES_MIN);
    MUST(key.size <= crypto_generichash_KEYBYTES_MAX);
    MUST(crypto_generichash(ret, size, b.at, b.size, key.at, key.size) == 0);
}

struct hash sha256(struct bytes b)
{
    struct hash h;

    MUST(crypto_hash_sha256(h.bytes, b.at, b.size) == 0);
    return h;
}

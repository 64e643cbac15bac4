#ifndef FLAGPOST_DRAW_H
#define FLAGPOST_DRAW_H

/*
 * Randomness as an input.  The pure layers take a `struct draw` that the shell seeds with
 * 32 fresh bytes each turn (ChaCha20 stream), so that the simulator can replay a run from a
 * seed.
 */

#include "types.h"

enum { DRAW_SEED_SIZE = 32 };

struct draw {
    uint8_t key[DRAW_SEED_SIZE];
    uint64_t counter; /* one ChaCha20 nonce for each draw_bytes */
};

void draw_init(struct draw *d, const uint8_t seed[DRAW_SEED_SIZE]);
/* Forgets the key. */
void draw_done(struct draw *d);
void draw_bytes(struct draw *d, void *to, size_t size);

/* 48-bit milliseconds, then 80 random bits. */
record_id draw_record_id(struct draw *d, millis now);
struct epoch draw_epoch(struct draw *d, uint32_t counter);

/* BLAKE2b-256, for bulk. */
struct hash blake(struct bytes b);
/* BLAKE2b with a key of 16 to 64 bytes, `size` 16 to 64 bytes out. */
void blake_keyed(struct bytes key, struct bytes b, uint8_t *ret, size_t size);
/* SHA-256, for short inputs that public formats define. */
struct hash sha256(struct bytes b);

#endif

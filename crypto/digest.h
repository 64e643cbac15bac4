#ifndef FLAGPOST_DIGEST_H
#define FLAGPOST_DIGEST_H

/* BLAKE2b-256 of what does not fit into memory at once: the same as blake() of the whole.
 */

#include "types.h"

enum { DIGEST_STATE_SIZE = 384 };

struct digest {
    _Alignas(64) uint8_t state[DIGEST_STATE_SIZE];
};

void digest_init(struct digest *d);
void digest_add(struct digest *d, struct bytes b);
struct hash digest_done(struct digest *d);

#endif

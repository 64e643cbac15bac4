#include "digest.h"

#include <sodium.h>

_Static_assert(sizeof(crypto_generichash_state) <= DIGEST_STATE_SIZE,
               "libsodium's state fits");
_Static_assert(_Alignof(crypto_generichash_state) <= _Alignof(struct digest),
               "and is aligned");

static crypto_generichash_state *state_of(struct digest *d)
{
    return (void *)d->state;
}

void digest_init(struct digest *d)
{
    MUST(crypto_generichash_init(state_of(d), NULL, 0, HASH_SIZE) == 0);
}

void digest_add(struct digest *d, struct bytes b)
{
    MUST(crypto_generichash_update(state_of(d), b.at, b.size) == 0);
}

struct hash digest_done(struct digest *d)
{
    struct hash h;

    MUST(crypto_generichash_final(state_of(d), h.bytes, sizeof h.bytes) == 0);
    return h;
}

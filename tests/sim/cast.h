#ifndef FLAGPOST_SIM_CAST_H
#define FLAGPOST_SIM_CAST_H

/*
 * The agencies of a world with their keys, the root keys, and the rosters that these sign.
 * Keys are real and always the same; what differs from world to world is the roster.
 */

#include "roster.h"
#include "store.h"

enum {
    CAST_MAX = 6,
    ROSTERS_MAX = 4,
};

/* 2026-01-01T00:00:00Z, when every world begins. */
#define WORLD_BEGINS ((millis)1767225600000)

struct actor {
    struct agency_id id;
    struct keyring *keyring;
    struct kx_note kx;
    uint8_t kx_signature[SIGNATURE_SIZE];
};

struct cast {
    struct root root;
    struct hash realm;
    struct actor actors[CAST_MAX]; /* ascending by id */
};

void cast_init(struct cast *c);
void cast_done(struct cast *c);

/* A keyring of its own for who has this actor's keys; the caller's. */
struct keyring *cast_keyring(size_t number);
/* The actor's first KX private key, into a store: as `init` does. */
NODISCARD status cast_first_kx(size_t number, struct store store);

/* Version 1 for the first `count` agencies: all may have OFFICIAL-SENSITIVE, nothing is
 * revoked. */
void cast_first_roster(const struct cast *c, size_t count, struct roster *ret);

/* `r`, filled in by the caller, as the signed successor of `previous` (NULL: the first).
 * The note lives in `a`. */
void cast_sign_roster(const struct cast *c, struct roster *r, const struct roster *previous,
                      struct arena *a, struct bytes *ret_note);

/* Number of the agency in the cast, or CAST_MAX. */
size_t cast_find(const struct cast *c, const struct agency_id *id);

#endif

#ifndef FLAGPOST_IDENTIFIER_H
#define FLAGPOST_IDENTIFIER_H

/*
 * Identifiers kept as (raw, canonical, valid): an invalid one is kept and said to be
 * invalid, never dropped and never repaired (rule R15; formats: NPCC Minimum POLE Data
 * Standards).
 */

#include "arena.h"

/* Canonical form into the arena (empty when there is none) and whether its checks hold. */
struct identifier {
    struct bytes canonical;
    bool valid;
};

/* Vehicle registration mark: capitals and digits, one of the UK classes, or foreign 1-11.
 */
NODISCARD status identifier_vrm(struct bytes raw, struct arena *a, struct identifier *ret);
/* E.164 ("+44..."); numbers with letters are corrupt and have no canonical form. */
NODISCARD status identifier_phone(struct bytes raw, struct arena *a,
                                  struct identifier *ret);
/* "YYYY/NNNNNNND" with its modulus-23 check letter. */
NODISCARD status identifier_pnc(struct bytes raw, struct arena *a, struct identifier *ret);
/* MMSI: nine digits. */
NODISCARD status identifier_mmsi(struct bytes raw, struct arena *a, struct identifier *ret);

#endif

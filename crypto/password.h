#ifndef FLAGPOST_PASSWORD_H
#define FLAGPOST_PASSWORD_H

/*
 * A person's password as what is kept of it: Argon2id (RFC 9106) in libsodium's text form,
 * which names its own cost and salt.  The interactive cost, 64 MiB and two passes, because
 * the node's one thread waits for it; who may ask is limited by the caller.
 */

#include "bytes.h"

enum {
    PASSWORD_BYTES_MIN = 12,
    PASSWORD_BYTES_MAX = 128,
    PASSWORD_KEPT_ROOM = 128, /* the text with its NUL and zeros behind it */
};

/* The salt comes from libsodium's generator.  E_LIMIT: too short or too long; E_MEMORY. */
NODISCARD status password_keep(struct bytes password, char ret[PASSWORD_KEPT_ROOM]);

/* OK, E_DENIED, or E_MEMORY, which says nothing of the password.  Takes as long for a wrong
 * one as for the right one. */
NODISCARD status password_check(struct bytes password, const char kept[PASSWORD_KEPT_ROOM]);

/* As long as a check, for a name that nobody has: else the time would tell who is here. */
NODISCARD status password_spend(struct bytes password);

#endif

#ifndef FLAGPOST_ACCOUNT_H
#define FLAGPOST_ACCOUNT_H

/*
 * System accounts: a force's own systems, which hand records in over HTTP.  Each has a
 * bearer token, of which only a keyed digest is kept.  Their requests come through one
 * process, the gateway, that runs as a user of its own: the kernel says that it is the
 * gateway, and the token says for whom it speaks.  Nobody else may present a token, and
 * the gateway may do nothing without one, and little with one.
 */

#include "desk.h"

/*
 * Whether this call may go on, before its verb is asked.  For an account, or a person who
 * has signed in (session.h), the call's person and channel become theirs.  With the
 * sentence set: E_REVOKED, the token is not known here, or not any more; E_DENIED.
 */
NODISCARD status account_admit(struct desk *d, struct call *c);

/* The call's idempotency key, which one account must not share with another: two systems
 * may count alike.  Empty: none. */
NODISCARD status account_key(struct desk *d, const struct call *c, struct bytes *ret);

/* The verbs `token-new`, `tokens` and `token-revoke`. */
status token_new_prepare(struct desk *d, struct call *c);
status token_new_answer(struct desk *d, struct call *c, struct control_answer *ret);
status tokens_prepare(struct desk *d, struct call *c);
status tokens_answer(struct desk *d, struct call *c, struct control_answer *ret);
status token_revoke_prepare(struct desk *d, struct call *c);

#endif

#ifndef FLAGPOST_OPERATOR_H
#define FLAGPOST_OPERATOR_H

/*
 * Who may ask what of this node.  While nobody is named, whoever reaches the control socket
 * may ask for the desk's work and the node's own user for the rest, as a small bureau
 * works. Once somebody is, each verb wants a role, of the person that the kernel names, and
 * the node's own user keeps the node and has no other role than it was given.
 *
 * Who reads the log reads no records (R21; DPA 2018 s.62(4)): nobody has both.  Every
 * change is a row of the log with who made it, and so is whatever was refused.  Private to
 * this folder.
 */

#include "desk.h"

/* OK, or E_DENIED with a sentence that names the role and who gives it.  A system account
 * has passed account_admit instead. */
NODISCARD status operator_admit(struct desk *d, struct call *c);
/* Whether the call's person has a role, for what is shown to some alone; while nobody is
 * named, everybody has each. */
NODISCARD status operator_may(struct desk *d, const struct call *c, enum duty duty,
                              bool *ret);
/* Whether somebody has any role here, and whose name or number `user` is (E_UNKNOWN). */
NODISCARD status operator_is_named(struct desk *d, uint32_t uid, bool *ret);
NODISCARD status operator_find(struct desk *d, struct bytes user, uint32_t *ret_uid);

#endif

#ifndef FLAGPOST_FORCE_H
#define FLAGPOST_FORCE_H

/* Police force codes: two characters of text, never a number (R14). */

#include "bytes.h"

/* Two digits. */
bool force_code_is(struct bytes code);

/* The code that stands today for `code`, which is force_code_is: itself, or what an old one
 * has become.  Static, or the bytes given. */
struct bytes force_code_now(struct bytes code);

/* The force that a URN names: "55" of "55-IR-2026-00000012", which is how records are named
 * across agencies (page "domain", 2.5).  Empty: it names none, as a force's own numbers do.
 * Borrows from it. */
struct bytes force_of_urn(struct bytes urn);

#endif

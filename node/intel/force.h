#ifndef FLAGPOST_FORCE_H
#define FLAGPOST_FORCE_H

/* Police force codes: two characters of text, never a number (R14). */

#include "bytes.h"

/* Two digits. */
bool force_code_is(struct bytes code);

/* The code that stands today for `code`, which is force_code_is: itself, or what an old one
 * has become.  Static, or the bytes given. */
struct bytes force_code_now(struct bytes code);

#endif

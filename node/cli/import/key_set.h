#ifndef FLAGPOST_KEY_SET_H
#define FLAGPOST_KEY_SET_H

/* Keys that were seen, by digest: a file may name each row once. */

#include "bytes.h"

enum { KEY_SET_DIGEST = 16 };

struct key_set {
    size_t count, room; /* room: a power of two, or 0 */
    uint8_t (*at)[KEY_SET_DIGEST];
};

/* E_DUPLICATE: it is there.  E_MEMORY. */
NODISCARD status key_set_add(struct key_set *s, struct bytes key);
void key_set_done(struct key_set *s);

#endif

#include "key_set.h"

#include "merkle.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM_FIRST = 1024 };

/* Of a digest that is not all zero: that means an empty place. */
static bool place(struct key_set *s, const uint8_t digest[KEY_SET_DIGEST])
{
    static const uint8_t empty[KEY_SET_DIGEST];
    struct reader r = {.rest = bytes_of(digest, 8)};
    size_t i = (size_t)read_u64(&r) & (s->room - 1);

    while (memcmp(s->at[i], empty, KEY_SET_DIGEST) != 0) {
        if (memcmp(s->at[i], digest, KEY_SET_DIGEST) == 0)
            return false;
        i = (i + 1) & (s->room - 1);
    }
    memcpy(s->at[i], digest, KEY_SET_DIGEST);
    return true;
}

static status grow(struct key_set *s)
{
    static const uint8_t empty[KEY_SET_DIGEST];
    const struct key_set old = *s;
    const size_t room = old.room == 0 ? ROOM_FIRST : 2 * old.room;
    uint8_t(*const at)[KEY_SET_DIGEST] = calloc(room, sizeof *at);

    ENSURE(at != NULL, E_MEMORY);
    s->room = room;
    s->at = at;
    for (size_t i = 0; i < old.room; i++) {
        if (memcmp(old.at[i], empty, KEY_SET_DIGEST) != 0)
            MUST(place(s, old.at[i]));
    }
    free(old.at);
    return OK;
}

status key_set_add(struct key_set *s, struct bytes key)
{
    const struct hash digest = merkle_leaf(key); /* SHA-256 */

    if (2 * s->count >= s->room)
        TRY(grow(s));
    ENSURE(place(s, digest.bytes), E_DUPLICATE);
    s->count++;
    return OK;
}

void key_set_done(struct key_set *s)
{
    free(s->at);
    *s = (struct key_set){0};
}

#ifndef FLAGPOST_ARENA_H
#define FLAGPOST_ARENA_H

/*
 * Memory with one lifetime: taken piece by piece, given back all at once.  It never grows,
 * so its size is the budget of whatever is built in it, and a peer that asks for more gets
 * E_MEMORY.  A pointer into an arena must not outlive its next reset.
 */

#include "bytes.h"

struct arena {
    uint8_t *at;
    size_t room;
    size_t used;
};

/* Over memory of the caller's, which must be aligned for any type and outlive the arena. */
void arena_init(struct arena *a, void *memory, size_t room);

/* Zeroed, aligned for any type; NULL when the budget is used up.  Size 0 gives a pointer.
 */
void *arena_take(struct arena *a, size_t size);

/* As arena_take for `count` things of `size` bytes; the product is checked. */
void *arena_array(struct arena *a, size_t count, size_t size);

/* A copy that lives as long as the arena. */
NODISCARD status arena_copy(struct arena *a, struct bytes b, struct bytes *ret);

/* A NUL-terminated copy, or NULL. */
char *arena_text(struct arena *a, struct bytes b);

/* Gives back everything taken since `arena_mark`; the bytes are cleared first. */
size_t arena_mark(const struct arena *a);
void arena_rewind(struct arena *a, size_t mark);

/* arena_rewind to the start. */
void arena_reset(struct arena *a);

#endif

#include "arena.h"

#include <stdalign.h>
#include <string.h>

enum { ARENA_ALIGN = alignof(max_align_t) };

void arena_init(struct arena *a, void *memory, size_t room)
{
    MUST(memory != NULL);
    MUST((uintptr_t)memory % ARENA_ALIGN == 0);
    *a = (struct arena){.at = memory, .room = room};
}

void *arena_take(struct arena *a, size_t size)
{
    if (size > a->room - a->used)
        return NULL;
    void *const taken = a->at + a->used;
    const size_t left = a->room - a->used - size;
    const size_t padding = (ARENA_ALIGN - size % ARENA_ALIGN) % ARENA_ALIGN;

    a->used += size + (padding < left ? padding : left);
    memset(taken, 0, size);
    return taken;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    size_t total = 0;

    if (__builtin_mul_overflow(count, size, &total))
        return NULL;
    return arena_take(a, total);
}

status arena_copy(struct arena *a, struct bytes b, struct bytes *ret)
{
    void *const at = arena_take(a, b.size);

    ENSURE(at != NULL, E_MEMORY);
    if (b.size > 0)
        memcpy(at, b.at, b.size);
    *ret = bytes_of(at, b.size);
    return OK;
}

char *arena_text(struct arena *a, struct bytes b)
{
    char *const text = b.size < SIZE_MAX ? arena_take(a, b.size + 1) : NULL;

    if (text != NULL && b.size > 0)
        memcpy(text, b.at, b.size);
    return text;
}

size_t arena_mark(const struct arena *a)
{
    return a->used;
}

void arena_rewind(struct arena *a, size_t mark)
{
    MUST(mark <= a->used);
    /* Opened plaintext may have been here: it must not wait for the next user. */
    explicit_bzero(a->at + mark, a->used - mark);
    a->used = mark;
}

void arena_reset(struct arena *a)
{
    arena_rewind(a, 0);
}

#ifndef FLAGPOST_SCRATCH_H
#define FLAGPOST_SCRATCH_H

/*
 * Work space in an arena that is given back when its block ends: what verifying one note
 * takes must not add up over a turn that verifies hundreds.  Nothing that is handed out may
 * be taken after it.
 */

#include "arena.h"

struct scratch {
    struct arena *arena;
    size_t mark;
};

static inline struct scratch scratch_over(struct arena *a)
{
    return (struct scratch){.arena = a, .mark = arena_mark(a)};
}

static inline void scratch_done(struct scratch *s)
{
    arena_rewind(s->arena, s->mark);
}

#endif

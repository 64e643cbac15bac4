#ifndef FLAGPOST_SIM_CHANCE_H
#define FLAGPOST_SIM_CHANCE_H

/* The one source of chance of a simulated world: splitmix64 (Steele, Lea and Flood, 2014).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chance {
    uint64_t state;
};

static inline uint64_t chance_next(struct chance *c)
{
    uint64_t z = c->state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* 0 to below - 1; `below` at least 1. */
static inline size_t chance_below(struct chance *c, size_t below)
{
    return (size_t)(chance_next(c) % below);
}

static inline size_t chance_between(struct chance *c, size_t low, size_t high)
{
    return low + chance_below(c, high - low + 1);
}

/* True `n` times in a thousand. */
static inline bool chance_permille(struct chance *c, unsigned n)
{
    return chance_below(c, 1000) < n;
}

#endif

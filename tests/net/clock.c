/*
 * The real node with a wall clock that can be moved: clock_wall is wrapped by the linker
 * and adds the milliseconds, signed, that the file DIR.clock holds (eight bytes,
 * little-endian),
 *
 *     clock run --home DIR ...
 *
 * The file is mapped before the node confines itself, and whoever writes it moves the clock
 * at once.
 */

#include "clock.h"
#include "own_node.h"

millis __real_clock_wall(void); /* NOLINT: the linker's names */
millis __wrap_clock_wall(void); /* NOLINT */

static const volatile int64_t *moved;

millis __wrap_clock_wall(void) /* NOLINT */
{
    return __real_clock_wall() + (moved == NULL ? 0 : (millis)*moved);
}

int main(int argc, char **argv)
{
    moved = own_node_map(argc, argv, ".clock", sizeof *moved);
    return own_node_run("a node with a clock of its own", argc, argv);
}

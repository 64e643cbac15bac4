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
#include "dispatch.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

millis __real_clock_wall(void); /* NOLINT: the linker's names */
millis __wrap_clock_wall(void); /* NOLINT */

static const volatile int64_t *moved;

millis __wrap_clock_wall(void) /* NOLINT */
{
    return __real_clock_wall() + (moved == NULL ? 0 : (millis)*moved);
}

static void map(const char *home)
{
    char path[4096];

    (void)snprintf(path, sizeof path, "%s.clock", home);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    void *const at = mmap(NULL, sizeof *moved, PROT_READ, MAP_SHARED, fd, 0);
    MUST(at != MAP_FAILED);
    moved = at;
    (void)close(fd); /* nothing was written to it */
}

int main(int argc, char **argv)
{
    static const struct command *const commands[] = {&command_run};

    for (int i = 1; i + 1 < argc; i++) {
        if (strcmp(argv[i], "--home") == 0)
            map(argv[i + 1]);
    }
    const struct command_group group = {"a node with a clock of its own", commands,
                                        COUNT_OF(commands)};
    return dispatch(&group, 1, argc, argv);
}

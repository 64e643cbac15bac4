#ifndef FLAGPOST_OWN_NODE_H
#define FLAGPOST_OWN_NODE_H

/* A node like any other but for what a test does to it through a file beside its home,
 * which the test writes while the node runs. */

#include "dispatch.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* `size` bytes of HOME followed by `suffix`; NULL: there is no such file. */
static inline const volatile void *own_node_map(int argc, char **argv, const char *suffix,
                                                size_t size)
{
    const volatile void *at = NULL;
    char path[4096];

    for (int i = 1; i + 1 < argc; i++) {
        if (strcmp(argv[i], "--home") != 0)
            continue;
        (void)snprintf(path, sizeof path, "%s%s", argv[i + 1], suffix);
        const int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            continue;
        void *const mapped = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
        MUST(mapped != MAP_FAILED);
        at = mapped;
        (void)close(fd); /* nothing was written to it */
    }
    return at;
}

static inline int own_node_run(const char *about, int argc, char **argv)
{
    static const struct command *const commands[] = {&command_run};
    const struct command_group group = {about, commands, COUNT_OF(commands)};

    return dispatch(&group, 1, argc, argv);
}

#endif

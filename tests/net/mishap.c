/*
 * The real node with two mishaps that a test calls down on it, by the bytes of the file
 * DIR.mishap: while the first is not 0 the node does not see that its disk fills up, as if
 * it had done so within the turn; while the second is not 0 the process ends at once after
 * a commit, before what was committed is answered.
 *
 *     mishap run --home DIR ...
 *
 * The file is mapped before the node confines itself.
 */

#include "dispatch.h"
#include "space.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { BLIND, DEADLY, MISHAPS };
enum { ENDED = 9 }; /* the process's exit code */

bool __real_space_look(struct space *s);         /* NOLINT: the linker's names */
bool __wrap_space_look(struct space *s);         /* NOLINT */
status __real_journal_commit(struct journal *j); /* NOLINT */
status __wrap_journal_commit(struct journal *j); /* NOLINT */

static const volatile uint8_t *mishap;

bool __wrap_space_look(struct space *s) /* NOLINT */
{
    return mishap[BLIND] == 0 && __real_space_look(s);
}

status __wrap_journal_commit(struct journal *j) /* NOLINT */
{
    const status s = __real_journal_commit(j);

    if (s == OK && mishap[DEADLY] != 0)
        _exit(ENDED);
    return s;
}

static void map(const char *home)
{
    char path[4096];

    (void)snprintf(path, sizeof path, "%s.mishap", home);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    MUST(fd >= 0);
    void *const at = mmap(NULL, MISHAPS, PROT_READ, MAP_SHARED, fd, 0);
    MUST(at != MAP_FAILED);
    mishap = at;
    (void)close(fd); /* nothing was written to it */
}

int main(int argc, char **argv)
{
    static const struct command *const commands[] = {&command_run};

    for (int i = 1; i + 1 < argc; i++) {
        if (strcmp(argv[i], "--home") == 0)
            map(argv[i + 1]);
    }
    const struct command_group group = {"a node with mishaps", commands,
                                        COUNT_OF(commands)};
    return dispatch(&group, 1, argc, argv);
}

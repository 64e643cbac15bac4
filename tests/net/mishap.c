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

#include "own_node.h"
#include "space.h"

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

int main(int argc, char **argv)
{
    mishap = own_node_map(argc, argv, ".mishap", MISHAPS);
    MUST(mishap != NULL);
    return own_node_run("a node with mishaps", argc, argv);
}

#ifndef FLAGPOST_DISPATCH_H
#define FLAGPOST_DISPATCH_H

/* From a command line to a row of the table: finds it, reads its options, runs it. */

#include "cli.h"

/* Commands that somebody looks for in one place. */
struct command_group {
    const char *title;
    const struct command *const *commands;
    size_t count;
};

int dispatch(const struct command_group *groups, size_t count, int argc, char **argv);

#endif

#ifndef FLAGPOST_CLI_ASKING_H
#define FLAGPOST_CLI_ASKING_H

/* One question of a command to the running node: its arguments, one by one. */

#include "cli.h"

enum { ASKING_MAX = CLI_OPTIONS_MAX + 8 };

struct asking {
    struct cli *cli;
    size_t count;
    struct control_field arguments[ASKING_MAX];
};

/* What is NULL or empty is left out, as nothing was given.  Both are borrowed until it is
 * asked. */
void asking_add(struct asking *a, const char *name, const char *value);

/* Of the command's options those that were given and hold more than spaces, under their own
 * names; a switch says "1".  All of them, or those of these names. */
void asking_options(struct asking *a);
void asking_named(struct asking *a, const char *const *names, size_t count);

/* Asks and prints the answer as cli_print does; the exit code. */
int asking_ask(const struct asking *a, const char *verb, const char *const *columns,
               size_t column_count);

#endif

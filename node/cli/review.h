#ifndef FLAGPOST_CLI_REVIEW_H
#define FLAGPOST_CLI_REVIEW_H

/* What the commands about nominals share: the words behind the command under the names
 * given, and every option, go to the node. */

#include "cli.h"

/* An event of a set. */
int review_say(struct cli *c, const char *what, const char *const *names, size_t count);
/* A question; its answer, or false after telling what is wrong with `ret_code`. */
bool review_ask(struct cli *c, const char *verb, const char *const *names, size_t count,
                struct control_answer *ret, int *ret_code);

#endif

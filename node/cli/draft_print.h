#ifndef FLAGPOST_DRAFT_PRINT_H
#define FLAGPOST_DRAFT_PRINT_H

/* What the commands on drafts share. */

#include "cli.h"

/* False after telling that the command's one argument is not the beginning of an id. */
bool draft_check_id(struct cli *c);

/* A draft's new state and the findings; returns the exit code. */
int draft_print_step(struct cli *c, const struct control_answer *a);

#endif

#ifndef FLAGPOST_CLI_RECOVER_H
#define FLAGPOST_CLI_RECOVER_H

#include "cli.h"

/* Asks for `verb`, for the person and the reason of the command line; `look`: only how it
 * goes on.  False: the node was not reached, and that has been told. */
bool recover_ask(struct cli *c, const char *verb, bool look, struct control_answer *ret);
/* The answer is that followers are still asked. */
bool recover_is_asking(const struct control_answer *a);

/*
 * Goes through the home's journal, tells which streams are damaged and, unless it is only
 * to look, has the node follow those of others again and waits until they are whole.
 * `ret_own`: an own one is damaged.  Exit code; what is not done has been told.
 */
int recover_streams(struct cli *c, bool only_look, bool *ret_own);

/* Has the node mend rows of its own streams, waits, and tells what could not be mended, and
 * why.  EXIT_DAMAGED when something is left. */
int recover_own(struct cli *c);

/* Goes through the journal again: rows that no log proves are another hand's as well,
 * perhaps, and are taken as they are only when a person says so. */
int recover_settle(struct cli *c);

#endif

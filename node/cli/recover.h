#ifndef FLAGPOST_CLI_RECOVER_H
#define FLAGPOST_CLI_RECOVER_H

#include "cli.h"

/*
 * Goes through the home's journal, tells which streams of others are damaged and, unless it
 * is only to look, has the node follow them again and waits until they are whole.  Exit
 * code; what is not done has been told.
 */
int recover_streams(struct cli *c, bool only_look);

#endif

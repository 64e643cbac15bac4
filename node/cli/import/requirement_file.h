#ifndef FLAGPOST_REQUIREMENT_FILE_H
#define FLAGPOST_REQUIREMENT_FILE_H

#include "cli.h"
#include "requirement.h"

/* The file that a command names; its texts go to the command's arena.  EXIT_DONE, or
 * another code after telling what is wrong with it, and where. */
int requirement_file_read(struct cli *c, const char *path, struct requirements *ret);

#endif

#ifndef FLAGPOST_INPUT_H
#define FLAGPOST_INPUT_H

/* Records from a file as an agency has them. */

#include "cli.h"
#include "record.h"

/*
 * Reads FILE ("-": standard input) and calls `each` for each record until it returns false.
 * A file that cannot be read as records is told with line, column, field and mend, and
 * nothing of it is used.  Returns the exit code.
 */
typedef bool (*input_each)(struct cli *c, const struct record *r, void *context);
int input_records(struct cli *c, const char *path, input_each each, void *context);

#endif

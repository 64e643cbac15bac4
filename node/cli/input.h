#ifndef FLAGPOST_INPUT_H
#define FLAGPOST_INPUT_H

/* Records from a file as an agency has them. */

#include "cli.h"
#include "record.h"

enum { INPUT_BYTES_MAX = 32 * 1024 * 1024 }; /* of a file that is read whole */

/* Reads FILE ("-": standard input); on failure tells why and returns the exit code. */
int input_read(struct cli *c, const char *path, struct bytes *ret_text);

/* How many records the text has, readable or not. */
size_t input_count(struct cli *c, struct bytes text);

/*
 * Calls `each` for each record of the text until it returns false.  A record that cannot be
 * read is told with line, column, field and mend, and `each` then gets NULL for it.  A text
 * without records is told and is EXIT_REFUSED.  Returns the exit code.
 */
typedef bool (*input_each)(struct cli *c, const struct record *r, void *context);
int input_records(struct cli *c, const char *path, struct bytes text, input_each each,
                  void *context);

/*
 * As input_records for a file of any length, of which nothing may be printed: what cannot
 * be read is not told, and `each` gets NULL for it.  A file over INPUT_BYTES_MAX must hold
 * a record a line.
 */
int input_survey(struct cli *c, const char *path, input_each each, void *context);

#endif

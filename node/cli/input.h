#ifndef FLAGPOST_INPUT_H
#define FLAGPOST_INPUT_H

/* Records from a file as an agency has them. */

#include "cli.h"
#include "record.h"
#include "rules.h"

enum { INPUT_BYTES_MAX = 32 * 1024 * 1024 }; /* of a file that is read whole */

/* Reads FILE ("-": standard input); on failure tells why and returns the exit code. */
int input_read(struct cli *c, const char *path, struct bytes *ret_text);

/* How many records the text has, readable or not. */
size_t input_count(struct cli *c, struct bytes text);

/* One record of a file. */
struct input_record {
    const struct record *record;   /* NULL: it is not JSON or too large, and was told */
    const struct findings *unread; /* values that could not be read and are left empty */
    size_t number;                 /* in the file, from 1 */
};

/*
 * Calls `each` for each record of the text until it returns false.  What is not JSON is
 * told with line and column; a record of which values cannot be read is `each`'s to refuse
 * and to tell.  A text without records is told and is EXIT_REFUSED.  Returns the exit code
 * of what was told here.
 */
typedef bool (*input_each)(struct cli *c, const struct input_record *in, void *context);
int input_records(struct cli *c, const char *path, struct bytes text, input_each each,
                  void *context);

/*
 * As input_records for a file of any length, of which nothing may be printed: what cannot
 * be read is not told, and `each` gets no record for it.  A file over INPUT_BYTES_MAX must
 * hold a record a line.
 */
int input_survey(struct cli *c, const char *path, input_each each, void *context);

#endif

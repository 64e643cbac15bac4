#ifndef FLAGPOST_CONTROL_H
#define FLAGPOST_CONTROL_H

/*
 * What the command line and the daemon say to each other over the control socket.  A
 * request is a verb with named arguments; an answer is a status with rows of named fields,
 * so that one piece of code prints every answer as a table, as text or as JSON.  On the
 * socket each message is preceded by its length as u32.
 */

#include "arena.h"
#include "bounds.h"

enum {
    CONTROL_BYTES_MAX = 8 * 1024 * 1024,
    CONTROL_FIELDS_MAX = 64,  /* of one request or one row */
    CONTROL_ROWS_MAX = 20000, /* of one answer */
};

struct control_field {
    struct bytes name;  /* letters, digits, "_" */
    struct bytes value; /* text, or bytes where the verb says so */
};

struct control_request {
    struct bytes verb;
    size_t argument_count;
    const struct control_field *arguments;
};

struct control_row {
    size_t field_count;
    const struct control_field *fields;
};

struct control_answer {
    status status;
    struct bytes
        sentence; /* for a person: what happened, or what is wrong and what to do */
    size_t row_count;
    const struct control_row *rows;
};

NODISCARD status control_request_encode(const struct control_request *r, struct arena *a,
                                        struct bytes *ret);
NODISCARD status control_request_decode(struct bytes bytes, struct arena *a,
                                        struct control_request *ret);
NODISCARD status control_answer_encode(const struct control_answer *c, struct arena *a,
                                       struct bytes *ret);
NODISCARD status control_answer_decode(struct bytes bytes, struct arena *a,
                                       struct control_answer *ret);

/* The value of an argument or field, or empty. */
struct bytes control_argument(const struct control_request *r, const char *name);
struct bytes control_value(const struct control_row *row, const char *name);

#endif

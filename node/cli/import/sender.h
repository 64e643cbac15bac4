#ifndef FLAGPOST_SENDER_H
#define FLAGPOST_SENDER_H

/*
 * Rows on their way to the node, many in a request (node/desk/publish_batch.c).  Each has a
 * key made of its system and its own name, so that what was sent twice is published once.
 */

#include "cli.h"
#include "mapping.h"
#include "outcome.h"

enum { SENDER_ROWS_MAX = 128, SENDER_BYTES_MAX = 440 * 1024 };

struct sender {
    struct cli *cli;
    const struct mapping *mapping;
    bool publish;         /* else: check */
    const char *released; /* who released the rows at home; NULL: nobody was named */
    outcome_tell tell;
    void *context;
    size_t mark; /* of the cli's arena */
    size_t count, bytes;
    struct parcel_row {
        uint32_t row, line;
        struct bytes key, record;
    } rows[SENDER_ROWS_MAX];
    int code; /* exit code when the node could not be asked */
};

void sender_init(struct sender *s, struct cli *c, const struct mapping *m);

/* Takes a row; tells of those before it when it is time to send them.  False: the node
 * cannot be asked; it was told, and `code` says how to end. */
bool sender_put(struct sender *s, const struct parcel *p);
bool sender_flush(struct sender *s);

#endif

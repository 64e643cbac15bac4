#ifndef FLAGPOST_READER_H
#define FLAGPOST_READER_H

/*
 * The confined process's whole work: a file's bytes in, parcels out.  It is forked by
 * intake.c with the bytes in its memory, gives up the rest of the world (confine.h) and
 * never returns.
 */

#include "mapping.h"
#include "types.h"

struct reader_setup {
    const struct mapping *mapping;
    struct bytes text;
    struct hash digest; /* of the text: names the rows of a file without keys */
};

enum { READER_DONE = 0, READER_NOT_CONFINED = 70 };

__attribute__((noreturn)) void reader_run(const struct reader_setup *setup, int out);

#endif

#ifndef FLAGPOST_JSON_MISTAKEN_H
#define FLAGPOST_JSON_MISTAKEN_H

#include "bytes.h"

/* What a file is, by how it begins, whatever its name says. */
enum json_looks {
    LOOKS_JSON, /* or empty */
    LOOKS_PICTURE,
    LOOKS_DOCUMENT,
    LOOKS_OFFICE, /* or an archive */
    LOOKS_MARKUP,
    LOOKS_NOTE, /* signed, of the exchange */
    LOOKS_MAPPING,
    LOOKS_TABLE,
    LOOKS_BINARY,
    LOOKS_PROSE,
};
enum json_looks json_looks_like(struct bytes text);

/*
 * A file that somebody took for records: a static sentence that says what it looks like and
 * what to do with it; NULL where its first letter is one that JSON of records begins with.
 * `text` is without a byte order mark.
 */
const char *json_mistaken(struct bytes text);

#endif

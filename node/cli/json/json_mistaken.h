#ifndef FLAGPOST_JSON_MISTAKEN_H
#define FLAGPOST_JSON_MISTAKEN_H

#include "bytes.h"

/*
 * A file that somebody took for records: a static sentence that says what it looks like and
 * what to do with it; NULL where its first letter is one that JSON of records begins with.
 * `text` is without a byte order mark.
 */
const char *json_mistaken(struct bytes text);

#endif

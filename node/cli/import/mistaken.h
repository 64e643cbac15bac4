#ifndef FLAGPOST_IMPORT_MISTAKEN_H
#define FLAGPOST_IMPORT_MISTAKEN_H

#include "mapping.h"
#include "parcel.h"

/*
 * A file that is no export of the mapping's form: one finding for the whole of it, and not
 * one for each cell that does not read.  False where it may be one.  `text` is without a
 * byte order mark; what is told is static.
 */
bool import_mistaken(const struct mapping *m, struct bytes text,
                     struct import_finding *ret);

#endif

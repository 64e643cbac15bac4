#ifndef FLAGPOST_INTAKE_H
#define FLAGPOST_INTAKE_H

/*
 * A file of a force system, read by a confined process (reader.h) that this one starts,
 * listens to and buries.  Nothing here parses what the file says.
 */

#include "mapping.h"
#include "parcel.h"
#include "types.h"

enum { INTAKE_FILE_MAX = 64 * 1024 * 1024, INTAKE_SILENCE_MS = 60000 };

struct intake_file {
    struct bytes text; /* malloc */
    struct hash digest;
};

/* The whole file in memory, so that what is read twice is the same twice.  E_UNKNOWN,
 * E_DENIED, E_LIMIT (over INTAKE_FILE_MAX, empty: E_FORM), E_IO, E_MEMORY. */
NODISCARD status intake_open(const char *path, struct intake_file *ret);
void intake_close(struct intake_file *f);

/* Rows and findings in the file's order, borrowed until it returns; false: stop. */
typedef bool (*intake_each)(void *context, const struct parcel *p);

/* How it ended.  Not whole: the file is refused, and `fault` says where and why. */
struct intake_end {
    bool whole;
    uint32_t rows;
    struct parcel fault; /* its texts are static or in `room` */
    uint8_t room[16 * 1024];
};

/* OK also when the file is refused; E_BUSY: `each` stopped it; E_IO: the system could not
 * start the process. */
NODISCARD status intake_read(const struct mapping *m, const struct intake_file *f,
                             intake_each each, void *context, struct intake_end *ret);

#endif

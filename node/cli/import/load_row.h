#ifndef FLAGPOST_LOAD_ROW_H
#define FLAGPOST_LOAD_ROW_H

/* One record of a batch as text, in the forms that the loader can be given
 * (deploy/ingest/README.md, deploy/ingest/load.xsd). */

#include "record.h"

struct load_row {
    struct bytes operation; /* "add", "update", "delete" */
    struct bytes reference; /* that stands there and is replaced or deleted */
    struct bytes force, urn, version, record, publisher;
    struct bytes json;      /* the whole record */
    const struct record *r; /* NULL: it is deleted, by what stands above alone */
};

struct load_form {
    const char *name; /* "csv", "xml" */
    const char *file, *head, *foot;
    status (*write)(const struct load_row *row, struct arena *a, struct bytes *ret);
};

/* NULL: there is no such form.  A NULL name is the first. */
const struct load_form *load_form_find(const char *name);
/* The file names of all forms in turn, NULL behind the last. */
const char *load_form_file(size_t number);

#endif

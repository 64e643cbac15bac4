#ifndef FLAGPOST_RECORD_BUILD_H
#define FLAGPOST_RECORD_BUILD_H

/*
 * A record put together value by value, for imports.  A path names a field as in JSON:
 * "title", "persons[0].surname", "persons[0].given" (a list: each value is one more entry),
 * "documents[].number" (a new element), "documents[last].type" (the one begun last),
 * "phones[]".  What comes out went through record_json_read's own checks, so an import
 * cannot make a record that JSON cannot.
 */

#include "record_json.h"

enum record_shape {
    RECORD_NO_FIELD, /* no field has this path */
    RECORD_TEXT,     /* a second value is joined to the first */
    RECORD_WORD,     /* one of a few words, or a grade: as text */
    RECORD_LIST,     /* of texts or words */
    RECORD_DATE,     /* 2026-10-14, 2026-10, 2026 */
    RECORD_BOOL,     /* "yes", "no", "true", "false" */
    RECORD_NUMBER,
    RECORD_ELEMENT, /* of an array of objects: its fields are meant */
};

enum record_shape record_shape_of(const char *path);

struct record_build;

/* Whatever has to be asked of the system once, before a process may no longer ask. */
void record_build_prepare(void);

NODISCARD status record_build_open(struct record_build **ret);
struct record_build *record_build_free(struct record_build *b); /* NULL */
/* Empty again. */
NODISCARD status record_build_reset(struct record_build *b);

/* `join` stands between a text and what is there already; NULL: it takes its place.
 * E_VALUE: not a value of the field's shape, or a list that is full. E_UNKNOWN: no such
 * path.  E_MEMORY. */
NODISCARD status record_build_put(struct record_build *b, const char *path,
                                  struct bytes value, const char *join);

/* The record, as record_json_read would give it. */
NODISCARD status record_build_take(struct record_build *b, struct arena *a,
                                   struct record *ret, struct json_fault *ret_fault);

#endif

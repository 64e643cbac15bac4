#ifndef FLAGPOST_RECORD_WALK_H
#define FLAGPOST_RECORD_WALK_H

/*
 * Everything in a record that somebody may look for, each thing once, with where it stands:
 * what it is found by (tokens.h) and what a search compares (seek.h) are of the same walk,
 * so that nothing is compared that is not found.
 */

#include "identifier.h"
#include "record.h"

struct record_place {
    const char *where; /* "persons", "texts", "vehicles" ...; static */
    size_t index;
};

/* What is handed over is borrowed from the record. */
struct record_visitor {
    void *context;
    void (*text)(void *context, struct record_place at, struct bytes text);
    /* A surname, a given name or an alias of one person. */
    void (*name)(void *context, struct record_place at, struct bytes name);
    /* `type` 0: of no type that is known here. `canonical` may be empty, `raw` as well. */
    void (*identifier)(void *context, struct record_place at, enum identifier_type type,
                       struct bytes canonical, struct bytes raw);
    void (*flag)(void *context, struct record_place at, struct bytes flag);
};

/* What stands in no text first. */
void record_walk(const struct record *r, const struct record_visitor *v);

#endif

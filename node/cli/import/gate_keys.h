#ifndef FLAGPOST_GATE_KEYS_H
#define FLAGPOST_GATE_KEYS_H

/* The records that have come from one force, by the key under which its own extract has
 * them: its URN and the version.  Private to this folder. */

#include "cli.h"
#include "mapping.h"

enum { GATE_KEYS_MAX = 500000, GATE_REFERENCE_ROOM = 65 };

/* How a record stands at national ingestion. */
enum gate_standing {
    GATE_WAITS = 1, /* for the force's own load */
    GATE_ACCEPTED,
    GATE_REFUSED,
    GATE_TAKEN_BACK, /* recalled, or what took its place is: not to be loaded */
};

struct gate_key {
    char *urn; /* malloc */
    uint32_t version;
    enum gate_standing standing;
    char id[RECORD_ID_TEXT_ROOM];
    char name[AGENCY_ID_MAX + 1 + RECORD_ID_TEXT_ROOM]; /* "F55/01a2..." */
    char by[GATE_REFERENCE_ROOM]; /* reference or rule of its answer */
    bool todo;                    /* one that an earlier extract opened */
    bool seen;                    /* in this extract */
};

struct gate_keys {
    size_t count, room;
    struct gate_key *at;
    size_t unread;  /* records that `ingest load` has not looked at */
    size_t unnamed; /* rows of the extract of which nobody knows what record they are of */
};

/* Asks the node, which logs it for the purpose; the exit code.  The texts are copied. */
int gate_keys_read(struct cli *c, const char *force, const char *purpose,
                   struct gate_keys *ret);
void gate_keys_done(struct gate_keys *k); /* also when zeroed */

/* A row that could not be read, by the name that it has in the file: the record whose key
 * that is is in the extract.  Without a version that can be read, each of the URN is. */
void gate_keys_name(struct gate_keys *k, const struct mapping *m, struct bytes name);

/* That version; with 0 the newest.  NULL: none came. */
struct gate_key *gate_keys_find(struct gate_keys *k, struct bytes urn, uint32_t version);

#endif

#ifndef FLAGPOST_VERIFY_H
#define FLAGPOST_VERIFY_H

/*
 * Derives again, from the bytes in the journal, all that the journal claims: every leaf
 * hash, root, checkpoint, count, disposition, receipt and cosignature of every stream, and
 * the chain of rosters.  Needs no key and changes nothing, so it runs beside the node.
 *
 * What it asks is what the exchange asked before it stored a thing, and no more: a peer
 * must not be able to make an honest journal look damaged.
 */

#include "journal.h"
#include "roster.h"

enum { VERIFY_SENTENCE_ROOM = 160, VERIFY_ARENA_BYTES = 16 * 1024 * 1024 };

/* The first thing that does not agree. */
struct verify_finding {
    status why;      /* OK: everything agrees */
    sequence index;  /* at which it shows; of a document, its version */
    sequence proved; /* entries, from 0, that a good checkpoint vouches for all the same */
    char sentence[VERIFY_SENTENCE_ROOM];
};

struct verify_stream {
    struct stream_id id;
    bool own;
    status quarantine; /* OK, or why the node does not believe its publisher any more */
    sequence size;     /* entries in the log */
    uint64_t entries;  /* of them, that have a row here */
    uint64_t groups, checkpoints;
    uint64_t receipts, cosignatures;
    struct verify_finding finding;
};

/* A record whose content is gone, and the entry of the local stream that disposed of it. */
struct verify_erased {
    struct stream_id stream;
    sequence index;
    record_id record;
    bool decided; /* else it was recalled, or erased by its owner's word */
    sequence decision;
};

/* What belongs to no one stream. */
enum verify_part {
    VERIFY_ROSTERS,
    VERIFY_LISTS,
    VERIFY_EVIDENCE,
    VERIFY_STREAMS, /* that none is missing which must be there */
    VERIFY_TABLES,  /* that every row of both databases is as the node left it */
};
enum { VERIFY_PARTS = 5 };

struct verify_totals {
    uint64_t streams, bad_streams;
    uint64_t entries; /* the sizes of the logs added up */
    struct {
        uint64_t checked;
        struct verify_finding finding;
    } parts[VERIFY_PARTS];
};

struct verify_setup {
    struct journal *journal;
    struct agency_id self;
    struct hash realm;
    const struct root *root;
    struct arena *arena; /* VERIFY_ARENA_BYTES are taken from it */
    void *context;
    /* A stream is done. */
    void (*stream)(void *context, const struct verify_stream *s);
    /* NULL: nobody asks. */
    void (*erased)(void *context, const struct verify_erased *e);
    /* So many entries are done; NULL: nobody waits. */
    void (*progress)(void *context, uint64_t entries);
};

/*
 * Goes through all streams, whatever is wrong with some.  Everything is read in one
 * snapshot.  OK when it came to its end, also when it found damage; E_MEMORY.
 */
NODISCARD status verify_journal(const struct verify_setup *setup,
                                struct verify_totals *ret);

bool verify_agrees(const struct verify_totals *t);

/* The journal of the command's home; of `s` what is told to whom is given.  Other than
 * EXIT_DONE after telling why it could not be gone through. */
struct cli;
int verify_home(struct cli *c, struct verify_setup *s, struct verify_totals *ret);

#endif

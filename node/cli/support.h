#ifndef FLAGPOST_SUPPORT_H
#define FLAGPOST_SUPPORT_H

/*
 * A support bundle: lines of `section key=value ...`, for an engineer who may see neither
 * records nor keys.  It has none by the way it is made: a value is a number, a time, the
 * word of a table of this program, an agency of the installed roster, or it is not put
 * (what the system says of itself, its kernel and libraries, beside).
 * There is no function here that writes a text as it was found.
 */

#include "ceremony.h"
#include "journal.h"

struct support {
    struct cli *cli;
    FILE *to;
    const struct roster *roster; /* NULL: none could be read, so no agency is named */
    size_t left_out;             /* values of no such shape */
};

/* A line is support_line, then values, then support_end. */
void support_line(struct support *s, const char *section);
void support_number(struct support *s, const char *key, uint64_t value);
/* `word` is this program's own: a literal, or out of a table of it. */
void support_word(struct support *s, const char *key, const char *word);
void support_time(struct support *s, const char *key, millis at);
/* Named when the roster has it, else counted as left out. */
void support_agency(struct support *s, const char *key, const struct agency_id *id);
void support_end(struct support *s);

/* Whatever it is: put when it has one of those shapes, else its place says that something
 * was left out.  `key` is this program's own. */
void support_value(struct support *s, const char *key, struct bytes value);

const char *support_yes_no(bool is);

/* Streams with their counts, and what does not agree. */
void support_journal(struct support *s, struct journal *j, const struct config *config,
                     const struct ceremony_root *root);

/* The lines of a node's log: how often each event, and the newest ones. */
void support_log(struct support *s, FILE *log);

#endif

#ifndef FLAGPOST_GATE_RESULT_H
#define FLAGPOST_GATE_RESULT_H

/*
 * What a comparison with a force's own extract has told of each row of it, and of each
 * record that it lacks: for a person, as a line of JSON, and as a file for the force, a
 * table whose cells are no formulas in a spreadsheet.  The file is written beside its place
 * and renamed when it is complete.  Private to this folder.
 */

#include "cli.h"

/* name, word: of a row of the extract, and the last of a record */
#define GATE_SAYS_MAP(X)                                                                   \
    X(GATE_NOW_ACCEPTED, "accepted") /* as it came: answered with its reference */         \
    X(GATE_BEFORE, "before")         /* the same was answered before */                    \
    X(GATE_MATCHES, "matches")       /* as it came; the extract gives no reference */      \
    X(GATE_DIFFERS, "differs")                                                             \
    X(GATE_OTHERWISE, "otherwise") /* answered before in another way */                    \
    X(GATE_NEVER_CAME, "never came")                                                       \
    X(GATE_IS_TAKEN_BACK, "taken back")                                                    \
    X(GATE_UNOPENED, "not opened") /* the record, here: nothing is said of the row */      \
    X(GATE_BREAKS_RULE, "breaks a rule")                                                   \
    X(GATE_UNREADABLE, "unreadable")                                                       \
    X(GATE_MISSING, "missing")

enum gate_says {
#define GATE_SAYS_ENUM(name, word) name,
    GATE_SAYS_MAP(GATE_SAYS_ENUM)
#undef GATE_SAYS_ENUM
        GATE_SAYS
};

/* Texts borrowed; empty: none. */
struct gate_line {
    enum gate_says says;
    uint32_t row, line; /* of the extract; 0: a record that it lacks */
    struct bytes urn, record, reference, rule, what, mend;
    uint32_t version; /* 0: not said */
};

struct gate_result {
    struct cli *cli;
    char path[1024]; /* "": no file */
    FILE *file;
    size_t count[GATE_SAYS];
};

/* `path` NULL: no file.  E_IO, E_LIMIT. */
NODISCARD status gate_result_open(struct gate_result *r, struct cli *c, const char *path);
void gate_result_put(struct gate_result *r, const struct gate_line *l);
/* In its place.  E_IO. */
NODISCARD status gate_result_close(struct gate_result *r);
void gate_result_abandon(struct gate_result *r); /* also after close, and when zeroed */
/* Prints how many there are of each, and gives the exit code of the run. */
int gate_result_end(const struct gate_result *r, unsigned requirements);
const char *gate_says_word(enum gate_says says);

#endif

#ifndef FLAGPOST_TRACES_H
#define FLAGPOST_TRACES_H

/*
 * After an erasure the files are read as bytes for the keys that went (io/journal_scan.h),
 * over restarts, and the log says what came of it.  Until then nobody says that a record is
 * erased.  Private to this folder.
 */

#include "desk.h"

enum trace_state {
    TRACE_NONE = 0, /* it was not erased, had no keys here, or is in no file any more */
    TRACE_LOOKED_FOR = 1, /* the numbers are on the disk */
    TRACE_FOUND = 2,      /* in a file, where this node cannot take it out: a to-do */
};

/*
 * exchange_erase, and before it notes what is then looked for.  E_BUSY: the turn's log has
 * no room for the row, and nothing was noted or erased.
 */
NODISCARD status traces_erase(struct desk *d, const struct parent *record,
                              const struct item_audit *why);
NODISCARD status traces_state(struct desk *d, const struct parent *record,
                              enum trace_state *ret);
/* Whether nothing is left to look for. */
bool traces_are_settled(const struct desk *d);
/* Reads a part of the files; at the beginning of a turn, before anything is put.  What was
 * found is looked for again at each start and then daily: once the file was made anew the
 * to-do is closed, and it is said that the record is erased. */
NODISCARD status traces_look(struct desk *d);

#endif

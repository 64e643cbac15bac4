#ifndef FLAGPOST_JOURNAL_SCAN_H
#define FLAGPOST_JOURNAL_SCAN_H

/*
 * Whether what was erased is in no file any more.  Before an entry is erased its trace is
 * taken: bytes of its wrapped keys as they stand on the disk, which nobody can guess and
 * which open nothing by themselves.  Afterwards both databases and their write-ahead logs
 * are read as bytes and searched for it, a part at a time.
 */

#include "journal.h"

enum { TRACE_PART = 16, TRACE_SIZE = 2 * TRACE_PART, SCAN_TRACES_MAX = 64 };

/* Of the storage key in keys.db, and of the content key in journal.db. */
struct journal_trace {
    uint8_t bytes[TRACE_SIZE];
};
/* E_UNKNOWN: nothing that could be erased is there. */
NODISCARD status journal_trace(struct journal *j, const struct place *place,
                               struct journal_trace *ret);

/* Zeroed before the first step, and for a new search. */
struct journal_scan {
    uint32_t file; /* of those that are read */
    uint64_t at;   /* in it */
};
/*
 * Reads on, at most a MiB; while no turn is open.  What SQLite has left behind in the
 * unused part of a page is overwritten; what is in a write-ahead log waits until that is
 * emptied, and then the search begins anew.  `ret_done`: all files were read to their ends;
 * `ret_file` names the one in which a trace stands where rows are, NULL: none does.  Files
 * change meanwhile: what a later write puts there was never erased.  E_STORAGE.
 */
NODISCARD status journal_scan_step(struct journal *j, struct journal_scan *scan,
                                   const struct journal_trace *traces, size_t count,
                                   bool *ret_done, const char **ret_file);

#endif

#ifndef FLAGPOST_ORIGINS_H
#define FLAGPOST_ORIGINS_H

/*
 * A record of our own words that was made of other records: a report that adds to what a
 * bureau sent, or a correction of a copy.  Its header names what it was made of, so that a
 * recall of any of them takes it along, and nothing in it is wider than the strictest of
 * them (R10, R12, R13).  What carries the originator's own words, with the proof that they
 * are, is copying.h.  Private to this folder.
 */

#include "publish.h"

struct origins {
    size_t count;
    struct parent at[PARENTS_MAX]; /* ascending */
    struct label label;            /* the strictest of all */
    bool foreign;                  /* one of them is another agency's */
    bool consents;                 /* each owner whose record says S2 has consented */
};

/* The call's argument `made_of`: ids or URNs of records that are here, with commas.  Into
 * `work->origins`; nothing where it is not given.  Each of another agency was opened here,
 * is not recalled and the newest version.  Fails with the sentence set. */
NODISCARD status origins_read(struct desk *d, struct call *c, struct publish_work *work);

/* Of an own version that is corrected: the correction is made of the same, and held against
 * the version.  NULL in `ret` where that is made of nothing; in the turn's arena. */
NODISCARD status origins_of_version(struct desk *d, const struct header *h,
                                    const struct origins **ret);

/* A finding, or nothing. */
void origins_check(struct publish_work *work);

/* Once it is submitted: each other owner is told that its record was shared. */
NODISCARD status origins_tell(struct desk *d, struct call *c,
                              const struct publish_work *work);

/* "made of record 01a2... of F55, 01a3... of F50"; in the turn's arena. */
const char *origins_text(struct desk *d, size_t count, const struct parent *at);
/* "made of record 01a2... of F55 and of 7 more": the first, for a row of the log, which has
 * no room for all of them.  The record's header names each. */
const char *origins_brief(struct desk *d, size_t count, const struct parent *at);

#endif

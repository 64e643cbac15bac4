#ifndef FLAGPOST_SIM_JOURNAL_BACKING_H
#define FLAGPOST_SIM_JOURNAL_BACKING_H

/*
 * The real journal on a disk in memory whose power can be cut, in the middle of a commit
 * too.  It has no backups: what a restore does to the exchange is the model's to show.
 */

#include "backing.h"

/* Its ops free it.  Each has a number of its own. */
struct backing journal_backing(unsigned number);

#endif

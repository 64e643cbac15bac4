#ifndef FLAGPOST_DESK_READING_H
#define FLAGPOST_DESK_READING_H

/*
 * Unusual reading raises an alert at home: more records within an hour than
 * `reading_hour_max`, reading outside `reading_hours`, a class of purpose that is not the
 * record's use (management).  One to-do a person, with the newest reason, for those who may
 * read the log; it is closed by looking at what that person read: `audit --actor` with that
 * name.  Nobody is stopped: the log tells what was read, and a person judges it.
 *
 * What was read in the hour is counted in memory and begins anew with the process.
 */

#include "desk.h"

/* A consultation by the call's person that is in the log.  In the turn's transaction. */
NODISCARD status reading_note(struct desk *d, struct call *c, struct bytes class);
/* The log's consultations were read for whose name has this text in it. */
NODISCARD status reading_looked_at(struct desk *d, struct bytes actor);

#endif

#ifndef FLAGPOST_DESK_READING_H
#define FLAGPOST_DESK_READING_H

/*
 * Unusual reading raises an alert at home: more records within an hour than
 * `reading_hour_max`, reading outside `reading_hours`, a class of purpose that is not the
 * record's use (management).  One to-do a person, with the newest reason, for those who may
 * read the log; it is closed by looking at what that person read: `audit --actor` with that
 * name.  Nobody is stopped: the log tells what was read, and a person judges it.
 *
 * Counted are records shown, drafts, lists of their titles, sources, attachments (one that
 * comes in many requests is read once), copies made, notes of a record, and pages of a
 * search: what it lists is told of a record, too.  The counts are in memory; a new process
 * makes them again from its log of the last hour, of at most READING_ENTRIES_MAX entries.
 */

#include "desk.h"

enum { READING_ENTRIES_MAX = 5000 };

/* How the log's rows of what is counted begin. */
#define READING_SHOWN      "shown"
#define READING_DRAFT      "draft shown"
#define READING_TITLES     "drafts listed by title"
#define READING_SOURCE     "source shown"
#define READING_ATTACHMENT "attachment "
#define READING_COPY       "sanitised copy made"
#define READING_SEARCH     "searched: "
#define READING_NOTES      "notes shown"

struct reading {
    struct bytes outcome; /* of its row, which begins as one of these */
    record_id object;
    struct bytes class; /* empty: there is none */
};

/* A consultation by the call's person that is in the log.  In the turn's transaction. */
NODISCARD status reading_note(struct desk *d, struct call *c, const struct reading *r);
/* The log's consultations were read for whose name has this text in it. */
NODISCARD status reading_looked_at(struct desk *d, struct bytes actor);

#endif

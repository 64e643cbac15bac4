#ifndef FLAGPOST_TRIAGE_NOTES_H
#define FLAGPOST_TRIAGE_NOTES_H

/*
 * What people of this agency note about a record that has arrived: for their colleagues,
 * never for its owner.  A note may say as much as the record does, so it is sealed on the
 * shelf, read with a purpose that is in the log before, by nobody once the record is
 * recalled, found by a search for one person, and gone with the record.  Private to this
 * folder.
 */

#include "desk.h"
#include "subject.h"

enum {
    TRIAGE_NOTE_MAX = 4000,       /* bytes */
    TRIAGE_NOTES_MAX = 100,       /* of one record */
    TRIAGE_NOTES_OF_ONE_MAX = 25, /* of these, by one person: none can be taken away */
};

/* How many there are.  E_STORAGE, E_DAMAGED. */
NODISCARD status triage_note_count(struct desk *d, const struct parent *record,
                                   size_t *ret);
/* The record is erased: its notes go. */
NODISCARD status triage_notes_forget(struct desk *d, const struct parent *record);
/* Adds where the person stands in the record's notes to what was found in the record. */
NODISCARD status triage_notes_search(struct desk *d, const struct parent *record,
                                     const struct subject_query *q,
                                     struct subject_found *found);

#endif

#ifndef FLAGPOST_TRIAGE_H
#define FLAGPOST_TRIAGE_H

/*
 * Triage of what has arrived: who has taken a record in hand here, and what needs nobody
 * any more.  It is this agency's own business: nothing of it leaves the node.  One row of
 * the shelf for a record that somebody has or had in hand; each change is a row of the log
 * with the person as the kernel names him.  Rows go when the record is erased.  Private to
 * this folder.
 */

#include "desk.h"
#include "shelf.h"

/* The numbers are on the disk. */
enum triage_state { TRIAGE_OPEN = 0, TRIAGE_CLAIMED = 1, TRIAGE_CLOSED = 2 };

struct triage {
    struct parent record;
    enum triage_state state;
    uint32_t uid; /* who has it, or closed it */
    char person[PERSON_ROOM];
    millis since;
};

/* TRIAGE_OPEN, of nobody, where there is no row.  E_STORAGE, E_DAMAGED. */
NODISCARD status triage_find(struct desk *d, const struct parent *record,
                             struct triage *ret);
/* In the turn's transaction; the row of TRIAGE_OPEN is none. */
NODISCARD status triage_put(struct desk *d, const struct triage *t);
/* "open", "claimed" or "closed"; static. */
const char *triage_word(enum triage_state state);
/* The record is erased: who had it in hand goes. */
NODISCARD status triage_forget(struct desk *d, const struct parent *record);

/* The record that the call names: received here and neither erased nor recalled; else
 * E_VALUE with the sentence set.  `ret` borrows from the turn's arena. */
NODISCARD status triage_record(struct desk *d, struct call *c, struct entry_row *ret);
/* A row of the log about it. */
NODISCARD status triage_log(struct desk *d, struct call *c, const struct entry_row *e,
                            const char *outcome);

#endif

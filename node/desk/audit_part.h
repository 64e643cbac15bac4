#ifndef FLAGPOST_AUDIT_PART_H
#define FLAGPOST_AUDIT_PART_H

/* A part of an export of the log (audit.h), as lines of text.  Private to audit_export.c.
 */

#include "asked.h"
#include "audit.h"

/* What is made next: what is before the period is skipped, what is in it written, and then
 * the leaves behind it up to where witnesses have signed. */
enum audit_phase { AUDIT_PHASE_BEFORE = 1, AUDIT_PHASE_IN = 2, AUDIT_PHASE_BEHIND = 3 };

/* Where a part begins. */
struct audit_cursor {
    enum audit_phase phase;
    uint32_t roster; /* version written last; 0: none */
    struct asked_period period;
    struct frontier frontier; /* of all leaves before */
};

struct audit_part {
    struct desk *desk;
    struct stream_row log; /* that is exported */
    bool ended;            /* it is of an earlier epoch: nothing comes behind it */
    sequence end;          /* of its entries that are here; behind it there are hashes */
    struct audit_cursor at;
    struct proof_source source;
    struct proof_making *making;
    struct writer text;
    struct group_row group; /* that has the next index, in the scratch arena */
    size_t entries;
    sequence
        goes_on; /* a group of the period begins here, behind others that are past it */
    const char *state; /* "more", "wait" (for cosignatures), "done" */
};

/* The roster of that version, unless it is the one written last; before the first, what the
 * file is of. */
NODISCARD status audit_part_roster(struct audit_part *w, uint32_t version);

/* Sets `end`: once, before anything is written. */
NODISCARD status audit_part_end(struct audit_part *w);

/* Writes a part and says in `state` what is left; `now`: without waiting for witnesses.
 * E_UNKNOWN: the entry at the cursor cannot be opened here. */
NODISCARD status audit_part(struct audit_part *w, bool now);

#endif

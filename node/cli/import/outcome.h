#ifndef FLAGPOST_OUTCOME_H
#define FLAGPOST_OUTCOME_H

/* What became of one row of an import, for the terminal and for result files. */

#include "mend.h"
#include "parcel.h"

enum outcome_state {
    OUTCOME_RIGHT,     /* checked: it would be published */
    OUTCOME_PUBLISHED, /* now */
    OUTCOME_BEFORE,    /* an earlier run did */
    OUTCOME_TO_HOLD,   /* checked: it would be held */
    OUTCOME_HELD,      /* kept as a draft until a person has graded it (R22) */
    OUTCOME_BAD,       /* refused: the findings say why */
};

/* One finding, of the import's rules or of the record's.  `value` is what the field should
 * hold, from the signed list; `sure` "yes" when nothing else can have been meant. */
struct outcome_finding {
    struct bytes rule, severity, column, field, sentence, mend, value, sure;
};

/* One mend that was applied. */
struct outcome_mend {
    struct bytes rule, column, field, was, now;
};

enum { OUTCOME_FINDINGS_MAX = 96 };

/* Borrowed by whoever is told of it. */
struct outcome {
    uint32_t row, line; /* 0: not known; row 0: the file */
    struct bytes key;
    enum outcome_state state;
    struct bytes id, to;   /* of the record, or of the draft; `to`: agencies, with blanks */
    struct bytes sentence; /* of the node, where it has more to say than the state */
    struct bytes record;   /* packed; empty when there is none */
    size_t mend_count;
    struct outcome_mend mends[MENDED_MAX];
    size_t finding_count;
    struct outcome_finding findings[OUTCOME_FINDINGS_MAX];
};

typedef void (*outcome_tell)(void *context, const struct outcome *o);

/* "right", "published", "published-before", "to-be-held", "held", "refused" */
const char *outcome_word(enum outcome_state s);

/* From what the reader found. */
void outcome_of_parcel(const struct parcel *p, struct outcome *ret);

#endif

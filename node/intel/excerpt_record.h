#ifndef FLAGPOST_EXCERPT_RECORD_H
#define FLAGPOST_EXCERPT_RECORD_H

/*
 * A record made of some items of another one, and whether a record says nothing that its
 * source did not say.  For onward publication: the words are the originator's, unchanged.
 */

#include "record.h"

/* An item that was shown, and where it stood. */
struct excerpt_item {
    uint32_t position;
    struct bytes value;
};

/*
 * The record that these items (positions ascending) make, under `label`.  What is not among
 * them stays empty: the rules say whether that may leave.  Attachments are not taken, nor
 * links and identifiers of what was left out.  E_FORM: no items of a record.  E_LIMIT.
 */
NODISCARD status excerpt_record(const struct excerpt_item *items, size_t count,
                                const struct label *label, struct arena *a,
                                struct record *ret);

/* True when each text, grade and thing of `copy` stands among the items just so. */
NODISCARD status excerpt_holds(const struct excerpt_item *items, size_t count,
                               const struct record *copy, struct arena *a, bool *ret);

#endif

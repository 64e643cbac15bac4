#ifndef FLAGPOST_COPYING_H
#define FLAGPOST_COPYING_H

/*
 * Onward publication of another record's items: a record of our own that carries the proof
 * that its words are the originator's, and names the record it was made of in its header,
 * so that a recall finds it.  Private to this folder.
 */

#include "excerpt_record.h"
#include "proof.h"
#include "publish.h"
#include "recall.h"

struct copying {
    struct label was;   /* as its owner sealed it */
    struct label label; /* inherited; the block of R10 stays whatever was left out */
    bool consents;      /* the owner's consent is held here */
    struct parent parent;
    struct hash leaf;
    uint32_t item_count; /* of the source */
    size_t count;
    struct excerpt_item *items;
    struct bytes proof; /* its text */
};

/* Reads and judges a proof's text under this node's root document; the record of its items
 * goes to `ret_record`.  E_FORM, E_VALUE, E_HASH ... with the sentence in `fault`. */
NODISCARD status copying_read(struct desk *d, struct bytes proof, struct copying *ret,
                              struct proof_fault *fault);

/* R10, R12, R13 on what is to be published: a finding, or nothing. */
void copying_check(struct desk *d, struct publish_work *work);

/* The record's items, where they come from, and the proof. */
NODISCARD status copying_items(struct desk *d, const struct publish_work *work,
                               const struct bytes **ret, size_t *ret_count);

/* Of a record that is shown: whose words it carries and whether that is proved; "" when it
 * is no copy.  In the turn's arena. */
NODISCARD status copying_note(struct desk *d, const struct salted_item *items, size_t count,
                              const struct record *record, const char **ret);

/* Whether the owner's consent to a sanitised copy of its record is held here (S2). */
NODISCARD status copying_consent(struct desk *d, const struct parent *record, bool *ret);

#endif

#ifndef FLAGPOST_CORE_MENDING_H
#define FLAGPOST_CORE_MENDING_H

/* What mending.c (which rows, and from whom) and mending_row.c (one row) share. */

#include "internal.h"

/* What a follower gives of an entry.  Borrowed. */
struct mend_gift {
    const struct entry_copy *copy;
    const struct peer *from;
};

bool mend_is_wrap(const struct header *h, size_t rank, struct bytes wrap);
bool mend_is_ciphertext(const struct header *h, struct bytes b);

/* Ciphertext and wraps, the peer's and ours by their ranks, are those of the header.
 * Whoever got others would refuse them, and ask again for ever. */
bool mend_is_whole(const struct header *h, const struct entry_copy *copy, int theirs,
                   int ours);

/* Of an own entry: all are addressed to us but the statement at the beginning of a later
 * epoch. */
uint64_t mend_ordinal(const struct stream_id *id, sequence index);

/* E_DAMAGED is a row that cannot be read: then there is none. */
NODISCARD status mend_find(struct exchange *x, const struct stream_id *id, sequence index,
                           struct entry_row *ret, bool *ret_is_here);

/*
 * Puts the row that there is enough for, in place of the one here, if it is another.  `g`:
 * of which the leaf hashes are proved.  `gift` may be NULL.  Keeps in `ret` what is still
 * wrong: OK, E_ADDRESS (whole but for the wrap of `lacks`), E_UNKNOWN (not enough is
 * there), E_KEY (erased here), E_OPEN (no key here opens it).  Anything else that is
 * returned: the gift is not what the log has, and nothing was changed; or E_MEMORY,
 * E_STORAGE, E_DAMAGED.
 */
NODISCARD status mend_row(struct exchange *x, const struct group_row *g,
                          const struct mend_gift *gift, struct mend *ret, bool *ret_put);

#endif

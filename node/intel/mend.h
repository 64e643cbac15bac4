#ifndef FLAGPOST_MEND_H
#define FLAGPOST_MEND_H

/*
 * Applies what findings propose, to a copy of a record and only where nothing else can have
 * been meant; each change is told, so that the force's own system can be put right too.
 */

#include "rules.h"

struct mended {
    const char *rule;
    const char *field;
    struct bytes before; /* empty: it was added */
    struct bytes after;
};

enum { MENDED_MAX = 64 };

struct mends {
    size_t count;
    struct mended at[MENDED_MAX];
};

/*
 * Applies every edit that is sure, checks again, and goes on until there is none.  `r` is
 * the caller's copy; what is not mended in it stays as an officer wrote it.  Text of `ret`
 * is static, of the lists, or in the arena.  E_MEMORY.
 */
NODISCARD status mends_apply(struct record *r, const struct lists *lists, millis now,
                             struct arena *a, struct mends *ret);

/* "set" or "add"; NULL for EDIT_NONE. */
const char *edit_word(enum edit_what what);
/* "flags[0]", "flags", "crime_code": the field of the record that the edit is of. */
void edit_path_write(const struct edit *e, struct writer *w);

#endif

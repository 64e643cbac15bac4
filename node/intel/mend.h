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

/* Kinds of mend, as whoever wants them applied names them: flags that are unmistakably one
 * of the list, flags that the text names or an offence belongs under, codes likewise. */
#define MEND_MAP(X)                                                                        \
    X(MEND_FLAGS, 1u, "flags")                                                             \
    X(MEND_MISSING_FLAGS, 2u, "missing-flags")                                             \
    X(MEND_CRIME_CODE, 4u, "crime-code")                                                   \
    X(MEND_OFFENCE_CODES, 8u, "offence-codes")

enum mend_class {
#define MEND_CLASS_ENUM(name, bit, word) name = (bit),
    MEND_MAP(MEND_CLASS_ENUM)
#undef MEND_CLASS_ENUM
        MEND_ALL = 15,
};

/* "flags crime-code" */
void mend_classes_write(uint32_t wanted, struct writer *w);
/* The same as bits; none for no words.  E_VALUE: a word that is no class. */
NODISCARD status mend_classes_read(struct bytes words, uint32_t *ret);

struct mends {
    size_t count;
    struct mended at[MENDED_MAX];
};

/*
 * Applies every edit of the wanted classes that is sure, checks again, and goes on until
 * there is none.  `r` is the caller's copy; what is not mended in it stays as an officer
 * wrote it. Text of `ret` is static, of the lists, or in the arena.  E_MEMORY.
 */
NODISCARD status mends_apply(struct record *r, uint32_t wanted, const struct lists *lists,
                             millis now, struct arena *a, struct mends *ret);

/* "set" or "add"; NULL for EDIT_NONE. */
const char *edit_word(enum edit_what what);
/* "flags[0]", "flags", "crime_code": the field of the record that the edit is of. */
void edit_path_write(const struct edit *e, struct writer *w);

#endif

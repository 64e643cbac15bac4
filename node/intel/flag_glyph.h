#ifndef FLAGPOST_FLAG_GLYPH_H
#define FLAGPOST_FLAG_GLYPH_H

/*
 * One character of a text as an eye reads it.  Officers type flags on keyboards of every
 * country, paste them out of word processors and scan them from paper, so a flag may arrive
 * in letters that only look like its own.  Private to the flag engine.
 */

#include "bytes.h"

enum glyph_kind {
    GLYPH_OTHER, /* quotes, brackets, signs, bytes that are no text */
    GLYPH_LETTER,
    GLYPH_BLANK,  /* within a line */
    GLYPH_BREAK,  /* ends a line */
    GLYPH_JOINER, /* hyphens, dots, slashes: what people put between letters */
    GLYPH_HIDDEN, /* no width: joiners, marks of direction, combining accents */
    GLYPH_HASH,
    GLYPH_END,
};

struct glyph {
    enum glyph_kind kind;
    size_t size;   /* bytes it takes; 0 at the end */
    uint8_t plain; /* as written: A-Z (in capitals) or 0-9; 0 for any other letter */
    uint8_t looks; /* A-Z or 9: what it can be taken for; 0 for nothing of ours */
    bool small;    /* a small letter of ASCII */
};

/* The one at `at` (at most text.size).  A byte that is no UTF-8 is GLYPH_OTHER. */
struct glyph glyph_at(struct bytes text, size_t at);

/* A letter of another alphabet without case, accents and width, UTF-8; its size. */
size_t glyph_fold(struct bytes letter, uint8_t ret[4]);

/* What a capital or a digit can be taken for: 0 and O, 1 and I, 5 and S are one. */
uint8_t glyph_looks(uint8_t capital);

#endif

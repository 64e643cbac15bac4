#ifndef FLAGPOST_WORDS_H
#define FLAGPOST_WORDS_H

/*
 * Small work on words of ASCII within UTF-8 text: folding, trimming, whole-word search and
 * the distance to the word that was probably meant.  Bytes above 127 are left as they are.
 */

#include "arena.h"

uint8_t word_upper(uint8_t c);
bool word_is_letter(uint8_t c); /* A-Z, a-z */
bool word_is_digit(uint8_t c);

/* Without the spaces and tabs at both ends. */
struct bytes word_trim(struct bytes b);

/* Equal when ASCII case is ignored. */
bool word_same(struct bytes a, struct bytes b);

/* In capitals, in the arena. */
NODISCARD status word_capitals(struct bytes b, struct arena *a, struct bytes *ret);

/* Position of `word` in `text` from `from` on as a whole word, case ignored; else
 * text.size. */
size_t word_find(struct bytes text, size_t from, const char *word);

/*
 * Edits between two words, case ignored: insert, drop, change one letter or swap two that
 * stand side by side (the slip that makes #OIMRC of #OIMCR).  Words longer than
 * WORD_DISTANCE_MAX are WORD_FAR.
 */
enum { WORD_DISTANCE_MAX = 32, WORD_FAR = 99, WORD_NEAR = 2 };
size_t word_distance(struct bytes a, struct bytes b);

#endif

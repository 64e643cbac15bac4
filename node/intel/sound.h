#ifndef FLAGPOST_SOUND_H
#define FLAGPOST_SOUND_H

/*
 * How a name sounds, as a key: names of many languages reach a report by ear and by several
 * transliterations (Mohammed, Muhamad; Xhevdet, Cevdet, Jevdet).  Its letters are read as
 * groups of consonants that stand for each other, as Soundex does for English, with the
 * groups of letters by which Albanian, Arabic, Kurdish, Romanian, Turkish and Vietnamese
 * names are written down; vowels and a silent h are left out.  Two names of one key are a
 * *possible* match, never more.
 */

#include "bytes.h"

enum { SOUND_MAX = 8 };

/* Of a word in capitals without accents (subject_word_next); the key's size, 0 for a word
 * that has none: too short, with a digit, or in letters that are none of ours. */
size_t sound_of(struct bytes word, uint8_t ret[SOUND_MAX]);

#endif
